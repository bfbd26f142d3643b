"""Changes of the plan as they are kept, so that each can be undone exactly.

An assignment is kept as plain values of all its columns but version and revision. A change may be undone as long as every
assignment in it still stands as the change left it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ops_centre.clock import from_ms, to_ms
from ops_centre.models import Assignment, PlanChange
from ops_centre.services.deeds import Deed

_LEFT_OUT = frozenset({"version", "revision"})
_COLUMNS = tuple(column.name for column in Assignment.__table__.columns if column.name not in _LEFT_OUT)
_MOMENTS = frozenset({"starts_at", "ends_at", "assigned_at", "cancelled_at"})

Plain = dict[str, Any]


def plain(assignment: Assignment) -> Plain:
    """As it is kept."""
    return {name: _written(getattr(assignment, name)) for name in _COLUMNS}


def new(assignment: Assignment) -> Plain:
    """What stood before one that was made: nothing."""
    return {"id": assignment.id, "new": True}


def put_back(assignment: Assignment, before: Plain) -> None:
    """Give it the values it had."""
    for name in _COLUMNS:
        value = before[name]
        setattr(assignment, name, from_ms(value) if value is not None and name in _MOMENTS else value)
    assignment.version += 1


def keep(deed: Deed, said: str, before: Sequence[Plain], after: Sequence[Assignment]) -> PlanChange:
    """Remember a change."""
    change = PlanChange(
        by=deed.by, at=deed.now, said=said[:500], before=list(before), after=[plain(one) for one in after]
    )
    deed.session.add(change)
    deed.session.flush()
    return change


def rows_of(session: Session, change: PlanChange) -> dict[int, Assignment]:
    """The assignments of a change as they stand now, read anew."""
    found = (session.get(Assignment, one["id"], populate_existing=True) for one in change.after)
    return {row.id: row for row in found if row is not None}


def _written(value: Any) -> Any:
    return to_ms(value) if isinstance(value, datetime) else value
