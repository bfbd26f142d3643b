"""What becomes of a tasking: reported by the unit, its agency or the desk by radio, cancelled by the centre; check-ins.

A report keeps the time at which it happened beside the time it was recorded: a phone without a line sends what it has
queued. A step that others had passed over already is recorded late; what contradicts the present state is refused in words.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import Clock
from ops_centre.domain.duty_log import EntryKind, Link, ThingKind, link
from ops_centre.domain.tasking import (
    BY_THE_UNIT,
    LATE_AFTER,
    MOVES,
    Manner,
    TaskingState,
    UntimelyError,
    is_late_step,
    moment_of,
)
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import Operation, Target, Tasking, TaskingStep, Unit
from ops_centre.services import duty_log
from ops_centre.services.crews import check_speaks_for, crewed, manner_of, none_to_report
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.in_scope import MAX_ID, in_scope

MOST_EXECUTION = 2000
CHECK_IN = "check-in"  # a step that changes no state
S = TaskingState

_SAYS = {
    S.ACCEPTED: "{unit} accepted the tasking to {subject}",
    S.DECLINED: "{unit} declined the tasking to {subject}",
    S.EN_ROUTE: "{unit} is en route to {subject}",
    S.ON_SCENE: "{unit} is on scene at {subject}",
    S.COMPLETE: "{unit} completed the tasking to {subject}",
    S.CANCELLED: "The tasking of {unit} to {subject} is cancelled",
}


@dataclass(frozen=True, slots=True)
class Report:
    """What was said about a tasking. ``at``: when it happened; None is now. A position is whole or not there."""

    note: str | None = None
    at: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    manner: Manner = Manner.DESK

    def __post_init__(self) -> None:
        """Raises Invalid for half a position, or none on this Earth."""
        if (self.lat is None) != (self.lon is None):
            raise Invalid("A position needs latitude and longitude.")
        if self.lat is not None and self.lon is not None and not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise Invalid("That is no position: latitude -90 to 90, longitude -180 to 180.")


class Taskings:
    """Reports on taskings."""

    def __init__(self, clock: Clock, deeds: Deeds) -> None:
        self.clock, self.deeds = clock, deeds

    def report(
        self, actor: Actor, tasking_id: int, state: TaskingState, report: Report, request_id: str | None = None
    ) -> dict[str, Any]:
        """The unit did ``state``; the answer (``said``, ``tasking``, ``state``).

        Raises Invalid, NotFound, NotPermitted, and Conflict for what cannot follow.
        """
        authorise(actor, Permission.TASKING_REPORT)
        if state not in BY_THE_UNIT:
            raise Invalid("A unit reports accepted, declined, en route, on scene or complete.")
        if state is S.DECLINED and not report.note:
            raise Invalid("Say why the tasking is declined.")
        with self.deeds.begin(actor, f"report {state.value}", request_id) as deed:
            tasking, unit = load_for_report(deed, actor, tasking_id)
            take_step(deed, tasking, unit, state, replace(report, manner=manner_of(actor, report.manner)))
            return deed.answer

    def cancel(self, actor: Actor, tasking_id: int, reason: str, request_id: str | None = None) -> dict[str, Any]:
        """The centre takes the tasking back. Raises Invalid without a reason, NotFound, Conflict when it has ended."""
        authorise(actor, Permission.TASKING_DECIDE)
        if not reason.strip():
            raise Invalid("Say why the tasking is cancelled.")
        with self.deeds.begin(actor, "cancel tasking", request_id) as deed:
            duty_log.lock_log(deed.session)
            tasking = in_scope(deed.session, actor, Tasking, tasking_id, "tasking")
            unit = deed.session.get_one(Unit, tasking.unit_id)
            take_step(deed, tasking, unit, S.CANCELLED, Report(note=reason.strip(), manner=Manner.DESK))
            return deed.answer

    def check_in(self, actor: Actor, tasking_id: int, report: Report, request_id: str | None = None) -> dict[str, Any]:
        """A word from the unit that changes no state. Raises as `report`; Conflict when the tasking has ended."""
        authorise(actor, Permission.TASKING_REPORT)
        with self.deeds.begin(actor, "check in", request_id) as deed:
            tasking, unit = load_for_report(deed, actor, tasking_id)
            if tasking.ended_at is not None:
                raise Conflict(_ended(tasking, unit))
            at = _moment(deed, tasking, report.at)
            said = f"{unit.callsign} checked in" + (f": {report.note}" if report.note else ".")
            report = replace(report, manner=manner_of(actor, report.manner))
            seq = _log(deed, tasking, unit, said, at, {"check_in": True}, report)
            _heard(deed, tasking, unit, CHECK_IN, at, report, seq)
            deed.answer = {"said": f"{unit.callsign} checked in at {at:%H:%M} UTC.", "tasking": tasking.id}
            return deed.answer

    def write_execution(
        self, actor: Actor, tasking_id: int, words: str, request_id: str | None = None, at: datetime | None = None
    ) -> dict[str, Any]:
        """How the unit's agency means to carry it out, by somebody of that agency or its crew; nothing takes it back.
        ``at``: when it was written, for a phone that had no line.

        Raises Invalid, NotFound, NotPermitted for another agency's, Conflict when it has ended or nothing is different.
        """
        authorise(actor, Permission.TASKING_REPORT)
        text = words.strip()
        if len(text) > MOST_EXECUTION:
            raise Invalid(f"At most {MOST_EXECUTION:,} characters.")
        with self.deeds.begin(actor, "write execution", request_id) as deed:
            tasking, unit = load_for_report(deed, actor, tasking_id)
            if unit.agency != actor.agency and unit.id not in crewed(deed.session, actor):
                raise NotPermitted(f"How {unit.callsign} does it is {unit.agency}'s own to say.")
            if tasking.ended_at is not None:
                raise Conflict(_ended(tasking, unit))
            if (tasking.execution or "") == text:
                raise Conflict("That is what it says already.")
            occurred = _moment(deed, tasking, at) if at is not None else None
            tasking.execution = text or None
            said = (
                f"{unit.callsign} to {tasking.subject}: {unit.agency} says how: {text}"
                if text
                else (f"{unit.callsign} to {tasking.subject}: {unit.agency} takes back how it is carried out.")
            )
            deed.log(
                EntryKind.TASKING, said, handling_id=tasking.handling_id,
                links=links_of(tasking, unit, operation_of(deed, tasking)), detail={"execution": text or None}, typed=True,
                occurred_at=occurred,
            )  # fmt: skip
            touch_operation(deed, tasking)
            deed.touch(tasking)
            deed.subject = f"tasking {tasking.id}"
            deed.answer = {"said": "Written." if text else "Taken back.", "tasking": tasking.id}
            return deed.answer


def touch_operation(deed: Deed, tasking: Tasking) -> None:
    """The operation that a tasking is part of moves with it: its counts and its page follow."""
    if tasking.operation_id is not None:
        deed.touch(deed.session.get_one(Operation, tasking.operation_id))


def load_for_report(deed: Deed, actor: Actor, tasking_id: int) -> tuple[Tasking, Unit]:
    """The tasking and its unit, with the end of the log locked, if the actor may speak for that unit."""
    duty_log.lock_log(deed.session)
    tasking = deed.session.get(Tasking, tasking_id, populate_existing=True) if 0 < tasking_id <= MAX_ID else None
    if tasking is None:
        raise NotFound(none_to_report("tasking"))
    unit = deed.session.get_one(Unit, tasking.unit_id)
    check_speaks_for(deed.session, actor, unit, tasking.handling_id, "tasking")
    return tasking, unit


def take_step(deed: Deed, tasking: Tasking, unit: Unit, state: TaskingState, report: Report) -> None:
    """Record one step and what it changes. Raises Conflict when it cannot follow, Invalid for an impossible time."""
    at, present = _moment(deed, tasking, report.at), TaskingState(tasking.state)
    belated = is_late_step(present, state, _known(tasking))
    if not belated and state not in MOVES[present]:
        raise Conflict(_refusal(tasking, unit, present, state))
    said = _SAYS[state].format(unit=unit.callsign, subject=tasking.subject)
    said += f": {report.note}" if report.note else "."
    seq = _log(deed, tasking, unit, said, at, {"state": state.value, "belated": belated}, report)
    _stamp(tasking, state, at, report.note)
    if not belated:
        tasking.state = state.value
    _heard(deed, tasking, unit, state.value, at, report, seq)
    deed.subject = f"tasking {tasking.id}"
    deed.answer = {
        "said": said if len(said) <= 120 else said[:119] + "…",
        "tasking": tasking.id,
        "state": tasking.state,
    }


def _known(tasking: Tasking) -> dict[TaskingState, datetime | None]:
    return {S.ACCEPTED: tasking.accepted_at, S.EN_ROUTE: tasking.en_route_at, S.ON_SCENE: tasking.on_scene_at}


def _stamp(tasking: Tasking, state: TaskingState, at: datetime, note: str | None) -> None:
    if state is S.ACCEPTED:
        tasking.accepted_at = at
    elif state is S.EN_ROUTE:
        tasking.en_route_at = at
    elif state is S.ON_SCENE:
        tasking.on_scene_at = at
    else:
        tasking.ended_at = at
        tasking.end_reason = note


def _moment(deed: Deed, tasking: Tasking, said: datetime | None) -> datetime:
    try:
        return moment_of(said, deed.now, tasking.requested_at)
    except UntimelyError as untimely:
        raise Invalid(str(untimely)) from untimely


def _refusal(tasking: Tasking, unit: Unit, present: TaskingState, wanted: TaskingState) -> str:
    if tasking.ended_at is not None:
        return _ended(tasking, unit)
    if present is wanted:
        return f"{unit.callsign} was reported {present.value} already."
    following = [state.value for state in TaskingState if state in MOVES[present] and state in BY_THE_UNIT]
    return f"{unit.callsign} is {present.value}; next can be {' or '.join(following)}, not {wanted.value}."


def _ended(tasking: Tasking, unit: Unit) -> str:
    why = f": {tasking.end_reason}" if tasking.end_reason else ""
    return f"The tasking of {unit.callsign} to {tasking.subject} is {tasking.state} since {tasking.ended_at:%H:%M} UTC{why}"


def _heard(deed: Deed, tasking: Tasking, unit: Unit, state: str, at: datetime, report: Report, seq: int) -> None:
    """Keep the step, that the unit was heard, and where it was; the picture follows."""
    deed.session.add(
        TaskingStep(
            tasking_id=tasking.id, state=state, at=at, recorded_at=deed.now, by=deed.by, manner=report.manner.value,
            note=report.note, lat=report.lat, lon=report.lon, log_seq=seq,
        )
    )  # fmt: skip
    if state != S.CANCELLED.value:
        tasking.checked_in_at = max(tasking.checked_in_at, at)
    touch_operation(deed, tasking)
    if report.lat is not None and (unit.position_at is None or at > unit.position_at):
        unit.lat, unit.lon, unit.position_at, unit.course_deg, unit.speed_kn = report.lat, report.lon, at, None, None
    deed.touch(tasking, unit)
    if tasking.target_id is not None:
        deed.touch(deed.session.get_one(Target, tasking.target_id))


def links_of(tasking: Tasking, unit: Unit, operation: Operation | None = None) -> list[Link]:
    """To the tasking and all it is about. ``operation``: that it is part of."""
    found = [
        link(ThingKind.TASKING, tasking.id, f"{unit.callsign}: {tasking.subject}"),
        link(ThingKind.UNIT, unit.id, unit.callsign),
        link(ThingKind.DECISION, tasking.decision_id, f"Decision {tasking.decision_id}"),
    ]
    if tasking.target_id is not None:
        found.append(link(ThingKind.TARGET, tasking.target_id, tasking.subject))
    elif tasking.track_id is not None:
        found.append(link(ThingKind.TRACK, tasking.track_id, tasking.subject))
    if operation is not None:
        found.append(link(ThingKind.OPERATION, operation.id, operation.reference))
    return found


def operation_of(deed: Deed, tasking: Tasking) -> Operation | None:
    """The operation that a tasking is part of."""
    return deed.session.get_one(Operation, tasking.operation_id) if tasking.operation_id is not None else None


def _log(
    deed: Deed, tasking: Tasking, unit: Unit, said: str, at: datetime, detail: dict[str, object], report: Report
) -> int:
    late = deed.now - at > LATE_AFTER
    told = f"{said.rstrip('.')} ({report.manner.value}{', recorded late' if late else ''})."
    where = {"lat": report.lat, "lon": report.lon} if report.lat is not None else {}
    return deed.log(
        EntryKind.TASKING,
        told,
        handling_id=tasking.handling_id,
        links=links_of(tasking, unit, operation_of(deed, tasking)),
        detail={**detail, "manner": report.manner.value, **where},
        occurred_at=at,
    )
