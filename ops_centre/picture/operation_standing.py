"""How operations stand against the rules of their moves, and what one person may do with each.

Read by the boards and by the services alike, so that what a board offers is what a service allows.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.operation_rights import may_work
from ops_centre.auth.permissions import Permission
from ops_centre.config import OperationsBlock
from ops_centre.domain.operation_moves import (
    Allowed,
    Asking,
    Standing,
    Times,
    makes_up,
    move_label,
    moves_from,
    needs_reason,
    overdue,
    reports_from,
    unmet,
)
from ops_centre.domain.operations import ENDED, RUNNING, OperationKind, OperationState
from ops_centre.domain.tasking import TaskingState
from ops_centre.models import (
    Debrief,
    Objective,
    Operation,
    OperationLink,
    OperationStep,
    Order,
    SituationReport,
    Tasking,
)
from ops_centre.picture.lesson_putting import unanswered
from ops_centre.picture.operation_views import MoveView

S, K, P = OperationState, OperationKind, Permission
ASKED_FOR_LESSONS = frozenset(  # where the next step asks that lessons are answered
    {(K.DELIBERATE.value, S.PLANNED.value), (K.CONTINGENCY.value, S.RESPONDING.value),
     (K.CONTINGENCY.value, S.STABILISED.value)}
)  # fmt: skip

_NAMES = {P.OPERATION_PLAN: "plan operations", P.OPERATION_APPROVE: "approve plans", P.OPERATION_RUN: "run operations",
          P.CONTINGENCY_RUN: "run contingencies", P.DEBRIEF_LEAD: "close debriefs"}  # fmt: skip


def move_permission(kind: OperationKind, to: OperationState) -> Permission:
    """What it takes to move an operation of this kind to ``to``."""
    if to is S.DEBRIEFED:
        return P.DEBRIEF_LEAD
    if kind is K.CONTINGENCY:
        return P.CONTINGENCY_RUN
    if to is S.APPROVED:
        return Permission.OPERATION_APPROVE
    return P.OPERATION_RUN if to in (S.ACTIVE, S.WATCHING, S.CLOSED) else P.OPERATION_PLAN


def standings(session: Session, rows: Sequence[Operation]) -> dict[int, Standing]:
    """How each operation stands, in a fixed number of queries for the lot."""
    ids = [row.id for row in rows]
    if not ids:
        return {}
    objectives, debriefs = _objectives(session, ids), _debriefs(session, ids)
    taskings, linked = _open_taskings(session, ids), _linked(session, ids)
    writers, forwarded = _writers(session, ids), _put_forward(session, ids)
    waiting = unanswered(session, [row for row in rows if (row.kind, row.state) in ASKED_FOR_LESSONS])
    return {
        row.id: Standing(
            reference=row.reference, kind=K(row.kind), state=S(row.state), commander=row.commander,
            starts_at=row.starts_at, ends_at=row.ends_at, proposed_by=row.proposed_by,
            put_forward_by=forwarded.get(row.id, (None, ()))[0], order_writers=frozenset(writers[row.id]),
            plan_changers=frozenset(forwarded.get(row.id, (None, ()))[1]),
            objectives=objectives.get(row.id, (0, 0))[0], unjudged=objectives.get(row.id, (0, 0))[1],
            open_taskings=taskings.get(row.id, 0),
            watched=bool(row.area or row.place or row.subjects or row.id in linked),
            lessons_waiting=waiting.get(row.id, 0), debriefs_open=debriefs.get((row.id, "open"), 0),
            debriefs_closed=debriefs.get((row.id, "closed"), 0),
        )
        for row in rows
    }  # fmt: skip


def moves_for(actor: Actor, standing: Standing, now: datetime) -> tuple[MoveView, ...]:
    """Where ``actor`` can move it, and why not where it cannot go."""
    return tuple(_move(actor, standing, to, now) for to in moves_from(standing.kind, standing.state))


def _move(actor: Actor, standing: Standing, to: OperationState, now: datetime) -> MoveView:
    faults = why_not(actor, standing, to, now)
    return MoveView(
        state=to.value,
        label=move_label(standing.kind, standing.state, to),
        allowed=not faults,
        why_not=" ".join(faults) or None,
        needs_reason=needs_reason(standing.kind, standing.state, to),
        makes_up=makes_up(standing.kind, standing.state, to),
    )


def a_role(actor: Actor) -> str:
    """``An agency liaison``, ``A duty officer``: as a sentence begins."""
    role = actor.role.value
    return f"{'An' if role[0] in 'aeio' else 'A'} {role}"


def why_not(actor: Actor, standing: Standing, to: OperationState, now: datetime) -> list[str]:
    """Everything that stands against it for this person; empty: nothing."""
    needs = move_permission(standing.kind, to)
    if not actor.may(needs):
        return [f"{a_role(actor)} may not {_NAMES[needs]}."]
    return unmet(standing, to, Asking(actor.name, now))


def overdue_of(
    session: Session, rows: Sequence[Operation | Row[Any]], now: datetime, may_take: Allowed
) -> dict[int, tuple[str, ...]]:
    """What is overdue of each operation, in words."""
    times = times_of(session, rows, _late_taskings(session, [row.id for row in rows], now))
    return {row.id: tuple(overdue(S(row.state), times[row.id], now, may_take)) for row in rows}


def times_of(session: Session, rows: Sequence[Operation | Row[Any]], late: Mapping[int, int]) -> dict[int, Times]:
    """What each operation is measured against; ``late``: how many of its taskings are."""
    reported = _reported(session, [row.id for row in rows if row.state in RUNNING])
    return {
        row.id: Times(
            row.starts_at, row.ends_at, row.next_event, row.next_event_at, row.state_at, late.get(row.id, 0),
            _reported_since(row, reported.get(row.id)),
        )
        for row in rows
    }  # fmt: skip


def allowed(block: OperationsBlock) -> Allowed:
    """How long things may take, as configured."""
    return Allowed(
        respond=timedelta(minutes=block.respond_minutes),
        debrief=timedelta(days=block.debrief_days),
        report=timedelta(hours=block.report_hours),
    )


def _reported_since(row: Operation | Row[Any], last: datetime | None) -> datetime | None:
    since = reports_from(K(row.kind), row.started_at, row.ends_at)
    return max(since, last) if since is not None and last is not None else since


def why_not_edit(actor: Actor, operation: Operation) -> str | None:
    """Why this person may not change the head, links, commander or next decision; None: they may."""
    if operation.state in ENDED:
        return f"{operation.reference} is {operation.state}: it stays as it is."
    if may_work(actor, operation.kind, operation.commander):
        return None
    return f"The commander of {operation.reference} does this, or whoever may lead {operation.kind} operations."


def why_not_promote(actor: Actor, operation: Operation) -> str | None:
    """Why this person may not make it a deliberate operation; None: they may."""
    if operation.kind != K.CONTINGENCY:
        return "Only a contingency is promoted to a deliberate operation."
    if operation.state in (S.DEBRIEFED, S.CANCELLED):
        return f"{operation.reference} is {operation.state}."
    return None if actor.may(P.OPERATION_PLAN) else f"{a_role(actor)} may not {_NAMES[P.OPERATION_PLAN]}."


# Counts, each one query


def _pairs(session: Session, query: Any) -> dict[Any, Any]:
    return {row[0]: row[1] for row in session.execute(query)}


def _objectives(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    counted = (
        select(Objective.operation_id, func.count(), func.count(Objective.result))
        .where(Objective.operation_id.in_(ids), Objective.dropped_at.is_(None))
        .group_by(Objective.operation_id)
    )
    return {row[0]: (row[1], row[1] - row[2]) for row in session.execute(counted)}


def _open_taskings(session: Session, ids: Sequence[int]) -> dict[int, int]:
    still = and_(Tasking.operation_id.in_(ids), Tasking.ended_at.is_(None))
    return _pairs(session, select(Tasking.operation_id, func.count()).where(still).group_by(Tasking.operation_id))


def _late_taskings(session: Session, ids: Sequence[int], now: datetime) -> dict[int, int]:
    """Taskings not accepted, or not done, in time."""
    late = or_(
        and_(Tasking.state == TaskingState.REQUESTED.value, Tasking.accept_by <= now),
        and_(Tasking.state != TaskingState.REQUESTED.value, Tasking.due_at <= now),
    )
    still = and_(Tasking.operation_id.in_(ids), Tasking.ended_at.is_(None), late)
    return _pairs(session, select(Tasking.operation_id, func.count()).where(still).group_by(Tasking.operation_id))


def _reported(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    """When the last situation report of each was issued."""
    of = SituationReport.operation_id
    issued = and_(of.in_(ids), SituationReport.issued_at.is_not(None))
    return _pairs(session, select(of, func.max(SituationReport.issued_at)).where(issued).group_by(of)) if ids else {}


def _linked(session: Session, ids: Sequence[int]) -> set[int]:
    return set(
        session.scalars(select(OperationLink.operation_id).where(OperationLink.operation_id.in_(ids)).distinct())
    )


def _writers(session: Session, ids: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    query = select(Order.operation_id, Order.written_by, Order.issued_by).where(Order.operation_id.in_(ids))
    for number, wrote, issued in session.execute(query):
        found[number] |= {name for name in (wrote, issued) if name}
    return found


def _put_forward(session: Session, ids: Sequence[int]) -> dict[int, tuple[str | None, set[str]]]:
    """Who last brought each operation from proposed to planned (taking an approval back also ends at planned), and who
    changed its plan since."""
    query = (
        select(OperationStep.operation_id, OperationStep.state, OperationStep.by)
        .where(OperationStep.operation_id.in_(ids))
        .order_by(OperationStep.id)
    )
    found: dict[int, tuple[str | None, set[str]]] = {}
    before: dict[int, str] = {}
    for number, state, person in session.execute(query):
        if state == S.PLANNED and before.get(number) == S.PROPOSED:
            found[number] = person, set()
        elif state == S.PLANNED and before.get(number) == S.PLANNED:
            found.setdefault(number, (None, set()))[1].add(person)
        before[number] = state
    return found


def _debriefs(session: Session, ids: Sequence[int]) -> dict[tuple[int, str], int]:
    query = (
        select(Debrief.about_id, Debrief.state, func.count())
        .where(Debrief.about_kind == "operation", Debrief.about_id.in_([str(one) for one in ids]))
        .group_by(Debrief.about_id, Debrief.state)
    )
    return {(int(row[0]), row[1]): row[2] for row in session.execute(query)}
