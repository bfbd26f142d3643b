"""Recurring assignments: on which days, from when until when on a wall clock. No I/O.

Hours are local and stay so across changes of daylight saving: from 22:00 to 06:00 is from 22:00 to 06:00, though it lasts
seven or nine hours in that night. Of an hour that comes twice the first counts; one that is left out counts on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ops_centre.domain.intervals import Interval

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Pattern:
    """``days``: 0 is Monday. Equal hours last a whole day. ``until`` is the last day it may begin on."""

    days: frozenset[int]
    starts: time
    ends: time
    since: date
    until: date
    zone: str
    every_weeks: int = 1  # 2: every other week, counted from the week of `since`

    def __post_init__(self) -> None:
        """Raises ValueError in the planner's words."""
        if not self.days or not self.days <= set(range(7)):
            raise ValueError("Choose at least one day of the week.")
        if not timedelta(0) <= self.until - self.since <= timedelta(days=MOST_DAYS):
            raise ValueError(f"It ends after it begins, within {MOST_DAYS} days.")
        if not 1 <= self.every_weeks <= 8:
            raise ValueError("It comes every 1 to 8 weeks.")

    @property
    def words(self) -> str:
        """``Mon, Wed 22:00-06:00, 2026-11-23 to 2026-12-31``."""
        days = "every day" if len(self.days) == 7 else ", ".join(DAYS[day] for day in sorted(self.days))
        weeks = f" every {self.every_weeks} weeks" if self.every_weeks > 1 else ""
        return f"{days}{weeks} {self.starts:%H:%M}-{self.ends:%H:%M}, {self.since} to {self.until}"

    def spans(self) -> Iterator[Interval]:
        """Every time it comes, the earliest first, in UTC."""
        zone = ZoneInfo(self.zone)
        monday = self.since - timedelta(days=self.since.weekday())
        for number in range((self.until - self.since).days + 1):
            day = self.since + timedelta(days=number)
            if day.weekday() in self.days and (day - monday).days // 7 % self.every_weeks == 0:
                yield self._span(day, zone)

    def _span(self, day: date, zone: ZoneInfo) -> Interval:
        last = day if self.ends > self.starts else day + timedelta(days=1)
        start, end = _moment(day, self.starts, zone), _moment(last, self.ends, zone)
        if end <= start:  # within an hour that is left out
            end = start + (datetime.combine(last, self.ends) - datetime.combine(day, self.starts))
        return Interval(start, end)

    def as_plain(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "days": sorted(self.days), "starts": f"{self.starts:%H:%M}", "ends": f"{self.ends:%H:%M}",
            "since": self.since.isoformat(), "until": self.until.isoformat(), "zone": self.zone,
            "every_weeks": self.every_weeks,
        }  # fmt: skip


def pattern_of(plain: Mapping[str, Any]) -> Pattern:
    """The pattern of what was stored or sent. Raises ValueError."""
    return Pattern(
        frozenset(int(day) for day in plain["days"]), time.fromisoformat(plain["starts"]),
        time.fromisoformat(plain["ends"]), date.fromisoformat(plain["since"]), date.fromisoformat(plain["until"]),
        str(plain["zone"]), int(plain.get("every_weeks", 1)),
    )  # fmt: skip


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
