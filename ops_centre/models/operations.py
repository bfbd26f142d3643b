"""Operations: deliberate, contingency and overwatch, with their orders, objectives, links, reports and attachments."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId


class Operation(Base):
    """One operation. What belongs to it is handled as it is."""

    __tablename__ = "operations"
    __table_args__ = (UniqueConstraint("reference"), Index(None, "revision"), Index(None, "kind", "state"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reference: Mapped[str]  # "D26-014"
    name: Mapped[str]
    kind: Mapped[str]  # deliberate, contingency, overwatch
    state: Mapped[str]  # `domain.operations.OperationState`
    state_at: Mapped[datetime]  # since when
    is_exercise: Mapped[bool]
    purpose: Mapped[str]  # why, in a sentence or two
    commander: Mapped[str | None]  # sign-in name
    agencies: Mapped[list[Any]] = mapped_column(JSON)  # codes of those who take part
    subjects: Mapped[list[Any]] = mapped_column(JSON)  # subject kinds it is about: vessel, flight, person, consignment
    place: Mapped[str | None]  # code of the place it is about, for lessons and sufficiency
    starts_at: Mapped[datetime | None]  # planned
    ends_at: Mapped[datetime | None]  # planned; None for a standing overwatch
    required: Mapped[list[Any]] = mapped_column(JSON)  # [{"capability": …, "count": …}]
    area: Mapped[list[Any]] = mapped_column(JSON)  # shapes: `domain.shapes.Shape.as_plain`
    next_event: Mapped[str | None]  # the next decision or event, in words
    next_event_at: Mapped[datetime | None]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]  # active, responding or watching
    closed_at: Mapped[datetime | None]  # closed or cancelled
    close_reason: Mapped[str | None]
    promoted_from: Mapped[int | None] = mapped_column(ForeignKey("operations.id"))  # the contingency it grew out of
    version: Mapped[int] = mapped_column(
        default=1
    )  # rises with each change of its head: who edits an older one is told
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    revision: Mapped[int] = mapped_column(BigId, default=0)


class OperationStep(Base):
    """One change of an operation's state, or of a plan that waits for its approval, whose state stays."""

    __tablename__ = "operation_steps"
    __table_args__ = (Index(None, "operation_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    operation_id: Mapped[int] = mapped_column(ForeignKey("operations.id"))
    state: Mapped[str]
    at: Mapped[datetime]
    by: Mapped[str]
    reason: Mapped[str | None]
    log_seq: Mapped[int] = mapped_column(BigId, ForeignKey("log_entries.seq"))


class OperationLink(Base):
    """What an operation came from or is about: targets, tracks, alerts, entries, enquiries."""

    __tablename__ = "operation_links"
    __table_args__ = (UniqueConstraint("operation_id", "kind", "thing"), Index(None, "kind", "thing"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    operation_id: Mapped[int] = mapped_column(ForeignKey("operations.id"))
    kind: Mapped[str]
    thing: Mapped[str]
    label: Mapped[str]
    linked_at: Mapped[datetime]
    linked_by: Mapped[str]


class Order(Base):
    """One version of an operation's order under the SMEAC heads. An issued one is never changed."""

    __tablename__ = "operation_orders"
    __table_args__ = (UniqueConstraint("operation_id", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    operation_id: Mapped[int] = mapped_column(ForeignKey("operations.id"))
    version: Mapped[int]
    state: Mapped[str]  # draft, issued
    edition: Mapped[int] = mapped_column(default=1)  # rises with each saving of the draft
    heads: Mapped[dict[str, Any]] = mapped_column(JSON)  # `domain.orders.Head` -> text
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    issued_by: Mapped[str | None]
    issued_at: Mapped[datetime | None]
    sha256: Mapped[str | None]  # of its canonical content, once issued: the log entry seals it
    log_seq: Mapped[int | None] = mapped_column(BigId, ForeignKey("log_entries.seq"))


class Objective(Base):
    """What an operation is to reach, how it is measured, and how far it was reached."""

    __tablename__ = "objectives"
    __table_args__ = (Index(None, "operation_id", "position"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    operation_id: Mapped[int] = mapped_column(ForeignKey("operations.id"))
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)  # rises with each change
    text: Mapped[str]
    measure: Mapped[str]
    result: Mapped[str | None]  # successful, partial, unsuccessful
    result_note: Mapped[str | None]
    result_by: Mapped[str | None]
    result_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]


class SituationReport(Base):
    """What happened since the last one: a draft, then issued to chosen agencies and never changed."""

    __tablename__ = "situation_reports"
    __table_args__ = (UniqueConstraint("operation_id", "number"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    operation_id: Mapped[int] = mapped_column(ForeignKey("operations.id"))
    number: Mapped[int]
    state: Mapped[str]  # draft, issued
    since_at: Mapped[datetime]
    until_at: Mapped[datetime]
    edition: Mapped[int] = mapped_column(default=1)  # rises with each saving of the draft
    heads: Mapped[dict[str, Any]] = mapped_column(JSON)  # `domain.situation_reports.Head` -> text
    facts: Mapped[list[Any]] = mapped_column(JSON)  # what it was drafted from: `domain.situation_reports.Fact.plain`
    agencies: Mapped[list[Any]] = mapped_column(JSON)  # codes it was issued to
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    issued_by: Mapped[str | None]
    issued_at: Mapped[datetime | None]
    sha256: Mapped[str | None]  # of its canonical content, once issued: the log entry seals it
    log_seq: Mapped[int | None] = mapped_column(BigId, ForeignKey("log_entries.seq"))
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))


class Attachment(Base):
    """A file kept with an operation, in the database so that a backup holds it."""

    __tablename__ = "attachments"
    __table_args__ = (Index(None, "operation_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    operation_id: Mapped[int] = mapped_column(ForeignKey("operations.id"))
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)  # None once it was removed
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    removed_by: Mapped[str | None]
    removed_at: Mapped[datetime | None]
    remove_reason: Mapped[str | None]
    log_seq: Mapped[int] = mapped_column(BigId, ForeignKey("log_entries.seq"))
