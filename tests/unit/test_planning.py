"""The rules of the plan: what a booking breaks beside what is booked already."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_centre.domain.authority import Demand
from ops_centre.domain.intervals import Interval
from ops_centre.domain.planning import (
    Booking,
    BookingKind,
    Conflict,
    ConflictKind,
    Limits,
    PlannedUnit,
    Rules,
    Spot,
    Weight,
    conflicts,
    forbidding,
)
from ops_centre.domain.units import UnitType

DAY = datetime(2026, 4, 1, tzinfo=UTC)
AKL, WLG = (-36.84, 174.77), (-41.28, 174.78)
TEAM = PlannedUnit(1, "TEAM 1", "CUS", UnitType.TEAM, ("boarding",))


def by_road(unit: PlannedUnit, start: Spot, end: Spot) -> float | None:
    """Eight hours between Auckland and Wellington."""
    return 0.0 if start == end else 480.0


RULES = Rules({kind: Limits(13, 11) for kind in UnitType}, by_road)


def booking(starts_h: float, ends_h: float, kind: BookingKind = BookingKind.DEPLOYMENT, **given: Any) -> Booking:
    span = Interval(DAY + timedelta(hours=starts_h), DAY + timedelta(hours=ends_h))
    given.setdefault("key", f"{kind}:{starts_h}-{ends_h}")
    return Booking(unit_id=1, kind=kind, span=span, label=given.pop("label", "it"), **given)


def deployed(starts_h: float, ends_h: float, **given: Any) -> Booking:
    return booking(starts_h, ends_h, BookingKind.AGENCY, **given)


def kinds(found: Sequence[Conflict]) -> list[ConflictKind]:
    return [one.kind for one in found]


def broken(one: Booking, *others: Booking, unit: PlannedUnit = TEAM) -> list[ConflictKind]:
    return kinds(conflicts(one, others, unit, RULES))


hours = st.integers(min_value=0, max_value=72)
spans = st.tuples(hours, st.integers(min_value=1, max_value=12), st.sampled_from(list(BookingKind)))


@given(st.lists(spans, max_size=25))
def test_no_plan_that_passes_has_a_double_booking(asked: list[tuple[int, int, BookingKind]]) -> None:
    plan: list[Booking] = []
    for number, (start, length, kind) in enumerate(asked):
        one = booking(start, start + length, kind, key=f"k:{number}")
        centres_own = kind not in (BookingKind.AGENCY, BookingKind.TASKING)
        if not centres_own or not forbidding(conflicts(one, plan, TEAM, RULES)):
            plan.append(one)
    own = [one for one in plan if one.kind not in (BookingKind.AGENCY, BookingKind.TASKING)]
    assert not any(first.span.overlaps(second.span) for first, second in combinations(own, 2))


@given(spans, spans)
def test_a_booking_forbids_another_exactly_as_that_forbids_it(first: Any, second: Any) -> None:
    one = booking(first[0], first[0] + first[1], key="one")
    two = booking(second[0], second[0] + second[1], key="two")
    there, back = conflicts(one, [two], TEAM, RULES), conflicts(two, [one], TEAM, RULES)
    assert bool(forbidding(there)) is bool(forbidding(back)) is one.span.overlaps(two.span)


def test_one_booking_may_begin_when_another_ends() -> None:
    assert broken(booking(8, 12), booking(4, 8)) == []


def test_a_double_booking_says_whose_it_is_and_can_never_be_accepted() -> None:
    (found,) = conflicts(booking(8, 12), [booking(10, 14, label="D26-001 Tide", by="lead")], TEAM, RULES)
    assert found.weight is Weight.FORBIDS
    assert found.words == "booked already: D26-001 Tide, 01 Apr 10:00 to 01 Apr 14:00 UTC, assigned by lead"


def test_an_assignment_within_its_agencys_deployment_is_what_the_deployment_is_for() -> None:
    assert broken(booking(8, 12, BookingKind.OPERATION), deployed(6, 14)) == []
    assert broken(booking(8, 12, BookingKind.REST), deployed(6, 14)) == [ConflictKind.DEPLOYED]


def test_being_taken_from_a_deployment_elsewhere_is_told_but_not_asked_about() -> None:
    there = booking(20, 22, place="WLG", spot=WLG)
    (found,) = conflicts(there, [deployed(6, 24, place="AKL", spot=AKL)], TEAM, RULES)
    assert (found.kind, found.weight) == (ConflictKind.ELSEWHERE, Weight.NOTE)


def test_travel_must_fit_between_two_assignments() -> None:
    first = booking(2, 4, place="AKL", spot=AKL)
    assert broken(booking(11, 13, place="WLG", spot=WLG), first) == [ConflictKind.UNREACHABLE]
    assert broken(booking(12, 14, place="WLG", spot=WLG), first) == []
    assert broken(booking(0, 1, place="WLG", spot=WLG), first) == [ConflictKind.UNREACHABLE]


def test_where_there_is_no_way_it_is_said() -> None:
    nowhere = replace(RULES, travel_min=lambda *_: None)
    found = conflicts(booking(20, 22, spot=WLG), [booking(0, 1, spot=AKL)], TEAM, nowhere)
    assert [one.words for one in found] == ["no way by road: from it"]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], [ConflictKind.DUTY_HOURS]),  # fourteen hours
        ([booking(-20, -11)], [ConflictKind.DUTY_HOURS]),  # eleven hours of rest before are enough
    ],
)
def test_a_duty_longer_than_allowed_is_told(others: list[Booking], expected: list[ConflictKind]) -> None:
    assert broken(booking(0, 14), *others) == expected


def test_too_short_a_rest_is_told_on_either_side() -> None:
    assert broken(booking(18, 24), booking(2, 10)) == [ConflictKind.REST]
    assert broken(booking(2, 10), booking(18, 24)) == [ConflictKind.REST]
    assert broken(booking(21, 24), booking(2, 10)) == []


def test_a_short_break_within_the_hours_of_one_duty_is_no_fault() -> None:
    assert broken(booking(8, 12), booking(2, 6)) == []


def test_a_booking_beyond_a_deployment_lengthens_its_duty() -> None:
    unit = replace(TEAM, roster_until=DAY + timedelta(hours=8))
    assert broken(booking(8, 14), deployed(0, 8), unit=unit) == [ConflictKind.DUTY_HOURS]
    assert broken(booking(8, 12), deployed(0, 8), unit=unit) == []


def test_deployments_that_follow_one_another_are_of_several_crews() -> None:
    unit = replace(TEAM, roster_until=DAY + timedelta(hours=24))
    around_the_clock = [deployed(0, 8), deployed(8, 16), deployed(16, 24)]
    assert broken(booking(2, 22), *around_the_clock, unit=unit) == []


def test_a_unit_off_its_roster_is_told_as_far_as_the_roster_is_known() -> None:
    unit = replace(TEAM, roster_until=DAY + timedelta(hours=30))
    assert broken(booking(10, 12), deployed(0, 6), deployed(24, 30), unit=unit) == [ConflictKind.OFF_DUTY]
    assert broken(booking(48, 50), deployed(0, 6), deployed(24, 30), unit=unit) == []


def test_what_a_unit_lacks_and_whose_it_is_are_told() -> None:
    demand = Demand((("diver", "winch"),), frozenset({"POL"}))
    found = conflicts(booking(0, 2, demand=demand), [], TEAM, RULES)
    assert kinds(found) == [ConflictKind.CAPABILITY, ConflictKind.AUTHORITY]
    assert found[0].words == "lacks diver or winch"


def test_out_of_service_counts_while_it_is_taken_to_last() -> None:
    broke = replace(TEAM, out_until=DAY + timedelta(hours=12), out_reason="mechanical")
    assert broken(booking(6, 8), unit=broke) == [ConflictKind.OUT_OF_SERVICE]
    assert broken(booking(12, 14), unit=broke) == []
    assert broken(booking(6, 8, BookingKind.MAINTENANCE), unit=broke) == []


def test_a_tasking_of_the_same_operation_is_no_conflict() -> None:
    tasked = booking(0, 4, BookingKind.TASKING, operation_id=7)
    assert broken(booking(2, 6, BookingKind.OPERATION, operation_id=7), tasked) == []
    assert broken(booking(2, 6, BookingKind.OPERATION, operation_id=8), tasked) == [ConflictKind.TASKED]


def test_a_booking_never_stands_in_its_own_way() -> None:
    assert broken(booking(0, 4, key="assignment:1"), booking(2, 6, key="assignment:1")) == []
