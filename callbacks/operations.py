"""Operations: the boards are drawn when an operation or the filter moved, the page of one when it is opened and moved."""

import math
from typing import Any

from dash import Dash, Input, Output
from dash.exceptions import PreventUpdate

from callbacks.binding import Address, Due, on
from callbacks.watch import number_of
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board
from layouts.ids_operations import Operation, Operations
from layouts.operation_board import CARDS_OF_ALL, CARDS_OF_ONE, boards
from layouts.operation_forms import FormChoices, of_one
from layouts.operation_log import LOG_SHOWN, log_part
from layouts.operation_page import head, no_such
from layouts.operation_work import work
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import OpsError
from ops_centre.picture.operation_boards import LaneSizes
from ops_centre.picture.operation_reads import OperationFilter

SLUG = "operations"
EXERCISES = {"only": True, "no": False}


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the boards and of the page of one operation."""
    _boards(app, ops)
    _one(app, ops)
    _log(app, ops)


def choices_for(ops: OpsCentre, actor: Actor | None) -> FormChoices:
    """What the forms offer a reader."""
    units = ops.picture.units(actor) if actor else ()
    return FormChoices(
        agencies=[(one.code, one.name) for one in ops.settings.agencies],
        places=[
            (one.code, f"{one.name} ({one.code})") for one in sorted(ops.gazetteer.places, key=lambda one: one.name)
        ],
        capabilities=sorted({word for unit in units for word in unit.capabilities}),
        agency=actor.agency if actor else "",
        who=actor.name if actor else "",
        commanders=ops.operation_reads.commanders(actor) if actor else (),
    )


def _boards(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(Operations.BOARDS, PROPERTY),
        Input(Operations.FILTER, "data"),
        due=Due(SLUG, (Board.OPERATIONS,), follows=True),
        needs=Permission.OPERATION_VIEW,
    )
    def draw_boards(actor: Actor, address: Address, given: Any) -> Any:
        if [part for part in address.path.split("/") if part] != [SLUG]:
            raise PreventUpdate
        wanted, kind = _filter_of(given)
        return painted(boards(ops.operation_reads.boards(actor, wanted, _sizes_of(given, kind)), kind))


def _filter_of(given: Any) -> tuple[OperationFilter, str]:
    """What the reader asked for, and the level they look at. Anything else that was sent asks for nothing."""
    asked = given if isinstance(given, dict) else {}
    words = {
        name: str(asked.get(name) or "").strip()[:80] for name in ("kind", "text", "agency", "commander", "exercise")
    }
    wanted = OperationFilter(
        kind=words["kind"] or None,
        text=words["text"],
        agency=words["agency"] or None,
        commander=words["commander"] or None,
        exercise=EXERCISES.get(words["exercise"]),
    )
    return wanted, words["kind"]


def _sizes_of(given: Any, kind: str) -> LaneSizes:
    """How many cards of each column: the usual number, more of those that the reader opened."""
    usual = CARDS_OF_ONE if kind else CARDS_OF_ALL
    asked = given.get("lanes") if isinstance(given, dict) else None
    opened = {
        (lane[0], lane[1]): int(number)
        for name, number in (asked.items() if isinstance(asked, dict) else ())
        if len(lane := str(name).split()) == 2 and isinstance(number, int | float) and math.isfinite(number)
    }
    return LaneSizes(usual, usual, opened)


def _one(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(Operation.HEAD, PROPERTY),
        Output(Operation.WORK, PROPERTY),
        due=Due(SLUG, (Board.OPERATIONS,), of_one=True),
        needs=Permission.OPERATION_VIEW,
    )
    def draw_one(actor: Actor, address: Address) -> Any:
        number = number_of(address.path, SLUG)
        if number is None:
            raise PreventUpdate
        try:
            view = ops.operation_reads.one(actor, number)
        except OpsError as refused:
            return painted(no_such(str(refused))), painted()
        dialogs = of_one(view, choices_for(ops, actor)) if view.may_edit else []
        return painted(head(view), dialogs), painted(work(view))


def _log(app: Dash, ops: OpsCentre) -> None:
    @on(
        app,
        Output(Operation.LOG, PROPERTY),
        due=Due(SLUG, (Board.LOG,), of_one=True),
        needs=Permission.LOG_VIEW,
    )
    def draw_log(actor: Actor, address: Address) -> Any:
        number = number_of(address.path, SLUG)
        if number is None:
            raise PreventUpdate
        try:
            operation = ops.operation_reads.one_ref(actor, number)
        except OpsError:
            return painted()
        return painted(log_part(ops.operation_reads.log(actor, number, limit=LOG_SHOWN), operation))
