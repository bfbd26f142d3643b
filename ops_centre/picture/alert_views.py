"""Frozen views of alert load, of what became of alerts, of rules, lookouts and outward channels."""

from dataclasses import dataclass
from datetime import datetime

from ops_centre.picture.watch_views import AlertRow


@dataclass(frozen=True, slots=True)
class LoadSlot:
    """Ten minutes of announced alerts, and how many that is for each officer on the watch."""

    at: datetime  # when the ten minutes began
    announced: int
    per_officer: float


@dataclass(frozen=True, slots=True)
class Offender:
    """A cause and subject that asked to be noticed again and again."""

    cause: str
    subject: str  # "feed:3"
    title: str
    announced: int


@dataclass(frozen=True, slots=True)
class LoadBand:
    """One band of load: from `above` (not included) to `upto` alerts per ten minutes for one officer."""

    name: str
    above: float
    upto: float | None  # None: no end


@dataclass(frozen=True, slots=True)
class AlertRate:
    """How much the alerts ask of the watch just now, in the reader's scope: for the top line."""

    per_10min: int  # announced in the last ten minutes
    per_officer: float
    band: str  # acceptable, manageable, over-demanding, unacceptable
    flood: bool


@dataclass(frozen=True, slots=True)
class AlertLoad:
    """How much the alerts ask of the watch, in the reader's scope (EEMUA 191, ISA-18.2)."""

    since: datetime
    until: datetime
    slots: tuple[LoadSlot, ...]  # oldest first; the last one is the ten minutes until now
    officers: int  # on the watch; at least 1
    per_10min: int  # announced in the last ten minutes
    per_officer: float
    band: str  # acceptable, manageable, over-demanding, unacceptable
    bands: tuple[LoadBand, ...]
    flood: bool
    flood_since: datetime | None
    standing: int  # not shelved
    unseen: int
    shelved: int
    escalated: int
    median_seen_s: float | None  # from announcement to acknowledgement; None: nothing was acknowledged
    share: dict[str, float]  # severity -> part of what was announced, 0 to 1
    worst: tuple[Offender, ...]
    announced: int  # in the whole time
    missed: int  # cleared in that time without ever having been acknowledged


@dataclass(frozen=True, slots=True)
class AlertEventRow:
    """One step of an alert's life."""

    at: datetime
    what: str
    by: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class AlertHistory:
    """An alert with everything that became of it."""

    alert: AlertRow  # its state is "cleared" when it is
    assigned_at: datetime | None
    cleared_at: datetime | None
    cleared_by: str | None  # "system": the cause had gone
    clear_reason: str | None
    missed: bool  # cleared and never acknowledged by anybody
    events: tuple[AlertEventRow, ...]  # oldest first
    can_clear: bool  # it does not clear by itself: a person may, with a reason


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule: when a cause raises an alert, and how severe."""

    cause: str
    says: str  # in words, with its threshold
    enabled: bool
    severity: str | None  # None: as the subject says
    severity_word: str  # "as its subject" where there is none
    minutes: float | None
    minutes_word: str | None  # what the minutes mean; None: the rule has no threshold
    changed_by: str | None
    changed_at: datetime | None
    is_default: bool  # as config.toml has it


@dataclass(frozen=True, slots=True)
class LookoutView:
    """One lookout."""

    id: int
    subject_kind: str
    label: str
    identifiers: tuple[tuple[str, str], ...]
    zones: tuple[str, ...]  # "12nm", "24nm", "eez", "port"
    dark_after_minutes: int | None
    severity: str
    reason: str
    legal_basis: str | None
    created_at: datetime
    created_by: str
    expires_at: datetime
    ended_at: datetime | None
    ended_by: str | None
    track_id: int | None
    track_name: str | None
    zone: str | None  # where its craft was last seen
    last_seen_at: datetime | None
    owner: str
    marking: str


@dataclass(frozen=True, slots=True)
class ChannelView:
    """One way out of the room."""

    name: str
    agency: str
    state: str  # not configured, ready, failing
    least_severity: str
    causes: tuple[str, ...]  # none: all
    tells_restricted: bool
    last_sent_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    waiting: int  # notices queued
    variable: str  # the environment variable that holds its address
