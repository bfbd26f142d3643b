"""What hangs on one operation: links, units, taskings, steps, each in its reader's scope."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.domain.duty_log import ThingKind
from ops_centre.models import (
    Alert,
    Assignment,
    Enquiry,
    LogEntry,
    Operation,
    OperationLink,
    OperationStep,
    Target,
    Tasking,
    Track,
    Unit,
    User,
)
from ops_centre.picture.operation_views import (
    OperationLinkView,
    OperationRef,
    OperationStepView,
    OperationTasking,
    OperationUnit,
)
from ops_centre.picture.shelves import alert_state

MOST = 500
LONGEST = 160
K, P = ThingKind, Permission
Seen = Collection[int]  # handlings in scope

_LINKED: dict[str, tuple[Any, Permission, Callable[[Any], str], Callable[[Any], str]]] = {
    # table, permission to know of it, its name and its state of today
    K.TARGET: (Target, P.TARGET_VIEW, lambda row: row.label,
               lambda row: f"{row.subject_kind} · {row.severity} · {row.status}"),
    K.TRACK: (Track, P.PICTURE_VIEW, lambda row: row.flight or row.name or row.callsign or row.key,
              lambda row: "gone from the picture" if row.left_at else row.kind),
    K.ALERT: (Alert, P.ALERT_VIEW, lambda row: row.title, lambda row: f"{row.severity} · {alert_state(row).value}"),
    K.ENTRY: (LogEntry, P.LOG_VIEW, lambda row: f"entry {row.seq}", lambda row: _short(row.text)),
    K.ENQUIRY: (Enquiry, P.ENQUIRY_VIEW, lambda row: f"enquiry {row.id}",
                lambda row: f"{row.state} · {_short(row.question)}"),
}  # fmt: skip


def links_of(session: Session, actor: Actor, seen: Seen, operation_id: int) -> tuple[OperationLinkView, ...]:
    """Links whose things the reader may know of now, oldest first."""
    query = select(OperationLink).where(OperationLink.operation_id == operation_id).order_by(OperationLink.id)
    return tuple(
        view for one in session.scalars(query.limit(MOST)) if (view := _link(session, actor, seen, one)) is not None
    )


def _link(session: Session, actor: Actor, seen: Seen, one: OperationLink) -> OperationLinkView | None:
    if one.kind not in _LINKED:
        return None
    model, needs, name, state = _LINKED[one.kind]
    row = session.get(model, int(one.thing)) if actor.may(needs) else None
    if row is None or (one.kind != K.TRACK and row.handling_id not in seen):
        return None
    href = f"/log/{one.thing}" if one.kind == K.ENTRY else f"/chain/{one.kind}/{one.thing}"
    href = "/enquiries" if one.kind == K.ENQUIRY else href
    return OperationLinkView(one.kind, one.thing, name(row), state(row), href, one.linked_at, one.linked_by)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def steps_of(session: Session, operation_id: int) -> tuple[OperationStepView, ...]:
    """Changes of state, oldest first."""
    query = (
        select(OperationStep, User.display_name)
        .outerjoin(User, User.name == OperationStep.by)
        .where(OperationStep.operation_id == operation_id)
        .order_by(OperationStep.id)
    )
    return tuple(
        OperationStepView(step.state, step.at, step.by, name or step.by, step.reason, step.log_seq)
        for step, name in session.execute(query)
    )


def taskings_of(session: Session, actor: Actor, seen: Seen, operation_id: int) -> tuple[OperationTasking, ...]:
    """Open ones first, then newest first."""
    if not actor.may(P.TASKING_VIEW):
        return ()
    query = (
        select(Tasking, Unit)
        .join(Unit, Unit.id == Tasking.unit_id)
        .where(Tasking.operation_id == operation_id, Tasking.handling_id.in_(seen))
        .order_by(Tasking.ended_at.is_not(None), Tasking.id.desc())
    )
    return tuple(_tasking(actor, tasking, unit) for tasking, unit in session.execute(query.limit(MOST)))


def _tasking(actor: Actor, tasking: Tasking, unit: Unit) -> OperationTasking:
    writes = tasking.ended_at is None and actor.may(P.TASKING_REPORT) and actor.agency == unit.agency
    return OperationTasking(
        tasking.id, tasking.decision_id, unit.id, unit.callsign, unit.agency, tasking.subject, tasking.intent,
        tasking.execution, tasking.state, tasking.requested_at, tasking.requested_by, tasking.due_at, tasking.ended_at,
        tasking.end_reason, writes,
    )  # fmt: skip


def units_of(session: Session, actor: Actor, seen: Seen, operation_id: int) -> tuple[OperationUnit, ...]:
    """Units assigned, by the beginning of the assignment, then those that are only tasked."""
    if not actor.may(P.UNIT_VIEW):
        return ()
    tasked = {}
    if actor.may(P.TASKING_VIEW):
        still = select(Tasking).where(Tasking.operation_id == operation_id, Tasking.ended_at.is_(None))
        tasked = {one.unit_id: one for one in session.scalars(still.where(Tasking.handling_id.in_(seen)))}
    rows: list[tuple[Unit, Assignment | None]] = list(_assigned(session, actor, seen, operation_id))
    known = {unit.id for unit, _assignment in rows}
    rest = select(Unit).where(Unit.id.in_(set(tasked) - known), Unit.handling_id.in_(seen)).order_by(Unit.callsign)
    rows += [(unit, None) for unit in session.scalars(rest)]
    return tuple(_unit(unit, assignment, tasked.get(unit.id)) for unit, assignment in rows)


def _assigned(session: Session, actor: Actor, seen: Seen, operation_id: int) -> list[tuple[Unit, Assignment | None]]:
    if not actor.may(P.PLAN_VIEW):
        return []
    query = (
        select(Unit, Assignment)
        .join(Assignment, Assignment.unit_id == Unit.id)
        .where(Assignment.operation_id == operation_id, Assignment.cancelled_at.is_(None))
        .where(Assignment.handling_id.in_(seen), Unit.handling_id.in_(seen))
        .order_by(Assignment.starts_at, Unit.callsign)
    )
    return [(unit, assignment) for unit, assignment in session.execute(query.limit(MOST))]


def _unit(unit: Unit, assignment: Assignment | None, tasking: Tasking | None) -> OperationUnit:
    starts_at: datetime | None = assignment.starts_at if assignment else None
    return OperationUnit(
        unit.id, unit.callsign, unit.agency, unit.unit_type, unit.availability, assignment.id if assignment else None,
        starts_at, assignment.ends_at if assignment else None, tasking.id if tasking else None,
        tasking.state if tasking else None,
    )  # fmt: skip


def ref_of(session: Session, seen: Seen, operation_id: int | None) -> OperationRef | None:
    """The operation by its number, if the reader may know of it."""
    row = session.get(Operation, operation_id) if operation_id is not None else None
    return ref(row) if row is not None and row.handling_id in seen else None


def promoted_to(session: Session, seen: Seen, operation_id: int) -> tuple[OperationRef, ...]:
    """What grew out of it."""
    query = select(Operation).where(Operation.promoted_from == operation_id, Operation.handling_id.in_(seen))
    return tuple(ref(row) for row in session.scalars(query.order_by(Operation.id)))


def ref(row: Operation) -> OperationRef:
    """The short view."""
    return OperationRef(row.id, row.reference, row.name, row.kind, row.state, row.is_exercise)
