"""What screens show of movements, and of the people and goods on them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class MovementRow:
    """A movement with counts; nothing of a person."""

    id: int
    kind: str
    number: str
    carrier: str
    craft_name: str
    origin: str
    destination: str
    departs_at: datetime | None
    arrives_at: datetime | None
    persons: int
    consignments: int
    awaiting: int
    targets: int
    track_id: int | None
    owner: str
    marking: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class MovementCount:
    """How many movements a reader's list has, shown or not, and how many people and goods on them await assessment."""

    movements: int
    awaiting: int


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A person or a consignment, with personal data."""

    id: int
    kind: str
    label: str
    particulars: dict[str, Any]
    source_text: str
    message: str
    state: str
    assessed_by: str | None
    assessed_at: datetime | None
    word: str | None
    target_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class ManifestView:
    """One movement with those on it that were asked for."""

    movement: MovementRow
    subjects: tuple[SubjectRow, ...]
    found: int  # how many there are that hold the words, shown or not
    caveats: tuple[str, ...]
    may_assess: bool
