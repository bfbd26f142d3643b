"""Rules of taskings, outcomes and handling, without a database."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from ops_centre.domain.handling import HandlingRule, Marking, may_see, narrowest, released_further
from ops_centre.domain.tasking import (
    BY_THE_CENTRE,
    BY_THE_UNIT,
    MOVES,
    NotExamined,
    Result,
    TaskingState,
    UntimelyError,
    faults_of_outcome,
    is_late_step,
    moment_of,
    status_after,
)

S, NOW = TaskingState, datetime(2026, 4, 1, 6, 30, tzinfo=UTC)
AGENCIES = ("CUS", "MAR", "OPS", "POL")


def test_every_state_but_the_first_can_be_reached_and_three_are_ends() -> None:
    reached = {state for following in MOVES.values() for state in following}
    assert reached == set(S) - {S.REQUESTED}
    assert {state for state, following in MOVES.items() if not following} == {S.DECLINED, S.COMPLETE, S.CANCELLED}
    said = BY_THE_UNIT | BY_THE_CENTRE
    assert said == reached


@pytest.mark.parametrize(("state", "wanted"), list(product(S, S)))
def test_a_late_step_is_an_earlier_one_that_nobody_reported(state: S, wanted: S) -> None:
    order = [S.REQUESTED, S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE, S.COMPLETE]
    earlier = state in order and wanted in order[1:4] and order.index(wanted) < order.index(state)
    assert is_late_step(state, wanted, {}) == (earlier and state in order[2:])
    assert not is_late_step(state, wanted, {wanted: NOW})


def test_a_time_is_never_ahead_of_now_nor_before_what_it_follows() -> None:
    asked = NOW - timedelta(hours=1)
    assert moment_of(None, NOW, asked) == NOW
    assert moment_of(NOW + timedelta(minutes=5), NOW, asked) == NOW
    assert moment_of(asked - timedelta(minutes=5), NOW, asked) == asked
    for wrong in (NOW + timedelta(minutes=6), asked - timedelta(minutes=6), NOW - timedelta(days=4)):
        with pytest.raises(UntimelyError):
            moment_of(wrong, NOW, asked)


@pytest.mark.parametrize(
    ("standing", "status"),
    [
        ([], None),
        ([(Result.NEGATIVE, None)], "encountered"),
        ([(Result.NOT_EXAMINED, NotExamined.WEATHER), (Result.POSITIVE, None)], "encountered"),
        (
            [(Result.NOT_EXAMINED, NotExamined.WEATHER), (Result.NOT_EXAMINED, NotExamined.RELEASED_IN_ERROR)],
            "released",
        ),
        ([(Result.NOT_EXAMINED, NotExamined.NO_UNIT)], "missed"),
    ],
)
def test_a_target_is_what_its_standing_outcomes_make_of_it(
    standing: list[tuple[Result, NotExamined | None]], status: str | None
) -> None:
    assert status_after(standing) == status


def test_a_whole_outcome_has_no_faults() -> None:
    assert faults_of_outcome(Result.POSITIVE, None, "Cocaine", 12.5, "kg", None) == []
    assert faults_of_outcome(Result.NEGATIVE, None, None, None, None, "All well") == []
    assert faults_of_outcome(Result.NOT_EXAMINED, NotExamined.OTHER, None, None, None, "Berth taken") == []
    assert faults_of_outcome(Result.POSITIVE, None, "Cocaine", float("inf"), "kg", None) != []


def rules() -> list[HandlingRule]:
    releases = [frozenset[str](), frozenset({"OPS"}), frozenset({"OPS", "MAR"})]
    return [
        HandlingRule(owner, marking, out - {owner}) for owner in AGENCIES for marking in Marking for out in releases
    ]


def test_what_tells_of_two_things_is_seen_by_exactly_those_who_may_see_both() -> None:
    """Over all pairs of owner, marking and releases that somebody of OPS may see both of."""
    for first, second in product(rules(), rules()):
        if not all(may_see(rule, agency="OPS", sees_restricted=True) for rule in (first, second)):
            continue
        both = narrowest(first, [second], keeper="OPS")
        for agency, restricted in product(AGENCIES, (True, False)):
            seen = [may_see(rule, agency=agency, sees_restricted=restricted) for rule in (first, second, both)]
            assert seen[2] == (seen[0] and seen[1]), (first, second, both, agency)


def test_releasing_further_changes_nothing_where_everybody_may_know() -> None:
    green = HandlingRule("POL", Marking.GREEN)
    assert released_further(green, ["MAR"]) == green
    red = released_further(HandlingRule("POL", Marking.RED), ["MAR", "POL"])
    assert red.releases == {"MAR"}
