"""What all acts on the parts of an operation share: loading it as its actor may work on it, and logging under it."""

from typing import Any

from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.operation_rights import may_work
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.operations import ENDED, OperationState
from ops_centre.errors import Conflict, NotPermitted
from ops_centre.models import Operation, OperationStep
from ops_centre.services.deeds import Deed
from ops_centre.services.duty_log import lock_log
from ops_centre.services.in_scope import in_scope, sees_handling


def operation_to_work_on(deed: Deed, actor: Actor, operation_id: int) -> Operation:
    """The operation, with the end of the log locked; it moves with this deed. Raises NotFound, NotPermitted."""
    lock_log(deed.session)
    operation = in_scope(deed.session, actor, Operation, operation_id, "operation")
    if not may_work(actor, operation.kind, operation.commander):
        raise NotPermitted(
            f"The commander of {operation.reference} does this, or whoever may lead {operation.kind} operations."
        )
    deed.touch(operation)
    deed.subject = f"operation {operation.id}"
    return operation


def sees_part(session: Session, actor: Actor, part: Any) -> bool:
    """Whether the actor may know of the operation of a part that was found by its own number. Asked before anything else is
    said: a number that is guessed looks the same whether or not something stands under it."""
    return sees_handling(session, actor, session.get_one(Operation, part.operation_id).handling_id)


def check_not_approved(operation: Operation, what: str) -> None:
    """Raise Conflict where a second person has agreed to ``what`` and it has not begun: they would see it again."""
    if operation.state == OperationState.APPROVED:
        raise Conflict(f"{operation.reference} is approved: take the approval back before {what} changes.")


def plan_changed(deed: Deed, operation: Operation, what: str, seq: int) -> None:
    """Of a plan that waits for approval, keep who changed ``what`` of it, as entry ``seq`` tells: they do not approve it."""
    if operation.state == OperationState.PLANNED:
        words = f"{what} changed"
        deed.session.add(
            OperationStep(
                operation_id=operation.id, state=operation.state, at=deed.now, by=deed.by, reason=words, log_seq=seq
            )
        )


def check_open(operation: Operation, what: str) -> None:
    """Raise Conflict when the operation has ended, so that ``what`` can no longer be changed."""
    if OperationState(operation.state) in ENDED:
        raise Conflict(f"{operation.reference} is {operation.state}: {what} stands as it is.")


def log_part(
    deed: Deed, operation: Operation, kind: EntryKind, words: str, *, handling_id: int | None = None, **detail: Any
) -> int:
    """A log entry about a part of the operation, handled as it is unless told otherwise."""
    links = [link(ThingKind.OPERATION, operation.id, operation.reference)]
    return deed.log(kind, words, handling_id=handling_id or operation.handling_id, links=links, detail=detail)
