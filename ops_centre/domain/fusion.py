"""Which of several positions of one craft is drawn, and which are kept but doubted. Plain rules, no I/O.

1. The newest observed position is drawn; of two of the same moment that of the source with the higher priority.
2. What was observed more than `AHEAD_MS` after it was received comes by a wrong clock: kept, not drawn.
3. A recording that is played never moves a craft that a live source placed in the last `LIVE_HOLDS_MS`; a live source takes a
   craft from a recording at once.
4. A position that the craft could reach only faster than `LIMIT_KN` of its kind leaps: kept, not drawn, until a second one
   agrees with it and none has agreed with the drawn place meanwhile. Then it is drawn.
5. Where both go on, the craft is in two places at once: the place drawn stays until it is silent for `HOLD_MS`.
6. What was placed more than `AHEAD_MS` after what our clock says now was placed before that was set back: it holds nothing,
   and the next position of a live source takes its place, however that was reached.

So positions that do not leap end in the same picture in whatever order they come. Where some leap, what was heard first keeps
the place; an older position never moves a newer one in any case.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

from ops_centre.domain.observations import TrackKind

MACH_KN = 661.5  # the speed of sound at sea level in the standard atmosphere (ICAO Doc 7488)
LIMIT_KN: dict[TrackKind, float] = {
    TrackKind.VESSEL: 60.0,
    TrackKind.AIRCRAFT: 1.2 * MACH_KN,
    TrackKind.VEHICLE: 150.0,
    TrackKind.BASE_STATION: 60.0,
    TrackKind.AID: 60.0,
}
SLACK_NM = 1.0  # what rounding, a receiver's error and a clock of whole seconds make of a craft that lies still
AHEAD_MS = 60_000
LIVE_HOLDS_MS = 12 * 3_600_000
HOLD_MS = 10 * 60_000
SUSPECT_MS = 3_600_000  # two leaps further apart in time have nothing to do with each other
_NEAR_DEG = SLACK_NM / 60 / 2
_EARTH_NM = 3440.065
_HOUR_MS = 3_600_000


class Verdict(StrEnum):
    """What becomes of a position. Every one of them is kept."""

    DRAWN = "drawn"
    CONFIRMED = "confirmed"  # drawn: a second one that agrees with a leap
    LATE = "late"
    YIELDS = "yields"  # of a recording, while a live source has placed the craft
    LEAP = "leap"
    TWO_PLACES = "two places at once"
    AHEAD = "ahead of time"


MOVES = frozenset({Verdict.DRAWN, Verdict.CONFIRMED})
DOUBTED = frozenset({Verdict.LEAP, Verdict.TWO_PLACES, Verdict.AHEAD})


def is_ahead(at_ms: int, received_ms: int) -> bool:
    """Whether something was observed after it was received, by more than clocks differ."""
    return at_ms - received_ms > AHEAD_MS


@dataclass(frozen=True, slots=True)
class Source:
    """Where positions come from."""

    id: int
    priority: int = 0
    is_replay: bool = False


@dataclass(slots=True)
class Suspect:
    """A place a craft leapt to, not drawn so far."""

    lat: float
    lon: float
    at_ms: int
    first_ms: int


@dataclass(slots=True)
class Place:
    """Where one craft is drawn, and where else it may be. Degrees, Unix milliseconds."""

    source: Source | None = None  # None: it has no position yet
    lat: float = 0.0
    lon: float = 0.0
    at_ms: int = -(2**62)
    placed_ms: int = 0  # by our clock
    suspect: Suspect | None = None

    def judge(self, lat: float, lon: float, at_ms: int, now_ms: int, source: Source, kind: TrackKind) -> Verdict:
        """What becomes of a position observed at ``at_ms`` and not ahead of its time (`is_ahead`).

        This place is moved by it where the verdict is one of `MOVES`. ``now_ms``: our clock, for a recording too.
        """
        held = self.source
        if self.is_of_another_time(now_ms) and not source.is_replay:
            self.suspect = None
        elif held is not source and held is not None and held.is_replay != source.is_replay:
            if source.is_replay and now_ms - self.placed_ms < LIVE_HOLDS_MS:
                return Verdict.YIELDS
            self.suspect = None
        elif at_ms <= self.at_ms and not self._gives_way(lat, lon, at_ms, source, kind):
            return Verdict.LATE
        elif held is not None and self._far(lat, lon) and leaps(
            self.lat, self.lon, self.at_ms, lat, lon, at_ms, kind
        ):  # fmt: skip
            verdict = self._doubt(lat, lon, at_ms, kind)
            if verdict is not Verdict.CONFIRMED:
                return verdict
            self._take(lat, lon, at_ms, now_ms, source)
            return verdict
        self._take(lat, lon, at_ms, now_ms, source)
        return Verdict.DRAWN

    def is_of_another_time(self, now_ms: int) -> bool:
        """Whether this was placed by a clock that has been set back since."""
        return self.source is not None and not self.source.is_replay and self.placed_ms - now_ms > AHEAD_MS

    def suspect_again(self, there: Suspect) -> None:
        """Remember a place it leapt to, as was noted before a restart, unless the craft is known to have been there since."""
        if there.at_ms > self.at_ms or not _close(there, self.lat, self.lon):
            self.suspect = there

    def _far(self, lat: float, lon: float) -> bool:
        """Whether it is worth reckoning: most positions lie close to the one before."""
        return not (-_NEAR_DEG < lat - self.lat < _NEAR_DEG and -_NEAR_DEG < lon - self.lon < _NEAR_DEG)

    def _gives_way(self, lat: float, lon: float, at_ms: int, source: Source, kind: TrackKind) -> bool:
        """Of two positions of one moment, that of the source with the higher priority."""
        held = self.source
        return (
            at_ms == self.at_ms
            and held is not None
            and source.priority > held.priority
            and not leaps(self.lat, self.lon, self.at_ms, lat, lon, at_ms, kind)
        )

    def _doubt(self, lat: float, lon: float, at_ms: int, kind: TrackKind) -> Verdict:
        """What becomes of a position that leaps from the drawn one."""
        there = self.suspect
        if there is None or at_ms - there.at_ms > SUSPECT_MS or _apart(there, lat, lon, at_ms, kind):
            self.suspect = Suspect(lat, lon, at_ms, at_ms)
            return Verdict.LEAP
        if at_ms <= there.at_ms:
            return Verdict.LEAP
        there.lat, there.lon, there.at_ms = lat, lon, at_ms
        if there.first_ms < self.at_ms and at_ms - self.at_ms <= HOLD_MS:
            return Verdict.TWO_PLACES
        return Verdict.CONFIRMED

    def _take(self, lat: float, lon: float, at_ms: int, now_ms: int, source: Source) -> None:
        there = self.suspect
        if there is not None and there.at_ms <= at_ms and _close(there, lat, lon):
            self.suspect = None  # it was there, or came back to where the leap led
        self.source, self.lat, self.lon, self.at_ms, self.placed_ms = source, lat, lon, at_ms, now_ms


def _close(there: Suspect, lat: float, lon: float) -> bool:
    return distance_nm(there.lat, there.lon, lat, lon) <= SLACK_NM


def _apart(there: Suspect, lat: float, lon: float, at_ms: int, kind: TrackKind) -> bool:
    return leaps(there.lat, there.lon, there.at_ms, lat, lon, at_ms, kind)


def leaps(lat1: float, lon1: float, at1_ms: int, lat2: float, lon2: float, at2_ms: int, kind: TrackKind) -> bool:
    """Whether a craft of ``kind`` cannot have gone from one place to the other in that time, whichever came first."""
    hours = abs(at2_ms - at1_ms) / _HOUR_MS
    return distance_nm(lat1, lon1, lat2, lon2) > SLACK_NM + LIMIT_KN[kind] * hours


def distance_nm(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Nautical miles on a sphere: within 0.6 % of `geo.distance_nm`, at a tenth of its cost."""
    north, east = math.radians(lat2 - lat1) / 2, math.radians(lon2 - lon1) / 2
    chord = math.sin(north) ** 2 + math.cos(math.radians(lat1)) * math.cos(math.radians(lat2)) * math.sin(east) ** 2
    return 2 * _EARTH_NM * math.asin(min(1.0, math.sqrt(chord)))


def leap_words(lat1: float, lon1: float, at1_ms: int, lat2: float, lon2: float, at2_ms: int) -> str:
    """A leap as evidence: "36 nm in 2 min, 1,080 kn"."""
    nm, ms = distance_nm(lat1, lon1, lat2, lon2), abs(at2_ms - at1_ms)
    took = span_words(ms)
    return f"{nm:,.0f} nm in {took}, {nm * _HOUR_MS / ms:,.0f} kn" if ms else f"{nm:,.0f} nm in no time"


def span_words(ms: int) -> str:
    """A span of time in the two units that matter: "2 h 14 min", "3 d 4 h", "40 s"."""
    seconds = max(0, ms) // 1000
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if minutes < 60:
        return f"{minutes} min"
    return f"{hours} h {minutes % 60} min" if hours < 48 else f"{days} d {hours % 24} h"
