"""How many bars of each unit break a rule in a window, where it has bars and for what: of the whole plan, without drawing it.

What was found of a unit is kept under the content that it was judged from (`plan_stamps`) and the operations it is booked
for. What the moment alone can change is not kept: a bar whose way begins where the unit is now is judged anew each time, one
that has ended no longer counts, and where a tasking drags on or a unit is out of service it is known until when that holds.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any

from sqlalchemy.orm import Session

from ops_centre.config import Settings
from ops_centre.domain.duty_hours import WEEK
from ops_centre.domain.intervals import Interval
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.planning import OWN, Booking, BookingKind, PlannedUnit, Rules, conflicts
from ops_centre.domain.units import UnitType
from ops_centre.models import Unit
from ops_centre.picture.plan_gathering import DRAGS_ON, Gathered, PlanGathering, PlanOperation
from ops_centre.picture.plan_judging import UnitPlan, accepted_of, is_broken, unit_plan
from ops_centre.picture.plan_rules import plan_rules
from ops_centre.picture.plan_stamps import Stamp, stamps
from ops_centre.picture.plan_verdicts import settled_until

BESIDE = WEEK  # how far around the window others are looked at: hours are counted over any seven days
KEPT = 2_500  # units of all windows and scopes together
AHEAD = timedelta(days=1)  # bars that are settled for less are kept so that they can be judged anew
TYPES = frozenset(kind.value for kind in UnitType)
_ALWAYS = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Tallied:
    """What one unit's row would show, as far as a filter or a count asks."""

    conflicts: int  # bars with a conflict nobody accepted
    places: frozenset[str]
    operations: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Bar:
    """One bar that lies ahead and breaks something, or may come to."""

    ends_at: datetime
    settled_until: datetime
    is_broken: bool
    judged: Callable[[PlannedUnit], bool] | None  # with the unit as it is; None: settled for as long as this is kept


@dataclass(frozen=True, slots=True)
class _Kept:
    """Of one unit."""

    stamp: Stamp
    operations: Mapping[int, PlanOperation | None]  # that it is booked for, as they were
    until: datetime  # it says nothing of any later moment
    planned: PlannedUnit
    bars: tuple[_Bar, ...]
    places: frozenset[str]
    shown: frozenset[int]  # operations of its bars that the reader may know of
    deployed: tuple[
        tuple[Interval, str | None], ...
    ]  # by its agency, each with its place; none where ``places`` has all

    def told(self, as_it_is: Callable[[PlannedUnit], PlannedUnit], now: datetime) -> Tallied:
        """As things are at ``now``. ``as_it_is``: sets the unit where it is by now."""
        number = sum(1 for bar in self.bars if now < bar.ends_at and self._is_broken(bar, as_it_is, now))
        here = next((code for span, code in self.deployed if span.starts_at <= now < span.ends_at), None)
        return Tallied(number, self.places if here is None else self.places | {here}, self.shown)

    def _is_broken(self, bar: _Bar, as_it_is: Callable[[PlannedUnit], PlannedUnit], now: datetime) -> bool:
        return bar.is_broken if bar.judged is None or now < bar.settled_until else bar.judged(as_it_is(self.planned))


@dataclass(slots=True)
class _Window:
    """Of one window and scope."""

    lock: Lock = field(default_factory=Lock)
    units: dict[int, _Kept] = field(default_factory=dict)


class Tallies:
    """Of the windows read last; safe for several threads."""

    def __init__(self, settings: Settings, gazetteer: Gazetteer, most: int = KEPT) -> None:
        self.settings, self.gazetteer, self._most = settings, gazetteer, most
        self._lock = Lock()
        self._windows: OrderedDict[tuple[Interval, frozenset[int]], _Window] = OrderedDict()

    def of(
        self, session: Session, units: Sequence[Unit], seen: Iterable[int], window: Interval, now: datetime
    ) -> dict[int, Tallied]:
        """Of each unit; those of a type that the centre does not know are left out. ``seen``: handlings the reader may see."""
        scope = frozenset(seen)
        mine, units = self._window(window, scope), [unit for unit in units if unit.unit_type in TYPES]
        look = _Look(session, self.settings, self.gazetteer, window, scope, now)
        with mine.lock:
            kept = look.brought_up(units, mine.units)
            mine.units.update(kept)
        return {unit.id: kept[unit.id].told(partial(look.as_it_is, unit), now) for unit in units}

    def _window(self, window: Interval, scope: frozenset[int]) -> _Window:
        with self._lock:
            found = self._windows.setdefault((window, scope), _Window())
            self._windows.move_to_end((window, scope))
            while len(self._windows) > 1 and sum(len(one.units) for one in self._windows.values()) > self._most:
                self._windows.popitem(last=False)
            return found


