"""The plan of units and the orders in force as they were known at a moment.

Assignments have no versions of their own: every change of the plan keeps what it changed, before and after, so what stood at
a moment is what the first change after it found. Deployments of agencies are among the versions. Issued orders never change.
A reader sees what both the handling of then and the one of now allow, as everywhere in the past.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.policy import Audience
from ops_centre.clock import from_ms, to_ms
from ops_centre.domain.crewing import Duty
from ops_centre.domain.orders import ISSUED
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.watches import Head
from ops_centre.models import Assignment, Order, PlanChange
from ops_centre.picture.past_versions import Content, Kept, kept_at

AHEAD = timedelta(hours=48)  # of the plan beyond the moment
MOST = 1500
_COLUMNS = (
    "id", "unit_id", "kind", "operation_id", "place", "lat", "lon", "starts_at", "ends_at", "note", "assigned_by",
    "assigned_at", "cancelled_at", "handling_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlannedThen:
    """One thing that a unit was to do, as it was known."""

    unit_id: int
    callsign: str
    agency: str
    kind: str  # operation, deployment, rest, maintenance; roster: its agency's own deployment
    operation: str | None
    place: str | None
    starts_at: datetime
    ends_at: datetime | None
    note: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class OrderThen:
    """The order of an operation that was in force."""

    operation_id: int
    operation: str
    version: int
    issued_at: datetime
    issued_by: str
    heads: tuple[tuple[str, str], ...]  # each with its text, where it has any


def planned_at(
    session: Session, at: datetime, seen: Audience, agency: str, gazetteer: Gazetteer
) -> tuple[list[PlannedThen], int]:
    """What was on at ``at`` or planned to begin within `AHEAD`, by agency, unit and start; how many more there were.

    ``agency``: the reader's own, which knows when its units are wanted though not for what.
    """
    units, operations = kept_at(session, "units", at, seen), kept_at(session, "operations", at, seen)
    found = [
        *_assigned(session, at, seen, agency, units, operations, gazetteer),
        *_roster(session, at, units, gazetteer),
    ]
    found.sort(key=lambda one: (one.agency, one.callsign, one.starts_at, one.kind))
    return found[:MOST], max(0, len(found) - MOST)


def orders_at(session: Session, at: datetime, seen: Audience) -> list[OrderThen]:
    """Of each operation that ran or was prepared at ``at``: the version that was issued last by then."""
    operations = kept_at(session, "operations", at, seen)
    query = select(Order).where(Order.state == ISSUED, Order.issued_at <= at).order_by(Order.version)
    last = {row.operation_id: row for row in session.scalars(query) if row.operation_id in operations}
    found = [_order(row, operations[number][0]) for number, row in last.items()]
    return sorted(found, key=lambda one: one.operation)


def _order(row: Order, operation: Content) -> OrderThen:
    heads = tuple((head.value, str(row.heads[head.value])) for head in Head if row.heads.get(head.value))
    issued = row.issued_at or row.written_at
    return OrderThen(row.operation_id, _named(operation), row.version, issued, row.issued_by or row.written_by, heads)


def _named(operation: Content) -> str:
    return f"{operation['reference']} {operation['name']}"


def _assigned(
    session: Session,
    at: datetime,
    seen: Audience,
    agency: str,
    units: Kept,
    operations: Kept,
    gazetteer: Gazetteer,
) -> Iterator[PlannedThen]:
    for row, handling_now in _rows_at(session, at):
        unit = units.get(row["unit_id"])
        if unit is None or handling_now not in seen or row["handling_id"] not in seen or not _is_shown(row, at):
            continue
        operation = operations.get(row["operation_id"] or 0)
        if row["operation_id"] is not None and operation is None and unit[0]["agency"] != agency:
            continue
        named = _named(operation[0]) if operation else "an operation" if row["operation_id"] is not None else None
        yield PlannedThen(
            row["unit_id"], unit[0]["callsign"], unit[0]["agency"], row["kind"], named, _where(row, gazetteer),
            from_ms(row["starts_at"]), from_ms(row["ends_at"]), row["note"], row["assigned_by"],
        )  # fmt: skip


def _is_shown(row: Mapping[str, Any], at: datetime) -> bool:
    """Whether it stood then and is on or begins soon."""
    stood = row["assigned_at"] <= to_ms(at) and (row["cancelled_at"] is None or row["cancelled_at"] > to_ms(at))
    return bool(stood and row["starts_at"] < to_ms(at + AHEAD) and row["ends_at"] > to_ms(at))


def _rows_at(session: Session, at: datetime) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Assignments as they stood, each with its handling of now: those changed since, and those that were not."""
    then = _changed_since(session, at)
    near = (Assignment.assigned_at <= at, Assignment.starts_at < at + AHEAD, Assignment.ends_at > at)
    for row in session.scalars(select(Assignment).where(*near)):
        if row.id not in then:
            yield {name: _written(getattr(row, name)) for name in _COLUMNS}, row.handling_id
    rows = session.execute(select(Assignment.id, Assignment.handling_id)).all() if then else ()
    for number, handling in rows:
        if was := then.get(number):
            yield was, handling


def _changed_since(session: Session, at: datetime) -> dict[int, Mapping[str, Any] | None]:
    """What the first change after ``at`` found of each assignment; None: it was not made yet."""
    query = select(PlanChange).where(or_(PlanChange.at > at, PlanChange.undone_at > at))
    found: dict[int, tuple[datetime, int, Mapping[str, Any] | None]] = {}
    for change in session.scalars(query):
        # Undoing it found what the change had left, where the change itself came before the moment
        if change.at > at:
            moment, stood = change.at, change.before
        else:
            moment, stood = change.undone_at or change.at, change.after
        for one in stood:
            key = (moment, change.id)
            if one["id"] not in found or key < found[one["id"]][:2]:
                found[one["id"]] = (*key, None if one.get("new") else one)
    return {number: one[2] for number, one in found.items()}


def _roster(session: Session, at: datetime, units: Kept, gazetteer: Gazetteer) -> Iterator[PlannedThen]:
    """Deployments of agencies, as they were known."""
    for row, _handling in kept_at(session, "deployments", at).values():
        unit, starts = units.get(row["unit_id"]), from_ms(row["starts_at"])
        ends = from_ms(row["ends_at"]) if row["ends_at"] is not None else None
        ends = Duty(starts, ends, row["duty_hours"]).works_until
        if unit is None or starts >= at + AHEAD or (ends is not None and ends <= at):
            continue
        where = row.get("area") or _where(row, gazetteer)
        yield PlannedThen(
            row["unit_id"], unit[0]["callsign"], unit[0]["agency"], "roster", None, where, starts, ends, None, None
        )


def _where(row: Mapping[str, Any], gazetteer: Gazetteer) -> str | None:
    if row.get("place"):
        place = gazetteer.get(row["place"])
        return place.name if place else row["place"]
    lat, lon = row.get("lat"), row.get("lon")
    return f"{lat:.3f}, {lon:.3f}" if lat is not None and lon is not None else None


def _written(value: Any) -> Any:
    return to_ms(value) if isinstance(value, datetime) else value
