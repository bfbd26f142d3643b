"""One thing of the chain: the chain it stands in as a strip, then its facts."""

from typing import Any

from dash import html

from layouts.chain_parts import chain_strip
from layouts.components.marks import empty
from layouts.components.painted import sketch
from layouts.ids_dispatch import Chain
from ops_centre.domain.duty_log import ThingKind
from ops_centre.picture.dispatch_views import ChainView


def chain_page() -> html.Div:
    """The place of what is drawn when the page is shown."""
    return html.Div(
        [
            html.H1("Chain", className="unseen"),
            html.Div(
                id=Chain.BODY,
                className="chain-body",
                tabIndex=0,
                role="region",
                **sketch(empty("Loading …")),
                **{"aria-label": "Chain"},
            ),
        ],
        id=Chain.PAGE,
        className="page sheet",
    )


def chain_body(view: ChainView, facts: Any, *, may_decide: bool) -> list[Any]:
    """The strip and the facts of its thing."""
    thing = view.thing
    return [
        html.Div(
            [html.P(thing.kind, className="kind"), html.H2(thing.title), html.P(thing.detail, className="quiet")],
            className="chain-head",
        ),
        None if thing.kind == ThingKind.CRITERION else chain_strip(view, may_decide=may_decide),
        html.Div(facts, className="chain-facts"),
    ]


def no_such_thing(why: str) -> list[Any]:
    """Gone, or not for this reader (the two look alike on purpose)."""
    return [empty(why, [html.A("The duty log", href="/log", className="button", **{"data-follow": ""})])]


def nothing_named() -> list[Any]:
    """The address names nothing."""
    return [
        empty(
            "Open a target, an alert, a log entry, a decision, a tasking or an outcome to see the chain it stands in.",
            [html.A("Open taskings", href="/taskings", className="button", **{"data-follow": ""})],
        )
    ]
