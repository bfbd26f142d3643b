"""Warnings with an area: messages as they came, what they refer to, and the hazards they tell of."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId

IN_FORCE = text("state = 'in force'")


class HazardMessage(Base):
    """One message of a warning system; kept also when it only ends or acknowledges another."""

    __tablename__ = "hazard_messages"
    __table_args__ = (UniqueConstraint("feed_id", "ref"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    ref: Mapped[str]  # sender, identifier and time of sending: how others refer to it
    identifier: Mapped[str]
    sender: Mapped[str]
    kind: Mapped[str]  # Alert, Update, Cancel, Ack, Error
    status: Mapped[str]  # Actual, Exercise, Test
    scope: Mapped[str]
    note: Mapped[str]
    is_signed: Mapped[bool]  # carries a signature; nobody has checked it
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))


class HazardReference(Base):
    """A message refers to another, which may come later or never."""

    __tablename__ = "hazard_references"
    __table_args__ = (Index(None, "ref"),)

    message_id: Mapped[int] = mapped_column(ForeignKey("hazard_messages.id"), primary_key=True)
    ref: Mapped[str] = mapped_column(primary_key=True)


class Hazard(Base):
    """One hazard of a message, with its area."""

    __tablename__ = "hazards"
    __table_args__ = (
        UniqueConstraint("message_id", "part"),
        Index(None, "revision"),
        Index("ix_hazards_in_force", "expires_at", sqlite_where=IN_FORCE, postgresql_where=IN_FORCE),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("hazard_messages.id"))
    part: Mapped[int]
    event: Mapped[str]
    category: Mapped[str]
    urgency: Mapped[str]
    severity: Mapped[str]
    certainty: Mapped[str]
    onset_at: Mapped[datetime | None]
    effective_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    sender_name: Mapped[str]
    headline: Mapped[str]
    description: Mapped[str]
    instruction: Mapped[str]
    language: Mapped[str]
    web: Mapped[str]
    contact: Mapped[str]
    others: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # the same in other languages
    areas: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    caveats: Mapped[list[str]] = mapped_column(JSON)
    state: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]  # ref of the message that replaced or cancelled it
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    revision: Mapped[int] = mapped_column(BigId, default=0)
