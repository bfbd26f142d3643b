"""What the boards, the page of one operation and the wall say of an operation."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from layouts.components.painted import painted
from layouts.operation_board import boards
from layouts.operation_page import head
from layouts.operation_strip import levels
from layouts.operation_words import move_word, operation_link
from ops_centre.domain.operations import STATES
from ops_centre.picture.operation_boards import COLUMN_MOST
from ops_centre.picture.operation_views import MoveView, OperationBoards, OperationCard, OperationRow, OperationView

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ROW = OperationRow(
    id=7, reference="D26-007", name="Harbour watch", kind="deliberate", state="planned", state_at=NOW, is_exercise=True,
    commander="a.commander", agencies=("OPS", "CUS"), subjects=("vessel",), place="NZAKL", starts_at=NOW,
    ends_at=NOW + timedelta(hours=8), required=3, assigned=1, targets=2, next_event="Go or no go",
    next_event_at=NOW + timedelta(hours=1), area=(), owner="OPS", marking="GREEN", releases=(),
)  # fmt: skip
REFUSED = MoveView("approved", "Approve", False, "A second person must approve it.", False, True)
CANCEL = MoveView("cancelled", "Cancel", True, None, True, False)
CARD = OperationCard(ROW, 1, ("it should have begun",), (REFUSED, CANCEL))


def of_boards(*cards: OperationCard) -> OperationBoards:
    columns = {
        kind.value: {
            state.value: tuple(one for one in cards if (one.row.kind, one.row.state) == (kind, state))
            for state in states
        }
        for kind, states in STATES.items()
    }
    return OperationBoards(columns, len(cards), len(cards), {})


def view(**given: Any) -> OperationView:
    values: dict[str, Any] = {
        "row": ROW, "version": 1, "purpose": "Uncleared yachts.", "commander_name": "A Commander", "requirements": (),
        "proposed_by": "somebody", "proposed_at": NOW, "approved_by": None, "approved_at": None, "started_at": None,
        "closed_at": None, "close_reason": None, "promoted_from": None, "promoted_to": (), "overdue": (),
        "moves": (REFUSED, CANCEL), "steps": (), "links": (), "units": (), "taskings": (), "may_edit": True,
        "why_not_edit": None, "may_promote": False, "why_not_promote": None,
    }  # fmt: skip
    return OperationView(**(values | given))


def test_an_exercise_is_marked_wherever_it_is_named() -> None:
    for drawn in (boards(of_boards(CARD)), head(view()), levels([ROW], NOW), operation_link(ROW)):
        assert "EXERCISE" in painted(drawn)
    real = replace(ROW, is_exercise=False)
    for drawn in (boards(of_boards(replace(CARD, row=real))), head(view(row=real)), levels([real], NOW)):
        assert "EXERCISE" not in painted(drawn)


def test_a_step_that_is_refused_stands_with_its_reason() -> None:
    drawn = painted(head(view()))
    assert '"aria-disabled":"true"' in drawn
    assert drawn.count(REFUSED.why_not or "") == 2  # beside the button, and for the script
    assert move_word(CANCEL) == "Cancel the operation"


def test_a_card_tells_units_short_and_what_is_overdue() -> None:
    drawn = painted(boards(of_boards(CARD)))
    assert "1/3 units · 2 short" in drawn
    assert "it should have begun" in drawn
    assert "Go or no go" in drawn


def test_a_long_lane_says_how_many_more_it_has_and_opens_them_as_long_as_it_can() -> None:
    def drawn(shown: int, hidden: int) -> str:
        cards = [replace(CARD, row=replace(ROW, id=number)) for number in range(shown)]
        return painted(boards(replace(of_boards(*cards), cut={("deliberate", "planned"): hidden})))

    assert '"data-lane-more":"43"' in drawn(3, 83)
    assert "and 83 more" in drawn(3, 83)
    assert "data-lane-more" not in drawn(3, 0)
    assert "and 7 more: find them by name" in drawn(COLUMN_MOST, 7)


def test_a_board_says_what_runs_and_what_is_overdue_also_of_what_is_not_drawn() -> None:
    view = replace(of_boards(CARD), running={"deliberate": 31}, overdue={"deliberate": 12})
    drawn = painted(boards(view))
    assert '["strong",{},"31"]," running"' in drawn
    assert "12 overdue" in drawn


def test_why_a_move_is_refused_stands_once_on_a_board_and_is_found_from_each_card() -> None:
    cards = [replace(CARD, row=replace(ROW, id=number)) for number in range(3)]
    other = replace(CARD, row=replace(ROW, id=9), moves=(replace(REFUSED, why_not="Too late."), CANCEL))
    section = json.loads(painted(boards(of_boards(*cards, other))))[0]
    lane = section[3][3]  # of what is planned
    assert json.loads(section[1]["data-whys"]) == [REFUSED.why_not, "Too late."]
    assert [card[1]["data-may"] for card in lane[3][2:]] == ["0,", "0,", "0,", "1,"]
    assert [one["to"] for one in json.loads(lane[1]["data-moves"])] == ["approved", "cancelled"]


def test_the_wall_counts_what_runs_and_what_is_prepared_at_each_level() -> None:
    running = replace(ROW, id=8, kind="contingency", state="responding", next_event_at=NOW - timedelta(minutes=5))
    drawn = painted(levels([ROW, running], NOW))
    assert " · 1 prepared" in drawn
    assert drawn.count("warn-shape") == 1  # the decision that is overdue
    assert drawn.count('"none"') == 1  # overwatch
