"""The roster: when the regular watches are, in local time across changes of daylight saving, and who stands too long.

Rules without I/O. Hours are given as on a wall clock ("23:00-07:00"); moments come out aware, in UTC. A watch across a
change of daylight saving lasts an hour more or less, as the people on it do.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Regular:
    """One watch of the pattern: its name and its hours on a wall clock. Equal hours last a whole day."""

    name: str
    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Slot:
    """A watch on the roster: when it is planned."""

    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Assigned:
    """Somebody on one watch of the roster."""

    person: str
    watch_id: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody who would stand longer than allowed, or on two watches at once."""

    person: str
    watch_ids: tuple[int, ...]
    hours: float
    at_once: bool

    @property
    def words(self) -> str:
        """``lead stands 16 h without a break``."""
        if self.at_once:
            return f"{self.person} stands on two watches at once"
        return f"{self.person} stands {self.hours:g} h without a break"


def read_pattern(lines: Iterable[str]) -> tuple[Regular, ...]:
    """The pattern of the settings (`config.Watches`): ``"A 07:00-15:00"``."""
    regular = []
    for line in lines:
        name, hours = line.split(" ")
        starts, ends = (time.fromisoformat(part) for part in hours.split("-"))
        regular.append(Regular(name, starts, ends))
    return tuple(regular)


def slots(pattern: Sequence[Regular], zone: ZoneInfo, since: datetime, until: datetime) -> list[Slot]:
    """Every regular watch that ends after ``since`` and starts before ``until``, the earliest first."""
    first = since.astimezone(zone).date() - timedelta(days=1)
    days = (until.astimezone(zone).date() - first).days + 1
    made = [_slot(one, first + timedelta(days=number), zone) for number in range(days) for one in pattern]
    return sorted(
        (slot for slot in made if slot.ends_at > since and slot.starts_at < until), key=lambda slot: slot.starts_at
    )


def _slot(regular: Regular, day: date, zone: ZoneInfo) -> Slot:
    last = day if regular.ends > regular.starts else day + timedelta(days=1)
    return Slot(regular.name, _moment(day, regular.starts, zone), _moment(last, regular.ends, zone))


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment a wall clock shows ``at``. Of an hour that comes twice the first; one that is left out counts on."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def slot_at(found: Iterable[Slot], now: datetime, overlap: timedelta) -> Slot | None:
    """The watch that whoever takes over at ``now`` takes: the last one that has begun or begins within ``overlap``."""
    due = [slot for slot in found if slot.starts_at - overlap <= now < slot.ends_at]
    return max(due, key=lambda slot: slot.starts_at, default=None)


def clashes(assigned: Iterable[Assigned], longest: timedelta) -> list[Clash]:
    """People who stand longer than ``longest`` on watches that follow without a break, or on two at once."""
    people: dict[str, list[Assigned]] = {}
    for one in assigned:
        people.setdefault(one.person, []).append(one)
    found = []
    for person in sorted(people):
        found += _clashes_of(person, sorted(people[person], key=lambda one: (one.starts_at, one.watch_id)), longest)
    return found


def _clashes_of(person: str, stands: list[Assigned], longest: timedelta) -> list[Clash]:
    found: list[Clash] = []
    run: list[Assigned] = []
    for one in [*stands, None]:
        if run and one is not None and one.starts_at <= max(part.ends_at for part in run):
            if one.starts_at < max(part.ends_at for part in run):
                found.append(Clash(person, (run[-1].watch_id, one.watch_id), 0, at_once=True))
            run.append(one)
            continue
        if len(run) > 1:
            lasts = max(part.ends_at for part in run) - run[0].starts_at
            if lasts > longest:
                ids = tuple(part.watch_id for part in run)
                found.append(Clash(person, ids, round(lasts / timedelta(hours=1), 1), at_once=False))
        run = [one] if one is not None else []
    return found
