"""Frozen views of the roster, of handovers with their briefs, and of what happened since somebody's last watch."""

from dataclasses import dataclass
from datetime import datetime

from ops_centre.domain.brief import Brief


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody on a watch, planned or present."""

    name: str
    display_name: str
    role: str
    desk: str | None
    joined_at: datetime | None  # None: planned, not there yet
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """One offer to hand over. ``heads`` and ``facts`` are None for a reader who may not see them."""

    id: int
    watch_id: int
    offered_by: str
    offered_at: datetime
    nothing_to_report: bool
    affirmation: str | None
    heads: tuple[tuple[str, str], ...] | None
    facts: Brief | None
    state: str  # offered, accepted, returned, withdrawn
    accepted_by: str | None
    accepted_at: datetime | None
    returned_by: str | None
    returned_at: datetime | None
    return_reason: str | None
    withdrawn_at: datetime | None
    next_watch_id: int | None
    owner: str
    marking: str
    log_seq: int | None  # entry that tells of it last


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A watch: planned, on, or past."""

    id: int
    name: str
    starts_at: datetime
    ends_at: datetime
    state: str
    lead: str | None
    lead_name: str | None
    opened_at: datetime | None
    closed_at: datetime | None
    overran_at: datetime | None
    members: tuple[MemberRow, ...]

    @property
    def present(self) -> tuple[MemberRow, ...]:
        """Who is on it now."""
        return tuple(one for one in self.members if one.joined_at and not one.left_at)


@dataclass(frozen=True, slots=True)
class ClashRow:
    """A warning of the roster."""

    words: str
    watch_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody who may be put on the roster."""

    name: str
    display_name: str
    role: str
    may_lead: bool


@dataclass(frozen=True, slots=True)
class WatchCard:
    """One watch with its handovers, newest first."""

    row: RosterRow
    handovers: tuple[HandoverRow, ...]


@dataclass(frozen=True, slots=True)
class Pending:
    """The handover that waits for its acceptance, with what has come up since, all in the reader's scope."""

    handover: HandoverRow
    now: Brief
    new: frozenset[tuple[str, str]]  # heading and key of facts that came up since it was offered


@dataclass(frozen=True, slots=True)
class WatchView:
    """What the page of the watch shows."""

    now: datetime
    on: RosterRow | None
    ever: bool  # a watch was open before
    pending: Pending | None
    returned: HandoverRow | None  # the last offer of this watch came back
    brief: Brief | None  # None: the reader does not lead
    roster: tuple[RosterRow, ...]
    clashes: tuple[ClashRow, ...]
    people: tuple[PersonRow, ...]
    past: tuple[RosterRow, ...]
    reader: str  # sign-in name
    may_lead: bool
    may_join: bool
    take_over_from: datetime  # a watch that is on may be taken without handover from then (its end and the overlap)


@dataclass(frozen=True, slots=True)
class SinceLine:
    """One important line of what happened."""

    at: datetime
    kind: str
    text: str
    href: str
    severity: str | None = None


@dataclass(frozen=True, slots=True)
class SinceView:
    """What happened between the reader's last presence and now."""

    since: datetime
    until: datetime
    how: str  # "you left watch A", "you signed out"
    signed_in_at: datetime | None
    counts: tuple[tuple[str, int], ...]  # what, how many
    lines: tuple[SinceLine, ...]
    more: int  # further lines
