"""One unit of the plan: its name and hours, and a bar for each thing it is to do.

Times stand in the centre's local zone. The scripts (assets/53-planning-bars.js and on) move what may be moved.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from layouts.components import plain as html
from ops_centre.clock import to_ms
from ops_centre.picture.plan_views import PlanBar, PlanRow, PlanView

ALL_WEEK = 168  # hours
LEVEL = {"deployment": "agency", "tasking": "tasked", "ended tasking": "tasked", "out of service": "tasked"}


@dataclass(frozen=True, slots=True)
class Board:
    """What the board is drawn from."""

    view: PlanView
    zone: ZoneInfo
    now: datetime
    page: int  # from 0
    conflicts_only: bool = False


def share(at: datetime, view: PlanView) -> float:
    """Where a moment lies in the window, 0 to 100 and beyond."""
    return 100.0 * (at - view.starts_at) / (view.ends_at - view.starts_at)


def unit_row(row: PlanRow, told: Board) -> html.Div:
    """One line: who it is, how it stands and its hours, and what it is to do."""
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
    left = max(0.0, share(bar.starts_at, view))
    right = 100.0 if bar.ends_at is None else min(100.0, share(bar.ends_at, view))
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
