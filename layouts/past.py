"""The picture as it was known at a moment. A frame alone: the scripts of the page fetch and draw each moment, for a replay
shows several in a second (assets/53-past-map.js, 54-past-desk.js, 55-past-page.js)."""

from datetime import datetime
from typing import Any

from dash import html

from layouts.components import plain
from layouts.ids_past import Past
from ops_centre.clock import to_ms


def past_page(*, exports: bool = False) -> html.Div:
    """The frame of the page. ``exports``: whether the reader may export a span."""
    offered = {"data-exports": ""} if exports else {}
    return html.Div(
        [html.H1("The past", className="unseen"), html.Div("Loading …", id=Past.BODY, **offered)],
        id=Past.PAGE,
        className="page",
    )


def picture_then(at: datetime) -> Any:
    """The way to the picture that a deed of ``at`` was done on: the millisecond before, for the deed changed it."""
    return plain.A("picture then", href=f"/past?at={to_ms(at) - 1}", className="link", **{"data-follow": ""})
