"""Turns what is booked for a unit into the bars of its row, with what each breaks as things stand now."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.intervals import Interval, hours_within
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.planning import IDLE, OWN, WORK, Booking, BookingKind, Conflict, Rules, Weight
from ops_centre.models import Unit
from ops_centre.picture.plan_gathering import FAR, Gathered
from ops_centre.picture.plan_judging import Accepted, UnitPlan, accepted_of, hours_of, unit_plan
from ops_centre.picture.plan_verdicts import Judge, Verdicts
from ops_centre.picture.plan_views import BarConflict, PlanBar, PlanRow

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
        outcomes: Mapping[int, str] | None = None,
        verdicts: Verdicts | None = None,
    ) -> None:
        """``outcomes``: results of taskings that have ended, by their number, as far as the reader may know of them."""
        self.gathered, self.seen, self.rules, self.gazetteer = gathered, seen, rules, gazetteer
        self.window, self.now, self.outcomes = window, now, outcomes or {}
        self.verdicts = verdicts or Verdicts()

    def row(self, unit: Unit, *, may_edit: bool) -> tuple[PlanRow, UnitPlan]:
        """One unit's row, with what it was drawn from."""
        mine = unit_plan(self.gathered, unit.id, self.seen, self.rules, self.window)
        planned, known, ended = mine.planned, mine.known, mine.ended
        judge = self.verdicts.judge(planned, known, mine.week, self.rules, self.now)
        bars = [
            self._bar(booking, mine, unit, judge, may_edit=may_edit)
            for booking in known
            if booking.span.overlaps(self.window)
        ]
        bars += [
            self._ended(one, unit) for one in ended if Interval(one.requested_at, one.ended_at).overlaps(self.window)
        ]
        if planned.out_until is not None and Interval(self.now, planned.out_until).overlaps(self.window):
            bars.append(self._out(unit, planned.out_until))
        bars.sort(key=lambda bar: (bar.starts_at, bar.key))
        here = next((one for one in known if one.kind is BookingKind.AGENCY and _is_on(one, self.now)), None)
        place = self.gazetteer.get(here.place) if here else None
        drawn = PlanRow(
            unit.id, unit.callsign, unit.agency, unit.unit_type, planned.capabilities, unit.availability,
            unit.out_of_service_reason, place.code if place else None, place.name if place else None, may_edit, tuple(bars),
            unaccepted(bars),
            round(hours_within((one.span for one in known if one.kind in WORK), self.window), 2),
            round(hours_within((one.span for one in known if one.kind is BookingKind.AGENCY), self.window), 2),
            *hours_of(known, planned, self.rules, self.window),
        )  # fmt: skip
        return drawn, mine

    def _bar(self, booking: Booking, mine: UnitPlan, unit: Unit, judge: Judge, *, may_edit: bool) -> PlanBar:
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
            conflicts=self._broken(booking, mine, judge) if own and ahead else (),
            owner=rule.owner,
            marking=rule.marking.value,
        )

    def _broken(self, booking: Booking, mine: UnitPlan, judge: Judge) -> tuple[BarConflict, ...]:
        found = judge(booking, mine.near(booking))
        return told(found, accepted_of(self.gathered.rows[booking.key], mine) if found else {})

    def _ended(self, row: Any, unit: Unit) -> PlanBar:
        """A tasking as it went: from when it was asked for until it ended, with its outcome; nothing is judged by it."""
        rule = self.seen[row.handling_id]
        operation = self.gathered.operations.get(row.operation_id or 0)
        operation = operation if operation is not None and operation.handling_id in self.seen else None
        came = self.outcomes.get(row.id) or row.state
        return PlanBar(
            f"tasking:{row.id}", "ended tasking", "ended tasking", row.id, row.requested_at, row.ended_at,
            f"{came}: {row.subject}", None, None, None, None, operation.id if operation else None,
            operation.reference if operation else None, operation is not None and operation.is_exercise, None,
            row.end_reason, None, None, 0, False, None, (), rule.owner, rule.marking.value,
        )  # fmt: skip

    def _out(self, unit: Unit, until: datetime) -> PlanBar:
        rule = self.seen[unit.handling_id]
        reason = unit.out_of_service_reason or "no reason given"
        return PlanBar(
            f"out:{unit.id}", "out of service", "out of service", unit.id, self.now, until, f"out of service: {reason}",
            None, None, None, None, None, None, False, None, None, None, None, 0, False, None, (), rule.owner,
            rule.marking.value,
        )  # fmt: skip


def told(found: Iterable[Conflict], accepted: Accepted) -> tuple[BarConflict, ...]:
    """What a bar breaks, each with the reason that it was accepted with."""
    return tuple(
        BarConflict(one.kind.value, one.weight.value, one.words, accepted.get((one.kind.value, one.mark)))
        for one in found
    )


def unaccepted(bars: Iterable[PlanBar]) -> int:
    """Bars with a conflict that nobody accepted."""
    return sum(1 for bar in bars if any(c.accepted is None and c.weight != Weight.NOTE for c in bar.conflicts))


def _is_on(booking: Booking, now: datetime) -> bool:
    return booking.span.starts_at <= now < booking.span.ends_at


def _kind(kind: BookingKind) -> str:
    return kind.value if kind in IDLE else _KIND.get(kind, "assignment")
