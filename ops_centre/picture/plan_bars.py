"""Turns what is booked for a unit into the bars of its row, with what each breaks as things stand now."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.intervals import Interval, hours_within
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.planning import (
    IDLE,
    OWN,
    WORK,
    Booking,
    BookingKind,
    PlannedUnit,
    Rules,
    Weight,
    conflicts,
)
from ops_centre.models import Unit
from ops_centre.picture.plan_gathering import FAR, VEILED, Gathered
from ops_centre.picture.plan_views import BarConflict, PlanBar, PlanRow

BESIDE = timedelta(days=2)
_KIND = {BookingKind.AGENCY: "deployment", BookingKind.TASKING: "tasking"}


class Bars:
    """Rows of one window for one reader."""

    def __init__(
        self,
        gathered: Gathered,
        seen: Mapping[int, HandlingRule],
        rules: Rules,
        gazetteer: Gazetteer,
        window: Interval,
        now: datetime,
    ) -> None:
        self.gathered, self.seen, self.rules, self.gazetteer = gathered, seen, rules, gazetteer
        self.window, self.now = window, now

    def row(self, unit: Unit, *, may_edit: bool) -> PlanRow:
        """One unit's row."""
        planned = self.gathered.units[unit.id]
        known = [one for one in self.gathered.bookings[unit.id] if one.label != VEILED]
        bars = [
            self._bar(booking, known, planned, unit, may_edit=may_edit)
            for booking in known
            if booking.span.overlaps(self.window)
        ]
        if planned.out_until is not None and Interval(self.now, planned.out_until).overlaps(self.window):
            bars.append(self._out(unit, planned.out_until))
        bars.sort(key=lambda bar: (bar.starts_at, bar.key))
        here = next((one for one in known if one.kind is BookingKind.AGENCY and _is_on(one, self.now)), None)
        place = self.gazetteer.get(here.place) if here else None
        return PlanRow(
            unit.id, unit.callsign, unit.agency, unit.unit_type, planned.capabilities, unit.availability,
            unit.out_of_service_reason, place.code if place else None, place.name if place else None, may_edit, tuple(bars),
            sum(1 for bar in bars if any(c.accepted is None and c.weight != Weight.NOTE for c in bar.conflicts)),
            round(hours_within((one.span for one in known if one.kind in WORK), self.window), 2),
            round(hours_within((one.span for one in known if one.kind is BookingKind.AGENCY), self.window), 2),
        )  # fmt: skip

    def _bar(
        self, booking: Booking, known: Sequence[Booking], planned: PlannedUnit, unit: Unit, *, may_edit: bool
    ) -> PlanBar:
        row, own = self.gathered.rows[booking.key], booking.kind in OWN
        rule = self.seen[row.handling_id if own or booking.kind is BookingKind.TASKING else unit.handling_id]
        operation = self.gathered.operations.get(booking.operation_id or 0)
        operation = operation if operation is not None and operation.handling_id in self.seen else None
        place = self.gazetteer.get(booking.place)
        ahead = booking.span.ends_at > self.now
        return PlanBar(
            key=booking.key,
            kind=_kind(booking.kind),
            sort=booking.kind.value,
            id=row.id,
            starts_at=booking.span.starts_at,
            ends_at=booking.span.ends_at if booking.span.ends_at < self.now + FAR / 2 else None,
            label=booking.label,
            place=booking.place,
            place_name=place.name if place else None,
            lat=booking.spot[0] if booking.spot else None,
            lon=booking.spot[1] if booking.spot else None,
            operation_id=operation.id if operation else None,
            operation=operation.reference if operation else None,
            is_exercise=operation is not None and operation.is_exercise,
            crew=row.crew if booking.kind is not BookingKind.TASKING else None,
            note=row.note if own else None,
            pattern_id=row.pattern_id if own else None,
            proposal_id=row.proposal_id if own else None,
            version=row.version if own else 0,
            may_edit=may_edit and own and ahead,
            by=booking.by,
            conflicts=self._broken(booking, known, planned, row) if own and ahead else (),
            owner=rule.owner,
            marking=rule.marking.value,
        )

    def _broken(
        self, booking: Booking, known: Sequence[Booking], planned: PlannedUnit, row: Any
    ) -> tuple[BarConflict, ...]:
        accepted = {(one["kind"], one["mark"]): one["reason"] for one in row.overrides}
        last = bisect_left(known, booking.span.ends_at + BESIDE, key=lambda one: one.span.starts_at)
        begins = booking.span.starts_at - BESIDE
        near = [one for one in known[:last] if one.span.ends_at > begins]
        return tuple(
            BarConflict(
                one.kind.value, one.weight.value, one.words,
                accepted.get((one.kind.value, one.mark)),
            )
            for one in conflicts(booking, near, planned, self.rules)
        )  # fmt: skip

    def _out(self, unit: Unit, until: datetime) -> PlanBar:
        rule = self.seen[unit.handling_id]
        reason = unit.out_of_service_reason or "no reason given"
        return PlanBar(
            f"out:{unit.id}", "out of service", "out of service", unit.id, self.now, until, f"out of service: {reason}",
            None, None, None, None, None, None, False, None, None, None, None, 0, False, None, (), rule.owner,
            rule.marking.value,
        )  # fmt: skip


def _is_on(booking: Booking, now: datetime) -> bool:
    return booking.span.starts_at <= now < booking.span.ends_at


def _kind(kind: BookingKind) -> str:
    return kind.value if kind in IDLE else _KIND.get(kind, "assignment")
