"""The wall: each part is redrawn when its own revision moved; a selection opens its card."""

import json
from typing import Any

from dash import Dash, Input, Output, State, no_update
from dash.exceptions import PreventUpdate

from callbacks.alerts import reader_of
from callbacks.binding import Address, Due, on
from callbacks.card_acts import acts_on
from layouts import cards
from layouts.attention import AttentionView, attention
from layouts.components.painted import PROPERTY, painted
from layouts.field_reports import call_card, device_card, drawing_card
from layouts.hazards import hazard_card, hazard_list
from layouts.ids import Board, Wall
from layouts.operation_card import operation_card
from layouts.operation_strip import levels
from layouts.search import search_results
from layouts.strip import arrivals_panel, units_panel
from layouts.wall import views_list
from layouts.watch_strip import LOG_LINES, log_panel, sent_panel
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.alerting import FIELD_CALL
from ops_centre.errors import NotFound, OpsError

SLUG = "wall"
MINUTE_S = 60.0  # lists that depend on the time of day


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the wall."""
    _boards(app, ops)
    _card(app, ops)
    _search(app, ops)
    _views(app, ops)


def _boards(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(Wall.ATTENTION, PROPERTY),
        due=Due(SLUG, (Board.TARGETS, Board.ALERTS), every_s=MINUTE_S, kept=True),
        needs=Permission.TARGET_VIEW,
    )
    def draw_attention(actor: Actor, _address: Address) -> Any:
        picture = ops.picture
        return painted(
            attention(
                AttentionView(picture.targets(actor), picture.alerts(actor), picture.feeds(actor), ops.clock.now())
            )
        )

    @on(
        app,
        Output(Wall.ARRIVALS, PROPERTY),
        due=Due(SLUG, (Board.TARGETS,), every_s=MINUTE_S, kept=True),
        needs=Permission.TARGET_VIEW,
    )
    def draw_arrivals(actor: Actor, _address: Address) -> Any:
        return painted(arrivals_panel(ops.picture.targets(actor), ops.clock.now()))

    @on(
        app,
        Output(Wall.UNITS, PROPERTY),
        Output(Wall.SENT, PROPERTY),
        due=Due(SLUG, (Board.UNITS, Board.TASKINGS), kept=True),
        needs=Permission.UNIT_VIEW,
    )
    def draw_units(actor: Actor, _address: Address) -> Any:
        units = ops.picture.units(actor)
        return painted(units_panel(units)), painted(sent_panel(ops.picture.taskings(actor), units))

    @on(
        app,
        Output(Wall.OPERATIONS, PROPERTY),
        due=Due(SLUG, (Board.OPERATIONS,), every_s=MINUTE_S, kept=True),
        needs=Permission.OPERATION_VIEW,
    )
    def draw_operations(actor: Actor, _address: Address) -> Any:
        return painted(levels(ops.picture.operations(actor), ops.clock.now()))

    @on(
        app,
        Output(Wall.HAZARDS, PROPERTY),
        due=Due(SLUG, (Board.HAZARDS,), kept=True),
        needs=Permission.PICTURE_VIEW,
    )
    def draw_hazards(actor: Actor, _address: Address) -> Any:
        return painted(hazard_list(ops.picture.hazards(actor)))

    @on(
        app,
        Output(Wall.LOG, PROPERTY),
        due=Due(SLUG, (Board.LOG,), kept=True),
        needs=Permission.LOG_VIEW,
    )
    def draw_log(actor: Actor, _address: Address) -> Any:
        return painted(log_panel(ops.picture.newest_log(actor, LOG_LINES)))


def _card(app: Dash, ops: OpsCentre) -> None:
    def place(actor: Actor, code: Any) -> Any:
        found = ops.gazetteer.get(str(code))
        if found is None:
            raise NotFound("There is no such place.")
        here = {found.code, *found.aliases}
        return cards.place_card(
            found,
            [row for row in ops.picture.targets(actor) if row.place in here],
            [row for row in ops.picture.units(actor) if row.place in here],
        )

    def operation(actor: Actor, key: Any) -> Any:
        row = next((row for row in ops.picture.operations(actor) if row.id == int(key)), None)
        if row is None:
            raise NotFound("There is no such operation, it has ended, or it is not released to you.")
        return operation_card(ops.operation_reads.counted(actor, row))

    def device(actor: Actor, key: Any) -> Any:
        line = ops.field_report_reads.device(actor, int(key))
        decides = actor.may(Permission.TASKING_DECIDE)
        return device_card(line, ops.picture.units(actor), ops.clock.now(), decides=decides)

    def call(actor: Actor, key: Any) -> Any:
        found = ops.alert_reads.card(actor, int(key))
        if found.alert.subject_kind != FIELD_CALL:
            raise NotFound("There is no such call for help.")
        knows = actor.may(Permission.UNIT_VIEW)
        caller = ops.field_report_reads.that_calls(actor, int(found.alert.subject_id)) if knows else None
        return call_card(found, caller, reader_of(actor))

    def drawing(actor: Actor, key: Any) -> Any:
        row = next((one for one in ops.picture.drawings(actor) if one.id == int(key)), None)
        if row is None:
            raise NotFound("There is no such drawing, it has ended, or it is not released to you.")
        return drawing_card(row)

    draw = {
        "track": lambda actor, key: cards.track_card(
            ops.picture.track_card(actor, int(key)), acts_on(ops, actor, "track", int(key))
        ),
        "target": lambda actor, key: cards.target_card(
            ops.picture.target_card(actor, int(key)), acts_on(ops, actor, "target", int(key))
        ),
        "unit": lambda actor, key: cards.unit_card(
            ops.picture.unit_card(actor, int(key)), acts_on(ops, actor, "unit", int(key))
        ),
        "place": place,
        "operation": operation,
        "device": device,
        "call": call,
        "drawing": drawing,
        "hazard": lambda actor, key: hazard_card(ops.hazard_reads.card(actor, int(key))),
    }

    @on(
        app,
        Output(Wall.CARD, PROPERTY),
        Input(Wall.SELECTION, "data"),
        Input(Wall.CARD_DUE, "data"),
        needs=Permission.PICTURE_VIEW,
        prevent_initial_call=True,
    )
    def draw_card(actor: Actor, selection: Any, _due: Any) -> Any:
        if not isinstance(selection, dict) or selection.get("kind") not in draw:
            return painted()
        try:
            return painted(draw[selection["kind"]](actor, selection.get("id")))
        except (OpsError, ValueError, TypeError, OverflowError) as refused:
            return painted(
                cards.missing_card(str(refused) if isinstance(refused, OpsError) else "There is no such thing.")
            )


def _search(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(Wall.SEARCH_RESULTS, PROPERTY),
        Input(Wall.SEARCH_TEXT, "value"),
        needs=Permission.PICTURE_VIEW,
        prevent_initial_call=True,
    )
    def draw_results(actor: Actor, text: Any) -> Any:
        wanted = text if isinstance(text, str) else ""
        return painted(search_results(wanted, ops.picture.search(actor, wanted)))


def _views(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(Wall.VIEWS_REVISION, "data"),
        Output(Wall.VIEWS_ANSWER, "children"),
        Input(Wall.VIEWS_ACT, "data"),
        State(Wall.VIEWS_REVISION, "data"),
        needs=Permission.VIEW_SAVE,
        prevent_initial_call=True,
    )
    def keep_view(actor: Actor, act: Any, revision: Any) -> Any:
        if not isinstance(act, dict):
            raise PreventUpdate
        name = str(act.get("name") or "")
        try:
            if act.get("act") == "save":
                view = act.get("view")
                ops.saved_views.save(actor, name, view if isinstance(view, dict) else {})
                answer = f"Saved “{name}”."
            else:
                ops.saved_views.remove(actor, name)
                answer = f"Deleted “{name}”."
        except OpsError as refused:
            return no_update, str(refused)
        return (revision if isinstance(revision, int) else 0) + 1, answer

    @on(
        app,
        Output(Wall.VIEWS_LIST, PROPERTY),
        Input(Wall.VIEWS_REVISION, "data"),
        needs=Permission.VIEW_SAVE,
        prevent_initial_call=True,
    )
    def draw_views(actor: Actor, _revision: Any) -> Any:
        return painted(views_list([(row.name, json.dumps(row.view)) for row in ops.saved_views.list(actor)]))
