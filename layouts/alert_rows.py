"""Rows of the triage list, read from left to right: how bad, what and why, how long, how it stands, what can be done."""

from typing import Any

from layouts.alert_forms import named
from layouts.alert_parts import (
    Reader,
    about,
    acts,
    cause_words,
    due,
    holder,
    severity_word,
    state_words,
    times_announced,
)
from layouts.components import plain as html
from layouts.components.marks import marking
from layouts.components.times import age, countdown, local_time
from ops_centre.picture.watch_views import AlertRow


def alert_row(row: AlertRow, reader: Reader) -> html.Li:
    """One standing alert."""
    asked = html.Div(age(row.announced_at), className="alert-asked")
    return _row(row, reader, [row.text], [due(row), asked], [html.Div(state_words(row)), html.Div(holder(row, reader))])


def shelved_row(row: AlertRow, reader: Reader) -> html.Li:
    """One shelved alert: why, by whom, and when it comes back."""
    why = ["“", row.shelve_reason or "no reason given", "” · ", row.shelved_by or "the centre"]
    left = html.Div(["in ", countdown(row.shelved_until)], className="alert-asked")
    back = html.Div(["back at ", local_time(row.shelved_until)])
    return _row(row, reader, why, [back, left], [html.Div("shelved"), html.Div(holder(row, reader))])


def _row(row: AlertRow, reader: Reader, words: list[Any], when: list[Any], state: list[Any]) -> html.Li:
    title = [about(row, reader, row.title, "link alert-title"), " ", times_announced(row)]
    return html.Li(
        [
            html.Div([severity_word(row.severity), marking(row.owner, row.marking)], className="alert-marks"),
            html.Div(
                [
                    html.Div(title, className="alert-head"),
                    html.P(
                        [html.Span(cause_words(row.cause), className="alert-cause"), " · ", *words],
                        className="alert-text",
                    ),
                ],
                className="alert-what",
            ),
            html.Div(when, className="alert-when"),
            html.Div(state, className="alert-state"),
            html.Div(acts(row, reader), className="alert-acts control", role="group", **named(f"Acts for {row.title}")),
        ],
        className=f"alert-row is-{row.severity} state-{row.state}",
        **{"data-alert": str(row.id)},
    )
