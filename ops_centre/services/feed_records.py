"""Feeds as records: registered from the configuration, their health written down, their refusals kept.

A failed poll is written as a failure with its reason; it never looks like "nothing to report".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from ops_centre.clock import Clock
from ops_centre.config import FeedBlock
from ops_centre.db import Database, next_revision
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.feeds import FeedLight, light_of
from ops_centre.errors import Conflict
from ops_centre.feeds.base import FeedManifest
from ops_centre.models import FeedRecord, QuarantinedRecord
from ops_centre.services import duty_log
from ops_centre.services.handlings import handling_id

MAX_ERROR_TEXT = 500
TOLD_EVERY = timedelta(seconds=30)  # a source that goes on failing: screens say how long ago it last did


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    """One refused record for a list."""

    id: int
    feed: str
    received_at: datetime
    reason: str
    raw: bytes
    raw_bytes: int


class FeedRecords:
    """The table of feeds."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock
        self._told: dict[int, datetime] = {}

    def register(self, blocks: Sequence[tuple[FeedBlock, FeedManifest]]) -> dict[str, int]:
        """Make the configured feeds known and mark those no longer configured; ids by name."""
        ids: dict[str, int] = {}
        with self.db.begin() as session:
            known = {record.name: record for record in session.scalars(select(FeedRecord))}
            revision = next_revision(session)
            for block, manifest in blocks:
                record = known.get(block.name)
                if record is None:
                    record = FeedRecord(name=block.name, kind=block.kind, agency=block.agency)
                    session.add(record)
                record.kind, record.agency, record.configured = block.kind, block.agency, True
                record.priority = block.priority
                record.late_after_ms = _ms(manifest.late_after)
                record.lost_after_ms = _ms(manifest.lost_after)
                record.light_since = record.light_since or self.clock.now()
                record.revision = revision
                session.flush()
                ids[block.name] = record.id
            for name, record in known.items():
                if name not in ids and record.configured and not record.is_replay:
                    record.configured, record.revision = False, revision
        return ids

    def open_replay(self, name: str, kind: str, agency: str) -> int:
        """The record of a recording that is played now. Raises Conflict when a real feed bears that name."""
        with self.db.begin() as session:
            record = session.scalar(select(FeedRecord).where(FeedRecord.name == name))
            if record is not None and not record.is_replay:
                raise Conflict(f"{name} is the name of a feed; a replay needs another.")
            if record is None:
                record = FeedRecord(name=name, kind=kind, agency=agency, is_replay=True)
                session.add(record)
            record.configured, record.light, record.light_since = True, FeedLight.LIVE, self.clock.now()
            record.revision = next_revision(session)
            session.flush()
            return record.id

    def set_clock_offset(self, feed_id: int, offset: timedelta) -> None:
        """Note how far a replay's time is from the wall's."""
        with self.db.begin() as session:
            session.execute(
                update(FeedRecord)
                .where(FeedRecord.id == feed_id)
                .values(clock_offset_ms=_ms(offset), revision=next_revision(session))
            )

    def end_replay(self, feed_id: int) -> None:
        """The recording has been played out: its light says so instead of going late."""
        self._set_light(feed_id, FeedLight.ENDED)

    def note_failure(self, feed_id: int, reason: str) -> None:
        """A poll failed. Of a row of equal failures the first moves the picture, and then one in half a minute."""
        now = self.clock.now()
        with self.db.begin() as session:
            record = session.get_one(FeedRecord, feed_id)
            changed = record.last_error != reason[:MAX_ERROR_TEXT] or (
                record.last_good_at is not None
                and (record.last_error_at is None or record.last_error_at < record.last_good_at)
            )
            record.last_poll_at = record.last_error_at = now
            record.last_error = reason[:MAX_ERROR_TEXT]
            told = self._told.get(feed_id)
            if changed or told is None or abs(now - told) >= TOLD_EVERY:
                self._told[feed_id] = now
                record.revision = next_revision(session)

    def refresh_lights(self) -> list[tuple[str, str, str]]:
        """Bring every light up to date; (name, light before, light now) of those that changed."""
        now = self.clock.now()
        with self.db.reading() as session:
            changed = [
                (record.id, record.name, record.light, light)
                for record in session.scalars(select(FeedRecord).where(FeedRecord.configured))
                if (light := present_light(record, now)) != record.light
            ]
        for feed_id, name, before, light in changed:
            self._set_light(feed_id, light, _light_words(name, before, light))
        return [(name, before, light) for _id, name, before, light in changed]

    def cursor(self, feed_id: int) -> str | None:
        """Where the feed stopped reading."""
        with self.db.reading() as session:
            return session.scalar(select(FeedRecord.cursor).where(FeedRecord.id == feed_id))

    def place(self, feed_id: int) -> tuple[str | None, bool]:
        """Where the feed stopped reading, and whether it is paused."""
        with self.db.reading() as session:
            row = session.execute(
                select(FeedRecord.cursor, FeedRecord.paused).where(FeedRecord.id == feed_id)
            ).one_or_none()
        return (row.cursor, row.paused) if row else (None, False)

    def paused(self) -> frozenset[int]:
        """Ids of the feeds that are paused."""
        with self.db.reading() as session:
            return frozenset(session.scalars(select(FeedRecord.id).where(FeedRecord.paused)))

    def all(self) -> list[FeedRecord]:
        """Every feed known, configured or not, by name."""
        with self.db.reading() as session:
            return list(session.scalars(select(FeedRecord).order_by(FeedRecord.name)))

    def quarantine(self, feed: str | None = None, limit: int = 100) -> list[QuarantineRow]:
        """The newest refused records, newest first."""
        query = (
            select(QuarantinedRecord, FeedRecord.name)
            .join(FeedRecord, FeedRecord.id == QuarantinedRecord.feed_id)
            .order_by(QuarantinedRecord.id.desc())
            .limit(limit)
        )
        if feed is not None:
            query = query.where(FeedRecord.name == feed)
        with self.db.reading() as session:
            return [
                QuarantineRow(row.id, name, row.received_at, row.reason, row.raw, row.raw_bytes)
                for row, name in session.execute(query)
            ]

    def trim_quarantine(self, keep: int, days: int | None = None) -> int:
        """Drop all but the newest ``keep`` refusals of each feed, and those older than ``days``; how many went.

        Counters stay: they tell what came, not what is kept.
        """
        dropped = 0
        with self.db.begin() as session:
            if days is not None:
                oldest = self.clock.now() - timedelta(days=days)
                aged = session.execute(delete(QuarantinedRecord).where(QuarantinedRecord.received_at < oldest))
                dropped += aged.rowcount  # type: ignore[attr-defined]
            for feed_id in session.scalars(select(FeedRecord.id)).all():
                cut = session.scalar(
                    select(QuarantinedRecord.id)
                    .where(QuarantinedRecord.feed_id == feed_id)
                    .order_by(QuarantinedRecord.id.desc())
                    .offset(keep)
                    .limit(1)
                )
                if cut is not None:
                    gone = session.execute(
                        delete(QuarantinedRecord).where(
                            QuarantinedRecord.feed_id == feed_id, QuarantinedRecord.id <= cut
                        )
                    )
                    dropped += gone.rowcount  # type: ignore[attr-defined]
        return dropped

    def count_quarantine(self) -> int:
        """How many refusals are kept."""
        with self.db.reading() as session:
            return session.scalar(select(func.count()).select_from(QuarantinedRecord)) or 0

    def _set_light(self, feed_id: int, light: str, said: str | None = None) -> None:
        with self.db.begin() as session:
            if said is not None:
                self._log(session, feed_id, said)
            session.execute(
                update(FeedRecord)
                .where(FeedRecord.id == feed_id)
                .values(light=light, light_since=self.clock.now(), revision=next_revision(session))
            )

    def _log(self, session: Session, feed_id: int, said: str) -> None:
        feed = session.get_one(FeedRecord, feed_id)
        handling = handling_id(session, feed.agency, "GREEN")
        entry = duty_log.Entry(EntryKind.FEED, said, handling, [link(ThingKind.FEED, feed_id, feed.name)])
        duty_log.append(session, self.clock.now(), duty_log.SYSTEM, [entry])


