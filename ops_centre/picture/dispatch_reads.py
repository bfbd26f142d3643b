"""Decisions, taskings, outcomes and criteria as they are read, each in its reader's scope."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import audience_of, rule_of
from ops_centre.db import Database
from ops_centre.domain.option_sheets import units_in, without_units
from ops_centre.domain.tasking import BY_THE_UNIT, LATE_AFTER, MOVES, TaskingState
from ops_centre.errors import NotFound
from ops_centre.models import Decision, Handling, Outcome, Target, Tasking, TaskingStep, Unit
from ops_centre.picture.criterion_reads import criterion_rows, names_of_criteria, one_criterion
from ops_centre.picture.dispatch_views import (
    CriterionRow,
    CriterionView,
    DecisionView,
    OutcomeView,
    StepView,
    TaskingView,
)
from ops_centre.picture.operation_views import OperationRef
from ops_centre.picture.operation_work import ref_of
from ops_centre.picture.shelves import owes_outcome, tasking_row
from ops_centre.picture.watch_views import TaskingRow

MAX_ID = 2**63 - 1
MOST = 500


def audience(session: Session, actor: Actor) -> frozenset[int]:
    """Handlings the actor may see; rows are filtered by ``handling_id IN audience``."""
    return audience_of(actor, session.scalars(select(Handling)))


def standing_outcomes(session: Session, target_id: int) -> list[Outcome]:
    """The outcomes of a target that nothing has taken the place of: the newest of each tasking, and of none."""
    newest = (
        select(func.max(Outcome.id))
        .where(Outcome.target_id == target_id)
        .group_by(func.coalesce(Outcome.tasking_id, 0))
    )
    return list(session.scalars(select(Outcome).where(Outcome.id.in_(newest)).order_by(Outcome.id)))


@dataclass(frozen=True, slots=True)
class TaskingFilter:
    """Which taskings are wanted; None is any."""

    unit_id: int | None = None
    target_id: int | None = None
    state: TaskingState | None = None
    since: datetime | None = None  # requested
    until: datetime | None = None
    open_only: bool = False


class DispatchReads:
    """Reads of dispatch."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def decision(self, actor: Actor, decision_id: int) -> DecisionView:
        """One decision with its options as shown. Raises NotFound, also outside the scope."""
        authorise(actor, Permission.TASKING_VIEW)
        with self.db.reading() as session:
            decision = _visible(session, actor, Decision, decision_id, "decision")
            return _decision_view(session, actor, decision)

    def decisions(self, actor: Actor, *, target_id: int | None = None, limit: int = 50) -> list[DecisionView]:
        """The newest decisions, of one target or of all."""
        authorise(actor, Permission.TASKING_VIEW)
        with self.db.reading() as session:
            query = select(Decision).where(Decision.handling_id.in_(audience(session, actor)))
            if target_id is not None:
                query = query.where(Decision.target_id == target_id)
            rows = session.scalars(query.order_by(Decision.id.desc()).limit(min(limit, MOST)))
            return [_decision_view(session, actor, row) for row in rows]

    def tasking(self, actor: Actor, tasking_id: int) -> TaskingView:
        """One tasking with its steps and outcomes. Raises NotFound, also outside the scope."""
        authorise(actor, Permission.TASKING_VIEW)
        with self.db.reading() as session:
            return _tasking_view(session, actor, _visible(session, actor, Tasking, tasking_id, "tasking"))

    def taskings(
        self, actor: Actor, wanted: TaskingFilter | None = None, *, before: int | None = None, limit: int = 100
    ) -> list[TaskingView]:
        """Taskings newest first, open or ended; ``before``: the number of the last one already shown."""
        authorise(actor, Permission.TASKING_VIEW)
        with self.db.reading() as session:
            query = _filtered(wanted or TaskingFilter()).where(Tasking.handling_id.in_(audience(session, actor)))
            if before is not None:
                query = query.where(Tasking.id < before)
            rows = session.scalars(query.order_by(Tasking.id.desc()).limit(min(limit, MOST)))
            return [_tasking_view(session, actor, row) for row in rows]

    def outcomes(
        self, actor: Actor, *, target_id: int | None = None, tasking_id: int | None = None, limit: int = 100
    ) -> list[OutcomeView]:
        """Outcomes newest first, of one target, of one tasking, or the newest of all."""
        authorise(actor, Permission.TASKING_VIEW)
        with self.db.reading() as session:
            query = select(Outcome).where(Outcome.handling_id.in_(audience(session, actor)))
            if target_id is not None:
                query = query.where(Outcome.target_id == target_id)
            if tasking_id is not None:
                query = query.where(Outcome.tasking_id == tasking_id)
            rows = list(session.scalars(query.order_by(Outcome.id.desc()).limit(min(limit, MOST))))
            return outcome_views(session, rows)

    def criteria(self, actor: Actor) -> list[CriterionRow]:
        """What each version of each criterion has brought, the one with most hits first."""
        authorise(actor, Permission.TARGET_VIEW)
        with self.db.reading() as session:
            return criterion_rows(session, actor, audience(session, actor))

    def criterion_names(self, actor: Actor) -> list[str]:
        """The names of the criteria that matched a target of the actor's, in order; none where they see no targets."""
        if not actor.may(Permission.TARGET_VIEW):
            return []
        with self.db.reading() as session:
            return names_of_criteria(session, audience(session, actor))

    def criterion(self, actor: Actor, name: str) -> CriterionView:
        """What a criterion brought: its versions, its newest targets, the lessons about it. Raises NotFound."""
        authorise(actor, Permission.TARGET_VIEW)
        with self.db.reading() as session:
            return one_criterion(session, actor, audience(session, actor), name)


