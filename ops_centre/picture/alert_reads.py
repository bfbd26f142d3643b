"""What became of alerts: load as control rooms measure it, history, and one alert with its whole life.

Every figure is of what the reader may know of. Counting is done by the database over the index of events by time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, func, select, type_coerce
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import audience_of, rule_of
from ops_centre.clock import Clock, from_ms, to_ms
from ops_centre.db import Database
from ops_centre.domain.alert_load import BANDS, WINDOW_MIN, band_of, flood_since, rolling
from ops_centre.domain.alerting import CLEARED_BY_HAND, AlertStep
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.targeting import Severity
from ops_centre.domain.watches import WatchState
from ops_centre.errors import NotFound
from ops_centre.models import Alert, AlertEvent, Handling, JobRun, Lease, Watch, WatchMember
from ops_centre.picture.alert_views import (
    AlertEventRow,
    AlertHistory,
    AlertLoad,
    AlertRate,
    LoadBand,
    LoadSlot,
    Offender,
)
from ops_centre.picture.shelves import alert_row, spots_of_calls

MINUTE_MS = 60_000
MOST_HOURS = 24 * 7
MOST_ROWS = 1000
MOST_OFFENDERS = 10
RUN_UP_MIN = 120  # before the time asked for: a flood may have begun there
MAX_ID = 2**31 - 1
SETTLES = "settle alerts"  # the worker's duty
FAILS_FOR = timedelta(seconds=10)  # a duty that failed within so long of the worker's last sign of life has not looked

Audience = frozenset[int]


class AlertReads:
    """Reads of alert load and history."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db, self.clock = db, clock

    def load(self, actor: Actor, hours: int = 12) -> AlertLoad:
        """Alert load of the last ``hours`` (1 to 168) as of now."""
        authorise(actor, Permission.ALERT_VIEW)
        now = self.clock.now()
        span_min = max(1, min(hours, MOST_HOURS)) * 60
        since = now - timedelta(minutes=span_min)
        with self.db.reading() as session:
            scope = _audience(session, actor)
            first = now - timedelta(minutes=span_min + RUN_UP_MIN)
            per_minute = _per_minute(session, scope, first, span_min + RUN_UP_MIN)
            officers = _officers(session, first, span_min + RUN_UP_MIN)
            share, announced = _share(session, scope, since)
            standing = _standing(session, scope)
            seen_s = _seen_seconds(session, scope, since)
            worst = _worst(session, scope, since)
            missed = _missed(session, scope, since)
        counts = rolling(per_minute)
        rates = [count / present for count, present in zip(counts, officers, strict=True)]
        flooded = flood_since(rates)
        return AlertLoad(
            since=since,
            until=now,
            slots=_slots(first, counts, officers),
            officers=officers[-1],
            per_10min=counts[-1],
            per_officer=rates[-1],
            band=band_of(rates[-1]),
            bands=tuple(LoadBand(band.name, band.above, band.upto) for band in BANDS),
            flood=flooded is not None,
            flood_since=None if flooded is None else first + timedelta(minutes=flooded + 1),
            median_seen_s=median(seen_s) if seen_s else None,
            share=share,
            worst=worst,
            announced=announced,
            missed=missed,
            **standing,
        )

    def rate(self, actor: Actor) -> AlertRate:
        """What came in the last ten minutes, and whether a flood is on."""
        authorise(actor, Permission.ALERT_VIEW)
        first = self.clock.now() - timedelta(minutes=RUN_UP_MIN)
        with self.db.reading() as session:
            counts = rolling(_per_minute(session, _audience(session, actor), first, RUN_UP_MIN))
            officers = _officers(session, first, RUN_UP_MIN)
        rates = [count / present for count, present in zip(counts, officers, strict=True)]
        return AlertRate(counts[-1], rates[-1], band_of(rates[-1]), flood_since(rates) is not None)

    def history(
        self,
        actor: Actor,
        since: datetime,
        until: datetime,
        cause: str | None = None,
        limit: int = 200,
        *,
        missed_only: bool = False,
    ) -> list[AlertHistory]:
        """Alerts raised in that time, newest first; ``missed_only``: cleared before anybody had noticed them."""
        authorise(actor, Permission.ALERT_VIEW)
        wanted = select(Alert).where(Alert.raised_at >= since, Alert.raised_at < until)
        if cause is not None:
            wanted = wanted.where(Alert.cause == cause)
        if missed_only:
            wanted = wanted.where(Alert.missed)
        with self.db.reading() as session:
            rules = _rules(session, actor)
            wanted = wanted.where(Alert.handling_id.in_(rules)).order_by(Alert.raised_at.desc(), Alert.id.desc())
            alerts = session.scalars(wanted.limit(max(1, min(limit, MOST_ROWS)))).all()
            return _histories(session, alerts, rules)

    def card(self, actor: Actor, alert_id: int) -> AlertHistory:
        """One alert, standing or not, with all that became of it. Raises NotFound, also for one outside the scope."""
        authorise(actor, Permission.ALERT_VIEW)
        with self.db.reading() as session:
            rules = _rules(session, actor)
            alert = session.get(Alert, alert_id) if 0 < alert_id <= MAX_ID else None
            if alert is None or alert.handling_id not in rules:
                raise NotFound("There is no such alert, or it is not released to you.")
            return _histories(session, [alert], rules)[0]

    def looked_at(self, actor: Actor) -> datetime | None:
        """When the causes of alerts were last gone through, as far as known: the worker's last sign of life; None when
        there was none, or when going through them fails. Silence must not look like calm."""
        authorise(actor, Permission.ALERT_VIEW)
        with self.db.reading() as session:
            alive = session.scalar(select(Lease.renewed_at).order_by(Lease.renewed_at.desc()).limit(1))
            run = session.get(JobRun, SETTLES)
        if alive is None or (run is not None and run.outcome == "failed" and alive - run.started_at < FAILS_FOR):
            return None
        return alive


