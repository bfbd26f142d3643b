"""Words and marks of operations that the boards, the page of one and the wall share."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip
from layouts.components.times import countdown, local_time
from layouts.ids_operations import Contingency
from ops_centre.domain.operations import RUNNING, OperationKind, OperationState
from ops_centre.picture.operation_views import MoveView, OperationRow

LEVELS: dict[str, str] = {  # of the boards, in their order
    OperationKind.DELIBERATE: "Deliberate",
    OperationKind.CONTINGENCY: "Contingency",
    OperationKind.OVERWATCH: "Overwatch",
}
RELIED_ON = RUNNING | {OperationState.APPROVED}
STATE_WORDS: dict[str, str] = {state: state.value.capitalize() for state in OperationState}
SUBJECTS = ("vessel", "flight", "person", "consignment")


def exercise_mark(row: Any) -> Any:
    """The mark that every exercise carries wherever it is shown; None for a real operation."""
    return html.Span("EXERCISE", className="chip operation-exercise") if row.is_exercise else None


def named(row: Any) -> str:
    """``D26-014 Harbour watch``."""
    return f"{row.reference} {row.name}"


def address(operation_id: int) -> str:
    """The page of one operation."""
    return f"/operations/{operation_id}"


def operation_link(row: Any) -> html.A:
    """Reference and name, leading to its page. ``row``: anything with id, reference, name and is_exercise."""
    words = [html.Strong(row.reference, className="operation-reference"), " ", row.name]
    exercise = [" ", exercise_mark(row)] if row.is_exercise else []
    return html.A([*words, *exercise], href=address(row.id), className="link", **{"data-follow": ""})


def window(starts_at: datetime | None, ends_at: datetime | None) -> list[Any]:
    """From and until, as far as they are known."""
    if starts_at is None and ends_at is None:
        return [html.Span("no times set", className="quiet")]
    begins: list[Any] = [local_time(starts_at)] if starts_at else ["until "]
    if ends_at is None:
        return [*begins, " onwards"]
    return [*begins, " – " if starts_at else "", local_time(ends_at)]


def units_word(row: OperationRow) -> html.Span:
    """``3/5 units``; short of what is asked for is said, and stands out once people rely on it."""
    if not row.required:
        return html.Span(f"{row.assigned} units")
    short = row.required - row.assigned
    words = f"{row.assigned}/{row.required} units" + (f" · {short} short" if short > 0 else "")
    return html.Span(words, className="abnormal" if short > 0 and row.state in RELIED_ON else None)


def next_event(row: OperationRow) -> Any:
    """The next decision or event with the time left."""
    if row.next_event is None:
        return None
    when = [" ", countdown(row.next_event_at)] if row.next_event_at else []
    return [html.Span(row.next_event, className="event-words"), *when]


def overdue_list(overdue: Sequence[str]) -> Any:
    """What is overdue, each with the shape of what needs somebody."""
    if not overdue:
        return None
    return html.Ul(
        [html.Li([html.Span(className="warn-shape"), one]) for one in overdue], className="operation-overdue"
    )


def move_word(move: MoveView) -> str:
    """The words of its button. A bare "Cancel" would read as closing the menu."""
    return "Cancel the operation" if move.state == OperationState.CANCELLED else move.label


def moves_mark(moves: Sequence[MoveView]) -> str:
    """The moves as the script reads them (assets/50-operation-moves.js)."""
    return json.dumps(
        [
            {
                "to": one.state,
                "word": move_word(one),
                "allowed": one.allowed,
                "why": one.why_not or "",
                "asks": one.needs_reason,
            }
            for one in moves
        ]
    )


def lane_moves(moves: Sequence[MoveView]) -> str:
    """The moves of a column, the same for each card in it, as the script reads them."""
    return json.dumps([{"to": one.state, "word": move_word(one), "asks": one.needs_reason} for one in moves])


class Whys:
    """Why moves are refused, each sentence once for all cards of a board: they are long, and many cards say the same."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def mark(self, moves: Sequence[MoveView]) -> str:
        """For each move of a card: nothing where it is allowed, else the number of the sentence that says why not."""
        return ",".join("" if one.allowed else str(self._number(one.why_not or "")) for one in moves)

    def _number(self, sentence: str) -> int:
        return self._numbers.setdefault(sentence, len(self._numbers))

    @property
    def told(self) -> str:
        """The sentences by their numbers, as the script reads them."""
        return json.dumps(list(self._numbers), ensure_ascii=False)


def holder_marks(row: OperationRow, moves: Sequence[MoveView]) -> dict[str, str]:
    """What the script needs of an element that stands for an operation."""
    return {
        "data-operation": str(row.id),
        "data-kind": row.kind,
        "data-state": row.state,
        "data-name": named(row),
        "data-moves": moves_mark(moves),
    }


def state_chip(state: str) -> html.Span:
    """The state in a box."""
    return chip(state, "strong")


def contingency_button(
    kind: str, thing: int | str, about: str, *, name: str | None = None, key: str = "", class_name: str = "button"
) -> html.Button:
    """The first of two steps to a contingency: opens the dialog about a thing and proposes a name for it. ``key``: of a row."""
    marks = {
        "data-opens": Contingency.DIALOG.value,
        "data-with": json.dumps({"kind": kind, "thing": str(thing)}),
        "data-about": about,
        "data-name": (name or about)[:120],
        **({"data-key": key, "aria-keyshortcuts": key} if key else {}),
    }
    title = "Open a contingency operation about it"
    return html.Button("Contingency", type="button", className=class_name, title=title, **marks)
