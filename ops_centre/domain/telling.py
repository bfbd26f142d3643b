"""What the reckoning says of a unit, in the officer's words: why it can, what it falls short of, why it cannot."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ops_centre.domain.authority import Demand
from ops_centre.domain.geo import KM_PER_NM
from ops_centre.domain.meeting import Meeting, Subject
from ops_centre.domain.travel import Manner, UnitNow
from ops_centre.domain.units import Availability


@dataclass(frozen=True, slots=True)
class Told:
    """One unit's figures: minutes, nautical miles, knots; None where there is none."""

    prepare: float
    travel: float | None
    nm: float | None
    speed: float
    ready_at: datetime | None  # can be at the meeting point
    meet_at: datetime | None
    lat: float | None
    lon: float | None
    meet_place: str | None
    slack: float | None
    late: float | None
    lrm_at: datetime | None
    position_age: float | None
    duty_left: float | None
    no_way: bool


def length_of(minutes: float) -> str:
    """``"45 min"``, ``"2 h 05 min"``, ``"3 d 4 h"``."""
    whole = round(abs(minutes))
    if whole < 60:
        return f"{whole} min"
    if whole < 2880:
        return f"{whole // 60} h {whole % 60:02d} min"
    return f"{whole // 1440} d {whole % 1440 // 60} h"


@dataclass(frozen=True, slots=True)
class Words:
    """Words about units for one subject."""

    subject: Subject
    meeting: Meeting
    demand: Demand
    on_scene_min: float
    now: datetime

    def why_not(self, unit: UnitNow, told: Told) -> list[str]:
        """Why it cannot be sent; empty when it can. What is lacking comes first."""
        first = [*self._unfit(unit), *unfree(unit)]
        if first and self.meeting.spot is None:
            return first  # no meeting under way was sought for it
        return [*first, *self._unreached(unit, told)]

    def _unfit(self, unit: UnitNow) -> list[str]:
        said = []
        if not self.demand.allows(unit.agency):
            said.append(f"its agency ({unit.agency}) has no authority over this {self.subject.subject_kind}")
        lacks = self.demand.lacks(unit.capabilities)
        if lacks:
            said.append("lacks " + ", ".join(" or ".join(need) for need in lacks))
        return said

    def _unreached(self, unit: UnitNow, told: Told) -> list[str]:
        if unit.lat is None or unit.lon is None:
            return ["no position and no deployment at a known place"]
        if not self.meeting.is_possible:
            return ["nowhere to meet it is known"]
        if told.late is not None:
            return [f"too late by {length_of(told.late)}"]
        if told.meet_at is None:
            return [self._no_way(unit)]
        done = told.meet_at + timedelta(minutes=self.on_scene_min)
        begin = max(self.now, min(told.lrm_at or self.now, told.meet_at))
        if unit.duty_known and not any(start <= begin and done <= end for start, end in unit.duties):
            return [self._off_duty(unit, done)]
        return []

    def _no_way(self, unit: UnitNow) -> str:
        if self.meeting.spot is None:
            return "cannot reach it at sea" if unit.manner is Manner.ROAD else "cannot catch up with it"
        return {
            Manner.ROAD: "on other land: no road to the place",
            Manner.SEA: "no way by sea to the place",
            Manner.AIR: "no position that can be used",
        }[unit.manner]

    def _off_duty(self, unit: UnitNow, done: datetime) -> str:
        if unit.duty_ends_at is None:
            return "not on duty now"
        return f"off duty at {unit.duty_ends_at:%H:%M} UTC, before it would be done at {done:%H:%M} UTC"

    def reasons(self, unit: UnitNow, told: Told) -> tuple[str, ...]:
        """What speaks for an able unit."""
        said = [
            f"{length_of((told.travel or 0) + told.prepare)} {unit.manner.value}, {_way(unit.manner, told.nm or 0, told.speed)}"
        ]
        said.append(self._meets(told))
        if self.demand.needs:
            said.append("has " + ", ".join(" or ".join(need) for need in self.demand.needs))
        if self.demand.agencies is not None:
            said.append(f"{unit.agency} has authority over this {self.subject.subject_kind}")
        if self.subject.owner == unit.agency:
            said.append("of the agency whose target it is")
        if told.slack is not None:
            said.append(f"can wait {length_of(told.slack)}")
        if told.duty_left is not None:
            said.append(f"on duty for {length_of(told.duty_left)} more")
        if unit.crew:
            said.append(f"crew of {unit.crew}")
        return tuple(said)

    def _meets(self, told: Told) -> str:
        at = f"{told.meet_at:%H:%M} UTC" if told.meet_at else ""
        if told.meet_place is None:
            before = self._before_arrival(told)
            return f"meets it under way at {at}{before}"
        if told.ready_at is not None and told.meet_at is not None and told.ready_at < told.meet_at:
            early = length_of(_span(told.ready_at, told.meet_at))
            return f"at {told.meet_place} from {told.ready_at:%H:%M} UTC, {early} before it arrives"
        return f"at {told.meet_place} at {at}"

    def _before_arrival(self, told: Told) -> str:
        if not self.meeting.bound or self.meeting.until is None or told.meet_at is None:
            return ""
        return f", {length_of(_span(told.meet_at, self.meeting.until))} before it arrives"

    def shortfalls(
        self, unit: UnitNow, told: Told, uncovers: str | None, stale_min: float, thin_min: float
    ) -> tuple[str, ...]:
        """What speaks against an able unit."""
        said = []
        if unit.position_at is None:
            said.append(f"no position of its own: reckoned from its deployment at {unit.station or unit.place}")
        elif told.position_age is not None and told.position_age > stale_min:
            said.append(f"its position is {length_of(told.position_age)} old")
        if told.slack is not None and told.slack < thin_min:
            said.append(f"only {length_of(told.slack)} to spare")
        if uncovers:
            said.append(uncovers)
        if not unit.duty_known:
            said.append("its duty hours are not known")
        if not unit.crew:
            said.append("its crew is not known")
        return tuple(said)


def unfree(unit: UnitNow) -> list[str]:
    """Why a unit cannot be sent anywhere now; empty when it can."""
    if unit.availability == Availability.OUT_OF_SERVICE:
        return [f"out of service: {unit.out_of_service_reason or 'no reason given'}"]
    if unit.doing:
        return [f"under tasking: {unit.doing}"]
    if unit.availability != Availability.AVAILABLE:
        return [f"assigned by its agency{f': {unit.status}' if unit.status else ''}"]
    return []


def _span(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() / 60.0)


def _way(manner: Manner, nm: float, speed_kn: float) -> str:
    """How far at what speed, in the units of those who go there: ``12 nm at 20 kn``, ``40 km at 60 km/h``."""
    if manner is Manner.ROAD:
        return f"{nm * KM_PER_NM:.0f} km at {speed_kn * KM_PER_NM:.0f} km/h"
    return f"{nm:.0f} nm at {speed_kn:.0f} kn"
