"""By what it is known that nothing changed of what is booked for a unit, without reading it row by row.

A stamp is made of the content itself, put together by the database: there is no number that somebody must remember to raise.
"""

from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ops_centre.domain.intervals import Interval
from ops_centre.models import Assignment, Deployment, Unit

Stamp = tuple[bytes, ...]
FEW = 200  # units that a query names one by one
_FIELD, _ROW = "\x1f", "\x1e"  # between columns, between rows
_OF_ASSIGNMENT = (
    Assignment.id, Assignment.kind, Assignment.operation_id, Assignment.starts_at, Assignment.ends_at, Assignment.place,
    Assignment.lat, Assignment.lon, Assignment.handling_id, Assignment.overrides,
)  # fmt: skip
_OF_DEPLOYMENT = (
    Deployment.id, Deployment.starts_at, Deployment.ends_at, Deployment.duty_hours, Deployment.place,
)  # fmt: skip


def stamps(
    session: Session, units: Sequence[Unit], span: Interval, taskings: Mapping[int, Sequence[Any]]
) -> dict[int, Stamp]:
    """Of each unit and of what is booked for it within ``span``. ``taskings``: rows of each unit, open and ended."""
    assigned = _contents(Assignment.unit_id, _OF_ASSIGNMENT).where(
        Assignment.cancelled_at.is_(None), Assignment.starts_at < span.ends_at, Assignment.ends_at > span.starts_at
    )
    deployed = _contents(Deployment.unit_id, _OF_DEPLOYMENT).where(
        Deployment.starts_at < span.ends_at, or_(Deployment.ends_at.is_(None), Deployment.ends_at > span.starts_at)
    )
    ids = {unit.id for unit in units}
    plans, rosters = (
        _digests(session, assigned, Assignment.unit_id, ids),
        _digests(session, deployed, Deployment.unit_id, ids),
    )
    return {
        unit.id: (
            plans.get(unit.id, b""),
            rosters.get(unit.id, b""),
            _digest(orjson.dumps([tuple(row) for row in taskings.get(unit.id, ())])),
            _digest(orjson.dumps([getattr(unit, name) for name in _OF_UNIT])),
        )
        for unit in units
    }


_OF_UNIT = ("agency", "unit_type", "capabilities", "availability", "out_of_service_reason")  # where it is, is read anew


def _contents(unit_id: InstrumentedAttribute[int], columns: Sequence[InstrumentedAttribute[Any]]) -> Select[int, str]:
    """All rows of each unit as one text."""
    words = [_word(column) for column in columns]
    row = reduce(lambda before, word: before + _FIELD + word, words)
    return select(unit_id, func.aggregate_strings(row, _ROW)).group_by(unit_id)


def _word(column: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    word: ColumnElement[Any] = column.expression if isinstance(column.type, String) else cast(column, String)
    return func.coalesce(word, "") if column.expression.nullable else word


def _digests(
    session: Session, query: Select[int, str], unit_id: InstrumentedAttribute[int], ids: Collection[int]
) -> dict[int, bytes]:
    few = query.where(unit_id.in_(ids)) if len(ids) <= FEW else query
    return {number: _digest(content.encode()) for number, content in session.execute(few)}


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=16).digest()
