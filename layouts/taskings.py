"""Units that were sent, by where they stand, and the outcomes owed.

Acts open a dialog that is drawn once and stays: a redraw of the board touches neither what is typed nor who has the focus.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dash import html

from layouts.components.marks import empty, severity_mark
from layouts.components.numbers import counted
from layouts.components.painted import sketch
from layouts.components.times import MEETING, age, local_time
from layouts.dispatch_words import chain_link, moment, result_chip, state_chip
from layouts.ids_dispatch import Taskings
from layouts.tasking_acts import cancel_dialog, outcome_button, outcome_dialog, report_dialog, row_acts
from ops_centre.domain.tasking import TaskingState
from ops_centre.picture.dispatch_views import TaskingView
from ops_centre.picture.views import TargetRow
from ops_centre.picture.watch_views import TaskingRow

S = TaskingState
GROUPS = (
    (S.REQUESTED, "Requested", "waits for the unit or its agency"),
    (S.ACCEPTED, "Accepted", "not under way yet"),
    (S.EN_ROUTE, "En route", ""),
    (S.ON_SCENE, "On scene", ""),
)
TO_ACCEPT = ("to accept", "not accepted in time")
TO_CHECK_IN = ("to next check-in", "check-in overdue")
TO_COMPLETE = ("to complete", "overdue")
HEADS = ("Unit", "Subject", "Meets", "Waits for", "Last word", "Since", "")


@dataclass(frozen=True, slots=True)
class TaskingsView:
    """What the board is made of, all in the reader's scope."""

    open: Sequence[TaskingView]
    owed: Sequence[TaskingView]  # ended, outcome owed
    unmet: Sequence[TargetRow]  # arrived, no unit was sent, no outcome
    ended: Sequence[TaskingView]  # lately
    check_in_min: float | None = None  # a unit that says nothing for so long is overdue
    may_report_outcome: bool = False  # for targets that no unit was sent to


def taskings_page() -> html.Div:
    """Heading, the place of the board, and its dialogs."""
    return html.Div(
        [
            html.Div([html.H1("Taskings"), html.P(_KEYS, className="quiet keys-line")], className="page-head"),
            html.Div(
                id=Taskings.BODY,
                className="taskings-body",
                tabIndex=0,
                role="region",
                **sketch(empty("Loading …")),
                **{"aria-label": "Taskings"},
            ),
            _dialog(Taskings.REPORT, "Report a step", report_dialog()),
            _dialog(Taskings.CANCEL, "Cancel a tasking", cancel_dialog()),
            _dialog(Taskings.OUTCOME, "Enter an outcome", outcome_dialog()),
        ],
        id=Taskings.PAGE,
        className="page sheet",
    )


_KEYS = "j k choose · Enter next step · i check-in · o outcome · x cancel"


def _dialog(name: Taskings, label: str, body: Any) -> html.Dialog:
    return html.Dialog(id=name, className="ask act-dialog", **sketch(body), **{"aria-label": label})


def taskings_board(view: TaskingsView) -> list[Any]:
    """Every state with its taskings, then outcomes owed, then what ended lately."""
    groups = [
        _group(title, note, [one for one in view.open if one.row.state == state], view.check_in_min)
        for state, title, note in GROUPS
    ]
    return [_summary(view), *groups, _owed(view), _ended(view.ended)]


def _summary(view: TaskingsView) -> html.P:
    owed = len(view.owed) + len(view.unmet)
    words = [counted(len(view.open), "unit sent", "units sent"), counted(owed, "outcome owed", "outcomes owed")]
    return html.P(" · ".join(words), className="quiet board-summary")


def _group(title: str, note: str, taskings: Sequence[TaskingView], check_in_min: float | None) -> html.Section:
    head = html.H2([title, " ", html.Span(str(len(taskings)), className="sent-count")])
    if not taskings:
        return html.Section([head, html.P("none", className="quiet")], className="sent-group sent-none")
    return html.Section(
        [
            html.Div([head, html.P(note, className="quiet") if note else None], className="sent-head"),
            _table([_line(one, check_in_min) for one in taskings], HEADS, title),
        ],
        className="sent-group",
    )


def _table(lines: list[html.Tr], heads: Sequence[str], label: str, kind: str = "") -> html.Table:
    return html.Table(
        [
            html.Caption(label, className="unseen"),
            html.Thead(
                html.Tr([html.Th(text or html.Span("Acts", className="unseen"), scope="col") for text in heads])
            ),
            html.Tbody(lines),
        ],
        className=f"table tasking-table {kind}".strip(),
    )


