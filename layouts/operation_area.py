"""The area of an operation on its page: the map that assets/51-area-edit.js draws, the shapes in words, what is inside now."""

import json
from collections.abc import Sequence
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import empty, severity_mark
from layouts.components.numbers import count
from layouts.components.times import countdown, local_time
from ops_centre.picture.area_views import AreaView, ShapeView
from ops_centre.picture.views import TargetRow

MOST_TARGETS = 12


def area_section(view: AreaView, home: tuple[float, float, float]) -> list[Any]:
    """Heading, map and what stands beside it. ``home``: latitude, longitude, zoom where there is no area yet."""
    return [
        html.Div(
            [
                html.H2("Area"),
                html.Span(_figures(view), className="quiet"),
                html.Button(
                    "Draw area" if not view.shapes else "Change area",
                    type="button",
                    className="button",
                    **{"data-area-draw": ""},
                )
                if view.may_draw
                else html.Span(view.why_not, className="quiet"),
            ],
            className="panel-line",
        ),
        html.Div(
            [
                html.Div(className="area-map", **{"data-own": "area-map"}, **_marks(view, home)),
                html.Div(className="area-panel", **{"data-own": "area-panel"}, hidden=True),
                html.Div(_beside(view), className="area-read", **{"data-area-read": ""}),
            ],
            className="area-work",
        ),
    ]


def _marks(view: AreaView, home: tuple[float, float, float]) -> dict[str, str]:
    """What the script needs to know."""
    return {
        "data-operation": str(view.operation),
        "data-basis": view.basis,
        "data-shapes": json.dumps([one.plain | {"text": one.text} for one in view.shapes]),
        "data-reason": "needed" if view.needs_reason else "",
        "data-home": ",".join(str(one) for one in home),
        "aria-label": f"Map of the area of {view.reference}",
        "role": "group",
    }


def _figures(view: AreaView) -> str:
    if not view.shapes:
        return ""
    shapes = "1 shape" if len(view.shapes) == 1 else f"{len(view.shapes)} shapes"
    return f"{shapes}, {square_miles(view.area_nm2)}"


def square_miles(nm2: float) -> str:
    """``5,797 nm²``, ``3.1 nm²``."""
    return f"{nm2:,.0f} nm²" if nm2 >= 10 else f"{nm2:.1f} nm²"


def _beside(view: AreaView) -> list[Any]:
    if not view.shapes:
        return [empty("No area is drawn", "Targets and craft inside are told once there is one.")]
    return [
        html.Ul([_shape(number, one) for number, one in enumerate(view.shapes, start=1)], className="area-shapes"),
        html.H3(["Open targets inside ", html.Span(count(len(view.targets)), className="brief-count")]),
        _targets(view.targets),
        html.H3(["Craft inside ", html.Span(count(view.craft_count), className="brief-count")]),
        _craft(view),
    ]


def _shape(number: int, shape: ShapeView) -> html.Li:
    name = shape.plain["name"] or f"Shape {number}"
    return html.Li(
        html.Details(
            [
                html.Summary(
                    [
                        html.Strong(name),
                        f" {shape.described}, ",
                        html.Span(square_miles(shape.area_nm2), className="quiet"),
                    ]
                ),
                html.Pre(shape.text, className="area-points"),
            ]
        )
    )


def _targets(rows: Sequence[TargetRow]) -> Any:
    if not rows:
        return html.P("None that you may know of.", className="quiet")
    more = len(rows) - MOST_TARGETS
    items = [
        html.Li(
            [
                severity_mark(row.severity),
                html.A(row.label, href=f"/chain/target/{row.id}", className="link", **{"data-follow": ""}),
                html.Span([" ", row.place_name or row.place or "", " "], className="quiet"),
                html.Span([local_time(row.arrives_at), " ", countdown(row.arrives_at)]) if row.arrives_at else None,
            ]
        )
        for row in rows[:MOST_TARGETS]
    ]
    return html.Ul(
        [*items, html.Li(f"and {more} more", className="quiet") if more > 0 else None], className="area-inside"
    )


def _craft(view: AreaView) -> Any:
    if not view.craft_count:
        return html.P("None in the present picture.", className="quiet")
    named = [one.name or f"{one.kind} without a name" for one in view.craft]
    more = view.craft_count - len(named)
    return html.P(", ".join(named) + (f" and {more} more" if more > 0 else ""), className="area-craft")
