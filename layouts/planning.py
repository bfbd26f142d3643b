"""Units over time, sufficiency of places, proposals."""

from dash import html

from layouts.components.marks import empty
from layouts.components.painted import sketch
from layouts.ids_planning import Planning


def planning_page() -> html.Div:
    """The frame of the page."""
    return html.Div(
        [
            html.Div([html.H1("Planning")], className="page-head"),
            html.Div(id=Planning.BODY, **sketch(empty("Loading …"))),
        ],
        id=Planning.PAGE,
        className="page sheet",
    )
