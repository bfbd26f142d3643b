"""The forms of operations, each in a dialog: propose, edit, move with a reason, commander, next decision, contingency."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layouts.components import plain as html
from layouts.components.moments import moment_field
from layouts.components.painted import element
from layouts.operation_words import SUBJECTS, named
from ops_centre.domain.handling import Marking
from ops_centre.domain.operations import RUNNING, OperationKind
from ops_centre.picture.operation_views import CommanderChoice, OperationView

NEEDS = 4  # rows of units asked for
CAPABILITIES = "operation-capabilities"  # datalist


@dataclass(frozen=True, slots=True)
class FormChoices:
    """What the forms offer. ``agencies`` and ``places``: code and name."""

    agencies: Sequence[tuple[str, str]] = ()
    places: Sequence[tuple[str, str]] = ()
    capabilities: Sequence[str] = ()  # that units of the picture have
    agency: str = ""  # of the reader
    who: str = ""  # likewise, the sign-in name
    commanders: Sequence[CommanderChoice] = ()


def _dialog(identity: str, title: str, act: str, body: Sequence[Any], send: str, **more: str) -> html.Dialog:
    return html.Dialog(
        _form(title, act, body, send, **more), id=identity, className="help operation-dialog", **{"aria-label": title}
    )


def _form(title: str, act: str, body: Sequence[Any], send: str, after: Sequence[Any] = (), **more: str) -> html.Form:
    foot = [
        html.Button("Cancel", type="button", className="button", **{"data-closes": ""}),
        html.Button(send, type="submit", className="button primary"),
        html.Span("Ctrl+Enter", className="quiet"),
    ]
    answer = html.P(className="answer", role="alert", **{"data-answer": ""})
    return html.Form(
        [html.H2(title), *body, answer, *after, html.Div(foot, className="form-foot")],
        className="operation-form",
        **{"data-do": act, **more},
    )


def _field(identity: str, words: str, control: Any, hint: str | None = None) -> html.Div:
    told = html.Span(hint, className="quiet") if hint else None
    return html.Div([html.Label(words, htmlFor=identity), control, told], className="head-field")


def _line(identity: str, name: str, **more: Any) -> Any:
    return element(
        "input", id=identity, **({"name": name, "type": "text", "maxlength": 120, "autocomplete": "off"} | more)
    )


def _select(
    identity: str,
    name: str,
    options: Sequence[tuple[str, str]],
    chosen: str | None,
    none: str | None = None,
    **more: str,
) -> Any:
    first = [element("option", none, value="")] if none is not None else []
    rest = [element("option", words, value=value, selected=value == chosen) for value, words in options]
    return element("select", *first, *rest, id=identity, name=name, **more)


def _boxes(legend: str, name: str, options: Sequence[tuple[str, str]], chosen: Sequence[str] = ()) -> Any:
    boxes = [
        html.Label(
            [
                element(
                    "input", type="checkbox", name=name, value=value, checked=value in chosen, **{"data-type": "list"}
                ),
                html.Span(words),
            ],
            className="check",
        )
        for value, words in options
    ]
    return element("fieldset", element("legend", legend), *boxes, **{"class": "asker"})


def _needs(prefix: str, wanted: Sequence[tuple[str, int]] = ()) -> Any:
    """Rows of a capability and how many units with it (gathered by assets/50-operations.js)."""
    given = [*wanted, *[("", 1)] * max(1, NEEDS - len(wanted))]
    rows = [_need(number, *need) for number, need in enumerate(given, start=1)]
    return element("fieldset", element("legend", "Units asked for"), *rows, id=f"{prefix}-needs", **{"class": "needs"})


def _need(number: int, what: str, how_many: int) -> html.Div:
    row = f"Units asked for, row {number}"
    count = {"data-need-count": "", "aria-label": f"{row}: how many"}
    capability = {"data-need-what": "", "aria-label": f"{row}: capability", "placeholder": "capability"}
    return html.Div(
        [
            element("input", type="number", value=str(how_many), min="0", max="99", **count),
            element(
                "input", type="text", value=what, list=CAPABILITIES, maxlength=60, autocomplete="off", **capability
            ),
        ],
        className="need-row",
        **{"data-need": ""},
    )


def capabilities_list(capabilities: Sequence[str]) -> Any:
    """What the field of a capability offers."""
    return element("datalist", *(element("option", value=one) for one in capabilities), id=CAPABILITIES)


def _short_agencies(choices: FormChoices) -> list[tuple[str, str]]:
    return [(code, code) for code, _name in choices.agencies]


def propose_dialog(choices: FormChoices) -> html.Dialog:
    """A new operation: deliberate, an exercise, or an overwatch."""
    kinds = ((OperationKind.DELIBERATE, "deliberate operation"), (OperationKind.OVERWATCH, "overwatch"))
    kind = [
        html.Label(
            [element("input", type="radio", name="kind", value=value.value, checked=not number), html.Span(words)],
            className="check",
        )
        for number, (value, words) in enumerate(kinds)
    ]
    exercise = html.Label(
        [
            element("input", type="checkbox", name="is_exercise", **{"data-type": "flag"}),
            html.Span("It is an exercise"),
        ],
        className="check",
    )
    body = [
        element("fieldset", element("legend", "Level"), *kind, exercise, **{"class": "asker"}),
        _field(
            "propose-name", "Name", _line("propose-name", "name", required=True, placeholder="short: Harbour watch")
        ),
        _purpose("propose", None),
        _field(
            "propose-commander", "Commander", _who_commands("propose-commander", choices, choices.who, "nobody yet")
        ),
        *_particulars("propose", choices, None),
        *_handling("propose", choices),
    ]
    return _dialog(
        "operation-propose", "Propose an operation", "operations/propose", body, "Propose", **{"data-then": "href"}
    )


def _purpose(prefix: str, text: str | None) -> html.Div:
    area = element(
        "textarea", text or "", id=f"{prefix}-purpose", name="purpose", rows=3, required=True, maxlength=2000
    )
    return _field(f"{prefix}-purpose", "Purpose: the risk, and what the operation is for", area)


def _particulars(prefix: str, choices: FormChoices, view: OperationView | None) -> list[Any]:
    row = view.row if view else None
    agencies = row.agencies if row else ((choices.agency,) if choices.agency else ())
    may_empty: dict[str, Any] = {"data-emptiable": ""} if view else {}
    starts = moment_field(f"{prefix}-starts", "starts_at", row.starts_at if row else None, **may_empty)
    ends = moment_field(f"{prefix}-ends", "ends_at", row.ends_at if row else None, **may_empty)
    place = _select(
        f"{prefix}-place", "place", choices.places, row.place if row else None, "no single place", **may_empty
    )
    return [
        html.Div(
            [
                _field(f"{prefix}-starts", "Starts (local time)", starts),
                _field(f"{prefix}-ends", "Ends (local time)", ends),
            ],
            className="field-pair",
        ),
        _boxes("Agencies that take part", "agencies", _short_agencies(choices), agencies),
        _boxes("About", "subjects", [(one, f"{one}s") for one in SUBJECTS], row.subjects if row else ()),
        _field(f"{prefix}-place", "Place", place),
        _needs(prefix, view.requirements if view else ()),
    ]


def _handling(
    prefix: str, choices: FormChoices, chosen: str = Marking.GREEN, releases: Sequence[str] = ()
) -> list[Any]:
    markings = [(one.value, f"TLP:{one.value}") for one in Marking]
    return [
        _field(f"{prefix}-marking", "Marking", _select(f"{prefix}-marking", "marking", markings, chosen)),
        _boxes("Released to", "releases", _short_agencies(choices), releases),
    ]


def move_dialog() -> html.Dialog:
    """Asks why before a move that needs a reason. The script says which (assets/50-operation-moves.js)."""
    why = element("textarea", id="operation-move-reason", name="reason", rows=3, required=True, maxlength=1000)
    body = [html.P(className="move-about", **{"data-about": ""}), _field("operation-move-reason", "Why", why)]
    return _dialog("operation-move", "Move an operation", "operations/move", body, "Move")


def of_one(view: OperationView, choices: FormChoices) -> list[Any]:
    """The dialogs of the page of one operation."""
    if not view.may_edit:
        return []
    return [_edit_dialog(view, choices), _commander_dialog(view, choices), _next_dialog(view), _link_dialog(view)]


def _with(view: OperationView) -> dict[str, str]:
    return {
        "data-with": json.dumps({"operation": view.row.id, "version": view.version}),
        "data-versioned": "",
        "data-keep": "",
    }


def _edit_dialog(view: OperationView, choices: FormChoices) -> html.Dialog:
    row = view.row
    body = [
        _field("edit-name", "Name", _line("edit-name", "name", required=True, value=row.name)),
        _purpose("edit", view.purpose),
        *_particulars("edit", choices, view),
        *_handling("edit", choices, row.marking, row.releases),
        *_edit_reason(row.state),
    ]
    return _dialog("operation-edit", f"Edit {named(row)}", "operations/edit", body, "Save", **_with(view))


def _edit_reason(state: str) -> list[Any]:
    """Once people are at it, a change says why."""
    if state not in RUNNING:
        return []
    return [_field("edit-reason", "Why it is changed", _line("edit-reason", "reason", required=True, maxlength=500))]


def _who_commands(identity: str, choices: FormChoices, chosen: str | None, none: str | None = None) -> Any:
    options = [(one.name, f"{one.display_name} · {one.agency}") for one in choices.commanders]
    return _select(identity, "commander", options, chosen, none)


def _commander_dialog(view: OperationView, choices: FormChoices) -> html.Dialog:
    chosen = _who_commands("commander-name", choices, view.row.commander)
    body = [_field("commander-name", f"Who commands {named(view.row)}", chosen)]
    return _dialog("operation-commander", "Commander", "operations/commander", body, "Appoint", **_with(view))


def _next_dialog(view: OperationView) -> html.Dialog:
    row = view.row
    body = [
        _field("next-words", "Next decision or event", _line("next-words", "next_event", value=row.next_event or ""),
               "Left empty: none is due."),
        _field("next-at", "When (local time)", moment_field("next-at", "next_event_at", row.next_event_at)),
    ]  # fmt: skip
    return _dialog(
        "operation-next", f"Next decision of {named(row)}", "operations/next-event", body, "Set", **_with(view)
    )


def _link_dialog(view: OperationView) -> html.Dialog:
    """Looks for the thing by its name, its words or its number (assets/51-linking.js)."""
    combobox = {
        "role": "combobox", "aria-expanded": "false", "aria-controls": "link-options", "aria-autocomplete": "list",
        "data-finds": "", "spellcheck": "false", "placeholder": "BALTIC KESTREL, EK434, entry 1204 …",
    }  # fmt: skip
    search = element(
        "input", id="link-search", type="text", required=True, maxlength=60, autocomplete="off", **combobox
    )
    options = html.Ul(
        id="link-options", className="quick-options", hidden=True, role="listbox", **{"aria-label": "Meant is"}
    )
    body = [
        html.Div(
            [
                _field("link-search", "Target, craft, alert, enquiry or log entry", search,
                       "By name, words or number; arrow keys choose, Enter takes."),
                options,
                html.P(role="status", className="quiet link-found", **{"data-found": ""}),
                *(element("input", type="hidden", name=name) for name in ("kind", "thing")),
            ],
            className="link-picker",
        )
    ]  # fmt: skip
    given = {"data-with": json.dumps({"operation": view.row.id}), "data-keep": ""}
    return _dialog("operation-link", f"Link to {named(view.row)}", "operations/link", body, "Link", **given)


def unlink_dialog() -> html.Dialog:
    """Asks why a link is taken away; the button that opens it says which."""
    why = element("textarea", id="operation-unlink-reason", name="reason", rows=2, required=True, maxlength=1000)
    words = _field("operation-unlink-reason", "Why it does not belong to the operation", why)
    about = html.P(["Unlink ", html.Strong(**{"data-about": ""})], className="move-about")
    return _dialog("operation-unlink", "Take a link away", "operations/unlink", [about, words], "Unlink")


def contingency_form() -> html.Form:
    """The second of two steps from an alert, a target, a craft or a log entry: a name that is proposed, and Enter."""
    about = ["About ", html.Strong(**{"data-about": ""}), ". It is linked, you command, and the clock runs."]
    body = [
        html.P(about, className="move-about"),
        _field("contingency-name", "Name", _line("contingency-name", "name", required=True)),
    ]
    anyway = html.Label(  # the style sheet shows it once the form was refused
        [element("input", type="checkbox", name="anyway", **{"data-type": "flag"}), html.Span("Open it all the same")],
        className="check anyway",
    )
    then = {"data-then": "href"}
    return _form("Open a contingency", "operations/open-contingency", body, "Open", after=[anyway], **then)
