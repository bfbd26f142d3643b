"""Standing alerts as a triage list: what nobody has seen first, top severity always on top, then by time left.

In a flood the list is grouped by cause so that it can be read at all; top severity stays single. An empty list says since
when nothing stands and that somebody is still looking: silence must not look like calm.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dash import dcc, html

from layouts.alert_filters import Filter
from layouts.alert_forms import clear_form, named, shelve_form
from layouts.alert_history import beside, history_list, no_card
from layouts.alert_parts import (
    Reader,
    cause_words,
    due,
    severity_word,
    triage_order,
)
from layouts.alert_rows import alert_row, shelved_row
from layouts.components.marks import empty
from layouts.components.numbers import count, counted
from layouts.components.painted import sketch
from layouts.components.times import age, local_time, since
from layouts.ids_alerts import Alerts
from ops_centre.clock import to_ms
from ops_centre.domain.alerting import AlertState
from ops_centre.domain.targeting import Severity
from ops_centre.picture.alert_views import AlertHistory, AlertLoad
from ops_centre.picture.watch_views import AlertRow

SHOWN_AT_MOST = 200  # of standing alerts; the rest are counted


@dataclass(frozen=True, slots=True)
class AlertsView:
    """What the page is drawn from. ``history`` is None unless it is asked for; ``load`` None when it is not known."""

    rows: Sequence[AlertRow]
    reader: Reader
    wanted: Filter
    load: AlertLoad | None
    history: Sequence[AlertHistory] | None = None
    last_cleared_at: datetime | None = None  # since when nothing stands
    looked_at: datetime | None = None  # when the causes were last gone through


def alerts_page() -> html.Div:
    """Heading, and the places of what is drawn when the page is shown."""
    return html.Div(
        [
            dcc.Store(id=Alerts.FILTER),
            dcc.Store(id=Alerts.CHOSEN),
            html.Div(id=Alerts.FILTERS, className="page-head alerts-head", **sketch(html.H1("Alerts"))),
            html.Div(
                [
                    html.Div(
                        id=Alerts.BODY,
                        className="table-frame alerts-frame",
                        tabIndex=-1,
                        role="region",
                        **sketch(empty("Loading …")),
                        **{"aria-label": "Alerts"},
                    ),
                    html.Aside(
                        id=Alerts.CARD, className="alert-side", **sketch(beside(no_card())), **named("Chosen alert")
                    ),
                ],
                className="alerts-split",
            ),
            html.Dialog(
                id=Alerts.SHELVE, className="help ask alert-dialog", **sketch(shelve_form()), **named("Shelve alert")
            ),
            html.Dialog(
                id=Alerts.CLEAR, className="help ask alert-dialog", **sketch(clear_form()), **named("Clear alert")
            ),
        ],
        id=Alerts.PAGE,
        className="page sheet alerts-page",
    )


def alerts_list(view: AlertsView) -> list[Any]:
    """The body: the flood's banner, the list or its groups, what is shelved, or the history."""
    if view.wanted.state == "history":
        return history_list(view.history or (), view.wanted.hours, missed_only=view.wanted.missed)
    shown = sorted((row for row in view.rows if view.wanted.wants(row, view.reader)), key=triage_order)
    shelved = [row for row in shown if row.state == AlertState.SHELVED]
    standing = [row for row in shown if row.state != AlertState.SHELVED]
    if view.wanted.state == "unseen":
        standing, shelved = [row for row in standing if row.state == AlertState.UNSEEN], []
    if view.wanted.state == "shelved":
        return [_shelved(shelved, view.reader) if shelved else empty("Nothing is shelved")]
    return [_flood(view), _standing(standing, view), _shelved(shelved, view.reader) if shelved else None]


def _standing(rows: Sequence[AlertRow], view: AlertsView) -> Any:
    if not rows:
        return _nothing(view)
    if view.load is not None and view.load.flood and not view.wanted.cause:
        return _grouped(rows, view)
    over = len(rows) - SHOWN_AT_MOST
    return [
        html.Ol([alert_row(row, view.reader) for row in rows[:SHOWN_AT_MOST]], className="alert-list"),
        html.P(f"{count(over)} more; choose a cause or a severity", className="more") if over > 0 else None,
    ]


