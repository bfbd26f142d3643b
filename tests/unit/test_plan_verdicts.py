"""Verdicts that are kept say at every moment what the rules themselves would say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ops_centre.domain.authority import Demand
from ops_centre.domain.intervals import Interval
from ops_centre.domain.planning import Booking, BookingKind, Limits, PlannedUnit, Rules, Spot, Whereabouts, conflicts
from ops_centre.domain.units import UnitType
from ops_centre.picture.plan_verdicts import Verdicts

DAY = datetime(2026, 4, 1, tzinfo=UTC)
SPOTS = ((-36.84, 174.77), (-41.28, 174.78), (-1.0, 174.0), (-2.0, 174.0), None)
DEMANDS = (None, Demand((("diving", "boarding"),), frozenset({"CUS", "MPI"})), Demand((), frozenset({"MPI"})))


def by_road(unit: PlannedUnit, start: Spot, end: Spot) -> float | None:
    return 60 * abs(start[0] - end[0])


RULES = Rules({kind: Limits(13, 11, 40.0, 20.0, 0.5) for kind in UnitType}, by_road)
hours = st.integers(-30, 90)


@st.composite
def bookings(draw: st.DrawFn) -> list[Booking]:
    """Of one unit, by start, as the reads give them."""
    return sorted(
        (
            Booking(
                f"assignment:{number}", 1, draw(st.sampled_from(BookingKind)),
                Interval(DAY + timedelta(hours=begins), DAY + timedelta(hours=begins + draw(st.integers(1, 30)))),
                draw(st.sampled_from(["it", "Auckland"])), None, draw(st.sampled_from(SPOTS)),
                demand=draw(st.sampled_from(DEMANDS)),
            )
            for number, begins in enumerate(draw(st.lists(hours, min_size=1, max_size=6)))
        ),
        key=lambda one: one.span,
    )  # fmt: skip


@st.composite
def moments(draw: st.DrawFn) -> list[PlannedUnit]:
    """One unit as time goes on: it is seen here and there, and may be out of service for a while."""
    done = (Interval(DAY, DAY + timedelta(hours=draw(st.integers(1, 20)))),) if draw(st.booleans()) else ()
    unit = PlannedUnit(
        1, "CREW 1", "CUS", UnitType.AIRCRAFT, ("boarding",), roster_until=DAY + timedelta(hours=draw(hours)), done=done
    )
    found = []
    for begins in draw(st.lists(hours, min_size=2, max_size=4)):
        now = DAY + timedelta(hours=begins)
        present = Whereabouts(now, draw(st.sampled_from(SPOTS)), now, draw(st.booleans()))
        out = draw(st.sampled_from((None, None, DAY + timedelta(hours=50))))
        found.append(replace(unit, present=present, out_until=out))
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(bookings(), min_size=1, max_size=2), moments(), st.booleans())
def test_kept_verdicts_are_those_of_the_rules(
    plans: list[list[Booking]], units: list[PlannedUnit], counts_week: bool
) -> None:
    verdicts = Verdicts()
    for unit in (*units, *units):
        for known in plans:
            assert unit.present is not None
            week = known if counts_week else ()
            judge = verdicts.judge(unit, known, week, RULES, unit.present.now)
            for one in known:
                assert judge(one, known) == conflicts(one, known, unit, RULES, week)


def test_whoever_knows_of_less_is_not_answered_from_what_another_knows() -> None:
    unit = PlannedUnit(1, "CREW 1", "CUS", UnitType.TEAM)
    first, second = (
        Booking(f"assignment:{number}", 1, BookingKind.REST, Interval(DAY, DAY + timedelta(hours=5)), "rest")
        for number in (1, 2)
    )
    verdicts = Verdicts()
    assert verdicts.judge(unit, [first, second], (), RULES, DAY)(first, [first, second])
    assert verdicts.judge(unit, [first], (), RULES, DAY)(first, [first]) == ()


def test_a_verdict_is_judged_once_until_something_it_goes_by_has_changed() -> None:
    asked = []

    def counting(unit: PlannedUnit, start: Spot, end: Spot) -> float | None:
        asked.append(end)
        return 0.0

    rules = replace(RULES, travel_min=counting)
    unit = PlannedUnit(1, "CREW 1", "CUS", UnitType.TEAM, present=Whereabouts(DAY, SPOTS[0], DAY, is_stale=False))
    first, second = (
        Booking(
            f"assignment:{n}",
            1,
            BookingKind.REST,
            Interval(begins, begins + timedelta(hours=1)),
            "rest",
            None,
            SPOTS[n],
        )
        for n, begins in ((0, DAY + timedelta(hours=2)), (1, DAY + timedelta(hours=9)))
    )
    verdicts, plan = Verdicts(), [first, second]
    for minute in range(3):
        now = DAY + timedelta(minutes=minute)
        verdicts.judge(replace(unit, present=Whereabouts(now)), plan, (), rules, now)(second, plan)
    assert len(asked) == 1
    moved = [first, replace(second, spot=SPOTS[2])]
    verdicts.judge(unit, moved, (), rules, DAY)(moved[1], moved)
    assert len(asked) == 2
