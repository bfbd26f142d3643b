"""Objectives of an operation: what is to be reached, by which measure, and how far it was."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.operations import RUNNING, OperationState
from ops_centre.domain.results import Result
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import Objective, Operation
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.in_scope import MAX_ID
from ops_centre.services.operation_parts import (
    check_not_approved,
    check_open,
    log_part,
    operation_to_work_on,
    plan_changed,
)

MOST = 20  # objectives of one operation
JUDGED = RUNNING | {OperationState.CLOSED}


class Objectives:
    """Acts on objectives."""

    def __init__(self, deeds: Deeds) -> None:
        self.deeds = deeds

    def add(
        self, actor: Actor, operation_id: int, text: str, measure: str, request_id: str | None = None
    ) -> dict[str, Any]:
        """Add one at the end. Raises NotFound, NotPermitted, Conflict, Invalid."""
        authorise(actor, Permission.OPERATION_VIEW)
        text, measure = _said(text, measure)
        with self.deeds.begin(actor, "add objective", request_id) as deed:
            operation = operation_to_work_on(deed, actor, operation_id)
            check_open(operation, "what it is to reach")
            check_not_approved(operation, "what it is to reach")
            standing = Objective.operation_id == operation.id, Objective.dropped_at.is_(None)
            if (deed.session.scalar(select(func.count()).select_from(Objective).where(*standing)) or 0) >= MOST:
                raise Conflict(f"An operation has at most {MOST} objectives.")
            last = select(func.max(Objective.position)).where(Objective.operation_id == operation.id)
            number = (deed.session.scalar(last) or 0) + 1
            objective = Objective(operation_id=operation.id, position=number, version=1, text=text, measure=measure)
            deed.session.add(objective)
            deed.session.flush()
            seq = _log(deed, operation, objective, f"Objective {number} of {operation.reference}: {_full(objective)}")
            plan_changed(deed, operation, f"objective {number}", seq)
            deed.answer = {"said": f"Objective {number} is added.", "objective": objective.id}
        return deed.answer

    def edit(
        self, actor: Actor, objective_id: int, version: int, text: str, measure: str, request_id: str | None = None
    ) -> dict[str, Any]:
        """Change its words. Raises NotFound, NotPermitted, Conflict (an older version), Invalid."""
        authorise(actor, Permission.OPERATION_VIEW)
        text, measure = _said(text, measure)
        with self.deeds.begin(actor, "edit objective", request_id) as deed:
            operation, objective = _loaded(deed, actor, objective_id)
            check_open(operation, "what it is to reach")
            check_not_approved(operation, "what it is to reach")
            _check_version(objective, version)
            was = _full(objective)
            objective.text, objective.measure = text, measure
            objective.version += 1
            words = f"Objective {objective.position} of {operation.reference} is now: {_full(objective)} It was: {was}"
            seq = _log(deed, operation, objective, words)
            plan_changed(deed, operation, f"objective {objective.position}", seq)
            deed.answer = {"said": f"Objective {objective.position} is changed.", "version": objective.version}
        return deed.answer

    def drop(self, actor: Actor, objective_id: int, reason: str, request_id: str | None = None) -> dict[str, Any]:
        """Take it out, with a reason; it stays in the record. Raises NotFound, NotPermitted, Conflict, Invalid."""
        authorise(actor, Permission.OPERATION_VIEW)
        if not reason.strip():
            raise Invalid("Say why the objective is dropped.")
        with self.deeds.begin(actor, "drop objective", request_id) as deed:
            operation, objective = _loaded(deed, actor, objective_id)
            check_open(operation, "what it is to reach")
            check_not_approved(operation, "what it is to reach")
            objective.dropped_at = deed.now
            objective.version += 1
            words = f"Objective {objective.position} of {operation.reference} dropped: {reason.strip()}"
            seq = _log(deed, operation, objective, words)
            plan_changed(deed, operation, f"objective {objective.position}", seq)
            deed.answer = {"said": f"Objective {objective.position} is dropped."}
        return deed.answer

    def shift(
        self, actor: Actor, objective_id: int, version: int, up: bool, request_id: str | None = None
    ) -> dict[str, Any]:
        """Change places with the one before it (``up``) or after it. Raises NotFound, NotPermitted, Conflict."""
        authorise(actor, Permission.OPERATION_VIEW)
        with self.deeds.begin(actor, "shift objective", request_id) as deed:
            operation, objective = _loaded(deed, actor, objective_id)
            check_open(operation, "what it is to reach")
            check_not_approved(operation, "what it is to reach")
            _check_version(objective, version)
            rows = standing(deed.session, operation.id)
            place = rows.index(objective) + (-1 if up else 1)
            if not 0 <= place < len(rows):
                raise Conflict(f"Objective {objective.position} is the {'first' if up else 'last'} already.")
            other, was = rows[place], objective.position
            objective.position, other.position = other.position, was
            objective.version, other.version = objective.version + 1, other.version + 1
            words = f"Objectives of {operation.reference} in another order: “{objective.text}” is now {objective.position}, "
            _log(deed, operation, objective, f"{words}“{other.text}” {other.position}.")
            deed.answer = {"said": f"It is objective {objective.position} now.", "version": objective.version}
        return deed.answer

    def place(
        self, actor: Actor, objective_id: int, version: int, onto: int, request_id: str | None = None
    ) -> dict[str, Any]:
        """Take the place of objective ``onto``; those between move up or down. Raises NotFound, NotPermitted, Conflict."""
        authorise(actor, Permission.OPERATION_VIEW)
        with self.deeds.begin(actor, "place objective", request_id) as deed:
            operation, objective = _loaded(deed, actor, objective_id)
            check_open(operation, "what it is to reach")
            check_not_approved(operation, "what it is to reach")
            _check_version(objective, version)
            rows = standing(deed.session, operation.id)
            place = next((at for at, one in enumerate(rows) if one.id == onto), None)
            if place is None:
                raise Conflict("The objective whose place it was to take is no longer there. Look again.")
            if onto == objective_id:
                raise Conflict(f"It is objective {objective.position} already.")
            _put(rows, objective, place)
            words = f"Objectives of {operation.reference} in another order: “{objective.text}” is now "
            _log(deed, operation, objective, f"{words}{objective.position} of {len(rows)}.")
            deed.answer = {"said": f"It is objective {objective.position} now.", "version": objective.version}
        return deed.answer

    def judge(
        self, actor: Actor, objective_id: int, version: int, result: Result, note: str, request_id: str | None = None
    ) -> dict[str, Any]:
        """Say how far it was reached; a later judgement replaces an earlier one. Anything but success needs a word.

        Raises NotFound, NotPermitted, Conflict, Invalid.
        """
        authorise(actor, Permission.OPERATION_VIEW)
        if result is not Result.SUCCESSFUL and not note.strip():
            raise Invalid(f"Say what made it {result}.")
        with self.deeds.begin(actor, "judge objective", request_id) as deed:
            operation, objective = _loaded(deed, actor, objective_id)
            if OperationState(operation.state) not in JUDGED:
                raise Conflict(f"{operation.reference} is {operation.state}: its objectives are judged once it runs.")
            _check_version(objective, version)
            objective.result, objective.result_note = result.value, note.strip() or None
            objective.result_by, objective.result_at = actor.name, deed.now
            objective.version += 1
            because = f": {objective.result_note}" if objective.result_note else "."
            words = f"Objective {objective.position} of {operation.reference} is {result}{because}"
            _log(deed, operation, objective, words)
            deed.answer = {"said": f"Objective {objective.position} is {result}.", "version": objective.version}
        return deed.answer


def standing(session: Session, operation_id: int) -> list[Objective]:
    """The objectives that were not dropped, in order."""
    wanted = select(Objective).where(Objective.operation_id == operation_id, Objective.dropped_at.is_(None))
    return list(session.scalars(wanted.order_by(Objective.position, Objective.id)))


def _put(rows: list[Objective], objective: Objective, place: int) -> None:
    """Bring ``objective`` to that place of ``rows``; whatever has another number then has a new version."""
    numbers = [one.position for one in rows]
    rows.insert(place, rows.pop(rows.index(objective)))
    for one, number in zip(rows, numbers, strict=True):
        if one.position != number:
            one.position, one.version = number, one.version + 1


def _loaded(deed: Deed, actor: Actor, objective_id: int) -> tuple[Operation, Objective]:
    found = deed.session.get(Objective, objective_id) if 0 < objective_id <= MAX_ID else None
    none = "There is no such objective, or it is not released to you."
    if found is None:
        raise NotFound(none)
    try:
        operation = operation_to_work_on(deed, actor, found.operation_id)
    except NotFound:
        raise NotFound(none) from None
    objective = deed.session.get_one(Objective, objective_id, populate_existing=True)  # anew, the log now being locked
    if objective.dropped_at is not None:
        raise Conflict(f"Objective {objective.position} was dropped meanwhile.")
    return operation, objective


def _said(text: str, measure: str) -> tuple[str, str]:
    text, measure = " ".join(text.split()), " ".join(measure.split())
    if not text or not measure:
        raise Invalid("Say what is to be reached and how that is measured.")
    return text, measure


def _check_version(objective: Objective, version: int) -> None:
    if objective.version != version:
        raise Conflict(f"Somebody changed objective {objective.position} meanwhile. Look at it again.")


def _full(objective: Objective) -> str:
    return f"“{objective.text}”, measured by “{objective.measure}”."


def _log(deed: Deed, operation: Operation, objective: Objective, words: str) -> int:
    return log_part(deed, operation, EntryKind.OPERATION, words, objective=objective.id, position=objective.position)
