"""Situation reports of an operation: those issued, the draft, the form that drafts the next from what happened."""

from collections.abc import Sequence

from layouts.components import plain as html
from layouts.components.marks import chip, empty, marking
from layouts.components.numbers import count
from layouts.components.times import local_time
from layouts.operation_fields import (
    agencies_field,
    buttons,
    folded,
    form,
    sealed_line,
    slot,
    submit,
    submit_as,
    text_field,
    undo,
)
from ops_centre.domain.situation_reports import Head
from ops_centre.picture.operation_part_views import ReportsPart, ReportView

FIELDS = {
    Head.SITUATION: ("situation", 3),
    Head.EVENTS: ("events", 6),
    Head.TASKINGS: ("taskings", 5),
    Head.UNITS: ("units", 3),
    Head.OBJECTIVES: ("objectives", 3),
    Head.NEXT: ("next", 2),
}
Agencies = Sequence[tuple[str, str]]


def reports_section(part: ReportsPart, agencies: Agencies) -> html.Div:
    """The section on the page of one operation. ``agencies``: code and name of those in the room."""
    draft = part.draft
    parts = [
        html.Div(
            [
                html.H2("Situation reports"),
                html.Span(count(len(part.issued)), className="brief-count"),
                chip(f"draft of report {draft.number}", "strong") if draft else None,
            ],
            className="panel-line",
        ),
        slot(
            [_issued(part, one, newest=place == 0) for place, one in enumerate(part.issued)]
            or empty("No report is issued", "One is drafted from the log, taskings and outcomes.")
        ),
        slot(_edit_form(part, draft, agencies) if draft and part.may_work else None),
        slot(_draft_form(part, agencies) if part.may_draft else None),
    ]
    return html.Div(parts)


def _issued(part: ReportsPart, report: ReportView, *, newest: bool) -> html.Div:
    address = f"/api/v1/operations/{part.operation}/reports/{report.number}.pdf"
    return html.Div(
        [
            html.Div(
                [
                    html.H3(f"Report {report.number}"),
                    html.Span(["to ", html.Strong(", ".join(report.agencies))]),
                    html.Span([report.issued_by, " ", local_time(report.issued_at)], className="quiet"),
                    marking(report.owner, report.marking),
                    html.A(f"Report {report.number} as PDF", href=address, className="link", download=""),
                ],
                className="panel-line",
            ),
            _text(report) if newest else folded(f"Read report {report.number}", _text(report)),
        ]
    )


def _text(report: ReportView) -> html.Div:
    told = [(head, report.heads.get(head.value, "")) for head in Head]
    heads = [
        html.Div([html.H4(head.value.capitalize()), html.P(text, className="part-text")]) for head, text in told if text
    ]
    span = html.P(["Tells of ", local_time(report.since_at), " to ", local_time(report.until_at)], className="quiet")
    return html.Div([span, *heads, sealed_line(report.sha256, report.log_seq, sealed=report.sealed)])


def _edit_form(part: ReportsPart, draft: ReportView, agencies: Agencies) -> html.Div:
    fields = [
        text_field(f"report-{name}", name, head.value.capitalize(), draft.heads.get(head.value, ""), rows=rows)
        for head, (name, rows) in FIELDS.items()
    ]
    question = f"Issue report {draft.number} to the agencies that are ticked? It cannot be changed after that."
    discard = html.Button(
        "Throw the draft away",
        type="button",
        className="button quiet-button",
        **{
            "data-do": "reports/discard",
            "data-with": f'{{"report": {draft.id}, "edition": {draft.edition}}}',
            "data-ask": f"Throw the draft of report {draft.number} away?",
        },
    )
    edit = form(
        "reports/save",
        f"report:{draft.id}",
        {"report": draft.id, "edition": draft.edition},
        f"Situation report {draft.number}",
        agencies_field(agencies, draft.agencies, part.may_know),
        *fields,
        buttons(
            submit("Keep as draft"),
            submit_as("reports/issue", f"Issue report {draft.number}", question),
            undo(),
            discard,
        ),
    )
    return html.Div([html.H3(f"Report {draft.number}, a draft"), _drafted(draft), edit])


def _drafted(draft: ReportView) -> html.P:
    return html.P(
        [
            f"Drafted from {count(draft.facts)} facts, ", local_time(draft.since_at), " to ", local_time(draft.until_at),
            f"; saved by {draft.written_by} ", local_time(draft.written_at), ". It will be handled as ",
            marking(draft.owner, draft.marking), ".",
        ],
        className="quiet",
    )  # fmt: skip


def _draft_form(part: ReportsPart, agencies: Agencies) -> html.Details:
    draft = part.draft
    chosen = draft.agencies if draft else (part.issued[0].agencies if part.issued else ())
    words = "Draft it anew from what happened" if draft else "Draft the next report"
    return folded(
        words,
        form(
            "reports/draft",
            f"reports:{part.operation}",
            {"operation": part.operation, "edition": draft.edition if draft else 0},
            "Draft a situation report",
            html.P(
                "Only what every one of them may know of is taken, and only what they were not told before."
                + (" What the draft says now is replaced." if draft else ""),
                className="quiet",
            ),
            agencies_field(agencies, chosen, part.may_know),
            buttons(submit("Draft anew" if draft else "Draft", primary=not draft)),
        ),
    )
