"""The worker's sweep: makes the standing alerts agree with the conditions that hold (ADR 0011).

It looks first without a lock; only when something must change does it look again inside one deed, under the log's lock,
and does what that second look says. So a sweep at rest writes nothing, one that breaks off is simply made again, and one
whose worker lost its lease changes nothing (the deeds of the worker are fenced).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from ops_centre.config import Settings
from ops_centre.domain.alert_settling import Delays, Raise, Standing, Step, settle
from ops_centre.domain.alerting import CLEARED_BY_HAND, AlertCause, Condition
from ops_centre.domain.targeting import Severity
from ops_centre.models import Alert
from ops_centre.picture.operation_standing import allowed
from ops_centre.services import duty_log
from ops_centre.services.alert_conditions import Finder, Look, conditions
from ops_centre.services.alert_rules import in_force
from ops_centre.services.alert_steps import Steps
from ops_centre.services.chunks import chunks
from ops_centre.services.conditions_of_backups import backups_every
from ops_centre.services.conditions_of_craft import of_emergencies, of_feeds, of_lookouts
from ops_centre.services.conditions_of_field import of_field_calls
from ops_centre.services.conditions_of_hazards import of_hazards
from ops_centre.services.conditions_of_identity import of_conflicts, of_gaps
from ops_centre.services.conditions_of_targets import of_outcomes_owed, of_targets
from ops_centre.services.conditions_of_work import (
    of_complete_taskings,
    of_enquiries,
    of_lessons,
    of_operations,
    of_taskings,
    of_watches,
)
from ops_centre.services.deeds import Deeds
from ops_centre.services.handlings import handling_id

FINDERS: tuple[Finder, ...] = (
    of_emergencies,
    of_field_calls,
    of_targets,
    of_lookouts,
    of_gaps,
    of_conflicts,
    of_feeds,
    of_taskings,
    of_complete_taskings,
    of_outcomes_owed,
    of_enquiries,
    of_watches,
    of_hazards,
    of_lessons,
    of_operations,
)
MOST_STEPS = 200  # of one deed; the next sweep does the rest
QUIET_AFTER_HAND = timedelta(hours=12)  # a cause cleared by hand of which it is not known when it began

_OF_ALERT = (
    Alert.id, Alert.key, Alert.cause, Alert.subject_kind, Alert.subject_id, Alert.severity, Alert.mark, Alert.title,
    Alert.text, Alert.due_at, Alert.handling_id, Alert.announced_at, Alert.acknowledged_at, Alert.shelved_until,
    Alert.escalated_at,
)  # fmt: skip


class AlertSweep:
    """One for each active worker: it remembers since when conditions hold or are gone."""

    def __init__(self, deeds: Deeds, settings: Settings) -> None:
        """``deeds`` of the worker, fenced by its lease."""
        self.deeds, self.settings = deeds, settings
        self._delays = Delays()
        self._finders = (*FINDERS, backups_every(settings.backup.every_hours))
        self._centre_handling: int | None = None
        alerts, self._may_take = settings.alerts, allowed(settings.operations)
        self._escalate_after = {
            Severity.TOP: timedelta(minutes=alerts.escalate_top_minutes),
            Severity.HIGH: timedelta(minutes=alerts.escalate_high_minutes),
            Severity.NORMAL: timedelta(minutes=alerts.escalate_normal_minutes),
        }

    def sweep(self) -> int:
        """Settle once; how many steps were taken."""
        with self.deeds.db.reading() as session:
            if self._centre_handling is not None and not self._steps(session):
                return 0
        with self.deeds.begin(duty_log.SYSTEM, "settle alerts") as deed:
            duty_log.lock_log(deed.session)
            centre = handling_id(deed.session, self.settings.centre.agency, "GREEN")
            self._centre_handling = centre
            steps = self._steps(deed.session)[:MOST_STEPS]
            Steps(deed, self.settings).take(steps)
        return len(steps)

    def _steps(self, session: Session) -> list[Step]:
        now, rules = self.deeds.clock.now(), in_force(session, self.settings)
        holding = conditions(Look(session, now, rules, self._centre_handling or 0, self._may_take), self._finders)
        alerts = session.execute(select(*_OF_ALERT).where(Alert.cleared_at.is_(None)))
        steps = settle(
            holding,
            [standing(alert) for alert in alerts],
            self._delays,
            now,
            enabled={cause for cause, rule in rules.items() if rule.enabled},
            escalate_after=self._escalate_after,
        )
        return _without_settled_by_hand(session, steps, now)


def standing(alert: Row[*tuple[Any, ...]]) -> Standing:
    """What settling needs of an alert (a row of `_OF_ALERT`)."""
    number, key, cause, kind, thing, severity, mark, title, text, due_at, handling, announced_at, seen_at, *rest = alert
    shelved_until, escalated_at = rest
    return Standing(
        number, key, AlertCause(cause), f"{kind}:{thing}", Severity(severity), mark, title, text, due_at, handling,
        announced_at, seen_at is not None, shelved_until, escalated_at,
    )  # fmt: skip


def _without_settled_by_hand(session: Session, steps: Sequence[Step], now: datetime) -> list[Step]:
    """The steps without conditions that a person cleared since they began and that have gone no further."""
    asked = {
        s.condition.key: s.condition for s in steps if isinstance(s, Raise) and s.condition.cause in CLEARED_BY_HAND
    }
    if not asked:
        return list(steps)
    settled: set[str] = set()
    for some in chunks(asked):
        by_hand = select(Alert).where(Alert.key.in_(some), Alert.cleared_at.is_not(None), Alert.cleared_by != "system")
        settled |= {alert.key for alert in session.scalars(by_hand) if _settles(alert, asked[alert.key], now)}
    return [step for step in steps if not (isinstance(step, Raise) and step.condition.key in settled)]


def _settles(alert: Alert, condition: Condition, now: datetime) -> bool:
    began = condition.since or now - QUIET_AFTER_HAND
    return alert.cleared_at is not None and alert.cleared_at >= began and condition.mark <= alert.mark
