"""Spans of time and how they lie to one another. Moments aware UTC; an end is not part of its span."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter

HOUR = timedelta(hours=1)
by_start = attrgetter("starts_at", "ends_at")  # sorts as spans compare, several times as fast


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """From a moment until, not including, another."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Interval") -> bool:
        """Whether they share any time; touching is not overlapping."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    def covers(self, other: "Interval") -> bool:
        """Whether the whole of ``other`` lies within."""
        return self.starts_at <= other.starts_at and other.ends_at <= self.ends_at

    @property
    def hours(self) -> float:
        """Length in hours."""
        return (self.ends_at - self.starts_at) / HOUR


def joined(spans: Iterable[Interval], gap: timedelta = timedelta(0)) -> list[Interval]:
    """The same time as fewest spans, the earliest first; gaps up to ``gap`` are closed."""
    found: list[Interval] = []
    for span in sorted(spans, key=by_start):
        if found and span.starts_at - found[-1].ends_at <= gap:
            found[-1] = Interval(found[-1].starts_at, max(found[-1].ends_at, span.ends_at))
        else:
            found.append(span)
    return found


def without(span: Interval, others: Iterable[Interval]) -> list[Interval]:
    """What is left of ``span`` outside the others, the earliest first."""
    left, begins = [], span.starts_at
    for other in joined(one for one in others if one.overlaps(span)):
        if other.starts_at > begins:
            left.append(Interval(begins, other.starts_at))
        begins = max(begins, other.ends_at)
    if begins < span.ends_at:
        left.append(Interval(begins, span.ends_at))
    return left


def hours_within(spans: Iterable[Interval], window: Interval) -> float:
    """Hours of the window that any of the spans fills."""
    return window.hours - sum(part.hours for part in without(window, spans)) if window.hours > 0 else 0.0
