"""Units over time: one row for each unit, bars for what it is to do, by the hour, day or week.

Times stand in the centre's local zone. The scripts (assets/52-planning.js and on) move what may be moved; nothing here acts.
"""

from datetime import datetime, timedelta
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip, empty
from layouts.components.numbers import count
from layouts.planning_rows import Board, share, unit_row
from layouts.planning_tools import plan_button
from ops_centre.clock import to_ms

ROWS = 24  # of one page
FINEST = {1: 1, 3: 6}  # hours between ticks by days shown; else a day
LEGEND = (
    ("sort-operation", "for an operation"),
    ("sort-deployment", "at a place"),
    ("sort-rest", "rest"),
    ("sort-maintenance", "maintenance"),
    ("kind-deployment", "its agency's deployment"),
    ("kind-tasking", "tasking"),
    ("kind-ended-tasking", "ended tasking"),
    ("kind-out-of-service", "out of service"),
)


def board(told: Board) -> list[Any]:
    """The rows of one page of units."""
    view = told.view
    if not view.rows:
        if told.conflicts_only and not view.units:
            return [
                _foot(told),
                empty("No unit has a conflict here", "None of those the filter lets through, in this window."),
            ]
        detail = "Widen the filter." if not view.units else "Go back a page."
        return [_foot(told), empty("No unit matches", detail)]
    return [
        html.Div(
            [
                html.Div([_corner(), html.Div(_heads(told), className="plan-heads")],
                         className="plan-top"),
                html.Div(_lines(told), className="plan-lines", **{"aria-hidden": "true"}),
                *(unit_row(row, told) for row in view.rows),
            ],
            className="plan-rows",
            role="group",
            tabIndex=0,
            **{
                "data-window-from": str(to_ms(view.starts_at)),
                "data-window-until": str(to_ms(view.ends_at)),
                "data-edits": "all" if view.may_edit_all else "some" if view.may_edit else "none",
                "aria-label": "Units over time. Arrow keys go from bar to bar, Enter opens one, a assigns.",
            },
        ),
        _foot(told),
    ]  # fmt: skip


def _corner() -> html.Div:
    whose = html.Span(" hours not by crew", className="quiet")
    return html.Div(["Unit", whose], className="plan-corner")


def _foot(told: Board) -> html.Div:
    view = told.view
    first = told.page * ROWS + 1
    more = told.page * ROWS + len(view.rows) < view.units
    shown = (
        f"Units {first}–{first + len(view.rows) - 1} of {count(view.units)}"
        if view.rows
        else f"{count(view.units)} units"
    )
    conflicts = (
        chip(f"▲ {count(view.conflicts)} bars with conflicts", "warn") if view.conflicts else html.Span("no conflicts")
    )
    legend = [
        html.Span([html.Span(className=f"plan-sample {name}"), word], className="plan-legend") for name, word in LEGEND
    ]
    return html.Div(
        [
            html.Span(shown),
            plan_button("Previous", "page-back", "Previous page of units (PageUp)") if told.page else None,
            plan_button("Next", "page-on", "Next page of units (PageDown)") if more else None,
            conflicts,
            *legend,
        ],
        className="plan-foot",
    )  # fmt: skip


# Time


def _ticks(told: Board) -> list[tuple[datetime, str, bool]]:
    """Moments at which a line is drawn, with its word and whether a day begins. Local midnights, whatever the clocks do."""
    view = told.view
    days = round((view.ends_at - view.starts_at) / timedelta(days=1))
    step = FINEST.get(days, 24)
    found: list[tuple[datetime, str, bool]] = []
    day = view.starts_at.astimezone(told.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    while day < view.ends_at:
        for hour in range(0, 24, step):
            at = day.replace(hour=hour).astimezone(view.starts_at.tzinfo)
            if view.starts_at <= at < view.ends_at:
                named = not found or day.day == 1  # where a month begins
                word = _day_word(day, days, named=named, after_named=len(found) == 1 or day.day == 2)
                clock = "" if hour == 1 else f"{hour:02d}"  # the day's name stands where 01 would
                found.append((at, word if hour == 0 else clock, hour == 0))
        day = (day + timedelta(days=1)).replace(hour=0)
    return found


def _day_word(day: datetime, days: int, *, named: bool, after_named: bool) -> str:
    """``Mon 23 Nov``; where a month is shown the number alone, with its month where that begins, which takes two days' room."""
    if days <= 14:
        return f"{day:%a} {day.day} {day:%b}"
    return f"{day.day} {day:%b}" if named else "" if after_named else f"{day.day}"


def _heads(told: Board) -> list[Any]:
    return [
        html.Span(word, className="plan-head-day" if is_day else "plan-head", style={"left": f"{share(at, told.view):.3f}%"})
        for at, word, is_day in _ticks(told)
    ]  # fmt: skip


def _lines(told: Board) -> list[Any]:
    lines = [
        html.Span(className="plan-line day" if is_day else "plan-line", style={"left": f"{share(at, told.view):.3f}%"})
        for at, _word, is_day in _ticks(told)
    ]
    if told.view.starts_at <= told.now < told.view.ends_at:
        lines.append(html.Span(className="plan-line now", style={"left": f"{share(told.now, told.view):.3f}%"}))
    return lines
