"""Loading a row by number as its actor may know of it: what is out of scope looks as if it did not exist."""

from typing import Any, TypeVar

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.policy import rule_of
from ops_centre.errors import NotFound
from ops_centre.models import Handling
from ops_centre.picture.scope import scope_of, sees

MAX_ID = 2**63 - 1
Row = TypeVar("Row")


def sees_handling(session: Session, actor: Actor, handling_id: int) -> bool:
    """Whether the actor may know of what is handled so."""
    return sees(scope_of(actor), rule_of(session.get_one(Handling, handling_id)))


def in_scope(session: Session, actor: Actor, model: type[Row], number: int, called: str) -> Row:
    """The row, read anew. Raises NotFound when there is none or the actor may not know of it."""
    row: Any = session.get(model, number, populate_existing=True) if 0 < number <= MAX_ID else None
    if row is None or not sees_handling(session, actor, row.handling_id):
        raise NotFound(f"There is no such {called}, or it is not released to you.")
    found: Row = row
    return found


def next_id(session: Session, model: Any) -> int:
    """A number for a new row that must be known before the row is there (its log entry names it, and comes first).

    Call it with the end of the log locked: on SQLite the highest number counts.
    """
    table = model.__tablename__
    if session.get_bind().dialect.name == "postgresql":
        ask = text("SELECT nextval(pg_get_serial_sequence(:table, 'id'))")
        return int(session.execute(ask, {"table": table}).scalar_one())
    return int(session.scalar(select(func.coalesce(func.max(model.id), 0))) or 0) + 1
