"""Where a craft is at a time: stays and passages, one after another.

Geometry is shared between all craft that go the same way; a passage holds only its times and its speed.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from ops_centre.domain import geo
from ops_centre.exercise import routes
from ops_centre.exercise.scenario import HOUR

Point = tuple[float, float]
SLOW_WITHIN_NM = 0.2  # lanes narrower than this are channels ...
SLOWER = 1.7  # ... where a ship takes so many times as long


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


def track_of(points: tuple[Point, ...], channel_ends: tuple[bool, bool] = (False, False), channel_nm: float = 0.0) -> Track:
    """The track along vertices; within `channel_nm` of an end that is a harbour it goes slower."""
    legs = [geo.distance_nm(*one, *two) for one, two in zip(points, points[1:], strict=False)]
    total, run = sum(legs), 0.0
    efforts, bearings, slowness = [0.0], [], []
    for (one, two), nm in zip(zip(points, points[1:], strict=False), legs, strict=True):
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
    return track_of(routes.course(start, end, share), ends, channel_nm=8.0)


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
    """Legs in the making: each call adds what comes next."""

    def __init__(self, begins_s: float = 0.0) -> None:
        self.legs: list[Leg] = []
        self.now_s = begins_s

    def stay(self, point: Point, hours: float, nav_status: int, *, at: str | None = None, bound_for: str | None = None,
             arrives_s: float | None = None, silent: bool = False) -> None:  # fmt: skip
        """Lie somewhere for so many hours."""
        ends = self.now_s + hours * HOUR
        self.legs.append(
            Leg(self.now_s, ends, nav_status, point, at=at, bound_for=bound_for, arrives_s=arrives_s, silent=silent)
        )
        self.now_s = ends

    def sail(self, track: Track, speed_kn: float, nav_status: int = 0, *, bound_for: str | None = None,
             arrives_s: float | None = None) -> None:  # fmt: skip
        """Follow a track to its end."""
        ends = self.now_s + track.effort / speed_kn * HOUR
        self.legs.append(
            Leg(self.now_s, ends, nav_status, track.points[0], track, speed_kn, bound_for=bound_for,
                arrives_s=ends if arrives_s is None else arrives_s)
        )  # fmt: skip
        self.now_s = ends


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
