"""Hours of duty and flying in any seven days, and the way to a first assignment from where the unit is now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_centre.domain.duty_hours import counted, fullest
from ops_centre.domain.intervals import Interval, hours_within, joined
from ops_centre.domain.planning import (
    Booking,
    BookingKind,
    ConflictKind,
    Limits,
    PlannedUnit,
    Rules,
    Spot,
    Weight,
    Whereabouts,
    conflicts,
    unexplained,
)
from ops_centre.domain.units import UnitType

DAY = datetime(2026, 4, 1, tzinfo=UTC)
AKL, WLG, AT_SEA = (-36.84, 174.77), (-41.28, 174.78), (-36.0, 175.5)
HAWK = PlannedUnit(1, "HAWK 1", "CUS", UnitType.AIRCRAFT, ("patrol",))
WEEK_H, FLYING_H, SHARE = 24.0, 6.0, 0.5


def four_hours(unit: PlannedUnit, start: Spot, end: Spot) -> float | None:
    """Between any two spots."""
    return 0.0 if start == end else 240.0


RULES = Rules({kind: Limits(500, 0, WEEK_H, FLYING_H, SHARE) for kind in UnitType}, four_hours)


def span(starts_h: float, ends_h: float) -> Interval:
    return Interval(DAY + timedelta(hours=starts_h), DAY + timedelta(hours=ends_h))


def booking(starts_h: float, ends_h: float, kind: BookingKind = BookingKind.DEPLOYMENT, **more: Any) -> Booking:
    more.setdefault("key", f"{kind}:{starts_h}-{ends_h}")
    return Booking(unit_id=1, kind=kind, span=span(starts_h, ends_h), label="it", **more)


def kinds(one: Booking, *others: Booking, unit: PlannedUnit = HAWK) -> list[ConflictKind]:
    return [found.kind for found in conflicts(one, others, unit, RULES)]


asked = st.tuples(st.integers(0, 400), st.integers(1, 14), st.sampled_from(list(BookingKind)))


@settings(max_examples=60)
@given(st.lists(asked, max_size=14), st.lists(asked, max_size=4))
def test_no_plan_that_passes_has_more_duty_or_flying_in_any_seven_days_than_allowed(
    wanted: list[tuple[int, int, BookingKind]], done: list[tuple[int, int, BookingKind]]
) -> None:
    unit = replace(HAWK, done=tuple(span(start, start + length) for start, length, _kind in done))
    all_of = [booking(start, start + length, kind, key=f"k:{n}") for n, (start, length, kind) in enumerate(wanted)]
    given_ = [one for one in all_of if one.kind in (BookingKind.AGENCY, BookingKind.TASKING)]
    plan, own = list(given_), []
    for one in all_of:
        if one not in given_ and not conflicts_that_count(one, plan, unit):
            plan.append(one)
            own.append(one)
    duty = [one.span for one in plan if one.kind not in (BookingKind.REST, BookingKind.MAINTENANCE)]
    flown = [one.span for one in plan if one.kind in (BookingKind.OPERATION, BookingKind.TASKING)]
    alone = [*(one.span for one in given_), *unit.done]
    flown_alone = [*(one.span for one in given_ if one.kind is BookingKind.TASKING), *unit.done]
    for hour in range(-170, 420):
        week = span(hour, hour + 168)
        hours = hours_within([*duty, *unit.done], week)
        assert hours <= WEEK_H or hours == pytest.approx(hours_within(alone, week))
        flying = SHARE * hours_within([*flown, *unit.done], week)
        assert flying <= FLYING_H or flying == pytest.approx(SHARE * hours_within(flown_alone, week))


def conflicts_that_count(one: Booking, plan: Sequence[Booking], unit: PlannedUnit) -> bool:
    found = conflicts(one, plan, unit, RULES)
    return bool(unexplained(found)) or any(clash.weight is Weight.FORBIDS for clash in found)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 60)), min_size=1, max_size=9), st.integers(0, 500))
def test_the_fullest_week_is_as_full_as_the_fullest_of_all_that_are_tried(
    pieces: list[tuple[int, int]], touched: int
) -> None:
    spans = joined(span(start, start + length) for start, length in pieces)
    touching = span(touched, touched + 5)
    tried = [hours_within(spans, span(hour, hour + 168)) for hour in range(touched - 168, touched + 6)]
    most = fullest(spans, [touching])
    assert (most.hours if most else 0.0) == pytest.approx(max(tried))


def test_the_hours_and_the_limit_stand_in_the_words() -> None:
    others = [booking(day * 24, day * 24 + 8) for day in range(3)]
    found = conflicts(booking(80, 82), others, HAWK, RULES)
    assert [one.words for one in found if one.kind is ConflictKind.WEEK_HOURS] == [
        "26 h of duty in the seven days from 28 Mar 10:00 UTC; at most 24 h for a unit of type aircraft"
    ]


def test_what_lies_within_deployments_adds_no_hours_whatever_these_come_to() -> None:
    deployed = [booking(day * 24, day * 24 + 12, BookingKind.AGENCY) for day in range(7)]
    assert kinds(booking(2, 10), *deployed) == []
    assert kinds(booking(13, 14), *deployed) == [ConflictKind.WEEK_HOURS]


def test_a_deployment_without_an_end_is_no_duty() -> None:
    based = Interval(DAY, DAY + timedelta(days=4000))
    assert counted([based], [span(3, 9)]) == []
    assert counted([based], [span(-3, 9)]) == [span(-3, 0)]


def test_a_tasking_that_has_ended_counts_for_the_hours() -> None:
    flown = replace(HAWK, done=(span(0, 8),))
    assert kinds(booking(20, 26, BookingKind.OPERATION), unit=flown) == [ConflictKind.FLYING_HOURS]
    assert kinds(booking(20, 24, BookingKind.OPERATION), unit=flown) == []


# Where it is now


def seen(spot: Spot | None, hours_ago: float = 0.0) -> PlannedUnit:
    at = DAY - timedelta(hours=hours_ago)
    return replace(HAWK, present=Whereabouts(DAY, spot, at if spot else None, is_stale=hours_ago > 0.5 or spot is None))


def test_the_first_assignment_is_judged_by_where_the_unit_is_now() -> None:
    soon, later = booking(2, 4, place="WLG", spot=WLG), booking(4, 6, place="WLG", spot=WLG)
    (found,) = conflicts(soon, [], seen(AT_SEA), RULES)
    assert found.words == "4 h 00 min by air, and only 2 h 00 min for it: from where it is now"
    assert kinds(later, unit=seen(AT_SEA)) == []
    assert kinds(soon, unit=seen((WLG[0] + 0.02, WLG[1]))) == []  # it is there
    assert kinds(booking(8, 9, spot=AKL), later, unit=seen(AKL)) == [ConflictKind.UNREACHABLE]  # not the first


def test_the_time_that_a_deployment_began_is_no_time_to_travel_in() -> None:
    deployed = booking(-10, 20, BookingKind.AGENCY, place="AKL", spot=AKL)
    there = booking(2, 4, place="WLG", spot=WLG)
    assert ConflictKind.UNREACHABLE in kinds(there, deployed, unit=seen(None))
    assert ConflictKind.UNREACHABLE not in kinds(there, deployed, unit=seen(WLG))
    assert ConflictKind.UNREACHABLE in kinds(there, deployed, unit=seen(WLG, hours_ago=3))  # its deployment is known


def test_a_stale_position_says_so() -> None:
    old = seen(AT_SEA, hours_ago=3)
    (found,) = conflicts(booking(2, 4, spot=WLG), [], old, RULES)
    assert found.words.endswith("from where it was last seen, 31 Mar 21:00 UTC")
    (told,) = conflicts(booking(8, 10, spot=WLG), [], old, RULES)
    assert (told.kind, told.weight) == (ConflictKind.POSITION, Weight.NOTE)


def test_what_has_begun_is_not_judged_by_where_the_unit_is_now() -> None:
    assert kinds(booking(-1, 4, spot=WLG, key="assignment:7"), unit=seen(AKL)) == []
    assert kinds(booking(0, 4, spot=WLG), unit=seen(AKL)) == [ConflictKind.UNREACHABLE]  # a new one from now on
