"""Shapes, chips and lights: everything abnormal has a shape and a word beside its colour."""

from typing import TYPE_CHECKING, Any

from layouts.components import plain as html
from ops_centre.clock import to_ms
from ops_centre.domain.feeds import FeedLight

if TYPE_CHECKING:
    from ops_centre.picture.views import FeedRow

Child = Any


def severity_mark(severity: str) -> html.Span:
    """The shape of a severity (diamond, triangle, disc) with its word for those who do not see it."""
    return html.Span(
        [html.Span(className="shape"), html.Span(severity, className="unseen")],
        className=f"severity severity-{severity}",
        title=f"severity: {severity}",
    )


def chip(text: str, kind: str = "plain") -> html.Span:
    """A short state in a box."""
    return html.Span(text, className=f"chip chip-{kind}")


def marking(owner: str, label: str) -> html.Span:
    """Owning agency and handling marking: ``CUS TLP:AMBER``."""
    return html.Span(
        [html.Span(owner, className="owner"), " ", html.Span(f"TLP:{label}", className="tlp")], className="handling"
    )


def light_attributes(feed: "FeedRow") -> dict[str, str]:
    """What ticking.js needs to go on judging a feed's light by itself, even when no poll tells the server anything."""
    marks = {
        "data-feed": str(feed.id),
        "data-light": str(feed.light),
        "data-late-after": str(feed.late_after_ms),
        "data-lost-after": str(feed.lost_after_ms),
    }
    if feed.last_good_at is not None:
        marks["data-last-good"] = str(to_ms(feed.last_good_at))
    if feed.light_since is not None:
        marks["data-light-since"] = str(to_ms(feed.light_since))
    return marks


def feed_light(feed: "FeedRow", *, with_name: bool = True) -> html.Span:
    """A feed's light: shape, name, and a word unless it is live."""
    return html.Span(
        [
            html.Span(className="light-shape"),
            html.Span(feed.name, className="light-name") if with_name else None,
            html.Span(light_word(feed.light), className="light-word", **{"data-light-word": ""}),
        ],
        className="light",
        **light_attributes(feed),
    )


def light_word(light: str) -> str:
    """The word of a light as first drawn; ticking.js adds how long."""
    return FeedLight(light).value


def facts(*pairs: tuple[str, Child] | None) -> html.Dl:
    """Names and values; pairs that are None or have no value are left out."""
    shown = [pair for pair in pairs if pair is not None and pair[1] not in (None, "", [])]
    return html.Dl([html.Div([html.Dt(name), html.Dd(value)]) for name, value in shown], className="facts")


def empty(text: Child, detail: Child = None) -> html.Div:
    """The designed empty state of a list."""
    return html.Div(
        [html.P(text, className="empty-text"), html.P(detail, className="empty-detail") if detail else None],
        className="empty",
    )


def pressable(children: list[Any], key: str, class_name: str) -> html.Div:
    """A row of a list that opens the card of ``key`` (``kind:id``). On the kiosk the script takes the role away."""
    return html.Div(children, className=class_name, role="button", tabIndex=0, **{"data-select": key})
