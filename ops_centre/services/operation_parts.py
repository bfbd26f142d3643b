"""What all acts on the parts of an operation share: loading it as its actor may work on it, and logging under it."""

from typing import Any

from ops_centre.auth.actor import Actor
from ops_centre.auth.operation_rights import may_work
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.operations import ENDED, OperationState
from ops_centre.errors import Conflict, NotPermitted
from ops_centre.models import Operation
from ops_centre.services.deeds import Deed
from ops_centre.services.duty_log import lock_log
from ops_centre.services.in_scope import in_scope


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