class _Look:
    """At one moment, by one reader."""

    def __init__(
        self,
        session: Session,
        settings: Settings,
        gazetteer: Gazetteer,
        window: Interval,
        scope: frozenset[int],
        now: datetime,
    ) -> None:
        self.gathering = PlanGathering(session, settings, gazetteer, now)
        self.rules: Rules = plan_rules(settings)
        self.session, self.window, self.scope, self.now = session, window, scope, now
        self.out_for = timedelta(hours=settings.planning.out_of_service_hours)

    def brought_up(self, units: Sequence[Unit], kept: Mapping[int, _Kept]) -> dict[int, _Kept]:
        """What is kept of each unit, judged anew where it no longer holds."""
        span = Interval(self.window.starts_at - BESIDE, self.window.ends_at + BESIDE)
        ids = {unit.id for unit in units}
        taskings: dict[int, list[Any]] = {}
        for row in (*self.gathering.taskings(ids), *self.gathering.ended_taskings(ids, span)):
            taskings.setdefault(row.unit_id, []).append(row)
        fresh = stamps(self.session, units, span, taskings)
        holds = {
            number: kept[number]
            for number in ids
            if number in kept and kept[number].stamp == fresh[number] and self.now < kept[number].until
        }
        operations = self.gathering.operations({one for held in holds.values() for one in held.operations})
        holds = {
            number: held
            for number, held in holds.items()
            if all(operations.get(one) == was for one, was in held.operations.items())
        }
        return holds | self._judged(ids - holds.keys(), fresh)

    def as_it_is(self, unit: Unit, planned: PlannedUnit) -> PlannedUnit:
        """The unit as it was judged, where it is now and out of service for as long as is taken from now."""
        return replace(planned, present=self.gathering.present(unit), out_until=self.gathering.out_until(unit))

    def _judged(self, ids: set[int], fresh: Mapping[int, Stamp]) -> dict[int, _Kept]:
        if not ids:
            return {}
        gathered = self.gathering.gather(ids, self.window, self.scope, BESIDE)
        return {number: self._of_unit(gathered, number, fresh[number]) for number in gathered.units}

    def _of_unit(self, gathered: Gathered, number: int, stamp: Stamp) -> _Kept:
        plan = unit_plan(gathered, number, self.scope, self.rules, self.window)
        shown = [one for one in plan.known if one.span.overlaps(self.window)]
        bars = [
            self._bar(gathered.rows[one.key], plan, one)
            for one in shown
            if one.kind in OWN and one.span.ends_at > self.now
        ]
        ended = [one for one in plan.ended if Interval(one.requested_at, one.ended_at).overlaps(self.window)]
        booked = {one.operation_id for one in (*gathered.bookings[number], *plan.ended)}
        return _Kept(
            stamp,
            {one: gathered.operations.get(one) for one in booked if one is not None},
            min(
                (*self._turns(gathered, plan), *(bar.settled_until for bar in bars if bar.judged is None)),
                default=_ALWAYS,
            ),
            plan.planned,
            tuple(bar for bar in bars if bar.is_broken or bar.judged is not None),
            frozenset(one.place for one in shown if one.place is not None),
            frozenset(self._seen(gathered, {one.operation_id for one in (*shown, *ended)})),
            tuple(self._deployed(plan)),
        )

    def _bar(self, row: Any, plan: UnitPlan, booking: Booking) -> _Bar:
        near, week, accepted = plan.near(booking), plan.week_of(booking), accepted_of(row, plan)
        until = settled_until(booking, near)

        def judged(planned: PlannedUnit) -> bool:
            return is_broken(conflicts(booking, near, planned, self.rules, week), accepted)

        kept = judged if until <= self.now + AHEAD else None
        return _Bar(booking.span.ends_at, until, judged(plan.planned), kept)

    def _turns(self, gathered: Gathered, plan: UnitPlan) -> Iterator[datetime]:
        """Moments from which a verdict may be another, though nothing was changed."""
        for one in plan.known:
            if one.kind is BookingKind.TASKING:
                yield self.gathering.tasking_ends(gathered.rows[one.key]) - DRAGS_ON
            elif plan.planned.out_until is not None and plan.planned.out_until <= one.span.starts_at:
                yield one.span.starts_at - self.out_for

    def _seen(self, gathered: Gathered, ids: Iterable[int | None]) -> Iterator[int]:
        operations = (gathered.operations.get(one) for one in ids if one is not None)
        return (one.id for one in operations if one is not None and one.handling_id in self.scope)

    def _deployed(self, plan: UnitPlan) -> Iterator[tuple[Interval, str | None]]:
        """Its agency's deployments that are not over, where not all lie in the window: one that is on says where it is."""
        agency = [one for one in plan.known if one.kind is BookingKind.AGENCY and one.span.ends_at > self.now]
        if any(not one.span.overlaps(self.window) for one in agency):
            for one in agency:
                place = self.gathering.gazetteer.get(one.place)
                yield one.span, place.code if place else None
