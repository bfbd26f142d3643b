"""Frozen views of the watch: alerts, taskings, enquiries, log lines, the watch itself, all in the reader's scope."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One standing alert."""

    id: int
    cause: str
    severity: str
    title: str
    text: str
    subject_kind: str
    subject_id: str
    due_at: datetime | None
    count: int
    state: str  # unseen, acknowledged, shelved
    raised_at: datetime
    announced_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    shelved_until: datetime | None
    shelved_by: str | None
    shelve_reason: str | None
    assigned_to: str | None
    escalated_at: datetime | None
    owner: str
    marking: str
    lat: float | None = None  # of a call for help, that is no other thing of the picture
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class TaskingRow:
    """One tasking that has not ended, or has and still owes its outcome."""

    id: int
    decision_id: int
    unit_id: int
    callsign: str
    unit_agency: str
    target_id: int | None
    track_id: int | None
    subject: str
    intent: str
    state: str
    meet_lat: float | None
    meet_lon: float | None
    meet_place: str | None
    meet_at: datetime | None
    accept_by: datetime
    due_at: datetime | None
    requested_at: datetime
    requested_by: str
    accepted_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    ended_at: datetime | None
    checked_in_at: datetime
    outcome_owed: bool
    owner: str
    marking: str


@dataclass(frozen=True, slots=True)
class EnquiryRow:
    """One open enquiry."""

    id: int
    asker_kind: str
    asker: str
    question: str
    asked_at: datetime
    due_at: datetime
    taken_by: str | None
    owner: str
    marking: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One of the newest log entries."""

    seq: int
    recorded_at: datetime
    occurred_at: datetime
    kind: str
    by_system: bool
    author: str
    agency: str
    text: str
    links: tuple[tuple[str, str, str], ...]  # kind, id, label
    corrects: int | None
    corrected: bool
    owner: str
    marking: str


@dataclass(frozen=True, slots=True)
class WatchRow:
    """The watch that is on, if one is."""

    id: int
    name: str
    state: str
    lead: str | None
    lead_name: str | None
    opened_at: datetime | None
    ends_at: datetime
    officers: int  # people on the watch now
