"""Planning: the board is drawn for the window and filter that the script tells, and again when the plan moved."""

import math
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from dash import Dash, Input, Output
from dash.exceptions import PreventUpdate

from callbacks.binding import Address, Due, on
from layouts.components.marks import empty
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board
from layouts.ids_planning import Planning
from layouts.planning_board import ROWS, board
from layouts.planning_forms import PlanChoices, forms
from layouts.planning_rows import Board as PlanBoard
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.auth.plan_rights import may_plan
from ops_centre.bootstrap import OpsCentre
from ops_centre.clock import from_ms
from ops_centre.errors import OpsError
from ops_centre.picture.plan_reads import PlanFilter

SLUG = "planning"
MAX_MS = 4_102_444_800_000
MAX_PAGE = 10_000
MOST_LETTERS = 80


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the tab Units; those of the other tabs are in callbacks/planning_demand.py."""
    zone = ZoneInfo(ops.settings.centre.time_zone)

    @on(
        app,
        Output(Planning.BOARD, PROPERTY),
        Input(Planning.QUERY, "data"),
        due=Due(SLUG, (Board.PLAN, Board.UNITS, Board.TASKINGS)),
        needs=Permission.PLAN_VIEW,
    )
    def draw_board(actor: Actor, _address: Address, query: Any) -> Any:
        if not isinstance(query, Mapping) or query.get("tab") != "units":
            raise PreventUpdate
        page = _number(query.get("page"), MAX_PAGE)
        starts = from_ms(_number(query.get("from"), MAX_MS))
        ends = from_ms(_number(query.get("until"), MAX_MS))
        try:
            view = ops.plan_reads.plan(actor, starts, ends, _filter(query), offset=page * ROWS, limit=ROWS)
        except OpsError as refused:
            return painted(empty(str(refused)))
        only = query.get("conflicts") is True
        return painted(board(PlanBoard(view, zone, ops.clock.now(), page, only)))

    @on(
        app,
        Output(Planning.FORMS, PROPERTY),
        Input(Planning.CALENDARS, "data"),
        due=Due(SLUG, (Board.OPERATIONS, Board.PLAN)),
        needs=Permission.PLAN_VIEW,
    )
    def draw_forms(actor: Actor, _address: Address, _calendars: Any) -> Any:
        return painted(forms(_choices(ops, actor)))


def _number(value: Any, most: int) -> int:
    return min(max(int(value), 0), most) if isinstance(value, int | float) and math.isfinite(value) else 0


def _text(query: Mapping[str, Any], name: str) -> str:
    value = query.get(name)
    return value.strip()[:MOST_LETTERS] if isinstance(value, str) else ""


def _filter(query: Mapping[str, Any]) -> PlanFilter:
    return PlanFilter(
        text=_text(query, "text"),
        agency=_text(query, "agency").upper() or None,
        unit_type=_text(query, "type") or None,
        capability=_text(query, "capability") or None,
        operation_id=_number(query.get("operation"), 2**31 - 1) or None,
        place=_text(query, "place").upper() or None,
        conflicts_only=query.get("conflicts") is True,
    )


def _choices(ops: OpsCentre, actor: Actor) -> PlanChoices:
    """What this reader may choose from."""
    may_edit = actor.may(Permission.PLAN_EDIT)
    units = [one for one in ops.picture.units(actor) if may_plan(actor, one.agency)] if may_edit else []
    reads = ops.plan_reads
    return PlanChoices(
        units=sorted(((one.id, one.callsign, one.agency) for one in units), key=lambda one: (one[2], one[1])),
        operations=[(one.id, f"{one.reference} {one.name}") for one in ops.picture.operations(actor)],
        places=[(one.code, one.name) for one in sorted(ops.gazetteer.places, key=lambda one: one.name)],
        agencies=[(one.code, one.name) for one in ops.settings.agencies],
        calendar_agencies=[(one.code, one.name) for one in ops.settings.agencies if may_plan(actor, one.code)],
        capabilities=sorted({word for unit in ops.picture.units(actor) for word in unit.capabilities}),
        patterns=reads.patterns(actor),
        calendars=reads.calendars(actor) if may_edit else (),
        may_edit=may_edit,
        time_zone=ops.settings.centre.time_zone,
    )
