"""Watches craft for what no single report shows: silence of those somebody watches, and numbers that two of them send at once.

Duties of the worker; each may run at any time and twice without harm. Found and ended anomalies are rows of `track_anomalies`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.orm import Session

from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.feeds import FeedLight
from ops_centre.domain.fusion import HOLD_MS, span_words
from ops_centre.domain.identity import BAD_MMSI
from ops_centre.domain.identity_conflicts import AnomalyKind, is_telling
from ops_centre.domain.lookouts import is_dark
from ops_centre.domain.observations import TrackKind
from ops_centre.models import FeedRecord, Position, Track, TrackAnomaly
from ops_centre.services import duty_log
from ops_centre.services.chunks import chunks
from ops_centre.services.craft_of_interest import watched
from ops_centre.services.deeds import Deeds
from ops_centre.services.feed_records import present_light

AT_ONCE = {TrackKind.VESSEL: timedelta(minutes=60), TrackKind.AIRCRAFT: timedelta(minutes=5)}
_OF_TRACK = (
    Track.id,
    Track.key,
    Track.mmsi,
    Track.imo,
    Track.name,
    Track.flight,
    Track.heard_at,
    Track.feed_id,
    Track.caveats,
)


@dataclass(frozen=True, slots=True)
class _Shared:
    """A number that a track sends and another too."""

    track_id: int
    other_id: int
    value: str
    evidence: str
    at: datetime
    feed_id: int


class CraftWatch:
    """The worker's duty."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, deeds: Deeds) -> None:
        """``deeds`` of the worker, fenced by its lease."""
        self.db, self.clock, self.deeds = db, clock, deeds
        picture = settings.picture
        self._limits = {
            TrackKind.VESSEL: picture.vessel_gap_after_minutes,
            TrackKind.AIRCRAFT: picture.aircraft_gap_after_minutes,
            TrackKind.VEHICLE: picture.vehicle_gap_after_minutes,
        }

    # gaps

    def note_gaps(self) -> int:
        """Open a gap for each watched craft that fell silent, and end those of craft that were heard again. How many."""
        with self.db.reading() as session:
            if not self._fallen_silent(session) and not _heard_again(session):
                return 0
        with self.deeds.begin(duty_log.SYSTEM, "note position gaps") as deed:
            duty_log.lock_log(deed.session)
            silent, heard = self._fallen_silent(deed.session), _heard_again(deed.session)
            for track in silent:
                deed.session.add(_gap(track, deed.now))
            interests = watched(deed.session, deed.now)
            for gap, track in heard:
                ended_at = _first_after(deed.session, gap) or track.observed_at or deed.now
                took = span_words(int((ended_at - gap.first_at).total_seconds() * 1000))
                gap.evidence, gap.ended_at, gap.last_at, gap.noted_at = (
                    f"Silent for {took}.",
                    ended_at,
                    ended_at,
                    deed.now,
                )
                interest = interests.get(track.id)
                if interest is not None:
                    name = track.flight or track.name or track.callsign or track.key
                    deed.log(
                        EntryKind.ALERT, f"{name} sends positions again after {took} of silence ({interest.why}).",
                        handling_id=interest.handling_id, links=[link(ThingKind.TRACK, track.id, name)],
                    )  # fmt: skip
        return len(silent) + len(heard)

    def _fallen_silent(self, session: Session) -> list[Track]:
        """Watched craft that are silent while their feed is live, and of whose silence no row tells yet."""
        now = self.clock.now()
        interests = watched(session, now)
        if not interests:
            return []
        feeds = {feed.id: feed for feed in session.scalars(select(FeedRecord))}
        silent = [
            track
            for some in chunks(interests)
            for track in session.scalars(select(Track).where(Track.id.in_(some), Track.observed_at.is_not(None)))
            if not track.on_ground and self._is_silent(track, feeds[track.feed_id], now)
        ]
        asked = select(TrackAnomaly.track_id).where(
            TrackAnomaly.kind == AnomalyKind.GAP.value, TrackAnomaly.ended_at.is_(None)
        )
        known = set(session.scalars(asked)) if silent else set()
        return [track for track in silent if track.id not in known]

    def _is_silent(self, track: Track, feed: FeedRecord, now: datetime) -> bool:
        feed_now = now + timedelta(milliseconds=feed.clock_offset_ms)
        if not is_dark(track.observed_at, track.zone, feed_now, self._limits.get(TrackKind(track.kind))):
            return False
        return feed.is_replay or present_light(feed, now) is FeedLight.LIVE

    # numbers that two craft send at once

    def compare(self) -> int:
        """Note craft that share an IMO number or a flight, and end what is seen no longer. How many changed."""
        with self.db.begin() as session:
            changed = self._end_two_places(session)
            changed += self._settle(session, AnomalyKind.IMO_SHARED, _sharing(session, Track.imo, TrackKind.VESSEL))
            return changed + self._settle(
                session, AnomalyKind.FLIGHT_SHARED, _sharing(session, Track.flight, TrackKind.AIRCRAFT)
            )

    def _end_two_places(self, session: Session) -> int:
        """A craft of which only one place was heard for as long as a place holds is in two no longer."""
        over = (
            update(TrackAnomaly)
            .where(
                TrackAnomaly.kind == AnomalyKind.TWO_PLACES.value,
                TrackAnomaly.ended_at.is_(None),
                TrackAnomaly.noted_at < self.clock.now() - timedelta(milliseconds=HOLD_MS),
            )
            .values(ended_at=TrackAnomaly.last_at)
        )
        return int(session.execute(over).rowcount)  # type: ignore[attr-defined]

    def _settle(self, session: Session, kind: AnomalyKind, shared: Iterable[_Shared]) -> int:
        found = {(one.track_id, one.other_id, one.value): one for one in shared}
        now, changed = self.clock.now(), 0
        asked = select(TrackAnomaly).where(TrackAnomaly.kind == kind.value)
        for row in session.scalars(asked):
            one = found.pop((row.track_id, row.other_id or 0, row.about.partition(" ")[0]), None)
            if one is None and row.ended_at is None:
                row.ended_at, changed = row.last_at, changed + 1
            elif one is not None and (one.at > row.last_at or row.ended_at is not None):
                row.times += row.ended_at is not None
                row.last_at, row.noted_at, row.ended_at, row.evidence = one.at, now, None, one.evidence
                changed += 1
        session.add_all(
            TrackAnomaly(
                track_id=one.track_id, kind=kind.value, about=f"{one.value} {one.other_id}", first_at=one.at,
                last_at=one.at, noted_at=now, times=1, evidence=one.evidence, feed_id=one.feed_id, other_id=one.other_id,
            )
            for one in found.values()
        )  # fmt: skip
        return changed + len(found)


