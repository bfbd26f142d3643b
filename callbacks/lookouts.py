"""Lookouts: wiring of the list."""

from typing import Any

from dash import Dash, Input, Output
from dash.exceptions import PreventUpdate

from callbacks.binding import on
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board, Shell
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
        Input(Shell.SHOWN, "data"),
        Input(Lookouts.ACTED, "data"),
        Input(Lookouts.DUE, "n_intervals"),
        Input(Board.ALERTS, "data"),
        needs=Permission.TARGET_VIEW,
        prevent_initial_call=True,
    )
    def draw_lookouts(actor: Actor, shown: Any, _acted: Any, _due: Any, _revision: Any) -> Any:
        if shown != "lookouts":
            raise PreventUpdate
        rows, may_edit = ops.lookouts.list(actor), actor.may(Permission.LOOKOUT_EDIT)
        return painted(lookouts_list(rows, _dark(ops, actor), may_edit=may_edit))

    @on(
        app,
        Output(Lookouts.ADD, PROPERTY),
        Input(Shell.SHOWN, "data"),
        needs=Permission.TARGET_VIEW,
        prevent_initial_call=True,
    )
    def draw_form(actor: Actor, shown: Any) -> Any:
        if shown != "lookouts":
            raise PreventUpdate
        if not actor.may(Permission.LOOKOUT_EDIT):
            return painted()
        return painted(add_form([(agency.code, agency.code) for agency in ops.settings.agencies]))


def _dark(ops: OpsCentre, actor: Actor) -> frozenset[int]:
    """Numbers of the lookouts whose craft is dark: those an alert says it of."""
    rows = ops.picture.alerts(actor) if actor.may(Permission.ALERT_VIEW) else ()
    dark = (row for row in rows if row.cause == AlertCause.LOOKOUT_DARK and row.subject_kind == "lookout")
    return frozenset(int(row.subject_id) for row in dark)
