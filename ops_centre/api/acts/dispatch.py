"""Acts of dispatch: decisions, and what is said about taskings."""

from datetime import timedelta
from typing import Annotated, Any

from pydantic import Field

from ops_centre.api.acts.base import Act, Body, Line, Moment, Number
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.domain.tasking import TaskingState
from ops_centre.services.dispatch import MOST_UNITS, Choice
from ops_centre.services.taskings import Report

Note = Annotated[str, Field(max_length=2000)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


def words_of(text: str | None) -> str | None:
    """What somebody wrote; None for nothing but blanks."""
    return (text or "").strip() or None


class Decide(Body):
    """A decision from the options that were shown under ``token``. No unit: nobody is sent."""

    token: Line
    units: Annotated[list[Number], Field(max_length=MOST_UNITS)] = []
    authority: Line
    reason: Note | None = None
    intent: Note | None = None
    due_at: Moment | None = None
    operation: Number | None = None  # that it is part of
    accept_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None  # to accept within; None: as configured


class ReportStep(Body):
    """What a unit did, as its agency or the desk was told."""

    tasking: Number
    state: TaskingState
    note: Note | None = None
    at: Moment | None = None
    ago_minutes: Annotated[int, Field(ge=0, le=1440)] | None = None  # instead of `at`: it happened so long ago
    lat: Latitude | None = None
    lon: Longitude | None = None


class Cancel(Body):
    """The centre takes a tasking back."""

    tasking: Number
    reason: Line


class CheckIn(Body):
    """A word from a unit."""

    tasking: Number
    note: Note | None = None
    at: Moment | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None


def _decide(ops: OpsCentre, actor: Actor, body: Decide) -> dict[str, Any]:
    choice = Choice(
        body.token,
        tuple(body.units),
        body.authority,
        words_of(body.reason),
        words_of(body.intent),
        body.due_at,
        timedelta(minutes=body.accept_minutes) if body.accept_minutes else None,
        body.operation,
    )
    return ops.dispatch.decide(actor, choice, body.request_id)


def _report(ops: OpsCentre, actor: Actor, body: ReportStep) -> dict[str, Any]:
    at = body.at
    if at is None and body.ago_minutes:
        at = ops.clock.now() - timedelta(minutes=body.ago_minutes)
    report = Report(words_of(body.note), at, body.lat, body.lon)
    return ops.taskings.report(actor, body.tasking, body.state, report, body.request_id)


def _cancel(ops: OpsCentre, actor: Actor, body: Cancel) -> dict[str, Any]:
    return ops.taskings.cancel(actor, body.tasking, body.reason, body.request_id)


def _check_in(ops: OpsCentre, actor: Actor, body: CheckIn) -> dict[str, Any]:
    report = Report(words_of(body.note), body.at, body.lat, body.lon)
    return ops.taskings.check_in(actor, body.tasking, report, body.request_id)


ACTS = (
    Act("dispatch/decide", Permission.TASKING_DECIDE, Decide, _decide, "Send units, or decide to send nobody."),
    Act("taskings/report", Permission.TASKING_REPORT, ReportStep, _report, "Report what a unit did."),
    Act("taskings/cancel", Permission.TASKING_DECIDE, Cancel, _cancel, "Cancel a tasking, with the reason."),
    Act("taskings/check-in", Permission.TASKING_REPORT, CheckIn, _check_in, "Record that a unit was heard."),
)
