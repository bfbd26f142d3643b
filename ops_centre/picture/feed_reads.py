"""One feed as its page shows it. Refused records are for those who may run feeds, of their own agency's feeds or of all."""

import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.errors import NotFound
from ops_centre.models import FeedPause, FeedRecord, QuarantinedRecord
from ops_centre.picture.feed_views import FeedCard, Pause, RefusalGroup, Refusals, RefusedRecord, RefusedRow

MAX_ID = 2**31 - 1
PAGE = 50
MOST_GROUPS = 12
_SECRET = re.compile(r"password|passwd|secret|token|api_?key|credential|authori[sz]ation", re.IGNORECASE)
_NAMES_ONE = re.compile(r"_(env|file)$", re.IGNORECASE)  # where a secret is found, which is none itself


class FeedReads:
    """Reads of one feed."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self.db, self.settings = db, settings

    def may_look(self, actor: Actor, agency: str) -> bool:
        """Whether the actor may see what came of a feed of this agency and was refused."""
        return actor.may(Permission.FEED_RUN) and (actor.may(Permission.QUARANTINE_ALL) or actor.agency == agency)

    def card(self, actor: Actor, feed_id: int, *, like: int | None = None, before: int | None = None) -> FeedCard:
        """A feed with a page of its quarantine, newest first. ``like``: only reasons as of this refused record.

        Raises NotFound.
        """
        authorise(actor, Permission.FEED_VIEW)
        with self.db.reading() as session:
            feed = session.get(FeedRecord, feed_id) if 0 < feed_id <= MAX_ID else None
            if feed is None or not feed.configured:
                raise NotFound("There is no such feed.")
            looks = self.may_look(actor, feed.agency)
            may_run = actor.may(Permission.FEED_RUN)
            return FeedCard(
                id=feed.id,
                name=feed.name,
                kind=feed.kind,
                agency=feed.agency,
                is_replay=feed.is_replay,
                paused=_pause(session, feed) if feed.paused else None,
                settings=self._settings(feed.name) if may_run else (),
                may_run=may_run and not feed.is_replay,
                refusals=_refusals(session, feed.id, like, before) if looks else None,
            )

    def refused(self, session: Session, actor: Actor, record_id: int) -> RefusedRecord:
        """A refused record with its bytes; whoever asks records the look. Raises NotFound, NotPermitted."""
        authorise(actor, Permission.FEED_RUN)
        record = session.get(QuarantinedRecord, record_id) if 0 < record_id <= MAX_ID else None
        feed = session.get(FeedRecord, record.feed_id) if record else None
        if record is None or feed is None or not self.may_look(actor, feed.agency):
            raise NotFound("There is no such refused record any more, or it is not released to you.")
        return RefusedRecord(
            record.id, feed.id, feed.name, feed.kind, record.received_at, record.reason, record.raw, record.raw_bytes
        )

    def _settings(self, name: str) -> tuple[tuple[str, str], ...]:
        for block in self.settings.feeds:
            if block.name == name:
                common = (("priority", block.priority), *block.particulars.items())
                return tuple((key.replace("_", " "), in_words(key, value)) for key, value in common)
        return ()


def in_words(key: str, value: Any) -> str:
    """A setting as an administrator may read it: never a secret, no user name or password of an address."""
    if _SECRET.search(key) and not _NAMES_ONE.search(key):
        return "set, not shown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {in_words(str(name), one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(in_words(key, one) for one in value)
    text = str(value)
    return _plain_address(text) if "://" in text else text


def _plain_address(text: str) -> str:
    try:
        parts = urlsplit(text)
    except ValueError:
        return "an address that cannot be read"
    host = parts.netloc.rpartition("@")[2]
    hidden = " (more of it is not shown)" if parts.query or parts.netloc != host else ""
    return urlunsplit((parts.scheme, host, parts.path, "", "")) + hidden


def _pause(session: Session, feed: FeedRecord) -> Pause | None:
    newest = select(FeedPause).where(FeedPause.feed_id == feed.id).order_by(FeedPause.id.desc()).limit(1)
    pause = session.scalar(newest)
    return Pause(pause.paused_by, pause.reason, pause.paused_at) if pause else None


def _refusals(session: Session, feed_id: int, like: int | None, before: int | None) -> Refusals:
    of_feed = QuarantinedRecord.feed_id == feed_id
    kept = session.scalar(select(func.count()).select_from(QuarantinedRecord).where(of_feed)) or 0
    number, newest = func.count(), func.max(QuarantinedRecord.id)
    grouped = select(newest, QuarantinedRecord.reason, number).where(of_feed).group_by(QuarantinedRecord.reason)
    groups = session.execute(grouped.order_by(number.desc(), newest.desc()).limit(MOST_GROUPS)).all()
    kinds = session.scalar(select(func.count(func.distinct(QuarantinedRecord.reason))).where(of_feed)) or 0
    reason = (
        session.scalar(select(QuarantinedRecord.reason).where(of_feed, QuarantinedRecord.id == like)) if like else None
    )
    columns = (
        QuarantinedRecord.id, QuarantinedRecord.received_at, QuarantinedRecord.reason, QuarantinedRecord.raw_bytes,
        func.length(QuarantinedRecord.raw),
    )  # fmt: skip
    wanted = select(*columns).where(of_feed).order_by(QuarantinedRecord.id.desc()).limit(PAGE + 1)
    if reason is not None:
        wanted = wanted.where(QuarantinedRecord.reason == reason)
    if before is not None:
        wanted = wanted.where(QuarantinedRecord.id < before)
    found = session.execute(wanted).all()
    rows = tuple(RefusedRow(id_, at, why, size, size > held) for id_, at, why, size, held in found[:PAGE])
    return Refusals(
        kept=kept,
        groups=tuple(RefusalGroup(one, why, many) for one, why, many in groups),
        more_groups=max(0, kinds - len(groups)),
        rows=rows,
        like=like if reason is not None else None,
        reason=reason,
        before=before,
        older=rows[-1].id if len(found) > PAGE else None,
    )
