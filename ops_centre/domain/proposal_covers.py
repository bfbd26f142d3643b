"""What a change of a proposal covers, and whether it still does when a person gave it other times or left it out. No I/O.

The solver chose a change for needs that are each wanted for a span of time, for so long at least. At other times some of them
may be covered no longer: that is said, and they count as open again. What the change would cover *besides* is not looked for;
the page Sufficiency tells it once the change is approved.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ops_centre.clock import from_ms, to_ms
from ops_centre.domain.intervals import Interval

SLACK = timedelta(minutes=1)  # people give whole minutes


@dataclass(frozen=True, slots=True)
class Cover:
    """One need that a change was chosen for."""

    what: str
    severity: str
    where: str
    span: Interval  # when it is wanted
    least: timedelta  # for how long somebody must be there

    def is_met(self, times: Interval) -> bool:
        """Whether somebody who is there at these times covers it."""
        there = min(self.span.ends_at, times.ends_at) - max(self.span.starts_at, times.starts_at)
        return there >= self.least - SLACK

    def as_plain(self) -> dict[str, Any]:
        """As it is stored with its change."""
        return {
            "what": self.what,
            "severity": self.severity,
            "where": self.where,
            "starts_at": to_ms(self.span.starts_at),
            "ends_at": to_ms(self.span.ends_at),
            "least_s": self.least.total_seconds(),
        }


def covers_of(change: Mapping[str, Any]) -> list[Cover]:
    """What a stored change was chosen for; nothing for one that was stored before that was kept."""
    return [
        Cover(
            one["what"], one["severity"], one["where"], Interval(from_ms(one["starts_at"]), from_ms(one["ends_at"])),
            timedelta(seconds=one["least_s"]),
        )
        for one in change.get("covers", ())
    ]  # fmt: skip


def lost(change: Mapping[str, Any]) -> list[Cover]:
    """What it was chosen for and does not cover now: all of it where it is left out, what its new times miss otherwise."""
    covers = covers_of(change)
    if change["dropped"]:
        return covers
    if not change.get("timed_by"):
        return []
    times = Interval(from_ms(change["starts_at"]), from_ms(change["ends_at"]))
    return [one for one in covers if not one.is_met(times)]


def why_lost(change: Mapping[str, Any]) -> str:
    """Why what it was chosen for is open again."""
    if change["dropped"]:
        return f"{change['callsign']} was left out by {change['dropped_by']}."
    return f"{change['callsign']} was given other times by {change['timed_by']}."


def open_again(changes: Iterable[Mapping[str, Any]]) -> list[tuple[Cover, str]]:
    """All that a person's choices left open, and why."""
    return [(one, why_lost(change)) for change in changes for one in lost(change)]
