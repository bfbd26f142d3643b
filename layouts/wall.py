"""The wall: map, attention list and strip. The same screen serves the desk (denser, with controls) and the kiosk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import dash_leaflet as dl
from dash import dcc, html

from layouts.attention import AttentionView, attention
from layouts.components.marks import empty
from layouts.components.painted import sketch
from layouts.hazards import hazard_list
from layouts.ids import Wall
from layouts.operation_strip import levels
from layouts.search import search_box
from layouts.strip import arrivals_panel, units_panel
from layouts.watch_strip import log_panel, sent_panel
from ops_centre.picture.hazard_views import HazardRow
from ops_centre.picture.operation_views import OperationRow
from ops_centre.picture.views import FeedRow, TargetRow, UnitRow
from ops_centre.picture.watch_views import AlertRow, LogLine, TaskingRow

LAYERS = (  # name known to the map script, word on screen
    ("tracks", "Craft"),
    ("aircraft", "Aircraft"),
    ("targets", "Targets"),
    ("units", "Units"),
    ("drawings", "Field drawings"),
    ("taskings", "Units sent"),
    ("operations", "Operations"),
    ("hazards", "Hazards"),
    ("places", "Places"),
    ("sufficiency", "Sufficiency rings"),
    ("limits", "Limits"),
    ("labels", "Names"),
    ("vectors", "Course lines"),
)


@dataclass(frozen=True, slots=True)
class WallView:
    """What the wall shows when it is first drawn."""

    targets: Sequence[TargetRow]
    units: Sequence[UnitRow]
    feeds: Sequence[FeedRow]
    now: datetime
    centre: tuple[float, float]
    zoom: float
    whole: tuple[float, float, float, float]  # south, west, north, east
    may_save_views: bool
    alerts: Sequence[AlertRow] = ()
    taskings: Sequence[TaskingRow] = ()
    log: Sequence[LogLine] = ()
    operations: Sequence[OperationRow] = ()
    hazards: Sequence[HazardRow] = ()
    views: Sequence[tuple[str, str]] = ()  # name, view as JSON text


def wall_page(view: WallView) -> html.Div:
    """The page. Its parts are redrawn one by one when their own revision moves."""
    return html.Div(
        [
            *_stores(),
            html.H1("Live border picture", className="unseen"),
            _map(view),
            _panel(
                Wall.ATTENTION,
                "Attention",
                attention(AttentionView(view.targets, view.alerts, view.feeds, view.now)),
                "attention panel",
            ),
            _panel(Wall.OPERATIONS, "Operations", levels(view.operations, view.now), "levels"),
            html.Div(
                [
                    _panel(Wall.UNITS, "Units by availability", units_panel(view.units)),
                    _panel(Wall.SENT, "Units at work", sent_panel(view.taskings, view.units)),
                    _panel(Wall.ARRIVALS, "Arrivals", arrivals_panel(view.targets, view.now)),
                    _panel(Wall.LOG, "Duty log", log_panel(view.log)),
                ],
                className="strip",
            ),
            html.Div(id=Wall.ANNOUNCE, className="unseen", role="status", **{"aria-live": "polite"}),
        ],
        id=Wall.PAGE,
        className="page wall",
        **{"data-home": ",".join(str(one) for one in (*view.centre, view.zoom, *view.whole))},
    )


def _attention(view: WallView) -> list[Any]:
    return attention(AttentionView(view.targets, view.alerts, view.feeds, view.now))


def _panel(identity: Wall, label: str, tree: Any, class_name: str = "panel") -> html.Section:
    return html.Section(id=identity, className=class_name, **sketch(tree), **{"aria-label": label})


def _stores() -> list[Any]:
    """What the scripts tell the callbacks. They stand in the page: a reader without the page has none of them."""
    return [
        *(dcc.Store(id=name) for name in (Wall.SELECTION, Wall.CARD_DUE)),
    ]


def _map(view: WallView) -> html.Section:
    return html.Section(
        [
            dl.Map(
                id=Wall.MAP,
                trackViewport=False,  # the script beside it keeps and sets the view
                zoomControl=False,
                attributionControl=False,
                preferCanvas=True,
                className="map-frame",
            ),
            html.Div(_tools(view), className="map-tools control"),
            html.Div(
                className="map-zoom control",
                **sketch(
                    _tool_button("+", "map-in", "Zoom in (+)"),
                    _tool_button("−", "map-out", "Zoom out (−)"),
                    _tool_button("⌂", "map-home", "Whole area (h)"),
                ),
            ),
            html.Div(
                id=Wall.HAZARDS,
                className="hazards",
                role="region",
                **sketch(hazard_list(view.hazards)),
                **{"aria-label": "Hazards in force"},
            ),
            html.Div(id=Wall.CARD, className="card", role="region", tabIndex=-1, **{"aria-label": "Selection"}),
            html.P(
                [
                    html.Span(className="picture-age", **{"data-picture-age": ""}),
                    html.Span(id=Wall.MAP_NOTE),
                    html.Span(id=Wall.MAP_COUNTS),
                ],
                className="map-foot",
            ),
        ],
        className="map",
        **{"aria-label": "Map"},
    )


def _tools(view: WallView) -> list[Any]:
    return [
        search_box(),
        _toggle("Layers", Wall.LAYERS, "Layers (l)"),
        _toggle("Views", Wall.VIEWS, "Saved views (v)"),
        html.Div(
            id=Wall.LAYERS,
            className="popover",
            hidden=True,
            role="group",
            **sketch(html.H2("Layers"), [_layer_button(name, word) for name, word in LAYERS]),
            **{"aria-label": "Layers"},
        ),
        html.Div(
            _views(view), id=Wall.VIEWS, className="popover", hidden=True, role="group", **{"aria-label": "Saved views"}
        ),
    ]


def _tool_button(text: str, act: str, title: str) -> html.Button:
    return html.Button(
        text, type="button", className="button square", title=title, **{"data-act": act, "aria-label": title}
    )


def _toggle(text: str, panel: str, title: str) -> html.Button:
    return html.Button(
        text,
        type="button",
        className="button",
        title=title,
        **{"data-toggles": panel, "aria-expanded": "false", "aria-controls": panel},
    )


def _layer_button(name: str, word: str) -> html.Button:
    return html.Button(
        [html.Span(className="tick"), word],
        type="button",
        className="switch",
        **{"data-layer": name, "aria-pressed": "true"},
    )


def _views(view: WallView) -> list[Any]:
    if not view.may_save_views:
        return [html.H2("Saved views"), empty("Your role keeps no views.")]
    return [
        dcc.Store(id=Wall.VIEWS_ACT),
        dcc.Store(id=Wall.VIEWS_REVISION),
        html.H2("Saved views"),
        html.Div(id=Wall.VIEWS_LIST, **sketch(views_list(view.views))),
        html.Div(
            [
                html.Label("Name of the present view", htmlFor=Wall.VIEWS_NAME, className="field-label"),
                dcc.Input(id=Wall.VIEWS_NAME, type="text", maxLength=40, autoComplete="off", className="field"),
                html.Button("Save", type="button", className="button", **{"data-view-save": ""}),
            ],
            className="field-row",
        ),
        html.P(id=Wall.VIEWS_ANSWER, className="answer", role="status"),
    ]


def views_list(views: Sequence[tuple[str, str]]) -> html.Ul | html.P:
    """Saved views as (name, view as JSON text), each with its two acts."""
    if not views:
        return html.P("None saved yet.", className="quiet")
    return html.Ul(
        [
            html.Li(
                [
                    html.Button(name, type="button", className="link", **{"data-view-apply": view}),
                    html.Button(
                        "Delete",
                        type="button",
                        className="button quiet-button",
                        **{"data-view-delete": name, "aria-label": f"Delete view {name}"},
                    ),
                ]
            )
            for name, view in views
        ],
        className="views",
    )
