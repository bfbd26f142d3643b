"""Alerts: wiring of the triage list, its filters, and one alert's particulars. What people do is posted (`api.acts`)."""

from datetime import timedelta
from typing import Any

from dash import Dash, Input, Output

from callbacks.binding import Address, Due, on
from layouts.alert_filters import Filter, filter_bar
from layouts.alert_history import alert_card, beside, gone_card, no_card
from layouts.alert_parts import Reader
from layouts.alerts import AlertsView, alerts_list
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board
from layouts.ids_alerts import Alerts
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import NotFound

LAST_CLEARED_WITHIN = timedelta(days=7)


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""

    @on(
        app,
        Output(Alerts.FILTERS, PROPERTY),
        Output(Alerts.BODY, PROPERTY),
        Input(Alerts.FILTER, "data"),
        due=Due("alerts", (Board.ALERTS,), every_s=60),  # silence has an age
        needs=Permission.ALERT_VIEW,
    )
    def draw_list(actor: Actor, _address: Address, wanted: Any) -> Any:
        view = alerts_view(ops, actor, Filter.of(wanted))
        return painted(filter_bar(view.rows, view.reader, view.wanted)), painted(alerts_list(view))

    @on(
        app,
        Output(Alerts.CARD, PROPERTY),
        Input(Alerts.CHOSEN, "data"),
        due=Due("alerts", (Board.ALERTS,)),
        needs=Permission.ALERT_VIEW,
    )
    def draw_card(actor: Actor, _address: Address, chosen: Any) -> Any:
        if not isinstance(chosen, int) or isinstance(chosen, bool):
            return painted(beside(no_card()))
        try:
            return painted(beside(alert_card(ops.alert_reads.card(actor, chosen), reader_of(actor))))
        except (NotFound, OverflowError):
            return painted(beside(gone_card()))


def alerts_view(ops: OpsCentre, actor: Actor, wanted: Filter) -> AlertsView:
    """What the page is drawn from, for ``actor``."""
    rows, now = ops.picture.alerts(actor), ops.clock.now()
    history, last = None, None
    if wanted.state == "history":
        cause = wanted.cause or None
        history = ops.alert_reads.history(
            actor, now - timedelta(hours=wanted.hours), now, cause=cause, missed_only=wanted.missed
        )
    elif not rows:
        newest = ops.alert_reads.history(actor, now - LAST_CLEARED_WITHIN, now, limit=1)
        last = newest[0].cleared_at if newest else None
    return AlertsView(
        rows=rows,
        reader=reader_of(actor),
        wanted=wanted,
        load=ops.alert_reads.load(actor, hours=1),
        history=history,
        last_cleared_at=last,
        looked_at=ops.alert_reads.looked_at(actor),
    )


def reader_of(actor: Actor) -> Reader:
    """What ``actor`` may do about alerts."""
    return Reader(
        name=actor.name,
        handles=actor.may(Permission.ALERT_HANDLE),
        decides=actor.may(Permission.TASKING_DECIDE),
        opens=actor.may(Permission.CONTINGENCY_RUN),
        sees_wall=actor.may(Permission.PICTURE_VIEW),
        sees_chain=actor.may(Permission.LOG_VIEW),
    )
