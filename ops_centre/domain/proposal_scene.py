"""What the solver of proposals is shown: groups of posts, units, and every chance of a unit at a group that breaks no rule.

A chance is tried alone against all that is booked for the unit, by the very rules of the plan (`domain.planning`); one that
breaks any is none. Only the nearest able units of each post are tried, until enough may go. Minutes, hours; times aware UTC.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np

from ops_centre.domain.authority import Demand
from ops_centre.domain.crewing import HANDOVER
from ops_centre.domain.geo import distance_nm
from ops_centre.domain.intervals import Interval, joined
from ops_centre.domain.landmass import Bools, Floats
from ops_centre.domain.planning import THERE_NM, Booking, BookingKind, PlannedUnit, Rules, Spot, conflicts, is_clear

EARTH_NM = 3440.065
NEARLY = 0.99  # the sphere is so nearly right that no way is shorter than this share of it
MINUTE = timedelta(minutes=1)


class Why(StrEnum):
    """Why a unit that could fill a post is no chance for it."""

    OUT = "out of service"
    BOOKED = "booked otherwise"
    OFF_DUTY = "off duty then, or not for long enough"
    FAR = "too far off"
    RULE = "kept back by duty hours, rest or travel"
    ELSEWHERE = "wanted more elsewhere"


@dataclass(frozen=True, slots=True)
class Ask:
    """So many units for one need."""

    need: tuple[str, ...]
    agencies: frozenset[str] | None
    severity: str
    wanted: int
    worth: float  # of each, in hours of travel
    what: str  # in words

    def is_met_by(self, unit: PlannedUnit) -> bool:
        """Whether it can fill it."""
        return Demand((self.need,), self.agencies).allows(unit.agency) and not Demand((self.need,), None).lacks(
            unit.capabilities
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Posts at one place and time."""

    where: str
    place: str | None  # code
    spot: Spot
    span: Interval
    asks: tuple[Ask, ...]
    least: timedelta  # a unit must be there for so long
    target_id: int | None = None


@dataclass(frozen=True, slots=True)
class Going:
    """One unit at one group."""

    unit: int
    group: int
    span: Interval
    asks: tuple[int, ...]  # of the group
    minutes: float  # of preparation and travel, from where it is by then
    stays: bool  # it is there already


@dataclass(frozen=True, slots=True)
class Bounds:
    """From the settings."""

    travel_min: float
    candidates: int
    change_min: float


@dataclass(slots=True)
class Scene:
    """Everything known. ``stays``: units that are at a group already, by group."""

    now: datetime
    groups: Sequence[Group]
    units: Mapping[int, PlannedUnit]
    bookings: Mapping[int, Sequence[Booking]]
    positions: Mapping[int, Spot]
    speeds: Mapping[int, float]  # knots, by unit
    stays: Mapping[int, frozenset[int]]
    rules: Rules
    bounds: Bounds
    at_once: bool = False
    fixed: frozenset[int] = frozenset()  # units that may not be moved by whoever asks
    _moves: dict[int, tuple[list[datetime], list[Spot]]] = field(default_factory=dict)
    _duties: dict[int, list[Interval]] = field(default_factory=dict)

    def base(self, unit: int, at: datetime) -> Spot | None:
        """Where a unit is before ``at``: at its last booking with a place; where that began already, or there is none, where
        it was seen a moment ago; else where it was last seen, else at its next."""
        if unit not in self._moves:
            placed = [(one.span.starts_at, one.spot) for one in self.bookings.get(unit, ()) if one.spot is not None]
            self._moves[unit] = ([start for start, _spot in placed], [spot for _start, spot in placed])
        starts, spots = self._moves[unit]
        before = bisect_right(starts, at)
        seen = self._seen_now(unit, at) if not before or starts[before - 1] <= self.now else None
        if seen is not None:
            return seen
        if before:
            return spots[before - 1]
        return self.positions.get(unit) or (spots[0] if spots else None)

    def _seen_now(self, unit: int, at: datetime) -> Spot | None:
        """Where it was seen a moment ago, as long as nothing it is at ends between now and then."""
        known = self.units.get(unit)
        present = known.present if known is not None else None
        if present is None or present.is_stale:
            return None
        own = self.bookings.get(unit, ())
        ends = any(one.spot is not None and one.span.starts_at <= self.now < one.span.ends_at <= at for one in own)
        return None if ends else present.spot

    def on_duty(self, unit: PlannedUnit, span: Interval) -> Interval | None:
        """The longest part of a span for which its agency has it on duty; all of it where the roster is not known."""
        if unit.roster_until is None or span.starts_at >= unit.roster_until:
            return span
        if unit.id not in self._duties:
            own = (one.span for one in self.bookings.get(unit.id, ()) if one.kind is BookingKind.AGENCY)
            self._duties[unit.id] = joined(own, HANDOVER)
        parts = [
            Interval(max(span.starts_at, duty.starts_at), min(span.ends_at, duty.ends_at))
            for duty in self._duties[unit.id]
            if duty.overlaps(span)
        ]
        return max(parts, key=lambda part: part.hours, default=None)

    def duty_begins(self, unit: int, at: datetime) -> datetime | None:
        """When the duty began that is on at a moment."""
        return next(
            (duty.starts_at for duty in self._duties.get(unit, ()) if duty.starts_at <= at < duty.ends_at), None
        )


