"""Flights and voyages with the people and goods their carriers announced, each to be assessed by somebody."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId

AWAITING = text("state = 'awaiting'")


class Movement(Base):
    """One flight, voyage or journey by road, as passenger and cargo messages name it."""

    __tablename__ = "movements"
    __table_args__ = (UniqueConstraint("feed_id", "ref"), Index(None, "revision"), Index(None, "arrives_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    ref: Mapped[str]  # kind, number, day and ports: what makes two messages speak of one movement
    kind: Mapped[str]  # flight, voyage, road
    number: Mapped[str]
    carrier: Mapped[str]
    craft_name: Mapped[str]
    identifiers: Mapped[dict[str, Any]] = mapped_column(JSON)  # flight, imo, callsign: what finds its track
    origin: Mapped[str]
    destination: Mapped[str]
    departs_at: Mapped[datetime | None]
    arrives_at: Mapped[datetime | None]
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    received_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(BigId, default=0)


class ManifestMessage(Base):
    """One message as it came; kept while its people and goods are."""

    __tablename__ = "manifest_messages"
    __table_args__ = (UniqueConstraint("feed_id", "digest"), Index(None, "movement_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    movement_id: Mapped[int | None] = mapped_column(ForeignKey("movements.id"))
    ref: Mapped[str]  # sender, interchange and message number
    document: Mapped[str]  # its own number (BGM), which a replacement repeats
    digest: Mapped[str]
    function: Mapped[str]  # original, replacement, cancellation, change
    withdraws: Mapped[list[str]] = mapped_column(JSON, default=list)  # refs a cancellation names; others: empty
    caveats: Mapped[list[str]] = mapped_column(JSON)
    prepared_at: Mapped[datetime | None]  # by its sender's clock
    received_at: Mapped[datetime]


class ManifestSubject(Base):
    """A person or a consignment of a movement."""

    __tablename__ = "manifest_subjects"
    __table_args__ = (
        UniqueConstraint("movement_id", "kind", "ref"),
        Index(None, "message_id"),
        Index("ix_manifest_subjects_awaiting", "movement_id", sqlite_where=AWAITING, postgresql_where=AWAITING),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    movement_id: Mapped[int] = mapped_column(ForeignKey("movements.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("manifest_messages.id"))
    kind: Mapped[str]  # person, consignment
    ref: Mapped[str]
    label: Mapped[str]
    particulars: Mapped[dict[str, Any]] = mapped_column(JSON)  # personal data: never in logs, never in the stream
    source_text: Mapped[str]  # its segments as they came
    state: Mapped[str]  # awaiting, cleared, target, withdrawn
    assessed_by: Mapped[str | None]
    assessed_at: Mapped[datetime | None]
    word: Mapped[str | None]
    target_id: Mapped[int | None] = mapped_column(ForeignKey("targets.id"))
    version: Mapped[int] = mapped_column(default=1)
    received_at: Mapped[datetime]