def _visible(session: Session, actor: Actor, model: Any, number: int, called: str) -> Any:
    row = session.get(model, number) if 0 < number <= MAX_ID else None
    if row is None or row.handling_id not in audience(session, actor):
        raise NotFound(f"There is no such {called}, or it is not released to you.")
    return row


def _filtered(wanted: TaskingFilter) -> Any:
    query = select(Tasking)
    if wanted.unit_id is not None:
        query = query.where(Tasking.unit_id == wanted.unit_id)
    if wanted.target_id is not None:
        query = query.where(Tasking.target_id == wanted.target_id)
    if wanted.state is not None:
        query = query.where(Tasking.state == wanted.state.value)
    if wanted.since is not None:
        query = query.where(Tasking.requested_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Tasking.requested_at < wanted.until)
    return query.where(Tasking.ended_at.is_(None)) if wanted.open_only else query


def _decision_view(session: Session, actor: Actor, decision: Decision) -> DecisionView:
    rule, seen = rule_of(session.get_one(Handling, decision.handling_id)), audience(session, actor)
    named = list(session.scalars(select(Unit).where(Unit.id.in_(units_in(decision.options) | set(decision.chosen)))))
    hidden = frozenset(unit.id for unit in named if unit.handling_id not in seen) - set(decision.chosen)
    options, withheld = without_units(decision.options, hidden)
    callsigns = {unit.id: unit.callsign for unit in named}
    taskings = session.scalars(
        select(Tasking).where(Tasking.decision_id == decision.id, Tasking.handling_id.in_(seen)).order_by(Tasking.id)
    ).all()
    return DecisionView(
        decision.id, decision.about_kind, decision.about_id, decision.about_label, decision.target_id, decision.track_id,
        decision.alert_id, decision.from_seq, decision.sends, options, withheld, decision.options_at,
        decision.picture_revision, decision.lrm_at, tuple(decision.chosen),
        tuple(callsigns.get(number, "?") for number in decision.chosen), decision.reason, decision.authority,
        decision.decided_by, decision.decided_at, decision.log_seq,
        tuple(_row(session, tasking) for tasking in taskings), rule.owner, rule.marking.value, tuple(sorted(rule.releases)),
        _operation(session, actor, decision.operation_id),
    )  # fmt: skip


def _row(session: Session, tasking: Tasking) -> TaskingRow:
    owed = session.scalar(select(Tasking.id).where(Tasking.id == tasking.id, owes_outcome())) is not None
    rule = rule_of(session.get_one(Handling, tasking.handling_id))
    return tasking_row(tasking, session.get_one(Unit, tasking.unit_id), rule, outcome_owed=owed)


