"""Acts on feeds: paused and resumed; a refused record looked at, tried again after a fix, or forgotten.

Raw bytes may tell of people, so a look at them is recorded, and only those may look who may see the feed's agency's data.
The duty log tells that a record was tried again or forgotten and of which feed, never what stood in it.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.config import FeedBlock, Settings
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.feeds import FeedLight
from ops_centre.domain.observations import Batch
from ops_centre.domain.places import Gazetteer
from ops_centre.errors import Conflict, Invalid, NotFound, OpsError
from ops_centre.feeds.registry import can_read_again, read_again
from ops_centre.models import FeedPause, FeedRecord, QuarantinedRecord
from ops_centre.picture.feed_reads import FeedReads
from ops_centre.picture.feed_views import RefusedRecord
from ops_centre.services import audit
from ops_centre.services.audit import AuditKind
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.feed_records import once, quarantine_rows
from ops_centre.services.feed_retry import Again, count_again, store_again
from ops_centre.services.handlings import handling_id

MAX_ID = 2**31 - 1
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Refused:
    """A refused record and its feed, as the actor may act on them."""

    record: QuarantinedRecord
    feed: FeedRecord


class FeedAdmin:
    """Acts and looks."""

    def __init__(self, deeds: Deeds, settings: Settings, gazetteer: Gazetteer, reads: FeedReads) -> None:
        self.deeds, self.settings, self.gazetteer, self.reads = deeds, settings, gazetteer, reads

    def pause(self, actor: Actor, feed_id: int, reason: str, request_id: str | None = None) -> dict[str, Any]:
        """Stop asking a feed until somebody resumes it, also over a restart. Raises NotFound, Conflict, Invalid."""
        authorise(actor, Permission.FEED_RUN)
        reason = reason_of(reason)
        with self.deeds.begin(actor, "pause feed", request_id) as deed:
            feed = _feed(deed, feed_id)
            if feed.paused:
                raise Conflict(f"{feed.name} is paused already.")
            feed.paused, feed.light, feed.light_since = True, FeedLight.PAUSED.value, deed.now
            deed.session.add(FeedPause(feed_id=feed.id, paused_at=deed.now, paused_by=actor.name, reason=reason))
            log_of(deed, feed, f"Feed {feed.name} paused by {actor.display_name}: {reason}", typed=True)
            deed.answer = {
                "said": f"{feed.name} is paused. Nothing is heard of it until it is resumed.",
                "feed": feed.id,
            }
        return deed.answer

    def resume(self, actor: Actor, feed_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Ask a feed again, at once. Its light waits until it has worked. Raises NotFound, Conflict."""
        authorise(actor, Permission.FEED_RUN)
        with self.deeds.begin(actor, "resume feed", request_id) as deed:
            feed = _feed(deed, feed_id)
            if not feed.paused:
                raise Conflict(f"{feed.name} is not paused.")
            feed.paused, feed.light, feed.light_since = False, FeedLight.WAITING.value, deed.now
            feed.last_good_at = None  # it has not worked since: it is not lost because of the time it was paused
            newest = select(FeedPause).where(FeedPause.feed_id == feed.id).order_by(FeedPause.id.desc()).limit(1)
            pause = deed.session.scalar(newest)
            lasted = ""
            if pause is not None and pause.resumed_at is None:
                pause.resumed_at, pause.resumed_by = deed.now, actor.name
                minutes = int((deed.now - pause.paused_at).total_seconds() // 60)
                lasted = f" after {minutes} min" if minutes else " within a minute"
            log_of(deed, feed, f"Feed {feed.name} resumed by {actor.display_name}{lasted}.")
            deed.answer = {"said": f"{feed.name} is asked again.", "feed": feed.id}
        return deed.answer

    def look(self, actor: Actor, record_id: int) -> RefusedRecord:
        """The bytes of a refused record. The look is recorded. Raises NotFound, NotPermitted."""
        with self.deeds.db.begin() as session:
            view = self.reads.refused(session, actor, record_id)
            audit.record(
                session,
                self.deeds.clock.now(),
                AuditKind.REFUSED_RECORD_SEEN,
                actor,
                subject=f"refused record {record_id}",
                feed=view.feed,
            )
        return view

    def retries(self, kind: str) -> bool:
        """Whether feeds of this kind can read one record alone."""
        return can_read_again(kind)

    def retry(self, actor: Actor, record_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Hand a refused record to its feed's parser again. Raises NotFound, Conflict when that cannot be done."""
        authorise(actor, Permission.FEED_RUN)
        with self.deeds.begin(actor, "try refused record again", request_id) as deed:
            found = self.find(deed, actor, record_id)
            record, feed = found.record, found.feed
            if record.raw_bytes > len(record.raw):
                raise Conflict("Only its first 64 KiB were kept, so it cannot be read again. Have it sent again.")
            try:
                batch = read_again(self.block(feed), self.settings, self.deeds.clock, record.raw)
            except Conflict:
                raise
            except OpsError as unusable:
                return self._refused_again(deed, found, str(unusable))
            return self._taken(deed, found, batch)

    def forget(self, actor: Actor, record_id: int, reason: str, request_id: str | None = None) -> dict[str, Any]:
        """Drop a refused record; the counters still tell that it came. Raises NotFound, Invalid."""
        authorise(actor, Permission.FEED_RUN)
        reason = reason_of(reason)
        with self.deeds.begin(actor, "forget refused record", request_id) as deed:
            found = self.find(deed, actor, record_id)
            deed.session.delete(found.record)
            log_of(
                deed,
                found.feed,
                f"Refused record {record_id} of feed {found.feed.name} forgotten: {reason}",
                typed=True,
            )
            deed.answer = {"said": "Forgotten. The counters still tell that it came.", "feed": found.feed.id}
        return deed.answer

    def _taken(self, deed: Deed, found: Refused, batch: Batch) -> dict[str, Any]:
        record, feed = found.record, found.feed
        if not batch.received:
            raise Conflict("Its parser reads it now, and passes it over: it is nothing this feed is asked for.")
        if len(batch.refusals) == batch.received == 1:
            return self._refused_again(deed, found, batch.refusals[0].reason)
        done = store_again(deed.session, feed.id, batch, deed.now, once(deed.session), self.gazetteer)
        if len(done.refusals) == done.received == 1:
            return self._refused_again(deed, found, done.refusals[0].reason)
        rows = quarantine_rows(feed.id, [(one.raw, one.reason, one.received_at) for one in done.refusals])
        deed.session.delete(record)
        deed.session.add_all(rows)
        deed.session.flush()
        count_again(deed.session, feed.id, done)
        said = became(done)
        log_of(deed, feed, f"Refused record {record.id} of feed {feed.name} tried again: {said}.")
        deed.answer = {"said": f"Tried again: {said}.", "feed": feed.id}
        return deed.answer

    def _refused_again(self, deed: Deed, found: Refused, reason: str) -> dict[str, Any]:
        """It stays where it is, with the reason of now; nothing is counted twice."""
        found.record.reason = reason[:LONGEST_REASON]
        log_of(
            deed, found.feed, f"Refused record {found.record.id} of feed {found.feed.name} tried again: refused again."
        )
        deed.answer = {"said": f"Refused again: {reason[:200]}", "feed": found.feed.id, "refused": True}
        return deed.answer

    def find(self, deed: Deed, actor: Actor, record_id: int) -> Refused:
        """A refused record the actor may act on; the end of the log is locked. Raises NotFound."""
        lock_log(deed.session)
        return self.kept(deed.session, actor, record_id)

    def kept(self, session: Session, actor: Actor, record_id: int) -> Refused:
        """A refused record the actor may act on. Raises NotFound."""
        record = session.get(QuarantinedRecord, record_id, populate_existing=True) if 0 < record_id <= MAX_ID else None
        feed = session.get(FeedRecord, record.feed_id) if record else None
        if record is None or feed is None or not self.reads.may_look(actor, feed.agency):
            raise NotFound("There is no such refused record any more, or it is not released to you.")
        return Refused(record, feed)

    def block(self, feed: FeedRecord) -> FeedBlock:
        """The feed's block in config.toml. Raises Conflict where there is none."""
        for block in self.settings.feeds:
            if block.name == feed.name:
                return block
        raise Conflict(f"{feed.name} is no longer configured, so nothing can read its records.")


def _feed(deed: Deed, feed_id: int) -> FeedRecord:
    lock_log(deed.session)
    feed = deed.session.get(FeedRecord, feed_id, populate_existing=True) if 0 < feed_id <= MAX_ID else None
    if feed is None or not feed.configured:
        raise NotFound("There is no such feed.")
    if feed.is_replay:
        raise Conflict(f"{feed.name} is a recording that is played; it cannot be paused.")
    return feed


def log_of(deed: Deed, feed: FeedRecord, text: str, *, typed: bool = False) -> None:
    """Say in the duty log what was done to a feed."""
    deed.touch(feed)
    handling = handling_id(deed.session, feed.agency, "GREEN")
    deed.log(EntryKind.FEED, text, handling_id=handling, links=[link(ThingKind.FEED, feed.id, feed.name)], typed=typed)
    deed.subject = f"feed {feed.id}"


def reason_of(text: str) -> str:
    """Why, on one line. Raises Invalid."""
    text = " ".join(text.split())
    if not text or len(text) > LONGEST_REASON:
        raise Invalid(f"Say why, in 1 to {LONGEST_REASON} letters.")
    return text


def became(done: Again) -> str:
    """What became of what was tried again, in words."""
    parts = [
        f"{number} {word}"
        for number, word in (
            (done.stored, "stored"),
            (done.duplicate, "known already"),
            (len(done.refusals), "refused"),
        )
        if number
    ]
    return ", ".join(parts)
