"""Parts of the strip under the map that tell of units and arrivals; the lights of the top line."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from layouts.attention import place_of
from layouts.components import plain as html
from layouts.components.marks import empty, feed_light, pressable, severity_mark
from layouts.components.numbers import count
from layouts.components.times import local_time
from ops_centre.domain.targeting import SEVERITY_ORDER, Severity
from ops_centre.domain.units import Availability
from ops_centre.picture.views import FeedRow, TargetRow, UnitRow

ARRIVALS_AHEAD = timedelta(hours=12)


def panel_head(title: str, note: Any = None) -> html.Div:
    """Heading of a panel, and what it counts."""
    return html.Div([html.H2(title), html.Span(note, className="panel-note") if note else None], className="panel-head")


def units_panel(units: Sequence[UnitRow]) -> list[Any]:
    """How many can be sent, and why the others cannot."""
    if not units:
        return [panel_head("Units"), empty("No units reported")]
    by = Counter(unit.availability for unit in units)
    out = [unit for unit in units if unit.availability == Availability.OUT_OF_SERVICE]
    reasons = Counter(unit.out_of_service_reason or "no reason given" for unit in out)
    return [
        panel_head("Units", f"{count(len(units))} reported"),
        html.Div(
            [
                html.Span(className=f"bar-part bar-{_slug(state)}", style={"flexGrow": by[state]})
                for state in Availability
                if by[state]
            ],
            className="bar",
        ),
        html.Dl(
            [html.Div([html.Dt([_swatch(state), state.value]), html.Dd(count(by[state]))]) for state in Availability],
            className="counts",
        ),
        html.P(" · ".join(f"{reason} {number}" for reason, number in reasons.most_common()), className="reasons")
        if out
        else None,
        html.Ul([_agency(code, units) for code in sorted({unit.agency for unit in units})], className="agencies"),
    ]


def _agency(code: str, units: Sequence[UnitRow]) -> html.Li:
    own = [unit for unit in units if unit.agency == code]
    free = sum(unit.availability == Availability.AVAILABLE for unit in own)
    words = f"{code}: {free} of {len(own)} available"
    return html.Li(
        [html.Span(code), " ", html.Strong(f"{free}/{len(own)}", className="none" if not free else "")], title=words
    )


def _swatch(state: str) -> html.Span:
    return html.Span(className=f"swatch bar-{_slug(state)}")


def _slug(word: str) -> str:
    return word.replace(" ", "-")


def arrivals_panel(targets: Sequence[TargetRow], now: datetime) -> list[Any]:
    """Places that targets reach within twelve hours, soonest first, with how many of which severity."""
    coming = [row for row in targets if row.arrives_at is not None and now <= row.arrives_at <= now + ARRIVALS_AHEAD]
    if not coming:
        return [panel_head("Arrivals", "next 12 h"), empty("No target arrives within 12 h")]
    places: dict[str, list[TargetRow]] = {}
    for row in sorted(coming, key=lambda row: row.arrives_at or now):
        places.setdefault(place_of(row), []).append(row)
    return [
        panel_head("Arrivals", f"{count(len(coming))} in 12 h"),
        html.Ul(
            [html.Li(_place_row(place, rows)) for place, rows in places.items()],
            className="rows",
            **{"data-fit": "rows"},
        ),
        html.P(className="more", **{"data-more": ""}),
    ]


def _place_row(place: str, rows: Sequence[TargetRow]) -> html.Div:
    numbers = Counter(row.severity for row in rows)
    marks = [
        html.Span([severity_mark(severity), html.Span(str(numbers[severity]))], className="tally")
        for severity in sorted(numbers, key=lambda word: SEVERITY_ORDER[Severity(word)])
    ]
    return pressable(
        [
            html.Strong(place),
            html.Span(marks, className="tallies"),
            html.Span(local_time(rows[0].arrives_at), className="row-when"),
        ],
        f"place:{rows[0].place}" if rows[0].place else f"target:{rows[0].id}",
        "row",
    )


def lights(feeds: Sequence[FeedRow]) -> list[html.Li]:
    """The feed lights of the top line, and the count that stands for the live ones where names do not fit."""
    if not feeds:
        return [html.Li("no feeds", className="light-none")]
    summary = html.Li(
        [html.Span(className="light-shape"), html.Span(**{"data-live-count": ""})], className="lights-summary"
    )
    return [*(html.Li(feed_light(feed)) for feed in feeds), summary]
