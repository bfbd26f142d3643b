"""Criteria: wiring."""

from typing import Any

from dash import Dash, Input, Output
from dash.exceptions import PreventUpdate

from callbacks.binding import on
from layouts.components.painted import PROPERTY, painted
from layouts.criteria import HITS_FIRST, criteria_table
from layouts.ids import Board, Shell
from layouts.ids_dispatch import Criteria
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""

    @on(
        app,
        Output(Criteria.BODY, PROPERTY),
        Input(Shell.SHOWN, "data"),
        Input(Criteria.ORDER, "data"),
        Input(Board.TASKINGS, "data"),
        Input(Board.DEBRIEFS, "data"),
        needs=Permission.TARGET_VIEW,
        prevent_initial_call=True,
    )
    def draw_criteria(actor: Actor, shown: Any, order: Any, *_moved: Any) -> Any:
        if shown != "criteria":
            raise PreventUpdate
        wanted = order if isinstance(order, dict) else HITS_FIRST
        return painted(criteria_table(ops.dispatch_reads.criteria(actor), wanted))
