"""Drafts assignments in one deed: finds the units and operations, judges each booking beside all others, and writes it.

Whoever drafts holds the end of the duty log, so nobody else changes the plan meanwhile: of two who book the same unit for
the same time the second sees the first's booking, and is told whose it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.policy import audience_of, rule_of
from ops_centre.config import Settings
from ops_centre.domain.handling import HandlingRule, narrowest, released_further
from ops_centre.domain.intervals import Interval
from ops_centre.domain.operations import ENDED
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.planning import (
    Booking,
    PlannedUnit,
    conflicts,
    forbidding,
    unexplained,
)
from ops_centre.domain.planning import (
    Conflict as Clash,
)
from ops_centre.domain.units import UnitType
from ops_centre.errors import Conflict, NotFound
from ops_centre.models import Assignment, Handling, Operation, Unit
from ops_centre.picture.plan_gathering import Gathered, PlanGathering, PlanOperation, plan_operation
from ops_centre.picture.plan_rules import plan_rules
from ops_centre.services.handlings import handling_id
from ops_centre.services.in_scope import in_scope
from ops_centre.services.plan_asking import Reasons, Wanted, check_may_plan, check_sense

MOST_SAID = 6
_TYPES = frozenset(kind.value for kind in UnitType)


@dataclass(frozen=True, slots=True)
class Tried:
    """One booking as it was judged."""

    wanted: Wanted
    unit: Unit
    operation: PlanOperation | None
    booking: Booking
    found: tuple[Clash, ...]

    @property
    def words(self) -> str:
        """``KEA 1, 22 Nov 06:00 to 14:00 UTC, D26-014 Night tide``."""
        return f"{self.unit.callsign}, {span_words(self.booking.span)}, {self.booking.label}"


class Drafting:
    """The plan as it is and as it would be, around some units and a span of time."""

    def __init__(self, session: Session, actor: Actor, settings: Settings, gazetteer: Gazetteer, now: datetime) -> None:
        self.session, self.actor, self.settings, self.gazetteer, self.now = session, actor, settings, gazetteer, now
        self.gathering = PlanGathering(session, settings, gazetteer, now)
        self.rules = plan_rules(settings)
        self.handlings = {one.id: rule_of(one) for one in session.scalars(select(Handling))}
        self.seen = audience_of(actor, session.scalars(select(Handling)))
        self.touched: dict[int, Operation] = {}
        self._units: dict[int, Unit] = {}
        self._operations: dict[int, PlanOperation] = {}
        self._bookings: dict[int, list[Booking]] = {}
        self._planned: dict[int, PlannedUnit] = {}
        self._tries = 0

    def load(self, unit_ids: Iterable[int], span: Interval) -> None:
        """Read all that is booked for these units around the span. Raises NotFound."""
        ids = set(unit_ids)
        rows = self.session.scalars(select(Unit).where(Unit.id.in_(ids)).execution_options(populate_existing=True))
        found = {unit.id: unit for unit in rows if unit.handling_id in self.seen and unit.withdrawn_at is None}
        if set(found) != ids or any(unit.unit_type not in _TYPES for unit in found.values()):
            raise NotFound("There is no such unit, or it is not released to you.")
        gathered: Gathered = self.gathering.gather(ids, span, self.seen)
        self._units = found
        self._planned = dict(gathered.units)
        self._bookings = {number: list(bookings) for number, bookings in gathered.bookings.items()}

    def unit(self, number: int) -> Unit:
        """One that was loaded."""
        return self._units[number]

    def around(self, number: int) -> tuple[PlannedUnit, list[Booking]]:
        """One that was loaded as the rules know it, and all that was read and added for it."""
        return self._planned[number], self._bookings[number]

    def try_(self, wanted: Wanted, assignment_id: int | None = None, *, is_new: bool = True) -> Tried:
        """Judge a booking. Raises Invalid, NotFound, NotPermitted, and Conflict for an operation that has ended."""
        unit = self._units[wanted.unit_id]
        check_may_plan(self.actor, unit.callsign, unit.agency)
        check_sense(wanted, self.gazetteer, self.settings.planning, self.now)
        operation = self._operation(wanted.operation_id) if wanted.operation_id is not None else None
        place, spot = self.gathering.where(wanted.place, wanted.lat, wanted.lon, operation)
        self._tries += 1
        booking = Booking(
            f"assignment:{assignment_id}" if assignment_id is not None else f"new:{self._tries}", unit.id, wanted.kind,
            Interval(wanted.starts_at, wanted.ends_at), self.gathering.label(wanted.kind, place, operation), place, spot,
            wanted.operation_id, self.gathering.demand(operation, wanted.needs), operation.window if operation else None,
            self.actor.name,
        )  # fmt: skip
        return Tried(wanted, unit, operation, booking, self.judge(booking))

    def judge(self, booking: Booking) -> tuple[Clash, ...]:
        """What it breaks, beside all that was read and added."""
        return conflicts(booking, self._bookings[booking.unit_id], self._planned[booking.unit_id], self.rules)

    def add(self, booking: Booking) -> None:
        """From now on it is booked, in place of an earlier one with its key."""
        self.drop(booking.key)
        self._bookings[booking.unit_id].append(booking)

    def drop(self, key: str) -> None:
        """From now on it is not booked."""
        for bookings in self._bookings.values():
            bookings[:] = [one for one in bookings if one.key != key]

    def write(
        self, tried: Tried, overrides: Sequence[dict[str, Any]], assignment: Assignment | None = None
    ) -> Assignment:
        """Store it, anew or in an assignment that was loaded; touches its operations."""
        wanted = tried.wanted
        row = assignment or Assignment(version=0)
        if row.operation_id is not None:
            self.touch(row.operation_id)
        row.unit_id, row.kind, row.operation_id = wanted.unit_id, wanted.kind.value, wanted.operation_id
        place = self.gazetteer.get(wanted.place)
        row.place = place.code if place else None
        row.lat, row.lon, row.starts_at, row.ends_at = wanted.lat, wanted.lon, wanted.starts_at, wanted.ends_at
        row.crew, row.note = wanted.crew, (wanted.note or "").strip() or None
        row.overrides = [dict(one) for one in overrides]
        row.assigned_by, row.assigned_at = self.actor.name, self.now
        row.handling_id = self._handling(tried.unit, tried.operation)
        row.version += 1
        if row.operation_id is not None:
            self.touch(row.operation_id)
        self.session.add(row)
        return row

    def check_open(self, operation: Operation) -> None:
        """Raise Conflict for an operation that has ended; an actor who may not know of it is not told which."""
        if operation.state in {state.value for state in ENDED}:
            named = (
                f"{operation.reference} is {operation.state}" if operation.handling_id in self.seen else "It has ended"
            )
            raise Conflict(f"{named}: nobody is assigned to it any more.")

    def touch(self, operation_id: int) -> None:
        """Its counts change."""
        if operation_id not in self.touched:
            self.touched[operation_id] = self.session.get_one(Operation, operation_id)

    def entry_handling(self, tried: Iterable[tuple[Unit, PlanOperation | None]]) -> int:
        """Who may read of these in the log: who may know of every unit and operation in it."""
        rules = {unit.handling_id: self.handlings[unit.handling_id] for unit, _operation in tried}
        rules |= {one.handling_id: self.handlings[one.handling_id] for _unit, one in tried if one is not None}
        first, *others = rules.values()
        return self._id_of(narrowest(first, others, keeper=self.actor.agency))

    def _handling(self, unit: Unit, operation: PlanOperation | None) -> int:
        """Who may know of both, and the unit's own agency, which must know when it is wanted."""
        if operation is None:
            return unit.handling_id
        both = narrowest(
            self.handlings[operation.handling_id], [self.handlings[unit.handling_id]], keeper=self.actor.agency
        )
        return self._id_of(released_further(both, [unit.agency]))

    def _id_of(self, rule: HandlingRule) -> int:
        number = handling_id(self.session, rule.owner, rule.marking.value, rule.releases)
        self.handlings[number] = rule
        return number

    def _operation(self, number: int) -> PlanOperation:
        if number not in self._operations:
            found = in_scope(self.session, self.actor, Operation, number, "operation")
            self.check_open(found)
            self._operations[number] = plan_operation(found)
        return self._operations[number]