def _audience(session: Session, actor: Actor) -> Audience:
    return audience_of(actor, session.scalars(select(Handling)))


def _rules(session: Session, actor: Actor) -> dict[int, HandlingRule]:
    handlings = list(session.scalars(select(Handling)))
    seen = audience_of(actor, handlings)
    return {handling.id: rule_of(handling) for handling in handlings if handling.id in seen}


def _announced(scope: Audience, since: datetime) -> tuple[ColumnElement[bool], ...]:
    return (AlertEvent.at >= since, AlertEvent.what == AlertStep.ANNOUNCED.value, Alert.handling_id.in_(scope))


def _per_minute(session: Session, scope: Audience, first: datetime, minutes: int) -> list[int]:
    """Announced alerts of each of the ``minutes`` that begin at ``first``."""
    start = to_ms(first)
    minute = ((type_coerce(AlertEvent.at, BigInteger) - start) // MINUTE_MS).label("minute")
    query = select(minute, func.count()).join(Alert, Alert.id == AlertEvent.alert_id).where(*_announced(scope, first))
    counts = [0] * minutes
    for place, count in session.execute(query.group_by(minute)):
        counts[min(int(place), minutes - 1)] += count  # one that came this very moment belongs to the last minute
    return counts


def _officers(session: Session, first: datetime, minutes: int) -> list[int]:
    """People on the watch at the end of each minute; at least one, for somebody has to look."""
    until = first + timedelta(minutes=minutes)
    members = session.execute(
        select(WatchMember.user_name, WatchMember.joined_at, WatchMember.left_at, Watch.closed_at)
        .join(Watch, Watch.id == WatchMember.watch_id)
        .where(WatchMember.joined_at <= until, Watch.state != WatchState.PLANNED.value)
        .where((WatchMember.left_at.is_(None)) | (WatchMember.left_at > first))
        .where((Watch.closed_at.is_(None)) | (Watch.closed_at > first))
    ).all()
    moments = [first + timedelta(minutes=place + 1) for place in range(minutes)]
    return [max(1, len({m.user_name for m in members if _is_on(m, moment)})) for moment in moments]


def _is_on(member: Any, moment: datetime) -> bool:
    ends = [end for end in (member.left_at, member.closed_at) if end is not None]
    return member.joined_at <= moment and (not ends or moment < min(ends))


def _slots(first: datetime, counts: Sequence[int], officers: Sequence[int]) -> tuple[LoadSlot, ...]:
    """Whole ten minutes, oldest first, the last one ending now."""
    ends = range(RUN_UP_MIN + WINDOW_MIN - 1, len(counts), WINDOW_MIN)
    return tuple(
        LoadSlot(first + timedelta(minutes=end + 1 - WINDOW_MIN), counts[end], counts[end] / officers[end])
        for end in ends
    )


def _share(session: Session, scope: Audience, since: datetime) -> tuple[dict[str, float], int]:
    """Part of each severity in what was announced, by the severity an alert has now, and how many there were."""
    query = select(Alert.severity, func.count()).select_from(AlertEvent).join(Alert, Alert.id == AlertEvent.alert_id)
    rows = session.execute(query.where(*_announced(scope, since)).group_by(Alert.severity))
    found: dict[str, int] = {severity: count for severity, count in rows}  # noqa: C416  (a row is no pair to dict())
    total = sum(found.values())
    return {word.value: found.get(word.value, 0) / total if total else 0.0 for word in Severity}, total


def _standing(session: Session, scope: Audience) -> dict[str, int]:
    alerts = session.execute(
        select(Alert.acknowledged_at, Alert.shelved_until, Alert.escalated_at).where(
            Alert.cleared_at.is_(None), Alert.handling_id.in_(scope)
        )
    ).all()
    up = [alert for alert in alerts if alert.shelved_until is None]
    return {
        "standing": len(up),
        "unseen": sum(alert.acknowledged_at is None for alert in up),
        "shelved": len(alerts) - len(up),
        "escalated": sum(alert.acknowledged_at is None and alert.escalated_at is not None for alert in up),
    }


def _seen_seconds(session: Session, scope: Audience, since: datetime) -> list[float]:
    """Seconds from announcement to acknowledgement, of each alert whose last acknowledgement came in that time."""
    query = (
        select(Alert.announced_at, func.min(type_coerce(AlertEvent.at, BigInteger)))
        .join(AlertEvent, AlertEvent.alert_id == Alert.id)
        .where(AlertEvent.at >= since, AlertEvent.what == AlertStep.ACKNOWLEDGED.value, Alert.handling_id.in_(scope))
        .where(AlertEvent.at >= Alert.announced_at)
        .group_by(Alert.id, Alert.announced_at)
    )
    return [(from_ms(int(at)) - announced).total_seconds() for announced, at in session.execute(query)]


def _worst(session: Session, scope: Audience, since: datetime) -> tuple[Offender, ...]:
    """Who asked most often, at least twice."""
    times = func.count().label("times")
    query = (
        select(Alert.cause, Alert.subject_kind, Alert.subject_id, func.max(Alert.title), times)
        .select_from(AlertEvent)
        .join(Alert, Alert.id == AlertEvent.alert_id)
        .where(*_announced(scope, since))
        .group_by(Alert.cause, Alert.subject_kind, Alert.subject_id)
        .having(times > 1)
        .order_by(times.desc(), func.max(Alert.id).desc())
        .limit(MOST_OFFENDERS)
    )
    return tuple(
        Offender(cause, f"{kind}:{thing}", title, n) for cause, kind, thing, title, n in session.execute(query)
    )


def _missed(session: Session, scope: Audience, since: datetime) -> int:
    query = select(func.count()).where(Alert.missed, Alert.cleared_at >= since, Alert.handling_id.in_(scope))
    return session.scalar(query) or 0


def _histories(session: Session, alerts: Sequence[Alert], rules: dict[int, HandlingRule]) -> list[AlertHistory]:
    events: dict[int, list[AlertEventRow]] = {alert.id: [] for alert in alerts}
    for some in [list(events)[place : place + 500] for place in range(0, len(events), 500)]:
        query = select(AlertEvent).where(AlertEvent.alert_id.in_(some)).order_by(AlertEvent.at, AlertEvent.id)
        for event in session.scalars(query):
            events[event.alert_id].append(AlertEventRow(event.at, event.what, event.by, event.detail))
    spots = spots_of_calls(session, alerts)
    return [
        AlertHistory(
            alert_row(alert, rules[alert.handling_id], spots.get(alert.id, (None, None))), alert.assigned_at,
            alert.cleared_at, alert.cleared_by, alert.clear_reason, alert.missed, tuple(events[alert.id]),
            alert.cleared_at is None and alert.cause in CLEARED_BY_HAND,
        )
        for alert in alerts
    ]  # fmt: skip
