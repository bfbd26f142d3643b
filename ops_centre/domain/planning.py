"""Whether a unit can be booked for a time: the rules of the plan, without I/O.

A booking is tried against the unit's other bookings: those of the centre (assignments), its agency's deployments and its
open tasking. What is found is a `Conflict` with its weight: one that forbids, one that a person may accept with a reason,
or one that is only told. Nobody is ever in two bookings of the centre at once: that forbids, always.
Times aware UTC, hours and minutes; distances and speeds are behind `Rules.travel_min`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from ops_centre.domain.authority import Demand, either
from ops_centre.domain.crewing import HANDOVER
from ops_centre.domain.duty_hours import counted, fullest
from ops_centre.domain.duty_runs import run_of
from ops_centre.domain.geo import distance_nm
from ops_centre.domain.intervals import Interval, joined, without
from ops_centre.domain.telling import length_of
from ops_centre.domain.travel import MANNER_OF
from ops_centre.domain.units import UnitType

REACH = timedelta(days=16)  # how far around a booking others can matter: the longest duty and the rest after it
THERE_NM = 3.0  # so near a unit is at the spot: a place is a port, not a point
Spot = tuple[float, float]  # latitude, longitude


class BookingKind(StrEnum):
    """What a booking is. The first four are the centre's own and are stored as assignments."""

    OPERATION = "operation"
    DEPLOYMENT = "deployment"  # at a place, by the centre
    REST = "rest"
    MAINTENANCE = "maintenance"
    AGENCY = "agency deployment"  # from the agency's records: never changed here
    TASKING = "tasking"


OWN = frozenset({BookingKind.OPERATION, BookingKind.DEPLOYMENT, BookingKind.REST, BookingKind.MAINTENANCE})
WORK = frozenset({BookingKind.OPERATION, BookingKind.DEPLOYMENT})
IDLE = OWN - WORK


class ConflictKind(StrEnum):
    """What a booking breaks."""

    DOUBLE_BOOKING = "double booking"
    TASKED = "under tasking"
    DUTY_HOURS = "duty hours"
    REST = "rest"
    WEEK_HOURS = "week's hours"
    FLYING_HOURS = "flying hours"
    OFF_DUTY = "off duty"
    CAPABILITY = "capability"
    OUT_OF_SERVICE = "out of service"
    AUTHORITY = "authority"
    UNREACHABLE = "travel"
    DEPLOYED = "deployed"  # rest or maintenance while its agency has it deployed
    ELSEWHERE = "elsewhere"  # its agency has it at another place then
    POSITION = "stale position"  # that by which the way to it is judged
    WINDOW = "operation's time"


class Weight(StrEnum):
    """What follows from a conflict."""

    FORBIDS = "forbids"
    NEEDS_REASON = "needs a reason"  # a person may accept it with a reason, which is kept
    NOTE = "note"  # told; nothing is asked


WEIGHT: Mapping[ConflictKind, Weight] = {
    ConflictKind.DOUBLE_BOOKING: Weight.FORBIDS,
    ConflictKind.TASKED: Weight.NEEDS_REASON,  # nobody knows when a tasking ends
    ConflictKind.DUTY_HOURS: Weight.NEEDS_REASON,
    ConflictKind.REST: Weight.NEEDS_REASON,
    ConflictKind.WEEK_HOURS: Weight.NEEDS_REASON,
    ConflictKind.FLYING_HOURS: Weight.NEEDS_REASON,
    ConflictKind.OFF_DUTY: Weight.NEEDS_REASON,
    ConflictKind.CAPABILITY: Weight.NEEDS_REASON,
    ConflictKind.OUT_OF_SERVICE: Weight.NEEDS_REASON,
    ConflictKind.AUTHORITY: Weight.NEEDS_REASON,
    ConflictKind.UNREACHABLE: Weight.NEEDS_REASON,
    ConflictKind.DEPLOYED: Weight.NEEDS_REASON,
    ConflictKind.ELSEWHERE: Weight.NOTE,
    ConflictKind.POSITION: Weight.NOTE,
    ConflictKind.WINDOW: Weight.NOTE,
}


