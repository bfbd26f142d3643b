"""The frame: which pages a reader gets, and the lights of the top line."""

import json
from collections.abc import Callable
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output
from flask import has_request_context

from callbacks.binding import on
from layouts import admin, feeds, shell, strip, targets, units, wall
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Shell
from ops_centre.api.session import current_actor
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import NotPermitted


def layout_for(ops: OpsCentre) -> Callable[[], Any]:
    """The function that Dash calls for each page load. Dash also calls it at start-up or in the first request of all,
    whoever sends that: without a reader every page is in it, empty. (The guard refuses strangers the layout itself.)
    """

    def layout() -> Any:
        return framed(ops, _reader())

    return layout


def _reader() -> Actor | None:
    try:
        return current_actor() if has_request_context() else None
    except NotPermitted:
        return None


def sees_picture() -> bool:
    """Whether the reader of this request may see the picture at all."""
    reader = _reader()
    return reader is not None and reader.may(Permission.PICTURE_VIEW)


def framed(ops: OpsCentre, actor: Actor | None) -> Any:
    """The whole screen as ``actor`` may see it."""
    may_open = frozenset(page.path for page in shell.PAGES if actor is None or actor.may(page.needs))
    centre = ops.settings.centre
    view = shell.ShellView(
        centre_name=centre.name,
        is_exercise=ops.settings.is_exercise,
        is_replay=ops.picture.live.present.is_replay,
        time_zone=centre.time_zone,
        thresholds=_thresholds(ops),
        who=actor.display_name if actor else "",
        role=actor.role.value if actor else "",
        agency=actor.agency if actor else "",
        feeds=_feeds(ops, actor),
        may_open=may_open,
        pages={path: PAGES[path](ops, actor) for path in may_open},
    )
    return shell.shell(view)


def _thresholds(ops: OpsCentre) -> dict[str, float]:
    """Ages that the map and stream scripts judge by: seconds until frozen, minutes until stale."""
    picture = ops.settings.picture
    return {
        "frozen-after": picture.frozen_after_seconds,
        "vessel-stale-after": picture.vessel_stale_after_minutes,
        "aircraft-stale-after": picture.aircraft_stale_after_minutes,
    }


def _feeds(ops: OpsCentre, actor: Actor | None) -> Any:
    if actor is None:
        return []
    return ops.picture.feeds(actor) if actor.may(Permission.FEED_VIEW) else None


def _wall(ops: OpsCentre, actor: Actor | None) -> Any:
    picture = ops.settings.picture
    boards = dict(ops.picture.live.present.boards) if actor else {}  # read first: rows may be newer, never older
    return wall.wall_page(
        wall.WallView(
            targets=ops.picture.targets(actor) if actor else (),
            units=ops.picture.units(actor) if actor else (),
            feeds=ops.picture.feeds(actor) if actor else (),
            now=ops.clock.now(),
            centre=picture.centre,
            zoom=picture.zoom,
            boards=boards,
            may_save_views=actor is None or actor.may(Permission.VIEW_SAVE),
            views=[(row.name, json.dumps(row.view)) for row in ops.saved_views.list(actor)] if actor else (),
        )
    )


PAGES: dict[str, Callable[[OpsCentre, Actor | None], Any]] = {
    "/": _wall,
    "/targets": lambda _ops, _actor: targets.targets_page(),
    "/units": lambda _ops, _actor: units.units_page(),
    "/feeds": lambda _ops, _actor: feeds.feeds_page(),
    "/admin": lambda ops, actor: admin.page(accounts=actor is None or actor.may(Permission.ACCOUNT_ADMIN)),
}


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the frame."""
    app.clientside_callback(
        ClientsideFunction("opsShell", "showPage"), Output(Shell.SHOWN, "data"), Input(Shell.LOCATION, "pathname")
    )

    @on(
        app,
        Output(Shell.LIGHTS, PROPERTY),
        Input(Shell.FEEDS_DUE, "n_intervals"),
        needs=Permission.FEED_VIEW,
        prevent_initial_call=True,
    )
    def draw_lights(actor: Actor, _due: int) -> Any:
        return painted(strip.lights(ops.picture.feeds(actor)))
