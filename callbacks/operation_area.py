"""The area of the operation that is shown: drawn anew when the operation moved or targets did."""

from typing import Any

from dash import Dash, Output
from dash.exceptions import PreventUpdate

from callbacks.binding import Address, Due, on
from callbacks.watch import number_of
from layouts.components.marks import empty
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board
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
        due=Due(SLUG, (Board.OPERATIONS, Board.TARGETS), of_one=True),
        needs=Permission.OPERATION_VIEW,
    )
    def draw_area(actor: Actor, address: Address) -> Any:
        number = number_of(address.path, SLUG)
        if number is None:
            raise PreventUpdate
        try:
            return painted(area_section(ops.area_reads.one(actor, number), home))
        except OpsError as refused:
            return painted(empty(str(refused)))