def _gap(track: Track, now: datetime) -> TrackAnomaly:
    at = track.observed_at or track.heard_at
    return TrackAnomaly(
        track_id=track.id, kind=AnomalyKind.GAP.value, about=at.isoformat(), first_at=at, last_at=at, noted_at=now, times=1,
        evidence="No position since.", feed_id=track.feed_id, lat=track.lat, lon=track.lon,
    )  # fmt: skip


def _heard_again(session: Session) -> list[tuple[TrackAnomaly, Track]]:
    """Open gaps of craft that have sent a position since."""
    asked = (
        select(TrackAnomaly, Track)
        .join(Track, Track.id == TrackAnomaly.track_id)
        .where(
            TrackAnomaly.kind == AnomalyKind.GAP.value,
            TrackAnomaly.ended_at.is_(None),
            Track.observed_at > TrackAnomaly.first_at,
        )
    )
    return [(gap, track) for gap, track in session.execute(asked)]


def _first_after(session: Session, gap: TrackAnomaly) -> datetime | None:
    """When the craft was first where it could be after its silence."""
    asked = select(func.min(Position.observed_at)).where(
        Position.track_id == gap.track_id, Position.observed_at > gap.first_at, Position.doubt.is_(None)
    )
    return session.scalar(asked)


def _sharing(session: Session, column: Any, kind: TrackKind) -> Iterator[_Shared]:
    """Both ways round: each craft of the picture that sends what another sends at the same time."""
    here = (Track.kind == kind.value, Track.left_at.is_(None), column.is_not(None))
    several = select(column).where(*here).group_by(column).having(func.count() > 1)
    by_value: dict[Any, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(select(column.label("value"), *_OF_TRACK).where(*here, column.in_(several))):
        if _counts(row, kind):
            by_value[row.value].append(row)
    word = "IMO number" if kind is TrackKind.VESSEL else "callsign"
    for value, rows in by_value.items():
        for one, other in permutations(rows, 2):
            if abs(one.heard_at - other.heard_at) <= AT_ONCE[kind]:
                evidence = f"{_who(other)} sends the same {word}, {value}."
                yield _Shared(one.id, other.id, str(value), evidence, min(one.heard_at, other.heard_at), one.feed_id)


def _counts(row: Row[Any], kind: TrackKind) -> bool:
    """Not where many share a number that nobody set, nor an address that is no airframe's (TIS-B)."""
    if kind is TrackKind.AIRCRAFT:
        return is_telling(row.value) and not row.key.startswith("icao:~")
    return BAD_MMSI not in row.caveats.split(",")


def _who(row: Row[Any]) -> str:
    number = f"MMSI {row.mmsi:09d}" if row.mmsi is not None else row.key.partition(":")[2].upper()
    return f"{row.name} ({number})" if row.name else number
