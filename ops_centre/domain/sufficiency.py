"""Sufficiency: what arrivals will ask of a place in a block of hours, and whether the units there can give it. No I/O.

An arrival brings needs (`domain.authority.Demand`), each with hours of work. The hours of one need in one place and block,
for the same agencies, are added up and divided by what one unit gives in a block: that many units are wanted. A unit fills
one of them in a block, and so never two needs at once. Places, blocks and units are dealt out so that the worst severities
are filled first and as many as can be. Times aware UTC, hours.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from zoneinfo import ZoneInfo

from ops_centre.domain.authority import Demand, either

Need = tuple[str, ...]  # met by any of these capabilities
ARRIVAL = "arrival"  # severity of a need whose causes nobody targeted
WORST_FIRST = ("top", "high", "normal", ARRIVAL)
RANK = {word: place for place, word in enumerate(WORST_FIRST)}


class State(StrEnum):
    """How a place stands in a block."""

    SHORT = "short"
    SUFFICIENT = "sufficient"
    NOTHING = "nothing expected"


@dataclass(frozen=True, slots=True)
class Block:
    """From `starts_at` until just before `ends_at`."""

    starts_at: datetime
    ends_at: datetime

    @property
    def hours(self) -> float:
        """Its length; where the clocks change it is not what it usually is."""
        return (self.ends_at - self.starts_at).total_seconds() / 3600.0


@dataclass(frozen=True, slots=True)
class Rules:
    """What is reckoned by, from the settings ([sufficiency])."""

    work_h: dict[str, float]  # on one need of a target, by severity
    post_h: float  # what one unit gives in a block of `block_h`
    block_h: int
    present_share: float  # a unit counts for a block when it is there for so much of it
    overdue: timedelta  # an open target that has arrived is wanted for so long


@dataclass(frozen=True, slots=True)
class Expected:
    """One arrival at a place. ``severity`` None: nobody targeted it."""

    kind: str
    id: int
    label: str
    place: str  # code
    at: datetime
    severity: str | None
    demand: Demand
    hours: float | None = None  # of work on each need; None: by its severity


@dataclass(frozen=True, slots=True)
class Cause:
    """Why there is a need."""

    kind: str
    id: int
    label: str
    severity: str | None
    at: datetime


@dataclass(slots=True)
class Line:
    """One need of one place in one block, for agencies with authority (None: any)."""

    place: str
    block: int
    need: Need
    agencies: frozenset[str] | None
    severity: str = ARRIVAL
    hours: float = 0.0
    wanted: int = 0
    covered: int = 0
    causes: list[Cause] = field(default_factory=list)

    @property
    def what(self) -> str:
        """The need in words."""
        return either(self.need)

    def is_met_by(self, agency: str, capabilities: Sequence[str]) -> bool:
        """Whether a unit can fill it."""
        if self.agencies is not None and agency not in self.agencies:
            return False
        return not Demand((self.need,), None).lacks(capabilities)


@dataclass(frozen=True, slots=True)
class Span:
    """A unit's time: at a place, or (place None) where it serves no place: at rest, at sea, under maintenance."""

    starts_at: datetime
    ends_at: datetime
    place: str | None


@dataclass(frozen=True, slots=True)
class Holder:
    """A unit as far as sufficiency goes. ``spans`` do not overlap (`laid_over`)."""

    id: int
    callsign: str
    agency: str
    capabilities: tuple[str, ...]
    spans: tuple[Span, ...]


