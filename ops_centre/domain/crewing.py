"""Duty of a unit: which of its deployments is on, and how long its people may still work.

Duties that follow one another without a break longer than `HANDOVER` are one: the unit goes on with another crew. A
deployment's own hours (`duty_hours`) end it before its end. Times aware UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HANDOVER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Duty:
    """One deployment of a unit."""

    starts_at: datetime
    ends_at: datetime | None
    duty_hours: float | None = None
    crew: int | None = None
    place: str | None = None
    area: str | None = None

    @property
    def works_until(self) -> datetime | None:
        """When its people must stop; None when nobody said."""
        hours = self.duty_hours
        spent = self.starts_at + timedelta(hours=hours) if hours is not None and 0 < hours < 10_000 else None
        if self.ends_at is None or spent is None:
            return self.ends_at or spent
        return min(self.ends_at, spent)

    def is_on(self, now: datetime) -> bool:
        """Whether it is on."""
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


def present_duty(duties: Sequence[Duty], now: datetime) -> Duty | None:
    """The duty that is on, if any."""
    return next((duty for duty in duties if duty.is_on(now)), None)


def unbroken(duties: Sequence[Duty], now: datetime, open_end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """Spans of duty that are on or to come, joined where one follows the other; open ones end at ``open_end``."""
    spans: list[tuple[datetime, datetime]] = []
    for duty in sorted(duties, key=lambda duty: duty.starts_at):
        until = duty.works_until or open_end
        if until <= duty.starts_at or until <= now:
            continue
        if spans and duty.starts_at - spans[-1][1] <= HANDOVER:
            spans[-1] = (spans[-1][0], max(spans[-1][1], until))
        else:
            spans.append((duty.starts_at, until))
    return tuple(spans)
