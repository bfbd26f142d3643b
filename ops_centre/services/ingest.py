"""Take a feed's batch into the database: one transaction for its records, its refusals, its counters and its cursor.

Always: received = stored + duplicate + quarantined. Either the whole batch is in, with the cursor that goes on behind it,
or nothing of it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from ops_centre.clock import Clock, to_ms
from ops_centre.db import Database
from ops_centre.domain.observations import Batch, Refusal
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.zones import Zones
from ops_centre.models import FeedRecord
from ops_centre.services import duty_log
from ops_centre.services.feed_fitness import Fitness, fitness
from ops_centre.services.feed_records import once, quarantine_rows
from ops_centre.services.ingest_crafts import CraftStore, CraftTally
from ops_centre.services.ingest_field import map_unidentified, store_field_reports
from ops_centre.services.ingest_hazards import store_hazards
from ops_centre.services.ingest_manifests import store_manifests
from ops_centre.services.ingest_targets import attach_waiting_targets, store_targets
from ops_centre.services.ingest_units import store_units

STAMP_EVERY_MS = 1000  # a feed's counters move the picture at most so often
QUIET_EVERY_MS = 5000  # and a poll that brought nothing is written down at most so often

Fence = Callable[[Connection], None]  # raises when this process may no longer write


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch."""

    received: int
    stored: int
    duplicate: int
    quarantined: int


