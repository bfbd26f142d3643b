"""The attention list: standing alerts that are about no target, then open targets by the last moment to send a unit. It says
so when it may be incomplete, and is never blank."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from layouts.components import plain as html
from layouts.components.marks import chip, light_attributes, marking, pressable, severity_mark
from layouts.components.numbers import count
from layouts.components.times import ARRIVAL, LAST_MOMENT, age, countdown, countdown_word, feed_age, local_time
from ops_centre.domain.alerting import AlertState
from ops_centre.domain.feeds import FeedLight
from ops_centre.domain.targeting import TargetStatus
from ops_centre.picture.views import FeedRow, TargetRow
from ops_centre.picture.watch_views import AlertRow

SHOWN_AT_MOST = 80  # the rest are a page of their own
ALERTS_AT_MOST = 5  # rows for alerts about no target; the rest are counted, their page has them all
ARRIVED_STAYS = timedelta(hours=1)  # at the head of the list after the time of arrival


@dataclass(frozen=True, slots=True)
class AttentionView:
    """What the list is made of, all in the reader's scope."""

    targets: Sequence[TargetRow]  # by time of arrival
    alerts: Sequence[AlertRow]  # standing, most urgent first
    feeds: Sequence[FeedRow]
    now: datetime


def attention(view: AttentionView) -> list[Any]:
    """Heading, notes about targeting feeds that are not live, and the list or its empty state.

    Targets that arrived long ago and are still open go to the end, so that they do not push what is coming off the screen.
    """
    sources = [feed for feed in view.feeds if feed.kind == "targeting"]
    apart = [alert for alert in view.alerts if alert.subject_kind != "target" and alert.state != AlertState.SHELVED]
    filled = bool(view.targets or apart)
    body = [_list(view, apart), html.P(className="more", **{"data-more": ""})] if filled else [_nothing(sources)]
    return [
        html.Div(
            [
                html.H2("Attention", id="wall-attention-title"),
                html.Span(f"{count(len(view.targets))} open · by last moment to send", className="panel-note"),
            ],
            className="panel-head",
        ),
        *(_source_note(feed) for feed in sources),
        *body,
    ]


def _list(view: AttentionView, apart: Sequence[AlertRow]) -> html.Ol:
    unseen = {int(alert.subject_id): alert for alert in reversed(view.alerts) if _is_unseen_target(alert)}
    long_ago = [row for row in view.targets if row.arrives_at is not None and row.arrives_at < view.now - ARRIVED_STAYS]
    coming = sorted((row for row in view.targets if row not in long_ago), key=_by_last_moment)
    rows = [html.Li(alert_button(alert)) for alert in apart[:ALERTS_AT_MOST]]
    if (over := len(apart) - ALERTS_AT_MOST) > 0:
        rows.append(html.Li(f"{count(over)} more alerts on their page", className="over"))
    ordered = [*coming, *reversed(long_ago)]
    rows += [
        html.Li(target_button(target, unseen.get(target.id)), **{"data-target": str(target.id)})
        for target in ordered[:SHOWN_AT_MOST]
    ]
    if (over := len(ordered) - SHOWN_AT_MOST) > 0:
        rows.append(html.Li(f"{count(over)} more on the page of targets", className="over"))
    return html.Ol(
        rows,
        className="attention-list",
        tabIndex=-1,
        **{"data-fit": "attention", "aria-labelledby": "wall-attention-title"},
    )


def _is_unseen_target(alert: AlertRow) -> bool:
    return alert.subject_kind == "target" and alert.state == AlertState.UNSEEN and alert.subject_id.isdigit()


def _by_last_moment(target: TargetRow) -> tuple[bool, float]:
    """By the moment that asks for something next: to send a unit, else the arrival; those without any come last."""
    moment = target.lrm_at if target.lrm_at and not target.tasked else target.arrives_at
    return moment is None, moment.timestamp() if moment else 0.0


def alert_button(alert: AlertRow) -> html.A:
    """An alert about something other than a target: a feed, a unit, a tasking, an enquiry. It leads to the alerts' page."""
    unseen = alert.state == AlertState.UNSEEN
    return html.A(
        [
            severity_mark(alert.severity),
            html.Span(
                [html.Span(alert.title, className="label"), html.Span(alert.cause, className="kind")],
                className="row-title",
            ),
            countdown(alert.due_at) if alert.due_at else html.Span(age(alert.announced_at), className="alert-age"),
            html.Span(alert.text, className="row-reason"),
            html.Span(f"{alert.count}×" if alert.count > 1 else "", className="countdown-word"),
            html.Span(f"with {alert.assigned_to}" if alert.assigned_to else "", className="row-place"),
            html.Span(marking(alert.owner, alert.marking), className="row-owner"),
            chip("UNSEEN", "unseen") if unseen else html.Span("acknowledged", className="status"),
        ],
        href=f"/alerts?alert={alert.id}",
        className=f"target target-{alert.severity} alert-row" + (f" unseen-{alert.severity}" if unseen else ""),
        **{"data-follow": ""},
    )


def target_button(target: TargetRow, alert: AlertRow | None = None) -> html.Div:
    """One target; pressing it opens its card and flies the map there. ``alert``: one about it that nobody has seen."""
    to_send = target.lrm_at is not None and not target.tasked
    moment = target.lrm_at if to_send else target.arrives_at
    reason = alert.text if alert and alert.cause != "target new" else target.reason
    return pressable(
        [
            severity_mark(target.severity),
            html.Span(
                [html.Span(target.label, className="label"), " ", html.Span(target.subject_kind, className="kind")],
                className="row-title",
            ),
            countdown(moment),
            html.Span(reason, className="row-reason"),
            countdown_word(moment, LAST_MOMENT if to_send else ARRIVAL),
            html.Span(
                [html.Span(place_of(target), className="place"), " ", local_time(target.arrives_at)],
                className="row-place",
            ),
            html.Span([marking(target.owner, target.marking)], className="row-owner"),
            _state(target, alert),
        ],
        f"target:{target.id}",
        f"target target-{target.severity}" + (f" unseen-{alert.severity}" if alert else ""),
    )


def _state(target: TargetRow, alert: AlertRow | None) -> html.Span:
    """What matters most about it now, in one word or two."""
    if target.tasked:
        more = f" +{len(target.tasked) - 1}" if len(target.tasked) > 1 else ""
        return html.Span(target.tasked[0] + more, className="status tasked")
    if alert is not None:
        return chip("UNSEEN", "unseen")
    if target.lrm_note and target.lrm_at is None:
        return html.Span(chip("NO UNIT", "alarm"), title=target.lrm_note)
    if target.claimed_by:
        return html.Span(f"with {target.claimed_by}", className="status")
    return status_chip(target.status)


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
