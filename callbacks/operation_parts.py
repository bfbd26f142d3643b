"""Order, objectives, situation reports and files of one operation: drawn while its page is shown and when it moved."""

from collections.abc import Callable
from typing import Any

from dash import Dash, Output
from dash.exceptions import PreventUpdate

from callbacks.binding import Address, Due, on
from callbacks.watch import number_of
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board
from layouts.ids_operations import Operation
from layouts.operation_files import files_section
from layouts.operation_objectives import objectives_section
from layouts.operation_order import order_section
from layouts.operation_reports import reports_section
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import OpsError

SLUG = "operations"


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks."""
    agencies = [(agency.code, agency.name) for agency in ops.settings.agencies]
    reads = ops.operation_parts

    @on(
        app,
        Output(Operation.ORDER, PROPERTY),
        Output(Operation.OBJECTIVES, PROPERTY),
        Output(Operation.REPORTS, PROPERTY),
        Output(Operation.FILES, PROPERTY),
        due=Due(SLUG, (Board.OPERATIONS,), of_one=True),
        needs=Permission.OPERATION_VIEW,
    )
    def draw_parts(actor: Actor, address: Address) -> Any:
        number = number_of(address.path, SLUG)
        if number is None:
            raise PreventUpdate
        return (
            _drawn(lambda: order_section(reads.order(actor, number))),
            _drawn(lambda: objectives_section(reads.objectives(actor, number))),
            _drawn(lambda: reports_section(reads.reports(actor, number), agencies)),
            _drawn(lambda: files_section(reads.files(actor, number))),
        )


def _drawn(section: Callable[[], Any]) -> str:
    """A section; nothing where the operation is not the reader's: the head of the page says so."""
    try:
        return painted(section())
    except OpsError:
        return painted()
