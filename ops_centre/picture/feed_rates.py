"""Records a minute of each feed, from its counters as this process saw them lately. Kept in memory; a restart begins anew."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from ops_centre.picture.views import FeedRow

OVER = timedelta(minutes=5)
BETWEEN = timedelta(seconds=5)  # samples
LEAST = timedelta(seconds=20)  # over less than this a rate says nothing


class FeedRates:
    """Samples counters whenever somebody looks at the feeds."""

    def __init__(self) -> None:
        self._samples: dict[int, deque[tuple[datetime, int]]] = {}

    def sample(self, rows: Iterable[FeedRow], now: datetime) -> None:
        """Note the counters of now."""
        for row in rows:
            kept = self._samples.setdefault(row.id, deque(maxlen=OVER // BETWEEN + 2))
            if kept and (row.received < kept[-1][1] or now < kept[-1][0]):
                kept.clear()  # the counter or the clock was set back
            if not kept or now - kept[-1][0] >= BETWEEN:
                kept.append((now, row.received))
            while len(kept) > 1 and now - kept[0][0] > OVER:
                kept.popleft()

    def per_minute(self, feed_id: int) -> float | None:
        """Over the last minutes; None while too little was seen."""
        kept = list(self._samples.get(feed_id, ()))
        if len(kept) < 2 or kept[-1][0] - kept[0][0] < LEAST:
            return None
        (began, first), (ended, last) = kept[0], kept[-1]
        return (last - first) * 60 / (ended - began).total_seconds()
