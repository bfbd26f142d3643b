"""Refused records of one feed and one reason, together: tried again after a fix, or forgotten.

A source that writes one field wrong fills its quarantine with thousands in an hour. They are found by one of them, as the
officer saw it: what was refused later is left alone. They are read before anything is locked, so that nobody waits for it.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.domain.observations import Batch
from ops_centre.errors import Conflict, OpsError
from ops_centre.feeds.registry import again_reader
from ops_centre.models import QuarantinedRecord
from ops_centre.services.deeds import Deed
from ops_centre.services.feed_admin import LONGEST_REASON, FeedAdmin, Refused, became, log_of, reason_of
from ops_centre.services.feed_records import once, quarantine_rows
from ops_centre.services.feed_retry import count_again, store_again

MOST_STORED = 200  # in one act: it holds the log and, on SQLite, every other writer
READING_S = 3.0  # of those that still cannot be used there may be any number
FETCHED = 100  # records of up to 64 KiB held at a time


@dataclass(frozen=True, slots=True)
class _Alike:
    """Which records: of one feed and one reason, up to the one by which they were asked for."""

    feed_id: int
    reason: str
    up_to: int

    def __iter__(self) -> Iterator[Any]:
        """As conditions of a query."""
        kept = QuarantinedRecord
        return iter((kept.feed_id == self.feed_id, kept.reason == self.reason, kept.id <= self.up_to))


@dataclass(slots=True)
class _Read:
    """What the records say now: those that can be used, and why the others cannot, by the record's id."""

    useful: dict[int, Batch] = field(default_factory=dict)
    refused: dict[int, str] = field(default_factory=dict)


class FeedMany:
    """Acts on many refused records."""

    def __init__(self, admin: FeedAdmin) -> None:
        self.admin = admin

    def retry(self, actor: Actor, record_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Try again all of the feed that were refused for the reason of this record, up to it, oldest first, so many as
        one act may hold. Those that still cannot be used stay, with the reason of now. Raises NotFound, Conflict."""
        authorise(actor, Permission.FEED_RUN)
        read = self._read(actor, record_id)
        with self.admin.deeds.begin(actor, "try refused records again", request_id) as deed:
            found = self.admin.find(deed, actor, record_id)
            alike = _alike(found)
            read = _still_kept(deed.session, alike, read)
            tried = len(read.useful) + len(read.refused)
            if not tried:
                raise Conflict(
                    "None of them can be tried again: cut, passed over by the feed's parser, or gone meanwhile."
                )
            said = self._store(deed, alike.feed_id, read)
            log_of(deed, found.feed, f"{tried:,} refused records of feed {found.feed.name} tried again: {said}.")
            left = _how_many(deed.session, alike) - sum(reason == alike.reason for reason in read.refused.values())
            still = f" {left:,} more wait to be tried." if left else ""
            deed.answer = {"said": f"{tried:,} tried again: {said}.{still}", "feed": alike.feed_id, "left": left}
        return deed.answer

    def forget(self, actor: Actor, record_id: int, reason: str, request_id: str | None = None) -> dict[str, Any]:
        """Drop all of the feed that were refused for the reason of this record, up to it. Raises NotFound, Invalid."""
        authorise(actor, Permission.FEED_RUN)
        reason = reason_of(reason)
        with self.admin.deeds.begin(actor, "forget refused records", request_id) as deed:
            found = self.admin.find(deed, actor, record_id)
            alike = _alike(found)
            many = _how_many(deed.session, alike)
            deed.session.execute(delete(QuarantinedRecord).where(*alike).execution_options(synchronize_session=False))
            words = f"{many:,} refused records of feed {found.feed.name} forgotten: {reason}"
            log_of(deed, found.feed, words, typed=True)
            said = f"{many:,} forgotten. The counters still tell that they came."
            deed.answer = {"said": said, "feed": alike.feed_id}
        return deed.answer

    def _read(self, actor: Actor, record_id: int) -> _Read:
        """Read the records until enough of them can be used, or for as long as an officer may be kept waiting."""
        read, ends_at = _Read(), time.monotonic() + READING_S
        with self.admin.deeds.db.reading() as session:
            found = self.admin.kept(session, actor, record_id)
            again = again_reader(self.admin.block(found.feed), self.admin.settings, self.admin.deeds.clock)
            for record in _records(session, _alike(found)):
                if record.raw_bytes > len(record.raw):
                    continue
                try:
                    batch = again(record.raw)
                except OpsError as unusable:
                    read.refused[record.id] = str(unusable)[:LONGEST_REASON]
                    continue
                if len(batch.refusals) == batch.received == 1:
                    read.refused[record.id] = batch.refusals[0].reason[:LONGEST_REASON]
                elif batch.received:
                    read.useful[record.id] = batch
                if len(read.useful) >= MOST_STORED or time.monotonic() > ends_at:
                    break
        return read

    def _store(self, deed: Deed, feed_id: int, read: _Read) -> str:
        """Store what can be used; what became of all, in words."""
        session, kept = deed.session, QuarantinedRecord
        for reason in set(read.refused.values()):
            for some in _parts([number for number, why in read.refused.items() if why == reason]):
                session.execute(
                    update(kept)
                    .where(kept.id.in_(some))
                    .values(reason=reason)
                    .execution_options(synchronize_session=False)
                )
        refused = f"{len(read.refused):,} refused again" if read.refused else ""
        if not read.useful:
            return refused
        done = store_again(session, feed_id, _joined(read.useful), deed.now, once(session), self.admin.gazetteer)
        rows = quarantine_rows(feed_id, [(one.raw, one.reason, one.received_at) for one in done.refusals])
        for some in _parts(list(read.useful)):
            session.execute(delete(kept).where(kept.id.in_(some)).execution_options(synchronize_session=False))
        session.add_all(rows)
        session.flush()
        count_again(session, feed_id, done, len(read.useful))
        return ", ".join(part for part in (became(done), refused) if part)


def _alike(found: Refused) -> _Alike:
    return _Alike(found.feed.id, found.record.reason, found.record.id)


def _how_many(session: Session, alike: _Alike) -> int:
    return session.scalar(select(func.count()).select_from(QuarantinedRecord).where(*alike)) or 0


def _still_kept(session: Session, alike: _Alike, read: _Read) -> _Read:
    """What was read, without what somebody else tried or forgot meanwhile."""
    kept = set(session.scalars(select(QuarantinedRecord.id).where(*alike)))
    return _Read(
        {number: batch for number, batch in read.useful.items() if number in kept},
        {number: reason for number, reason in read.refused.items() if number in kept},
    )


def _records(session: Session, alike: _Alike) -> Iterator[QuarantinedRecord]:
    """The records, oldest first, some at a time, so that never more than some of their bytes are held."""
    after = 0
    while True:
        wanted = select(QuarantinedRecord).where(*alike, QuarantinedRecord.id > after).order_by(QuarantinedRecord.id)
        some = session.scalars(wanted.limit(FETCHED)).all()
        if not some:
            return
        after = some[-1].id
        yield from some
        session.expunge_all()


def _joined(batches: dict[int, Batch]) -> Batch:
    """What the records say together."""
    whole = Batch()
    for batch in batches.values():
        for name in ("crafts", "targets", "units", "hazards", "manifests", "refusals"):
            getattr(whole, name).extend(getattr(batch, name))
        whole.duplicates += batch.duplicates
    return whole


def _parts(numbers: list[int]) -> Iterator[list[int]]:
    """So few at a time that a statement may name them."""
    for start in range(0, len(numbers), FETCHED):
        yield numbers[start : start + FETCHED]
