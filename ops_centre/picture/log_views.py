"""Frozen views of the duty log, in the reader's scope."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class LogEntryView:
    """One entry as it stands: all that is sealed of it, its seals, and what corrects it."""

    seq: int
    recorded_at: datetime
    occurred_at: datetime
    kind: str
    by_system: bool
    author: str
    author_name: str
    author_role: str
    agency: str
    decider: str | None
    text: str
    owner: str
    marking: str
    releases: tuple[str, ...]
    corrects: int | None
    corrected_by: tuple[int, ...]  # entries that correct this one and that the reader may see
    links: tuple[tuple[str, str, str], ...]  # kind, id, label
    detail: dict[str, Any]
    salt: str
    leaf_hash: str  # hexadecimal, as is the next
    chain_hash: str
    author_id: int | None = None  # not sealed


@dataclass(frozen=True, slots=True)
class LogEntryCard:
    """An entry opened: with every entry of its chain of corrections and the neighbours that the reader may see."""

    entry: LogEntryView
    corrections: tuple[LogEntryView, ...]  # the whole chain, oldest first, with the entry; or none
    before: int | None  # the next older entry
    after: int | None
    may_correct: bool
    why_not: str | None  # why it may not be corrected by this reader


@dataclass(frozen=True, slots=True)
class Counted:
    """How many entries; ``capped`` when there are at least so many."""

    number: int
    capped: bool


@dataclass(frozen=True, slots=True)
class Completion:
    """Something that a word behind a sign may mean. ``marking`` is what an entry that refers to it begins with."""

    kind: str
    id: str
    label: str
    detail: str
    owner: str | None = None
    marking: str | None = None
