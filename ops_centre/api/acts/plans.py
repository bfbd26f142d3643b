"""Acts on the plan of deployments."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from ops_centre.api.acts.base import Act, Body, Line, Moment, Number
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.planning import BookingKind
from ops_centre.errors import Invalid
from ops_centre.services.plan_asking import Wanted

Kind = Literal["operation", "deployment", "rest", "maintenance"]
Day = Annotated[int, Field(ge=0, le=6)]
Hour = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Date = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
File = Annotated[str, StringConstraints(max_length=900_000)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]
LineNumber = Annotated[int, Field(ge=1, le=1_000_000)]


class What(Body):
    """What is asked of a unit but its time. A place's code or a position; neither: where the operation is."""

    unit: Number
    kind: Kind
    operation: Number | None = None
    place: Text | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, lt=180)] | None = None
    crew: Annotated[int, Field(ge=1, le=500)] | None = None
    note: Text | None = None


class Reasoned(Body):
    """Why a conflict is accepted."""

    reason: Text = ""  # for all of them
    reasons: dict[Line, Text] = {}  # by kind of conflict


class Timed(What):
    """With its time."""

    starts_at: Moment
    ends_at: Moment


class Check(Timed):
    """``assignment``: it is that one moved."""

    assignment: Number | None = None


class Assign(Timed, Reasoned):
    """One assignment."""


class Change(Timed, Reasoned):
    """As it shall be, made on a version."""

    assignment: Number
    version: Number


class Cancel(Body):
    """Which, and the version it was seen in."""

    assignment: Number
    version: Number


class Undo(Body):
    """Which change; none: one's own last."""

    change: Number | None = None


class Pattern(What, Reasoned):
    """On which days (0 is Monday), from when until when in the centre's local time."""

    days: Annotated[list[Day], Field(min_length=1, max_length=7)]
    starts: Hour
    ends: Hour
    since: Date
    until: Date
    every_weeks: Annotated[int, Field(ge=1, le=8)] = 1
    skip_booked: bool = False


class EndPattern(Body):
    """Which."""

    pattern: Number


class Preview(Body):
    """A CSV file."""

    text: File


class Apply(Body):
    """The same file with the token of its preview. ``reasons``: by number of the line, why what it breaks is accepted."""

    text: File
    reasons: dict[LineNumber, Text] = {}
    token: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class MakeCalendar(Body):
    """Of which agency, and what it is called."""

    agency: Line
    label: Text = ""


class EndCalendar(Body):
    """Which."""

    calendar: Number


def _wanted(body: Timed) -> Wanted:
    return Wanted(
        body.unit, BookingKind(body.kind), body.starts_at, body.ends_at, body.operation, body.place or None, body.lat,
        body.lon, body.crew, body.note or None,
    )  # fmt: skip


def _reasons(body: Reasoned) -> dict[str, str]:
    return {"": body.reason, **body.reasons} if body.reason else dict(body.reasons)


def _pattern(ops: OpsCentre, actor: Actor, body: Pattern) -> dict[str, Any]:
    days = frozenset(body.days)
    pattern = ops.plan_patterns.read(days, body.starts, body.ends, body.since, body.until, body.every_weeks)
    first = next(pattern.spans(), None)
    if first is None:
        raise Invalid("The pattern never comes: none of its days lies between its first and its last.")
    wanted = Wanted(
        body.unit, BookingKind(body.kind), first.starts_at, first.ends_at, body.operation, body.place or None, body.lat,
        body.lon, body.crew, body.note or None,
    )  # fmt: skip
    return ops.plan_patterns.make(actor, pattern, wanted, _reasons(body), body.request_id, skip_booked=body.skip_booked)


def _make_calendar(ops: OpsCentre, actor: Actor, body: MakeCalendar) -> dict[str, Any]:
    made = ops.plan_calendars.make(actor, body.agency, body.label, body.request_id)
    return {"said": made.said, "calendar": made.id, "address": made.address}


EDIT = Permission.PLAN_EDIT

ACTS = (
    Act(
        "plans/check",
        EDIT,
        Check,
        lambda ops, actor, body: ops.plans.check(actor, _wanted(body), body.assignment),
        "What an assignment would break; nothing is stored.",
    ),
    Act(
        "plans/assign",
        EDIT,
        Assign,
        lambda ops, actor, body: ops.plans.assign(actor, [_wanted(body)], _reasons(body), body.request_id),
        "Assign a unit for a time.",
    ),
    Act(
        "plans/change",
        EDIT,
        Change,
        lambda ops, actor, body: ops.plans.change(
            actor, body.assignment, body.version, _wanted(body), _reasons(body), body.request_id
        ),
        "Give an assignment another time, unit, place or purpose.",
    ),
    Act(
        "plans/cancel",
        EDIT,
        Cancel,
        lambda ops, actor, body: ops.plans.cancel(actor, body.assignment, body.version, body.request_id),
        "Take an assignment out of the plan.",
    ),
    Act(
        "plans/undo",
        EDIT,
        Undo,
        lambda ops, actor, body: ops.plans.undo(actor, body.change, body.request_id),
        "Undo one's own last change of the plan, exactly.",
    ),
    Act("plans/pattern", EDIT, Pattern, _pattern, "Assign a unit again and again by a weekly pattern."),
    Act(
        "plans/end-pattern",
        EDIT,
        EndPattern,
        lambda ops, actor, body: ops.plan_patterns.end(actor, body.pattern, body.request_id),
        "Cancel what has not begun of a pattern.",
    ),
    Act(
        "plans/import-preview",
        EDIT,
        Preview,
        lambda ops, actor, body: ops.plan_imports.preview(actor, body.text),
        "What a CSV file would change in the plan; nothing is stored.",
    ),
    Act(
        "plans/import-apply",
        EDIT,
        Apply,
        lambda ops, actor, body: ops.plan_imports.apply(actor, body.text, body.token, body.reasons, body.request_id),
        "Change the plan as the preview of a CSV file showed.",
    ),
    Act("plans/calendar", EDIT, MakeCalendar, _make_calendar, "Make a secret calendar address of an agency."),
    Act(
        "plans/end-calendar",
        EDIT,
        EndCalendar,
        lambda ops, actor, body: ops.plan_calendars.end(actor, body.calendar, body.request_id),
        "End a calendar address.",
    ),
)
