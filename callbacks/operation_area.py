"""The area of the operation that is shown: drawn anew when the operation moved or targets did."""

from typing import Any

from dash import Dash, Input, Output
from dash.exceptions import PreventUpdate

from callbacks.binding import on
from callbacks.watch import number_of
from layouts.components.marks import empty
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board, Shell
from layouts.ids_operations import Operation
from layouts.operation_area import area_section
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import OpsError

SLUG = "operations"


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callback of the section."""
    home = (*ops.settings.picture.centre, ops.settings.picture.zoom)

    @on(
        app,
        Output(Operation.AREA, PROPERTY),
        Input(Shell.LOCATION, "pathname"),
        Input(Board.OPERATIONS, "data"),
        Input(Board.TARGETS, "data"),
        needs=Permission.OPERATION_VIEW,
        prevent_initial_call=True,
    )
    def draw_area(actor: Actor, path: Any, _operations: Any, _targets: Any) -> Any:
        number = number_of(path, SLUG)
        if number is None:
            raise PreventUpdate
        try:
            return painted(area_section(ops.area_reads.one(actor, number), home))
        except OpsError as refused:
            return painted(empty(str(refused)))
