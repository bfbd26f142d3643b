"""What an operation's moves ask for, what is overdue, and what the words say."""

from datetime import timedelta
from typing import Any

import pytest

from ops_centre.domain.operation_moves import (
    GATES,
    Allowed,
    Asking,
    Standing,
    Times,
    makes_up,
    moves_from,
    needs_reason,
    overdue,
    reports_from,
    unmet,
)
from ops_centre.domain.operations import MOVES, STATES, OperationKind, OperationState
from tests.support.clock import START

K, S = OperationKind, OperationState
LATER = START + timedelta(hours=2)
PLANNED = {
    "reference": "D26-001", "kind": K.DELIBERATE, "state": S.PLANNED, "commander": "com", "starts_at": LATER,
    "ends_at": LATER + timedelta(hours=4), "proposed_by": "lead", "put_forward_by": "com", "objectives": 2,
}  # fmt: skip
SECOND = Asking("second", START)


def standing(**given: Any) -> Standing:
    """A plan that a second person may approve."""
    return Standing(**(PLANNED | given))


def test_a_whole_plan_is_approved_by_a_second_person() -> None:
    assert unmet(standing(), S.APPROVED, SECOND) == []


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"commander": None}, "It has no commander."),
        ({"ends_at": None}, "Its window has no beginning or no end."),
        ({"ends_at": START}, "Its window is over."),
        ({"objectives": 0}, "It has no objective."),
        ({"proposed_by": "second"}, "A second person must approve it: you proposed it."),
        ({"put_forward_by": "second"}, "A second person must approve it: you put its plan forward."),
        ({"order_writers": frozenset({"second"})}, "A second person must approve it: you wrote its order."),
        ({"lessons_waiting": 2}, "2 lessons of earlier operations wait for an answer: take or set aside with a word."),
    ],
)
def test_an_approval_says_what_is_missing(given: dict[str, Any], says: str) -> None:
    assert unmet(standing(**given), S.APPROVED, SECOND) == [says]


def test_everything_that_is_missing_is_said_at_once() -> None:
    assert len(unmet(standing(commander=None, objectives=0, proposed_by="second"), S.APPROVED, SECOND)) == 3


def test_an_operation_closes_when_its_taskings_ended_and_its_objectives_are_judged() -> None:
    active = standing(state=S.ACTIVE, open_taskings=1, unjudged=2)
    assert unmet(active, S.CLOSED, SECOND) == [
        "1 tasking is still open: complete or cancel first.",
        "2 objectives have no result: successful, partial or unsuccessful.",
    ]
    assert unmet(standing(state=S.ACTIVE), S.CLOSED, SECOND) == []


def test_it_is_debriefed_when_a_debrief_was_closed_and_none_is_open() -> None:
    closed = {"state": S.CLOSED}
    assert unmet(standing(**closed), S.DEBRIEFED, SECOND) == ["Nobody has debriefed it: open a debrief and close it."]
    assert unmet(standing(**closed, debriefs_closed=1, debriefs_open=1), S.DEBRIEFED, SECOND) == [
        "1 debrief is still open: close first."
    ]
    assert unmet(standing(**closed, debriefs_closed=1), S.DEBRIEFED, SECOND) == []


def test_a_contingency_answers_lessons_before_it_is_stabilised_and_never_before_it_responds() -> None:
    triggered = standing(kind=K.CONTINGENCY, state=S.TRIGGERED, lessons_waiting=1)
    assert unmet(triggered, S.RESPONDING, SECOND) == []
    assert len(unmet(standing(kind=K.CONTINGENCY, state=S.RESPONDING, lessons_waiting=1), S.STABILISED, SECOND)) == 1


def test_an_overwatch_says_what_it_watches() -> None:
    watch = {"kind": K.OVERWATCH, "state": S.PROPOSED, "ends_at": None}
    assert unmet(standing(**watch), S.WATCHING, SECOND)[0].startswith("It does not say what it watches")
    assert unmet(standing(**watch, watched=True), S.WATCHING, SECOND) == []


def test_a_move_that_does_not_exist_says_which_do() -> None:
    said = unmet(standing(), S.ACTIVE, SECOND)
    assert said == ["D26-001 is planned; next can be proposed, approved or cancelled, not active."]
    assert unmet(standing(), S.PLANNED, SECOND) == ["D26-001 is planned already."]


def test_every_gate_stands_on_a_move_that_exists() -> None:
    for kind, gates in GATES.items():
        assert all(to in MOVES[kind].get(state, ()) for state, to in gates)
        assert all(set(MOVES[kind].get(state, ())) == set(moves_from(kind, state)) for state in STATES[kind])


def test_going_back_cancelling_and_closing_ask_for_a_reason_and_going_on_does_not() -> None:
    assert needs_reason(K.DELIBERATE, S.APPROVED, S.PLANNED)
    assert needs_reason(K.DELIBERATE, S.PLANNED, S.CANCELLED)
    assert needs_reason(K.CONTINGENCY, S.TRIGGERED, S.CLOSED)
    assert not needs_reason(K.DELIBERATE, S.PLANNED, S.APPROVED)
    assert makes_up(K.DELIBERATE, S.PLANNED, S.APPROVED)


def test_what_is_overdue_is_said_in_words() -> None:
    spans = Allowed(respond=timedelta(minutes=10), debrief=timedelta(days=7), report=timedelta(hours=12))
    times = Times(START, START + timedelta(hours=1), "Decide on boarding", START, START - timedelta(minutes=11), 1)
    assert overdue(S.PLANNED, times, START, spans) == [
        "Decide on boarding was due", "it should have begun", "1 tasking is late",
    ]  # fmt: skip
    assert "nobody has responded yet" in overdue(S.TRIGGERED, times, START, spans)
    assert overdue(S.ACTIVE, times, START + timedelta(hours=1), spans)[1] == "its window is over"
    long_closed = Times(None, None, None, None, START - timedelta(days=8))
    assert overdue(S.CLOSED, long_closed, START, spans) == ["not debriefed yet"]
    assert overdue(S.DEBRIEFED, long_closed, START, spans) == []
    begun = Times(None, None, None, None, START, reported_at=START)
    assert overdue(S.ACTIVE, begun, START + timedelta(hours=12), spans) == []
    assert overdue(S.ACTIVE, begun, START + timedelta(hours=13), spans) == ["a situation report is due"]
    assert reports_from(K.OVERWATCH, START, None) is None, "a standing overwatch needs none"
