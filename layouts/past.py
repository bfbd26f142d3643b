"""The picture as it was known at a moment."""

from dash import html

from layouts.components.marks import empty
from layouts.components.painted import sketch
from layouts.ids_past import Past


def past_page() -> html.Div:
    """The frame of the page."""
    return html.Div(
        [
            html.Div([html.H1("The past")], className="page-head"),
            html.Div(id=Past.BODY, **sketch(empty("Loading …"))),
        ],
        id=Past.PAGE,
        className="page sheet",
    )
