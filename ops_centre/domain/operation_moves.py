"""What must be true before an operation goes to another state, in the words an officer is told when it is not.

Who may make a move at all is a permission; what is asked here holds for everybody. A move that is not in `MOVES` is no move.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ops_centre.domain.operations import ENDED, MOVES, PREPARED, RUNNING, STATES, OperationKind, OperationState

S, K = OperationState, OperationKind


@dataclass(frozen=True, slots=True)
class Standing:
    """All that the rules ask of an operation, as it stands now."""

    reference: str
    kind: OperationKind
    state: OperationState
    commander: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    proposed_by: str
    put_forward_by: str | None = None  # who last said that it is planned
    order_writers: frozenset[str] = frozenset()
    plan_changers: frozenset[str] = frozenset()  # who changed the plan since it was put forward
    objectives: int = 0  # not dropped
    unjudged: int = 0  # of those, without a result
    open_taskings: int = 0
    watched: bool = False  # it says what it watches: an area, a place, a subject or something linked
    lessons_waiting: int = 0  # lessons put before it that nobody has taken or set aside
    debriefs_open: int = 0
    debriefs_closed: int = 0


@dataclass(frozen=True, slots=True)
class Asking:
    """Who wants the move, and when."""

    by: str  # sign-in name
    now: datetime


Gate = Callable[[Standing, Asking], str | None]  # what is not met, or None


def _commander(one: Standing, _asking: Asking) -> str | None:
    return None if one.commander else "It has no commander."


def _window(one: Standing, _asking: Asking) -> str | None:
    return None if one.starts_at else "It has no time at which it begins."


def _whole_window(one: Standing, _asking: Asking) -> str | None:
    return None if one.starts_at and one.ends_at else "Its window has no beginning or no end."


def _not_over(one: Standing, asking: Asking) -> str | None:
    return "Its window is over." if one.ends_at is not None and one.ends_at <= asking.now else None


def _objective(one: Standing, _asking: Asking) -> str | None:
    return None if one.objectives else "It has no objective."


def _judged(one: Standing, _asking: Asking) -> str | None:
    if not one.unjudged:
        return None
    return (
        f"{_counted(one.unjudged, 'objective has', 'objectives have')} no result: successful, partial or unsuccessful."
    )


def _taskings_ended(one: Standing, _asking: Asking) -> str | None:
    if not one.open_taskings:
        return None
    return f"{_counted(one.open_taskings, 'tasking is', 'taskings are')} still open: complete or cancel first."


def _second_person(one: Standing, asking: Asking) -> str | None:
    did = [
        words
        for person, words in ((one.proposed_by, "proposed it"), (one.put_forward_by, "put its plan forward"))
        if person == asking.by
    ]
    did += ["wrote its order"] if asking.by in one.order_writers else []
    did += ["changed its plan"] if asking.by in one.plan_changers else []
    return f"A second person must approve it: you {' and '.join(did)}." if did else None


def _lessons(one: Standing, _asking: Asking) -> str | None:
    if not one.lessons_waiting:
        return None
    waiting = _counted(one.lessons_waiting, "lesson of earlier operations waits", "lessons of earlier operations wait")
    return f"{waiting} for an answer: take or set aside with a word."


def _watches_something(one: Standing, _asking: Asking) -> str | None:
    return None if one.watched else "It does not say what it watches: give it an area, a place, a subject or a link."


def _debriefed(one: Standing, _asking: Asking) -> str | None:
    if one.debriefs_open:
        return f"{_counted(one.debriefs_open, 'debrief is', 'debriefs are')} still open: close first."
    return None if one.debriefs_closed else "Nobody has debriefed it: open a debrief and close it."


_CLOSING: tuple[Gate, ...] = (_taskings_ended, _judged)
GATES: Mapping[OperationKind, Mapping[tuple[OperationState, OperationState], tuple[Gate, ...]]] = {
    K.DELIBERATE: {
        (S.PROPOSED, S.PLANNED): (_commander, _window),
        (S.PLANNED, S.APPROVED): (_second_person, _commander, _whole_window, _not_over, _objective, _lessons),
        (S.APPROVED, S.ACTIVE): (_commander, _not_over),
        (S.APPROVED, S.CANCELLED): (_taskings_ended,),
        (S.PLANNED, S.CANCELLED): (_taskings_ended,),
        (S.PROPOSED, S.CANCELLED): (_taskings_ended,),
        (S.ACTIVE, S.CLOSED): _CLOSING,
        (S.CLOSED, S.DEBRIEFED): (_debriefed,),
    },
    K.CONTINGENCY: {
        (S.TRIGGERED, S.RESPONDING): (_commander,),
        (S.RESPONDING, S.STABILISED): (_commander, _lessons),
        (S.TRIGGERED, S.CLOSED): _CLOSING,
        (S.RESPONDING, S.CLOSED): (*_CLOSING, _lessons),
        (S.STABILISED, S.CLOSED): (*_CLOSING, _lessons),
        (S.CLOSED, S.DEBRIEFED): (_debriefed,),
    },
    K.OVERWATCH: {
        (S.PROPOSED, S.WATCHING): (_commander, _watches_something, _not_over),
        (S.PROPOSED, S.CANCELLED): (_taskings_ended,),
        (S.WATCHING, S.CLOSED): _CLOSING,
    },
}

_LABELS: Mapping[OperationState, str] = {
    S.PROPOSED: "Back to proposed",
    S.PLANNED: "Put the plan forward",
    S.APPROVED: "Approve",
    S.ACTIVE: "Start",
    S.RESPONDING: "Respond",
    S.STABILISED: "Stabilised",
    S.WATCHING: "Start watching",
    S.CLOSED: "Close",
    S.DEBRIEFED: "Debriefed",
    S.CANCELLED: "Cancel",
}


def moves_from(kind: OperationKind, state: OperationState) -> tuple[OperationState, ...]:
    """Where it can go, in the order of the board, cancelled last."""
    allowed = MOVES[kind].get(state, frozenset())
    return tuple(one for one in (*STATES[kind], S.CANCELLED) if one in allowed)


def unmet(standing: Standing, to: OperationState, asking: Asking) -> list[str]:
    """Every condition of the move that is not met; empty: it can be made. A move that does not exist says what can."""
    if to not in MOVES[standing.kind].get(standing.state, frozenset()):
        return [_no_move(standing, to)]
    gates = GATES[standing.kind].get((standing.state, to), ())
    return [words for gate in gates if (words := gate(standing, asking)) is not None]


def _no_move(standing: Standing, to: OperationState) -> str:
    following = moves_from(standing.kind, standing.state)
    if standing.state is to:
        return f"{standing.reference} is {to.value} already."
    if not following:
        return f"{standing.reference} is {standing.state.value}: it goes nowhere from there."
    return f"{standing.reference} is {standing.state.value}; next can be {_or(following)}, not {to.value}."


def makes_up(kind: OperationKind, state: OperationState, to: OperationState) -> bool:
    """Whether ``to`` lies further on the board than ``state``."""
    row = STATES[kind]
    return to in row and row.index(to) > row.index(state)


def needs_reason(kind: OperationKind, state: OperationState, to: OperationState) -> bool:
    """Whether the move is made with a reason: what goes back, is cancelled, or is closed (how it ended)."""
    return to in (S.CLOSED, S.CANCELLED) or not makes_up(kind, state, to)


def move_label(kind: OperationKind, state: OperationState, to: OperationState) -> str:
    """The words of the button."""
    if to is S.PLANNED and state is S.APPROVED:
        return "Take approval back"
    if to is S.RESPONDING and state is S.STABILISED:
        return "Back to responding"
    return _LABELS[to]


@dataclass(frozen=True, slots=True)
class Times:
    """What an operation is measured against to say what is overdue."""

    starts_at: datetime | None
    ends_at: datetime | None
    next_event: str | None
    next_event_at: datetime | None
    state_at: datetime
    late_taskings: int = 0
    reported_at: datetime | None = None  # last situation report, or the beginning; None: none is asked for


@dataclass(frozen=True, slots=True)
class Allowed:
    """How long things may take before they are overdue."""

    respond: timedelta  # triggered
    debrief: timedelta  # closed
    report: timedelta  # running without a situation report


def reports_from(kind: OperationKind, started_at: datetime | None, ends_at: datetime | None) -> datetime | None:
    """Since when situation reports are asked for; None: none is, as of what has not begun and of a standing overwatch."""
    return None if kind is OperationKind.OVERWATCH and ends_at is None else started_at


def decision_overdue(state: OperationState, times: Times, now: datetime) -> bool:
    """Whether the next decision was to be made by ``now``."""
    return state not in ENDED and times.next_event_at is not None and times.next_event_at <= now


def overdue(state: OperationState, times: Times, now: datetime, allowed: Allowed) -> list[str]:
    """What is overdue, in words."""
    found = [f"{times.next_event or 'The next decision'} was due"] if decision_overdue(state, times, now) else []
    found += steps_overdue(state, times, now, allowed)
    if times.late_taskings and state not in ENDED:
        found.append(_counted(times.late_taskings, "tasking is late", "taskings are late"))
    return found


def steps_overdue(state: OperationState, times: Times, now: datetime, allowed: Allowed) -> list[str]:
    """What of its course is overdue, in words without running figures: an alert tells of these."""
    found = []
    if state in PREPARED and times.starts_at is not None and times.starts_at <= now:
        found.append("it should have begun")
    if state in RUNNING and times.ends_at is not None and times.ends_at <= now:
        found.append("its window is over")
    if state is S.TRIGGERED and now - times.state_at > allowed.respond:
        found.append("nobody has responded yet")
    if state is S.CLOSED and now - times.state_at > allowed.debrief:
        found.append("not debriefed yet")
    if state in RUNNING and times.reported_at is not None and now - times.reported_at > allowed.report:
        found.append("a situation report is due")
    return found


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _or(states: tuple[OperationState, ...]) -> str:
    words = [one.value for one in states]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
