"""Words of hazards (Common Alerting Protocol 1.2) and what a feed reports of them. Plain rules, no I/O."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")  # foremost first, as the standard orders them
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
SCOPES = ("Public", "Restricted", "Private")
GRAVE = SEVERITIES[:2]  # what raises an alert where it touches something of ours


class MessageKind(StrEnum):
    """What a message says about others."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


ENDS_OTHERS = frozenset({MessageKind.UPDATE, MessageKind.CANCEL})


class HazardState(StrEnum):
    """How a hazard stands."""

    IN_FORCE = "in force"
    REPLACED = "replaced"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


@dataclass(slots=True)
class HazardPart:
    """One hazard of a message in the preferred language, with what other languages say of it."""

    event: str
    category: str
    urgency: str
    severity: str
    certainty: str
    effective_at: datetime
    expires_at: datetime
    onset_at: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    language: str = ""
    web: str = ""
    contact: str = ""
    others: list[dict[str, str]] = field(default_factory=list)  # language, event, headline, description, instruction
    areas: list[dict[str, Any]] = field(default_factory=list)  # name, shapes (as `domain.shapes`), geocodes
    caveats: tuple[str, ...] = ()  # what was not as the standard says, in words


@dataclass(slots=True)
class HazardReport:
    """One message. It may end those it refers to, whichever of them comes first."""

    ref: str  # "sender,identifier,sent" with the time in UTC: how others refer to it
    sender: str
    identifier: str
    kind: str
    status: str
    scope: str
    sent_at: datetime
    received_at: datetime
    marking: str
    parts: list[HazardPart] = field(default_factory=list)
    references: tuple[str, ...] = ()
    note: str = ""
    is_signed: bool = False


def reference_of(sender: str, identifier: str, sent_at: datetime) -> str:
    """How a message is referred to, whatever zone its sender writes times in."""
    return f"{sender},{identifier},{sent_at:%Y-%m-%dT%H:%M:%SZ}"


def state_at_first(kind: str, ended_by: str | None, expires_at: datetime, now: datetime) -> HazardState:
    """How a hazard stands as it comes. ``ended_by``: kind of a message that referred to it before it came."""
    if MessageKind.CANCEL in (kind, ended_by):
        return HazardState.CANCELLED
    if ended_by is not None:
        return HazardState.REPLACED
    return HazardState.EXPIRED if expires_at <= now else HazardState.IN_FORCE
