"""The pages of targets, units and feeds: a table is drawn anew only while its page is shown."""

from typing import Any

from dash import Dash, Input, Output
from dash.exceptions import PreventUpdate

from callbacks.binding import on
from layouts.components.painted import PROPERTY, painted
from layouts.feeds import feeds_table
from layouts.field_reports import devices_section
from layouts.ids import Feeds, Shell, Targets, Units
from layouts.targets import SOONEST_FIRST, targets_table
from layouts.units import units_table
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the three tables."""

    @on(
        app,
        Output(Targets.BODY, PROPERTY),
        Input(Shell.SHOWN, "data"),
        Input(Targets.FILTER, "value"),
        Input(Targets.ORDER, "data"),
        Input(Targets.DUE, "n_intervals"),
        needs=Permission.TARGET_VIEW,
        prevent_initial_call=True,
    )
    def draw_targets(actor: Actor, shown: Any, wanted: Any, order: Any, _due: Any) -> Any:
        _only_while(shown, "targets")
        return painted(
            targets_table(
                ops.picture.targets(actor),
                _text(wanted),
                order if isinstance(order, dict) else SOONEST_FIRST,
                may_decide=actor.may(Permission.TASKING_DECIDE),
            )
        )

    @on(
        app,
        Output(Units.BODY, PROPERTY),
        Input(Shell.SHOWN, "data"),
        Input(Units.FILTER, "value"),
        Input(Units.DUE, "n_intervals"),
        needs=Permission.UNIT_VIEW,
        prevent_initial_call=True,
    )
    def draw_units(actor: Actor, shown: Any, wanted: Any, _due: Any) -> Any:
        _only_while(shown, "units")
        opens_cards = actor.may(Permission.PICTURE_VIEW)
        units = ops.picture.units(actor)
        devices = devices_section(
            ops.field_report_reads.devices(actor), units, ops.clock.now(),
            counts=ops.field_report_reads.counts(actor), decides=actor.may(Permission.TASKING_DECIDE),
            opens_cards=opens_cards,
        )  # fmt: skip
        return painted(devices, units_table(units, _text(wanted), opens_cards=opens_cards))

    @on(
        app,
        Output(Feeds.BODY, PROPERTY),
        Input(Shell.SHOWN, "data"),
        Input(Shell.FEEDS_DUE, "n_intervals"),
        needs=Permission.FEED_VIEW,
        prevent_initial_call=True,
    )
    def draw_feeds(actor: Actor, shown: Any, _due: Any) -> Any:
        _only_while(shown, "feeds")
        return painted(feeds_table(ops.picture.feeds(actor), ops.picture.rates.per_minute))


def _only_while(shown: Any, slug: str) -> None:
    if shown != slug:
        raise PreventUpdate


def _text(value: Any) -> str:
    return value.strip()[:80] if isinstance(value, str) else ""
