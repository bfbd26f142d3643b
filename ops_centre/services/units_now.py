"""Reads every unit as it stands now: position, duty, tasking. A few queries of columns, for 500 units in some milliseconds.

A unit without a position of its own stands at the place of its deployment (`position_at` is None then).
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from ops_centre.domain import geo
from ops_centre.domain.crewing import Duty, present_duty, unbroken
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.travel import UnitNow
from ops_centre.domain.units import UnitType
from ops_centre.models import Deployment, Tasking, Unit

AHEAD = timedelta(days=4)
_KINDS = {kind.value: kind for kind in UnitType}
_OF_UNIT = (
    Unit.id, Unit.callsign, Unit.agency, Unit.unit_type, Unit.capabilities, Unit.availability, Unit.out_of_service_reason,
    Unit.status, Unit.crew, Unit.lat, Unit.lon, Unit.speed_kn, Unit.position_at, Unit.handling_id,
)  # fmt: skip
_OF_DUTY = (
    Deployment.unit_id, Deployment.starts_at, Deployment.ends_at, Deployment.duty_hours, Deployment.crew, Deployment.place,
    Deployment.area,
)  # fmt: skip


def units_now(session: Session, gazetteer: Gazetteer, now: datetime, seen: Callable[[int], bool]) -> list[UnitNow]:
    """Units that are not withdrawn and whose handling (id) is ``seen``, by id."""
    rows = session.execute(select(*_OF_UNIT).where(Unit.withdrawn_at.is_(None)).order_by(Unit.id))
    mine = [row for row in rows if row.unit_type in _KINDS and seen(row.handling_id)]
    duties, taskings = _duties(session, now), _taskings(session)
    return [_unit(row, duties.get(row.id, []), taskings.get(row.id), gazetteer, now) for row in mine]


def _duties(session: Session, now: datetime) -> dict[int, list[Duty]]:
    """Deployments that are on or to come, soonest first, by unit."""
    query = select(*_OF_DUTY).where(
        or_(Deployment.ends_at.is_(None), Deployment.ends_at > now), Deployment.starts_at < now + AHEAD
    )
    found: dict[int, list[Duty]] = {}
    for row in session.execute(query.order_by(Deployment.starts_at, Deployment.id)):
        duty = Duty(row.starts_at, row.ends_at, row.duty_hours, row.crew, row.place, row.area)
        found.setdefault(row.unit_id, []).append(duty)
    return found


def _taskings(session: Session) -> dict[int, str]:
    """What units under a tasking of ours do, by unit. The subject is not said: it may be marked more narrowly."""
    query = select(Tasking.unit_id, Tasking.state).where(Tasking.ended_at.is_(None))
    return {row.unit_id: row.state for row in session.execute(query)}


def _unit(row: Row[Any], duties: list[Duty], doing: str | None, gazetteer: Gazetteer, now: datetime) -> UnitNow:
    present = present_duty(duties, now)
    place = gazetteer.get(present.place) if present else None
    own = row.lat is not None and row.lon is not None and geo.is_position(row.lat, row.lon)
    spot = (row.lat, row.lon) if own else ((place.lat, place.lon) if place else (None, None))
    spans = unbroken(duties, now, now + AHEAD)
    station = None if present is None else (present.area or (place.name if place else present.place))
    return UnitNow(
        id=row.id,
        callsign=row.callsign,
        agency=row.agency,
        unit_type=_KINDS[row.unit_type],
        capabilities=tuple(str(word) for word in row.capabilities or ()),
        availability=row.availability,
        out_of_service_reason=row.out_of_service_reason,
        status=row.status,
        doing=doing,
        lat=spot[0],
        lon=spot[1],
        speed_kn=row.speed_kn if own else None,
        position_at=row.position_at if own else None,
        crew=row.crew or (present.crew if present else None),
        place=place.code if place else None,
        station=station,
        duty_ends_at=next((end for start, end in spans if start <= now < end), None),
        duty_known=bool(duties),
        duties=spans,
    )
