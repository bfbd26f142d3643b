"""Frozen views of what belongs to an operation: orders, objectives, situation reports, attachments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ops_centre.domain.orders import Piece


@dataclass(frozen=True, slots=True)
class OrderView:
    """One version of an order."""

    version: int
    edition: int
    heads: Mapping[str, str]
    written_by: str
    written_at: datetime
    issued_by: str | None
    issued_at: datetime | None
    sha256: str | None
    log_seq: int | None
    sealed: bool  # its content still has the hash that its log entry holds
    changes: tuple[tuple[str, tuple[Piece, ...]], ...]  # against the version before, head by head; empty for the first


@dataclass(frozen=True, slots=True)
class OrderPart:
    """The orders of one operation."""

    operation: int
    reference: str
    may_work: bool
    ended: bool
    issued: tuple[OrderView, ...]  # newest first
    draft: OrderView | None  # only for who may work on it

    @property
    def next_version(self) -> int:
        """The number that a draft has, or would have."""
        return self.issued[0].version + 1 if self.issued else 1


@dataclass(frozen=True, slots=True)
class ObjectiveView:
    """One objective."""

    id: int
    position: int
    version: int
    text: str
    measure: str
    result: str | None
    result_note: str | None
    result_by: str | None
    result_at: datetime | None
    dropped_at: datetime | None


@dataclass(frozen=True, slots=True)
class ObjectivesPart:
    """The objectives of one operation, dropped ones last."""

    operation: int
    may_work: bool
    may_change: bool  # words of objectives: until it has ended, but not under an approval
    may_judge: bool
    rows: tuple[ObjectiveView, ...]
    dropped: tuple[ObjectiveView, ...]
    approved: bool = False  # and has not begun: a second person agreed to them


@dataclass(frozen=True, slots=True)
class ReportView:
    """One situation report."""

    id: int
    number: int
    edition: int
    since_at: datetime
    until_at: datetime
    heads: Mapping[str, str]
    facts: int  # it was drafted from so many
    agencies: tuple[str, ...]
    written_by: str
    written_at: datetime
    issued_by: str | None
    issued_at: datetime | None
    sha256: str | None
    log_seq: int | None
    sealed: bool
    owner: str
    marking: str
    releases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportsPart:
    """The situation reports of one operation that the reader may see, newest first."""

    operation: int
    may_work: bool
    may_draft: bool
    issued: tuple[ReportView, ...]
    draft: ReportView | None
    may_know: tuple[str, ...]  # agencies that may know of the operation


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """One file."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime
    removed_by: str | None
    removed_at: datetime | None
    remove_reason: str | None
    log_seq: int


@dataclass(frozen=True, slots=True)
class FilesPart:
    """The files of one operation, newest first; removed ones keep their row."""

    operation: int
    may_work: bool
    max_bytes: int
    rows: tuple[AttachmentView, ...]


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file to be sent."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Standing:
    """What a printed order or report says of its operation."""

    id: int
    reference: str
    name: str
    is_exercise: bool
    commander: str | None
    agencies: tuple[str, ...]
    starts_at: datetime | None
    ends_at: datetime | None
    owner: str
    marking: str
    releases: tuple[str, ...]
