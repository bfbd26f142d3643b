"""Results of examinations: they close the loop to target, hit and criterion.

None is changed. A later one from the same tasking, or a later one without a tasking, takes its place; the earlier stays.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import Clock
from ops_centre.domain.duty_log import EntryKind, Link, ThingKind, link
from ops_centre.domain.tasking import (
    LATE_AFTER,
    Manner,
    NotExamined,
    Result,
    TaskingState,
    UntimelyError,
    faults_of_outcome,
    moment_of,
    status_after,
)
from ops_centre.errors import Conflict, Invalid, NotPermitted
from ops_centre.models import Handling, Outcome, Target, Tasking, Unit
from ops_centre.picture.dispatch_reads import standing_outcomes
from ops_centre.services import duty_log
from ops_centre.services.crews import is_bound_to_agency, manner_of
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.in_scope import in_scope, next_id
from ops_centre.services.taskings import Report, links_of, load_for_report, operation_of, take_step

_BEFORE_SCENE = (TaskingState.ACCEPTED, TaskingState.EN_ROUTE)
_NEVER = (TaskingState.REQUESTED, TaskingState.DECLINED)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of an examination, of a tasking or of a target directly.

    ``completes``: the tasking is complete with it. ``examined_at``: None is now.
    """

    result: Result
    tasking_id: int | None = None
    target_id: int | None = None
    reason: NotExamined | None = None
    finding: str | None = None
    quantity: float | None = None
    quantity_unit: str | None = None
    note: str | None = None
    examined_at: datetime | None = None
    completes: bool = False
    manner: Manner = Manner.DESK


class Outcomes:
    """Takes outcomes."""

    def __init__(self, clock: Clock, deeds: Deeds) -> None:
        self.clock, self.deeds = clock, deeds

    def report(self, actor: Actor, found: Finding, request_id: str | None = None) -> dict[str, Any]:
        """Record an outcome; the answer (``said``, ``outcome``: its number, ``href``).

        Raises Invalid for what is missing, NotFound and NotPermitted as taskings do, Conflict where a tasking never got
        so far.
        """
        authorise(actor, Permission.OUTCOME_REPORT)
        _check(found)
        with self.deeds.begin(actor, "report outcome", request_id) as deed:
            duty_log.lock_log(deed.session)
            found = replace(found, manner=manner_of(actor, found.manner))
            _of_tasking(deed, actor, found) if found.tasking_id is not None else _of_target(deed, actor, found)
            return deed.answer


def _check(found: Finding) -> None:
    if (found.tasking_id is None) == (found.target_id is None):
        raise Invalid("An outcome is of a tasking or of a target.")
    faults = faults_of_outcome(
        found.result, found.reason, found.finding, found.quantity, found.quantity_unit, found.note
    )
    if faults:
        raise Invalid(" ".join(faults))


def _of_tasking(deed: Deed, actor: Actor, found: Finding) -> int:
    tasking, unit = _tasking_to_report(deed, actor, found.tasking_id or 0)
    _check_reached(tasking, unit, found)
    at = _moment(deed, found, tasking.requested_at)
    if found.completes and tasking.ended_at is None:
        authorise(actor, Permission.TASKING_REPORT)  # to end a tasking is a step of it
        _complete(deed, tasking, unit, found, at)
    target = deed.session.get_one(Target, tasking.target_id) if tasking.target_id is not None else None
    links = links_of(tasking, unit, operation_of(deed, tasking))
    number = _write(deed, found, at, target, links, tasking.handling_id, tasking, unit)
    deed.touch(tasking, unit)
    return number


def _of_target(deed: Deed, actor: Actor, found: Finding) -> int:
    authorise(actor, Permission.TARGET_VIEW)
    target = in_scope(deed.session, actor, Target, found.target_id or 0, "target")
    if is_bound_to_agency(actor) and not _owns(deed.session, actor, target):
        raise NotPermitted("Only the target's own agency or the duty desk reports its outcome.")
    at = _moment(deed, found, None)
    links = [link(ThingKind.TARGET, target.id, target.label)]
    return _write(deed, found, at, target, links, target.handling_id, None, None)


def _tasking_to_report(deed: Deed, actor: Actor, number: int) -> tuple[Tasking, Unit]:
    if actor.may(Permission.TASKING_REPORT):
        return load_for_report(deed, actor, number)
    tasking = in_scope(deed.session, actor, Tasking, number, "tasking")  # targeters see to outcomes, not to steps
    return tasking, deed.session.get_one(Unit, tasking.unit_id)


def _check_reached(tasking: Tasking, unit: Unit, found: Finding) -> None:
    state = TaskingState(tasking.state)
    if state in _NEVER:
        raise Conflict(f"{unit.callsign} has not accepted this tasking ({state.value}); it has no outcome to report.")
    if found.result is not Result.NOT_EXAMINED and tasking.on_scene_at is None:
        raise Conflict(f"{unit.callsign} was not reported on scene. Report that first.")


