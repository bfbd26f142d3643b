"""Keeps what the rules of the plan said of each booking of a unit, as long as nothing that it went by has changed.

A verdict is kept under a digest of the very bookings and of the unit that it was judged from, as its reader may know of
them: whoever may know of less asks with other bookings and is never answered with more. A verdict that goes by the present
moment or position is not kept, nor is any while the unit is out of service.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from threading import Lock
from typing import Any

import orjson

from ops_centre.domain.planning import Booking, Conflict, PlannedUnit, Rules, conflicts

UNITS_KEPT = 1500  # rows of units: three windows of the largest fleet
_ALWAYS = datetime.max.replace(tzinfo=UTC)

Found = tuple[Conflict, ...]
Judge = Callable[[Booking, Sequence[Booking]], Found]  # a booking, and the unit's others near it
_Kept = dict[str, tuple[datetime, Found]]  # by key of booking: until when it does not go by the moment, and the verdict


class Verdicts:
    """Of the units read last; safe for several threads."""

    def __init__(self, most: int = UNITS_KEPT) -> None:
        self._most, self._lock = most, Lock()
        self._rules: Rules | None = None
        self._units: OrderedDict[bytes, _Kept] = OrderedDict()

    def judge(
        self, unit: PlannedUnit, known: Sequence[Booking], week: Sequence[Booking], rules: Rules, now: datetime
    ) -> Judge:
        """Judges bookings among ``known``. ``week``: as for `conflicts`, all of ``known`` or none."""
        if unit.out_until is not None:
            return lambda booking, near: conflicts(booking, near, unit, rules, week)
        kept = self._kept(_digest(unit, known, bool(week)), rules)

        def judged(booking: Booking, near: Sequence[Booking]) -> Found:
            until, found = kept.get(booking.key, (now, ()))
            if now < until:
                return found
            found = conflicts(booking, near, unit, rules, week)
            until = settled_until(booking, near)
            if now < until:
                kept[booking.key] = until, found
            return found

        return judged

    def _kept(self, key: bytes, rules: Rules) -> _Kept:
        with self._lock:
            if rules is not self._rules:
                self._units.clear()
                self._rules = rules
            kept = self._units.setdefault(key, {})
            self._units.move_to_end(key)
            while len(self._units) > self._most:
                self._units.popitem(last=False)
            return kept


def settled_until(booking: Booking, near: Sequence[Booking]) -> datetime:
    """Until when its way begins at another booking, not where the unit is at the moment."""
    if booking.spot is None:
        return _ALWAYS
    before = (
        one.span.starts_at
        for one in near
        if one.spot is not None and one.key != booking.key and one.span.starts_at < booking.span.starts_at
    )
    return max(before, default=datetime.min.replace(tzinfo=UTC))


def _digest(unit: PlannedUnit, known: Sequence[Booking], counts_week: bool) -> bytes:
    lasting = replace(unit, present=None)
    said = orjson.dumps((lasting, tuple(known), counts_week), default=_plain)
    return blake2b(said, digest_size=16).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no place in a digest")
