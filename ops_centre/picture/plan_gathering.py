"""Gathers what the rules of the plan go by: units, and all that is booked for them in a span of time.

Everything is read, whoever asks: a unit booked for what one may not know of is booked all the same. What a reader may not
know of is veiled here: it keeps its time and loses its name, place and purpose.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, String, cast, func, or_, select
from sqlalchemy.orm import Session

from ops_centre.config import Planning, Settings
from ops_centre.domain.authority import AuthorityRule, Demand, demand_of
from ops_centre.domain.crewing import Duty
from ops_centre.domain.geo import is_position
from ops_centre.domain.intervals import Interval, by_start
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.planning import REACH, Booking, BookingKind, PlannedUnit, Spot, Whereabouts
from ops_centre.domain.units import Availability, OutOfService, UnitType
from ops_centre.models import Assignment, Deployment, Operation, Outcome, Tasking, Unit

VEILED = "something that is not released to you"
FAR = timedelta(days=3660)
DRAGS_ON = timedelta(minutes=1)  # of a tasking that should have ended
_KINDS = {kind.value: kind for kind in BookingKind}
_TYPES = {kind.value: kind for kind in UnitType}
_OF_ASSIGNMENT = (
    Assignment.id, Assignment.unit_id, Assignment.kind, Assignment.operation_id, Assignment.place, Assignment.lat,
    Assignment.lon, Assignment.starts_at, Assignment.ends_at, Assignment.assigned_by, Assignment.handling_id,
    Assignment.crew, Assignment.note, Assignment.pattern_id, Assignment.proposal_id, Assignment.version,
    func.nullif(cast(Assignment.overrides, String), "[]").label("accepted"),  # as text: next to none has any
)  # fmt: skip
_OF_DEPLOYMENT = (
    Deployment.id, Deployment.unit_id, Deployment.place, Deployment.area, Deployment.starts_at, Deployment.ends_at,
    Deployment.duty_hours, Deployment.crew,
)  # fmt: skip
_OF_TASKING = (
    Tasking.id, Tasking.unit_id, Tasking.operation_id, Tasking.state, Tasking.requested_at, Tasking.due_at,
    Tasking.meet_at, Tasking.meet_lat, Tasking.meet_lon, Tasking.handling_id, Tasking.subject, Tasking.accepted_at,
    Tasking.en_route_at, Tasking.on_scene_at, Tasking.ended_at, Tasking.end_reason,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanOperation:
    """What the plan needs of an operation."""

    id: int
    reference: str
    name: str
    state: str
    is_exercise: bool
    agencies: tuple[str, ...]
    subjects: tuple[str, ...]
    aim: str  # name and purpose
    place: str | None
    window: Interval | None
    capabilities: tuple[str, ...]
    handling_id: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """Bookings by unit, each by start; units; operations they are for."""

    units: Mapping[int, PlannedUnit]
    bookings: Mapping[int, Sequence[Booking]]
    operations: Mapping[int, PlanOperation]
    rows: Mapping[str, Row[Any]]  # by key of booking
    ended: Mapping[int, Sequence[Row[Any]]] = field(default_factory=dict)  # taskings that have ended, by unit


@dataclass(frozen=True, slots=True)
class PlanRows:
    """What is stored about some units in a span of time."""

    deployments: Sequence[Row[Any]]
    assignments: Sequence[Row[Any]]
    taskings: Sequence[Row[Any]]  # open ones
    ended: Sequence[Row[Any]]  # taskings that have ended
    operations: Mapping[int, PlanOperation]

    def by_unit(self) -> dict[int, tuple[list[Row[Any]], ...]]:
        """Those of each unit, kind by kind."""
        found: dict[int, tuple[list[Row[Any]], ...]] = {}
        for place, rows in enumerate((self.deployments, self.assignments, self.taskings, self.ended)):
            for row in rows:
                found.setdefault(row.unit_id, ([], [], [], []))[place].append(row)
        return found


class PlanGathering:
    """Reads in one session."""

    def __init__(self, session: Session, settings: Settings, gazetteer: Gazetteer, now: datetime) -> None:
        self.session, self.settings, self.gazetteer, self.now = session, settings, gazetteer, now

    @property
    def rules(self) -> Planning:
        """The settings."""
        return self.settings.planning

    def gather(
        self, unit_ids: Collection[int], span: Interval, seen: Collection[int], reach: timedelta = REACH
    ) -> Gathered:
        """All about these units around ``span``. ``seen``: handlings the reader may know of."""
        wide = Interval(span.starts_at - reach, span.ends_at + reach)
        return self.bookings(frozenset(unit_ids), self.rows(unit_ids, wide), seen)

    def rows(self, unit_ids: Collection[int], span: Interval) -> PlanRows:
        """As they are stored, with the operations that they are for."""
        unit_ids = frozenset(unit_ids)
        booked = self.deployments(unit_ids, span), self.assignments(unit_ids, span), self.taskings(unit_ids)
        done = self.ended_taskings(unit_ids, span)
        wanted = {row.operation_id for rows in (*booked[1:], done) for row in rows if row.operation_id is not None}
        return PlanRows(*booked, done, self.operations(wanted))

    def bookings(self, unit_ids: Collection[int], rows: PlanRows, seen: Collection[int]) -> Gathered:
        """Of these units, out of rows that may be of more."""
        bookings: dict[int, list[Booking]] = {number: [] for number in unit_ids}
        by_key: dict[str, Row[Any]] = {}
        for booking, row in (
            *((self.of_deployment(row), row) for row in rows.deployments if row.unit_id in bookings),
            *(
                (self.of_assignment(row, rows.operations, seen), row)
                for row in rows.assignments
                if row.unit_id in bookings
            ),
            *((self.of_tasking(row, seen), row) for row in rows.taskings if row.unit_id in bookings),
        ):
            bookings[booking.unit_id].append(booking)
            by_key[booking.key] = row
        for found in bookings.values():
            found.sort(key=lambda one: by_start(one.span))
        ends = self.roster_ends(rows.deployments)
        ended: dict[int, list[Row[Any]]] = {}
        for row in rows.ended:
            ended.setdefault(row.unit_id, []).append(row)
        return Gathered(self.units(unit_ids, ends, ended), bookings, rows.operations, by_key, ended)

    # Rows

    def assignments(self, unit_ids: Collection[int], span: Interval) -> Sequence[Row[Any]]:
        """Those of the plan that share time with the span."""
        query = select(*_OF_ASSIGNMENT).where(
            Assignment.cancelled_at.is_(None), Assignment.starts_at < span.ends_at, Assignment.ends_at > span.starts_at
        )
        return self._of_units(query, Assignment.unit_id, unit_ids)

    def deployments(self, unit_ids: Collection[int], span: Interval) -> Sequence[Row[Any]]:
        """The agencies' own."""
        query = select(*_OF_DEPLOYMENT).where(
            Deployment.starts_at < span.ends_at, or_(Deployment.ends_at.is_(None), Deployment.ends_at > span.starts_at)
        )
        return self._of_units(query, Deployment.unit_id, unit_ids)

    def taskings(self, unit_ids: Collection[int]) -> Sequence[Row[Any]]:
        """Open ones."""
        return self._of_units(select(*_OF_TASKING).where(Tasking.ended_at.is_(None)), Tasking.unit_id, unit_ids)

    def ended_taskings(self, unit_ids: Collection[int], span: Interval) -> Sequence[Row[Any]]:
        """Those that have ended and share time with the span, by when they were asked for."""
        query = select(*_OF_TASKING).where(Tasking.ended_at > span.starts_at, Tasking.requested_at < span.ends_at)
        return self._of_units(query.order_by(Tasking.requested_at, Tasking.id), Tasking.unit_id, unit_ids)

    def outcomes(self, tasking_ids: Collection[int], seen: Collection[int]) -> dict[int, str]:
        """The last result of each tasking that the reader may know of."""
        query = select(Outcome.tasking_id, Outcome.result, Outcome.handling_id).order_by(Outcome.id)
        found = self.session.execute(query.where(Outcome.tasking_id.in_(tasking_ids))) if tasking_ids else ()
        return {row.tasking_id: row.result for row in found if row.handling_id in seen}

    def _of_units(self, query: Any, column: Any, unit_ids: Collection[int]) -> Sequence[Row[Any]]:
        few = query.where(column.in_(unit_ids)) if len(unit_ids) <= 200 else query
        return [row for row in self.session.execute(few) if row.unit_id in unit_ids]

    def units(
        self, unit_ids: Collection[int], roster: Mapping[int, datetime], ended: Mapping[int, Sequence[Row[Any]]]
    ) -> dict[int, PlannedUnit]:
        """Units by id; those of a type the centre does not know are left out."""
        query = select(
            Unit.id, Unit.callsign, Unit.agency, Unit.unit_type, Unit.capabilities, Unit.availability,
            Unit.out_of_service_reason, Unit.lat, Unit.lon, Unit.position_at,
        ).where(Unit.id.in_(unit_ids))  # fmt: skip
        return {
            row.id: PlannedUnit(
                row.id, row.callsign, row.agency, _TYPES[row.unit_type], tuple(str(one) for one in row.capabilities or ()),
                self.out_until(row), row.out_of_service_reason, roster.get(row.id), self.present(row),
                done_of(ended.get(row.id, ())),
            )
            for row in self.session.execute(query)
            if row.unit_type in _TYPES
        }  # fmt: skip

    def out_until(self, row: Row[Any] | Unit) -> datetime | None:
        """A unit at rest is on its roster again when its roster says so; for anything else a time is taken."""
        if row.availability != Availability.OUT_OF_SERVICE or row.out_of_service_reason == OutOfService.REST:
            return None
        return self.now + timedelta(hours=self.rules.out_of_service_hours)

    def present(self, row: Row[Any] | Unit) -> Whereabouts:
        """Where it is now; a position is stale as for the options of a dispatch."""
        if row.lat is None or row.lon is None or not is_position(row.lat, row.lon):
            return Whereabouts(self.now)
        oldest = self.now - timedelta(minutes=self.settings.options.stale_after_minutes)
        fresh = row.position_at is not None and row.position_at >= oldest
        return Whereabouts(self.now, (row.lat, row.lon), row.position_at, is_stale=not fresh)

    def roster_ends(self, deployments: Iterable[Row[Any]]) -> dict[int, datetime]:
        """Until when each unit's deployments are known."""
        ends: dict[int, datetime] = {}
        for row in deployments:
            end = row.ends_at or self.now + FAR
            ends[row.unit_id] = max(end, ends.get(row.unit_id, end))
        return ends

    def operations(self, ids: Collection[int]) -> dict[int, PlanOperation]:
        """Operations by id."""
        if not ids:
            return {}
        found = self.session.scalars(select(Operation).where(Operation.id.in_(ids)))
        return {one.id: plan_operation(one) for one in found}

    # Bookings

    def of_deployment(self, row: Row[Any]) -> Booking:
        """A booking of an agency's deployment; an open one goes on."""
        duty = Duty(row.starts_at, row.ends_at, row.duty_hours)
        until = duty.works_until or self.now + FAR
        place = self.gazetteer.get(row.place)
        label = row.area or (place.name if place else row.place) or "no place given"
        span = Interval(row.starts_at, max(until, row.starts_at))
        return Booking(
            f"deployment:{row.id}", row.unit_id, BookingKind.AGENCY, span, label, place.code if place else row.place,
            (place.lat, place.lon) if place else None,
        )  # fmt: skip

    def of_assignment(self, row: Any, operations: Mapping[int, PlanOperation], seen: Collection[int]) -> Booking:
        """A booking of a stored assignment, veiled where its reader may not know of it."""
        span, kind, key = Interval(row.starts_at, row.ends_at), _KINDS[row.kind], f"assignment:{row.id}"
        if row.handling_id not in seen:
            return Booking(key, row.unit_id, kind, span, VEILED)
        operation = operations.get(row.operation_id) if row.operation_id is not None else None
        place, spot = self.where(row.place, row.lat, row.lon, operation)
        label = self.label(kind, place, operation if operation and operation.handling_id in seen else None)
        return Booking(
            key, row.unit_id, kind, span, label, place, spot, row.operation_id, self.demand(operation),
            operation.window if operation else None, row.assigned_by,
        )  # fmt: skip

    def of_tasking(self, row: Row[Any], seen: Collection[int]) -> Booking:
        """An open tasking: until it is to be complete, or as long as taskings usually last."""
        begins, visible = row.requested_at, row.handling_id in seen
        until = max(self.tasking_ends(row), self.now + DRAGS_ON)
        spot = (row.meet_lat, row.meet_lon) if visible and row.meet_lat is not None else None
        return Booking(
            f"tasking:{row.id}", row.unit_id, BookingKind.TASKING, Interval(begins, until),
            f"{row.subject} ({row.state})" if visible else VEILED, None, spot, row.operation_id,
        )  # fmt: skip

    def tasking_ends(self, row: Row[Any]) -> datetime:
        """When it is to be complete; one that is not by then goes on from moment to moment."""
        lasts = timedelta(hours=self.rules.tasking_hours)
        begins: datetime = row.requested_at
        return max(row.due_at or (row.meet_at or begins) + lasts, begins)

    def where(
        self, code: str | None, lat: float | None, lon: float | None, operation: PlanOperation | None
    ) -> tuple[str | None, Spot | None]:
        """Where it is: its own place or position, else that of its operation."""
        if code is None and lat is not None and lon is not None:
            return None, (lat, lon)
        place = self.gazetteer.get(code or (operation.place if operation else None))
        return (place.code, (place.lat, place.lon)) if place else (code, None)

    def label(self, kind: BookingKind, code: str | None, operation: PlanOperation | None) -> str:
        """What it is, in words: ``D26-014 Night tide``, ``Auckland``, ``rest``."""
        if kind in (BookingKind.REST, BookingKind.MAINTENANCE):
            return kind.value
        if operation is not None:
            return f"{operation.reference} {operation.name}"
        place = self.gazetteer.get(code)
        where = place.name if place else code
        if kind is BookingKind.OPERATION:
            return "an operation" + (f", {where}" if where else "")
        return where or "deployed at sea"

    def demand(self, operation: PlanOperation | None, further: Sequence[str] = ()) -> Demand | None:
        """What is asked of one unit: any one of what the operation asks for, and an agency with a part and authority."""
        if operation is None:
            return Demand((tuple(further),), None) if further else None
        needs = tuple(one for one in (operation.capabilities, tuple(further)) if one)
        return Demand(needs, self._agencies(operation))

    def _agencies(self, operation: PlanOperation) -> frozenset[str] | None:
        """Those that take part; where nobody said, those with authority over what it is about."""
        if operation.agencies or not operation.subjects:
            return frozenset(operation.agencies) or None
        rules = [AuthorityRule(one.agency, one.subject, tuple(one.words)) for one in self.settings.authority]
        allowed = [demand_of((), rules, subject, operation.aim).agencies for subject in operation.subjects]
        return None if None in allowed else frozenset[str]().union(*(one for one in allowed if one is not None))


def done_of(ended: Iterable[Row[Any]]) -> tuple[Interval, ...]:
    """What a unit spent on taskings: from when it set out. One that it never set out for took no time."""
    begun = ((row.en_route_at or row.on_scene_at, row.ended_at) for row in ended)
    return tuple(Interval(begin, end) for begin, end in begun if begin is not None and begin < end)


def plan_operation(operation: Operation) -> PlanOperation:
    """What the plan needs of a stored operation."""
    starts, ends = operation.starts_at, operation.ends_at
    window = Interval(starts, ends or starts + FAR) if starts is not None else None
    return PlanOperation(
        operation.id, operation.reference, operation.name, operation.state, operation.is_exercise,
        tuple(operation.agencies), tuple(operation.subjects), f"{operation.name} {operation.purpose}", operation.place, window,
        tuple(str(one["capability"]) for one in operation.required if one.get("capability")), operation.handling_id,
    )  # fmt: skip