class Trying:
    """Tries units at groups, nearest first, and remembers what came of it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._units = list(scene.units.values())
        self._speeds = np.array([scene.speeds.get(unit.id, 10.0) for unit in self._units], float)
        self._able: dict[tuple[object, object], Bools] = {}
        self._bases: dict[datetime, Floats] = {}
        self._tried: dict[tuple[int, int], Going | Why] = {}

    def goings(self, group: int, enough: int) -> list[Going]:
        """Those who stay, and of the others the nearest that may go: ``enough`` for each post."""
        scene, own = self.scene, self.scene.groups[group]
        staying = [self._staying(unit, group) for unit in sorted(scene.stays.get(group, ()))]
        found = [going for going in staying if going is not None]
        counts = [0] * len(own.asks)
        for unit in self._nearest(group):
            if min(counts, default=enough) >= enough:
                break
            asks = self.asks_met(unit, group)
            if not any(counts[number] < enough for number in asks):
                continue
            tried = self.tried(self._units[unit], group)
            if isinstance(tried, Going):
                found.append(tried)
                for number in asks:
                    counts[number] += 1
        return found

    def whys(self, group: int, ask: int) -> dict[Why, int]:
        """How many of those who could fill a post are no chance for it, by reason; the others are wanted elsewhere."""
        scene, own = self.scene, self.scene.groups[group]
        counts: dict[Why, int] = {}
        there = scene.stays.get(group, frozenset())
        near = set(self._nearest(group))
        for number in np.flatnonzero(self.able(own.asks[ask])).tolist():
            unit = self._units[number]
            if unit.id in there or unit.id in scene.fixed:
                continue
            tried = self.tried(unit, group) if number in near else Why.FAR
            why = Why.ELSEWHERE if isinstance(tried, Going) else tried
            counts[why] = counts.get(why, 0) + 1
        return counts

    def able(self, ask: Ask) -> Bools:
        """Which units could fill a post, by their order."""
        key = (ask.need, ask.agencies)
        if key not in self._able:
            self._able[key] = np.array([ask.is_met_by(unit) for unit in self._units], dtype=bool)
        return self._able[key]

    def asks_met(self, unit: int, group: int) -> tuple[int, ...]:
        """The posts of a group that a unit (by its order) can fill."""
        return tuple(number for number, ask in enumerate(self.scene.groups[group].asks) if self.able(ask)[unit])

    def tried(self, unit: PlannedUnit, group: int) -> Going | Why:
        """What comes of sending a unit there."""
        key = (unit.id, group)
        if key not in self._tried:
            self._tried[key] = self._try(unit, group)
        return self._tried[key]

    def _staying(self, number: int, group: int) -> Going | None:
        unit, own = self.scene.units.get(number), self.scene.groups[group]
        if unit is None:
            return None
        asks = tuple(place for place, ask in enumerate(own.asks) if ask.is_met_by(unit))
        return Going(number, group, own.span, asks, 0.0, stays=True) if asks else None

    def _nearest(self, group: int) -> list[int]:
        """Able units (by their order) that are not there, the soonest there as the crow flies first; none that is surely
        too far."""
        scene, own = self.scene, self.scene.groups[group]
        able = np.zeros(len(self._units), dtype=bool)
        for ask in own.asks:
            able |= self.able(ask)
        which = np.flatnonzero(able)
        minutes = (
            on_sphere_nm(own.spot, self._bases_at(own.span.starts_at)[which]) * NEARLY / self._speeds[which] * 60.0
        )
        left_out = scene.stays.get(group, frozenset()) | scene.fixed
        with np.errstate(invalid="ignore"):
            near = minutes <= scene.bounds.travel_min
        order = np.argsort(np.where(near, minutes, np.inf), kind="stable")[: int(near.sum())]
        return [i for i in which[order].tolist() if self._units[i].id not in left_out]

    def _bases_at(self, at: datetime) -> Floats:
        if at not in self._bases:
            bases = [self.scene.base(unit.id, at) or (np.nan, np.nan) for unit in self._units]
            self._bases[at] = np.array(bases, float).reshape(-1, 2)
        return self._bases[at]

    def _try(self, unit: PlannedUnit, group: int) -> Going | Why:
        scene, own = self.scene, self.scene.groups[group]
        found = self._time_there(unit, own)
        if isinstance(found, Why):
            return found
        span, minutes = found
        others = scene.bookings.get(unit.id, ())
        if any(one.kind is not BookingKind.AGENCY and one.span.overlaps(span) for one in others):
            return Why.BOOKED
        booking = booking_of(scene, unit.id, own, span, "draft")
        if not is_clear(conflicts(booking, others, unit, scene.rules)):
            return Why.RULE
        asks = tuple(number for number, ask in enumerate(own.asks) if ask.is_met_by(unit))
        return Going(unit.id, group, span, asks, minutes, stays=False)

    def _time_there(self, unit: PlannedUnit, own: Group) -> tuple[Interval, float] | Why:
        """From when until when it can be there, and its minutes of travel."""
        scene = self.scene
        if unit.out_until is not None and own.span.starts_at < unit.out_until:
            return Why.OUT
        duty = scene.on_duty(unit, own.span)
        if duty is None or duty.ends_at - duty.starts_at < own.least:
            return Why.OFF_DUTY
        base = scene.base(unit.id, own.span.starts_at)
        minutes = (
            None if base is None else (0.0 if _is_at(base, own.spot) else scene.rules.travel_min(unit, base, own.spot))
        )
        if minutes is None or minutes > scene.bounds.travel_min:
            return Why.FAR
        span = self._from(unit, duty, minutes)
        return (span, minutes) if span is not None and span.ends_at - span.starts_at >= own.least else Why.FAR

    def _from(self, unit: PlannedUnit, duty: Interval, minutes: float) -> Interval | None:
        """The part of its duty for which it can be there: it sets out when its duty begins, and not before now."""
        sets_out = self.scene.now
        begins = self.scene.duty_begins(unit.id, duty.starts_at)
        if begins is not None and minutes > 0:
            sets_out = max(sets_out, begins)
        # to the next whole five minutes: people read it
        ready = sets_out + timedelta(minutes=float(np.ceil(minutes / 5.0) * 5.0))
        starts = duty.starts_at if ready <= duty.starts_at else _next_five(ready)
        return Interval(starts, duty.ends_at) if starts < duty.ends_at else None


def _is_at(spot: Spot, place: Spot) -> bool:
    return spot == place or distance_nm(*spot, *place) <= THERE_NM


def _next_five(moment: datetime) -> datetime:
    past = timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return moment if not past else moment - past + timedelta(minutes=5)


def booking_of(scene: Scene, unit: int, group: Group, span: Interval, key: str) -> Booking:
    """The booking that a going would become."""
    return Booking(key, unit, BookingKind.DEPLOYMENT, span, group.where, group.place, group.spot)


def on_sphere_nm(spot: Spot, others: Floats) -> Floats:
    """Lengths on the sphere from one point to many (rows of latitude, longitude); NaN where one is unknown."""
    lat, lon = np.radians(spot)
    lats, lons = np.radians(others).T
    half = np.sin((lats - lat) / 2) ** 2 + np.cos(lat) * np.cos(lats) * np.sin((lons - lon) / 2) ** 2
    return np.asarray(2 * EARTH_NM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))
