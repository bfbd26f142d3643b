"""Frozen views of debriefs and lessons."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that happened and can be debriefed."""

    kind: str  # operation, tasking, watch
    id: int
    label: str
    ended_at: datetime | None  # None: it still goes on, and a hot debrief is possible


@dataclass(frozen=True, slots=True)
class About:
    """What a debrief is about, as it is offered to whoever opens one. ``meant``: a first draft of what was meant."""

    label: str
    meant: str
    handling_id: int | None  # None of a watch: everybody in the room knows of it
    began_at: datetime | None
    ended_at: datetime | None
    too_early: str | None = None  # why it cannot be debriefed yet
    kinds: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DebriefRow:
    """One debrief in a list."""

    id: int
    sort: str
    about_kind: str
    about_id: str
    about_label: str
    state: str
    opened_by: str
    opened_at: datetime
    due_at: datetime | None
    overdue: bool
    closed_by: str | None
    closed_at: datetime | None
    points: int
    from_field: int  # of those
    lessons: int
    owner: str
    marking: str
    releases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PointView:
    """One contribution."""

    id: int
    head: str
    text: str
    log_seq: int | None
    by: str
    by_unit: str | None
    at: datetime
    struck_by: str | None
    struck_at: datetime | None
    may_strike: bool


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One entry of the duty log about what is debriefed."""

    seq: int
    at: datetime
    kind: str
    by: str
    text: str
    owner: str
    marking: str
    releases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LessonView:
    """One lesson in full."""

    id: int
    title: str
    cause: str
    action: str
    owner: str
    due_at: datetime
    check_text: str
    state: str
    overdue: bool
    acted_at: datetime | None
    acted_by: str | None
    acted_note: str | None
    checked_at: datetime | None
    checked_by: str | None
    checked_note: str | None
    criterion: str | None
    kinds: tuple[str, ...]
    subjects: tuple[str, ...]
    places: tuple[str, ...]
    agencies: tuple[str, ...]
    words: tuple[str, ...]
    made_by: str
    made_at: datetime
    version: int
    debrief_id: int | None  # None also where the reader may not know of the debrief
    debrief_label: str | None
    taken: int  # operations that took it into account, of those the reader may see
    set_aside: int
    may_act: bool  # the reader owns it and something is left to do
    may_check: bool  # the reader is neither its owner nor whoever acted
    may_edit: bool
    may_drop: bool
    marking_owner: str
    marking: str
    releases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DebriefView:
    """One debrief with everything on its page."""

    row: DebriefRow
    meant: str
    summary: str | None
    version: int
    points: tuple[PointView, ...]
    timeline: tuple[TimelineEntry, ...]
    timeline_cut: bool  # more was logged than is shown
    lessons: tuple[LessonView, ...]
    lacks: tuple[str, ...]  # before it can be closed, a summary left aside
    may_contribute: bool
    may_lead: bool
    may_learn: bool
    may_mark: bool  # whoever leads debriefs, of the agency that owns this one


@dataclass(frozen=True, slots=True)
class LessonAnswer:
    """What a planner said of a lesson."""

    taken: bool
    word: str
    by: str
    at: datetime
    operation_id: int
    operation: str  # its reference and name
    log_seq: int


@dataclass(frozen=True, slots=True)
class PutLesson:
    """A lesson before the planner of an operation: why it is there, and what was said of it."""

    lesson: LessonView
    points: int
    reasons: tuple[str, ...]
    asked: bool  # the move of the operation waits for an answer
    answer: LessonAnswer | None


@dataclass(frozen=True, slots=True)
class LessonsPut:
    """The lessons before the planner of one operation."""

    operation_id: int
    reference: str
    lessons: tuple[PutLesson, ...]
    may_answer: bool
    ended: bool  # the operation: nothing is asked any more


@dataclass(frozen=True, slots=True)
class LessonCard:
    """A lesson with what planners said of it, in operations the reader may see."""

    lesson: LessonView
    answers: tuple[LessonAnswer, ...]


@dataclass(frozen=True, slots=True)
class LessonOwner:
    """Somebody who may own a lesson."""

    name: str  # sign-in name
    display_name: str
    agency: str


@dataclass(frozen=True, slots=True)
class LessonFigures:
    """How lessons stand, of those the reader may see. Dropped ones are counted apart and are in no share."""

    total: int
    open: int
    overdue: int
    acted_on: int  # and waiting for their check
    proven: int
    not_proven: int
    dropped: int
    taken: int  # answers of planners
    set_aside: int
    share_acted: float | None  # acted on, proven or not proven, of all; None: there is none
    share_proven: float | None  # proven of all
