"""What the boards, the page of one operation and the wall say of an operation."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from layouts.components.painted import painted
from layouts.operation_board import CARDS_OF_ALL, boards
from layouts.operation_page import head
from layouts.operation_strip import levels
from layouts.operation_words import move_word, operation_link
from ops_centre.domain.operations import STATES, OperationKind
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


def test_a_long_lane_is_cut_when_all_boards_are_shown_and_whole_when_one_is() -> None:
    many = of_boards(*(replace(CARD, row=replace(ROW, id=number)) for number in range(CARDS_OF_ALL + 5)))
    assert "5 more" in painted(boards(many))
    assert painted(boards(many, OperationKind.DELIBERATE)).count("operation-card") == CARDS_OF_ALL + 5


def test_the_wall_counts_what_runs_and_what_is_prepared_at_each_level() -> None:
    running = replace(ROW, id=8, kind="contingency", state="responding", next_event_at=NOW - timedelta(minutes=5))
    drawn = painted(levels([ROW, running], NOW))
    assert " · 1 prepared" in drawn
    assert drawn.count("warn-shape") == 1  # the decision that is overdue
    assert drawn.count('"none"') == 1  # overwatch
