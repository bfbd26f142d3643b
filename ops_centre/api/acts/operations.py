"""Acts on operations."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from ops_centre.api.acts.base import Act, Body, Line, Moment, Number, Words
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.handling import Marking
from ops_centre.domain.operations import OperationKind, OperationState
from ops_centre.domain.targeting import SubjectKind
from ops_centre.services.operation_asked import MOST_LINKS, MOST_UNITS
from ops_centre.services.operations import Changes, Proposal, Trigger

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Purpose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
Codes = Annotated[list[Line], Field(max_length=30)]
Subjects = Annotated[list[SubjectKind], Field(max_length=10)]
Thing = Annotated[
    str,
    BeforeValidator(lambda value: str(value) if type(value) is int else value),
    StringConstraints(pattern=r"^\d{1,18}$"),
]
Version = Annotated[int, Field(ge=1)]


class Need(BaseModel):
    """Units asked for: so many with this capability."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    capability: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    count: Annotated[int, Field(ge=1, le=MOST_UNITS)]


Needs = Annotated[list[Need], Field(max_length=20)]


class Linked(BaseModel):
    """Something an operation is about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Line
    thing: Thing


class Propose(Body):
    """An operation as it is proposed."""

    kind: OperationKind = OperationKind.DELIBERATE
    is_exercise: bool = False
    name: Name
    purpose: Purpose
    commander: Line | None = None
    agencies: Codes = []
    subjects: Subjects = []
    place: Line | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    required: Needs = []
    next_event: Note | None = None
    next_event_at: Moment | None = None
    marking: Marking = Marking.AMBER
    releases: Codes = []
    things: Annotated[list[Linked], Field(max_length=MOST_LINKS)] = []


class Of(Body):
    """Which operation."""

    operation: Number


class Edit(Of):
    """Changes of the head as ``version`` of it was seen. What is not given stays; what is to be emptied is named."""

    version: Version
    name: Name | None = None
    purpose: Purpose | None = None
    agencies: Codes | None = None
    subjects: Subjects | None = None
    place: Line | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    required: Needs | None = None
    marking: Marking | None = None
    releases: Codes | None = None
    emptied: Codes = []
    reason: Note | None = None


class Move(Of):
    """Where to; with a reason where one is asked for."""

    to: OperationState
    reason: Note | None = None


class NextEvent(Of):
    """What is decided or happens next, and when; nothing: none is set."""

    next_event: Note | None = None
    next_event_at: Moment | None = None
    version: Version | None = None


class Commander(Of):
    """Who is to command, by sign-in name."""

    commander: Line
    version: Version | None = None


class LinkTo(Of):
    """What is to be linked."""

    kind: Line
    thing: Thing


class Unlink(LinkTo):
    """What does not belong to it, and why."""

    reason: Words


class OpenContingency(Body):
    """What it is opened from: an alert, a target, a track or a log entry."""

    kind: Line
    thing: Thing
    name: Name | None = None
    purpose: Purpose | None = None
    agencies: Codes = []
    next_event: Note | None = None
    next_event_at: Moment | None = None
    anyway: bool = False  # although another contingency is open about it


class Execution(Body):
    """How the unit's agency means to carry a tasking out; nothing: it says no more."""

    tasking: Number
    execution: Note = ""


def _propose(ops: OpsCentre, actor: Actor, body: Propose) -> dict[str, Any]:
    given = body.model_dump(exclude={"request_id", "required", "things", "marking"})
    asked = Proposal(
        **given,
        required=_needs(body.required),
        things=[(one.kind, one.thing) for one in body.things],
        marking=body.marking.value,
    )
    return ops.operations.propose(actor, asked, body.request_id)


def _edit(ops: OpsCentre, actor: Actor, body: Edit) -> dict[str, Any]:
    given = body.model_dump(exclude={"request_id", "operation", "version", "required", "marking", "emptied"})
    changes = Changes(
        **given,
        required=_needs(body.required) if body.required is not None else None,
        marking=body.marking.value if body.marking else None,
        emptied=frozenset(body.emptied),
    )
    return ops.operations.edit(actor, body.operation, body.version, changes, body.request_id)


def _needs(needs: list[Need]) -> tuple[tuple[str, int], ...]:
    return tuple((one.capability, one.count) for one in needs)


def _open(ops: OpsCentre, actor: Actor, body: OpenContingency) -> dict[str, Any]:
    given = body.model_dump(exclude={"request_id", "thing"})
    return ops.operations.open_contingency(actor, Trigger(id=body.thing, **given), body.request_id)


_SEES = Permission.OPERATION_VIEW  # what more a state, a kind or an owner asks for, the service checks
ACTS = (
    Act("operations/propose", Permission.OPERATION_PLAN, Propose, _propose, "Propose an operation or an overwatch."),
    Act("operations/edit", _SEES, Edit, _edit, "Change the head of an operation."),
    Act(
        "operations/move",
        _SEES,
        Move,
        lambda ops, actor, body: ops.operations.move(actor, body.operation, body.to, body.reason, body.request_id),
        "Bring an operation to another state; every condition that is not met is told.",
    ),
    Act(
        "operations/open-contingency",
        Permission.CONTINGENCY_RUN,
        OpenContingency,
        _open,
        "Open a contingency from an alert, a target, a track or a log entry, with what hangs on it.",
    ),
    Act(
        "operations/promote",
        Permission.OPERATION_PLAN,
        Of,
        lambda ops, actor, body: ops.operations.promote(actor, body.operation, body.request_id),
        "Propose a deliberate operation out of a contingency.",
    ),
    Act(
        "operations/link",
        _SEES,
        LinkTo,
        lambda ops, actor, body: ops.operations.link(actor, body.operation, [(body.kind, body.thing)], body.request_id),
        "Link a target, track, alert, log entry or enquiry to an operation.",
    ),
    Act(
        "operations/unlink",
        _SEES,
        Unlink,
        lambda ops, actor, body: ops.operations.unlink(
            actor, body.operation, body.kind, body.thing, body.reason, body.request_id
        ),
        "Take a link away from an operation.",
    ),
    Act(
        "operations/next-event",
        _SEES,
        NextEvent,
        lambda ops, actor, body: ops.operations.set_next_event(
            actor, body.operation, body.next_event, body.next_event_at, body.version, body.request_id
        ),
        "Set the next decision or event of an operation.",
    ),
    Act(
        "operations/commander",
        _SEES,
        Commander,
        lambda ops, actor, body: ops.operations.set_commander(
            actor, body.operation, body.commander, body.version, body.request_id
        ),
        "Give the command of an operation to somebody.",
    ),
    Act(
        "taskings/execution",
        Permission.TASKING_REPORT,
        Execution,
        lambda ops, actor, body: ops.taskings.write_execution(actor, body.tasking, body.execution, body.request_id),
        "Write how the unit's agency means to carry a tasking out.",
    ),
)
