"""Work in an area at sea: out from a harbour by the lanes, lines across the area, home again."""

import math
import random
from collections.abc import Sequence
from functools import lru_cache

from ops_centre.domain import geo
from ops_centre.exercise import routes
from ops_centre.exercise.itinerary import CHANNEL_NM, UNDER_WAY, Itinerary, Leg, Point, Track, track_of
from ops_centre.exercise.scenario import HOUR, MINUTE

TO_MOOR_S = 10 * MINUTE
Area = tuple[float, float, float]  # centre and radius in nautical miles
AT_ANCHOR, MOORED, FISHING, SAILING = 1, 5, 7, 8  # ITU-R M.1371-5, table 45


def work_an_area(
    rng: random.Random,
    *,
    home: str,
    berth: Point,
    area: Area,
    round_s: float,
    stay_h: float,
    speed_kn: float,
    pace_kn: tuple[float, float],
    nav_status: int = UNDER_WAY,
) -> list[Leg]:
    """A round from the harbour `home`: lie there, go out, cross the area to and fro at `pace_kn`, be home in time."""
    plan, out = Itinerary(), way_to_area(home, area)
    plan.stay(berth, stay_h, MOORED, at=home)
    plan.sail(out, speed_kn)
    home_h = out.effort / speed_kn
    here, heading = out.points[-1], rng.uniform(0, 360)
    while plan.now_s / HOUR + home_h + 1.5 < round_s / HOUR:
        heading = (heading + rng.choice((15, 160, 180, 200, 345)) + rng.uniform(-20, 20)) % 360
        there = _within(area, here, heading, rng.uniform(0.25, 0.9) * area[2])
        plan.sail(track_of((here, there)), rng.uniform(*pace_kn), nav_status)
        here = there
    back = track_of(tuple(geo.unwrap([here, *reversed(out.points[:-1])])), (False, True), CHANNEL_NM)
    hours = max(round_s - plan.now_s - TO_MOOR_S, 0.5 * HOUR) / HOUR
    plan.sail(back, max(back.effort / hours, speed_kn * 0.9), bound_for=home)
    plan.stay(berth, 999.0, MOORED, at=home)
    return plan.legs


@lru_cache(maxsize=4096)
def way_to_area(code: str, area: Area) -> Track:
    """From a harbour by the lanes to the waypoint that suits best, then straight to the middle of an area."""
    names = [name for name in routes.WAYPOINTS if not name.startswith("gate")]
    chain = min((routes.course(code, name) for name in names), key=lambda line: _detour(line, area))
    last = geo.great_circle(*chain[-1], *area[:2], step_nm=20.0)
    return track_of(tuple(geo.unwrap([*chain, *last[1:]])), (True, False), CHANNEL_NM)


def near(rng: random.Random, point: Point, nm: float) -> Point:
    """Somewhere within `nm` of a point."""
    return geo.destination(*point, rng.uniform(0, 360), nm * math.sqrt(rng.random()))


def nearest(areas: Sequence[Area], to: Area) -> Area:
    """The area whose middle is nearest to that of another."""
    return min(areas, key=lambda area: geo.distance_nm(area[0], area[1], to[0], to[1]))


def _detour(line: Sequence[Point], area: Area) -> float:
    """Length of a way by this line, counting the open stretch at its end more than the lanes."""
    return geo.length_nm(line) + 1.6 * geo.distance_nm(*line[-1], *area[:2])


def _within(area: Area, here: Point, heading: float, nm: float) -> Point:
    """So far on this heading; toward the middle and a little beyond where that would leave the area."""
    there = geo.destination(*here, heading, nm)
    if geo.distance_nm(*there, *area[:2]) > area[2]:
        inward, middle_nm = geo.bearing_deg(*here, *area[:2]), geo.distance_nm(*here, *area[:2])
        there = geo.destination(*here, inward, min(nm, middle_nm + area[2] * 0.5))
    return geo.unwrap([here, there])[1]
