"""What the rules of the plan are asked about one unit: its bookings as a reader may know them, and what was accepted."""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

from ops_centre.domain.duty_hours import WEEK, fullest
from ops_centre.domain.intervals import Interval
from ops_centre.domain.planning import (
    OWN,
    Booking,
    Conflict,
    ConflictKind,
    PlannedUnit,
    Rules,
    Weight,
    duty_spans,
    flying_spans,
)
from ops_centre.picture.plan_gathering import VEILED, Gathered, done_of

BESIDE = timedelta(days=2)
_OF_WEEK = (ConflictKind.WEEK_HOURS.value, ConflictKind.FLYING_HOURS.value)

Accepted = Mapping[tuple[str, str], str]  # by kind and mark of the conflict: the reason it was accepted with


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """One unit and what is booked for it, as its reader may know of it."""

    planned: PlannedUnit
    known: Sequence[Booking]  # by start
    ended: Sequence[Any]  # taskings that have ended
    week: Sequence[Booking]  # what the hours of a week are counted from; none where no week of the window is too full
    latest: Sequence[datetime]  # of each of ``known``: the latest end up to it
    of_weeks: Accepted  # what was accepted of a week was accepted of all that is in it

    def near(self, booking: Booking) -> list[Booking]:
        """Those that the booking is judged beside."""
        begins = booking.span.starts_at - BESIDE
        first = bisect_right(self.latest, begins)
        last = bisect_left(self.known, booking.span.ends_at + BESIDE, key=_starts)
        return [one for one in self.known[first:last] if one.span.ends_at > begins]

    def week_of(self, booking: Booking) -> Sequence[Booking]:
        """Those of ``week`` that share any seven days with the booking: no others change what is counted for it."""
        begins = booking.span.starts_at - WEEK
        first = bisect_left(self.latest, begins)
        last = bisect_right(self.known, booking.span.ends_at + WEEK, key=_starts)
        return [one for one in self.week[first:last] if one.span.ends_at >= begins]


def unit_plan(gathered: Gathered, unit_id: int, seen: Container[int], rules: Rules, window: Interval) -> UnitPlan:
    """Of a unit that was gathered. ``seen``: handlings the reader may know of."""
    ended = [one for one in gathered.ended.get(unit_id, ()) if one.handling_id in seen]
    planned = gathered.units[unit_id]
    if planned.done:  # of all taskings, whoever may know of them
        planned = replace(planned, done=done_of(ended))
    known = [one for one in gathered.bookings[unit_id] if one.label != VEILED]
    week = known if _may_be_full(known, planned, rules, window) else ()
    latest = list(accumulate((one.span.ends_at for one in known), max))
    return UnitPlan(
        planned, known, ended, week, latest, _of_weeks(gathered.rows[one.key] for one in known if one.kind in OWN)
    )


def hours_of(
    known: Sequence[Booking], planned: PlannedUnit, rules: Rules, around: Interval
) -> tuple[float, float, float | None, float | None]:
    """Of duty and of flying in the fullest seven days, each with its limit."""
    limits = rules.limits[planned.unit_type]
    duty = fullest(duty_spans(known, planned.done), [around])
    flown = fullest(flying_spans(known, planned.done), [around]) if limits.flying_h is not None else None
    flying = None if limits.flying_h is None else round(flown.hours * limits.flying_share, 2) if flown else 0.0
    return round(duty.hours, 2) if duty else 0.0, limits.week_h, flying, limits.flying_h


def accepted_of(row: Any, plan: UnitPlan) -> Accepted:
    """What was accepted of the booking of ``row``."""
    return {**plan.of_weeks, **_reasons(_accepted(row))}


def is_broken(found: Iterable[Conflict], accepted: Accepted) -> bool:
    """Whether a booking breaks anything that nobody accepted; notes do not count."""
    return any(one.weight is not Weight.NOTE and accepted.get((one.kind.value, one.mark)) is None for one in found)


def _may_be_full(known: Sequence[Booking], planned: PlannedUnit, rules: Rules, window: Interval) -> bool:
    """Whether any week that a bar shares time with has more hours than allowed: most rows have none."""
    shown = [one.span for one in known if one.kind in OWN and one.span.overlaps(window)]
    if not shown:
        return False
    around = Interval(min(span.starts_at for span in shown), max(span.ends_at for span in shown))
    duty, most, flown, most_flown = hours_of(known, planned, rules, around)
    return duty > most or (flown is not None and most_flown is not None and flown > most_flown)


def _of_weeks(rows: Iterable[Any]) -> Accepted:
    return _reasons(one for row in rows for one in _accepted(row) if one["kind"] in _OF_WEEK)


def _accepted(row: Any) -> list[dict[str, str]]:
    return json.loads(row.accepted) if row.accepted else []


def _reasons(overrides: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    return {(one["kind"], one["mark"]): one["reason"] for one in overrides}


def _starts(booking: Booking) -> datetime:
    return booking.span.starts_at
