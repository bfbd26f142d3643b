"""Pages that say why there is nothing to see, and where to go instead."""

from collections.abc import Sequence

from dash import dcc, html


def forbidden(role: str, title: str, may_open: Sequence[tuple[str, str]]) -> html.Div:
    """The reader's role does not hold what the page shows. ``may_open``: (path, title) of the pages it may open."""
    return html.Div(
        [
            html.H1("Not for your role"),
            html.P([f"{title} is not shown to the role ", html.Strong(role), "."], className="lead"),
            *_ways_on(may_open),
            html.P(
                "If you need it for your duty, ask the shift lead or an administrator to change your role.",
                className="quiet",
            ),
        ],
        className="refused",
    )


def not_found(may_open: Sequence[tuple[str, str]]) -> html.Div:
    """No such page."""
    return html.Div(
        [html.H1("No such page"), html.P("Nothing is kept at this address.", className="lead"), *_ways_on(may_open)],
        className="refused",
    )


def _ways_on(may_open: Sequence[tuple[str, str]]) -> list[html.P | html.Ul]:
    if not may_open:
        return [html.P("Your role has no screen here; its units report through the deployments feed.")]
    links = [html.Li(dcc.Link(title, href=path, className="button")) for path, title in may_open]
    return [html.P("You may open:"), html.Ul(links, className="ways-on")]
