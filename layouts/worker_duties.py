"""The worker's duties and its backups, beside the table of feeds."""

from typing import Any

from layouts.components import plain as html
from layouts.components.marks import empty
from layouts.components.numbers import counted
from layouts.components.times import age
from ops_centre.picture.feed_views import BackupState, DutyRow, WorkerState

STALE_WORD = "The worker writes down what a duty did, and when it fails; a duty with nothing to do keeps its line."


def duties(state: WorkerState) -> list[Any]:
    """The worker's duties, those that failed first, and the age of the newest backup."""
    failed = sum(duty.outcome == "failed" for duty in state.duties)
    alive = [" last sign of life ", age(state.alive_at)]
    head = html.Div(
        [
            html.H2("Duties of the worker"),
            html.Span(alive, className="quiet"),
            html.Strong(counted(failed, "has failed", "have failed"), className="abnormal") if failed else None,
        ],
        className="panel-line",
    )
    if not state.duties:
        return [head, _backup(state.backup), empty("No duty has been noted yet", "Is the worker running?")]
    titles = ("Duty", "Outcome", "When", "What it said")
    return [
        head,
        _backup(state.backup),
        html.Table(
            [
                html.Caption(STALE_WORD),
                html.Thead(html.Tr([html.Th(title, scope="col") for title in titles])),
                html.Tbody([_duty(duty) for duty in state.duties]),
            ],
            className="table",
        ),
    ]


def _duty(duty: DutyRow) -> html.Tr:
    is_failed = duty.outcome == "failed"
    return html.Tr(
        [
            html.Th(duty.name, scope="row"),
            html.Td(html.Strong("◆ failed", className="abnormal") if is_failed else duty.outcome),
            html.Td(age(duty.ended_at or duty.started_at)),
            html.Td(duty.detail or "", className="cell-wide"),
        ]
    )


def _backup(state: BackupState) -> html.P:
    if not state.every_hours:
        return html.P(
            [html.Strong("Backups: none are made by themselves"), " (backup.every_hours is 0)."], className="abnormal"
        )
    every = f"one every {state.every_hours:g} h"
    if state.newest_at is None:
        return html.P([html.Strong("◆ No backup has been made yet"), f"; {every} is asked for."], className="abnormal")
    told = [age(state.newest_at), f", {state.bytes / 1e6:,.1f} MB; {counted(state.kept, 'kept', 'kept')}, {every}."]
    if state.overdue:
        return html.P([html.Strong("◆ The newest backup is too old: "), *told], className="abnormal")
    return html.P(["Newest backup ", *told])
