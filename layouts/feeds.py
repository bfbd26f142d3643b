"""Health of every feed: light, ages, and an account of every record that came."""

from collections.abc import Callable, Sequence
from typing import Any

from dash import dcc, html

from layouts import ids
from layouts.components.marks import chip, empty, feed_light
from layouts.components.numbers import count
from layouts.components.painted import element, sketch
from layouts.components.times import age, feed_age
from ops_centre.domain.feeds import FeedLight
from ops_centre.picture.views import FeedRow

_ORDER = {FeedLight.LOST: 0, FeedLight.LATE: 1, FeedLight.PAUSED: 2, FeedLight.WAITING: 3, FeedLight.LIVE: 4}


def feeds_page() -> html.Div:
    """Heading, and the place of the table, which is drawn when the page is shown."""
    return html.Div(
        [
            html.Div(html.H1("Feeds"), className="page-head"),
            html.Div(
                id=ids.Feeds.BODY,
                className="table-frame",
                tabIndex=0,
                role="region",
                **sketch(empty("Loading …")),
                **{"aria-label": "Feeds"},
            ),
            dcc.Store(id=ids.Feeds.ACTED),
            html.Div(id=ids.Feeds.RAW, className="table-frame", role="region", **{"aria-label": "Refused record"}),
            html.Div(id=ids.Feeds.CARD, className="table-frame", role="region", **{"aria-label": "Feed"}),
            html.Div(
                id=ids.Feeds.DUTIES, className="table-frame", role="region", **{"aria-label": "Duties of the worker"}
            ),
        ],
        id=ids.Feeds.PAGE,
        className="page sheet",
    )


def rate_words(per_minute: float | None) -> str:
    """``1,200``, ``3.5``; a dash while too little was seen."""
    if per_minute is None:
        return "—"
    return count(round(per_minute)) if per_minute >= 10 or not per_minute else f"{per_minute:.1f}"


def feeds_table(rows: Sequence[FeedRow], rates: Callable[[int], float | None]) -> Any:
    """One line for each feed. Received is always the sum of stored, duplicate and quarantined. ``rates``: records a minute."""
    if not rows:
        return empty(
            "No feeds are configured", "Add a [[feeds]] block to config.toml; docs/feeds.md has one for each kind."
        )
    titles = ("Feed", "Light", "Kind", "Last worked", "Last record", "A minute", "Received", "Stored", "Repeated",
              "Quarantined", "Passed over")  # fmt: skip
    head = html.Tr(
        [html.Th(title, scope="col", className="cell-number" if n > 4 else None) for n, title in enumerate(titles)]
    )
    note = "received = stored + repeated + quarantined; passed over: lines that are no records of the feed; worst light first"
    ranked = sorted(rows, key=lambda row: _ORDER.get(row.light, len(_ORDER)))
    return html.Table(
        [
            html.Caption(note),
            html.Thead(head),
            html.Tbody([line for row in ranked for line in _lines(row, rates(row.id), len(titles))]),
        ],
        className="table feeds-table",
    )


def _lines(row: FeedRow, rate: float | None, columns: int) -> list[html.Tr]:
    """The feed's line, and under it, the whole width wide, what it last failed of."""
    opens = html.A(row.name, href=f"/feeds/{row.id}", className="link", **{"data-follow": ""})
    counts = (row.received, row.stored, row.duplicate)
    refused = html.Strong(count(row.quarantined), className="abnormal") if row.quarantined else "0"
    line = html.Tr(
        [
            html.Th([opens, " ", chip("REPLAY", "replay") if row.is_replay else None], scope="row"),
            html.Td(feed_light(row, with_name=False), className="cell-light"),
            html.Td(f"{row.kind} · {row.agency}"),
            html.Td(feed_age(row.id, "last_good_at", row.last_good_at, "never")),
            html.Td(feed_age(row.id, "last_record_at", row.last_record_at, "never")),
            html.Td(rate_words(rate), className="cell-number"),
            *(html.Td(count(number), className="cell-number") for number in counts),
            html.Td(refused, className="cell-number"),
            html.Td(count(row.passed_over), className="cell-number"),
        ]
    )
    if not row.last_error:
        return [line]
    line.className = "feed-failed"
    said = [html.Span("Last error ", className="quiet"), row.last_error, " · ", age(row.last_error_at)]
    return [line, html.Tr([element("td", said, colspan=str(columns))], className="feed-error")]
