"""The three boards: a lane for each state, a card for each operation (moved by assets/50-operation-moves.js)."""

from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import empty, marking
from layouts.components.numbers import count
from layouts.components.times import since
from layouts.operation_words import (
    LEVELS,
    STATE_WORDS,
    Whys,
    address,
    exercise_mark,
    lane_moves,
    named,
    next_event,
    overdue_list,
    units_word,
    window,
)
from ops_centre.domain.operations import RUNNING
from ops_centre.picture.operation_boards import COLUMN_MOST
from ops_centre.picture.operation_views import OperationBoards, OperationCard, OperationRow

CARDS_OF_ALL, CARDS_OF_ONE = 8, 16  # of a lane, when all boards are shown, and when one is
STEP = 40  # further cards of a lane, each time that somebody asks for more of it
ORDER = "Overdue first, then what comes next; of what has ended the newest"
NOTHING = {
    "deliberate": "No deliberate operation or exercise is like that",
    "contingency": "No contingency: nothing has been opened from an alert, a target or a log entry",
    "overwatch": "No overwatch: no area, lane, subject or event is watched",
}


def boards(view: OperationBoards, kind: str = "") -> list[Any]:
    """The boards in their order, or the one of ``kind``."""
    shown = {name: lanes for name, lanes in view.columns.items() if not kind or name == kind}
    note = None
    if view.shown < view.total and not kind:
        clear = html.Button("Show all", type="button", className="link", **{"data-operations-clear": ""})
        note = html.P([f"{count(view.shown)} of {count(view.total)} operations match. ", clear], className="quiet")
    return [note, *(_board(name, lanes, view) for name, lanes in shown.items())]


def _board(kind: str, lanes: dict[str, tuple[OperationCard, ...]], view: OperationBoards) -> html.Section:
    running, late, whys = view.running.get(kind, 0), view.overdue.get(kind, 0), Whys()
    is_empty = not any(lanes.values())
    head = [
        html.H2(LEVELS[kind]),
        html.Span([html.Strong(count(running)), " running"], className="quiet"),
        html.Span([html.Span(className="warn-shape"), f"{count(late)} overdue"], className="abnormal")
        if late
        else None,
        None if is_empty else html.Span(ORDER, className="quiet board-order"),
    ]
    body = html.Div(
        [_lane(kind, state, held, view.cut.get((kind, state), 0), whys) for state, held in lanes.items()],
        className="operation-lanes",
    )
    return html.Section(
        [html.Div(head, className="board-head"), body, empty(NOTHING[kind]) if is_empty else None],
        className=f"operation-board is-{kind}" + (" is-empty" if is_empty else ""),
        **{"aria-label": f"{LEVELS[kind]} board", "data-board": kind, "data-whys": whys.told},
    )


def _lane(kind: str, state: str, cards: Sequence[OperationCard], hidden: int, whys: Whys) -> html.Section:
    total = len(cards) + hidden
    moves = {"data-moves": lane_moves(cards[0].moves)} if cards else {}
    return html.Section(
        [
            html.H3([STATE_WORDS[state], " ", html.Span(count(total), className="brief-count")]),
            html.Div([*(_card(card, whys) for card in cards), _more(hidden, len(cards))], className="lane-cards"),
        ],
        className="operation-lane",
        **{"data-kind": kind, "data-lane": state, "aria-label": f"{STATE_WORDS[state]}, {total}"},
        **moves,
    )


def _more(hidden: int, shown: int) -> Any:
    """How many are not drawn, and the way to them. All at once would cost every reader, whenever one of them moves."""
    if not hidden:
        return None
    if shown >= COLUMN_MOST:
        return html.P(f"and {count(hidden)} more: find them by name", className="quiet")
    marks = {"data-lane-more": str(shown + STEP)}
    return html.Button(f"and {count(hidden)} more", type="button", className="button quiet-button", **marks)


def _card(card: OperationCard, whys: Whys) -> html.Article:
    row = card.row
    told = f"{row.next_event} was due" in card.overdue  # among what is overdue
    event = None if told else next_event(row)
    return html.Article(
        [
            html.Div(
                [html.Strong(row.reference, className="operation-reference"), exercise_mark(row), _menu_button(row)],
                className="card-line",
            ),
            html.A(row.name, href=address(row.id), className="operation-name", tabIndex=-1, **{"data-follow": ""}),
            html.P(
                [row.commander or html.Span("no commander", className="abnormal"), " · ", " ".join(row.agencies)],
                className="card-line-small",
            ),
            html.P(_when(row), className="card-line-small"),
            html.P(
                [html.Span([units_word(row), _targets(row.targets)]), marking(row.owner, row.marking)],
                className="card-line-small card-foot",
            ),
            html.P(["Next: ", *event], className="card-line-small operation-next") if event else None,
            overdue_list(card.overdue),
        ],
        className="operation-card" + (" is-overdue" if card.overdue else ""),
        tabIndex=-1,
        draggable="true",
        **{
            "data-operation": str(row.id),
            "data-name": named(row),
            "data-may": whys.mark(card.moves),
            "aria-label": _spoken(card),
            "aria-keyshortcuts": "m Enter",
        },
    )


def _menu_button(row: Any) -> html.Button:
    marks = {"data-operation-menu": "", "aria-haspopup": "menu", "aria-label": f"Move {named(row)}"}
    return html.Button("Move", type="button", className="button quiet-button control", tabIndex=-1, **marks)


def _when(row: OperationRow) -> list[Any]:
    """The planned window, and of what runs without one how long it has been as it is."""
    if row.starts_at is None and row.ends_at is None and row.state in RUNNING:
        return [f"{row.state} for ", since(row.state_at)]
    return window(row.starts_at, row.ends_at)


def _targets(number: int) -> str:
    return f" · {number} target{'' if number == 1 else 's'}" if number else ""


def _spoken(card: OperationCard) -> str:
    row = card.row
    late = f", overdue: {'; '.join(card.overdue)}" if card.overdue else ""
    return f"{'Exercise ' if row.is_exercise else ''}{named(row)}, {row.state}{late}"
