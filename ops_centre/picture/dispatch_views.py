"""Frozen views of dispatch: decisions, taskings with their steps, outcomes, criteria with their results, and the chain."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ops_centre.domain.options import Options
from ops_centre.picture.operation_views import OperationRef
from ops_centre.picture.watch_views import TaskingRow


@dataclass(frozen=True, slots=True)
class ShownOptions:
    """Options as an officer was shown them. The server keeps them under ``token``; a decision brings the token back."""

    token: str
    options: Options
    shown_at: datetime
    good_until: datetime  # afterwards they are too old to decide from


@dataclass(frozen=True, slots=True)
class StepView:
    """One step of a tasking."""

    state: str  # a TaskingState, or "check-in"
    at: datetime  # when it happened
    recorded_at: datetime
    by: str
    manner: str  # field page, desk, by radio
    note: str | None
    lat: float | None
    lon: float | None
    log_seq: int
    late: bool  # recorded more than two minutes after it happened


@dataclass(frozen=True, slots=True)
class OutcomeView:
    """One result of an examination."""

    id: int
    tasking_id: int | None
    target_id: int | None
    label: str  # of the subject
    callsign: str | None  # of the unit that examined
    result: str
    reason: str | None
    finding: str | None
    quantity: float | None
    quantity_unit: str | None
    note: str | None
    examined_at: datetime
    recorded_at: datetime
    recorded_by: str
    log_seq: int
    superseded_by: int | None  # a later outcome from the same tasking, or later without a tasking
    owner: str
    marking: str


@dataclass(frozen=True, slots=True)
class TaskingView:
    """One tasking with all that became of it, and what its reader may do with it now."""

    row: TaskingRow
    end_reason: str | None
    steps: tuple[StepView, ...]  # in the order in which they happened
    outcomes: tuple[OutcomeView, ...]  # newest first
    moves: tuple[str, ...]  # states this reader may report next, in order
    may_cancel: bool
    may_report_outcome: bool
    releases: tuple[str, ...]
    execution: str | None = None  # how its agency carries it out
    operation: OperationRef | None = None  # that it is part of, if its reader may know of it


@dataclass(frozen=True, slots=True)
class DecisionView:
    """One decision, with the options as they were shown (`domain.options.Options.as_plain`)."""

    id: int
    about_kind: str
    about_id: str
    about_label: str
    target_id: int | None
    track_id: int | None
    alert_id: int | None
    from_seq: int | None
    sends: bool
    options: dict[str, Any]  # without units that its reader may not know of
    withheld: int  # how many those were
    options_at: datetime
    picture_revision: int
    lrm_at: datetime | None
    chosen: tuple[int, ...]
    chosen_callsigns: tuple[str, ...]
    reason: str | None
    authority: str
    decided_by: str
    decided_at: datetime
    log_seq: int
    taskings: tuple[TaskingRow, ...]
    owner: str
    marking: str
    releases: tuple[str, ...]
    operation: OperationRef | None = None  # that its taskings are part of, if its reader may know of it


@dataclass(frozen=True, slots=True)
class Find:
    """The newest positive result on a target."""

    at: datetime
    target_id: int
    target: str


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """What one version of a criterion has brought: hits on targets the reader may see, and their results."""

    criterion: str
    version: str
    hits: int
    targets: int
    examined: int  # targets with a result, positive or negative
    positive: int
    negative: int
    not_examined: int
    undecided: int  # targets without an outcome
    share: float | None  # positive of examined; None when nothing was examined
    last_find: Find | None = None
    lessons: tuple[tuple[int, str], ...] = ()  # about the criterion, any version: number and title


@dataclass(frozen=True, slots=True)
class CriterionTarget:
    """A target that a criterion matched."""

    id: int
    label: str
    status: str
    version: str  # of the criterion
    matched_at: datetime
    result: str | None  # of its examination


@dataclass(frozen=True, slots=True)
class CriterionView:
    """One criterion: what each version brought, its newest targets, the lessons about it."""

    name: str
    versions: tuple[CriterionRow, ...]
    targets: tuple[CriterionTarget, ...]  # newest first
    lessons: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class ChainThing:
    """One link of the chain."""

    kind: str  # a ThingKind
    id: str
    title: str
    detail: str
    at: datetime | None
    by: str | None
    href: str


@dataclass(frozen=True, slots=True)
class ChainView:
    """A thing with everything it came from and everything that came of it, each in the order of the chain."""

    thing: ChainThing
    before: tuple[ChainThing, ...]
    after: tuple[ChainThing, ...]


@dataclass(frozen=True, slots=True)
class FieldUnit:
    """A unit that somebody may report for."""

    id: int
    callsign: str
    agency: str
    unit_type: str
    tasking_id: int | None


@dataclass(frozen=True, slots=True)
class FieldTasking:
    """The tasking of a unit, as the unit is shown it: no more than it needs."""

    id: int
    subject: str
    intent: str
    state: str
    requested_at: datetime
    requested_by: str
    meet_place: str | None
    meet_lat: float | None
    meet_lon: float | None
    meet_at: datetime | None
    accept_by: datetime
    due_at: datetime | None
    checked_in_at: datetime
    ended_at: datetime | None
    end_reason: str | None
    moves: tuple[str, ...]
    outcome_owed: bool
    outcome: str | None  # result in words, once it was reported
    execution: str | None  # how its agency means to carry it out


@dataclass(frozen=True, slots=True)
class FieldDebrief:
    """An open debrief as a unit that took part sees it: what it is about, and what its own crew has said."""

    id: int
    sort: str
    label: str
    meant: str
    due_at: datetime | None
    said: tuple[tuple[str, str, datetime], ...]  # head, text, when


@dataclass(frozen=True, slots=True)
class FieldView:
    """What the phone page shows."""

    account: str
    display_name: str
    units: tuple[FieldUnit, ...]
    unit: FieldUnit | None
    taskings: tuple[FieldTasking, ...]  # the open one first, then those that owe an outcome or ended lately
    contact: str | None
    at: datetime
    debriefs: tuple[FieldDebrief, ...] = ()  # open ones that the unit may add to
