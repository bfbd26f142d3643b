"""Alert load over time, as a plot and as the table that says the same.

The figure is a plain mapping: nothing here needs the plotting library, which only the browser loads, and only on this page.
Bars are SVG; WebGL traces would need a policy that allows evaluated scripts.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dash import html

from layouts.alert_parts import band_mark
from layouts.components.numbers import count
from ops_centre.picture.alert_views import AlertLoad, LoadBand, LoadSlot

INKS = {  # as assets/tokens.css
    "dark": {
        "text": "#a0adb8",
        "line": "#2a3238",
        "calm": "#93a0ab",
        "high": "#ffb224",
        "top": "#ff6f65",
        "paper": "#151a1e",
    },
    "light": {
        "text": "#4b5862",
        "line": "#cbd4da",
        "calm": "#5b6770",
        "high": "#8a4f00",
        "top": "#b8231a",
        "paper": "#ffffff",
    },
}
INK_OF = {"acceptable": "calm", "manageable": "calm", "over-demanding": "high", "unacceptable": "top"}
SLOT_MS = 600_000
HEADROOM = 1.15
WORD_HEIGHT = 0.08  # of the plot


def band_of(per_officer: float, bands: Sequence[LoadBand]) -> str:
    """The band a rate falls into."""
    for band in bands:
        if band.upto is None or per_officer <= band.upto:
            return band.name
    return bands[-1].name if bands else ""


def load_figure(load: AlertLoad, time_zone: str, theme: str, font_px: int = 14) -> dict[str, Any]:
    """Bars of ten minutes, alerts for each officer, with the limits of the bands that are in sight."""
    ink = INKS.get(theme, INKS["dark"])
    most = max([slot.per_officer for slot in load.slots] + [2.0]) * HEADROOM
    zone = ZoneInfo(time_zone)
    limits = [band for band in load.bands if 0 < band.above < most]
    axis = {
        "gridcolor": ink["line"],
        "zeroline": False,
        "linecolor": ink["line"],
        "tickcolor": ink["line"],
        "automargin": True,
        "fixedrange": True,
    }
    return {
        "data": [_bars(load, zone, ink)],
        "layout": {
            "paper_bgcolor": ink["paper"],
            "plot_bgcolor": ink["paper"],
            "font": {"family": "Inter, sans-serif", "size": font_px, "color": ink["text"]},
            "margin": {"l": 56, "r": 16, "t": 12, "b": 52},
            "bargap": 0.12,
            "showlegend": False,
            "hovermode": "x",
            "xaxis": axis
            | {
                "type": "date",
                "title": {"text": f"local time ({time_zone})"},
                "showgrid": False,
                "hoverformat": "%a %H:%M",
                "tickformat": "%H:%M\n%a %-d %b",
            },
            "yaxis": axis
            | {"title": {"text": "alerts for each officer in 10 minutes"}, "range": [0, most], "rangemode": "tozero"},
            "shapes": [_limit(band, ink) for band in limits],
            "annotations": [_limit_word(band, ink) for band in _apart(limits, most)],
        },
    }


def _apart(limits: Sequence[LoadBand], most: float) -> list[LoadBand]:
    """The limits whose words do not run into those of a higher one."""
    shown: list[LoadBand] = []
    for band in reversed(limits):
        if not shown or shown[-1].above - band.above > WORD_HEIGHT * most:
            shown.append(band)
    return shown[::-1]


def _bars(load: AlertLoad, zone: ZoneInfo, ink: dict[str, str]) -> dict[str, Any]:
    bands = [band_of(slot.per_officer, load.bands) for slot in load.slots]
    return {
        "type": "bar",
        "x": [_local(slot.at, zone) for slot in load.slots],
        "y": [slot.per_officer for slot in load.slots],
        "width": SLOT_MS * 0.88,
        "offset": SLOT_MS * 0.06,
        "customdata": [[slot.announced, band] for slot, band in zip(load.slots, bands, strict=True)],
        "marker": {"color": [ink[INK_OF.get(band, "calm")] for band in bands]},
        "hovertemplate": "%{y:.1f} for each officer<br>%{customdata[0]} announced · %{customdata[1]}<extra></extra>",
    }


def _local(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).replace(tzinfo=None).isoformat(timespec="seconds")


def _limit(band: LoadBand, ink: dict[str, str]) -> dict[str, Any]:
    line = {"color": ink["text"], "width": 1, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": band.above, "y1": band.above, "line": line}


def _limit_word(band: LoadBand, ink: dict[str, str]) -> dict[str, Any]:
    words = f"{band.name} above {band.above:g}"
    return {
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "y": band.above,
        "yanchor": "bottom",
        "text": words,
        "showarrow": False,
        "font": {"color": ink["text"]},
    }


def hours_table(load: AlertLoad, time_zone: str) -> html.Details:
    """The plot in words: each hour's alerts and its worst ten minutes, newest first; quiet hours are counted."""
    zone = ZoneInfo(time_zone)
    hours: dict[datetime, list[LoadSlot]] = {}
    for slot in load.slots:
        hours.setdefault(slot.at.astimezone(zone).replace(minute=0, second=0, microsecond=0), []).append(slot)
    loud = [(hour, slots) for hour, slots in hours.items() if any(slot.announced for slot in slots)]
    head = html.Tr(
        [html.Th(title, scope="col") for title in ("Hour", "Announced", "Worst 10 minutes for each officer", "Band")]
    )
    quiet = f"{count(len(hours) - len(loud))} of {count(len(hours))} hours had no alert"
    table = html.Table(
        [html.Caption(quiet), html.Thead(head), html.Tbody([_hour(*one, load.bands) for one in reversed(loud)])],
        className="table compact",
    )
    return html.Details([html.Summary("The plot as a table"), table], className="load-section")


def _hour(hour: datetime, slots: Sequence[LoadSlot], bands: Sequence[LoadBand]) -> html.Tr:
    most = max(slot.per_officer for slot in slots)
    return html.Tr(
        [
            html.Th(f"{hour:%a %d %b %H:%M}", scope="row"),
            html.Td(count(sum(slot.announced for slot in slots)), className="cell-number"),
            html.Td(f"{most:g}", className="cell-number"),
            html.Td(band_mark(band_of(most, bands))),
        ]
    )
