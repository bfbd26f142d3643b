"""Debriefs and the lessons that came of them."""

from dash import html

from layouts.components.marks import empty
from layouts.components.painted import sketch
from layouts.ids_debriefs import Debriefs


def debriefs_page() -> html.Div:
    """The frame of the page."""
    return html.Div(
        [
            html.Div([html.H1("Debriefs")], className="page-head"),
            html.Div(id=Debriefs.BODY, **sketch(empty("Loading …"))),
        ],
        id=Debriefs.PAGE,
        className="page sheet",
    )
