"""Alert load: wiring of the figures, the plot, the rules and the channels. The plot is mounted while its page is shown."""

from typing import Any

from dash import Dash, Input, Output, dcc, no_update

from callbacks.alerts import reader_of
from callbacks.binding import Address, Due, on
from layouts.components.painted import PROPERTY, painted
from layouts.ids import Board
from layouts.ids_alerts import Load
from layouts.load import PERIODS, LoadView, load_channels, load_figures, load_rules, load_tables
from layouts.load_plot import load_figure
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre

GRAPH = {"displayModeBar": False, "responsive": True, "staticPlot": False, "doubleClick": False}


def register(app: Dash, ops: OpsCentre) -> None:
    """Bind the callbacks of the page."""

    @on(
        app,
        Output(Load.FIGURES, PROPERTY),
        Output(Load.TABLES, PROPERTY),
        Output(Load.PLOT, "children"),
        Input(Load.VIEW, "data"),
        due=Due("load", (Board.ALERTS,), every_s=30, leaves=True),
        needs=Permission.ALERT_VIEW,
    )
    def draw_load(actor: Actor, address: Address, wanted: Any) -> Any:
        if not address.shown:
            return no_update, no_update, None  # the plot leaves with its page
        hours = _hours(wanted)
        view = LoadView(ops.alert_reads.load(actor, hours=hours), hours, ops.settings.centre.time_zone)
        figure = load_figure(view.load, view.time_zone, _theme(wanted))
        plot = dcc.Graph(figure=figure, config=GRAPH, className="load-graph", responsive=True)
        return painted(load_figures(view)), painted(load_tables(view, reader_of(actor))), plot

    @on(
        app,
        Output(Load.RULES, PROPERTY),
        Output(Load.CHANNELS, PROPERTY),
        Input(Load.ACTED, "data"),
        due=Due("load"),
        needs=Permission.ALERT_VIEW,
    )
    def draw_rules(actor: Actor, _address: Address, _acted: Any) -> Any:
        may_change = actor.may(Permission.ALERT_RULES)
        rules = load_rules(ops.alert_rules.rules(actor), may_change=may_change)
        return painted(rules), painted(load_channels(ops.notices.channels(actor), may_test=may_change))


def _hours(wanted: Any) -> int:
    hours = wanted.get("hours") if isinstance(wanted, dict) else None
    return hours if hours in PERIODS else 12


def _theme(wanted: Any) -> str:
    return "light" if isinstance(wanted, dict) and wanted.get("theme") == "light" else "dark"
