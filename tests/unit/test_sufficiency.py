"""What places will need against who is there: rules without a database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from ops_centre.domain.authority import Demand
from ops_centre.domain.sufficiency import (
    Block,
    Expected,
    Holder,
    Line,
    Rules,
    Span,
    blocks_of,
    cover,
    laid_over,
    lines_of,
    matched,
    present,
)

NOW = datetime(2026, 6, 1, 0, 0, tzinfo=UTC)  # noon in Auckland
HOUR = timedelta(hours=1)
RULES = Rules({"top": 3.0, "high": 2.0, "normal": 1.0}, 4.5, 6, 0.5, 6 * HOUR)
BLOCKS = (Block(NOW, NOW + 6 * HOUR), Block(NOW + 6 * HOUR, NOW + 12 * HOUR))
BOARDING = Demand((("boarding",),), frozenset({"CUS"}))


def target(number: int, severity: str = "high", hours: float = 1.0, demand: Demand = BOARDING) -> Expected:
    return Expected("target", number, f"T{number}", "NZAKL", NOW + hours * HOUR, severity, demand)


def holder(number: int, *capabilities: str, agency: str = "CUS", hours: float = 6.0) -> Holder:
    return Holder(number, f"U{number}", agency, capabilities, (Span(NOW, NOW + hours * HOUR, "NZAKL"),))


def test_hours_of_one_need_are_added_up_and_rounded_up_to_whole_units() -> None:
    lines = lines_of([target(1), target(2), target(3, "top"), target(4, "normal", 8.0)], BLOCKS, RULES, NOW)
    assert [(line.block, line.hours, line.wanted, line.severity) for line in lines] == [
        (0, 7.0, 2, "top"),
        (1, 1.0, 1, "normal"),
    ]
    assert [cause.id for cause in lines[0].causes] == [3, 1, 2]


def test_what_has_arrived_is_wanted_now_and_after_some_hours_no_longer() -> None:
    lines = lines_of([target(1, hours=-2.0), target(2, hours=-7.0)], BLOCKS, RULES, NOW)
    assert [(line.block, [cause.id for cause in line.causes]) for line in lines] == [(0, [1])]


def test_a_unit_fills_one_need_in_a_block_and_only_with_authority() -> None:
    both = Demand((("boarding",), ("detector dog",)), frozenset({"CUS"}))
    lines = lines_of([target(1, demand=both)], BLOCKS, RULES, NOW)
    there = present([holder(1, "boarding", "detector dog: drugs"), holder(2, "boarding", agency="MAR")], BLOCKS, 0.5)
    cover(lines, there)
    assert sorted((line.what, line.covered) for line in lines) in (
        [("boarding", 0), ("detector dog", 1)],
        [("boarding", 1), ("detector dog", 0)],
    )


def test_units_are_dealt_out_so_that_as_many_needs_as_can_be_are_met() -> None:
    any_agency = None
    boarding, dogs = Line("P", 0, ("boarding",), any_agency, wanted=1), Line("P", 0, ("dog",), any_agency, wanted=1)
    pairs = matched([boarding, dogs], [holder(1, "boarding", "dog"), holder(2, "boarding")])
    assert {one.id: line.what for one, line in pairs} == {1: "dog", 2: "boarding"}


def test_a_unit_counts_when_it_is_there_for_half_of_the_block() -> None:
    assert ("NZAKL", 0) in present([holder(1, hours=3.0)], BLOCKS, 0.5)
    assert present([holder(1, hours=2.9)], BLOCKS, 0.5) == {}


def test_what_the_centre_planned_hides_what_the_agency_deployed() -> None:
    own = Span(NOW + HOUR, NOW + 2 * HOUR, "NZWLG")
    agency = Span(NOW, NOW + 4 * HOUR, "NZAKL")
    assert [(span.starts_at - NOW, span.place) for span in laid_over([[own], [agency]])] == [
        (0 * HOUR, "NZAKL"),
        (1 * HOUR, "NZWLG"),
        (2 * HOUR, "NZAKL"),
    ]


def test_blocks_begin_at_the_quarters_of_the_local_day_also_when_the_clocks_change() -> None:
    zone = ZoneInfo("Pacific/Auckland")
    before = datetime(2026, 4, 4, 9, 0, tzinfo=UTC)  # the evening before daylight saving ends
    blocks = blocks_of(before, before + timedelta(hours=20), zone, 6)
    assert [block.starts_at.astimezone(zone).hour for block in blocks] == [18, 0, 6, 12]
    assert [block.hours for block in blocks] == [6.0, 7.0, 6.0, 6.0]
