"""The head of the page of one operation: state, commander, clock, next decision, moves, and the parts below it."""

from typing import Any

from layouts.components import plain as html
from layouts.components.marks import empty, marking
from layouts.components.times import countdown, countdown_word, local_time, since
from layouts.operation_words import (
    LEVELS,
    exercise_mark,
    holder_marks,
    overdue_list,
    state_chip,
    units_word,
    window,
)
from ops_centre.domain.operations import ENDED, RUNNING, OperationKind
from ops_centre.picture.operation_views import MoveView, OperationView

TABS = (
    ("overview", "Overview"),
    ("order", "Order"),
    ("area", "Area"),
    ("reports", "Reports and files"),
    ("log", "Log"),
    ("debrief", "Debrief and lessons"),
)


def head(view: OperationView) -> list[Any]:
    """Everything that must be in sight whichever part is read."""
    row = view.row
    back = html.A("← Operations", href="/operations", className="link", title="Esc", **{"data-follow": ""})
    title = [html.Span(row.reference, className="operation-reference"), " ", row.name]
    return [
        html.Div(
            [
                html.Div(
                    [
                        back,
                        html.Span(LEVELS[row.kind], className="quiet"),
                        exercise_mark(row),
                        state_chip(row.state),
                        marking(row.owner, row.marking),
                        html.A("Chain", href=f"/chain/operation/{row.id}", className="link", **{"data-follow": ""}),
                    ],
                    className="panel-line",
                ),
                html.H1(title),
                _facts(view),
                overdue_list(view.overdue),
                _moves(view),
            ],
            className="operation-top",
            **holder_marks(row, view.moves),
        ),
        html.Nav([_tab(number, *tab) for number, tab in enumerate(TABS, 1)], className="operation-tabs",
                 **{"aria-label": "Parts of the operation"}),
    ]  # fmt: skip


def _tab(number: int, name: str, word: str) -> html.Button:
    marks = {"data-operation-tab": name, "aria-keyshortcuts": str(number), "title": f"{word} ({number})"}
    return html.Button(word, type="button", className="operation-tab", **marks)


def _facts(view: OperationView) -> html.Dl:
    row = view.row
    pairs: list[tuple[str, Any]] = [
        ("Commander", _commander(view)),
        _clock(view),
        ("Next decision", _next(view)),
        ("Planned", window(row.starts_at, row.ends_at)),
        ("Units", units_word(row)),
        ("Agencies", " ".join(row.agencies) or "none yet"),
    ]
    return html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in pairs], className="operation-facts")


def _commander(view: OperationView) -> list[Any]:
    name = view.commander_name or view.row.commander
    shown: Any = html.Strong(name) if name else html.Span("nobody yet", className="abnormal")
    return [shown, _opens("Change", "operation-commander", view) if view.may_edit else None]


def _clock(view: OperationView) -> tuple[str, list[Any]]:
    """How long it has run, or how long until it starts."""
    row = view.row
    if row.state in RUNNING:
        return "Running for", [since(view.started_at or row.state_at)]
    if row.state in ENDED:
        return "Ended", [local_time(view.closed_at or row.state_at)]
    if row.starts_at is None:
        return "Starts", [html.Span("no time set", className="abnormal")]
    return "Starts", [countdown(row.starts_at), " ", countdown_word(row.starts_at, ("to start", "since planned start"))]


def _next(view: OperationView) -> list[Any]:
    row = view.row
    change = _opens("Set", "operation-next", view) if view.may_edit else None
    if row.next_event is None:
        return [html.Span("none set", className="quiet"), change]
    when: list[Any] = [" ", countdown(row.next_event_at)] if row.next_event_at else []
    return [html.Strong(row.next_event), *when, change]


def _opens(word: str, dialog: str, view: OperationView) -> html.Button:
    spoken = html.Span(f" of {view.row.reference}", className="unseen")
    marks = {"data-opens": dialog}
    return html.Button([word, spoken], type="button", className="button quiet-button control", **marks)


def _moves(view: OperationView) -> html.Div:
    """The step that follows as a button with what stands against it; every other one in the menu."""
    ahead = [one for one in view.moves if one.makes_up]
    first = ahead[0] if ahead else None
    edit = (
        html.Button(
            "Edit", type="button", className="button", **{"data-opens": "operation-edit", "aria-keyshortcuts": "e"}
        )
        if view.may_edit
        else None
    )
    return html.Div(
        [
            _step(first) if first else None,
            html.Button("Move …", type="button", className="button", title="m",
                        **{"data-operation-menu": "", "aria-haspopup": "menu", "aria-keyshortcuts": "m"})
            if view.moves
            else None,
            edit,
            _promote(view),
            html.P([html.Span(className="warn-shape"), first.why_not], className="move-missing")
            if first and not first.allowed
            else None,
        ],
        className="operation-acts control",
    )  # fmt: skip


def _step(move: MoveView) -> html.Button:
    """Stays pressable where it is refused: a press says why (the script reads data-moves of the head)."""
    marks = {"data-move-to": move.state} | ({} if move.allowed else {"aria-disabled": "true"})
    return html.Button(move.label, type="button", className="button primary", **marks)


def _promote(view: OperationView) -> Any:
    if view.row.kind != OperationKind.CONTINGENCY:
        return None
    if not view.may_promote:
        return html.Span(view.why_not_promote, className="quiet") if view.why_not_promote else None
    marks = {
        "data-do": "operations/promote",
        "data-with": f'{{"operation": {view.row.id}}}',
        "data-ask": f"Make a deliberate operation out of {view.row.reference}? It keeps the links; the contingency stays.",
    }
    return html.Button("Promote to deliberate", type="button", className="button", **marks)


def no_such(words: str) -> list[Any]:
    """Instead of a page that is not there, or not for this reader."""
    back = html.A("All operations", href="/operations", className="link", **{"data-follow": ""})
    return [html.H1("No operation to show"), empty(words, back)]
