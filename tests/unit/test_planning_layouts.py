"""The board of planning: bars where their times are, days that begin at local midnight, nothing to move for who may not."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from layouts.components.painted import painted
from layouts.planning_board import board
from layouts.planning_proposals import proposals
from layouts.planning_rows import Board
from ops_centre.picture.plan_views import BarConflict, PlanBar, PlanRow, PlanView
from ops_centre.picture.proposal_views import ProposalRow, ProposalView

AUCKLAND = ZoneInfo("Pacific/Auckland")
MONDAY = datetime(2026, 11, 22, 11, tzinfo=UTC)  # 00:00 local
BAR = PlanBar(
    key="assignment:12", kind="assignment", sort="operation", id=12, starts_at=MONDAY + timedelta(hours=6),
    ends_at=MONDAY + timedelta(hours=18), label="D26-001 Night tide", place="NZAKL", place_name="Auckland", lat=None, lon=None,
    operation_id=1, operation="D26-001", is_exercise=False, crew=4, note=None, pattern_id=None, proposal_id=None, version=2,
    may_edit=True, by="lead", conflicts=(), owner="CUS", marking="AMBER",
)  # fmt: skip
ROW = PlanRow(
    unit_id=3, callsign="HAWK 2", agency="CUS", unit_type="vessel", capabilities=("boarding",), availability="available",
    out_of_service_reason=None, place=None, place_name=None, may_edit=True, bars=(BAR,), unaccepted=0, booked_h=12,
    deployed_h=0,
)  # fmt: skip


def drawn(*bars: PlanBar, days: int = 1, starts: datetime = MONDAY) -> str:
    rows = (replace(ROW, bars=bars),)
    ends = (starts.astimezone(AUCKLAND) + timedelta(days=days)).astimezone(UTC)  # local midnight again
    view = PlanView(starts, ends, rows, 1, 0, may_edit=True, may_edit_all=True)
    return painted(board(Board(view, AUCKLAND, starts + timedelta(hours=1), 0)))


def elements(node: Any, class_name: str) -> list[dict[str, str]]:
    """Attributes of the elements of this class in a sketch."""
    if not isinstance(node, list):
        return []
    own = (
        [node[1]]
        if len(node) > 1 and isinstance(node[1], dict) and class_name in node[1].get("class", "").split()
        else []
    )
    return own + [found for child in node for found in elements(child, class_name)]


def test_a_bar_stands_where_its_time_is_and_carries_what_moves_it() -> None:
    (bar,) = elements(json.loads(drawn(BAR)), "plan-bar")
    assert bar["style"] == "left:25.000%;width:50.000%"
    assert (bar["data-edit"], bar["data-version"], bar["data-place"], bar["data-operation"]) == (
        "12",
        "2",
        "NZAKL",
        "1",
    )
    assert "Mon 23 Nov 06:00 to Mon 23 Nov 18:00" in bar["title"]


def test_what_a_reader_may_not_change_cannot_be_taken_hold_of() -> None:
    (bar,) = elements(json.loads(drawn(replace(BAR, may_edit=False, version=0))), "plan-bar")
    assert "data-edit" not in bar


def test_a_broken_rule_is_marked_until_somebody_accepts_it_and_a_note_never_is() -> None:
    rest = BarConflict("rest", "needs a reason", "only 4 h of rest", None)
    assert elements(json.loads(drawn(replace(BAR, conflicts=(rest,)))), "conflict")
    accepted = replace(rest, accepted="Crew agreed.")
    assert not elements(json.loads(drawn(replace(BAR, conflicts=(accepted,)))), "conflict")
    note = replace(rest, weight="note")
    assert not elements(json.loads(drawn(replace(BAR, conflicts=(note,)))), "conflict")


def test_days_begin_at_local_midnight_also_when_the_clocks_change() -> None:
    spring = datetime(2026, 9, 25, 12, tzinfo=UTC)  # 26 September 00:00; the clocks go forward on the 27th
    days = elements(json.loads(drawn(BAR, days=3, starts=spring)), "plan-head-day")
    hours = [float(one["style"].removeprefix("left:").removesuffix("%")) * 71 / 100 for one in days]
    assert [round(hour, 1) for hour in hours] == [0, 24, 47]


def test_a_bar_without_an_end_runs_to_the_edge_and_says_so() -> None:
    (bar,) = elements(json.loads(drawn(replace(BAR, kind="out of service", ends_at=None))), "plan-bar")
    assert bar["style"] == "left:25.000%;width:75.000%"
    assert "after" in bar["class"].split()
    assert "further notice" in bar["title"]


def test_a_proposal_that_was_stopped_tells_no_figures_as_if_it_had_been_worked_out() -> None:
    row = ProposalRow(
        3, "shortfalls", "dropped", "lead", MONDAY, MONDAY, MONDAY + timedelta(days=3), 0.4, None, None, 0, 0, 0, None, "lead",
        MONDAY,
    )  # fmt: skip
    stopped = ProposalView(row, (), (), {}, "OPS", "AMBER", may_edit=True)
    words = painted(proposals([row], stopped, may_edit=True, hours=(72, 24)))
    assert "Nothing was worked out" in words
    assert "posts short" not in words
    assert "What stays uncovered" not in words


def test_no_conflicts_are_good_news_and_no_missing_unit() -> None:
    view = PlanView(MONDAY, MONDAY + timedelta(days=1), (), 0, 0, may_edit=True, may_edit_all=True)
    assert "No unit has a conflict here" in painted(board(Board(view, AUCKLAND, MONDAY, 0, conflicts_only=True)))
    assert "No unit matches" in painted(board(Board(view, AUCKLAND, MONDAY, 0)))


def test_the_month_of_a_wide_window_has_room_for_its_name() -> None:
    words = drawn(BAR, days=30)
    assert '"23 Nov"' in words
    assert '"24"' not in words  # its room
    assert '"25"' in words
