"""The one source of time. Times are aware and in UTC; storage and wire use whole milliseconds since 1970."""

from datetime import UTC, datetime, timedelta
from typing import Protocol

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)


class Clock(Protocol):
    """Anything that knows the present time."""

    def now(self) -> datetime:
        """Present time, aware, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Present time, aware, UTC."""
        return datetime.now(UTC)


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970-01-01T00:00Z. Raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone is not a time")
    return (moment - EPOCH) // _MS


def from_ms(ms: int) -> datetime:
    """The aware UTC time of ``ms`` milliseconds since 1970."""
    return EPOCH + timedelta(milliseconds=ms)
