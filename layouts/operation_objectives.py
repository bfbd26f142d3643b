"""The objectives of an operation: what is to be reached, its measure, how far it was reached."""

import json
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import empty
from layouts.components.painted import element
from layouts.components.times import local_time
from layouts.operation_fields import buttons, folded, form, line_field, slot, submit, text_field
from ops_centre.domain.results import Result
from ops_centre.picture.operation_part_views import ObjectivesPart, ObjectiveView

SHAPES = {Result.SUCCESSFUL: "●", Result.PARTIAL: "◐", Result.UNSUCCESSFUL: "○"}


def objectives_section(part: ObjectivesPart) -> html.Div:
    """The section on the page of one operation."""
    parts = [
        html.Div([html.H2("Objectives"), html.Span(_judged(part), className="quiet")], className="panel-line"),
        slot(_table(part) if part.rows else empty("No objective is set", "A plan needs one before it is approved.")),
        slot(_dropped(part)),
        slot(_add(part) if part.may_change else _why_not(part)),
    ]
    return html.Div(parts)


def _why_not(part: ObjectivesPart) -> Any:
    """Why they stand as they are, for whoever would otherwise change them."""
    if not (part.may_work and part.approved):
        return None
    return html.P("They are approved. To change them, take the approval back first.", className="quiet")


def _judged(part: ObjectivesPart) -> str:
    judged = sum(row.result is not None for row in part.rows)
    return f"{judged} of {len(part.rows)} judged" if part.rows else ""


def _table(part: ObjectivesPart) -> html.Table:
    heads = ("No.", "To be reached", "Measured by", "Result")
    acts = html.Th(html.Span("Acts", className="unseen"), scope="col") if part.may_change or part.may_judge else None
    return html.Table(
        [
            html.Thead(html.Tr([*(html.Th(one, scope="col") for one in heads), acts])),
            html.Tbody([_row(part, row) for row in part.rows]),
        ],
        className="table part-table",
    )


def _row(part: ObjectivesPart, row: ObjectiveView) -> html.Tr:
    ordered = part.may_change and len(part.rows) > 1
    acts = html.Div(
        [
            _shift_buttons(part, row) if ordered else None,
            _judge_form(row) if part.may_judge else None,
            *(_change_forms(row) if part.may_change else ()),
        ],
        className="part-acts",
    )
    # The number is what a row is dragged by (assets/53-operation-parts.js); the buttons do the same
    handle = {"draggable": "true", "title": "Drag to another place"} if ordered else {}
    return html.Tr(
        [
            html.Td(str(row.position), className="objective-number", **handle),
            html.Td(row.text, className="cell-wide"),
            html.Td(row.measure),
            html.Td(_result(row)),
            html.Td(acts) if part.may_change or part.may_judge else None,
        ],
        **({"data-objective": str(row.id), "data-version": str(row.version)} if ordered else {}),
    )


def _result(row: ObjectiveView) -> Any:
    if row.result is None:
        return html.Span("not judged", className="quiet")
    result = Result(row.result)
    words = html.Strong(f"{SHAPES[result]} {result}", className="" if result is Result.SUCCESSFUL else "abnormal")
    note = html.Div(row.result_note) if row.result_note else None
    return [words, note, html.Div([row.result_by, " ", local_time(row.result_at)], className="quiet")]


def _shift_buttons(part: ObjectivesPart, row: ObjectiveView) -> html.Div:
    """Up and down: by mouse and by keyboard alike."""
    place, last = [one.id for one in part.rows].index(row.id), len(part.rows) - 1
    ways = (("up", "↑", True, place > 0), ("down", "↓", False, place < last))
    return html.Div(
        [
            html.Button(
                sign,
                type="button",
                className="button",
                disabled=not can,
                **{
                    "data-do": "objectives/shift",
                    "data-with": json.dumps({"objective": row.id, "version": row.version, "up": up}),
                    "aria-label": f"Objective {row.position} {words}",
                    "title": f"One place {words}",
                },
            )
            for words, sign, up, can in ways
        ],
        className="objective-shift",
    )


def _judge_form(row: ObjectiveView) -> html.Details:
    identity = f"objective-{row.id}"
    options = [
        element("option", f"{SHAPES[one]} {one}", value=one.value, selected=row.result == one.value) for one in Result
    ]
    return folded(
        "Judge",
        form(
            "objectives/judge",
            f"judge:{row.id}",
            {"objective": row.id, "version": row.version},
            f"Judge objective {row.position}",
            html.Div(
                [
                    html.Label("Result", htmlFor=f"{identity}-result"),
                    element("select", *options, id=f"{identity}-result", name="result"),
                ],
                className="head-field",
            ),
            text_field(f"{identity}-note", "note", "Why", row.result_note or "", rows=2),
            buttons(submit("Judge", primary=True)),
        ),
    )


def _change_forms(row: ObjectiveView) -> tuple[html.Details, html.Details]:
    identity = f"objective-{row.id}"
    change = form(
        "objectives/edit",
        f"objective:{row.id}",
        {"objective": row.id, "version": row.version},
        f"Change objective {row.position}",
        line_field(f"{identity}-text", "text", "To be reached", row.text),
        line_field(f"{identity}-measure", "measure", "Measured by", row.measure),
        buttons(submit("Change")),
    )
    drop = form(
        "objectives/drop",
        f"drop:{row.id}",
        {"objective": row.id},
        f"Drop objective {row.position}",
        line_field(f"{identity}-reason", "reason", "Dropped because"),
        buttons(submit("Drop")),
    )
    return folded("Change", change), folded("Drop", drop)


def _dropped(part: ObjectivesPart) -> Any:
    if not part.dropped:
        return None
    lines = [html.Li([html.Del(row.text), " dropped ", local_time(row.dropped_at)]) for row in part.dropped]
    return folded(f"Dropped ({len(part.dropped)})", html.Ul(lines))


def _add(part: ObjectivesPart) -> html.Details:
    return folded(
        "Add an objective",
        form(
            "objectives/add",
            f"objectives:{part.operation}",
            {"operation": part.operation},
            "Add an objective",
            line_field("objective-text", "text", "To be reached", placeholder="No uncleared yacht lands north of Opua"),
            line_field(
                "objective-measure", "measure", "Measured by", placeholder="yachts sighted and boarded within 2 h"
            ),
            buttons(submit("Add", primary=True)),
        ),
    )