def blocks_of(now: datetime, until: datetime, zone: ZoneInfo, hours: int) -> tuple[Block, ...]:
    """Blocks that begin at 00, 06, 12, 18 o'clock of ``zone`` (for 6 hours), from the one that holds ``now``."""
    local = now.astimezone(zone)
    wall = local.replace(hour=local.hour // hours * hours, minute=0, second=0, microsecond=0, tzinfo=None)
    found: list[Block] = []
    begins = _moment(wall, zone)
    while begins < until:
        wall += timedelta(hours=hours)
        ends = _moment(wall, zone)
        if ends > begins and ends > now:
            found.append(Block(begins, ends))
        begins = ends
    return tuple(found)


def _moment(wall: datetime, zone: ZoneInfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(ZoneInfo("UTC"))


def lines_of(expected: Iterable[Expected], blocks: Sequence[Block], rules: Rules, now: datetime) -> list[Line]:
    """What places want, worst first, then by place and block."""
    lines: dict[tuple[str, int, Need, frozenset[str] | None], Line] = {}
    for one in expected:
        block = _block_at(blocks, _due(one, rules, now))
        if block is None:
            continue
        hours = one.hours if one.hours is not None else rules.work_h.get(one.severity or "", 0.0)
        for need in one.demand.needs:
            key = (one.place, block, need, one.demand.agencies)
            _add(lines.setdefault(key, Line(*key)), one, hours)
    for line in lines.values():
        gives = rules.post_h * blocks[line.block].hours / rules.block_h
        line.wanted = max(1, ceil(line.hours / gives - 1e-9))
        line.causes.sort(key=lambda cause: (RANK[cause.severity or ARRIVAL], cause.at, cause.id))
    return sorted(lines.values(), key=lambda line: (RANK[line.severity], line.place, line.block, line.need))


def _add(line: Line, one: Expected, hours: float) -> None:
    severity = one.severity or ARRIVAL
    line.hours += hours
    line.severity = min(line.severity, severity, key=RANK.__getitem__)
    line.causes.append(Cause(one.kind, one.id, one.label, one.severity, one.at))


def _due(one: Expected, rules: Rules, now: datetime) -> datetime | None:
    """When its work is wanted: at its arrival; now, where it arrived a while ago; None where that is over."""
    if one.at >= now:
        return one.at
    return now if one.severity is not None and now - one.at < rules.overdue else None


def _block_at(blocks: Sequence[Block], at: datetime | None) -> int | None:
    if at is None:
        return None
    return next((number for number, block in enumerate(blocks) if block.starts_at <= at < block.ends_at), None)


def laid_over(layers: Sequence[Sequence[Span]]) -> tuple[Span, ...]:
    """Spans that do not overlap: what an earlier layer says of a time hides what later ones say of it."""
    kept: list[Span] = []
    for layer in layers:
        for span in sorted(layer, key=lambda one: one.starts_at):
            kept.extend(_free_parts(span, kept))
    return tuple(sorted(kept, key=lambda one: one.starts_at))


def _free_parts(span: Span, taken: Sequence[Span]) -> list[Span]:
    parts = [(span.starts_at, span.ends_at)] if span.starts_at < span.ends_at else []
    for other in taken:
        parts = [
            (start, end)
            for left, right in parts
            for start, end in ((left, min(right, other.starts_at)), (max(left, other.ends_at), right))
            if start < end
        ]
    return [Span(start, end, span.place) for start, end in parts]


def place_in(holder: Holder, block: Block, share: float) -> str | None:
    """Where a unit counts in a block: the place it is at longest, if that is for ``share`` of it."""
    hours: dict[str, float] = {}
    for span in holder.spans:
        if span.place is not None and span.starts_at < block.ends_at and block.starts_at < span.ends_at:
            over = min(span.ends_at, block.ends_at) - max(span.starts_at, block.starts_at)
            hours[span.place] = hours.get(span.place, 0.0) + over.total_seconds() / 3600.0
    longest = max(hours, key=lambda place: (hours[place], place), default=None)
    return longest if longest is not None and hours[longest] >= share * block.hours - 1e-9 else None


Present = dict[tuple[str, int], list[Holder]]  # by place and block


def present(holders: Iterable[Holder], blocks: Sequence[Block], share: float) -> Present:
    """Who is where."""
    found: Present = {}
    for holder in holders:
        for number, block in enumerate(blocks):
            place = place_in(holder, block, share)
            if place is not None:
                found.setdefault((place, number), []).append(holder)
    return found


def cover(lines: Sequence[Line], there: Present) -> dict[tuple[int, int], Line]:
    """Fill lines (worst first) with those who are there; sets `Line.covered`. Which line each unit fills, by unit and block."""
    by_cell: dict[tuple[str, int], list[Line]] = {}
    for line in lines:
        by_cell.setdefault((line.place, line.block), []).append(line)
    fills: dict[tuple[int, int], Line] = {}
    for cell, own in by_cell.items():
        for holder, line in matched(own, there.get(cell, ())):
            line.covered += 1
            fills[(holder.id, cell[1])] = line
    return fills


def matched(lines: Sequence[Line], holders: Sequence[Holder]) -> list[tuple[Holder, Line]]:
    """A largest set of pairs, one line for each unit, `Line.wanted` units for each line at most. Lines that come first are
    never left open for one that comes later: augmenting paths keep whatever is filled filled."""
    posts = [line for line in lines for _one in range(line.wanted)]
    fit = [[i for i, one in enumerate(holders) if post.is_met_by(one.agency, one.capabilities)] for post in posts]
    filled: dict[int, int] = {}  # unit -> post

    def augment(post: int, tried: set[int]) -> bool:
        for unit in fit[post]:
            if unit in tried:
                continue
            tried.add(unit)
            if unit not in filled or augment(filled[unit], tried):
                filled[unit] = post
                return True
        return False

    for post in range(len(posts)):
        augment(post, set())
    return [(holders[unit], posts[post]) for unit, post in filled.items()]
