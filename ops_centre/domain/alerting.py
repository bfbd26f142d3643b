"""Words of alerts: what raises one, how much it matters, what a condition is, and how long it must hold or be gone.

Nothing here asks a database. An alert is a condition that holds (ADR 0011); `domain.alert_settling` says what follows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ops_centre.domain.targeting import Severity

FIELD_CALL = "field call"  # what an alert of a call for help is about; its id is the call's


class AlertCause(StrEnum):
    """What raised an alert. A rule for each stands in config.toml, `[alerts.rules]`."""

    TARGET_NEW = "target new"
    TARGET_WORSE = "target worse"
    LOOKOUT_ENTERED = "lookout entered"
    LOOKOUT_DARK = "lookout dark"
    POSITION_GAP = "position gap"
    IDENTITY_CONFLICT = "identity conflict"
    EMERGENCY = "emergency"  # squawk 7500, 7600, 7700; AIS-SART, MOB and EPIRB; CoT emergency
    FEED_LOST = "feed lost"
    LRM_NEAR = "last moment near"
    LRM_PASSED = "last moment passed"
    NOT_ACCEPTED = "tasking not accepted"
    TASKING_OVERDUE = "tasking overdue"
    CHECK_IN_OVERDUE = "check-in overdue"
    OUTCOME_OWED = "outcome owed"
    ENQUIRY_DUE = "enquiry due"
    HANDOVER_DUE = "handover due"
    LESSON_OVERDUE = "lesson overdue"
    HAZARD_NEAR = "hazard near"
    OPERATION_DUE = "operation decision due"
    OPERATION_OVERDUE = "operation overdue"
    BACKUP_MISSING = "backup missing"


class AlertStep(StrEnum):
    """What happened to an alert."""

    ANNOUNCED = "announced"
    ACKNOWLEDGED = "acknowledged"
    CLAIMED = "claimed"
    SHELVED = "shelved"
    UNSHELVED = "unshelved"
    ESCALATED = "escalated"
    CLEARED = "cleared"


class AlertState(StrEnum):
    """How an alert stands."""

    UNSEEN = "unseen"
    ACKNOWLEDGED = "acknowledged"
    SHELVED = "shelved"
    CLEARED = "cleared"


ALERT_SEVERITIES = tuple(Severity)  # the same three words and shapes as targets

# These tell of something that happened and may not end by itself: a person may clear them, with a reason
CLEARED_BY_HAND = frozenset(
    {AlertCause.TARGET_WORSE, AlertCause.LOOKOUT_ENTERED, AlertCause.EMERGENCY, AlertCause.IDENTITY_CONFLICT}
)

# One target has one alert: the foremost of these speaks for the others
OF_A_TARGET = (AlertCause.LRM_PASSED, AlertCause.LRM_NEAR, AlertCause.TARGET_WORSE, AlertCause.TARGET_NEW)

# On-delay and off-delay, as ANSI/ISA-18.2 and EEMUA 191 call them: a condition must hold for so long before it is raised,
# and be gone for so long before its alert is cleared, so that one that comes and goes is announced once.
ON_DELAY = {AlertCause.FEED_LOST: timedelta(seconds=20)}
OFF_DELAY = {
    AlertCause.FEED_LOST: timedelta(seconds=60),
    AlertCause.EMERGENCY: timedelta(seconds=60),
    AlertCause.LOOKOUT_ENTERED: timedelta(minutes=10),
    AlertCause.LOOKOUT_DARK: timedelta(seconds=60),
    AlertCause.POSITION_GAP: timedelta(seconds=60),
    AlertCause.LRM_NEAR: timedelta(seconds=30),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """When a cause raises an alert."""

    enabled: bool
    severity: Severity | None  # None: as the subject says
    minutes: float | None  # its threshold, where it has one

    def severity_of(self, subject: str) -> Severity:
        """The severity of an alert about a subject of severity ``subject``."""
        return self.severity or Severity(subject)

    @property
    def span(self) -> timedelta:
        """The threshold as a span of time; none is no time."""
        return timedelta(minutes=self.minutes or 0)


@dataclass(frozen=True, slots=True)
class Condition:
    """A cause that holds for a subject now."""

    cause: AlertCause
    subject_kind: str
    subject_id: str
    severity: Severity
    title: str
    text: str  # no figure in it that runs: what it counts down to is `due_at`
    handling_id: int
    due_at: datetime | None = None
    mark: int = 0  # how far it has gone; a higher one than was announced is news
    since: datetime | None = None  # when it began, where that is known
    raises: bool = True  # False: within the dead-band; keeps an alert that stands, raises none

    @property
    def key(self) -> str:
        """Cause and subject: of each key at most one alert stands."""
        return f"{self.cause.value}:{self.subject_kind}:{self.subject_id}"

    @property
    def subject(self) -> str:
        """The subject, as ``target:12``."""
        return f"{self.subject_kind}:{self.subject_id}"
