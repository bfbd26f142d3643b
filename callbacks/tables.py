"""The pages of targets, units and feeds: a table is drawn anew only while its page is shown."""

from typing import Any

from dash import Dash, Input, Output

from callbacks.binding import Address, Due, on
from layouts.components.painted import PROPERTY, painted
from layouts.feeds import feeds_table
from layouts.field_reports import devices_section
from layouts.ids import Feeds, Targets, Units
from layouts.targets import SOONEST_FIRST, targets_table
from layouts.units import units_table
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre

TABLE_S = 5.0
FEEDS_S = 10.0  # a light itself turns at once, in the browser


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the three tables."""

    @on(
        app,
        Output(Targets.BODY, PROPERTY),
        Input(Targets.FILTER, "value"),
        Input(Targets.ORDER, "data"),
        due=Due("targets", every_s=TABLE_S),
        needs=Permission.TARGET_VIEW,
    )
    def draw_targets(actor: Actor, _address: Address, wanted: Any, order: Any) -> Any:
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
        Input(Units.FILTER, "value"),
        due=Due("units", every_s=TABLE_S),
        needs=Permission.UNIT_VIEW,
    )
    def draw_units(actor: Actor, _address: Address, wanted: Any) -> Any:
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
        due=Due("feeds", every_s=FEEDS_S),
        needs=Permission.FEED_VIEW,
    )
    def draw_feeds(actor: Actor, _address: Address) -> Any:
        return painted(feeds_table(ops.picture.feeds(actor), ops.picture.rates.per_minute))


def _text(value: Any) -> str:
    return value.strip()[:80] if isinstance(value, str) else ""
