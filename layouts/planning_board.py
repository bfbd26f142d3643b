"""Units over time: one row for each unit, bars for what it is to do, by the hour, day or week.

Times stand in the centre's local zone. The scripts (assets/52-planning.js and on) move what may be moved; nothing here acts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from layouts.components import plain as html
from layouts.components.marks import chip, empty
from layouts.components.numbers import count
from layouts.components.painted import element
from ops_centre.clock import to_ms
from ops_centre.domain.units import UnitType
from ops_centre.picture.plan_views import PlanBar, PlanRow, PlanView

TABS = (
    ("", "Units", "units"),
    ("/sufficiency", "Sufficiency", "sufficiency"),
    ("/proposals", "Proposals", "proposals"),
)
SPANS = ((1, "1 day"), (3, "3 days"), (7, "1 week"), (14, "2 weeks"), (30, "30 days"))
ROWS = 24  # of one page
ALL_WEEK = 168  # hours
FINEST = {1: 1, 3: 6}  # hours between ticks by days shown; else a day
LEVEL = {"deployment": "agency", "tasking": "tasked", "ended tasking": "tasked", "out of service": "tasked"}
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


@dataclass(frozen=True, slots=True)
class Board:
    """What the board is drawn from."""

    view: PlanView
    zone: ZoneInfo
    now: datetime
    page: int  # from 0
    conflicts_only: bool = False


def tools() -> list[Any]:
    """Heading, tabs and filter. Drawn once; the lists of the filter come with the forms."""
    tabs = [
        html.A(word, href=f"/planning{path}", className="plan-tab", **{"data-follow": "", "data-tab-link": tab})
        for path, word, tab in TABS
    ]
    return [
        html.Div(
            [
                html.H1("Planning"),
                html.Nav(tabs, className="plan-tabs", **{"aria-label": "Parts of planning"}),
                _acts(),
            ],
            className="page-head",
        ),
        html.Div([_window(), _filter()], className="plan-tools", role="search", **{"aria-label": "What is shown"}),
    ]


def _acts() -> html.Div:
    may = {"data-plan-edits": ""}  # hidden by the script for those who only read
    return html.Div(
        [
            _button("Assign", "assign", "Assign a unit (a)", **may),
            _button("Undo", "undo", "Undo my last change (u)", **may),
            html.Button("Patterns", type="button", className="button", **{"data-opens": "plan-patterns"}),
            _button("Import", "import", "Import a CSV file", **may),
            _button("Export", "export", "Export what is shown as a CSV file"),
            html.Button("Calendar", type="button", className="button", **{"data-opens": "plan-calendars"}, **may),
        ],
        className="plan-acts",
    )


def _button(text: str, act: str, title: str, **more: str) -> html.Button:
    return html.Button(text, type="button", className="button", title=title, **{"data-plan": act}, **more)


def _window() -> html.Div:
    spans = [
        html.Button(
            word, type="button", className="button quiet-button",
            **{"data-plan-days": str(days), "aria-pressed": "false"},
        )
        for days, word in SPANS
    ]  # fmt: skip
    return html.Div(
        [
            _button("◀", "earlier", "Earlier ([)"),
            _button("Today", "today", "From today"),
            _button("▶", "later", "Later (])"),
            *spans,
        ],
        className="plan-window",
        role="group",
        **{"aria-label": "Window"},
    )


def _filter() -> html.Div:
    types = [
        element("option", "any type", value=""),
        *(element("option", one.value, value=one.value) for one in UnitType),
    ]
    return html.Div(
        [
            _find("text", "Find", "callsign, agency, capability"),
            _find("agency", "Agency", "any", "plan-agencies"),
            html.Label("Type", htmlFor="plan-find-type"),
            element("select", *types, id="plan-find-type", **{"data-plan-find": "type", "class": "field"}),
            _find("capability", "Can", "any", "plan-capabilities"),
            _find("operation", "Operation", "any", "plan-operations"),
            _find("place", "Place", "any", "plan-places"),
            html.Label(
                [
                    element("input", type="checkbox", **{"data-plan-find": "conflicts"}),
                    html.Span("only with conflicts"),
                ],
                className="check",
            ),
        ],
        className="plan-filter",
    )


def _find(name: str, word: str, hint: str, options: str | None = None) -> html.Span:
    field = f"plan-find-{name}"
    return html.Span(
        [
            html.Label(word, htmlFor=field),
            element("input", id=field, type="search", placeholder=hint, maxlength="80", autocomplete="off", list=options,
                    **{"data-plan-find": name, "class": "field"}),
        ],
        className="plan-find",
    )  # fmt: skip


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
                *(_row(row, told) for row in view.rows),
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
            _button("Previous", "page-back", "Previous page of units (PageUp)") if told.page else None,
            _button("Next", "page-on", "Next page of units (PageDown)") if more else None,
            conflicts,
            *legend,
        ],
        className="plan-foot",
    )  # fmt: skip


# Time


def _share(at: datetime, view: PlanView) -> float:
    """Where a moment lies in the window, 0 to 100 and beyond."""
    return 100.0 * (at - view.starts_at) / (view.ends_at - view.starts_at)


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
        html.Span(word, className="plan-head-day" if is_day else "plan-head", style={"left": f"{_share(at, told.view):.3f}%"})
        for at, word, is_day in _ticks(told)
    ]  # fmt: skip


def _lines(told: Board) -> list[Any]:
    lines = [
        html.Span(className="plan-line day" if is_day else "plan-line", style={"left": f"{_share(at, told.view):.3f}%"})
        for at, _word, is_day in _ticks(told)
    ]
    if told.view.starts_at <= told.now < told.view.ends_at:
        lines.append(html.Span(className="plan-line now", style={"left": f"{_share(told.now, told.view):.3f}%"}))
    return lines


# Rows


def _row(row: PlanRow, told: Board) -> html.Div:
    return html.Div(
        [
            html.Div(
                [
                    html.Span(
                        [html.Strong(row.callsign), html.Span(f" {row.agency} {row.unit_type}", className="quiet")],
                        className="plan-name",
                    ),
                    html.Span(
                        [
                            html.Span(_standing(row)) if row.availability != "available" else None,
                            _hours("duty", row.week_h, row.week_limit_h),
                            _hours("flying", row.flying_h, row.flying_limit_h),
                        ],
                        className="plan-state",
                    ),
                ],
                className="plan-unit",
                title="\n".join(
                    line for line in (_standing(row), ", ".join(row.capabilities), *_hours_told(row)) if line
                ),
            ),
            html.Div([_bar(bar, row, told) for bar in row.bars], className="plan-lane"),
        ],
        className="plan-row",
        **{"data-unit": str(row.unit_id), "data-callsign": row.callsign, "data-may": "yes" if row.may_edit else "no"},
    )


def _standing(row: PlanRow) -> str:
    """``out of service (engine)``; nothing for one that is available."""
    if row.availability == "available":
        return ""
    return f"{row.availability} ({row.out_of_service_reason})" if row.out_of_service_reason else row.availability


def _hours(what: str, hours: float | None, limit: float | None) -> Any:
    """``duty 48/60 h``, of the fullest seven days; nothing where there is none, or no limit that could be met."""
    if not hours or limit is None or limit >= ALL_WEEK:
        return None
    over = hours > limit
    return html.Span(
        f"{'▲ ' if over else ''}{what} {hours:.0f}/{limit:g} h", className="plan-hours over" if over else "plan-hours"
    )


def _hours_told(row: PlanRow) -> list[str]:
    told = [("duty", row.week_h, row.week_limit_h), ("flying", row.flying_h, row.flying_limit_h)]
    return [
        f"At most {hours:.1f} h of {what} in any seven days that share time with what is shown, whoever crews it; "
        f"its limit is {limit:g} h"
        for what, hours, limit in told
        if hours is not None and limit is not None
    ]


def _bar(bar: PlanBar, row: PlanRow, told: Board) -> html.Button:
    view = told.view
    left = max(0.0, _share(bar.starts_at, view))
    right = 100.0 if bar.ends_at is None else min(100.0, _share(bar.ends_at, view))
    open_conflicts = [one for one in bar.conflicts if one.accepted is None and one.weight != "note"]
    classes = [
        "plan-bar",
        f"kind-{bar.kind.replace(' ', '-')}",
        f"sort-{bar.sort.replace(' ', '-')}",
        f"level-{LEVEL.get(bar.kind, 'own')}",
        "conflict" if open_conflicts else "",
        "accepted" if bar.conflicts and not open_conflicts else "",
        "before" if bar.starts_at < view.starts_at else "",
        "after" if bar.ends_at is None or bar.ends_at > view.ends_at else "",
    ]
    return html.Button(
        [
            html.Span("▲ " if open_conflicts else "", className="plan-mark"),
            html.Span(_label(bar), className="plan-word"),
        ],
        type="button",
        className=" ".join(one for one in classes if one),
        tabIndex=-1,
        style={"left": f"{left:.3f}%", "width": f"{max(0.0, right - left):.3f}%"},
        title=_told(bar, row, told.zone),
        **_data(bar),
    )


def _data(bar: PlanBar) -> dict[str, str]:
    """What the script needs to move or open it."""
    marks = {"data-bar": bar.key, "data-starts": str(to_ms(bar.starts_at))}
    if bar.ends_at is not None:
        marks["data-ends"] = str(to_ms(bar.ends_at))
    if bar.may_edit:
        given = {
            "data-edit": str(bar.id),
            "data-version": str(bar.version),
            "data-plan-sort": bar.sort,
            "data-operation": bar.operation_id,
            "data-place": bar.place,
            "data-lat": bar.lat if bar.place is None else None,
            "data-lon": bar.lon if bar.place is None else None,
            "data-crew": bar.crew,
            "data-note": bar.note,
        }
        marks |= {name: str(value) for name, value in given.items() if value is not None}
    return marks


def _label(bar: PlanBar) -> str:
    exercise = "EXERCISE " if bar.is_exercise else ""
    return f"{exercise}{bar.label}"


def _what(bar: PlanBar) -> str:
    """``rest``, or ``deployment, Auckland``."""
    what = bar.kind if bar.kind != "assignment" else bar.sort
    return what if _label(bar) == what else f"{what}, {_label(bar)}"


def _told(bar: PlanBar, row: PlanRow, zone: ZoneInfo) -> str:
    """All of it in words: for the pointer, and for who hears the screen."""
    until = _local(bar.ends_at, zone) if bar.ends_at else "further notice"
    lines = [
        f"{row.callsign}: {_what(bar)}",
        f"{_local(bar.starts_at, zone)} to {until}",
        bar.place_name or bar.place or "",
        f"crew {bar.crew}" if bar.crew else "",
        bar.note or "",
        f"assigned by {bar.by}" if bar.by else "",
        *(_conflict_words(bar)),
        f"{bar.owner} TLP:{bar.marking}",
    ]
    return "\n".join(line for line in lines if line)


def _conflict_words(bar: PlanBar) -> Sequence[str]:
    return [f"▲ {one.words}" + (f" (accepted: {one.accepted})" if one.accepted else "") for one in bar.conflicts]


def _local(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %H:%M}"
