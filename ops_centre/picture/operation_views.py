"""Frozen views of operations."""

from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class MoveView:
    """A state that an operation can go to, for one reader: allowed, or why not."""

    state: str
    label: str  # of the button: "Approve", "Back to planned"
    allowed: bool
    why_not: str | None  # all unmet conditions, as sentences
    needs_reason: bool
    makes_up: bool  # towards the end of the board; False: back, or cancelled


@dataclass(frozen=True, slots=True)
class OperationCard:
    """An operation on a board, as one reader may move it."""

    row: OperationRow
    version: int
    overdue: tuple[str, ...]  # what is overdue, in words; empty: nothing
    moves: tuple[MoveView, ...]


@dataclass(frozen=True, slots=True)
class OperationRef:
    """Just enough to name an operation and open it."""

    id: int
    reference: str
    name: str
    kind: str
    state: str
    is_exercise: bool


@dataclass(frozen=True, slots=True)
class OperationStepView:
    """One change of state."""

    state: str
    at: datetime
    by: str
    by_name: str
    reason: str | None
    log_seq: int


@dataclass(frozen=True, slots=True)
class OperationLinkView:
    """What an operation is about, with its name and state of today."""

    kind: str  # a ThingKind
    id: str
    label: str
    detail: str  # such as "vessel · high · open"; empty when there is nothing to say
    href: str
    linked_at: datetime
    linked_by: str


@dataclass(frozen=True, slots=True)
class OperationUnit:
    """A unit of an operation: assigned for a time, tasked now, or both."""

    id: int
    callsign: str
    agency: str
    unit_type: str
    availability: str
    assignment_id: int | None
    starts_at: datetime | None  # of the assignment
    ends_at: datetime | None
    tasking_id: int | None  # not ended
    tasking_state: str | None


@dataclass(frozen=True, slots=True)
class OperationTasking:
    """A tasking of an operation: intent from the centre, execution from the agency."""

    id: int
    decision_id: int
    unit_id: int
    callsign: str
    agency: str
    subject: str
    intent: str
    execution: str | None
    state: str
    requested_at: datetime
    requested_by: str
    due_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    may_write_execution: bool


@dataclass(frozen=True, slots=True)
class OperationView:
    """One operation in full, as one reader may know of it and work on it."""

    row: OperationRow
    version: int  # what an edit is made on
    purpose: str
    commander_name: str | None
    requirements: tuple[tuple[str, int], ...]  # capability, how many units
    proposed_by: str
    proposed_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    started_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    promoted_from: OperationRef | None
    promoted_to: tuple[OperationRef, ...]
    overdue: tuple[str, ...]
    moves: tuple[MoveView, ...]
    steps: tuple[OperationStepView, ...]  # oldest first
    links: tuple[OperationLinkView, ...]
    units: tuple[OperationUnit, ...]
    taskings: tuple[OperationTasking, ...]  # open ones first, then newest first
    may_edit: bool  # head, links, next decision, commander
    why_not_edit: str | None
    may_promote: bool
    why_not_promote: str | None


@dataclass(frozen=True, slots=True)
class CommanderChoice:
    """Somebody who may command, for the list in a form."""

    name: str  # sign-in name
    display_name: str
    agency: str


@dataclass(frozen=True, slots=True)
class OperationBoards:
    """The three boards: kind → state → cards, in the order of the columns, with what the filter hides."""

    columns: dict[str, dict[str, tuple[OperationCard, ...]]]
    shown: int
    total: int  # before the filter
    cut: dict[tuple[str, str], int]  # (kind, state) → how many more match in that column
    running: dict[str, int] = field(default_factory=dict)  # kind → operations that people are at, shown or not
    overdue: dict[str, int] = field(
        default_factory=dict
    )  # kind → operations of which something is overdue, shown or not
