"""What became of alerts: the particulars of one, and the list of those that are over. A missed one says so."""

from collections.abc import Sequence
from typing import Any

from layouts.alert_parts import Reader, about, acts, cause_words, severity_word, state_words, times_announced
from layouts.components import plain as html
from layouts.components.marks import chip, empty, facts, marking
from layouts.components.numbers import count, counted
from layouts.components.times import age, countdown, local_time
from ops_centre.domain.alerting import FIELD_CALL
from ops_centre.picture.alert_views import AlertEventRow, AlertHistory

STEP_WORDS = {"announced": "announced", "claimed": "taken on", "unshelved": "back from the shelf"}
MISSED = "MISSED"

KEYS_HINT = (
    ("j k", "next, previous"),
    ("a", "acknowledge"),
    ("c", "claim"),
    ("s", "shelve"),
    ("x", "clear"),
    ("r", "respond"),
    ("o", "contingency"),
    ("Enter", "open"),
)


def beside(card: Any) -> list[Any]:
    """What stands beside the list: the particulars of the chosen alert, and the keys."""
    keys = [html.Span([html.Kbd(key), f" {what} "]) for key, what in KEYS_HINT]
    return [html.Div(card, className="alert-card", tabIndex=-1), html.P(keys, className="keys-hint control")]


def no_card() -> html.Div:
    """The place of the particulars while no alert is chosen."""
    return empty("No alert chosen", "Choose one with j and k, or press its row.")


def gone_card() -> html.Div:
    """An alert that is not there, or not for this reader."""
    return empty("There is no such alert", "It may have been cleared; the history holds it.")


def alert_card(found: AlertHistory, reader: Reader) -> list[Any]:
    """Everything about one alert, with each step of its life and the way along the chain."""
    row = found.alert
    over = found.cleared_at is not None
    chain = (
        html.A("Chain", href=f"/chain/alert/{row.id}", className="button", **{"data-follow": ""})
        if reader.sees_chain
        else None
    )
    return [
        html.Div([severity_word(row.severity), " ", times_announced(row), missed_mark(found)], className="card-marks"),
        html.H2(row.title),
        html.P(row.text, className="card-text"),
        facts(
            ("Cause", cause_words(row.cause)),
            ("About", about(row, reader, _about_words(row))),
            ("Due", [countdown(row.due_at), " · ", local_time(row.due_at)] if row.due_at else None),
            ("State", _over(found) if over else state_words(row)),
            (
                "Acknowledged",
                [row.acknowledged_by, " ", local_time(row.acknowledged_at)] if row.acknowledged_by else None,
            ),
            ("Shelved", [f"“{row.shelve_reason}” · {row.shelved_by}"] if row.shelved_until else None),
            ("Taken on by", [row.assigned_to, " ", local_time(found.assigned_at)] if row.assigned_to else "nobody"),
            ("Escalated", local_time(row.escalated_at) if row.escalated_at else None),
            ("First raised", [local_time(row.raised_at), " · ", age(row.raised_at)]),
            ("Owner and marking", marking(row.owner, row.marking)),
        ),
        html.Div([*(() if over else acts(row, reader)), chain], className="alert-card-acts control"),
        html.H3("What became of it"),
        _events(found.events),
    ]


def missed_mark(found: AlertHistory) -> html.Span | None:
    """Stands out on an alert that went by without anybody having seen it."""
    return chip(MISSED, "warn") if found.missed else None


def history_list(found: Sequence[AlertHistory], hours: int, *, missed_only: bool) -> Any:
    """Alerts that were cleared, newest first, each with what became of it."""
    shown = [one for one in found if one.missed] if missed_only else list(found)
    if not shown:
        which = "missed" if missed_only else "cleared"
        return empty(
            f"No alert was {which} in the last {hours} h", "Missed: cleared without anybody having acknowledged it."
        )
    missed = sum(one.missed for one in found)
    titles = ("Severity", "Alert", "Raised", "Cleared", "Why it was cleared", "What became of it", "Handling")
    head = html.Tr([html.Th(title, scope="col") for title in titles])
    note = f"{count(len(shown))} alerts of the last {hours} h, newest first · {counted(missed, 'was', 'were')} missed"
    table = [html.Caption(note), html.Thead(head), html.Tbody([_line(one) for one in shown])]
    return html.Table(table, className="table history")


def _line(found: AlertHistory) -> html.Tr:
    row = found.alert
    title = html.Button([row.title], type="button", className="link", **{"data-alert-choose": str(row.id)})
    seen = (
        [missed_mark(found)]
        if found.missed
        else [f"acknowledged by {row.acknowledged_by}"]
        if row.acknowledged_by
        else ["cleared by hand"]
    )
    return html.Tr(
        [
            html.Td(severity_word(row.severity), className="cell-severity"),
            html.Th(
                [title, " ", times_announced(row), html.Div(cause_words(row.cause), className="quiet")], scope="row"
            ),
            html.Td(local_time(row.raised_at)),
            html.Td(local_time(found.cleared_at) if found.cleared_at else "still stands"),
            html.Td(_over(found) if found.cleared_at else "—", className="cell-wide"),
            html.Td([*seen, html.Div(_in_short(found.events), className="quiet")]),
            html.Td(marking(row.owner, row.marking)),
        ],
        **{"data-alert-past": str(row.id)},
    )


def _over(found: AlertHistory) -> list[Any]:
    by = "the cause had gone" if found.cleared_by == "system" else f"cleared by {found.cleared_by}"
    return [by, f": {found.clear_reason}" if found.clear_reason else ""]


def _in_short(events: Sequence[AlertEventRow]) -> str:
    """``announced 3×, shelved, acknowledged``."""
    times: dict[str, int] = {}
    for event in events:
        times[event.what] = times.get(event.what, 0) + 1
    return ", ".join(
        STEP_WORDS.get(what, what) + (f" {number}×" if number > 1 else "") for what, number in times.items()
    )


def _events(events: Sequence[AlertEventRow]) -> html.Ol:
    return html.Ol([_event(event) for event in reversed(events)], className="alert-steps")


def _event(event: AlertEventRow) -> html.Li:
    by = [] if event.by == "system" else [" by ", html.Span(event.by, className="who-did")]
    detail = html.Div(event.detail, className="quiet") if event.detail else None
    return html.Li([local_time(event.at), html.Div([STEP_WORDS.get(event.what, event.what), *by, detail])])


def _about_words(row: Any) -> str:
    if row.subject_kind == FIELD_CALL:
        return "the call on the map" if row.lat is not None else "the devices"
    on_wall = {"target": "the target on the wall", "track": "the craft on the wall", "unit": "the unit on the wall"}
    pages = {"feed": "the feeds", "backup": "the feeds", "lookout": "the lookouts", "watch": "the watch"}
    return on_wall.get(row.subject_kind) or pages.get(row.subject_kind) or f"{row.subject_kind} {row.subject_id}"
