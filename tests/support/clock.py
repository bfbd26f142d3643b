"""A clock that moves only when a test says so."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 4, 1, 6, 30, tzinfo=UTC)


class FakeClock:
    """Stands at `START` (18:30 in Auckland) until it is advanced."""

    def __init__(self, start: datetime = START) -> None:
        """Begin at ``start``, an aware time."""
        self._now = start

    def now(self) -> datetime:
        """Present time, aware, UTC."""
        return self._now

    def advance(self, delta: timedelta | None = None, **parts: float) -> datetime:
        """Move on by a timedelta or by its parts (``advance(minutes=5)``); the time it then is."""
        self._now += (delta or timedelta()) + timedelta(**parts)
        return self._now

    def set(self, moment: datetime) -> None:
        """Jump to ``moment``."""
        if moment.tzinfo is None:
            raise ValueError("a time without a zone is not a time")
        self._now = moment