def _complete(deed: Deed, tasking: Tasking, unit: Unit, found: Finding, at: datetime) -> None:
    """End the tasking with its outcome; without having been on scene only because nothing could be examined."""
    note = f"not examined, {found.reason.value}" if found.reason else None
    report = Report(note=note, at=max(at, tasking.on_scene_at or at), manner=found.manner)
    if TaskingState(tasking.state) in _BEFORE_SCENE:
        take_step(deed, tasking, unit, TaskingState.CANCELLED, report)
    else:
        take_step(deed, tasking, unit, TaskingState.COMPLETE, report)


def _owns(session: Session, actor: Actor, target: Target) -> bool:
    return session.get_one(Handling, target.handling_id).owner == actor.agency


def _moment(deed: Deed, found: Finding, not_before: datetime | None) -> datetime:
    try:
        return moment_of(found.examined_at, deed.now, not_before or found.examined_at or deed.now)
    except UntimelyError as untimely:
        raise Invalid(str(untimely)) from untimely


def _write(
    deed: Deed,
    found: Finding,
    at: datetime,
    target: Target | None,
    links: list[Link],
    handling: int,
    tasking: Tasking | None,
    unit: Unit | None,
) -> int:
    session, number = deed.session, next_id(deed.session, Outcome)
    label = target.label if target else tasking.subject if tasking else ""
    earlier = _earlier(session, found, target)
    words = _words(found, label, unit, earlier, late=deed.now - at > LATE_AFTER)
    if earlier is not None:
        links = [*links, link(ThingKind.OUTCOME, earlier, f"Outcome {earlier}")]
    seq = deed.log(
        EntryKind.OUTCOME,
        words,
        handling_id=handling,
        links=[link(ThingKind.OUTCOME, number, f"Outcome {number}"), *links],
        detail=_detail(found, earlier),
        occurred_at=at,
    )
    session.add(
        Outcome(
            id=number, tasking_id=tasking.id if tasking else None, target_id=target.id if target else None,
            result=found.result.value, reason=found.reason.value if found.reason else None, finding=found.finding,
            quantity=found.quantity, quantity_unit=found.quantity_unit, note=found.note, examined_at=at,
            recorded_at=deed.now, recorded_by=deed.by, log_seq=seq, handling_id=handling,
        )
    )  # fmt: skip
    session.flush()
    if target is not None:
        _close(deed, target)
    deed.subject = f"outcome {number}"
    deed.answer = {"said": words, "outcome": number, "href": f"/chain/outcome/{number}"}
    return number


def _close(deed: Deed, target: Target) -> None:
    """The target is what its standing outcomes make of it; while another unit is on its way, a miss does not close it."""
    standing = standing_outcomes(deed.session, target.id)
    status = status_after([(Result(o.result), NotExamined(o.reason) if o.reason else None) for o in standing])
    examined = any(o.result != Result.NOT_EXAMINED for o in standing)
    open_ones = select(func.count()).where(Tasking.target_id == target.id, Tasking.ended_at.is_(None))
    if status is None or (not examined and deed.session.scalar(open_ones)):
        return
    target.decided_status = target.status = status.value
    target.updated_at = deed.now
    deed.touch(target)


def _earlier(session: Session, found: Finding, target: Target | None) -> int | None:
    """The outcome whose place this one takes."""
    query = select(func.max(Outcome.id))
    if found.tasking_id is not None:
        return session.scalar(query.where(Outcome.tasking_id == found.tasking_id))
    target_id = target.id if target is not None else None
    return session.scalar(query.where(Outcome.target_id == target_id, Outcome.tasking_id.is_(None)))


def _words(found: Finding, label: str, unit: Unit | None, earlier: int | None, *, late: bool) -> str:
    by = f", examined by {unit.callsign}" if unit is not None and found.result is not Result.NOT_EXAMINED else ""
    parts = [f"Outcome of {label}{by}: {found.result.value}"]
    parts[0] += f", {found.reason.value}" if found.reason else ""
    parts[0] += f", {found.finding}" if found.finding else ""
    parts[0] += f", {_number(found.quantity)} {found.quantity_unit}" if found.quantity is not None else ""
    if found.note:
        parts.append(found.note)
    if earlier is not None:
        parts.append(f"It takes the place of outcome {earlier}")
    told = ". ".join(part.rstrip(".") for part in parts)
    return f"{told} ({found.manner.value}{', recorded late' if late else ''})."


def _number(quantity: float) -> str:
    return f"{quantity:,.3f}".rstrip("0").rstrip(".")


def _detail(found: Finding, earlier: int | None) -> dict[str, object]:
    return {
        "result": found.result.value,
        "reason": found.reason.value if found.reason else None,
        "finding": found.finding,
        "quantity": found.quantity,
        "quantity_unit": found.quantity_unit,
        "note": found.note,
        "manner": found.manner.value,
        "takes_the_place_of": earlier,
    }