def _light_words(name: str, before: str, light: str) -> str | None:
    """What the duty log says of a light that changed: only that a feed was lost, and that one is back."""
    if light == FeedLight.LOST:
        return f"Feed {name} is lost."
    return f"Feed {name} is back." if before == FeedLight.LOST and light == FeedLight.LIVE else None


def present_light(record: FeedRecord, now: datetime) -> FeedLight:
    """The light a feed deserves now."""
    if record.paused:
        return FeedLight.PAUSED
    if record.is_replay:
        return FeedLight(record.light)
    late_after = timedelta(milliseconds=record.late_after_ms)
    lost_after = timedelta(milliseconds=record.lost_after_ms)
    return light_of(
        record.last_good_at,
        _tried_since(record, late_after, lost_after),
        now,
        late_after=late_after,
        lost_after=lost_after,
    )


def _tried_since(record: FeedRecord, late_after: timedelta, lost_after: timedelta) -> datetime | None:
    """Since when a feed that never worked has been tried: each light it went through began so long after that."""
    if record.light_since is None:
        return None
    waited = {FeedLight.LATE: late_after, FeedLight.LOST: lost_after}
    return record.light_since - waited.get(FeedLight(record.light), timedelta(0))


def quarantine_rows(feed_id: int, refusals: Sequence[tuple[bytes, str, datetime]]) -> list[QuarantinedRecord]:
    """Rows for refused records, raw bytes cut at 64 KiB."""
    return [
        QuarantinedRecord(feed_id=feed_id, received_at=at, reason=reason, raw=raw[:65536], raw_bytes=len(raw))
        for raw, reason, at in refusals
    ]


def _ms(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)


Revise = Callable[[], int]


def once(session: Session) -> Revise:
    """A function that takes the next revision at its first call and returns the same one after."""
    taken: list[int] = []

    def revise() -> int:
        if not taken:
            taken.append(next_revision(session))
        return taken[0]

    return revise
