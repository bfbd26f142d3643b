"""The frame: which pages a reader gets, and the lights of the top line."""

import json
from collections.abc import Callable
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output
from flask import current_app, has_request_context

from callbacks.binding import EVERY_PAGE, Address, Due, dues_for, on
from callbacks.operations import choices_for
from layouts import (
    admin,
    alerts,
    chain,
    criteria,
    debriefs,
    enquiries,
    feeds,
    load,
    log,
    lookouts,
    operations,
    past,
    planning,
    quick_entry,
    respond,
    shell,
    strip,
    targets,
    taskings,
    units,
    wall,
    watch,
    watch_strip,
)
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board, Shell
from ops_centre.api.session import current_actor
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import NotPermitted

LIGHTS_S = 10.0  # a light itself turns at once, in the browser


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
    boards = ops.picture.boards(actor) if actor else {}  # read first: rows may be newer, never older
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
        watch=_watch_mark(ops, actor),
        alerts=_alerts_mark(ops, actor),
        may_open=may_open,
        boards=boards,
        dues=dues_for(current_app.extensions, actor) if has_request_context() else (),
        pages={path: PAGES[path](ops, actor) for path in may_open},
        quick_entry=_quick_entry(ops, actor),
        contingency=operations.contingency_dialog() if actor is None or actor.may(Permission.CONTINGENCY_RUN) else None,
    )
    return shell.shell(view)


def _thresholds(ops: OpsCentre) -> dict[str, float]:
    """Ages that the map and stream scripts judge by: seconds until frozen, minutes until stale."""
    picture = ops.settings.picture
    return {
        "frozen-after": picture.frozen_after_seconds,
        "vessel-stale-after": picture.vessel_stale_after_minutes,
        "aircraft-stale-after": picture.aircraft_stale_after_minutes,
        "vehicle-stale-after": picture.vehicle_stale_after_minutes,
        "fixed-stale-after": picture.fixed_stale_after_minutes,
    }


def _feeds(ops: OpsCentre, actor: Actor | None) -> Any:
    if actor is None:
        return []
    return ops.picture.feeds(actor) if actor.may(Permission.FEED_VIEW) else None


def _watch_mark(ops: OpsCentre, actor: Actor | None) -> Any:
    if actor is None:
        return []
    return watch_strip.watch_mark(ops.picture.watch(actor)) if actor.may(Permission.WATCH_VIEW) else None


def _alerts_mark(ops: OpsCentre, actor: Actor | None) -> Any:
    if actor is None:
        return []
    if not actor.may(Permission.ALERT_VIEW):
        return None
    return watch_strip.alerts_mark(ops.picture.alerts(actor), ops.alert_reads.rate(actor))


def _quick_entry(ops: OpsCentre, actor: Actor | None) -> Any:
    if actor is not None and not actor.may(Permission.LOG_WRITE):
        return None
    who, agency = (actor.name, actor.agency) if actor else ("", "")
    return quick_entry.quick_entry(who, ops.settings.centre.agency, agency)


def _wall(ops: OpsCentre, actor: Actor | None) -> Any:
    picture = ops.settings.picture
    return wall.wall_page(
        wall.WallView(
            targets=ops.picture.targets(actor) if actor else (),
            units=ops.picture.units(actor) if actor else (),
            feeds=ops.picture.feeds(actor) if actor else (),
            now=ops.clock.now(),
            centre=picture.centre,
            zoom=picture.zoom,
            whole=picture.whole,
            alerts=ops.picture.alerts(actor) if actor else (),
            taskings=ops.picture.taskings(actor) if actor else (),
            log=ops.picture.newest_log(actor) if actor else (),
            operations=ops.picture.operations(actor) if actor else (),
            hazards=ops.picture.hazards(actor) if actor else (),
            may_save_views=actor is None or actor.may(Permission.VIEW_SAVE),
            views=[(row.name, json.dumps(row.view)) for row in ops.saved_views.list(actor)] if actor else (),
        )
    )


PAGES: dict[str, Callable[[OpsCentre, Actor | None], Any]] = {
    "/": _wall,
    "/operations": lambda ops, actor: operations.operations_page(
        choices_for(ops, actor), plans=actor is None or actor.may(Permission.OPERATION_PLAN)
    ),
    "/planning": lambda _ops, _actor: planning.planning_page(),
    "/debriefs": lambda _ops, _actor: debriefs.debriefs_page(),
    "/past": lambda _ops, actor: past.past_page(exports=actor is None or actor.may(Permission.PAST_EXPORT)),
    "/targets": lambda _ops, actor: targets.targets_page(
        sees_manifests=actor is None or actor.may(Permission.MANIFEST_VIEW)
    ),
    "/alerts": lambda _ops, _actor: alerts.alerts_page(),
    "/load": lambda _ops, _actor: load.load_page(),
    "/lookouts": lambda _ops, _actor: lookouts.lookouts_page(),
    "/log": lambda ops, actor: log.log_page(
        [agency.code for agency in ops.settings.agencies],
        exports=actor is None or actor.may(Permission.LOG_EXPORT),
        writes=actor is None or actor.may(Permission.LOG_WRITE),
    ),
    "/taskings": lambda _ops, _actor: taskings.taskings_page(),
    "/respond": lambda _ops, _actor: respond.respond_page(),
    "/chain": lambda _ops, _actor: chain.chain_page(),
    "/criteria": lambda _ops, _actor: criteria.criteria_page(),
    "/watch": lambda _ops, _actor: watch.watch_page(),
    "/enquiries": lambda ops, actor: enquiries.enquiries_page(
        [(agency.code, agency.name) for agency in ops.settings.agencies],
        handles=actor is None or actor.may(Permission.ENQUIRY_HANDLE),
    ),
    "/units": lambda _ops, _actor: units.units_page(),
    "/feeds": lambda _ops, _actor: feeds.feeds_page(),
    "/admin": lambda ops, actor: admin.page(accounts=actor is None or actor.may(Permission.ACCOUNT_ADMIN)),
}


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the frame."""
    app.clientside_callback(
        ClientsideFunction("opsShell", "showPage"),
        Output(Shell.SHOWN, "data"),
        Input(Shell.LOCATION, "pathname"),
        Input(Shell.LOCATION, "search"),
    )

    @on(
        app,
        Output(Shell.WATCH, PROPERTY),
        due=Due(EVERY_PAGE, (Board.WATCH,), kept=True),
        needs=Permission.WATCH_VIEW,
    )
    def draw_watch(actor: Actor, _address: Address) -> Any:
        return painted(_watch_mark(ops, actor))

    @on(
        app,
        Output(Shell.ALERTS, PROPERTY),
        due=Due(EVERY_PAGE, (Board.ALERTS,), every_s=LIGHTS_S, kept=True),
        needs=Permission.ALERT_VIEW,
    )
    def draw_alerts_mark(actor: Actor, _address: Address) -> Any:
        return painted(_alerts_mark(ops, actor))

    @on(
        app,
        Output(Shell.LIGHTS, PROPERTY),
        due=Due(EVERY_PAGE, every_s=LIGHTS_S, kept=True),
        needs=Permission.FEED_VIEW,
    )
    def draw_lights(actor: Actor, _address: Address) -> Any:
        return painted(strip.lights(ops.picture.feeds(actor)))
