"""Taking the steps that settling asks for: rows, events, log entries and outward notices, all within one deed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.config import Settings
from ops_centre.domain.alert_settling import Amend, Announce, Clear, Escalate, Raise, Step
from ops_centre.domain.alerting import OF_A_TARGET, AlertStep, Condition
from ops_centre.domain.duty_log import EntryKind, Link, ThingKind, link
from ops_centre.models import Alert, AlertEvent, Decision, Target
from ops_centre.services import duty_log
from ops_centre.services.deeds import Deed
from ops_centre.services.duty_log import SYSTEM
from ops_centre.services.notices import queue_notices

_THINGS = frozenset(kind.value for kind in ThingKind)


def about(alert: Alert) -> str:
    """An alert in a sentence: its title and cause."""
    return f"{alert.title}, {alert.cause}"


def links_of(alert: Alert) -> list[Link]:
    """The alert itself and what it is about."""
    links = [link(ThingKind.ALERT, alert.id, alert.title)]
    if alert.subject_kind in _THINGS:
        links.append(link(ThingKind(alert.subject_kind), alert.subject_id, alert.title))
    return links


def unshelve(alert: Alert) -> None:
    """Take an alert off its shelf."""
    alert.shelved_at = alert.shelved_until = alert.shelved_by = alert.shelve_reason = None


class Steps:
    """Takes steps in a deed of the centre itself."""

    def __init__(self, deed: Deed, settings: Settings) -> None:
        self.deed, self.settings = deed, settings
        self._events: list[tuple[Alert, AlertStep, str | None]] = []
        self._said: list[tuple[Alert, str]] = []
        self._told: list[Alert] = []

    def take(self, steps: Sequence[Step]) -> None:
        """All of ``steps``; a row that a person changed meanwhile was read anew and holds."""
        if not steps:
            return
        session = self.deed.session
        ids = [step.id for step in steps if not isinstance(step, Raise)]
        standing = {alert.id: alert for alert in session.scalars(select(Alert).where(Alert.id.in_(ids)))} if ids else {}
        for step in steps:
            alert = self._raise(step.condition) if isinstance(step, Raise) else standing[step.id]
            if isinstance(step, Announce):
                self._announce(alert, step)
            elif isinstance(step, Amend):
                _write(alert, step.condition)
            elif isinstance(step, Escalate):
                self._escalate(alert, step)
            elif isinstance(step, Clear):
                self._clear(alert, step)
            self.deed.touch(alert)
        session.flush()
        self._record()

    def _raise(self, condition: Condition) -> Alert:
        now = self.deed.now
        alert = Alert(
            key=condition.key, cause=condition.cause.value, subject_kind=condition.subject_kind,
            subject_id=condition.subject_id, raised_at=now, announced_at=now, count=1,
        )  # fmt: skip
        _write(alert, condition)
        self.deed.session.add(alert)
        self._note(alert, AlertStep.ANNOUNCED, None)
        self._said.append((alert, f"Alert raised, {alert.severity}: {about(alert)}. {alert.text}"))
        self._told.append(alert)
        return alert

    def _announce(self, alert: Alert, step: Announce) -> None:
        if step.unshelves:
            unshelve(alert)
            self._note(alert, AlertStep.UNSHELVED, step.why)
        _write(alert, step.condition)
        self._again(alert, step.why)
        self._said.append((alert, f"Alert announced again, {step.why}: {about(alert)}. {alert.text}"))

    def _escalate(self, alert: Alert, step: Escalate) -> None:
        minutes = f"{step.after.total_seconds() / 60:g} min"
        self._note(alert, AlertStep.ESCALATED, f"not acknowledged for {minutes}")
        self._again(alert, "escalated")
        alert.escalated_at = self.deed.now
        self._said.append((alert, f"Alert escalated, not acknowledged for {minutes}: {about(alert)}."))

    def _again(self, alert: Alert, why: str) -> None:
        alert.count, alert.announced_at = alert.count + 1, self.deed.now
        alert.acknowledged_at = alert.acknowledged_by = None
        self._note(alert, AlertStep.ANNOUNCED, why)
        self._told.append(alert)

    def _clear(self, alert: Alert, step: Clear) -> None:
        person, because = who_acted(self.deed.session, alert) if step.cause in OF_A_TARGET else (None, None)
        because = step.because if step.by_another or because is None else because
        alert.cleared_at, alert.cleared_by, alert.clear_reason = self.deed.now, person or SYSTEM, because
        alert.missed = alert.acknowledged_at is None and person is None and not step.by_another
        self._note(alert, AlertStep.CLEARED, because)
        missed = " Nobody had acknowledged it." if alert.missed else ""
        self._said.append((alert, f"Alert cleared: {about(alert)}. {because}{missed}"))

    def _note(self, alert: Alert, step: AlertStep, detail: str | None) -> None:
        self._events.append((alert, step, detail))

    def _record(self) -> None:
        """Events, notices and log entries, now that every alert has its number."""
        session, now = self.deed.session, self.deed.now
        session.add_all(
            AlertEvent(alert_id=alert.id, at=now, what=step.value, by=SYSTEM, detail=detail)
            for alert, step, detail in self._events
        )
        queue_notices(session, self.settings, self._told, now)
        entries = [
            duty_log.Entry(EntryKind.ALERT, text, alert.handling_id, links_of(alert), _detail(alert, now))
            for alert, text in self._said
        ]
        duty_log.append(session, now, SYSTEM, entries)


def who_acted(session: Session, alert: Alert) -> tuple[str | None, str | None]:
    """Who took a target up before its alert went, and how, in words; nobody: None and what became of it."""
    target = session.get(Target, int(alert.subject_id))
    if target is None:
        return None, None
    if target.claimed_by:
        return target.claimed_by, f"{target.claimed_by} works on it."
    decided = select(Decision.decided_by).where(Decision.target_id == target.id).order_by(Decision.id.desc()).limit(1)
    person = session.scalar(decided)
    return (person, f"{person} decided on it.") if person else (None, None)


def _write(alert: Alert, condition: Condition) -> None:
    alert.severity, alert.title, alert.text = condition.severity.value, condition.title, condition.text
    alert.due_at, alert.handling_id = condition.due_at, condition.handling_id
    alert.mark = max(alert.mark or 0, condition.mark)


def _detail(alert: Alert, now: datetime) -> dict[str, object]:
    return {
        "alert": alert.id,
        "cause": alert.cause,
        "severity": alert.severity,
        "count": alert.count,
        "cleared": alert.cleared_at == now,
    }
