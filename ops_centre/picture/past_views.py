"""Frozen views of the past: what is kept, and what stands on its time line."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """One log entry on the time line."""

    at: datetime  # recorded
    seq: int
    kind: str
    by_system: bool
    text: str  # shortened


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Entries of a span, in the reader's scope."""

    since: datetime
    until: datetime
    marks: tuple[Mark, ...]  # oldest first
    left_off: int  # entries of the centre itself that were too many to mark


@dataclass(frozen=True, slots=True)
class Reach:
    """How far back the past goes. None: nothing is kept."""

    now: datetime
    kept_since: datetime | None  # everything the picture shows
    positions_since: datetime | None  # positions of craft alone
