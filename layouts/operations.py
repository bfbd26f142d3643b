"""The frame of /operations: the boards, and the parts of the page of one operation."""

from typing import Any

from dash import dcc, html

from layouts.components import plain
from layouts.components.marks import empty
from layouts.components.painted import element, sketch
from layouts.ids_operations import Contingency, Operation, Operations
from layouts.operation_forms import (
    FormChoices,
    capabilities_list,
    contingency_form,
    move_dialog,
    propose_dialog,
    unlink_dialog,
)
from layouts.operation_words import LEVELS

# The parts of the page of one operation in reading order, with what a screen reader calls them
PARTS = (
    (Operation.OBJECTIVES, "Objectives"),
    (Operation.LESSONS, "Lessons from similar operations"),
    (Operation.WORK, "Units, taskings and links"),
    (Operation.ORDER, "Order"),
    (Operation.AREA, "Area"),
    (Operation.REPORTS, "Situation reports"),
    (Operation.FILES, "Files"),
    (Operation.DEBRIEF, "Debriefs"),
    (Operation.LOG, "Duty log of the operation"),
)


def operations_page(choices: FormChoices, *, plans: bool = True) -> html.Div:
    """The frame of the page. The script shows the boards or the one operation. ``plans``: the reader may propose."""
    return html.Div(
        [
            dcc.Store(id=Operations.FILTER),
            html.Div(id=Operations.TOOLS, className="operation-tools", **sketch(*_tools(choices, plans=plans))),
            html.Div(
                id=Operations.BOARDS, className="operation-boards", tabIndex=-1, role="region",
                **sketch(empty("Loading …")), **{"aria-label": "Boards"},
            ),
            html.Div(
                [html.Div(id=Operation.HEAD, **sketch(empty("Loading …"))), *(_part(*part) for part in PARTS)],
                id=Operation.PAGE,
                className="operation",
                tabIndex=-1,
            ),
        ],
        id=Operations.PAGE,
        className="page sheet",
    )  # fmt: skip


def contingency_dialog() -> html.Dialog:
    """Stands in the frame, as a contingency is opened from several pages."""
    return html.Dialog(
        id=Contingency.DIALOG, className="help operation-dialog", **sketch(contingency_form()),
        **{"aria-label": "Open a contingency"},
    )  # fmt: skip


def _tools(choices: FormChoices, *, plans: bool) -> list[Any]:
    propose = {"data-opens": "operation-propose", "aria-keyshortcuts": "p", "title": "p"}
    return [
        plain.Div(
            [
                plain.H1("Operations"),
                plain.Div(
                    [_level("", "All"), *(_level(kind, word) for kind, word in LEVELS.items())],
                    className="operation-levels", role="group", **{"aria-label": "Boards shown"},
                ),
                _filters(choices),
                plain.Button("Propose", type="button", className="button primary control", **propose) if plans else None,
            ],
            className="page-head",
        ),
        capabilities_list(choices.capabilities),
        propose_dialog(choices) if plans else None,
        move_dialog(),
        unlink_dialog(),
    ]  # fmt: skip


def _level(kind: str, word: str) -> Any:
    key = ["", *LEVELS].index(kind)
    marks = {"data-level": kind, "aria-pressed": "false" if kind else "true", "aria-keyshortcuts": str(key)}
    return plain.Button(word, type="button", className="button level", title=f"{word} ({key})", **marks)


def _filters(choices: FormChoices) -> Any:
    codes = [("", "any agency"), *((code, code) for code, _name in choices.agencies)]
    agencies = [element("option", word, value=value) for value, word in codes]
    kinds = (("", "operations and exercises"), ("no", "no exercises"), ("only", "exercises only"))
    exercise = [element("option", word, value=value) for value, word in kinds]
    find = {"placeholder": "find (/)", "aria-label": "Find operations", "type": "search"}
    who = [element("option", word, value=value) for value, word in (("", "any commander"), (choices.who, "my command"))]
    return element(
        "form",
        element("input", name="text", maxlength=80, **find),
        element("select", *who, name="commander", **{"aria-label": "Commander"}),
        element("select", *agencies, name="agency", **{"aria-label": "Agency"}),
        element("select", *exercise, name="exercise", **{"aria-label": "Exercises"}),
        id="operations-filters",
        **{"class": "operation-filters", "role": "search"},
    )


def _part(identity: Operation, label: str) -> Any:
    marks = {**sketch(), "aria-label": label}
    return html.Div(id=identity, className="operation-part", role="region", **marks)