@dataclass(frozen=True, slots=True)
class Booking:
    """One thing a unit is to do."""

    key: str  # "assignment:12", "deployment:3", "tasking:4"; anything else for one that is only tried
    unit_id: int
    kind: BookingKind
    span: Interval  # an open end is given as far ahead as the plan looks
    label: str  # as the reader may know it
    place: str | None = None  # code
    spot: Spot | None = None
    operation_id: int | None = None
    demand: Demand | None = None  # what is asked of the unit, and which agencies may deal with it
    window: Interval | None = None  # of its operation
    by: str | None = None  # who assigned it


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a unit is now, as far as it is known."""

    now: datetime
    spot: Spot | None = None  # last reported
    seen_at: datetime | None = None  # when that was; None: nobody knows
    is_stale: bool = True

    @property
    def words(self) -> str:
        """``where it is now``, or since when nobody knows."""
        if not self.is_stale:
            return "where it is now"
        return f"where it was last seen, {_at(self.seen_at)}" if self.seen_at else "a position of unknown age"


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """What the rules must know of a unit."""

    id: int
    callsign: str
    agency: str
    unit_type: UnitType
    capabilities: tuple[str, ...] = ()
    out_until: datetime | None = None  # out of service, taken to last until then
    out_reason: str | None = None
    roster_until: datetime | None = None  # its agency's deployments are known until then; None: none are known
    present: Whereabouts | None = None  # None: no booking is judged by where it is now
    done: tuple[Interval, ...] = ()  # what it spent on taskings that have ended; for the hours of a week


@dataclass(frozen=True, slots=True)
class Limits:
    """Hours of duty at most, and hours of rest at least before the next, of the people of one type of unit."""

    duty_h: float
    rest_h: float
    week_h: float = 168.0  # of duty in any seven days
    flying_h: float | None = None  # of flying in any seven days; None: it does not fly
    flying_share: float = 1.0  # of the time of an operation or tasking that it flies


Minutes = Callable[[PlannedUnit, Spot, Spot], float | None]


@dataclass(frozen=True, slots=True)
class Rules:
    """What the plan is judged by, from the settings."""

    limits: Mapping[UnitType, Limits]
    travel_min: Minutes  # preparation and way; None: there is no way


@dataclass(frozen=True, slots=True)
class Conflict:
    """One rule that a booking breaks."""

    kind: ConflictKind
    words: str  # to the planner
    with_key: str | None = None  # the other booking

    @property
    def weight(self) -> Weight:
        """What follows from it."""
        return WEIGHT[self.kind]

    @property
    def mark(self) -> str:
        """By which it is known again: the other booking where there is one, whatever that is called to whom."""
        return self.with_key or self.words


def conflicts(
    booking: Booking,
    others: Iterable[Booking],
    unit: PlannedUnit,
    rules: Rules,
    week: Iterable[Booking] | None = None,
) -> tuple[Conflict, ...]:
    """Every rule that ``booking`` breaks beside the unit's other bookings, the gravest first.

    ``others``: all else of this unit around that time (`REACH` before and after); the booking itself (same key) and those
    of other units are passed over. ``week``: what the hours of a week are counted from, where ``others`` are fewer.
    """
    rest = sorted((one for one in others if one.unit_id == unit.id and one.key != booking.key), key=_start)
    found = [*_overlapping(booking, rest)]
    if booking.kind in WORK:
        limits, within = rules.limits[unit.unit_type], _is_within_duty(booking, rest)
        found += _fit(booking, unit)
        found += [] if within else [*_on_duty(booking, rest, unit), *_over_hours(booking, rest, unit, limits)]
        if not within or limits.flying_h is not None:
            found += _over_week(booking, rest if week is None else week, unit, limits)
    found += _travel(booking, rest, unit, rules.travel_min)
    return tuple(sorted(found, key=lambda one: list(Weight).index(one.weight))) if found else ()


def _start(booking: Booking) -> datetime:
    return booking.span.starts_at


def forbidding(found: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """Those that nobody may accept."""
    return tuple(one for one in found if one.weight is Weight.FORBIDS)


def unexplained(found: Iterable[Conflict]) -> tuple[Conflict, ...]:
    """Those that a person must give a reason for."""
    return tuple(one for one in found if one.weight is Weight.NEEDS_REASON)


def is_clear(found: Iterable[Conflict]) -> bool:
    """Whether nothing is broken; notes do not count."""
    return all(one.weight is Weight.NOTE for one in found)


def _overlapping(booking: Booking, others: Sequence[Booking]) -> list[Conflict]:
    found = []
    for other in others:
        if not other.span.overlaps(booking.span):
            continue
        kind = _clash(booking, other)
        if kind is not None:
            found.append(Conflict(kind, _CLASH_WORDS[kind].format(of=other.label, by=_by(other)), other.key))
    return found


_CLASH_WORDS = {
    ConflictKind.DOUBLE_BOOKING: "booked already: {of}{by}",
    ConflictKind.TASKED: "under tasking: {of}",
    ConflictKind.DEPLOYED: "its agency has it deployed then: {of}",
    ConflictKind.ELSEWHERE: "taken from its agency's deployment: {of}",
}


def _clash(booking: Booking, other: Booking) -> ConflictKind | None:
    if other.kind in OWN:
        return ConflictKind.DOUBLE_BOOKING
    if other.kind is BookingKind.TASKING:
        same = booking.operation_id is not None and booking.operation_id == other.operation_id
        return None if same else ConflictKind.TASKED
    if booking.kind in IDLE:
        return ConflictKind.DEPLOYED
    known = booking.place is not None and other.place is not None
    return ConflictKind.ELSEWHERE if known and booking.place != other.place else None


def _by(other: Booking) -> str:
    when = f"{other.span.starts_at:%d %b %H:%M} to {other.span.ends_at:%d %b %H:%M} UTC"
    return f", {when}" + (f", assigned by {other.by}" if other.by else "")


def _fit(booking: Booking, unit: PlannedUnit) -> list[Conflict]:
    """Capability, authority, service and the time of its operation."""
    found, demand, window = [], booking.demand, booking.window
    if demand is not None and demand.lacks(unit.capabilities):
        lacks = ", ".join(either(need) for need in demand.lacks(unit.capabilities))
        found.append(Conflict(ConflictKind.CAPABILITY, f"lacks {lacks}"))
    if demand is not None and not demand.allows(unit.agency):
        found.append(Conflict(ConflictKind.AUTHORITY, f"its agency ({unit.agency}) has no part or authority in it"))
    if unit.out_until is not None and booking.span.starts_at < unit.out_until:
        found.append(Conflict(ConflictKind.OUT_OF_SERVICE, f"out of service: {unit.out_reason or 'no reason given'}"))
    if window is not None and not window.covers(booking.span):
        found.append(Conflict(ConflictKind.WINDOW, "beyond the planned time of the operation"))
    return found


def _is_within_duty(booking: Booking, others: Iterable[Booking]) -> bool:
    """Whether one deployment of its agency holds all of it: then it adds no duty, and the agency answers for the hours."""
    return any(one.kind is BookingKind.AGENCY and one.span.covers(booking.span) for one in others)


def _on_duty(booking: Booking, others: Sequence[Booking], unit: PlannedUnit) -> list[Conflict]:
    """Whether its agency has it on duty, as far ahead as its deployments are known."""
    known = unit.roster_until
    if known is None or booking.span.starts_at >= known:
        return []
    duties = joined((one.span for one in others if one.kind is BookingKind.AGENCY), HANDOVER)
    off = without(Interval(booking.span.starts_at, min(known, booking.span.ends_at)), duties)
    if not off:
        return []
    hours = length_of(sum(part.hours for part in off) * 60)
    return [
        Conflict(ConflictKind.OFF_DUTY, f"its agency has it off duty for {hours} of it, from {_at(off[0].starts_at)}")
    ]


def _over_hours(booking: Booking, others: Sequence[Booking], unit: PlannedUnit, limits: Limits) -> list[Conflict]:
    """Duty longer than allowed, or too little rest before or after."""
    own = [one.span for one in others if one.kind in WORK]
    run = run_of(booking.span, own, [one.span for one in others if one.kind is BookingKind.AGENCY], limits.rest_h)
    if run is None:
        return []
    found = []
    if run.stretch.hours > limits.duty_h:
        said = f"{length_of(run.stretch.hours * 60)} of duty without a break; at most {limits.duty_h:g} h"
        found.append(Conflict(ConflictKind.DUTY_HOURS, f"{said} for a {unit.unit_type.value}"))
    if run.shortest_break is not None and run.span.hours > limits.duty_h:
        rest = f"only {length_of(run.shortest_break.hours * 60)} of rest from {_at(run.shortest_break.starts_at)}"
        found.append(Conflict(ConflictKind.REST, f"{rest}; at least {limits.rest_h:g} h for a {unit.unit_type.value}"))
    return found


def duty_spans(bookings: Iterable[Booking], done: Iterable[Interval]) -> list[Interval]:
    """What counts as duty of a unit: its agency's deployments, the centre's work, taskings open and ended."""
    own = list(bookings)
    work = [one.span for one in own if one.kind in WORK or one.kind is BookingKind.TASKING]
    return counted([one.span for one in own if one.kind is BookingKind.AGENCY], [*work, *done])


def flying_spans(bookings: Iterable[Booking], done: Iterable[Interval]) -> list[Interval]:
    """What an aircraft flies for: operations and taskings."""
    return joined([*(one.span for one in bookings if one.kind in _FLOWN), *done])


_FLOWN = frozenset({BookingKind.OPERATION, BookingKind.TASKING})


def _over_week(booking: Booking, others: Iterable[Booking], unit: PlannedUnit, limits: Limits) -> list[Conflict]:
    """More duty or flying in any seven days than allowed, where the booking adds to it."""
    own = [one for one in others if one.unit_id == unit.id and one.key != booking.key]
    least = limits.week_h if limits.flying_h is None else min(limits.week_h, limits.flying_h)
    if not own and not unit.done and booking.span.hours <= least:
        return []  # by itself it is no more than allowed
    found = []
    adds = without(booking.span, [one.span for one in own if one.kind is BookingKind.AGENCY])
    if adds:
        most = fullest(duty_spans([*own, booking], unit.done), adds)
        if most is not None and most.hours > limits.week_h:
            found.append(_week(ConflictKind.WEEK_HOURS, "duty", most.hours, most.starts_at, limits.week_h, unit))
    if limits.flying_h is not None and booking.kind in _FLOWN:
        most = fullest(flying_spans([*own, booking], unit.done), [booking.span])
        flown = most.hours * limits.flying_share if most is not None else 0.0
        if most is not None and flown > limits.flying_h:
            found.append(_week(ConflictKind.FLYING_HOURS, "flying", flown, most.starts_at, limits.flying_h, unit))
    return found


def _week(
    kind: ConflictKind, what: str, hours: float, starts_at: datetime, limit: float, unit: PlannedUnit
) -> Conflict:
    over = ceil(round(hours * 10, 6)) / 10  # never told as the limit itself
    said = f"{over:g} h of {what} in the seven days from {_at(starts_at)}"
    return Conflict(kind, f"{said}; at most {limit:g} h for a unit of type {unit.unit_type.value}")


def _at(moment: datetime) -> str:
    return f"{moment:%d %b %H:%M} UTC"


def _travel(booking: Booking, others: Sequence[Booking], unit: PlannedUnit, minutes: Minutes) -> list[Conflict]:
    """Whether it can come from where it is before, and be where it must be after."""
    if booking.spot is None:
        return []
    placed = [one for one in others if one.spot is not None]
    span = booking.span
    before = max(
        ((_leaves(one, span), one) for one in placed if one.span.starts_at < span.starts_at),
        key=lambda pair: pair[0], default=None,
    )  # fmt: skip
    after = next((one for one in placed if one.span.starts_at >= span.ends_at), None)
    found = []
    if unit.present is not None and (before is None or before[0] <= unit.present.now):
        found += _first_leg(booking, before[1] if before else None, unit, unit.present, minutes)
    elif before is not None:
        found += _leg(before[1], booking, unit, minutes, (span.starts_at - before[0]) / timedelta(minutes=1), before[1])
    if after is not None:
        spare = (after.span.starts_at - span.ends_at) / timedelta(minutes=1)
        found += _leg(booking, after, unit, minutes, spare, after)
    return found


def _leaves(other: Booking, span: Interval) -> datetime:
    """When it can leave for the booking: at the end of what ends before, or from the start of what it is taken from."""
    return other.span.ends_at if other.span.ends_at <= span.starts_at else other.span.starts_at


def _leg(
    first: Booking, second: Booking, unit: PlannedUnit, minutes: Minutes, spare_min: float, other: Booking
) -> list[Conflict]:
    if first.spot is None or second.spot is None or first.spot == second.spot:
        return []
    if first.place is not None and first.place == second.place:
        return []
    needs = minutes(unit, first.spot, second.spot)
    if needs is not None and needs <= spare_min:
        return []
    how = MANNER_OF[unit.unit_type].value
    way = f"no way {how}" if needs is None else f"{length_of(needs)} {how}, and only {length_of(spare_min)} for it"
    side = "from" if other is first else "to"
    return [Conflict(ConflictKind.UNREACHABLE, f"{way}: {side} {other.label}", other.key)]


def _first_leg(
    booking: Booking, before: Booking | None, unit: PlannedUnit, present: Whereabouts, minutes: Minutes
) -> list[Conflict]:
    """Whether it can come from where it is now: where it was seen a moment ago, else where it is deployed or was last
    booked, else from wherever it was last seen, which is said. What has begun is not judged by it."""
    if booking.span.starts_at <= present.now and booking.key.startswith("assignment:"):
        return []
    spare_min = max((booking.span.starts_at - present.now) / timedelta(minutes=1), 0.0)
    if before is not None and (present.is_stale or present.spot is None):
        return _leg(before, booking, unit, minutes, spare_min, before)
    if present.spot is None or booking.spot is None or distance_nm(*present.spot, *booking.spot) <= THERE_NM:
        return []
    here = Booking(f"now:{unit.id}", unit.id, BookingKind.DEPLOYMENT, booking.span, present.words, None, present.spot)
    found = _leg(here, booking, unit, minutes, spare_min, here)
    if present.is_stale and not found:
        found = [Conflict(ConflictKind.POSITION, f"the way to it is judged from {present.words}", here.key)]
    return found
