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
    address,
    exercise_mark,
    holder_marks,
    named,
    next_event,
    overdue_list,
    units_word,
    window,
)
from ops_centre.domain.operations import RUNNING
from ops_centre.picture.operation_views import OperationBoards, OperationCard, OperationRow

CARDS_OF_ALL, CARDS_OF_ONE = 12, 200  # of a lane, when all boards are shown, and when one is
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
    most = CARDS_OF_ONE if kind else CARDS_OF_ALL
    return [note, *(_board(name, lanes, view, most) for name, lanes in shown.items())]


def _board(kind: str, lanes: dict[str, tuple[OperationCard, ...]], view: OperationBoards, most: int) -> html.Section:
    cards = [card for lane in lanes.values() for card in lane]
    running = sum(card.row.state in RUNNING for card in cards)
    late = sum(bool(card.overdue) for card in cards)
    head = [
        html.H2(LEVELS[kind]),
        html.Span([html.Strong(count(running)), " running"], className="quiet"),
        html.Span([html.Span(className="warn-shape"), f"{count(late)} overdue"], className="abnormal")
        if late
        else None,
    ]
    body = html.Div(
        [_lane(kind, state, held, len(held) + view.cut.get((kind, state), 0), most) for state, held in lanes.items()],
        className="operation-lanes",
    )
    nothing = None if cards else empty(NOTHING[kind])
    return html.Section(
        [html.Div(head, className="board-head"), body, nothing],
        className=f"operation-board is-{kind}" + ("" if cards else " is-empty"),
        **{"aria-label": f"{LEVELS[kind]} board", "data-board": kind},
    )


def _lane(kind: str, state: str, cards: Sequence[OperationCard], total: int, most: int) -> html.Section:
    shown = cards[:most]
    return html.Section(
        [
            html.H3([STATE_WORDS[state], " ", html.Span(count(total), className="brief-count")]),
            html.Div([*(_card(card) for card in shown), _more(kind, total - len(shown), most)], className="lane-cards"),
        ],
        className="operation-lane",
        **{"data-kind": kind, "data-lane": state, "aria-label": f"{STATE_WORDS[state]}, {total}"},
    )


def _more(kind: str, hidden: int, most: int) -> Any:
    """How many are not drawn, and the way to them. All at once would cost every reader, whenever one of them moves."""
    if hidden <= 0:
        return None
    if most == CARDS_OF_ONE:
        return html.P(f"{count(hidden)} more: find them by name", className="quiet")
    return html.Button(f"{count(hidden)} more", type="button", className="link", **{"data-level": kind})


def _card(card: OperationCard) -> html.Article:
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
        **holder_marks(row, card.moves),
        **{"aria-label": _spoken(card), "aria-keyshortcuts": "m Enter"},
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
