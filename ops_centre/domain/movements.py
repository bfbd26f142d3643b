"""Flights, voyages and journeys with the people and goods they bring, and what a feed reports of them. Plain rules, no I/O."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class MovementKind(StrEnum):
    """How people and goods come."""

    FLIGHT = "flight"
    VOYAGE = "voyage"
    ROAD = "road"


class SubjectKind(StrEnum):
    """What a manifest lists."""

    PERSON = "person"
    CONSIGNMENT = "consignment"


class SubjectState(StrEnum):
    """How a person or consignment stands."""

    AWAITING = "awaiting"
    CLEARED = "cleared"
    TARGET = "target"
    WITHDRAWN = "withdrawn"


class MessageFunction(StrEnum):
    """What a message does to what came before about the same movement."""

    ORIGINAL = "original"  # adds
    CHANGE = "change"  # adds, and mends whom it names
    REPLACEMENT = "replacement"  # whoever it does not name is withdrawn
    CANCELLATION = "cancellation"  # whoever it names is withdrawn; naming nobody, all are


@dataclass(slots=True)
class SubjectReport:
    """A person or a consignment as a message names it."""

    kind: str
    ref: str  # what it is known by within its movement; a digest, so that it may stand in a trace
    label: str
    particulars: dict[str, Any]
    source_text: str


@dataclass(slots=True)
class ManifestReport:
    """One passenger or cargo message."""

    message: str  # sender, interchange and message number
    document: str
    digest: str
    form: str  # PAXLST, CUSCAR
    function: str
    movement: str  # what makes two messages speak of one movement
    kind: str
    number: str
    carrier: str
    craft_name: str
    identifiers: dict[str, Any]
    origin: str
    destination: str
    departs_at: datetime | None
    arrives_at: datetime | None
    received_at: datetime
    marking: str
    prepared_at: datetime | None = None  # by its sender's clock; what tells which of two messages holds
    caveats: tuple[str, ...] = ()
    subjects: list[SubjectReport] = field(default_factory=list)
