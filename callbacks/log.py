"""Duty log: only the messages from the field are wired. The page's script (assets/40-log.js) asks `/api/v1/log` itself, so that
a list of thousands of entries costs Dash nothing, and acts go through `/api/v1/acts`."""

from typing import Any

from dash import Dash, Output

from callbacks.binding import Address, Due, on
from layouts.components.painted import PROPERTY, painted
from layouts.field_reports import notes_panel
from layouts.ids import Board
from layouts.ids_log import Log
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the panel of messages from the field."""

    @on(
        app,
        Output(Log.FIELD, PROPERTY),
        due=Due("log", (Board.MESSAGES,)),
        needs=Permission.LOG_VIEW,
    )
    def draw_notes(actor: Actor, _address: Address) -> Any:
        writes = actor.may(Permission.LOG_WRITE)
        return painted(*notes_panel(ops.field_report_reads.waiting(actor), writes=writes))
