"""Parts of the strip and the top line that tell of the watch: units sent, newest log lines, who has the watch, alerts."""

from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import empty, pressable
from layouts.components.numbers import count
from layouts.components.times import age, countdown, local_time
from layouts.strip import panel_head
from ops_centre.domain.alerting import AlertState
from ops_centre.domain.targeting import SEVERITY_ORDER, Severity
from ops_centre.domain.tasking import TaskingState
from ops_centre.domain.units import Availability
from ops_centre.domain.watches import WatchState
from ops_centre.picture.alert_views import AlertRate
from ops_centre.picture.views import UnitRow
from ops_centre.picture.watch_views import AlertRow, LogLine, TaskingRow, WatchRow

HEAVY = ("over-demanding", "unacceptable")
LOG_LINES = 12  # more than fit; the script hides what does not


def sent_panel(taskings: Sequence[TaskingRow], units: Sequence[UnitRow]) -> list[Any]:
    """Units the centre has sent with the time of meeting, outcomes owed, then units their agencies report at work."""
    under_way = [row for row in taskings if row.ended_at is None]
    owed = [row for row in taskings if row.outcome_owed]
    ours = {row.unit_id for row in under_way}
    busy = [unit for unit in units if unit.availability == Availability.ASSIGNED and unit.id not in ours]
    rows = [
        *(_tasking_row(row) for row in under_way),
        *(_owed_row(row) for row in owed),
        *(_busy_row(unit) for unit in sorted(busy, key=lambda unit: unit.callsign)),
    ]
    note = f"{count(len(under_way))} sent · {count(len(owed))} owed"
    if not rows:
        return [panel_head("Units at work", note), empty("No unit is sent or at work")]
    return [
        panel_head("Units at work", html.Span(note, className="owed" if owed else "")),
        html.Ul([html.Li(row) for row in rows], className="rows", **{"data-fit": "rows"}),
        html.P(className="more", **{"data-more": ""}),
    ]


def _tasking_row(row: TaskingRow) -> html.Div:
    waiting = row.state == TaskingState.REQUESTED
    when = row.accept_by if waiting else row.meet_at
    words = ["asked: ", row.subject] if waiting else [f"{row.state} · ", row.subject]
    return pressable(
        [
            html.Strong(row.callsign),
            html.Span(words, className="row-detail"),
            html.Span(countdown(when) if row.state != TaskingState.ON_SCENE else "", className="row-when"),
        ],
        f"unit:{row.unit_id}",
        "row sent-row" + (" waiting" if waiting else ""),
    )


def _owed_row(row: TaskingRow) -> html.Div:
    since = [" · ", age(row.ended_at)] if row.ended_at else []
    return pressable(
        [html.Strong(row.callsign), html.Span(["outcome owed · ", row.subject, *since], className="row-detail owed")],
        f"unit:{row.unit_id}",
        "row",
    )


def _busy_row(unit: UnitRow) -> html.Div:
    doing = " · ".join(part for part in (unit.status, unit.place_name or unit.place) if part)
    return pressable(
        [html.Strong(unit.callsign), html.Span(doing or "assigned", className="row-detail")], f"unit:{unit.id}", "row"
    )


def log_panel(lines: Sequence[LogLine]) -> list[Any]:
    """The newest entries of the duty log."""
    if not lines:
        return [panel_head("Duty log"), empty("No entries yet", "n writes one")]
    return [
        panel_head("Duty log", ["entry ", count(lines[0].seq)]),
        html.Ul(
            [html.Li(_line(line)) for line in lines[:LOG_LINES]], className="rows log-lines", **{"data-fit": "rows"}
        ),
    ]


def _line(line: LogLine) -> html.A:
    text = html.S(line.text) if line.corrected else line.text
    return html.A(
        [
            html.Span(local_time(line.occurred_at), className="log-time"),
            html.Span(text, className="log-words", title=line.text),
        ],
        href=f"/log/{line.seq}",
        className="row log-line" + (" by-centre" if line.by_system else ""),
        **{"data-follow": ""},
    )


def watch_mark(watch: WatchRow | None) -> list[Any]:
    """Who has the watch, for the top line."""
    if watch is None:
        return [html.Span("No watch is open", className="watch-none")]
    pending = watch.state == WatchState.HANDOVER_PENDING
    return [
        html.Span(["Watch ", html.Strong(watch.name)]),
        html.Span([" · ", watch.lead_name or "no lead"], className="watch-lead"),
        html.Span(" · handover pending", className="watch-pending") if pending else None,
    ]


def alerts_mark(alerts: Sequence[AlertRow], rate: AlertRate | None = None) -> list[Any]:
    """How many alerts nobody has seen, how many came in ten minutes and what that asks of an officer, for the top line."""
    unseen = [alert for alert in alerts if alert.state == AlertState.UNSEEN]
    load = [
        html.Strong("FLOOD", className="alerts-flood") if rate and rate.flood else None,
        _rate(rate) if rate else None,
    ]
    if not unseen:
        return [html.Span("Alerts", className="alerts-none"), *load]
    worst = min((Severity(alert.severity) for alert in unseen), key=SEVERITY_ORDER.__getitem__)
    return [
        html.Span("Alerts"),
        html.Span(html.Span(className="shape"), className=f"severity severity-{worst}"),
        html.Strong(f"{count(len(unseen))} unseen", className=f"alerts-{worst}"),
        *load,
    ]


def _rate(rate: AlertRate) -> html.Span:
    return html.Span(
        f"{rate.per_10min} / 10 min",
        className="alerts-rate" + (" heavy" if rate.band in HEAVY else ""),
        title=f"{rate.per_10min} alerts in ten minutes, {rate.per_officer:g} for each officer: {rate.band}",
    )