def settle(
    tried: Sequence[Tried], reasons: Reasons, by: str, now: datetime, kept: Sequence[dict[str, Any]] = ()
) -> list[list[dict[str, Any]]]:
    """What each was accepted with, for what must be. ``kept``: what was accepted of it before, good for the same words.

    Raises Conflict with everything that stands in the way.
    """
    before = {(one["kind"], one["words"]): one for one in kept}
    against: list[str] = []
    accepted: list[list[dict[str, Any]]] = []
    owed = False
    for one in tried:
        against += [f"{one.words}: {clash.words}" for clash in forbidding(one.found)]
        mine: list[dict[str, Any]] = []
        for clash in unexplained(one.found):
            reason = (reasons.get(clash.kind.value) or reasons.get("") or "").strip()
            known = before.get((clash.kind.value, clash.words))
            if not reason and known is None:
                against.append(f"{one.words}: {clash.kind.value}, {clash.words}")
                owed = True
            fresh = {
                "kind": clash.kind.value, "words": clash.words, "mark": clash.mark, "reason": reason, "by": by,
                "at": now.isoformat(),
            }  # fmt: skip
            mine.append(fresh if reason else known or fresh)
        accepted.append(mine)
    if against:
        more = f" And {len(against) - MOST_SAID} more." if len(against) > MOST_SAID else ""
        ask = " Where a reason may be given, give it to assign all the same." if owed else ""
        raise Conflict(". ".join(against[:MOST_SAID]) + f".{more}{ask}")
    return accepted


def span_words(span: Interval) -> str:
    """``22 Nov 06:00 to 14:00 UTC``."""
    same = span.starts_at.date() == span.ends_at.date()
    return f"{span.starts_at:%d %b %H:%M} to {span.ends_at:{'%H:%M' if same else '%d %b %H:%M'}} UTC"
