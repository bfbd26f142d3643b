"""Turns a tree of plain HTML components into a sketch that assets/painting.js draws by itself.

Dash keeps every component in its store and asks each of them whenever anything changes: a table of some hundred rows then
costs seconds. A sketch is one property of one component. Only plain HTML may be in it: what a callback listens to stays a
component. Text stays text: the script makes nodes, never HTML.
"""

import json
import re
from typing import Any

from dash.development.base_component import Component

PROPERTY = "data-painted"
CAPITAL = re.compile(r"(?=[A-Z])")  # where flexGrow becomes flex-grow
_ATTRIBUTES = {"className": "class", "htmlFor": "for", "dateTime": "datetime", "tabIndex": "tabindex"}


def painted(*tree: Any) -> str:
    """The sketch of ``tree``: JSON, a list of texts and ``[tag, attributes, child, ...]``. Raises TypeError for a
    component that is not plain HTML."""
    return json.dumps(_nodes(tree), ensure_ascii=False, separators=(",", ":"))


def sketch(*tree: Any) -> dict[str, str]:
    """The property for a component that holds ``tree``: ``html.Div(id=..., **sketch(...))``."""
    return {PROPERTY: painted(*tree)}


def _nodes(tree: Any) -> list[Any]:
    if tree is None:
        return []
    if isinstance(tree, list | tuple):
        return [node for part in tree for node in _nodes(part)]
    return [_element(tree) if isinstance(tree, Component) else str(tree)]


def _element(component: Component) -> list[Any]:
    if component._namespace != "dash_html_components":
        raise TypeError(f"{component._type} is not plain HTML")
    properties = dict(component.to_plotly_json()["props"])
    children = properties.pop("children", None)
    attributes = {
        _ATTRIBUTES.get(name, name): _value(value) for name, value in properties.items() if value is not False
    }
    return [component._type.lower(), attributes, *_nodes(children)]


def _value(value: Any) -> str:
    if isinstance(value, dict):  # style
        return ";".join(f"{CAPITAL.sub('-', name).lower()}:{part}" for name, part in value.items())
    return "" if value is True else str(value)
