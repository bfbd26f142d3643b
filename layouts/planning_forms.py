"""The dialogs of planning: assign or change, patterns, import, calendars; and the lists that the filter chooses from.

The scripts (assets/54-planning-form.js, 55-planning-dialogs.js) fill and send them; conflicts are shown before they are saved.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import empty
from layouts.components.moments import moment_field
from layouts.components.painted import element
from layouts.components.times import local_time
from ops_centre.picture.plan_views import CalendarView, PatternView

KINDS = (
    ("operation", "for an operation"),
    ("deployment", "at a place"),
    ("rest", "rest"),
    ("maintenance", "maintenance"),
)
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """What the forms offer. ``units``: id, callsign, agency; only those the reader may plan."""

    units: Sequence[tuple[int, str, str]]
    operations: Sequence[tuple[int, str]]  # id, "D26-014 Night tide"
    places: Sequence[tuple[str, str]]  # code, name
    agencies: Sequence[tuple[str, str]]
    calendar_agencies: Sequence[tuple[str, str]]  # those the reader may make a calendar of
    capabilities: Sequence[str]
    patterns: Sequence[PatternView]
    calendars: Sequence[CalendarView]
    may_edit: bool
    time_zone: str


def forms(choices: PlanChoices) -> list[Any]:
    """Everything, closed."""
    return [
        *_lists(choices),
        _dialog("plan-assign", "Assign", _assign_form(choices)) if choices.may_edit else None,
        _dialog("plan-import", "Import a plan", _import_form()) if choices.may_edit else None,
        _dialog("plan-patterns", "Patterns", _patterns(choices)),
        _dialog("plan-calendars", "Calendar addresses", _calendars(choices)) if choices.may_edit else None,
    ]


def _dialog(identity: str, label: str, body: Any) -> html.Dialog:
    return html.Dialog(body, id=identity, className="help operation-dialog plan-dialog", **{"aria-label": label})


def _lists(choices: PlanChoices) -> list[Any]:
    """What the fields of the filter complete from."""
    return [
        _datalist("plan-agencies", choices.agencies),
        _datalist("plan-capabilities", [(one, "") for one in choices.capabilities]),
        _datalist("plan-operations", [(words.split(" ")[0], words) for _, words in choices.operations]),
        _datalist("plan-places", choices.places),
        html.Span(
            className="unseen",
            id="plan-known",
            hidden=True,
            **{"data-operations": json.dumps({words.split(" ")[0]: number for number, words in choices.operations})},
        ),
    ]


def _datalist(identity: str, options: Sequence[tuple[str, str]]) -> Any:
    return element("datalist", *(element("option", words, value=value) for value, words in options), id=identity)


def _field(identity: str, words: str, control: Any, *, row: str = "") -> html.Div:
    return html.Div([html.Label(words, htmlFor=identity), control], className=f"head-field {row}".strip())


def _units(choices: PlanChoices, identity: str) -> Any:
    groups: dict[str, list[Any]] = {}
    for number, callsign, agency in choices.units:
        groups.setdefault(agency, []).append(element("option", callsign, value=str(number)))
    sets = [
        element("optgroup", *options, **{"aria-label": agency, "title": agency}) for agency, options in groups.items()
    ]
    return element("select", *sets, id=identity, name="unit", required=True, **{"data-type": "number"})


def _operations(choices: PlanChoices, identity: str) -> Any:
    options = [element("option", words, value=str(number)) for number, words in choices.operations]
    none = element("option", "none", value="")
    return element("select", none, *options, id=identity, name="operation", **{"data-type": "number"})


def _kinds(identity: str) -> Any:
    options = [element("option", words, value=value) for value, words in KINDS]
    return element("select", *options, id=identity, name="kind")


def _place(identity: str) -> Any:
    return element(
        "input", id=identity, name="place", type="text", maxlength="20", autocomplete="off", list="plan-places",
        placeholder="code, such as NZAKL",
    )  # fmt: skip


def _what(choices: PlanChoices, form: str) -> list[Any]:
    """Unit and purpose: the same for one assignment and for a pattern."""
    return [
        _field(f"{form}-unit", "Unit", _units(choices, f"{form}-unit")),
        _field(f"{form}-kind", "What for", _kinds(f"{form}-kind")),
        _field(f"{form}-operation", "Operation", _operations(choices, f"{form}-operation")),
        _field(f"{form}-place", "Place", _place(f"{form}-place")),
    ]


def _crew_and_note(form: str) -> list[Any]:
    crew = element(
        "input", id=f"{form}-crew", name="crew", type="number", min="1", max="500", **{"data-type": "number"}
    )
    note = element("input", id=f"{form}-note", name="note", type="text", maxlength="2000", autocomplete="off")
    return [_field(f"{form}-crew", "Crew", crew), _field(f"{form}-note", "Note", note)]


def _reason(form: str) -> html.Div:
    field = element("input", id=f"{form}-reason", name="reason", type="text", maxlength="500", autocomplete="off")
    return _field(f"{form}-reason", "Why conflicts are accepted", field, row="plan-reason")


def _foot(send: str, *more: Any) -> html.Div:
    return html.Div(
        [
            html.Button("Close", type="button", className="button", **{"data-closes": ""}),
            html.Button(send, type="submit", className="button primary"),
            *more,
        ],
        className="form-foot",
    )


def _answer() -> html.P:
    return html.P(className="answer", role="alert", **{"data-answer": ""})


def _assign_form(choices: PlanChoices) -> html.Form:
    gone = html.Button("Cancel this assignment", type="button", className="button", **{"data-plan": "cancel"})
    return html.Form(
        [
            html.H2(**{"data-own": "plan-title"}),  # the script says which
            *_what(choices, "plan-one"),
            _field("plan-one-starts", "From", moment_field("plan-one-starts", "starts_at", required=True)),
            _field("plan-one-ends", "Until", moment_field("plan-one-ends", "ends_at", required=True)),
            *_crew_and_note("plan-one"),
            html.Div(className="plan-conflicts", role="status", **{"data-own": "plan-conflicts"}),
            _reason("plan-one"),
            _answer(),
            _foot("Save", gone, html.Span(f"Times: {choices.time_zone}", className="quiet")),
        ],
        className="operation-form",
        **{"data-plan-form": "assign"},
    )


def _import_form() -> html.Form:
    return html.Form(
        [
            html.H2("Import a plan"),
            html.P("A CSV file as Export writes it. First it is shown what the file would change; nothing is saved yet. "
                   "Each row that breaks a rule is accepted by a reason of its own."),
            _field("plan-file", "File", element("input", id="plan-file", type="file", accept=".csv,text/csv")),
            html.Div(
                className="plan-preview", tabIndex=0, role="region",
                **{"data-own": "plan-preview", "aria-label": "Preview"},
            ),
            _answer(),
            _foot("Change the plan"),
        ],
        className="operation-form",
        **{"data-plan-form": "import"},
    )  # fmt: skip


def _patterns(choices: PlanChoices) -> html.Div:
    rows = [
        html.Tr(
            [
                html.Td(html.Strong(one.callsign)),
                html.Td(one.words, className="cell-wide"),
                html.Td(f"{one.to_come} to come"),
                html.Td(one.made_by),
                html.Td(
                    html.Button(
                        "End",
                        type="button",
                        className="button quiet-button",
                        **{
                            "data-do": "plans/end-pattern",
                            "data-with": json.dumps({"pattern": one.id}),
                            "data-ask": f"End the pattern of {one.callsign} and cancel what has not begun of it?",
                        },
                    )
                    if choices.may_edit
                    else None
                ),
            ]
        )
        for one in choices.patterns
    ]
    heads = ("Unit", "When", "Ahead", "By", "")
    table = html.Table(
        [html.Thead(html.Tr([html.Th(one, scope="col") for one in heads])), html.Tbody(rows)], className="table"
    )
    close = html.Button("Close", type="button", className="button", **{"data-closes": ""})
    return html.Div(
        [
            html.H2("Patterns"),
            table if rows else empty("No unit is assigned by a pattern"),
            _pattern_form(choices) if choices.may_edit else close,
        ]
    )


def _pattern_form(choices: PlanChoices) -> html.Form:
    boxes = [
        html.Label(
            [element("input", type="checkbox", name="days", value=str(number)), html.Span(word)], className="check"
        )
        for number, word in enumerate(DAYS)
    ]
    clock = {"type": "time", "required": True}
    every = element("input", id="plan-pattern-every", name="every_weeks", type="number", min="1", max="8", value="1")
    skip = element("input", type="checkbox", name="skip_booked", **{"data-type": "flag"})
    return html.Form(
        [
            html.H3("A new pattern"),
            *_what(choices, "plan-pattern"),
            element("fieldset", element("legend", "On"), *boxes, **{"class": "asker plan-days"}),
            _field("plan-pattern-starts", "From", element("input", id="plan-pattern-starts", name="starts", **clock)),
            _field("plan-pattern-ends", "Until", element("input", id="plan-pattern-ends", name="ends", **clock)),
            _field("plan-pattern-since", "First day",
                   element("input", id="plan-pattern-since", name="since", type="date", required=True)),
            _field("plan-pattern-until", "Last day",
                   element("input", id="plan-pattern-until", name="until", type="date", required=True)),
            _field("plan-pattern-every", "Every … weeks", every),
            *_crew_and_note("plan-pattern"),
            html.Label([skip, html.Span("leave out times at which the unit is booked already")], className="check"),
            _answer(),
            _reason("plan-pattern"),
            _foot("Assign by this pattern"),
        ],
        className="operation-form",
        **{"data-plan-form": "pattern"},
    )  # fmt: skip


def _calendars(choices: PlanChoices) -> html.Div:
    rows = [
        html.Tr(
            [
                html.Td(html.Strong(one.agency)),
                html.Td(one.label or "—", className="cell-wide"),
                html.Td([one.made_by, " ", local_time(one.made_at)]),
                html.Td(["read ", local_time(one.read_at)] if one.read_at else "never read"),
                html.Td(_end_calendar(one)),
            ]
        )
        for one in choices.calendars
    ]
    agencies = [element("option", f"{code} {name}", value=code) for code, name in choices.calendar_agencies]
    label = element("input", id="plan-calendar-label", name="label", type="text", maxlength="80", autocomplete="off")
    return html.Div(
        [
            html.H2("Calendar addresses"),
            html.P(
                "Whoever has the address reads the agency's deployments without signing in. It is shown once, when it is made."
            ),
            html.Table(html.Tbody(rows), className="table") if rows else empty("No address has been made"),
            html.Form(
                [
                    _field("plan-calendar-agency", "Agency",
                           element("select", *agencies, id="plan-calendar-agency", name="agency")),
                    _field("plan-calendar-label", "Whose it is", label),
                    html.P(className="plan-address", role="status", **{"data-own": "plan-address"}),
                    _answer(),
                    _foot("Make an address"),
                ],
                className="operation-form",
                **{"data-plan-form": "calendar"},
            ),
        ]
    )  # fmt: skip


def _end_calendar(one: CalendarView) -> Any:
    if one.ended_at is not None:
        return html.Span("ended", className="quiet")
    return html.Button(
        "End",
        type="button",
        className="button quiet-button",
        **{
            "data-do": "plans/end-calendar",
            "data-with": json.dumps({"calendar": one.id}),
            "data-ask": "End this address? Calendars that read it get nothing any more.",
        },
    )
