"""Acts of the phone page. A report says how long ago it happened, since a phone may have been without a line and its clock
may be wrong; the centre reckons the time from its own clock."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import Field

from ops_centre.api.acts.base import Act, Body, Line, Number
from ops_centre.api.acts.dispatch import Latitude, Longitude, Note, words_of
from ops_centre.api.acts.outcomes import Amount, Short
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.tasking import Manner, NotExamined, Result, TaskingState
from ops_centre.errors import OpsError
from ops_centre.services.outcomes import Finding
from ops_centre.services.taskings import Report

Ago = Annotated[int, Field(ge=0, le=10 * 86_400_000)]  # milliseconds


class OtherAccount(OpsError):
    """A phone sends what somebody else had queued on it: it keeps that until they sign in again."""

    status = 401


class FieldReport(Body):
    """A step of the unit's own tasking, or with no state a check-in. ``account``: who pressed."""

    tasking: Number
    account: Line
    state: TaskingState | None = None
    note: Note | None = None
    ago_ms: Ago = 0
    lat: Latitude | None = None
    lon: Longitude | None = None


class FieldOutcome(Body):
    """The result of the unit's own examination. ``account``: who pressed."""

    tasking: Number
    account: Line
    result: Result
    reason: NotExamined | None = None
    finding: Short | None = None
    quantity: Amount | None = None
    quantity_unit: Annotated[str, Field(max_length=20)] | None = None
    note: Note | None = None
    ago_ms: Ago = 0


class FieldExecution(Body):
    """How the unit's agency means to carry its tasking out; no words take it back. ``account``: who pressed."""

    tasking: Number
    account: Line
    execution: Note = ""
    ago_ms: Ago = 0


def at_pressed(ops: OpsCentre, ago_ms: int) -> datetime:
    """When it was pressed, by the centre's clock."""
    return ops.clock.now() - timedelta(milliseconds=ago_ms)


def check_pressed(actor: Actor, account: str) -> None:
    """Raise OtherAccount unless it is sent by whoever pressed."""
    if account != actor.name:
        raise OtherAccount("This report was made by another account. It is sent when they sign in again.")


def _report(ops: OpsCentre, actor: Actor, body: FieldReport) -> dict[str, Any]:
    check_pressed(actor, body.account)
    report = Report(words_of(body.note), at_pressed(ops, body.ago_ms), body.lat, body.lon, Manner.FIELD)
    if body.state is None:
        return ops.taskings.check_in(actor, body.tasking, report, body.request_id)
    return ops.taskings.report(actor, body.tasking, body.state, report, body.request_id)


def _outcome(ops: OpsCentre, actor: Actor, body: FieldOutcome) -> dict[str, Any]:
    check_pressed(actor, body.account)
    found = Finding(
        body.result, body.tasking, None, body.reason, words_of(body.finding), body.quantity,
        words_of(body.quantity_unit) if body.quantity is not None else None, words_of(body.note),
        at_pressed(ops, body.ago_ms), completes=True, manner=Manner.FIELD,
    )  # fmt: skip
    return ops.outcomes.report(actor, found, body.request_id)


def _execution(ops: OpsCentre, actor: Actor, body: FieldExecution) -> dict[str, Any]:
    check_pressed(actor, body.account)
    at = at_pressed(ops, body.ago_ms) if body.ago_ms else None
    return ops.taskings.write_execution(actor, body.tasking, body.execution, body.request_id, at)


ACTS = (
    Act(
        "field/report",
        Permission.TASKING_REPORT,
        FieldReport,
        _report,
        "Report from the phone page: a step or a check-in.",
    ),
    Act("field/outcome", Permission.OUTCOME_REPORT, FieldOutcome, _outcome, "Report an outcome from the phone page."),
    Act(
        "field/execution",
        Permission.TASKING_REPORT,
        FieldExecution,
        _execution,
        "Write on the phone page how a tasking is carried out.",
    ),
)
