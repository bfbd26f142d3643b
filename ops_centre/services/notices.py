"""Telling of alerts outside the room: what is queued, what may be said, how it is sent and what came of it.

A notice is queued in the deed of its alert and sent afterwards, at least once, by the worker. What a channel is told is
decided when it is sent, by the scope of the agency that reads it: of what that agency may not see it hears nothing, and
of what is marked AMBER or RED only that there is something, unless the channel was set up for more. Nothing here writes an
address or what a service answered: both may hold secrets.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import rule_of
from ops_centre.config import Channel, Settings
from ops_centre.db import Database
from ops_centre.domain.alerting import AlertCause
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.handling import HandlingRule, Marking, may_see
from ops_centre.domain.targeting import SEVERITY_ORDER, Severity
from ops_centre.errors import ConfigError, Conflict, NotFound
from ops_centre.models import Alert, Handling, Notice
from ops_centre.picture.alert_views import ChannelView
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import SYSTEM
from ops_centre.services.handlings import handling_id
from ops_centre.services.outward import NotSent, deliver

QUEUED, SENT, FAILED, DROPPED = "queued", "sent", "failed", "dropped"
WAITS = (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))  # after each try
MOST_TRIES = len(WAITS) + 1
PATIENCE = timedelta(seconds=20)  # a service that has not answered for so long is given up
OPEN_MARKINGS = (Marking.CLEAR, Marking.GREEN)

log = structlog.get_logger(__name__)


def queue_notices(session: Session, settings: Settings, alerts: Iterable[Alert], now: datetime) -> None:
    """Queue ``alerts`` for every channel that has an address and wants them, in the transaction of ``session``."""
    rules: dict[int, HandlingRule] = {}
    for channel in [one for one in settings.channels if one.url is not None]:
        for alert in alerts:
            if alert.handling_id not in rules:
                rules[alert.handling_id] = rule_of(session.get_one(Handling, alert.handling_id))
            if _wants(channel, alert) and may_see(
                rules[alert.handling_id], agency=channel.agency, sees_restricted=True
            ):
                session.add(Notice(alert_id=alert.id, channel=channel.name, state=QUEUED, queued_at=now, tries=0))


def words_for(channel: Channel, alert: Alert, rule: HandlingRule, centre: str) -> tuple[str, str] | None:
    """Title and text that ``channel`` may be told; None: it may not know of the alert."""
    if not may_see(rule, agency=channel.agency, sees_restricted=True):
        return None
    if rule.marking not in OPEN_MARKINGS and not channel.tell_restricted:
        return f"{centre}: {alert.severity} alert", f"There is a {alert.severity} alert; see the centre."
    return f"{centre}: {alert.severity} alert", f"{alert.title}, {alert.cause}. {alert.text}"


@dataclass(slots=True)
class Delivery:
    """A notice on its way, on a thread of its own."""

    notice_id: int
    started_at: datetime
    done: threading.Event = field(default_factory=threading.Event)
    error: str | None = None


Send = Callable[[str, str, str], None]  # address, title, text; raises NotSent


class Notices:
    """The channels: how each stands, a test of each, and the worker's sending."""

    def __init__(self, db: Database, deeds: Deeds, settings: Settings, send: Send = deliver) -> None:
        """``send`` gives a text to a service. Raises ConfigError when a channel names a cause that there is none of."""
        self.db, self.deeds, self.settings, self.send = db, deeds, settings, send
        self._under_way: dict[str, Delivery] = {}
        causes = {cause.value for cause in AlertCause}
        faults = [
            f"channel {one.name}: there is no cause {c!r}"
            for one in settings.channels
            for c in one.causes
            if c not in causes
        ]
        if faults:
            raise ConfigError(faults)

    def channels(self, actor: Actor) -> list[ChannelView]:
        """Every channel as it stands, in the order of the configuration."""
        authorise(actor, Permission.ALERT_VIEW)
        with self.db.reading() as session:
            return [_view(session, channel) for channel in self.settings.channels]

    def test(self, actor: Actor, name: str, request_id: str | None = None) -> str:
        """Queue a test of a channel; the worker sends it. Raises NotFound, Conflict where there is no address."""
        authorise(actor, Permission.ALERT_RULES)
        channel = self._channel(name)
        if channel.url is None:
            raise Conflict(f"{name} is not configured: {channel.variable} holds no address.")
        with self.deeds.begin(actor, "test channel", request_id) as deed:
            deed.session.add(Notice(channel=channel.name, state=QUEUED, queued_at=deed.now, tries=0))
            said = f"Channel {channel.name}: a test is under way."
            deed.subject, deed.answer = f"channel {channel.name}", {"said": said}
            _log(deed, said, self.settings)
        return said

    def send_due(self) -> int:
        """The worker's duty: note what came of what was sent, send what is due. At most one a channel at a time. How many."""
        handled = 0
        for channel in [one for one in self.settings.channels if one.url is not None]:
            handled += self._note(channel)
            if channel.name not in self._under_way:
                handled += self._begin(channel)
        return handled

    def wait(self, seconds: float) -> None:
        """Wait until what is under way has been answered; for tests and the command line."""
        for delivery in list(self._under_way.values()):
            delivery.done.wait(seconds)

    def _channel(self, name: str) -> Channel:
        found = next((channel for channel in self.settings.channels if channel.name == name), None)
        if found is None:
            raise NotFound("There is no such channel.")
        return found

    def _begin(self, channel: Channel) -> int:
        """Send the oldest notice of the channel that is due, if there is one."""
        now = self.deeds.clock.now()
        with self.db.reading() as session:
            if next_due(session, channel.name, now) is None:
                return 0
        with self.deeds.begin(SYSTEM, "send notice") as deed:
            notice = next_due(deed.session, channel.name, now)
            if notice is None:
                return 0
            words = self._words(deed.session, channel, notice)
            if words is None:
                notice.state, notice.error = DROPPED, "There was nothing to tell any more."
                return 1
            notice.tries, notice.tried_at = notice.tries + 1, now
        delivery = self._under_way[channel.name] = Delivery(notice.id, now)
        assert channel.url is not None  # noqa: S101  (asked for by whoever calls)
        arguments = (delivery, channel.url.get_secret_value(), *words)
        threading.Thread(target=self._send, args=arguments, daemon=True, name=f"notice {channel.name}").start()
        return 1

    def _send(self, delivery: Delivery, address: str, title: str, text: str) -> None:
        try:
            self.send(address, title, text)
        except NotSent as refused:
            delivery.error = str(refused)
        except Exception as broken:
            delivery.error = f"The program failed: {type(broken).__name__}"
        finally:
            delivery.done.set()

    def _note(self, channel: Channel) -> int:
        """Write down how a delivery ended, or that it has not for too long."""
        delivery = self._under_way.get(channel.name)
        if delivery is None:
            return 0
        now, error = self.deeds.clock.now(), delivery.error
        if not delivery.done.is_set():
            if now - delivery.started_at < PATIENCE:
                return 0
            error = f"No answer within {PATIENCE.total_seconds():.0f} s."
        del self._under_way[channel.name]
        with self.deeds.begin(SYSTEM, "note notice") as deed:
            self._noted(deed, channel, delivery.notice_id, error)
        return 1

    def _noted(self, deed: Deed, channel: Channel, notice_id: int, error: str | None) -> None:
        was_failing = _is_failing(deed.session, channel.name)
        notice = deed.session.get_one(Notice, notice_id)
        notice.error = error
        notice.state = SENT if error is None else FAILED if notice.tries >= MOST_TRIES else QUEUED
        deed.session.flush()
        if error is not None and not was_failing:
            _log(deed, f"Channel {channel.name} could not be told: {error}", self.settings)
        elif error is None and (was_failing or notice.alert_id is None):
            _log(deed, f"Channel {channel.name} was told.", self.settings)

    def _words(self, session: Session, channel: Channel, notice: Notice) -> tuple[str, str] | None:
        centre = self.settings.centre.name + (" (EXERCISE)" if self.settings.is_exercise else "")
        if notice.alert_id is None:
            return f"{centre}: test", "This is a test of the centre's notices. Nothing has happened."
        alert = session.get_one(Alert, notice.alert_id)
        if alert.cleared_at is not None:
            return None
        return words_for(channel, alert, rule_of(session.get_one(Handling, alert.handling_id)), centre)


