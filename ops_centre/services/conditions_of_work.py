"""Conditions of work under way: taskings, outcomes they owe, enquiries, the watch, operations."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from ops_centre.domain.alert_rules import one_higher
from ops_centre.domain.alerting import AlertCause, Condition
from ops_centre.domain.lessons import OWED
from ops_centre.domain.operation_moves import Times, decision_overdue, steps_overdue
from ops_centre.domain.operations import ENDED, PREPARED, RUNNING, OperationState
from ops_centre.domain.targeting import Severity
from ops_centre.domain.tasking import TaskingState
from ops_centre.domain.watches import EnquiryState, WatchState
from ops_centre.models import Enquiry, Lesson, Operation, Tasking, Unit, Watch
from ops_centre.picture.operation_standing import times_of
from ops_centre.picture.shelves import owes_outcome
from ops_centre.services.alert_conditions import Look, at_words

OWED_FOR = timedelta(days=14)  # an outcome is asked for until so long after
MOST_WORDS = 200  # of a question
UNDER_WAY = frozenset({TaskingState.ACCEPTED, TaskingState.EN_ROUTE, TaskingState.ON_SCENE})


def of_taskings(look: Look) -> Iterator[Condition]:
    """Taskings not accepted, overdue, or of a unit that has not checked in."""
    rows = look.session.execute(
        select(Tasking, Unit.callsign).join(Unit, Unit.id == Tasking.unit_id).where(Tasking.ended_at.is_(None))
    )
    for tasking, callsign in rows:
        yield from _not_accepted(look, tasking, callsign)
        yield from _overdue(look, tasking, callsign)
        yield from _silent(look, tasking, callsign)


def of_complete_taskings(look: Look) -> Iterator[Condition]:
    """Taskings that were carried out and nobody has said with what result."""
    rule = look.rule(AlertCause.OUTCOME_OWED)
    rows = look.session.execute(
        select(Tasking, Unit.callsign)
        .join(Unit, Unit.id == Tasking.unit_id)
        .where(Tasking.ended_at.between(look.now - OWED_FOR, look.now - rule.span), owes_outcome())
    )
    for tasking, callsign in rows:
        assert tasking.ended_at is not None  # noqa: S101  (the query says so)
        text = f"{callsign} finished at {at_words(tasking.ended_at)}; nobody has said what was found."
        yield _about(tasking, AlertCause.OUTCOME_OWED, look, tasking.subject, text, due_at=tasking.ended_at + rule.span)


def of_enquiries(look: Look) -> Iterator[Condition]:
    """Open enquiries that are due soon, or overdue."""
    rule = look.rule(AlertCause.ENQUIRY_DUE)
    is_due = (Enquiry.state == EnquiryState.OPEN.value, Enquiry.due_at <= look.now + rule.span)
    for enquiry in look.session.scalars(select(Enquiry).where(*is_due)):
        severity = rule.severity_of("normal")
        if enquiry.due_at <= look.now:
            severity = one_higher(severity)
        title, text = f"Enquiry from {enquiry.asker}", enquiry.question[:MOST_WORDS]
        yield Condition(
            AlertCause.ENQUIRY_DUE, "enquiry", str(enquiry.id), severity, title, text, enquiry.handling_id,
            due_at=enquiry.due_at,
        )  # fmt: skip


def of_watches(look: Look) -> Iterator[Condition]:
    """A watch that is past its end and has not changed hands."""
    rule = look.rule(AlertCause.HANDOVER_DUE)
    on = Watch.state.in_((WatchState.OPEN.value, WatchState.HANDOVER_PENDING.value))
    for watch in look.session.scalars(select(Watch).where(on, Watch.ends_at <= look.now - rule.span)):
        text = f"It was to change hands at {at_words(watch.ends_at)}."
        yield Condition(
            AlertCause.HANDOVER_DUE, "watch", str(watch.id), rule.severity_of("normal"),
            f"Watch {watch.name} is past its end", text, look.centre_handling, due_at=watch.ends_at,
        )  # fmt: skip


def of_lessons(look: Look) -> Iterator[Condition]:
    """Lessons whose owner has not acted by the time that was set."""
    rule = look.rule(AlertCause.LESSON_OVERDUE)
    owed = Lesson.state.in_([state.value for state in OWED])
    for lesson in look.session.scalars(select(Lesson).where(owed, Lesson.due_at <= look.now - rule.span)):
        text = f"{lesson.owner} was to act by {lesson.due_at:%d %b} {at_words(lesson.due_at)}: {lesson.action}"
        yield Condition(
            AlertCause.LESSON_OVERDUE, "lesson", str(lesson.id), rule.severity_of("normal"),
            f"Lesson {lesson.id} overdue: {lesson.title}", text[:MOST_WORDS], lesson.handling_id, due_at=lesson.due_at,
        )  # fmt: skip


def of_operations(look: Look) -> Iterator[Condition]:
    """Operations whose next decision is due, or whose course is overdue."""
    rows = list(look.session.scalars(select(Operation).where(_may_be_due(look))))
    times = times_of(look.session, rows, {})
    for row in rows:
        yield from _decision_due(look, row, times[row.id])
        yield from _operation_overdue(look, row, times[row.id])


def _may_be_due(look: Look) -> ColumnElement[bool]:
    """Which operations anything can be due of, told by the database: the rules of their moves decide on those few."""
    soon = look.now + look.rule(AlertCause.OPERATION_DUE).span
    late = look.now - look.rule(AlertCause.OPERATION_OVERDUE).span
    state, may = Operation.state, look.may_take
    running = or_(Operation.ends_at <= late, Operation.started_at < late - may.report)
    return or_(
        and_(state.not_in(ENDED), Operation.next_event_at <= soon),
        and_(state.in_(PREPARED), Operation.starts_at <= late),
        and_(state.in_(RUNNING), running),
        and_(state == OperationState.TRIGGERED.value, Operation.state_at < late - may.respond),
        and_(state == OperationState.CLOSED.value, Operation.state_at < late - may.debrief),
    )


def _decision_due(look: Look, row: Operation, times: Times) -> Iterator[Condition]:
    rule, state = look.rule(AlertCause.OPERATION_DUE), OperationState(row.state)
    if not decision_overdue(state, times, look.now + rule.span):
        return
    severity = rule.severity_of("normal")
    if decision_overdue(state, times, look.now):
        severity = one_higher(severity)
    text = (row.next_event or "The next decision")[:MOST_WORDS]
    yield _of_operation(row, AlertCause.OPERATION_DUE, severity, "decision due", text, row.next_event_at)


def _operation_overdue(look: Look, row: Operation, times: Times) -> Iterator[Condition]:
    rule, state = look.rule(AlertCause.OPERATION_OVERDUE), OperationState(row.state)
    found = steps_overdue(state, times, look.now - rule.span, look.may_take)
    if found:
        severity = rule.severity_of("normal")
        if state is OperationState.TRIGGERED and row.state_at + look.may_take.respond < look.now - rule.span:
            severity = one_higher(severity)
        words = ", ".join(found)
        yield _of_operation(row, AlertCause.OPERATION_OVERDUE, severity, words, f"It is {row.state}.")


def _of_operation(
    row: Operation, cause: AlertCause, severity: Severity, what: str, text: str, due_at: datetime | None = None
) -> Condition:
    exercise = "EXERCISE " if row.is_exercise else ""
    title = f"{exercise}{row.reference} {row.name}: {what}"[:MOST_WORDS]
    return Condition(cause, "operation", str(row.id), severity, title, text, row.handling_id, due_at=due_at)


def _not_accepted(look: Look, tasking: Tasking, callsign: str) -> Iterator[Condition]:
    cause = AlertCause.NOT_ACCEPTED
    if tasking.state == TaskingState.REQUESTED and look.now >= tasking.accept_by + look.rule(cause).span:
        text = f"{tasking.subject}. To be accepted by {at_words(tasking.accept_by)}."
        yield _about(tasking, cause, look, f"{callsign} has not accepted", text, due_at=tasking.accept_by)


def _overdue(look: Look, tasking: Tasking, callsign: str) -> Iterator[Condition]:
    cause, agreed = AlertCause.TASKING_OVERDUE, _agreed(tasking)
    if agreed is None or look.now < agreed + look.rule(cause).span:
        return
    what = "not done" if tasking.on_scene_at else "not on scene"
    text = f"{tasking.subject}. Agreed for {at_words(agreed)}."
    yield _about(tasking, cause, look, f"{callsign} is {what} in time", text, due_at=agreed)


def _agreed(tasking: Tasking) -> datetime | None:
    """When the next step of a tasking under way was to be reached."""
    if tasking.state not in UNDER_WAY:
        return None
    return tasking.due_at if tasking.on_scene_at else tasking.meet_at or tasking.due_at


def _silent(look: Look, tasking: Tasking, callsign: str) -> Iterator[Condition]:
    cause = AlertCause.CHECK_IN_OVERDUE
    if tasking.state in UNDER_WAY and look.now - tasking.checked_in_at >= look.rule(cause).span:
        text = f"{tasking.subject}. No word since {at_words(tasking.checked_in_at)}."
        yield _about(tasking, cause, look, f"{callsign} has not checked in", text)


def _about(tasking: Tasking, cause: AlertCause, look: Look, title: str, text: str, **more: Any) -> Condition:
    severity = look.rule(cause).severity_of("normal")
    return Condition(cause, "tasking", str(tasking.id), severity, title, text, tasking.handling_id, **more)
