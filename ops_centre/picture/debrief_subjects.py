"""What can be debriefed: an operation that ran, a tasking that came so far, a watch that was opened."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.policy import rule_of
from ops_centre.domain.debriefs import DebriefOf, DebriefState
from ops_centre.domain.handling import HandlingRule, may_see
from ops_centre.domain.operations import PREPARED
from ops_centre.models import Assignment, Debrief, Handling, Objective, Operation, Target, Tasking, Unit, Watch
from ops_centre.picture.debrief_views import About


class UnitOf(Protocol):
    """A unit, or the view of one."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def agency(self) -> str:
        """Whose it is."""


MODELS: dict[DebriefOf, Any] = {
    DebriefOf.OPERATION: Operation,
    DebriefOf.TASKING: Tasking,
    DebriefOf.WATCH: Watch,
}


def about_of(session: Session, sort: DebriefOf, row: Any) -> About:
    """The facts of a loaded operation, tasking or watch."""
    told: dict[DebriefOf, Callable[[Session, Any], About]] = {
        DebriefOf.OPERATION: _operation,
        DebriefOf.TASKING: _tasking,
        DebriefOf.WATCH: _watch,
    }
    return told[sort](session, row)


def _operation(session: Session, row: Operation) -> About:
    wanted = select(Objective).where(Objective.operation_id == row.id, Objective.dropped_at.is_(None))
    aims = [f"{one.position}. {one.text}" for one in session.scalars(wanted.order_by(Objective.position))]
    early = f"{row.reference} is {row.state}: nothing has happened yet." if row.state in PREPARED else None
    return About(
        f"{row.reference} {row.name}", "\n".join([row.purpose, *aims]), row.handling_id, row.started_at or row.proposed_at,
        row.closed_at, early, (row.kind,), tuple(row.subjects), (row.place,) if row.place else (), tuple(row.agencies),
    )  # fmt: skip


def _tasking(session: Session, row: Tasking) -> About:
    unit = session.get_one(Unit, row.unit_id)
    target = session.get(Target, row.target_id) if row.target_id else None
    operation = session.get(Operation, row.operation_id) if row.operation_id else None
    early = "The unit is not on scene yet." if row.ended_at is None and row.on_scene_at is None else None
    return About(
        f"{unit.callsign} to {row.subject}", row.intent, row.handling_id, row.requested_at, row.ended_at, early,
        (operation.kind,) if operation else (), (target.subject_kind,) if target else (),
        (target.place,) if target and target.place else (), (unit.agency,),
    )  # fmt: skip


def _watch(_session: Session, row: Watch) -> About:
    early = "The watch was not opened yet." if row.opened_at is None else None
    return About(f"Watch {row.name}, {row.starts_at:%d %b %Y}", "", None, row.opened_at, row.closed_at, early)


def open_to_unit(session: Session, unit: UnitOf) -> list[Debrief]:
    """Open debriefs that the crew of a unit may add to, the one due first leads."""
    query = select(Debrief).where(Debrief.state == DebriefState.OPEN.value).order_by(Debrief.due_at, Debrief.id)
    return took_part(session, unit, list(session.scalars(query)))


def took_part(session: Session, unit: UnitOf, debriefs: Sequence[Debrief]) -> list[Debrief]:
    """Those of the debriefs that are of the unit's own taskings, or of operations it was sent or assigned to and that its
    agency may know of."""
    tasked = select(Tasking.id).where(Tasking.unit_id == unit.id, Tasking.id.in_(_numbers(debriefs, DebriefOf.TASKING)))
    operations = _numbers(debriefs, DebriefOf.OPERATION)
    sent = select(Tasking.operation_id).where(Tasking.unit_id == unit.id, Tasking.operation_id.in_(operations))
    given = select(Assignment.operation_id).where(
        Assignment.unit_id == unit.id, Assignment.operation_id.in_(operations), Assignment.cancelled_at.is_(None)
    )
    known = {(DebriefOf.TASKING.value, str(number)) for number in session.scalars(tasked)}
    known |= {(DebriefOf.OPERATION.value, str(number)) for number in session.scalars(sent.union(given))}
    return [one for one in debriefs if (one.about_kind, one.about_id) in known and _agency_sees(session, unit, one)]


def _numbers(debriefs: Sequence[Debrief], sort: DebriefOf) -> list[int]:
    return [int(one.about_id) for one in debriefs if one.about_kind == sort]


def _agency_sees(session: Session, unit: UnitOf, debrief: Debrief) -> bool:
    rule: HandlingRule = rule_of(session.get_one(Handling, debrief.handling_id))
    return debrief.about_kind == DebriefOf.TASKING or may_see(rule, agency=unit.agency, sees_restricted=True)
