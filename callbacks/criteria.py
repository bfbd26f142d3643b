"""Criteria: wiring."""

from typing import Any

from dash import Dash, Input, Output

from callbacks.binding import Address, Due, on
from layouts.components.painted import PROPERTY, painted
from layouts.criteria import HITS_FIRST, criteria_table
from layouts.ids import Board
from layouts.ids_dispatch import Criteria
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""

    @on(
        app,
        Output(Criteria.BODY, PROPERTY),
        Input(Criteria.ORDER, "data"),
        due=Due("criteria", (Board.TASKINGS, Board.DEBRIEFS)),
        needs=Permission.TARGET_VIEW,
    )
    def draw_criteria(actor: Actor, _address: Address, order: Any) -> Any:
        wanted = order if isinstance(order, dict) else HITS_FIRST
        return painted(criteria_table(ops.dispatch_reads.criteria(actor), wanted))