def _nothing(view: AlertsView) -> html.Div:
    """Why the list is empty, since when, and that somebody still looks: silence must not look like calm."""
    words = "No alert stands" if view.wanted.is_plain else "No standing alert is like that"
    quiet: list[Any] = ["since ", local_time(view.last_cleared_at), " (", since(view.last_cleared_at), ")"]
    looked: list[Any] = ["causes last gone through ", age(view.looked_at, never="at a time that is not known")]
    if not view.wanted.is_plain:
        return empty(words, [counted(len(view.rows), "alert stands", "alerts stand"), " in all"])
    parts = [*(quiet if view.last_cleared_at else ["none was ever cleared"]), " · ", *looked, " · "]
    return empty(words, [*parts, html.Span(**{"data-picture-age": ""})])


# In a flood


def _flood(view: AlertsView) -> html.P | None:
    load = view.load
    if load is None or not load.flood:
        return None
    words = f" · {load.per_10min} alerts in the last 10 minutes, {load.per_officer:g} for each officer. "
    how = "Top severity stays single; everything else is grouped by cause."
    started = [html.Strong("ALERT FLOOD"), " since ", local_time(load.flood_since), " (", since(load.flood_since), ")"]
    return html.P([*started, words, how], className="flood", role="status")


def _grouped(rows: Sequence[AlertRow], view: AlertsView) -> list[Any]:
    top = [row for row in rows if row.severity == Severity.TOP]
    rest: dict[str, list[AlertRow]] = {}
    for row in rows:
        if row.severity != Severity.TOP:
            rest.setdefault(row.cause, []).append(row)
    single = html.Ol([alert_row(row, view.reader) for row in top], className="alert-list") if top else None
    return [single, *(_group(cause, found, view) for cause, found in rest.items())]


def _group(cause: str, rows: Sequence[AlertRow], view: AlertsView) -> html.Section:
    unseen = sum(row.state == AlertState.UNSEEN for row in rows)
    narrowed = view.wanted.severity or view.wanted.mine  # then not all of the cause are in sight
    offers = view.reader.handles and unseen and not narrowed
    is_open = cause in view.wanted.opened
    press = {"data-alerts-open": cause, "data-key": "open", "aria-expanded": "true" if is_open else "false"}
    words = [html.Span(className="fold"), cause_words(cause), " ", html.Strong(count(len(rows)))]
    head = html.Div(
        [
            severity_word(rows[0].severity),
            html.Button(words, type="button", className="link group-name", **press),
            html.Span(counted(unseen, "unseen", "unseen") if unseen else "all seen", className="quiet"),
            html.Span(_soonest(rows), className="group-when"),
            _acknowledge_all(cause, unseen) if offers else None,
        ],
        className="alert-group-head",
        **{"data-alert": f"group {cause}"},
    )
    items = [alert_row(row, view.reader) for row in rows[:SHOWN_AT_MOST]] if is_open else []
    shown = html.Ol(items, className="alert-list") if items else None
    return html.Section([head, shown], className="alert-group", **named(f"{cause_words(cause)}, {len(rows)} alerts"))


def _soonest(rows: Sequence[AlertRow]) -> list[Any]:
    timed = [row for row in rows if row.due_at is not None]
    if timed:
        return ["soonest ", due(min(timed, key=lambda row: to_ms(row.due_at) if row.due_at else 0))]
    return ["last ", age(max(row.announced_at for row in rows))]


def _acknowledge_all(cause: str, unseen: int) -> html.Button:
    question = f"Acknowledge all {unseen} unseen alerts of “{cause_words(cause)}”? Those of top severity stay."
    marks = {"data-do": "alerts/acknowledge-cause", "data-with": json.dumps({"cause": cause}), "data-ask": question}
    keys = {"data-key": "a", "aria-keyshortcuts": "a"}
    return html.Button(f"Acknowledge all {unseen}", type="button", className="button act control", **marks, **keys)


# Shelved


def _shelved(rows: Sequence[AlertRow], reader: Reader) -> html.Section:
    ordered = sorted(rows, key=lambda row: row.shelved_until or row.raised_at)
    return html.Section(
        [
            html.H2(f"Shelved · {count(len(rows))}", className="alerts-section"),
            html.Ol([shelved_row(row, reader) for row in ordered], className="alert-list is-shelved"),
        ],
        **named("Shelved alerts"),
    )
