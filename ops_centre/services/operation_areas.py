"""The area of an operation: drawn anew as a whole, checked, and written in the duty log.

Whoever saves says which area they began from; when somebody else saved meanwhile it is refused, so that nobody's drawing
is lost unseen. The area of a plan that was approved, or that runs, is changed with a reason.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.operation_rights import may_work
from ops_centre.auth.permissions import Permission
from ops_centre.domain.coordinates import read_points, written
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.operations import ENDED
from ops_centre.domain.shapes import Shape, area_nm2, area_of, described, digest, shape_area_nm2
from ops_centre.errors import Conflict, Invalid, NotPermitted
from ops_centre.models import LogEntry, LogLink, Operation
from ops_centre.picture.area_reads import SETTLED
from ops_centre.services.deeds import Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.in_scope import in_scope
from ops_centre.services.operation_parts import plan_changed

WORDS = "Area of "  # with which each entry begins


class OperationAreas:
    """Acts on the areas of operations."""

    def __init__(self, deeds: Deeds) -> None:
        self.deeds = deeds

    def check(self, shapes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """Shapes as somebody is drawing or typing them, read and measured; nothing is kept.

        A shape has ``points`` or, instead, ``text``: one position on each line. Half a position is no error while it is
        being typed: what is wrong is answered under ``fault``.
        """
        try:
            read = _read(shapes)
        except Invalid as fault:
            return {"fault": str(fault)}
        told = [
            one.as_plain()
            | {"text": written(one.points), "area_nm2": round(shape_area_nm2(one), 3), "described": described(one)}
            for one in read
        ]
        return {"shapes": told, "area_nm2": round(area_nm2(read), 3)}

    def put(
        self,
        actor: Actor,
        operation_id: int,
        basis: str,
        shapes: Sequence[Mapping[str, Any]],
        reason: str | None = None,
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """Give the operation this area. ``basis``: digest of the area it was drawn from.

        Raises NotPermitted, NotFound, Conflict, Invalid.
        """
        authorise(actor, Permission.OPERATION_VIEW)
        with self.deeds.begin(actor, "draw area", request_id) as deed:
            lock_log(deed.session)
            operation = in_scope(deed.session, actor, Operation, operation_id, "operation")
            if not may_work(actor, operation.kind, operation.commander):
                raise NotPermitted(f"{actor.role.value.capitalize()} may not draw the area of this operation.")
            _check_state(operation, reason)
            if basis != digest(operation.area):
                raise Conflict(
                    f"The area was changed{_by_whom(deed.session, operation)}. Look at theirs, then draw again."
                )
            area = _read(shapes)
            plain = [one.as_plain() for one in area]
            if plain == operation.area:
                raise Conflict("That is the area already.")
            operation.area = plain
            deed.touch(operation)
            said = _said(operation, area)
            because = f" Reason: {reason.strip()}" if reason and reason.strip() else ""
            seq = deed.log(
                EntryKind.OPERATION,
                said + because,
                handling_id=operation.handling_id,
                links=[link(ThingKind.OPERATION, operation.id, operation.reference)],
                detail={"area": plain},
                typed=bool(because),
            )
            plan_changed(deed, operation, "area", seq)
            deed.subject = f"operation {operation.id}"
            deed.answer = {"said": said, "basis": digest(plain)}
        return deed.answer


def _check_state(operation: Operation, reason: str | None) -> None:
    if operation.state in ENDED:
        raise Conflict(f"{operation.reference} is {operation.state}: its area stays as it was.")
    if operation.state in SETTLED and not (reason or "").strip():
        raise Invalid(f"{operation.reference} is {operation.state}: say why its area changes.")


def _read(shapes: Sequence[Mapping[str, Any]]) -> tuple[Shape, ...]:
    try:
        return area_of([_with_points(one, number) for number, one in enumerate(shapes, start=1)])
    except ValueError as fault:
        raise Invalid(f"{fault}.".replace("..", ".")) from fault


def _with_points(shape: Mapping[str, Any], number: int) -> Mapping[str, Any]:
    text = shape.get("text")
    if text is None:
        return shape
    try:
        return {**shape, "points": read_points(str(text))}
    except ValueError as fault:
        raise ValueError(f"{shape.get('name') or f'shape {number}'}: {fault}") from fault


def _said(operation: Operation, area: Sequence[Shape]) -> str:
    head = f"{WORDS}{operation.reference}"
    if not area:
        return f"{head} taken away."
    words = "; ".join(f"{one.name}: {described(one).lower()}" if one.name else described(one).lower() for one in area)
    return f"{head} drawn: {words} ({area_nm2(area):,.0f} nm²)."


def _by_whom(session: Session, operation: Operation) -> str:
    """`` by Dana Aro at 12:03 UTC``; nothing where the log does not tell."""
    last = session.scalars(
        select(LogEntry)
        .join(LogLink, LogLink.seq == LogEntry.seq)
        .where(LogLink.kind == ThingKind.OPERATION.value, LogLink.thing == str(operation.id))
        .where(LogEntry.text.startswith(WORDS))
        .order_by(LogEntry.seq.desc())
        .limit(1)
    ).first()
    return f" by {last.author_name} at {last.recorded_at:%H:%M} UTC" if last is not None else " meanwhile"
