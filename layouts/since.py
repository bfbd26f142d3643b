"""What happened since the reader was last here: one line once for each sign-in, and all of it on the page of the watch."""

from datetime import timedelta
from typing import Any

from dash import html

from layouts.components.marks import severity_mark
from layouts.components.numbers import count
from layouts.components.times import age, local_time
from layouts.ids_watch import Since
from ops_centre.clock import to_ms
from ops_centre.picture.handover_views import SinceView
from ops_centre.picture.watch_views import WatchRow

ONE = {
    "log entries": "log entry",
    "decisions": "decision",
    "outcomes": "outcome",
    "alerts": "alert",
    "enquiries answered": "enquiry answered",
}
SHORTEST_ABSENCE = timedelta(minutes=10)  # whoever was away for less has missed nothing worth a panel


def since_mount() -> html.Aside:
    """The place of the line, in the frame."""
    return html.Aside(id=Since.PANEL, className="since-dock control", **{"aria-label": "Since your last watch"})


def since_panel(view: SinceView | None, watch: WatchRow | None, who: str, *, may_join: bool) -> Any:
    """The line that is shown once; the script hides one that was dismissed since this sign-in."""
    if view is not None and view.until - view.since < SHORTEST_ABSENCE:
        view = None
    if view is None and not may_join:
        return None
    signed_in = view.signed_in_at if view else None
    key = f"{who}:{to_ms(signed_in) if signed_in else watch.id if watch else 0}"
    return html.Section(
        [
            *(_summary(view) if view else [html.H2("A watch is on")]),
            *(_join(watch) if may_join and watch else []),
            html.Button("Dismiss", type="button", className="button quiet-button", **{"data-since-dismiss": ""}),
        ],
        className="since-bar",
        hidden=True,
        **{"data-since-key": key},
    )


def _summary(view: SinceView) -> list[Any]:
    """One line; the page of the watch has the rest."""
    counts = [_counted(number, what) for what, number in view.counts if number]
    return [
        html.H2(["Since ", view.how, " ", local_time(view.since)]),
        html.P(" · ".join(counts) or "nothing of note", className="since-summary"),
        html.A("What happened", href="/watch", className="link", **{"data-follow": ""}),
    ]


def _counted(number: int, what: str) -> str:
    return f"{count(number)} {ONE.get(what, what) if number == 1 else what}"


def _join(watch: WatchRow) -> list[Any]:
    return [
        html.P(f"Watch {watch.name} is led by {watch.lead_name or 'nobody'}."),
        html.Button(
            "Join the watch",
            type="button",
            className="button primary",
            **{"data-do": "watch/join", "data-with": "{}"},
        ),
    ]


def since_section(view: SinceView | None) -> Any:
    """The same on the page of the watch."""
    if view is None:
        return None
    return html.Div([html.H2("Since your last watch"), *since_lines(view)], className="panel since-again")


def since_lines(view: SinceView) -> list[Any]:
    """Counts, then the lines that matter, newest first."""
    shown, more = view.lines, view.more
    return [
        html.P([f"Since {view.how}: ", local_time(view.since), " (", age(view.since), ")"], className="quiet"),
        html.Ul(
            [html.Li(_counted(number, what)) for what, number in view.counts if number],
            className="since-counts",
        ),
        html.Ul([html.Li(_line(line)) for line in shown], className="since-lines")
        if shown
        else html.P("No decision, outcome, top alert or correction.", className="quiet"),
        html.P(html.A(f"and {count(more)} more in the log", href="/log", className="link", **{"data-follow": ""}))
        if more
        else None,
    ]


def _line(line: Any) -> list[Any]:
    return [
        html.Span(local_time(line.at), className="since-at"),
        severity_mark(line.severity) if line.severity else None,
        html.Span(line.kind, className="quiet"),
        html.A(line.text, href=line.href, className="link", **{"data-follow": ""}),
    ]