def _tasking_view(session: Session, actor: Actor, tasking: Tasking) -> TaskingView:
    row = _row(session, tasking)
    steps = session.scalars(
        select(TaskingStep).where(TaskingStep.tasking_id == tasking.id).order_by(TaskingStep.at, TaskingStep.id)
    )
    outcomes = session.scalars(select(Outcome).where(Outcome.tasking_id == tasking.id).order_by(Outcome.id.desc()))
    decides = actor.may(Permission.TASKING_DECIDE)
    speaks = actor.may(Permission.TASKING_REPORT) and (decides or row.unit_agency == actor.agency)
    reports = speaks or (actor.may(Permission.OUTCOME_REPORT) and not actor.may(Permission.TASKING_REPORT))
    accepted = tasking.state not in (TaskingState.REQUESTED, TaskingState.DECLINED)
    return TaskingView(
        row, tasking.end_reason, tuple(map(step_view, steps)), tuple(outcome_views(session, list(outcomes))),
        moves_of(tasking) if speaks else (), decides and tasking.ended_at is None, reports and accepted,
        tuple(sorted(rule_of(session.get_one(Handling, tasking.handling_id)).releases)), tasking.execution,
        _operation(session, actor, tasking.operation_id),
    )  # fmt: skip


def _operation(session: Session, actor: Actor, number: int | None) -> OperationRef | None:
    """The operation it is part of, if the reader may know of it."""
    if number is None or not actor.may(Permission.OPERATION_VIEW):
        return None
    return ref_of(session, audience(session, actor), number)


def moves_of(tasking: Tasking) -> tuple[str, ...]:
    """What the unit may report next, in the order of a tasking that goes well."""
    following = MOVES[TaskingState(tasking.state)] & BY_THE_UNIT
    return tuple(state.value for state in TaskingState if state in following)


def step_view(step: TaskingStep) -> StepView:
    """The view of a stored step."""
    late = step.recorded_at - step.at > LATE_AFTER
    return StepView(
        step.state, step.at, step.recorded_at, step.by, step.manner, step.note, step.lat, step.lon, step.log_seq, late
    )


def outcome_views(session: Session, outcomes: Sequence[Outcome]) -> list[OutcomeView]:
    """Views of stored outcomes, with what took the place of each."""
    labels = _labels(session, outcomes)
    later = _later(session, outcomes)
    handlings = session.scalars(select(Handling).where(Handling.id.in_({o.handling_id for o in outcomes})))
    rules = {handling.id: rule_of(handling) for handling in handlings}
    return [
        OutcomeView(
            o.id, o.tasking_id, o.target_id, *labels[o.id], o.result, o.reason, o.finding, o.quantity, o.quantity_unit,
            o.note, o.examined_at, o.recorded_at, o.recorded_by, o.log_seq, later.get(o.id),
            rules[o.handling_id].owner, rules[o.handling_id].marking.value,
        )
        for o in outcomes
    ]  # fmt: skip


def _labels(session: Session, outcomes: Iterable[Outcome]) -> dict[int, tuple[str, str | None]]:
    """By outcome: what it is about, and the callsign of the unit."""
    query = (
        select(Outcome.id, Target.label, Tasking.subject, Unit.callsign)
        .outerjoin(Target, Target.id == Outcome.target_id)
        .outerjoin(Tasking, Tasking.id == Outcome.tasking_id)
        .outerjoin(Unit, Unit.id == Tasking.unit_id)
        .where(Outcome.id.in_([outcome.id for outcome in outcomes]))
    )
    return {number: (label or subject or "", callsign) for number, label, subject, callsign in session.execute(query)}


def _later(session: Session, outcomes: Sequence[Outcome]) -> dict[int, int]:
    """By outcome, the one that took its place: the next from the same tasking, or the next without one."""
    taskings = {o.tasking_id for o in outcomes if o.tasking_id is not None}
    targets = {o.target_id for o in outcomes if o.tasking_id is None}
    query = select(Outcome.id, Outcome.tasking_id, Outcome.target_id).where(
        or_(Outcome.tasking_id.in_(taskings), Outcome.tasking_id.is_(None) & Outcome.target_id.in_(targets))
    )
    found: dict[int, int] = {}
    last: dict[tuple[int | None, int | None], int] = {}
    for number, tasking_id, target_id in session.execute(query.order_by(Outcome.id)):
        source = (tasking_id, None if tasking_id is not None else target_id)
        if source in last:
            found[last[source]] = number
        last[source] = number
    return found
