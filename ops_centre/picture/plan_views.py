"""Frozen views of the plan: what each unit is to do over a window of time."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BarConflict:
    """One rule that a bar breaks now."""

    kind: str  # `domain.planning.ConflictKind`
    weight: str  # `domain.planning.Weight`
    words: str
    accepted: str | None  # the reason a person accepted it with


@dataclass(frozen=True, slots=True)
class PlanBar:
    """One thing on a unit's row. Bars of `assignment` are the centre's own and may be changed."""

    key: str  # "assignment:12", "deployment:3", "tasking:4", "out:7" (the unit)
    kind: str  # deployment, assignment, tasking, ended tasking, rest, maintenance, out of service
    sort: str  # of assignments as stored: operation, deployment, rest, maintenance; else as kind
    id: int
    starts_at: datetime
    ends_at: datetime | None  # None: open
    label: str
    place: str | None
    place_name: str | None
    lat: float | None
    lon: float | None
    operation_id: int | None  # None also where the reader may not know of the operation
    operation: str | None  # its reference
    is_exercise: bool
    crew: int | None
    note: str | None
    pattern_id: int | None
    proposal_id: int | None
    version: int  # 0 where nothing can be changed
    may_edit: bool  # by this reader
    by: str | None  # who assigned it
    conflicts: tuple[BarConflict, ...]
    owner: str
    marking: str


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One unit and what it is to do, by start."""

    unit_id: int
    callsign: str
    agency: str
    unit_type: str
    capabilities: tuple[str, ...]
    availability: str
    out_of_service_reason: str | None
    place: str | None  # code of where its agency has it now
    place_name: str | None
    may_edit: bool
    bars: tuple[PlanBar, ...]
    unaccepted: int  # bars of the window with a conflict nobody accepted
    booked_h: float  # hours of the centre's work in the window
    deployed_h: float  # hours of its agency's deployments in the window
    week_h: float = 0.0  # of duty in the fullest seven days that share time with the window
    week_limit_h: float = 168.0
    flying_h: float | None = None  # of flying, likewise; None: it does not fly
    flying_limit_h: float | None = None


@dataclass(frozen=True, slots=True)
class PlanView:
    """The plan of a window."""

    starts_at: datetime
    ends_at: datetime
    rows: tuple[PlanRow, ...]
    units: int  # in the reader's scope and filter, before the page was cut
    conflicts: int  # bars with a conflict nobody accepted
    may_edit: bool  # anything at all
    may_edit_all: bool  # not only their own agency's


@dataclass(frozen=True, slots=True)
class PlanChangeView:
    """One change of the plan that its maker may undo."""

    id: int
    at: datetime
    said: str
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class PatternView:
    """One recurring assignment."""

    id: int
    unit_id: int
    callsign: str
    words: str  # "Mon, Wed 06:00 for 8 h until 2026-12-31"
    made_by: str
    made_at: datetime
    ended_at: datetime | None
    to_come: int  # assignments of it that lie ahead


@dataclass(frozen=True, slots=True)
class CalendarView:
    """One secret address of an agency's deployments; the address itself is nowhere."""

    id: int
    agency: str
    label: str
    made_by: str
    made_at: datetime
    read_at: datetime | None
    ended_at: datetime | None
