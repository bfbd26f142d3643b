"""The frame of /planning: units over time, what places will need against who is there, and proposals."""

from dash import dcc, html

from layouts.components.marks import empty
from layouts.components.painted import sketch
from layouts.ids_planning import Planning
from layouts.planning_tools import tools


def planning_page() -> html.Div:
    """The frame. The script shows one of the tabs (data-tab on the page)."""
    loading = sketch(empty("Loading …"))
    return html.Div(
        [
            dcc.Store(id=Planning.QUERY),
            dcc.Store(id=Planning.CALENDARS),
            html.Div(id=Planning.TOOLS, className="planning-head", **sketch(tools())),
            html.Div(id=Planning.BOARD, className="planning-part", role="region", **loading, **{"aria-label": "Units"}),
            html.Div(
                id=Planning.SUFFICIENCY,
                className="planning-part",
                role="region",
                tabIndex=0,
                **loading,
                **{"aria-label": "Sufficiency"},
            ),
            html.Div(
                id=Planning.PROPOSALS,
                className="planning-part",
                role="region",
                tabIndex=0,
                **loading,
                **{"aria-label": "Proposals"},
            ),
            html.Div(id=Planning.FORMS),
        ],
        id=Planning.PAGE,
        className="page sheet planning",
        **{"data-tab": "units"},
    )
