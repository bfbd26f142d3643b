"""Hours of duty and of flying of one unit in any seven days: what the plan's weekly limits go by.

Counted are the hours of its agency's deployments, of the centre's work and of taskings, each moment once. A deployment that
nobody gave an end says only where a unit belongs: its time is not counted, nor what is booked within it. An aircraft flies
for a share of its operations and taskings; the rest of them it stands by. Hours; times aware UTC.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from ops_centre.domain.intervals import HOUR, Interval, joined, without

WEEK = timedelta(days=7)
ENDLESS = timedelta(days=366)  # a deployment longer than this has no end that anybody gave


@dataclass(frozen=True, slots=True)
class Fullest:
    """The seven days with the most hours, and how many these are."""

    hours: float
    starts_at: datetime


def counted(agency: Iterable[Interval], others: Iterable[Interval]) -> list[Interval]:
    """The time that counts as duty, as fewest spans. ``agency``: deployments; ``others``: the centre's work, taskings."""
    known = list(agency)
    endless = [span for span in known if span.ends_at - span.starts_at >= ENDLESS]
    ended = [span for span in known if span.ends_at - span.starts_at < ENDLESS]
    spans = [*ended, *others]
    return joined(part for span in spans for part in without(span, endless)) if endless else joined(spans)


def fullest(spans: Sequence[Interval], touching: Iterable[Interval]) -> Fullest | None:
    """Of all weeks that share time with any of ``touching`` the one with the most hours, the earliest of equals.

    ``spans`` as `joined` gives them: then a fullest week begins where one of them begins, or ends where one ends. None where
    no week shares time with both.
    """
    wanted = joined(touching)
    if not spans or not wanted:
        return None
    starts, ends = [span.starts_at for span in spans], [span.ends_at for span in spans]
    sums = list(accumulate((span.hours for span in spans), initial=0.0))
    # a week that holds one moment of ``touching`` only where it begins or ends counts from the nearest such week
    begins = {*starts, *(end - WEEK for end in ends)}
    begins |= {span.starts_at - WEEK for span in wanted} | {span.ends_at for span in wanted}
    best: Fullest | None = None
    for begin in sorted(begins):
        end = begin + WEEK
        if not any(span.starts_at <= end and begin <= span.ends_at for span in wanted):
            continue
        hours = _within(begin, end, starts, ends, sums)
        if hours > 0 and (best is None or hours > best.hours):
            best = Fullest(hours, begin)
    return best


def _within(begin: datetime, end: datetime, starts: list[datetime], ends: list[datetime], sums: list[float]) -> float:
    first, last = bisect_right(ends, begin), bisect_left(starts, end)
    if first >= last:
        return 0.0
    before = max((begin - starts[first]) / HOUR, 0.0)
    after = max((ends[last - 1] - end) / HOUR, 0.0)
    return sums[last] - sums[first] - before - after
