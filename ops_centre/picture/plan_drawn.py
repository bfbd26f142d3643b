"""Keeps the rows of the plan that were drawn last, as long as everything that they were drawn from is what it was.

The rows of the database are read each time and compared, so there is no number that somebody must remember to raise. What
the moment alone can change is not kept: a bar whose way begins where the unit is now is judged anew at each look, and a row
says nothing beyond the next time at which something in it begins or ends. None is kept of a
unit out of service or on a tasking.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.intervals import Interval
from ops_centre.domain.planning import OWN, Booking, conflicts
from ops_centre.models import Unit
from ops_centre.picture.plan_bars import Bars, told, unaccepted
from ops_centre.picture.plan_gathering import PlanGathering, PlanRows
from ops_centre.picture.plan_judging import UnitPlan, accepted_of
from ops_centre.picture.plan_verdicts import Verdicts, settled_until
from ops_centre.picture.plan_views import PlanRow

KEPT = 240  # rows of units: ten pages of the screen
_ALWAYS = datetime.max.replace(tzinfo=UTC)
_OF_UNIT = ("callsign", "agency", "unit_type", "capabilities", "availability", "out_of_service_reason", "handling_id")

Content = tuple[Any, ...]
_Key = tuple[int, Interval, frozenset[int], bool]


@dataclass(frozen=True, slots=True)
class _Drawn:
    content: Content
    until: datetime  # it says nothing of any later moment
    row: PlanRow
    mine: UnitPlan
    lively: tuple[tuple[int, Booking, Any], ...]  # bars that go by where the unit is now: place in the row, and its row


class DrawnRows:
    """Of the pages read last; safe for several threads."""

    def __init__(self, verdicts: Verdicts, most: int = KEPT) -> None:
        """``verdicts``: kept beside the rows, for those that have to be drawn anew."""
        self._verdicts, self._most, self._lock = verdicts, most, Lock()
        self._rows: OrderedDict[_Key, _Drawn] = OrderedDict()

    def of(
        self,
        gathering: PlanGathering,
        units: Mapping[Unit, bool],
        stored: PlanRows,
        window: Interval,
        seen: Mapping[int, HandlingRule],
        rules: Any,
    ) -> list[PlanRow]:
        """Rows of ``units`` (each with whether this reader may edit it), out of what is stored around ``window``.

        Units of a type that the centre does not know have none. ``seen``: handlings the reader may know of.
        """
        outcomes = gathering.outcomes([row.id for row in stored.ended], seen.keys())
        contents, scope = _contents(units, stored, outcomes), frozenset(seen)
        keys = {unit.id: (unit.id, window, scope, may) for unit, may in units.items()}
        kept = {number: self._kept(key, contents[number], gathering.now) for number, key in keys.items()}
        stale = {number for number, drawn in kept.items() if drawn is None}
        gathered = gathering.bookings(stale, stored, seen.keys()) if stale else None
        found = []
        for unit, may in units.items():
            drawn = kept[unit.id]
            if drawn is not None:
                found.append(_as_of_now(drawn, gathering, unit, rules))
            elif gathered is not None and unit.id in gathered.units:
                bars = Bars(gathered, seen, rules, gathering.gazetteer, window, gathering.now, outcomes, self._verdicts)
                row, mine = bars.row(unit, may_edit=may)
                found.append(row)
                if mine.planned.out_until is None and not contents[unit.id][3]:
                    self._keep(keys[unit.id], _drawn(contents[unit.id], row, mine, gathered.rows, gathering.now))
        return found

    def _kept(self, key: _Key, content: Content, now: datetime) -> _Drawn | None:
        with self._lock:
            drawn = self._rows.get(key)
            if drawn is None or now >= drawn.until or drawn.content != content:
                return None
            self._rows.move_to_end(key)
            return drawn

    def _keep(self, key: _Key, drawn: _Drawn) -> None:
        with self._lock:
            self._rows[key] = drawn
            self._rows.move_to_end(key)
            while len(self._rows) > self._most:
                self._rows.popitem(last=False)


def _contents(units: Mapping[Unit, bool], stored: PlanRows, outcomes: Mapping[int, str]) -> dict[int, Content]:
    """All that each row is drawn from, but for the moment and where the unit is."""
    by_unit = stored.by_unit()
    found = {}
    for unit in units:
        rows = by_unit.get(unit.id, ([], [], [], []))
        booked = [one.operation_id for kind in rows[1:] for one in kind if one.operation_id is not None]
        operations = [stored.operations.get(one) for one in booked]
        came = [outcomes.get(row.id) for row in rows[3]]
        found[unit.id] = (tuple(getattr(unit, name) for name in _OF_UNIT), *rows, operations, came)
    return found


def _drawn(content: Content, row: PlanRow, mine: UnitPlan, rows: Mapping[str, Any], now: datetime) -> _Drawn:
    places = {bar.key: place for place, bar in enumerate(row.bars)}
    ahead = [one for one in mine.known if one.kind in OWN and one.span.ends_at > now and one.key in places]
    settled = {one.key: settled_until(one, mine.near(one)) for one in ahead}
    turns = [moment for moment in (*_edges(mine.known), *settled.values()) if moment > now]
    lively = tuple((places[one.key], one, rows[one.key]) for one in ahead if settled[one.key] <= now)
    return _Drawn(content, min(turns, default=_ALWAYS), row, mine, lively)


def _edges(bookings: Sequence[Booking]) -> Iterator[datetime]:
    for one in bookings:
        yield one.span.starts_at
        yield one.span.ends_at


def _as_of_now(drawn: _Drawn, gathering: PlanGathering, unit: Unit, rules: Any) -> PlanRow:
    """The row with what is broken from where the unit is by now."""
    if not drawn.lively:
        return drawn.row
    mine, bars = drawn.mine, list(drawn.row.bars)
    planned = replace(mine.planned, present=gathering.present(unit))
    for place, booking, stored in drawn.lively:
        found = conflicts(booking, mine.near(booking), planned, rules, mine.week)
        bars[place] = replace(bars[place], conflicts=told(found, accepted_of(stored, mine)))
    return replace(drawn.row, bars=tuple(bars), unaccepted=unaccepted(bars))
