"""Doubts that memory alone cannot settle: what leapt before a restart, what comes late, what a wrong clock had stamped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Connection, Table, select, update

from ops_centre.clock import from_ms, to_ms
from ops_centre.domain.fusion import AHEAD_MS, Suspect, Verdict, leap_words, leaps
from ops_centre.domain.identity_conflicts import AnomalyKind
from ops_centre.domain.observations import TrackKind
from ops_centre.models import Position, TrackAnomaly

_CHUNK = 500
_POSITIONS = cast(Table, Position.__table__)
_ELSEWHERE = (AnomalyKind.LEAP.value, AnomalyKind.TWO_PLACES.value)


@dataclass(frozen=True, slots=True)
class Late:
    """A position older than the one drawn, which it cannot have led to."""

    track_id: int
    kind: TrackKind
    at_ms: int
    lat: float
    lon: float
    is_noted: bool  # on the card of the craft; not of a number that is nobody's


def suspects_before(connection: Connection, track_ids: Iterable[int], now_ms: int) -> dict[int, tuple[Suspect, int]]:
    """Where each of these tracks leapt to last, as was noted of it, with the feed that said so.

    What was noted of a later time than now was noted under a wrong clock: it is left out.
    """
    found: dict[int, tuple[Suspect, int]] = {}
    wanted, noted = list(track_ids), TrackAnomaly
    columns = (noted.track_id, noted.kind, noted.first_at, noted.last_at, noted.lat, noted.lon, noted.feed_id)
    for start in range(0, len(wanted), _CHUNK):
        asked = select(*columns).where(noted.track_id.in_(wanted[start : start + _CHUNK]), noted.kind.in_(_ELSEWHERE))
        for track_id, kind, first_at, last_at, lat, lon, feed_id in connection.execute(asked.order_by(noted.kind)):
            leapt, at_ms = found.get(track_id), to_ms(last_at)
            if lat is None or lon is None or at_ms > now_ms + AHEAD_MS or (leapt and leapt[0].at_ms > at_ms):
                continue
            first_ms = leapt[0].at_ms if leapt else to_ms(first_at)  # both places went on since the leap to this one
            found[track_id] = Suspect(lat, lon, at_ms, at_ms if kind == AnomalyKind.LEAP else first_ms), feed_id
    return found


def leaps_among(connection: Connection, late: Sequence[Late]) -> list[tuple[Late, str]]:
    """Those that the craft can have reached neither from the position before nor to the one after, each with its evidence.

    Both neighbours are asked for, since the place drawn now may be beyond a leap that was confirmed.
    """
    found = []
    for one in late:
        beside = [place for is_after in (False, True) if (place := _neighbour(connection, one, is_after=is_after))]
        if beside and all(leaps(*place, one.lat, one.lon, one.at_ms, one.kind) for place in beside):
            found.append((one, leap_words(*beside[0], one.lat, one.lon, one.at_ms)))
    return found


def _neighbour(connection: Connection, one: Late, *, is_after: bool) -> tuple[float, float, int] | None:
    """The next position of the track that is not doubted, before or after this one: where and when."""
    at, time = from_ms(one.at_ms), _POSITIONS.c.observed_at
    asked = select(_POSITIONS.c.lat, _POSITIONS.c.lon, time).where(
        _POSITIONS.c.track_id == one.track_id, time > at if is_after else time < at, _POSITIONS.c.doubt.is_(None)
    )
    row = connection.execute(asked.order_by(time if is_after else time.desc()).limit(1)).first()
    return (row[0], row[1], to_ms(row[2])) if row else None


def doubt_times_to_come(connection: Connection, track_ids: Sequence[int], now_ms: int) -> None:
    """Our clock was set back: what it had stamped with a time that has yet to come is flagged on these tracks."""
    latest = from_ms(now_ms + AHEAD_MS)
    for start in range(0, len(track_ids), _CHUNK):
        connection.execute(
            update(_POSITIONS)
            .where(
                _POSITIONS.c.track_id.in_(track_ids[start : start + _CHUNK]),
                _POSITIONS.c.observed_at > latest,
                _POSITIONS.c.recorded_at > latest,
                _POSITIONS.c.doubt.is_(None),
            )
            .values(doubt=Verdict.AHEAD.value)
        )
