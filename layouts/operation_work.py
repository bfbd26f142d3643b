"""What an operation is about and who is at it: purpose, units, taskings, links, steps."""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from layouts.components import plain as html
from layouts.components.marks import chip, empty
from layouts.components.painted import Element
from layouts.components.times import local_time
from layouts.operation_words import STATE_WORDS, operation_link, window
from ops_centre.clock import to_ms
from ops_centre.domain.operations import ENDED
from ops_centre.picture.operation_views import (
    OperationLinkView,
    OperationStepView,
    OperationTasking,
    OperationUnit,
    OperationView,
)


def work(view: OperationView) -> list[Any]:
    """Purpose and particulars, units, taskings, links, steps."""
    return [
        _about(view),
        _section("Units", len(view.units), _units(view.units, view)),
        _section("Taskings", len(view.taskings), _taskings(view.taskings)),
        _section("Links", len(view.links), _links(view), _add_link() if view.may_edit else None),
        _section("Steps", None, _steps(view.steps)),
    ]


def _section(title: str, number: int | None, *body: Any) -> html.Section:
    counted = [" ", html.Span(str(number), className="brief-count")] if number else []
    return html.Section([html.H2([title, *counted]), *body], className="operation-section")


def _about(view: OperationView) -> html.Section:
    row = view.row
    needs = ", ".join(f"{number} × {what}" for what, number in view.requirements)
    pairs = [
        ("About", ", ".join(row.subjects) or "no subject named"),
        ("Place", row.place or "no place named"),
        ("Units asked for", needs or "none asked for"),
        ("Proposed", [view.proposed_by, " ", local_time(view.proposed_at)]),
        ("Approved", [view.approved_by, " ", local_time(view.approved_at)] if view.approved_by else None),
        ("Released to", ", ".join(row.releases) or "nobody else"),
        ("Closed because", view.close_reason),
        ("Grew out of", operation_link(view.promoted_from) if view.promoted_from else None),
        ("Became", [[operation_link(one), " "] for one in view.promoted_to] or None),
    ]
    shown = [pair for pair in pairs if pair[1] is not None]
    return html.Section(
        [
            html.H2("Purpose"),
            html.P(view.purpose or html.Span("No purpose is written.", className="abnormal"), className="question"),
            html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in shown], className="operation-facts"),
        ],
        className="operation-section",
    )


def _units(units: Sequence[OperationUnit], view: OperationView) -> Any:
    plan = _plan(view) if view.row.state not in ENDED else None
    if not units:
        return empty("No unit is assigned or tasked", plan)
    heads = ("Unit", "Agency", "Assigned", "Tasking", "Now")
    table = _table(heads, [_unit(unit) for unit in units])
    return html.Div([table, html.P(plan)]) if plan is not None else table


def _plan(view: OperationView) -> Element:
    """To the plan, narrowed to this operation and from its first day on."""
    starts = view.row.starts_at
    asked = {"operation": view.row.reference} | ({"from": str(to_ms(starts))} if starts is not None else {})
    return html.A("Plan units", href=f"/planning?{urlencode(asked)}", className="link", **{"data-follow": ""})


def _unit(unit: OperationUnit) -> html.Tr:
    name = html.Button(
        unit.callsign, type="button", className="link", **{"data-select": f"unit:{unit.id}", "data-go": "/"}
    )
    tasked: Any = html.Span("—", className="quiet")
    if unit.tasking_id is not None:
        tasked = html.A(
            unit.tasking_state, href=f"/chain/tasking/{unit.tasking_id}", className="link", **{"data-follow": ""}
        )
    assigned = window(unit.starts_at, unit.ends_at) if unit.assignment_id is not None else "—"
    out = unit.availability == "out of service"
    return html.Tr(
        [
            html.Th([name, " ", html.Span(unit.unit_type, className="quiet")], scope="row"),
            html.Td(unit.agency),
            html.Td(assigned),
            html.Td(tasked),
            html.Td(chip(unit.availability, "warn") if out else unit.availability),
        ]
    )


