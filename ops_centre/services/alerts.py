"""What people do about alerts: acknowledge, claim, shelve, clear. Each act is a deed: row, event and log entry together.

Whoever is second is told who was first; that is an answer, no failure. What raises, announces again and clears by itself
is the worker's sweep (`alert_sweep`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.roles import Role
from ops_centre.config import Settings
from ops_centre.domain.alerting import CLEARED_BY_HAND, AlertCause, AlertStep
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.targeting import Severity
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import Alert, AlertEvent, Target, User
from ops_centre.services import duty_log
from ops_centre.services.alert_steps import about, links_of, unshelve
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.in_scope import in_scope, sees_handling

MOST_REASON = 500


class Alerts:
    """The acts. Each authorises, loads within the actor's scope, changes, logs; each answers what to say to the person."""

    def __init__(self, deeds: Deeds, settings: Settings) -> None:
        self.deeds, self.settings = deeds, settings

    def acknowledge(self, actor: Actor, alert_id: int, request_id: str | None = None) -> str:
        """Say that the alert was noticed. Raises NotFound, Conflict."""
        authorise(actor, Permission.ALERT_HANDLE)
        with self._deed(actor, "acknowledge alert", request_id) as deed:
            alert = _standing(deed, actor, alert_id)
            if alert.acknowledged_at is not None:
                return _answer(deed, f"{alert.acknowledged_by} has acknowledged it already.")
            _acknowledge(deed, alert)
            return _said(deed, alert, f"Alert acknowledged: {about(alert)}.")

    def claim(self, actor: Actor, alert_id: int, to: str | None = None, request_id: str | None = None) -> str:
        """Take the alert on, or give it to ``to`` (a sign-in name); its target goes with it. Raises NotFound, Conflict."""
        authorise(actor, Permission.ALERT_HANDLE)
        with self._deed(actor, "claim alert", request_id) as deed:
            alert = _standing(deed, actor, alert_id)
            person = _person(deed.session, to, alert) if to else actor.name
            if alert.assigned_to == person:
                return _answer(deed, f"{person} has it already.")
            if alert.acknowledged_at is None:
                _acknowledge(deed, alert)
            alert.assigned_to, alert.assigned_at = person, deed.now
            _event(deed, alert, AlertStep.CLAIMED, None if person == actor.name else f"given to {person}")
            _claim_target(deed, alert, person)
            verb = "claimed" if person == actor.name else f"given to {person}"
            return _said(deed, alert, f"Alert {verb}: {about(alert)}.")

    def shelve(self, actor: Actor, alert_id: int, minutes: int, reason: str, request_id: str | None = None) -> str:
        """Put the alert aside for some minutes; it comes back by itself. Raises NotFound, Conflict, Invalid."""
        authorise(actor, Permission.ALERT_HANDLE)
        reason = _reason(reason)
        with self._deed(actor, "shelve alert", request_id) as deed:
            alert = _standing(deed, actor, alert_id)
            self._check_span(alert, minutes)
            until = deed.now + timedelta(minutes=minutes)
            alert.shelved_at, alert.shelved_until = deed.now, until
            alert.shelved_by, alert.shelve_reason = deed.by, reason
            _event(deed, alert, AlertStep.SHELVED, f"until {until:%H:%M} UTC: {reason}")
            return _said(deed, alert, f"Alert shelved until {until:%H:%M} UTC: {about(alert)}. Reason: {reason}")

    def unshelve(self, actor: Actor, alert_id: int, request_id: str | None = None) -> str:
        """Bring a shelved alert back. Raises NotFound, Conflict."""
        authorise(actor, Permission.ALERT_HANDLE)
        with self._deed(actor, "unshelve alert", request_id) as deed:
            alert = _standing(deed, actor, alert_id)
            if alert.shelved_until is None:
                return _answer(deed, "It is not shelved.")
            unshelve(alert)
            _event(deed, alert, AlertStep.UNSHELVED, None)
            return _said(deed, alert, f"Alert taken off the shelf: {about(alert)}.")

    def clear(self, actor: Actor, alert_id: int, reason: str, request_id: str | None = None) -> str:
        """Clear an alert whose cause does not end by itself. Raises NotFound, Conflict."""
        authorise(actor, Permission.ALERT_HANDLE)
        reason = _reason(reason)
        with self._deed(actor, "clear alert", request_id) as deed:
            alert = _standing(deed, actor, alert_id)
            if AlertCause(alert.cause) not in CLEARED_BY_HAND:
                raise Conflict(
                    f"This alert clears by itself when its cause ends ({alert.cause}). Shelve it to put it aside."
                )
            if alert.acknowledged_at is None:
                _acknowledge(deed, alert)
            alert.cleared_at, alert.cleared_by, alert.clear_reason = deed.now, deed.by, reason
            _event(deed, alert, AlertStep.CLEARED, reason)
            return _said(deed, alert, f"Alert cleared by hand: {about(alert)}. Reason: {reason}")

    def acknowledge_cause(self, actor: Actor, cause: str, request_id: str | None = None) -> str:
        """Acknowledge every unseen alert of one cause, but for top ones, which are acknowledged one by one. Raises Invalid."""
        authorise(actor, Permission.ALERT_HANDLE)
        if cause not in tuple(AlertCause):
            raise Invalid("There is no such cause.")
        with self._deed(actor, "acknowledge alerts of a cause", request_id) as deed:
            alerts = _unseen(deed.session, actor, cause)
            for alert in alerts:
                _acknowledge(deed, alert)
                deed.touch(alert)
            for handling, some in groupby(alerts, key=lambda alert: alert.handling_id):
                _log_many(deed, cause, list(some), handling)
            deed.subject = f"alerts, {cause}"
            return _answer(deed, f"{len(alerts)} acknowledged: {cause}." if alerts else f"None is unseen: {cause}.")

    @contextmanager
    def _deed(self, actor: Actor, act: str, request_id: str | None) -> Iterator[Deed]:
        """A deed that has the end of the log, so that it and the sweep wait for each other in one order."""
        with self.deeds.begin(actor, act, request_id) as deed:
            duty_log.lock_log(deed.session)
            yield deed

    def _check_span(self, alert: Alert, minutes: int) -> None:
        alerts = self.settings.alerts
        is_top = alert.severity == Severity.TOP
        most = min(alerts.shelve_max_minutes, alerts.shelve_top_minutes) if is_top else alerts.shelve_max_minutes
        if is_top and most == 0:
            raise Conflict("A top alert may not be shelved.")
        if not 1 <= minutes <= most:
            raise Invalid(f"{'A top' if is_top else 'An'} alert may be shelved for 1 to {most} min.")


