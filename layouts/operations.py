"""The boards of deliberate, contingency and overwatch operations, and the page of one."""

from dash import html

from layouts.components.marks import empty
from layouts.components.painted import sketch
from layouts.ids_operations import Operations


def operations_page() -> html.Div:
    """The frame of the page."""
    return html.Div(
        [
            html.Div([html.H1("Operations")], className="page-head"),
            html.Div(id=Operations.BODY, **sketch(empty("Loading …"))),
        ],
        id=Operations.PAGE,
        className="page sheet",
    )
