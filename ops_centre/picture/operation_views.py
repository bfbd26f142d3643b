"""Frozen views of operations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class OperationRow:
    """An operation that is prepared or running, as the wall, the map and the boards show it."""

    id: int
    reference: str
    name: str
    kind: str
    state: str
    state_at: datetime
    is_exercise: bool
    commander: str | None
    agencies: tuple[str, ...]
    subjects: tuple[str, ...]
    place: str | None
    starts_at: datetime | None
    ends_at: datetime | None
    required: int  # units asked for
    assigned: int  # units assigned to it, or under a tasking of it
    targets: int  # linked to it
    next_event: str | None
    next_event_at: datetime | None
    area: tuple[dict[str, Any], ...]  # shapes, as stored
    owner: str
    marking: str
    releases: tuple[str, ...]
