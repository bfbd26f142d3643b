"""The attention list: open targets by time to arrival. It says so when it may be incomplete, and is never blank."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import html

from layouts.components.marks import chip, light_attributes, marking, pressable, severity_mark
from layouts.components.numbers import count
from layouts.components.times import countdown, countdown_word, feed_age, local_time
from ops_centre.domain.feeds import FeedLight
from ops_centre.domain.targeting import TargetStatus
from ops_centre.picture.views import FeedRow, TargetRow

SHOWN_AT_MOST = 80  # the rest are a page of their own
ARRIVED_STAYS = timedelta(hours=1)  # at the head of the list after the time of arrival


def attention(targets: Sequence[TargetRow], feeds: Sequence[FeedRow], now: datetime) -> list[Any]:
    """Heading, notes about targeting feeds that are not live, and the list or its empty state.

    ``targets`` come by time of arrival. Those that arrived long ago and are still open go to the end, so that they do
    not push what is coming off the screen.
    """
    sources = [feed for feed in feeds if feed.kind == "targeting"]
    body = [_list(targets, now), html.P(className="more", **{"data-more": ""})] if targets else [_nothing(sources)]
    return [
        html.Div(
            [
                html.H2("Attention", id="wall-attention-title"),
                html.Span(f"{count(len(targets))} open · by time to arrival", className="panel-note"),
            ],
            className="panel-head",
        ),
        *(_source_note(feed) for feed in sources),
        *body,
    ]


def _list(targets: Sequence[TargetRow], now: datetime) -> html.Ol:
    long_ago = [row for row in targets if row.arrives_at is not None and row.arrives_at < now - ARRIVED_STAYS]
    coming = [row for row in targets if row not in long_ago]
    ordered = [*coming, *reversed(long_ago)]
    rows = [html.Li(target_button(target), **{"data-target": str(target.id)}) for target in ordered[:SHOWN_AT_MOST]]
    if (over := len(ordered) - SHOWN_AT_MOST) > 0:
        rows.append(html.Li(f"{count(over)} more on the page of targets", className="over"))
    return html.Ol(
        rows,
        className="attention-list",
        tabIndex=-1,
        **{"data-fit": "attention", "aria-labelledby": "wall-attention-title"},
    )


def target_button(target: TargetRow) -> html.Div:
    """One row; pressing it opens the target's card and flies the map there."""
    return pressable(
        [
            severity_mark(target.severity),
            html.Span(
                [html.Span(target.label, className="label"), " ", html.Span(target.subject_kind, className="kind")],
                className="row-title",
            ),
            countdown(target.arrives_at),
            html.Span(target.reason, className="row-reason"),
            countdown_word(target.arrives_at),
            html.Span(
                [html.Span(place_of(target), className="place"), " ", local_time(target.arrives_at)],
                className="row-place",
            ),
            html.Span([marking(target.owner, target.marking)], className="row-owner"),
            status_chip(target.status),
        ],
        f"target:{target.id}",
        f"target target-{target.severity}",
    )


def place_of(target: TargetRow) -> str:
    """Name of the place of arrival, else its code."""
    return target.place_name or target.place or "place not known"


def status_chip(status: str) -> html.Span:
    """State of a target; one that nobody has taken up stands out."""
    return chip(status.upper(), "strong") if status == TargetStatus.NEW else html.Span(status, className="status")


def _source_note(feed: FeedRow) -> html.P:
    """Shown by the style sheet while the feed's light is anything but live."""
    return html.P(
        [
            html.Span(className="light-shape"),
            html.Strong([feed.name, " ", html.Span(str(feed.light), **{"data-light-word": ""})]),
            html.Span(" · list may be incomplete"),
        ],
        className="source-note",
        **light_attributes(feed),
    )


def _nothing(sources: Sequence[FeedRow]) -> html.Div:
    if not sources:
        detail: list[Any] = ["no targeting feed is configured"]
    else:
        detail = [part for feed in sources for part in (" · ", feed.name, " ", *_heard(feed))][1:]
    return html.Div(
        [html.P("No open targets", className="empty-text"), html.P(detail, className="empty-detail")], className="empty"
    )


def _heard(feed: FeedRow) -> tuple[Any, ...]:
    if feed.light is FeedLight.PAUSED:
        return ("is paused",)
    return ("last heard ", feed_age(feed.id, "last_good_at", feed.last_good_at, "never"))
