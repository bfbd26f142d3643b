"""Frozen views of enquiries to the single point of contact."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class EnquiryView:
    """One enquiry in full."""

    id: int
    asker_kind: str
    asker: str
    contact: str | None
    question: str
    asked_at: datetime
    due_at: datetime
    state: str
    overdue: bool  # not answered in time, or not yet and past its time
    leaves: bool  # an answer leaves the room: a legal basis is needed
    legal_basis: str | None
    taken_by: str | None
    taken_at: datetime | None
    answer: str | None
    answered_at: datetime | None
    answered_by: str | None
    took_s: float | None  # from asking to answering
    withdrawn_at: datetime | None
    withdrawn_reason: str | None
    links: tuple[tuple[str, str, str], ...]  # kind, id, label
    recorded_at: datetime
    recorded_by: str
    owner: str
    marking: str
    releases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnquiryStep:
    """One entry of the duty log about an enquiry."""

    seq: int
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True)
class EnquiryCard:
    """An enquiry with what was done about it."""

    row: EnquiryView
    steps: tuple[EnquiryStep, ...]


@dataclass(frozen=True, slots=True)
class EnquiryFigures:
    """How the single point of contact stands, in the reader's scope."""

    open: int
    overdue: int
    not_taken: int
    answered: int  # in the last `days`
    in_time: int  # of those
    median_took_s: float | None
    days: int
