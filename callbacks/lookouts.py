"""Lookouts: wiring of the list."""

from typing import Any

from dash import Dash, Input, Output

from callbacks.binding import Address, Due, on
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board
from layouts.ids_alerts import Lookouts
from layouts.lookouts import add_form, lookouts_list
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.alerting import AlertCause


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""

    @on(
        app,
        Output(Lookouts.BODY, PROPERTY),
        Input(Lookouts.ACTED, "data"),
        due=Due("lookouts", (Board.ALERTS,), every_s=15),
        needs=Permission.TARGET_VIEW,
    )
    def draw_lookouts(actor: Actor, _address: Address, _acted: Any) -> Any:
        rows, may_edit = ops.lookouts.list(actor), actor.may(Permission.LOOKOUT_EDIT)
        return painted(lookouts_list(rows, _dark(ops, actor), may_edit=may_edit))

    @on(
        app,
        Output(Lookouts.ADD, PROPERTY),
        due=Due("lookouts"),
        needs=Permission.TARGET_VIEW,
    )
    def draw_form(actor: Actor, _address: Address) -> Any:
        if not actor.may(Permission.LOOKOUT_EDIT):
            return painted()
        return painted(add_form([(agency.code, agency.code) for agency in ops.settings.agencies]))


def _dark(ops: OpsCentre, actor: Actor) -> frozenset[int]:
    """Numbers of the lookouts whose craft is dark: those an alert says it of."""
    rows = ops.picture.alerts(actor) if actor.may(Permission.ALERT_VIEW) else ()
    dark = (row for row in rows if row.cause == AlertCause.LOOKOUT_DARK and row.subject_kind == "lookout")
    return frozenset(int(row.subject_id) for row in dark)