class Ingest:
    """Takes batches. Safe to call from several feed threads; each call is one transaction."""

    def __init__(
        self, db: Database, clock: Clock, zones: Zones, gazetteer: Gazetteer, fence: Fence | None = None
    ) -> None:
        self.db = db
        self.clock = clock
        self.gazetteer = gazetteer
        self.fence = fence
        self._crafts = CraftStore(zones)  # one for all feeds: one craft is heard by several
        self._one_at_a_time = threading.Lock()  # what it knows of craft may not change under a transaction
        self._stamped: dict[int, int] = {}
        self._quiet: dict[int, int] = {}

    def take(self, feed_id: int, batch: Batch, *, quiet_is_good: bool = True) -> Taken:
        """Store ``batch``. ``quiet_is_good``: an empty answer proves the source alive (a poll), or does not (a listener)."""
        now_ms = to_ms(self.clock.now())
        if not batch.received and not self._worth_writing(feed_id, batch, now_ms, quiet_is_good):
            return Taken(0, 0, 0, 0)
        if not batch.crafts:
            return self._take(feed_id, batch, now_ms, quiet_is_good)
        with self._one_at_a_time:
            try:
                return self._take(feed_id, batch, now_ms, quiet_is_good)
            except BaseException:
                self._crafts.forget()
                raise

    def _take(self, feed_id: int, batch: Batch, now_ms: int, quiet_is_good: bool) -> Taken:
        with self.db.connect_writing() as connection:
            if self.fence is not None:
                self.fence(connection)
            return self._store(connection, feed_id, batch, now_ms, quiet_is_good)

    def _store(self, connection: Connection, feed_id: int, batch: Batch, now_ms: int, quiet_is_good: bool) -> Taken:
        now = self.clock.now()
        with Session(bind=connection, expire_on_commit=False, join_transaction_mode="rollback_only") as session:
            revise = once(session)
            said: list[duty_log.Entry] = []
            if (
                batch.crafts
                or batch.targets
                or batch.units
                or batch.hazards
                or batch.complete_units
                or batch.field_reports
            ):
                duty_log.lock_log(session)  # before the revision, as everybody does: crafts are attached to targets
            craft_tally = self._crafts.store(connection, feed_id, batch.crafts, recorded_ms=now_ms, revise=revise)
            refusals: list[Refusal] = list(batch.refusals)
            stored, duplicate = craft_tally.stored, craft_tally.duplicate + batch.duplicates
            if batch.targets:
                tally = store_targets(
                    session, feed_id, batch.targets, now=now, revision=revise, gazetteer=self.gazetteer, said=said
                )
                stored, duplicate, refusals = (
                    stored + tally.stored,
                    duplicate + tally.duplicate,
                    refusals + tally.refused,
                )
            if batch.units or batch.complete_units:
                tally = store_units(
                    session, feed_id, batch.units, now=now, revision=revise, complete=batch.complete_units, said=said
                )
                stored, duplicate, refusals = (
                    stored + tally.stored,
                    duplicate + tally.duplicate,
                    refusals + tally.refused,
                )
                if tally.stored:
                    map_unidentified(session, feed_id, now=now, revision=revise, said=said)
            if batch.hazards:
                tally = store_hazards(session, feed_id, batch.hazards, now=now, revision=revise, said=said)
                stored, duplicate = stored + tally.stored, duplicate + tally.duplicate
            if batch.manifests:
                tally = store_manifests(session, feed_id, batch.manifests, revision=revise)
                stored, duplicate = stored + tally.stored, duplicate + tally.duplicate
            if batch.field_reports:
                tally = store_field_reports(session, feed_id, batch.field_reports, now=now, revision=revise, said=said)
                stored, duplicate = stored + tally.stored, duplicate + tally.duplicate
            self._attach(session, craft_tally, revise)
            if refusals:
                session.add_all(quarantine_rows(feed_id, [(r.raw, r.reason, r.received_at) for r in refusals]))
            duty_log.append(session, now, duty_log.SYSTEM, said)
            taken = Taken(batch.received, stored, duplicate, len(refusals))
            fit = fitness(batch, stored + duplicate, refusals, quiet_is_good=quiet_is_good)
            self._count(session, feed_id, batch, taken, fit, now_ms, revise)
            session.commit()
        return taken

    @staticmethod
    def _attach(session: Session, tally: CraftTally, revise: Callable[[], int]) -> None:
        if tally.renewed:
            attach_waiting_targets(session, tally.renewed, revise)

    def _count(
        self,
        session: Session,
        feed_id: int,
        batch: Batch,
        taken: Taken,
        fit: Fitness,
        now_ms: int,
        revise: Callable[[], int],
    ) -> None:
        now = self.clock.now()
        values: dict[object, object] = {
            FeedRecord.last_poll_at: now,
            FeedRecord.received: FeedRecord.received + taken.received,
            FeedRecord.stored: FeedRecord.stored + taken.stored,
            FeedRecord.duplicate: FeedRecord.duplicate + taken.duplicate,
            FeedRecord.quarantined: FeedRecord.quarantined + taken.quarantined,
            FeedRecord.passed_over: FeedRecord.passed_over + batch.passed_over,
        }
        if taken.received:
            values[FeedRecord.last_record_at] = now
        if fit.is_good:
            values[FeedRecord.last_good_at] = now
        elif fit.fault and (fit.is_whole or _is_late(session, feed_id, now)):
            values |= {FeedRecord.last_error: fit.fault, FeedRecord.last_error_at: now}
        if batch.cursor is not None:
            values[FeedRecord.cursor] = batch.cursor
        if abs(now_ms - self._stamped.get(feed_id, 0)) >= STAMP_EVERY_MS:  # less than nothing: our clock was set back
            self._stamped[feed_id] = now_ms
            values[FeedRecord.revision] = revise()
        session.execute(update(FeedRecord).where(FeedRecord.id == feed_id).values(values))

    def _worth_writing(self, feed_id: int, batch: Batch, now_ms: int, quiet_is_good: bool) -> bool:
        if batch.cursor is not None or batch.passed_over or batch.complete_units:
            return True
        if not quiet_is_good or abs(now_ms - self._quiet.get(feed_id, 0)) < QUIET_EVERY_MS:
            return False
        self._quiet[feed_id] = now_ms
        return True


def _is_late(session: Session, feed_id: int, now: datetime) -> bool:
    """Whether a feed has not worked for so long that its light says so: one bad line in a good stream is no error of it."""
    feed = session.get_one(FeedRecord, feed_id)
    return feed.last_good_at is None or now - feed.last_good_at >= timedelta(milliseconds=feed.late_after_ms)
