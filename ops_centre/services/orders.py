"""Orders of operations: one draft at a time, issued as the next version, never changed after that.

An issued order is sealed: the log entry holds the SHA-256 of its canonical content (`domain.orders.sealed_order`).
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.orders import DRAFT, ISSUED, changed, digest, missing, sealed_order, written
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import Operation, Order
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.operation_parts import check_open, log_part, operation_to_work_on


class Orders:
    """Acts on orders."""

    def __init__(self, deeds: Deeds) -> None:
        self.deeds = deeds

    def save(
        self,
        actor: Actor,
        operation_id: int,
        version: int,
        edition: int,
        heads: Mapping[str, str],
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """Keep the draft of order ``version``. ``edition``: the saving it was written on; 0 begins a draft.

        Raises NotFound, NotPermitted, Conflict (ended, issued or saved by somebody else meanwhile), Invalid.
        """  # fmt: skip
        authorise(actor, Permission.OPERATION_VIEW)
        with self.deeds.begin(actor, "save order", request_id) as deed:
            operation = operation_to_work_on(deed, actor, operation_id)
            order = _drafted(deed, operation, version, edition, heads)
            deed.answer = {
                "said": f"The draft of order {order.version} is kept.",
                "version": order.version,
                "edition": order.edition,
            }
        return deed.answer

    def issue(
        self,
        actor: Actor,
        operation_id: int,
        version: int,
        edition: int,
        heads: Mapping[str, str],
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """Issue order ``version`` with these words. Raises as `save`; Invalid also when a head it needs is empty or
        nothing has changed since the order before."""  # fmt: skip
        authorise(actor, Permission.OPERATION_VIEW)
        with self.deeds.begin(actor, "issue order", request_id) as deed:
            operation = operation_to_work_on(deed, actor, operation_id)
            order = _drafted(deed, operation, version, edition, heads)
            lacks = missing(order.heads)
            if lacks:
                raise Invalid(f"An order says at least {' and '.join(lacks)} before it is issued.")
            self._issue(deed, actor, operation, order)
        return deed.answer

    def discard(self, actor: Actor, operation_id: int, edition: int, request_id: str | None = None) -> dict[str, Any]:
        """Throw the draft away. Raises NotFound, NotPermitted, Conflict."""
        authorise(actor, Permission.OPERATION_VIEW)
        with self.deeds.begin(actor, "discard order draft", request_id) as deed:
            operation = operation_to_work_on(deed, actor, operation_id)
            draft = _draft_of(deed.session, operation.id)
            if draft is None:
                raise NotFound(f"{operation.reference} has no draft of an order.")
            _check_edition(draft, edition)
            deed.session.delete(draft)
            deed.answer = {"said": f"The draft of order {draft.version} is thrown away."}
        return deed.answer

    def _issue(self, deed: Deed, actor: Actor, operation: Operation, order: Order) -> None:
        before = latest_issued(deed.session, operation.id)
        heads = changed(before.heads if before else {}, order.heads)
        if before is not None and not heads:
            raise Invalid(f"Nothing has changed since order {before.version}.")
        sealed = digest(sealed_order(operation.reference, order.version, order.heads, actor.name, deed.now))
        order.state, order.issued_by, order.issued_at, order.sha256 = ISSUED, actor.name, deed.now, sealed
        said = f"Order {order.version} of {operation.reference} issued"
        words = f"{said}; changed since order {before.version}: {', '.join(heads)}." if before else f"{said}."
        order.log_seq = log_part(
            deed, operation, EntryKind.ORDER, words, version=order.version, sha256=sealed, written_by=order.written_by
        )
        deed.answer = {"said": f"{said}. It is entry {order.log_seq} of the log.", "version": order.version}


def latest_issued(session: Session, operation_id: int) -> Order | None:
    """The order in force."""
    wanted = select(Order).where(Order.operation_id == operation_id, Order.state == ISSUED)
    return session.scalars(wanted.order_by(Order.version.desc()).limit(1)).first()


def _draft_of(session: Session, operation_id: int) -> Order | None:
    return session.scalars(select(Order).where(Order.operation_id == operation_id, Order.state == DRAFT)).first()


def _drafted(deed: Deed, operation: Operation, version: int, edition: int, heads: Mapping[str, str]) -> Order:
    """The draft with these words: a new one, or the one that was edited."""
    check_open(operation, "its order")
    texts = written(heads)
    if not any(texts.values()):
        raise Invalid("The order is empty.")
    before = latest_issued(deed.session, operation.id)
    following = before.version + 1 if before else 1
    if before is not None and version != following:
        raise Conflict(f"Order {before.version} was issued by {before.issued_by} meanwhile. Begin from that one.")
    draft = _draft_of(deed.session, operation.id)
    if draft is None:
        if edition:
            raise Conflict("The draft was thrown away meanwhile. What you wrote is still in the form: save it again.")
        draft = Order(operation_id=operation.id, version=following, state=DRAFT, edition=0, heads={})
        deed.session.add(draft)
    else:
        _check_edition(draft, edition)
    if draft.heads != texts:
        draft.heads, draft.written_by, draft.written_at = texts, deed.by, deed.now
        draft.edition += 1
    deed.session.flush()
    return draft


def _check_edition(draft: Order, edition: int) -> None:
    if draft.edition != edition:
        raise Conflict(
            f"{draft.written_by} saved the draft at {draft.written_at:%H:%M} UTC, after you began. "
            "Keep a copy of your words, undo your changes and put them in again."
        )
