"""Alert load as control rooms measure it (EEMUA 191, ISA-18.2): for the shift lead who has to keep it bearable.

What a rule costs the watch stands beside the rule: from the worst offender one press leads to what raises it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from layouts.alert_parts import Reader, band_mark, cause_words, severity_word
from layouts.alert_rules import channels_panel, rules_panel
from layouts.components.marks import empty
from layouts.components.numbers import count, counted
from layouts.components.painted import sketch
from layouts.components.times import local_time, since
from layouts.ids_alerts import Load
from layouts.load_plot import hours_table
from ops_centre.domain.targeting import Severity
from ops_centre.picture.alert_views import AlertLoad, ChannelView, Offender, RuleView

PERIODS = {12: "12 h", 24: "24 h", 168: "7 days"}
AIM = {Severity.NORMAL: 0.80, Severity.HIGH: 0.15, Severity.TOP: 0.05}  # EEMUA 191


SHARE_HEAD = (("Severity", ""), ("Share", "cell-number"), ("Aim", "cell-number"), ("", ""))


@dataclass(frozen=True, slots=True)
class LoadView:
    """What the page is drawn from. ``hours`` is how far back the figures go."""

    load: AlertLoad
    hours: int
    time_zone: str


def load_page() -> html.Div:
    """Heading, and the places of what is drawn when the page is shown. The plot's library is fetched only then."""
    return html.Div(
        [
            dcc.Store(id=Load.VIEW),
            dcc.Store(id=Load.ACTED),
            html.Div(id=Load.FIGURES, className="load-figures", **sketch(html.H1("Alert load"), empty("Loading …"))),
            html.Div(
                [
                    html.Div(
                        id=Load.PLOT,
                        className="load-plot",
                        role="img",
                        **{"aria-label": "Alerts over time; the table says the same"},
                    ),
                    html.Div(id=Load.TABLES, className="load-tables", **sketch()),
                ],
                className="load-middle",
            ),
            html.Div(
                [
                    html.Section(id=Load.RULES, className="rules", **sketch(), **{"aria-label": "Rules"}),
                    html.Section(
                        id=Load.CHANNELS, className="channels", **sketch(), **{"aria-label": "Outward notification"}
                    ),
                ],
                className="load-lower",
            ),
        ],
        id=Load.PAGE,
        className="page load-page",
        tabIndex=-1,
    )


def load_figures(view: LoadView) -> list[Any]:
    """Heading with the period, the flood's banner, and the figures."""
    load = view.load
    return [
        html.Div([html.H1("Alert load"), _periods(view.hours)], className="page-head"),
        _flood(load),
        html.Dl([_tile(*one) for one in _tiles(load, view.hours)], className="tiles"),
    ]


def _tiles(load: AlertLoad, hours: int) -> list[tuple[str, Any, Any]]:
    seen = "nothing was acknowledged" if load.median_seen_s is None else "median from announcement to acknowledgement"
    return [
        (
            "For each officer, last 10 minutes",
            f"{load.per_officer:g}",
            [band_mark(load.band), f" · {load.per_10min} for {counted(load.officers, 'officer', 'officers')}"],
        ),
        ("Standing", count(load.standing), f"{count(load.unseen)} unseen · {count(load.escalated)} escalated"),
        ("Shelved", count(load.shelved), "come back by themselves"),
        (f"Announced in {PERIODS[hours]}", count(load.announced), "each time one asked to be noticed"),
        ("Missed", count(load.missed), "cleared and never acknowledged"),
        ("Time until seen", _lasting(load.median_seen_s), seen),
    ]


def _tile(name: str, figure: str, words: Any) -> html.Div:
    return html.Div(
        [
            html.Dt(name),
            html.Dd([html.Strong(figure, className="load-number"), html.Span(words, className="figure-words")]),
        ],
        className="tile",
    )


def _lasting(seconds: float | None) -> str:
    if seconds is None:
        return "—"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _periods(chosen: int) -> html.Div:
    presses = [
        html.Button(
            words,
            type="button",
            className="button filter",
            **{"data-load-hours": str(hours), "aria-pressed": "true" if hours == chosen else "false"},
        )
        for hours, words in PERIODS.items()
    ]
    return html.Div(presses, className="filter-group", role="group", **{"aria-label": "Period"})


def _flood(load: AlertLoad) -> html.P | None:
    if not load.flood:
        return None
    words = ["ALERT FLOOD"], " since ", local_time(load.flood_since), " (", since(load.flood_since), ")"
    return html.P(
        [
            html.Strong(words[0]),
            *words[1:],
            " · from more than 10 alerts for each officer in 10 minutes until fewer than 5",
        ],
        className="flood",
        role="status",
    )


def load_tables(view: LoadView, reader: Reader) -> list[Any]:
    """Share of the severities, worst offenders, and the plot in words."""
    return [_share(view.load), _worst(view.load.worst), hours_table(view.load, view.time_zone)]


def _share(load: AlertLoad) -> html.Section:
    lines = [_share_line(severity, load.share.get(severity, 0.0), aim) for severity, aim in AIM.items()]
    head = html.Tr([html.Th(title, scope="col", className=side) for title, side in SHARE_HEAD])
    table = html.Table([html.Thead(head), html.Tbody(lines)], className="table compact")
    none = html.P("Nothing was announced in this time.", className="quiet") if not load.announced else None
    return html.Section([html.H2("Share of severities"), none or table], className="load-section")


def _share_line(severity: str, share: float, aim: float) -> html.Tr:
    over = severity != Severity.NORMAL and share > 2 * aim
    bar = html.Span(
        [
            html.Span(className="bar-is", style={"width": f"{share:.1%}"}),
            html.Span(className="bar-aim", style={"left": f"{aim:.0%}"}),
        ],
        className=f"share-bar bar-{severity}",
    )
    return html.Tr(
        [
            html.Th(severity_word(severity), scope="row"),
            html.Td(
                [f"{share:.0%}", html.Span(" too many", className="abnormal") if over else None],
                className="cell-number",
            ),
            html.Td(f"{aim:.0%}", className="cell-number quiet"),
            html.Td(bar, className="cell-bar"),
        ]
    )


def _worst(worst: Sequence[Offender]) -> html.Section:
    if not worst:
        return html.Section(
            [html.H2("Worst offenders"), html.P("No alert asked more than once.", className="quiet")],
            className="load-section",
        )
    head = html.Tr([html.Th(title, scope="col") for title in ("What", "Cause", "Times", "")])
    lines = [
        html.Tr(
            [
                html.Th(one.title, scope="row"),
                html.Td(cause_words(one.cause)),
                html.Td(count(one.announced), className="cell-number"),
                html.Td(
                    html.Button(
                        "Rule",
                        type="button",
                        className="button quiet-button",
                        **{"data-rule": one.cause, "aria-label": f"Rule of {cause_words(one.cause)}"},
                    )
                ),
            ]
        )
        for one in worst
    ]
    return html.Section(
        [html.H2("Worst offenders"), html.Table([html.Thead(head), html.Tbody(lines)], className="table compact")],
        className="load-section",
    )


def load_rules(rules: Sequence[RuleView], *, may_change: bool) -> list[Any]:
    """The rules, to be changed by whoever may."""
    return rules_panel(rules, may_change=may_change)


def load_channels(channels: Sequence[ChannelView], *, may_test: bool) -> list[Any]:
    """The ways out of the room."""
    return channels_panel(channels, may_test=may_test)