def next_due(session: Session, channel: str, now: datetime) -> Notice | None:
    """The oldest queued notice of a channel whose wait after the last try is over."""
    queued = select(Notice).where(Notice.state == QUEUED, Notice.channel == channel).order_by(Notice.id).limit(50)
    return next((notice for notice in session.scalars(queued) if _is_due(notice, now)), None)


def _is_due(notice: Notice, now: datetime) -> bool:
    return notice.tried_at is None or now >= notice.tried_at + WAITS[min(notice.tries, len(WAITS)) - 1]


def _wants(channel: Channel, alert: Alert) -> bool:
    if channel.causes and alert.cause not in channel.causes:
        return False
    return SEVERITY_ORDER[Severity(alert.severity)] <= SEVERITY_ORDER[Severity(channel.least_severity)]


def _tried(session: Session, channel: str) -> Sequence[Notice]:
    """The newest notices that were tried, newest first."""
    tried = select(Notice).where(Notice.channel == channel, Notice.tried_at.is_not(None))
    return session.scalars(tried.order_by(Notice.tried_at.desc(), Notice.id.desc()).limit(20)).all()


def _is_failing(session: Session, channel: str) -> bool:
    """Whether the last try that was answered failed."""
    answered = (notice for notice in _tried(session, channel) if notice.error is not None or notice.state == SENT)
    newest = next(answered, None)
    return newest is not None and newest.error is not None


def _view(session: Session, channel: Channel) -> ChannelView:
    tried = _tried(session, channel.name)
    sent = next((notice for notice in tried if notice.state == SENT), None)
    failed = next((notice for notice in tried if notice.error is not None), None)
    state = "not configured" if channel.url is None else "failing" if _is_failing(session, channel.name) else "ready"
    waiting = select(func.count()).where(Notice.state == QUEUED, Notice.channel == channel.name)
    return ChannelView(
        channel.name, channel.agency, state, channel.least_severity, tuple(channel.causes), channel.tell_restricted,
        sent.tried_at if sent else None, failed.error if failed else None, failed.tried_at if failed else None,
        session.scalar(waiting) or 0, channel.variable,
    )  # fmt: skip


def _log(deed: Deed, said: str, settings: Settings) -> None:
    deed.log(EntryKind.ALERT, said, handling_id=handling_id(deed.session, settings.centre.agency, "GREEN"))
