"""Acts on debriefs and lessons."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from ops_centre.api.acts.base import Act, Body, Line, Moment, Number
from ops_centre.api.acts.field import Ago, at_pressed, check_pressed
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.debriefs import DebriefOf, DebriefSort, PointHead
from ops_centre.domain.handling import Marking
from ops_centre.domain.operations import OperationKind
from ops_centre.domain.targeting import SubjectKind
from ops_centre.errors import Invalid
from ops_centre.services.debrief_handling import Marked
from ops_centre.services.debriefs import Opening, Said
from ops_centre.services.lessons import Concerns, Learned

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Codes = Annotated[list[Line], Field(max_length=20)]
Seq = Annotated[int, Field(ge=1, le=2**62)]


class OpenDebrief(Body):
    """What is to be debriefed; ``of``: ``operation:12``."""

    of: Annotated[str, StringConstraints(pattern=r"^(operation|tasking|watch):\d{1,9}$")]
    sort: DebriefSort
    meant: Text | None = None
    due_at: Moment | None = None
    marking: Marking | None = None
    releases: Codes = []


class OnDebrief(Body):
    """Which debrief."""

    debrief: Number


class Point(OnDebrief):
    """A contribution."""

    head: PointHead
    text: Text
    entry: Seq | None = None


class FieldPoint(Body):
    """A contribution from the phone page of a unit that took part. ``account``: who pressed; ``tasking``: of no meaning
    here, the phone names with each report the tasking it showed."""

    unit: Number
    debrief: Number
    account: Line
    head: PointHead
    text: Text
    tasking: Annotated[int, Field(ge=0)] | None = None
    ago_ms: Ago = 0


class Strike(Body):
    """Which point."""

    point: Number


class Meant(OnDebrief):
    """What was meant, written on a version."""

    version: Number
    meant: Text


class Close(OnDebrief):
    """The summary, written on a version."""

    version: Number
    summary: Text


class Mark(OnDebrief):
    """How a debrief is handled from now on, and why."""

    version: Number
    marking: Marking
    releases: Codes = []
    reason: Text


class LessonBody(Body):
    """A lesson as it is recorded or edited."""

    title: Line
    cause: Text
    action: Text
    owner: Line
    due_at: Moment
    check: Text
    kinds: list[OperationKind] = []
    subjects: list[SubjectKind] = []
    places: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200)] = ""  # codes with blanks between
    agencies: Codes = []
    words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)] = ""
    criterion: Line | None = None

    def learned(self) -> Learned:
        """As the service takes it."""
        concerns = Concerns(
            [one.value for one in self.kinds], [one.value for one in self.subjects],
            self.places.replace(",", " ").split(), self.agencies, self.words, self.criterion,
        )  # fmt: skip
        return Learned(self.title, self.cause, self.action, self.owner, self.due_at, self.check, concerns)


class Record(LessonBody):
    """A lesson of a debrief, or of none."""

    debrief: Number | None = None
    marking: Marking | None = None
    releases: Codes = []


class OnLesson(Body):
    """Which lesson."""

    lesson: Number


class Edit(LessonBody):
    """A lesson changed, on a version."""

    lesson: Number
    version: Number


class MarkLesson(OnLesson):
    """How a lesson is handled from now on, and why."""

    version: Number
    marking: Marking
    releases: Codes = []
    reason: Text


class Noted(OnLesson):
    """What was done, or why."""

    note: Text


class Checked(Noted):
    """Whether it worked, and how that was seen."""

    result: Annotated[str, StringConstraints(pattern=r"^(proven|not proven)$")]


class Answered(OnLesson):
    """What a planner says of a lesson: taken or set aside, with a word."""

    operation: Number
    answer: Annotated[str, StringConstraints(pattern=r"^(taken|set aside)$")]
    word: Text


def _open(ops: OpsCentre, actor: Actor, body: OpenDebrief) -> dict[str, Any]:
    kind, _, number = body.of.partition(":")
    if int(number) < 1:
        raise Invalid("There is nothing of that number.")
    marking = body.marking.value if body.marking else None
    opening = Opening(body.sort, DebriefOf(kind), int(number), body.meant or "", body.due_at, marking, body.releases)
    return ops.debriefs.open(actor, opening, body.request_id)


def _add(ops: OpsCentre, actor: Actor, body: Point) -> dict[str, Any]:
    return ops.debriefs.contribute(actor, body.debrief, Said(body.head, body.text, body.entry), body.request_id)


def _from_field(ops: OpsCentre, actor: Actor, body: FieldPoint) -> dict[str, Any]:
    check_pressed(actor, body.account)
    said, at = Said(body.head, body.text), at_pressed(ops, body.ago_ms)
    return ops.debriefs.contribute_from_field(actor, body.unit, body.debrief, said, at, body.request_id)


def _record(ops: OpsCentre, actor: Actor, body: Record) -> dict[str, Any]:
    marking = body.marking.value if body.marking else None
    return ops.lessons.record(actor, body.learned(), body.debrief, marking, body.releases, body.request_id)


def _mark(ops: OpsCentre, actor: Actor, body: Mark) -> dict[str, Any]:
    marked = Marked(body.marking.value, body.releases, body.reason)
    return ops.debrief_handling.mark_debrief(actor, body.debrief, body.version, marked, body.request_id)


def _mark_lesson(ops: OpsCentre, actor: Actor, body: MarkLesson) -> dict[str, Any]:
    marked = Marked(body.marking.value, body.releases, body.reason)
    return ops.debrief_handling.mark_lesson(actor, body.lesson, body.version, marked, body.request_id)


P = Permission
ACTS = (
    Act("debriefs/open", P.DEBRIEF_LEAD, OpenDebrief, _open, "Open a debrief of an operation, a tasking or a watch."),
    Act("debriefs/add", P.DEBRIEF_CONTRIBUTE, Point, _add, "Add a point to an open debrief."),
    Act(
        "field/debrief",
        P.DEBRIEF_CONTRIBUTE,
        FieldPoint,
        _from_field,
        "Add a point to a debrief from the phone page of a unit that took part.",
    ),
    Act(
        "debriefs/strike",
        P.DEBRIEF_CONTRIBUTE,
        Strike,
        lambda ops, actor, body: ops.debriefs.strike(actor, body.point, body.request_id),
        "Strike a point; it stays readable.",
    ),
    Act(
        "debriefs/meant",
        P.DEBRIEF_LEAD,
        Meant,
        lambda ops, actor, body: ops.debriefs.say_meant(actor, body.debrief, body.version, body.meant, body.request_id),
        "Write anew what was meant.",
    ),
    Act(
        "debriefs/close",
        P.DEBRIEF_LEAD,
        Close,
        lambda ops, actor, body: ops.debriefs.close(actor, body.debrief, body.version, body.summary, body.request_id),
        "Close a debrief with a summary.",
    ),
    Act("debriefs/mark", P.DEBRIEF_LEAD, Mark, _mark, "Handle a debrief otherwise, with a reason; its agency alone."),
    Act(
        "lessons/mark", P.DEBRIEF_LEAD, MarkLesson, _mark_lesson, "Handle a lesson otherwise, with a reason; likewise."
    ),
    Act("lessons/record", P.LESSON_EDIT, Record, _record, "Record a lesson."),
    Act(
        "lessons/edit",
        P.LESSON_EDIT,
        Edit,
        lambda ops, actor, body: ops.lessons.edit(actor, body.lesson, body.version, body.learned(), body.request_id),
        "Change a lesson that was not acted on yet.",
    ),
    Act(
        "lessons/act-on",
        P.LESSON_EDIT,
        Noted,
        lambda ops, actor, body: ops.lessons.act_on(actor, body.lesson, body.note, body.request_id),
        "Say what the owner of a lesson did.",
    ),
    Act(
        "lessons/check",
        P.LESSON_EDIT,
        Checked,
        lambda ops, actor, body: ops.lessons.check(
            actor, body.lesson, body.result == "proven", body.note, body.request_id
        ),
        "Say whether what was done worked; not the owner.",
    ),
    Act(
        "lessons/drop",
        P.DEBRIEF_LEAD,
        Noted,
        lambda ops, actor, body: ops.lessons.drop(actor, body.lesson, body.note, body.request_id),
        "Put a lesson away, with a reason.",
    ),
    Act(
        "lessons/answer",
        P.LESSON_EDIT,
        Answered,
        lambda ops, actor, body: ops.lessons.answer(
            actor, body.operation, body.lesson, body.answer == "taken", body.word, body.request_id
        ),
        "Take a lesson into account in an operation, or set it aside, with a word.",
    ),
)
