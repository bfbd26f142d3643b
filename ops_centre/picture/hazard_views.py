"""What screens show of hazards."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class HazardRow:
    """A hazard in force, as the map and the list show it."""

    id: int
    event: str
    headline: str
    category: str
    urgency: str
    severity: str
    certainty: str
    onset_at: datetime | None
    effective_at: datetime
    expires_at: datetime
    sent_at: datetime
    sender: str
    status: str  # Actual, Exercise, Test
    places: tuple[str, ...]
    shapes: tuple[dict[str, Any], ...]  # as `domain.shapes` says them; a circle of radius 0 is a point
    owner: str
    marking: str

    @property
    def title(self) -> str:
        """What it is called in a list, where a mark beside it says that it is an exercise."""
        words = self.headline or self.event
        again = f"{self.status} ".lower()
        return words[len(again) :] if self.status != "Actual" and words.lower().startswith(again) else words


@dataclass(frozen=True, slots=True)
class HazardStep:
    """One message of the chain a hazard stands in."""

    kind: str
    sent_at: datetime
    sender: str
    hazard_id: int | None  # of the message, where it told of one
    state: str | None
    title: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class HazardCard:
    """Everything known of one hazard."""

    row: HazardRow
    state: str
    ended_at: datetime | None
    kind: str
    scope: str
    note: str
    description: str
    instruction: str
    language: str
    web: str
    contact: str
    others: tuple[dict[str, Any], ...]
    areas: tuple[dict[str, Any], ...]
    caveats: tuple[str, ...]
    is_signed: bool
    feed_name: str
    received_at: datetime
    steps: tuple[HazardStep, ...]
