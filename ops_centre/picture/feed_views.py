"""What the page of feeds shows of one feed, its refused records and the worker's duties."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """By whom, why and since when a feed is paused."""

    by: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RefusalGroup:
    """Refused records with one reason. ``like``: the newest of them, by which the group is asked for."""

    like: int
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One refused record in a list: never its bytes."""

    id: int
    received_at: datetime
    reason: str
    raw_bytes: int
    is_cut: bool  # only the first of its bytes were kept


@dataclass(frozen=True, slots=True)
class Refusals:
    """A page of a feed's quarantine."""

    kept: int
    groups: tuple[RefusalGroup, ...]
    more_groups: int
    rows: tuple[RefusedRow, ...]
    like: int | None
    reason: str | None  # the one that was asked for
    before: int | None
    older: int | None  # `before` of the next page; None: this is the last


@dataclass(frozen=True, slots=True)
class FeedCard:
    """One feed opened."""

    id: int
    name: str
    kind: str
    agency: str
    is_replay: bool
    paused: Pause | None
    settings: tuple[tuple[str, str], ...]  # in words, without secrets; empty: not configured here
    may_run: bool
    refusals: Refusals | None  # None: not for this reader


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A refused record with its bytes."""

    id: int
    feed_id: int
    feed: str
    kind: str
    received_at: datetime
    reason: str
    raw: bytes
    raw_bytes: int


@dataclass(frozen=True, slots=True)
class DutyRow:
    """How a duty of the worker last went."""

    name: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    detail: str | None


@dataclass(frozen=True, slots=True)
class BackupState:
    """The newest backup of the schedule. ``overdue``: older than twice its interval, or there is none."""

    every_hours: float
    kept: int
    newest_at: datetime | None
    bytes: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class WorkerState:
    """The worker's duties and what it last wrote down of them."""

    alive_at: datetime | None
    duties: tuple[DutyRow, ...]
    backup: BackupState
