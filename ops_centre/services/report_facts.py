"""Gathers what a situation report may be drafted from: the log, taskings and outcomes of one operation, in its writer's scope.

By the time of recording: what came in late is told in the next report, never lost between two.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.domain.duty_log import EntryKind, ThingKind
from ops_centre.domain.log_filter import operation_id
from ops_centre.domain.situation_reports import Fact, Source
from ops_centre.domain.tasking import OPEN_STATES
from ops_centre.models import LogEntry, LogLink, Operation, Outcome, Target, Tasking, TaskingStep, Unit

MOST = 500  # of each source, the newest
_NOT_TOLD = (EntryKind.SITUATION_REPORT.value, EntryKind.EXPORT.value)


def gathered(
    session: Session, actor: Actor, operation: Operation, since: datetime, audience: Collection[int]
) -> list[Fact]:
    """Facts recorded from ``since`` on, and what tasked units do now. ``audience``: handlings the writer may see."""
    steps = _steps(session, operation, since, audience) if actor.may(Permission.TASKING_VIEW) else []
    outcomes = _outcomes(session, operation, since, audience) if actor.may(Permission.TASKING_VIEW) else []
    units = _units(session, operation, audience) if actor.may(Permission.TASKING_VIEW) else []
    told = {one.log_seq for one, *_rest in (*steps, *outcomes)}
    entries = _entries(session, operation, since, audience) if actor.may(Permission.LOG_VIEW) else []
    return [
        *(_entry(one) for one in entries if one.seq not in told),
        *(_step(*row) for row in steps),
        *(_outcome(*row) for row in outcomes),
        *(_unit(*row) for row in units),
    ]


def _entries(session: Session, operation: Operation, since: datetime, audience: Collection[int]) -> Sequence[LogEntry]:
    """Entries about the operation or one of its taskings; of an entry and its corrections the last one."""
    tasked = session.scalars(select(Tasking.id).where(Tasking.operation_id == operation.id))
    names = (str(operation.id), operation_id(operation.reference))
    about = select(LogLink.seq).where(
        or_(
            and_(LogLink.kind == ThingKind.OPERATION.value, LogLink.thing.in_(names)),
            and_(LogLink.kind == ThingKind.TASKING.value, LogLink.thing.in_([str(one) for one in tasked])),
        )
    )
    mended = select(LogEntry.corrects).where(LogEntry.corrects.is_not(None))
    wanted = select(LogEntry).where(
        LogEntry.seq.in_(about),
        LogEntry.seq.not_in(mended),
        LogEntry.recorded_at >= since,
        LogEntry.handling_id.in_(audience),
        LogEntry.kind.not_in(_NOT_TOLD),
    )
    return session.scalars(wanted.order_by(LogEntry.seq.desc()).limit(MOST)).all()


def _steps(session: Session, operation: Operation, since: datetime, audience: Collection[int]) -> Sequence[Any]:
    wanted = (
        select(TaskingStep, Tasking, Unit)
        .join(Tasking, Tasking.id == TaskingStep.tasking_id)
        .join(Unit, Unit.id == Tasking.unit_id)
        .where(Tasking.operation_id == operation.id, TaskingStep.recorded_at >= since)
        .where(Tasking.handling_id.in_(audience), Unit.handling_id.in_(audience))
    )
    return session.execute(wanted.order_by(TaskingStep.id.desc()).limit(MOST)).all()


def _outcomes(session: Session, operation: Operation, since: datetime, audience: Collection[int]) -> Sequence[Any]:
    wanted = (
        select(Outcome, Tasking, Target)
        .join(Tasking, Tasking.id == Outcome.tasking_id)
        .outerjoin(Target, Target.id == Outcome.target_id)
        .where(Tasking.operation_id == operation.id, Outcome.recorded_at >= since)
        .where(Outcome.handling_id.in_(audience), Tasking.handling_id.in_(audience))
        .where(or_(Target.id.is_(None), Target.handling_id.in_(audience)))
    )
    return session.execute(wanted.order_by(Outcome.id.desc()).limit(MOST)).all()


def _units(session: Session, operation: Operation, audience: Collection[int]) -> Sequence[Any]:
    wanted = (
        select(Tasking, Unit)
        .join(Unit, Unit.id == Tasking.unit_id)
        .where(Tasking.operation_id == operation.id, Tasking.state.in_([one.value for one in OPEN_STATES]))
        .where(Tasking.handling_id.in_(audience), Unit.handling_id.in_(audience))
    )
    return session.execute(wanted.order_by(Unit.callsign).limit(MOST)).all()


def as_handled_now(session: Session, facts: Sequence[Fact]) -> list[Fact]:
    """The same facts with the handlings of today: a tasking may have been closed since the draft. Entries never change."""
    return [replace(fact, handlings=_handlings_now(session, fact)) for fact in facts]


def _handlings_now(session: Session, fact: Fact) -> tuple[int, ...]:
    number = int(fact.id)
    if fact.source is Source.ENTRY:
        return fact.handlings
    if fact.source is Source.OUTCOME:
        outcome = session.get_one(Outcome, number)
        target = session.get(Target, outcome.target_id) if outcome.target_id else None
        return _of_outcome(outcome, session.get(Tasking, outcome.tasking_id) if outcome.tasking_id else None, target)
    if fact.source is Source.STEP:
        number = session.get_one(TaskingStep, number).tasking_id
    tasking = session.get_one(Tasking, number)
    return tasking.handling_id, session.get_one(Unit, tasking.unit_id).handling_id


def _of_outcome(outcome: Outcome, tasking: Tasking | None, target: Target | None) -> tuple[int, ...]:
    rows = [one.handling_id for one in (tasking, target) if one is not None]
    return tuple(dict.fromkeys([outcome.handling_id, *rows]))


def _entry(entry: LogEntry) -> Fact:
    text = entry.text if entry.corrects is None else f"{entry.text} (corrects entry {entry.corrects})"
    return Fact(Source.ENTRY, str(entry.seq), entry.occurred_at, _line(text), (entry.handling_id,))


def _step(step: TaskingStep, tasking: Tasking, unit: Unit) -> Fact:
    note = f" ({step.note})" if step.note else ""
    words = f"{unit.callsign} {step.state}: {tasking.subject}{note}"
    return Fact(Source.STEP, str(step.id), step.at, _line(words), (tasking.handling_id, unit.handling_id))


def _outcome(outcome: Outcome, tasking: Tasking, target: Target | None) -> Fact:
    amount = f"{outcome.quantity:g} {outcome.quantity_unit or ''}".strip() if outcome.quantity is not None else None
    parts = [part for part in (outcome.reason, outcome.finding, amount, outcome.note) if part]
    about = target.label if target is not None else tasking.subject
    words = f"Outcome, {about}: {outcome.result}{'; ' + ', '.join(parts) if parts else ''}"
    handlings = _of_outcome(outcome, tasking, target)
    return Fact(Source.OUTCOME, str(outcome.id), outcome.examined_at, _line(words), handlings)


def _unit(tasking: Tasking, unit: Unit) -> Fact:
    since = tasking.on_scene_at or tasking.en_route_at or tasking.accepted_at or tasking.requested_at
    words = f"{unit.callsign} ({unit.agency}) {tasking.state}: {tasking.subject}"
    return Fact(Source.TASKING, str(tasking.id), since, _line(words), (tasking.handling_id, unit.handling_id))


def _line(text: str) -> str:
    return " ".join(text.split())[:600]
