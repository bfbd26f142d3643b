"""Pages that say why there is nothing to see, and where to go instead. Painted: most readers never open them."""

from collections.abc import Sequence
from typing import Any

from dash import html

from layouts.components import plain
from layouts.components.painted import sketch


def forbidden(role: str, title: str, may_open: Sequence[tuple[str, str]]) -> html.Div:
    """The reader's role does not hold what the page shows. ``may_open``: (path, title) of the pages it may open."""
    return _refused(
        plain.H1("Not for your role"),
        plain.P([f"{title} is not shown to the role ", plain.Strong(role), "."], className="lead"),
        *_ways_on(may_open),
        plain.P(
            "If you need it for your duty, ask the shift lead or an administrator to change your role.",
            className="quiet",
        ),
    )


def not_found(may_open: Sequence[tuple[str, str]]) -> html.Div:
    """No such page."""
    return _refused(
        plain.H1("No such page"), plain.P("Nothing is kept at this address.", className="lead"), *_ways_on(may_open)
    )


def _refused(*parts: Any) -> html.Div:
    return html.Div(className="refused", **sketch(*parts))


def _ways_on(may_open: Sequence[tuple[str, str]]) -> list[Any]:
    if not may_open:
        return [plain.P("Your role has no screen here; its units report through the deployments feed.")]
    links = [plain.Li(plain.A(title, href=path, className="button", **{"data-follow": ""})) for path, title in may_open]
    return [plain.P("You may open:"), plain.Ul(links, className="ways-on")]
