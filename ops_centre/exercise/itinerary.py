"""Where a craft is at a time: stays and passages, one after another.

Geometry is shared between all craft that go the same way; a passage holds only its times and its speed.
"""

import itertools
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache

from ops_centre.domain import geo
from ops_centre.exercise import routes
from ops_centre.exercise.scenario import HOUR

Point = tuple[float, float]
SLOWER = 1.7  # in a channel a ship takes so many times as long
SHIFT_KN, SHIFT_BEYOND_NM = 4.0, 0.005  # between the lane and the berth
CHANNEL_NM = 8.0  # a lane is a channel so far out from a harbour
UNDER_WAY = 0  # ITU-R M.1371-5, table 45


@dataclass(frozen=True, slots=True)
class Track:
    """A line to be followed: unwrapped vertices, effort (nautical miles, channels weighted) to reach each."""

    points: tuple[Point, ...]
    efforts: tuple[float, ...]
    bearings: tuple[float, ...]  # of the segment that begins at each vertex but the last
    slowness: tuple[float, ...]

    @property
    def effort(self) -> float:
        """Effort from end to end."""
        return self.efforts[-1]

    def at(self, effort: float) -> tuple[float, float, float, float]:
        """Latitude, unwrapped longitude, bearing and slowness after so much effort."""
        i = min(max(bisect_right(self.efforts, effort) - 1, 0), len(self.bearings) - 1)
        begun, done = self.efforts[i], self.efforts[i + 1]
        part = min(max((effort - begun) / (done - begun), 0.0), 1.0) if done > begun else 1.0
        (lat1, lon1), (lat2, lon2) = self.points[i], self.points[i + 1]
        return lat1 + (lat2 - lat1) * part, lon1 + (lon2 - lon1) * part, self.bearings[i], self.slowness[i]


def track_of(
    points: tuple[Point, ...], channel_ends: tuple[bool, bool] = (False, False), channel_nm: float = 0.0
) -> Track:
    """The track along vertices; within `channel_nm` of an end that is a harbour it goes slower."""
    legs = [geo.distance_nm(*one, *two) for one, two in itertools.pairwise(points)]
    total, run = sum(legs), 0.0
    efforts, bearings, slowness = [0.0], [], []
    for (one, two), nm in zip(itertools.pairwise(points), legs, strict=True):
        middle = run + nm / 2
        slow = (channel_ends[0] and middle < channel_nm) or (channel_ends[1] and total - middle < channel_nm)
        slowness.append(SLOWER if slow else 1.0)
        efforts.append(efforts[-1] + nm * slowness[-1])
        bearings.append(geo.bearing_deg(*one, *two))
        run += nm
    return Track(points, tuple(efforts), tuple(bearings), tuple(slowness))


@lru_cache(maxsize=8192)
def lane_track(start: str, end: str, share: float) -> Track:
    """The lane between two nodes (harbours or gates), kept to one side by `share`."""
    ends = (start in routes.HARBOURS, end in routes.HARBOURS)
    return track_of(routes.course(start, end, share), ends, CHANNEL_NM)


@lru_cache(maxsize=8192)
def lane_parts(start: str, harbour: str, share: float) -> tuple[Track, Track]:
    """The lane to a harbour in two: to the outer end of its channel, and from there to its berths."""
    points = lane_track(start, harbour, share).points
    inside = len(routes.HARBOURS[harbour].channel) + 1
    outer = track_of(points[: 1 - inside], (start in routes.HARBOURS, False), CHANNEL_NM)
    return outer, track_of(points[-inside:], (False, True), CHANNEL_NM)


@dataclass(frozen=True, slots=True)
class Leg:
    """One stay or passage of a craft, scenario seconds from the beginning of its round."""

    begins_s: float
    ends_s: float
    nav_status: int  # ITU-R M.1371-5, table 45
    point: Point  # where it stays, or where the passage begins
    track: Track | None = None
    speed_kn: float = 0.0
    at: str | None = None  # harbour where it stays
    bound_for: str | None = None  # node it will reach next (harbour or gate)
    arrives_s: float | None = None  # when, seconds from the beginning of the round
    silent: bool = False  # beyond all coverage


class Itinerary:
    """Legs in the making: each call adds what comes next, and nothing jumps.

    Where a stay does not lie at the end of the passage before it, or a passage does not begin where the craft lies, the
    craft is shifted slowly; the stay is so much shorter.
    """

    def __init__(self) -> None:
        self.legs: list[Leg] = []
        self.now_s = 0.0

    def stay(
        self,
        point: Point,
        hours: float,
        nav_status: int,
        *,
        at: str | None = None,
        bound_for: str | None = None,
        arrives_s: float | None = None,
        silent: bool = False,
    ) -> None:
        """Lie somewhere for so many hours."""
        ends_s = self.now_s + hours * HOUR
        if self.legs:
            self._shift(self._here(), point, bound_for=at)
        ends_s = max(ends_s, self.now_s)
        self.legs.append(
            Leg(self.now_s, ends_s, nav_status, point, at=at, bound_for=bound_for, arrives_s=arrives_s, silent=silent)
        )
        self.now_s = ends_s

    def sail(
        self,
        track: Track,
        speed_kn: float,
        nav_status: int = UNDER_WAY,
        *,
        bound_for: str | None = None,
        arrives_s: float | None = None,
    ) -> None:
        """Follow a track to its end."""
        if self.legs:
            self._leave_for(track.points[0], bound_for)
        ends_s = self.now_s + track.effort / speed_kn * HOUR
        arrives_s = ends_s if arrives_s is None else arrives_s
        self.legs.append(
            Leg(
                self.now_s,
                ends_s,
                nav_status,
                track.points[0],
                track,
                speed_kn,
                bound_for=bound_for,
                arrives_s=arrives_s,
            )
        )
        self.now_s = ends_s

    def _here(self) -> Point:
        last = self.legs[-1]
        return last.track.points[-1] if last.track else last.point

    def _leave_for(self, point: Point, bound_for: str | None) -> None:
        """Cast off in time to be at a point when the stay was to end."""
        stay = self.legs[-1]
        needed_s = geo.distance_nm(*self._here(), *point) / SHIFT_KN * HOUR
        if stay.track is None:
            self.now_s = max(stay.begins_s, stay.ends_s - needed_s)
            self.legs[-1] = replace(stay, ends_s=self.now_s)
        self._shift(self._here(), point, bound_for=bound_for)

    def _shift(self, here: Point, there: Point, *, bound_for: str | None) -> None:
        nm = geo.distance_nm(*here, *there)
        if nm > SHIFT_BEYOND_NM:
            ends_s = self.now_s + nm / SHIFT_KN * HOUR
            track = track_of(tuple(geo.unwrap((here, there))))
            self.legs.append(
                Leg(self.now_s, ends_s, UNDER_WAY, here, track, SHIFT_KN, bound_for=bound_for, arrives_s=ends_s)
            )
            self.now_s = ends_s


def leg_at(legs: tuple[Leg, ...], seconds: float) -> Leg:
    """The leg under way at a time; the last one beyond the end."""
    low, high = 0, len(legs) - 1
    while low < high:
        middle = (low + high) // 2
        if legs[middle].ends_s > seconds:
            high = middle
        else:
            low = middle + 1
    return legs[low]
