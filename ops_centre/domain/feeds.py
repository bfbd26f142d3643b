"""The light of a feed, by when it last worked. Silence never looks like calm."""

from datetime import datetime, timedelta
from enum import StrEnum


class FeedLight(StrEnum):
    """What the wall shows for a feed."""

    WAITING = "waiting"  # never polled yet
    LIVE = "live"
    LATE = "late"
    LOST = "lost"
    PAUSED = "paused"
    ENDED = "ended"  # a replay that has been played out


CLOCKS_APART = timedelta(minutes=1)


def light_of(
    last_good_at: datetime | None,
    started_at: datetime | None,
    now: datetime,
    *,
    late_after: timedelta,
    lost_after: timedelta,
) -> FeedLight:
    """The light of a feed that last worked at ``last_good_at`` (None: never, tried since ``started_at``)."""
    reference = last_good_at or started_at
    if reference is None:
        return FeedLight.WAITING
    silent = now - reference
    if silent >= lost_after:
        return FeedLight.LOST
    if silent >= late_after or silent < -CLOCKS_APART:  # stamped before our clock was set back, and not since
        return FeedLight.LATE
    return FeedLight.LIVE if last_good_at else FeedLight.WAITING
