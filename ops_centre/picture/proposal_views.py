"""Frozen views of proposals: what the solver would change, what stays uncovered and why."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One assignment that a proposal would make."""

    key: str  # of the change within its proposal
    unit_id: int
    callsign: str
    agency: str
    place: str | None  # code
    where: str  # place, or what it would be sent to, in words
    starts_at: datetime
    ends_at: datetime
    serves: tuple[str, ...]  # what it covers, in words
    severity: str
    travel_min: float
    comes_from: str | None  # where it is before, by its deployment or the plan
    on_roster: bool  # its agency's deployments are known for then
    dropped: bool
    dropped_by: str | None
    against: tuple[str, ...]  # what stands against it now, since the plan went on
    timed_by: str | None = None  # who gave it other times than the solver
    first_starts_at: datetime | None = None  # the solver's, where it has others now
    first_ends_at: datetime | None = None
    misses: tuple[str, ...] = ()  # what it was chosen for and does not cover at its new times


@dataclass(frozen=True, slots=True)
class UncoveredView:
    """What nobody covers, and why not."""

    where: str
    starts_at: datetime
    ends_at: datetime
    what: str
    severity: str
    count: int
    why: str


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One proposal in the list."""

    id: int
    sort: str  # shortfalls, targets
    state: str  # waiting, running, stopping, draft, approved, dropped, failed
    asked_by: str
    asked_at: datetime
    from_at: datetime
    until_at: datetime
    progress: float  # 0 to 1
    doing: str | None
    agency: str | None  # only units of this one
    changes: int
    kept: int
    uncovered: int
    fault: str | None
    ended_by: str | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProposalView:
    """One proposal in full."""

    row: ProposalRow
    changes: tuple[ChangeView, ...]
    uncovered: tuple[UncoveredView, ...]
    figures: dict[str, float]  # wanted, open_before, open_after, travel_min, seconds, gap, proven, rounds, chances, …
    owner: str
    marking: str
    may_edit: bool
    second_needed: str | None = None  # why a second person must approve it, where this reader may not
