"""Which units can have a bar for an operation or at a place, by set-wise queries: all others need not be read or judged.

More may be named than match, never fewer: what a reader may see of them is judged from their bars afterwards.
"""

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ops_centre.domain.intervals import Interval
from ops_centre.domain.places import Gazetteer
from ops_centre.models import Assignment, Deployment, Operation, Tasking


def of_operation(session: Session, operation_id: int) -> set[int]:
    """Ids of units with an assignment or tasking of the operation."""
    assigned = select(Assignment.unit_id).where(
        Assignment.operation_id == operation_id, Assignment.cancelled_at.is_(None)
    )
    tasked = select(Tasking.unit_id).where(Tasking.operation_id == operation_id)
    return {*session.scalars(assigned.distinct()), *session.scalars(tasked.distinct())}


def of_place(session: Session, code: str, span: Interval, gazetteer: Gazetteer) -> set[int]:
    """Ids of units deployed, assigned or on an operation at the place within ``span``."""
    named = (Deployment.place, Assignment.place, Operation.place)
    spelt = {name for column in named for name in _spelt(session.scalars(select(column).distinct()), code, gazetteer)}
    if not spelt:
        return set()
    begun = Deployment.starts_at < span.ends_at
    deployed = select(Deployment.unit_id).where(
        Deployment.place.in_(spelt), begun, or_(Deployment.ends_at.is_(None), Deployment.ends_at > span.starts_at)
    )
    there = select(Operation.id).where(Operation.place.in_(spelt))
    assigned = select(Assignment.unit_id).where(
        or_(Assignment.place.in_(spelt), Assignment.operation_id.in_(there)),
        Assignment.cancelled_at.is_(None), Assignment.starts_at < span.ends_at, Assignment.ends_at > span.starts_at,
    )  # fmt: skip
    return {*session.scalars(deployed.distinct()), *session.scalars(assigned.distinct())}


def _spelt(names: Iterable[str | None], code: str, gazetteer: Gazetteer) -> list[str]:
    """The spellings among ``names`` that mean the place."""
    places = ((name, gazetteer.get(name)) for name in names if name)
    return [name for name, place in places if name == code or (place is not None and place.code == code)]
