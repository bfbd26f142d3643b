"""The last responsible moment: the latest time the best unit that can do it can be sent and still be there before arrival.

arrival − travel − preparation, over all units that meet the demand and are on duty from then until they are done. A unit
that is busy or rests now counts only for a moment far enough off that it may be free by then. Where no single unit has
all that is asked for, the moment is that of the units which have it between them. Reckoned for many units at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from ops_centre.clock import from_ms, to_ms
from ops_centre.domain.authority import Demand, either
from ops_centre.domain.landmass import Bools, Floats
from ops_centre.domain.travel import UnitNow
from ops_centre.domain.units import Availability, OutOfService

MINUTE_MS = 60_000.0


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment, the unit it was reckoned for, or why there is none (in words that name no unit)."""

    at: datetime | None
    unit_id: int | None
    note: str | None


class Roster:
    """All units, ready to be asked for many subjects."""

    def __init__(self, units: Sequence[UnitNow], prepare_min: Floats, now: datetime) -> None:
        self.units, self.prepare_min, self.now_ms = units, prepare_min, float(to_ms(now))
        self.ids = np.array([unit.id for unit in units], dtype=np.int64)
        self.is_free = np.array(
            [unit.availability == Availability.AVAILABLE and not unit.doing for unit in units], bool
        )
        self.is_broken = np.array([_is_broken(unit) for unit in units], bool)
        self.no_duty_told = np.array([not unit.duty_known for unit in units], bool)
        spans = max((len(unit.duties) for unit in units), default=0)
        self._starts = np.full((len(units), max(spans, 1)), np.inf)
        self._ends = np.full((len(units), max(spans, 1)), -np.inf)
        for row, unit in enumerate(units):
            for column, (start, end) in enumerate(unit.duties):
                self._starts[row, column], self._ends[row, column] = to_ms(start), to_ms(end)
        self._masks: dict[Demand, tuple[Bools, list[Bools], Bools]] = {}

    def on_duty(self, from_ms: Floats, until_ms: Floats) -> Bools:
        """Whether each is on duty through its span; yes where nobody told its duty."""
        with np.errstate(invalid="ignore"):
            on = (self._starts <= from_ms[:, None]) & (until_ms[:, None] <= self._ends)
        return np.asarray(on.any(axis=1) | self.no_duty_told)

    def masks(self, demand: Demand) -> tuple[Bools, list[Bools], Bools]:
        """Who meets the whole demand; who meets each need of it; who has authority."""
        if demand not in self._masks:
            allowed = np.array([demand.allows(unit.agency) for unit in self.units], bool)
            lacking = [demand.lacks(unit.capabilities) for unit in self.units]
            each = [np.array([need not in lacks for lacks in lacking], bool) for need in demand.needs]
            whole = np.array([not lacks for lacks in lacking], bool) & allowed
            self._masks[demand] = whole, each, allowed
        return self._masks[demand]


def _is_broken(unit: UnitNow) -> bool:
    out = unit.availability == Availability.OUT_OF_SERVICE
    return out and unit.out_of_service_reason != OutOfService.REST


def last_moment(
    roster: Roster, demand: Demand, arrives_at: datetime, travel_min: Floats, *, on_scene_min: float, frees_min: float
) -> Moment:
    """The moment for one subject. ``travel_min``: of each unit to the place, NaN where there is no way."""
    arrival = float(to_ms(arrives_at))
    send = arrival - (travel_min + roster.prepare_min) * MINUTE_MS
    whole, each, allowed = roster.masks(demand)
    there = np.isfinite(send)
    with np.errstate(invalid="ignore"):
        free = roster.is_free | (send > roster.now_ms + frees_min * MINUTE_MS)
    on_duty = roster.on_duty(send, np.full(len(send), arrival + on_scene_min * MINUTE_MS))
    can = there & free & on_duty & ~roster.is_broken
    single = can & whole
    if single.any():
        best = int(np.flatnonzero(single)[np.argmax(send[single])])
        return Moment(from_ms(int(send[best])), int(roster.ids[best]), None)
    parts = [can & mask for mask in (*each, allowed)]
    if demand.needs and all(part.any() for part in parts):
        return Moment(from_ms(int(min(send[part].max() for part in parts))), None, "Takes more than one unit.")
    return Moment(None, None, _why_none(demand, each, allowed, whole, there, on_duty))


def _why_none(demand: Demand, each: list[Bools], allowed: Bools, whole: Bools, there: Bools, on_duty: Bools) -> str:
    for need, mask in zip(demand.needs, each, strict=True):
        if not mask.any():
            return f"No unit can: none has {either(need)}."
    if not allowed.any():
        return "No unit can: none is of an agency that may deal with it."
    fit = whole if whole.any() else np.logical_or.reduce([*each, allowed])
    if not (fit & there).any():
        return "No unit can: those that fit cannot get there, or nobody knows where they are."
    if not (fit & there & on_duty).any():
        return "No unit can: none that fits is on duty then."
    return "No unit can: those that fit are out of service or busy."


def moved(before: datetime | None, after: datetime | None, *, by: timedelta) -> bool:
    """Whether a moment is another one now."""
    if before is None or after is None:
        return before is not after
    return abs(after - before) > by