def _line(view: TaskingView, check_in_min: float | None) -> html.Tr:
    row = view.row
    return html.Tr(
        [
            html.Th(
                [chain_link("tasking", row.id, row.callsign), html.Span(row.unit_agency, className="quiet")],
                scope="row",
            ),
            html.Td([_subject(row), html.Span(row.intent, className="row-detail")], className="cell-wide"),
            html.Td([row.meet_place or "on its way", " ", _meeting(row)]),
            html.Td(_waits_for(row, check_in_min)),
            html.Td(age(row.checked_in_at)),
            html.Td([local_time(_since(row)), html.Span(f"by {row.requested_by}", className="quiet")]),
            html.Td(row_acts(view), className="row-acts"),
        ],
        tabIndex=0,
        **{"data-tasking": str(row.id)},
    )


def _subject(row: TaskingRow) -> Any:
    if row.target_id is not None:
        return chain_link("target", row.target_id, row.subject)
    if row.track_id is not None:
        return chain_link("track", row.track_id, row.subject)
    return html.Span(row.subject)


def _since(row: TaskingRow) -> Any:
    return row.ended_at or row.on_scene_at or row.en_route_at or row.accepted_at or row.requested_at


def _meeting(row: TaskingRow) -> Any:
    """Counted down until the unit is there; then only the time that was meant."""
    if row.state == S.ON_SCENE:
        return html.Span(["meeting was for ", local_time(row.meet_at)], className="quiet") if row.meet_at else None
    return moment(row.meet_at, MEETING, calm=True)


def _waits_for(row: TaskingRow, check_in_min: float | None) -> Any:
    if row.state == S.REQUESTED:
        return moment(row.accept_by, TO_ACCEPT, calm=True)
    if row.due_at is not None and row.state == S.ON_SCENE:
        return moment(row.due_at, TO_COMPLETE, calm=True)
    if check_in_min is not None:
        return moment(row.checked_in_at + timedelta(minutes=check_in_min), TO_CHECK_IN, calm=True)
    return "—"


def _owed(view: TaskingsView) -> html.Section:
    """What nobody has said the result of: taskings that ended, and targets that arrived without a unit."""
    lines = [_owed_line(one) for one in view.owed]
    lines += [_unmet_line(row, may=view.may_report_outcome) for row in view.unmet]
    head = html.H2(["Outcomes owed ", html.Span(str(len(lines)), className="sent-count")])
    if not lines:
        return html.Section([head, html.P("none", className="quiet")], className="sent-group sent-none")
    return html.Section(
        [
            html.Div([head], className="sent-head"),
            _table(lines, ("Unit", "Subject", "Where", "Since", ""), "Outcomes owed", "owed-table"),
        ],
        className="sent-group",
    )


def _owed_line(view: TaskingView) -> html.Tr:
    row = view.row
    return html.Tr(
        [
            html.Th(
                [chain_link("tasking", row.id, row.callsign), html.Span(row.unit_agency, className="quiet")],
                scope="row",
            ),
            html.Td(_subject(row), className="cell-wide"),
            html.Td(row.meet_place or "on its way"),
            html.Td(age(row.ended_at or row.on_scene_at)),
            html.Td(outcome_button(view), className="row-acts"),
        ],
        tabIndex=0,
        **{"data-tasking": str(row.id)},
    )


def _unmet_line(row: TargetRow, *, may: bool) -> html.Tr:
    return html.Tr(
        [
            html.Th(html.Span("no unit was sent", className="quiet"), scope="row"),
            html.Td([severity_mark(row.severity), " ", chain_link("target", row.id, row.label)], className="cell-wide"),
            html.Td(row.place_name or row.place or "not known"),
            html.Td(["arrived ", age(row.arrives_at)]),
            html.Td(outcome_button(row) if may else None, className="row-acts"),
        ],
        tabIndex=0,
        **{"data-owes-target": str(row.id)},
    )


def _ended(ended: Sequence[TaskingView]) -> html.Section:
    head = html.H2(["Ended today ", html.Span(str(len(ended)), className="sent-count")])
    if not ended:
        return html.Section([head, html.P("none", className="quiet")], className="sent-group sent-none")
    lines = [
        html.Tr(
            [
                html.Th(chain_link("tasking", one.row.id, one.row.callsign), scope="row"),
                html.Td(_subject(one.row), className="cell-wide"),
                html.Td([state_chip(one.row.state), " ", one.end_reason or ""]),
                html.Td(
                    [result_chip(one.outcomes[0].result), " ", one.outcomes[0].finding or ""] if one.outcomes else "—"
                ),
                html.Td(age(one.row.ended_at)),
            ]
        )
        for one in ended
    ]
    return html.Section(
        [
            html.Div([head], className="sent-head"),
            _table(lines, ("Unit", "Subject", "Ended", "Outcome", "When"), "Ended today", "owed-table"),
        ],
        className="sent-group",
    )
