"""What can be done with a tasking from the desk: the next step as the unit said it by radio, check-in, cancelling, outcome."""

import json
from typing import Any

from layouts.components import plain as html
from layouts.components.painted import Element, element
from layouts.ids_dispatch import Taskings
from ops_centre.domain.tasking import NotExamined, Result, TaskingState
from ops_centre.picture.dispatch_views import TaskingView
from ops_centre.picture.views import TargetRow
from ops_centre.picture.watch_views import TaskingRow

SAYS = {  # what a button says
    TaskingState.ACCEPTED: "Accepted",
    TaskingState.DECLINED: "Declined",
    TaskingState.EN_ROUTE: "En route",
    TaskingState.ON_SCENE: "On scene",
    TaskingState.COMPLETE: "Complete",
}
QUANTITY_UNITS = ("kg", "g", "l", "pieces", "persons", "NZD")
NOTE_LONGEST = 2000
AGO_MINUTES = (2, 5, 10, 15, 20, 30, 45, 60)  # a step said by radio, written down later


def row_acts(view: TaskingView) -> list[Any]:
    """The buttons of one row: next steps, then check-in, outcome and cancelling, as far as the reader may."""
    steps = [_step_button(view.row, state, is_next=place == 0) for place, state in enumerate(view.moves)]
    checks_in = view.moves and view.row.state != TaskingState.REQUESTED
    return [
        *steps,
        _check_in(view.row) if checks_in else None,
        outcome_button(view) if view.may_report_outcome and view.row.state == TaskingState.ON_SCENE else None,
        _cancel_button(view.row) if view.may_cancel else None,
    ]


def _step_button(row: TaskingRow, state: str, *, is_next: bool) -> html.Button:
    body = {"tasking": row.id, "state": state}
    return html.Button(
        SAYS.get(TaskingState(state), state),
        type="button",
        className="button small" + (" primary" if is_next else ""),
        **{
            "data-opens": Taskings.REPORT,
            "data-with": json.dumps(body),
            "data-about": f"{row.callsign}: {state}",
            "data-step": state,
        },
    )


def step_acts(view: TaskingView) -> list[html.Button]:
    """The next steps as buttons that ask and act at once, for places without a dialog of their own, such as a card."""
    return [
        html.Button(
            SAYS.get(TaskingState(state), state),
            type="button",
            className="button small",
            **{
                "data-do": "taskings/report",
                "data-with": json.dumps({"tasking": view.row.id, "state": state}),
                "data-ask": f"{view.row.callsign} says by radio: {state}?",
                "data-step": state,
            },
        )
        for state in view.moves
    ]


def _check_in(row: TaskingRow) -> html.Button:
    return html.Button(
        "Check-in",
        type="button",
        className="button small",
        title="The unit was heard (i)",
        **{"data-do": "taskings/check-in", "data-with": json.dumps({"tasking": row.id}), "data-key": "i"},
    )


def _cancel_button(row: TaskingRow) -> html.Button:
    return html.Button(
        "Cancel",
        type="button",
        className="button small quiet-button",
        **{
            "data-opens": Taskings.CANCEL,
            "data-with": json.dumps({"tasking": row.id}),
            "data-about": f"{row.callsign} · {row.subject}",
            "data-key": "x",
        },
    )


def outcome_button(of: TaskingView | TargetRow) -> html.Button | None:
    """Opens the dialog of the outcome, for a tasking or for a target that no unit was sent to."""
    if isinstance(of, TargetRow):
        body, about = {"target": of.id}, f"{of.label}, no unit was sent"
    elif of.may_report_outcome:
        body, about = {"tasking": of.row.id}, f"{of.row.callsign} · {of.row.subject}"
    else:
        return None
    return html.Button(
        "Outcome",
        type="button",
        className="button small",
        **{"data-opens": Taskings.OUTCOME, "data-with": json.dumps(body), "data-about": about, "data-key": "o"},
    )


def report_dialog() -> html.Form:
    """One step, as said by radio."""
    return _form(
        "taskings/report",
        "By radio",
        [
            _field(
                "When it happened",
                element(
                    "select",
                    element("option", "now", value=""),
                    *(element("option", f"{minutes} min ago", value=str(minutes)) for minutes in AGO_MINUTES),
                    name="ago_minutes",
                    id="report-ago",
                    **{"data-type": "number"},
                ),
            ),
            _field(
                "Note (optional)",
                element("textarea", name="note", id="report-note", rows="3", maxlength=str(NOTE_LONGEST)),
            ),
        ],
        "Record",
    )


def cancel_dialog() -> html.Form:
    """Cancelling needs a reason; pressing its button is the answer to the question."""
    box = element("input", type="text", name="reason", id="cancel-reason", required=True, maxlength="200")
    return _form(
        "taskings/cancel",
        "Cancel this tasking?",
        [_field("Reason", box), html.P("The unit is told. What it did so far stays on record.", className="quiet")],
        "Cancel the tasking",
    )


def outcome_dialog() -> html.Form:
    """Result with what belongs to it; the script shows what the chosen result asks for."""
    results = [
        html.Label([element("input", type="radio", name="result", value=result.value, required=True), result.value])
        for result in Result
    ]
    reasons = [
        element("option", "choose", value=""),
        *(element("option", why.value, value=why.value) for why in NotExamined),
    ]
    units = [element("option", name, value=name) for name in QUANTITY_UNITS]
    return _form(
        "outcomes/report",
        "Outcome",
        [
            html.Fieldset([html.Legend("Result"), *results], className="choices"),
            _field("Why it was not examined", element("select", *reasons, name="reason", id="outcome-reason"), "not examined"),
            _field("Found", element("input", type="text", name="finding", id="outcome-finding", maxlength="200"), "positive"),
            html.Div(
                [
                    _field(
                        "Quantity",
                        element("input", type="number", name="quantity", id="outcome-quantity", min="0", step="any",
                                **{"data-type": "number"}),
                    ),
                    _field("Unit", element("select", *units, name="quantity_unit", id="outcome-unit")),
                ],
                className="field-pair",
                **{"data-only": "positive"},
            ),
            _field("Note", element("textarea", name="note", id="outcome-note", rows="2", maxlength=str(NOTE_LONGEST))),
        ],
        "Record the outcome",
        **{"data-outcome": ""},
    )  # fmt: skip


def _field(label: str, box: Element, only: str | None = None) -> html.Div:
    marks = {"data-only": only} if only else {}
    return html.Div([html.Label(label, htmlFor=box.attributes["id"]), box], className="field", **marks)


def _form(act: str, title: str, fields: list[Any], says: str, **marks: str) -> html.Form:
    return html.Form(
        [
            html.H2(title),
            html.P(className="act-about", **{"data-about": ""}),
            *fields,
            html.P(className="form-answer", role="alert", **{"data-answer": ""}),
            html.Div(
                [
                    html.Button("Back", type="button", className="button", **{"data-closes": ""}),
                    html.Button(says, type="submit", className="button primary"),
                ],
                className="field-row",
            ),
        ],
        **{"data-do": act, **marks},
    )