def _standing(deed: Deed, actor: Actor, alert_id: int) -> Alert:
    alert = in_scope(deed.session, actor, Alert, alert_id, "alert")
    if alert.cleared_at is not None:
        raise Conflict(f"The alert was cleared at {alert.cleared_at:%H:%M} UTC: {alert.clear_reason}")
    return alert


def _person(session: Session, name: str, alert: Alert) -> str:
    """The sign-in name of somebody who handles alerts and may know of this one."""
    user = session.scalars(select(User).where(User.name == name.strip().lower(), User.disabled_at.is_(None))).first()
    person = Actor(user.id, user.name, user.display_name, Role(user.role), user.agency) if user else None
    if (
        person is None
        or not person.may(Permission.ALERT_HANDLE)
        or not sees_handling(session, person, alert.handling_id)
    ):
        raise NotFound("There is nobody of that name who handles alerts and may see this one.")
    return person.name


def _claim_target(deed: Deed, alert: Alert, person: str) -> None:
    if alert.subject_kind != "target":
        return
    target = deed.session.get(Target, int(alert.subject_id), populate_existing=True)
    if target is not None:
        target.claimed_by, target.worse_at = person, None  # whoever takes it on knows how bad it is
        deed.touch(target)


def _unseen(session: Session, actor: Actor, cause: str) -> list[Alert]:
    unseen = select(Alert).where(
        Alert.cleared_at.is_(None),
        Alert.cause == cause,
        Alert.acknowledged_at.is_(None),
        Alert.shelved_until.is_(None),
        Alert.severity != Severity.TOP.value,
    )
    rows = session.scalars(unseen.order_by(Alert.handling_id, Alert.id).execution_options(populate_existing=True))
    return [alert for alert in rows if sees_handling(session, actor, alert.handling_id)]


def _acknowledge(deed: Deed, alert: Alert) -> None:
    alert.acknowledged_at, alert.acknowledged_by = deed.now, deed.by
    _event(deed, alert, AlertStep.ACKNOWLEDGED, None)


def _event(deed: Deed, alert: Alert, step: AlertStep, detail: str | None) -> None:
    deed.session.add(AlertEvent(alert_id=alert.id, at=deed.now, what=step.value, by=deed.by, detail=detail))


def _said(deed: Deed, alert: Alert, said: str) -> str:
    deed.touch(alert)
    deed.log(
        EntryKind.ALERT, said, handling_id=alert.handling_id, links=links_of(alert),
        detail={"alert": alert.id, "cause": alert.cause, "severity": alert.severity},
    )  # fmt: skip
    deed.subject = f"alert {alert.id}"
    return _answer(deed, said)


def _log_many(deed: Deed, cause: str, alerts: Sequence[Alert], handling: int) -> None:
    titles = ", ".join(alert.title for alert in alerts[:20]) + (" and more" if len(alerts) > 20 else "")
    deed.log(
        EntryKind.ALERT, f"{len(alerts)} alerts acknowledged together, {cause}: {titles}.", handling_id=handling,
        links=[one for alert in alerts for one in links_of(alert)][:100], detail={"alerts": [a.id for a in alerts]},
    )  # fmt: skip


def _answer(deed: Deed, said: str) -> str:
    deed.answer = {"said": said}
    return said


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not 3 <= len(reason) <= MOST_REASON:
        raise Invalid(f"Give a reason of 3 to {MOST_REASON} characters.")
    return reason
