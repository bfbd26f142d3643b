"""The part of the duty log that refers to an operation, on its page."""

from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip, empty
from layouts.components.times import local_time
from ops_centre.picture.log_views import LogEntryView
from ops_centre.picture.operation_views import OperationRef

LOG_SHOWN = 60


def log_part(entries: Sequence[LogEntryView], operation: OperationRef) -> list[Any]:
    """The newest entries that refer to it, with the way to all of them and to a new one."""
    reference = operation.reference
    whole = html.A(
        "In the duty log", href=f"/log?thing=operation:{operation.id}", className="button", **{"data-follow": ""}
    )
    hint = html.P(["n writes an entry; ", html.Kbd(f"#{reference}"), " in it links it here."], className="quiet")
    top = html.Div([html.H2("Duty log"), whole, hint], className="panel-line")
    if not entries:
        return [top, empty("No entry that you may read refers to it")]
    return [top, html.Ol([_entry(one) for one in entries], className="operation-list operation-entries")]


def _entry(one: LogEntryView) -> html.Li:
    struck = bool(one.corrected_by) and not one.by_system
    return html.Li(
        [
            html.Span(local_time(one.occurred_at), className="log-time"),
            chip(one.kind),
            html.Span(html.Del(one.text) if struck else one.text, className="entry-words"),
            html.Span("centre" if one.by_system and one.author == "system" else one.author_name, className="quiet"),
            html.A(
                [html.Span("entry ", className="unseen"), f"{one.seq}"],
                href=f"/log/{one.seq}",
                className="link",
                **{"data-follow": ""},
            ),
        ]
    )
