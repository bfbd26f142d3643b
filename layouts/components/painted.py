"""Turns a tree of plain HTML components into a sketch that assets/painting.js draws by itself.

Dash keeps every component in its store and asks each of them whenever anything changes: a table of some hundred rows then
costs seconds. A sketch is one property of one component. Only plain HTML may be in it: what a callback listens to stays a
component. Text stays text: the script makes nodes, never HTML.
"""

import json
import re
from typing import Any

import orjson
from dash.development.base_component import Component


class Element:
    """An element that only `painted` draws; see `element` and `layouts.components.plain`."""

    __slots__ = ("attributes", "children", "tag")

    def __init__(self, tag: str, attributes: dict[str, Any], children: Any) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children = children


def element(tag: str, *children: Any, **attributes: Any) -> Element:
    """``element("input", type="text", name="reason", **{"data-type": "number"})``. True stands for an attribute without a
    value; what is None or False is left out."""
    return Element(tag, attributes, children)


PROPERTY = "data-painted"
CAPITAL = re.compile(r"(?=[A-Z])")  # where flexGrow becomes flex-grow
# what a component keeps beside what it was given
_OWN = frozenset({"_prop_names", "_valid_wildcard_attributes", "available_properties", "available_wildcard_properties"})
_ATTRIBUTES = {"className": "class", "htmlFor": "for", "dateTime": "datetime", "tabIndex": "tabindex"}


def painted(*tree: Any) -> str:
    """The sketch of ``tree``: JSON, a list of texts and ``[tag, attributes, child, ...]``. Raises TypeError for a
    component that is not plain HTML."""
    nodes = _nodes(tree)
    try:
        return orjson.dumps(nodes).decode()
    except TypeError:  # half of a surrogate pair, as a reader may have typed into a filter
        return json.dumps(nodes)


def sketch(*tree: Any) -> dict[str, str]:
    """The property for a component that holds ``tree``: ``html.Div(id=..., **sketch(...))``."""
    return {PROPERTY: painted(*tree)}


def _nodes(tree: Any) -> list[Any]:
    nodes: list[Any] = []
    _write(tree, nodes)
    return nodes


def _write(tree: Any, nodes: list[Any]) -> None:
    """Add the nodes of ``tree``. Tables have thousands: this loop is what a redraw costs."""
    if tree is None:
        return
    if isinstance(tree, str):
        nodes.append(str(tree))  # an enum's text
    elif isinstance(tree, list | tuple):
        for part in tree:
            _write(part, nodes)
    elif isinstance(tree, Element):
        nodes.append(_drawn(tree.tag, tree.attributes, tree.children))
    elif isinstance(tree, Component):
        if tree._namespace != "dash_html_components":
            raise TypeError(f"{tree._type} is not plain HTML")
        given = {name: value for name, value in vars(tree).items() if name not in _OWN}
        nodes.append(_drawn(tree._type.lower(), given, given.pop("children", None)))
    else:
        nodes.append(str(tree))


def _drawn(tag: str, given: dict[str, Any], children: Any) -> list[Any]:
    attributes = {
        _ATTRIBUTES.get(name, name): value if value.__class__ is str else _value(value)
        for name, value in given.items()
        if value is not None and value is not False
    }
    node: list[Any] = [tag, attributes]
    _write(children, node)
    return node


def _value(value: Any) -> str:
    if isinstance(value, dict):  # style
        return ";".join(f"{CAPITAL.sub('-', name).lower()}:{part}" for name, part in value.items())
    return "" if value is True else str(value)
