"""Deadlines that nobody presses a button for: tracks that fell silent, deployments that turn, history past its time."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database, next_revision
from ops_centre.domain.fusion import AHEAD_MS
from ops_centre.domain.observations import TrackKind
from ops_centre.models import (
    Deployment,
    FeedRecord,
    SignInAttempt,
    SignInSession,
    Track,
    Unit,
)
from ops_centre.services.duty_log import lock_log
from ops_centre.services.feed_records import once
from ops_centre.services.field_keeping import end_stale, purge_field
from ops_centre.services.ingest_hazards import end_expired
from ops_centre.services.ingest_manifests import purge_older
from ops_centre.services.ingest_targets import sweep_waiting_targets

_BATCH = 5000


class Housekeeping:
    """Jobs of the worker. Each may run at any time and twice without harm."""

    def __init__(self, db: Database, clock: Clock, settings: Settings) -> None:
        self.db = db
        self.clock = clock
        self.settings = settings
        self._turned_until = clock.now()
        self._ahead: dict[int, tuple[datetime, datetime]] = {}  # track: received when, by a time to come; found so when

    def retire_tracks(self) -> int:
        """Take tracks that fell silent out of the picture, by the rule of their kind; their history stays. How many."""
        picture = self.settings.picture
        limits = {
            TrackKind.VESSEL: picture.vessel_leaves_after_minutes,
            TrackKind.AIRCRAFT: picture.aircraft_leaves_after_minutes,
            TrackKind.VEHICLE: picture.vehicle_leaves_after_minutes,
            TrackKind.BASE_STATION: picture.fixed_leaves_after_minutes,
            TrackKind.AID: picture.fixed_leaves_after_minutes,
        }
        now = self.clock.now()
        with self.db.reading() as session:
            offsets = {
                row.id: row.clock_offset_ms
                for row in session.execute(select(FeedRecord.id, FeedRecord.clock_offset_ms))
            }
            silent: list[int] = []
            for feed_id, offset in offsets.items():
                feed_now = now + timedelta(milliseconds=offset)
                for kind, minutes in limits.items():
                    query = select(Track.id).where(
                        Track.feed_id == feed_id,
                        Track.kind == kind,
                        Track.left_at.is_(None),
                        Track.observed_at < feed_now - timedelta(minutes=minutes),
                    )
                    silent += session.scalars(query)
            silent += self._of_another_time(session, now)
        if silent:
            with self.db.begin() as session:
                revision = next_revision(session)
                for start in range(0, len(silent), _BATCH):
                    chunk = silent[start : start + _BATCH]
                    session.execute(update(Track).where(Track.id.in_(chunk)).values(left_at=now, revision=revision))
        return len(silent)

    def _of_another_time(self, session: Session, now: datetime) -> list[int]:
        """Craft placed before our clock was set back and not heard since (`docs/fusion.md`, rule 6): how old their places
        are cannot be known, and by their own stamps they would be fresh until the clock has caught up. Found for as long
        as their kind is drawn fresh, they have left."""
        picture = self.settings.picture
        fresh = {
            TrackKind.VESSEL: picture.vessel_stale_after_minutes,
            TrackKind.AIRCRAFT: picture.aircraft_stale_after_minutes,
            TrackKind.VEHICLE: picture.vehicle_stale_after_minutes,
            TrackKind.BASE_STATION: picture.fixed_stale_after_minutes,
            TrackKind.AID: picture.fixed_stale_after_minutes,
        }
        asked = select(Track.id, Track.kind, Track.received_at).where(
            Track.left_at.is_(None), Track.received_at > now + timedelta(milliseconds=AHEAD_MS)
        )
        before, self._ahead = self._ahead, {}
        left = []
        for track_id, kind, received_at in session.execute(asked):
            if received_at is None:
                continue
            found = before.get(track_id)
            since = min(found[1], now) if found is not None and found[0] == received_at else now
            self._ahead[track_id] = received_at, since
            if now - since >= timedelta(minutes=fresh[TrackKind(kind)]):
                left.append(track_id)
        return left

    def turn_deployments(self) -> int:
        """Bring units back onto the picture whose deployment began or ended since the last look. How many."""
        since, now = self._turned_until, self.clock.now()
        turned = or_(Deployment.starts_at.between(since, now), Deployment.ends_at.between(since, now))
        with self.db.begin() as session:
            unit_ids = set(session.scalars(select(Deployment.unit_id).where(turned)))
            if unit_ids:
                lock_log(session)  # whoever changes units goes in one order
                revision = next_revision(session)
                session.execute(update(Unit).where(Unit.id.in_(unit_ids)).values(revision=revision))
        self._turned_until = now
        return len(unit_ids)

    def attach_targets(self) -> int:
        """Attach open targets to craft that no change of a track announced. How many."""
        with self.db.begin() as session:
            lock_log(session)  # whoever changes targets goes in one order
            return sweep_waiting_targets(session, once(session))

    def end_hazards(self) -> int:
        """Take hazards that have run out from the picture. How many."""
        with self.db.begin() as session:
            return end_expired(session, self.clock.now(), once(session))

    def end_drawings(self) -> int:
        """Take drawings from the field that are stale from the picture. How many."""
        with self.db.begin() as session:
            return end_stale(session, self.clock.now(), once(session))

    def purge_field_reports(self) -> int:
        """Drop drawings that ended and messages that were set aside long ago; no log entry came of them. How many."""
        with self.db.begin() as session:
            return purge_field(session, self.clock.now(), self.settings.field_reports.keep_days)

    def purge_manifests(self) -> int:
        """Take away people and goods of movements past their time, except those made targets. How many."""
        days = self.settings.manifests.keep_days
        with self.db.begin() as session:
            return purge_older(session, self.clock.now(), days, once(session))

    def drop_old(self) -> int:
        """Drop sessions and attempts to sign in that ended long ago. How many rows."""
        day_ago = self.clock.now() - timedelta(days=1)
        with self.db.begin() as session:
            ended = session.execute(delete(SignInSession).where(SignInSession.expires_at < day_ago))
            tried = session.execute(delete(SignInAttempt).where(SignInAttempt.at < day_ago))
        return int(ended.rowcount + tried.rowcount)  # type: ignore[attr-defined]
