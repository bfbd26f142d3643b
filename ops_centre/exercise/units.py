"""Units of the exercise at a scenario time: on or off shift, free or busy, where.

Shifts go by the local clock; craft that patrol go round after round. What a unit reports changes at its own intervals,
so that a reader who asks more often is told the same. Records follow `ops-centre/deployments/1.0`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from ops_centre.domain import geo
from ops_centre.domain.units import Availability, OutOfService, UnitType, WorkingStatus
from ops_centre.exercise import routes
from ops_centre.exercise.areas import Area, work_an_area
from ops_centre.exercise.itinerary import Itinerary, Leg, leg_at, track_of
from ops_centre.exercise.roster import AROUND_THE_CLOCK, DAYS, ROSTER, ROUNDS, Post
from ops_centre.exercise.scenario import HOUR, MINUTE, ScenarioTime, chance, share

LOCAL = ZoneInfo("Pacific/Auckland")
REPORTS_EVERY_S = {
    UnitType.AIRCRAFT: 30.0,
    UnitType.VEHICLE: 60.0,
    UnitType.VESSEL: 60.0,
    UnitType.TEAM: 300.0,
    UnitType.DOG_TEAM: 300.0,
}
TASK_S = 100 * MINUTE
BUSY = 0.42  # share of working time that a unit is assigned
PAUSE_S = 20 * MINUTE
BROKEN = 0.04  # share of shifts a unit is out of service for a reason other than rest
_NOTES = {
    OutOfService.MECHANICAL: "Engine fault, parts on order",
    OutOfService.PERSONNEL: "Below minimum crew",
    OutOfService.REST: "Off shift",
}


@dataclass(frozen=True, slots=True)
class Shift:
    """One duty of a unit, scenario seconds."""

    number: int
    begins_s: float
    ends_s: float


class Unit:
    """One unit of the scenario, the `index`-th."""

    def __init__(self, seed: int, index: int) -> None:
        self.index = index
        self.post: Post = ROSTER[index % len(ROSTER)]
        self._words = (seed, "unit", index)
        further = index // len(ROSTER)
        self.callsign = self.post.callsign + (f"/{further + 1}" if further else "")
        self._phase_s = share(*self._words, "phase") * 12 * HOUR
        self._legs: tuple[int, list[Leg]] | None = None

    # --- shifts ---------------------------------------------------------------------------------------------------

    def shifts(self, at_s: float) -> list[Shift]:
        """The duty that is on, if one is, and the next two."""
        spans = self._rounds(at_s) if self.post.shift == ROUNDS else self._by_local_clock(at_s)
        return [shift for shift in spans if shift.ends_s > at_s][:3]

    def _by_local_clock(self, at_s: float) -> list[Shift]:
        hours = {AROUND_THE_CLOCK: ((6, 8), (14, 8), (22, 8)), DAYS: ((7, 12),)}.get(self.post.shift, ((19, 12),))
        today = datetime.fromtimestamp(at_s, LOCAL).replace(hour=0, minute=0, second=0, microsecond=0)
        spans = []
        for day in range(-1, 4):
            date = today + timedelta(days=day)
            for part, (hour, length) in enumerate(hours):
                begins = date.replace(hour=hour).timestamp()
                spans.append(Shift(date.toordinal() * 3 + part, begins, begins + length * HOUR))
        return spans

    def _rounds(self, at_s: float) -> list[Shift]:
        length = self._round_s()
        first = math.floor((at_s + self._phase_s) / length)
        rest = self._rest_s()
        starts = ((number, number * length - self._phase_s + rest) for number in range(first, first + 3))
        return [Shift(number, begins, begins + length - rest) for number, begins in starts]

    def _round_s(self) -> float:
        return (7.0 if self.post.kind == UnitType.AIRCRAFT else 26.0) * HOUR

    def _rest_s(self) -> float:
        return (3.4 if self.post.kind == UnitType.AIRCRAFT else 7.0) * HOUR

    # --- what the unit is doing -----------------------------------------------------------------------------------

    def condition(self, at_s: float) -> tuple[Availability, OutOfService | None, WorkingStatus | None]:
        """Availability, reason when out of service, and working status."""
        shifts = self.shifts(at_s)
        if self._is_broken(shifts[0]):
            craft = self.post.kind in (UnitType.VESSEL, UnitType.AIRCRAFT, UnitType.VEHICLE)
            return Availability.OUT_OF_SERVICE, OutOfService.MECHANICAL if craft else OutOfService.PERSONNEL, None
        if shifts[0].begins_s > at_s:
            resting = (
                self.post.shift != ROUNDS or share(*self._words, "rests", math.floor(at_s / self._round_s())) < 0.3
            )
            if resting:
                return Availability.OUT_OF_SERVICE, OutOfService.REST, None
            return Availability.AVAILABLE, None, WorkingStatus.STANDBY
        number, since = divmod(at_s + self._phase_s, TASK_S)
        if share(*self._words, "task", int(number)) < BUSY:
            return Availability.ASSIGNED, None, _stage(since / TASK_S)
        moving = self.post.shift == ROUNDS or self.post.road
        return Availability.AVAILABLE, None, WorkingStatus.ON_PATROL if moving else WorkingStatus.STANDBY

    def _is_broken(self, shift: Shift) -> bool:
        """Whether the unit lies at its base for the whole of a shift."""
        return share(*self._words, "broken", shift.number) < BROKEN

    def position(self, at_s: float) -> tuple[float, float, float | None, float | None]:
        """Latitude, longitude, course and speed; the last two None at rest."""
        shift = self.shifts(at_s)[0]
        if shift.begins_s > at_s or self._is_broken(shift):
            return (*self.post.at, None, None)
        if self.post.work is not None:
            return self._out_at_work(at_s, self.post.work)
        if self.post.road:
            return self._on_the_road(at_s - shift.begins_s, shift.ends_s - shift.begins_s)
        return (*self.post.at, None, None)

    def _out_at_work(self, at_s: float, area: Area) -> tuple[float, float, float | None, float | None]:
        length = self._round_s()
        number = math.floor((at_s + self._phase_s) / length)
        if self._legs is None or self._legs[0] != number:
            self._legs = (number, self._plan(number, area))
        legs, seconds = self._legs[1], at_s + self._phase_s - number * length
        leg = leg_at(tuple(legs), seconds)
        if leg.track is None:
            return (*leg.point, None, None)
        lat, lon, bearing, slowness = leg.track.at((seconds - leg.begins_s) / HOUR * leg.speed_kn)
        return lat, geo.normalise_lon(lon), bearing, leg.speed_kn / slowness

    def _plan(self, number: int, area: Area) -> list[Leg]:
        rng, post = chance(*self._words, number), self.post
        if post.base in routes.HARBOURS:
            return work_an_area(
                rng,
                home=post.base,
                berth=post.at,
                area=area,
                round_s=self._round_s(),
                stay_h=self._rest_s() / HOUR,
                speed_kn=post.speed_kn,
                pace_kn=(post.speed_kn * 0.5, post.speed_kn * 0.7),
            )
        plan, here = Itinerary(), post.at
        plan.stay(here, self._rest_s() / HOUR, 0)
        for _ in range(40):
            there = geo.destination(*area[:2], rng.uniform(0, 360), area[2] * rng.uniform(0.3, 1.0))
            home_h = geo.distance_nm(*there, *post.at) / post.speed_kn
            out_h = geo.distance_nm(*here, *there) / post.speed_kn
            if plan.now_s / HOUR + out_h + home_h > self._round_s() / HOUR:
                break
            plan.sail(track_of(tuple(geo.unwrap((here, there)))), post.speed_kn)
            here = there
        home = track_of(tuple(geo.unwrap((here, post.at))))
        plan.sail(home, max(home.effort / max((self._round_s() - plan.now_s) / HOUR, 0.1), post.speed_kn * 0.8))
        plan.stay(post.at, 99.0, 0)
        return plan.legs

    def _on_the_road(self, since_s: float, shift_s: float) -> tuple[float, float, float | None, float | None]:
        """Along the road and back as often as the shift allows, with a pause at either end."""
        there, back = _road(self.post.road), _road(tuple(reversed(self.post.road)))
        half_s = there.effort / self.post.speed_kn * HOUR + PAUSE_S
        trips = math.floor(shift_s / (2 * half_s))
        trip, within_s = divmod(since_s, 2 * half_s)
        if trip >= trips:
            return (*self.post.at, None, None)
        way, driven_s = (there, within_s) if within_s < half_s else (back, within_s - half_s)
        lat, lon, bearing, _ = way.at(driven_s / HOUR * self.post.speed_kn)
        moves = driven_s < half_s - PAUSE_S
        return lat, lon, bearing if moves else None, self.post.speed_kn if moves else 0.0

    # --- the record -------------------------------------------------------------------------------------------------

    def record(self, timeline: ScenarioTime, wall_s: float) -> dict[str, Any]:
        """The unit as its agency last reported it, in the published format."""
        every = REPORTS_EVERY_S[self.post.kind]
        reported_s = math.floor(wall_s / every) * every
        at_s = timeline.at(reported_s)
        availability, reason, status = self.condition(at_s)
        lat, lon, course, speed = self.position(at_s)
        on_duty = availability != Availability.OUT_OF_SERVICE
        unit: dict[str, Any] = {
            "ref": f"{self.post.agency}-{self.index + 1:03d}",
            "callsign": self.callsign,
            "agency": self.post.agency,
            "type": self.post.kind,
            "capabilities": list(self.post.capabilities),
            "availability": availability,
            "out_of_service_reason": reason,
            "status": status,
            "note": _NOTES[reason] if reason else None,
            "crew": self.post.crew if on_duty else 0,
            "position": {
                "lat": round(lat, 5),
                "lon": round(lon, 5),
                "course": None if course is None else round(course, 1),
                "speed": None if speed is None else round(speed, 1),
                "at": _iso(reported_s),
            },
        }
        return {
            "schema": "ops-centre/deployments/1.0",
            "reported_at": _iso(reported_s),
            "unit": unit,
            "deployments": [self._deployment(shift, timeline.wall) for shift in self.shifts(at_s)],
            "handling": {"marking": self.post.marking, "releases": list(self.post.releases)},
        }

    def _deployment(self, shift: Shift, wall: Callable[[float], float]) -> dict[str, Any]:
        return {
            "ref": f"{self.post.agency}-{self.index + 1:03d}-{shift.number}",
            "place": self.post.base,
            "area": self.post.area,
            "from": _iso(wall(shift.begins_s)),
            "to": _iso(max(wall(shift.ends_s), wall(shift.begins_s) + 1.0)),
            "crew": self.post.crew,
            "duty_hours": round((shift.ends_s - shift.begins_s) / HOUR, 1),
        }


_road = lru_cache(maxsize=64)(track_of)


def _stage(part: float) -> WorkingStatus:
    """What an assigned unit does in the course of a task."""
    stages = (
        (0.05, WorkingStatus.DISPATCHED),
        (0.3, WorkingStatus.EN_ROUTE),
        (0.36, WorkingStatus.STAGING),
        (0.8, WorkingStatus.ON_SCENE),
        (1.0, WorkingStatus.RETURNING),
    )
    return next(status for until, status in stages if part < until)


def _iso(wall_s: float) -> str:
    return datetime.fromtimestamp(wall_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