def _table(heads: Sequence[str], rows: Sequence[html.Tr]) -> html.Div:
    return html.Div(
        html.Table(
            [html.Thead(html.Tr([html.Th(one, scope="col") for one in heads])), html.Tbody(rows)], className="table"
        ),
        className="operation-table",
    )


def _taskings(taskings: Sequence[OperationTasking]) -> Any:
    if not taskings:
        return empty("No unit has been tasked under it")
    return html.Ol([_tasking(one) for one in taskings], className="operation-list")


def _tasking(one: OperationTasking) -> html.Li:
    words = html.A(
        [html.Strong(one.callsign), f" · {one.subject}"],
        href=f"/chain/tasking/{one.id}",
        className="link",
        **{"data-follow": ""},
    )
    return html.Li(
        [
            html.P([words, " ", chip(one.state), html.Span([" ", _tasking_when(one)], className="quiet")]),
            html.P([html.Span("Intent: ", className="quiet"), one.intent or "—"]),
            html.P([html.Span(f"Execution ({one.agency}): ", className="quiet"), one.execution or _not_told()]),
            _execution_form(one) if one.may_write_execution else None,
        ]
    )


def _tasking_when(one: OperationTasking) -> list[Any]:
    if one.ended_at is not None:
        return ["ended ", local_time(one.ended_at), f": {one.end_reason}" if one.end_reason else ""]
    return ["due ", local_time(one.due_at)] if one.due_at else ["asked ", local_time(one.requested_at)]


def _not_told() -> html.Span:
    return html.Span("the agency has not said how yet", className="quiet")


def _execution_form(one: OperationTasking) -> html.Details:
    """How the agency carries it out: its own words, its own authority."""
    field = f"execution-{one.id}"
    sent = {"data-do": "taskings/execution", "data-with": f'{{"tasking": {one.id}}}', "data-keep": ""}
    return html.Details(
        [
            html.Summary("Say how"),
            html.Form(
                [
                    html.Label(f"Execution by {one.callsign}", htmlFor=field, className="field-label"),
                    html.Textarea(one.execution, id=field, name="execution", rows=2, maxlength=2000),
                    html.Div(
                        [
                            html.Button("Save", type="submit", className="button"),
                            html.P(className="answer", role="alert", **{"data-answer": ""}),
                        ],
                        className="watch-acts",
                    ),
                ],
                **sent,
            ),
        ]
    )


def _links(view: OperationView) -> Any:
    if not view.links:
        return empty("Nothing is linked to it", "Targets, craft, alerts, log entries and enquiries can be.")
    return html.Ul([_link(one, view) for one in view.links], className="operation-list")


def _add_link() -> html.Button:
    return html.Button("Link …", type="button", className="button control", **{"data-opens": "operation-link"})


def _link(one: OperationLinkView, view: OperationView) -> html.Li:
    marks = {
        "data-opens": "operation-unlink",
        "data-with": json.dumps({"operation": view.row.id, "kind": one.kind, "thing": one.id}),
        "data-about": one.label,
    }
    words = ["Unlink", html.Span(f" {one.label}", className="unseen")]
    drop = html.Button(words, type="button", className="button quiet-button control", **marks)
    return html.Li(
        [
            html.Span(one.kind, className="quiet link-kind"),
            html.A(one.label, href=one.href, className="link", **{"data-follow": ""}),
            html.Span(one.detail, className="quiet"),
            drop if view.may_edit else None,
        ],
        className="operation-linked",
    )


def _steps(steps: Sequence[OperationStepView]) -> html.Ol:
    return html.Ol(
        [
            html.Li(
                [
                    local_time(step.at),
                    " ",
                    html.Strong(STATE_WORDS.get(step.state, step.state)),
                    f" by {step.by_name}",
                    f": {step.reason} " if step.reason else " ",
                    html.A(
                        f"entry {step.log_seq}", href=f"/log/{step.log_seq}", className="link", **{"data-follow": ""}
                    ),
                ]
            )
            for step in steps
        ],
        className="operation-list",
    )
