"""Watches (shifts at the centre), who is on them, how they change hands; enquiries to the single point of contact."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId


class Watch(Base):
    """A shift: planned on the roster, opened, handed over."""

    __tablename__ = "watches"
    __table_args__ = (Index(None, "starts_at"), Index(None, "revision"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str]
    starts_at: Mapped[datetime]  # planned
    ends_at: Mapped[datetime]
    state: Mapped[str]  # planned, open, handover pending, handed over
    lead: Mapped[str | None]  # sign-in name; planned lead until it is opened
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    overran_at: Mapped[datetime | None]  # when it was logged that the watch had passed its planned end
    revision: Mapped[int] = mapped_column(BigId, default=0)


class WatchMember(Base):
    """Somebody on a watch."""

    __tablename__ = "watch_members"
    __table_args__ = (UniqueConstraint("watch_id", "user_name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    watch_id: Mapped[int] = mapped_column(ForeignKey("watches.id"))
    user_name: Mapped[str]
    desk: Mapped[str | None]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]


class Handover(Base):
    """One offer to hand a watch over, with its brief. Accepted, or returned with a reason."""

    __tablename__ = "handovers"
    __table_args__ = (Index(None, "watch_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    watch_id: Mapped[int] = mapped_column(ForeignKey("watches.id"))
    offered_by: Mapped[str]
    offered_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)  # what the brief wrote itself
    heads: Mapped[dict[str, Any]] = mapped_column(JSON)  # SMEAC heads as the outgoing lead completed them
    nothing_to_report: Mapped[bool]
    accepted_by: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    returned_by: Mapped[str | None]
    returned_at: Mapped[datetime | None]
    return_reason: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    affirmation: Mapped[str | None]  # why there is nothing to report although facts speak against it
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))  # of facts and heads
    next_watch_id: Mapped[int | None] = mapped_column(ForeignKey("watches.id"))


class Enquiry(Base):
    """A question to the 24x7 single point of contact."""

    __tablename__ = "enquiries"
    __table_args__ = (Index(None, "revision"), Index(None, "state", "due_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    asker_kind: Mapped[str]  # unit, agency, abroad, public
    asker: Mapped[str]
    contact: Mapped[str | None]
    question: Mapped[str]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    state: Mapped[str]  # open, answered, withdrawn
    leaves_country: Mapped[bool]  # information leaves the centre's country or agencies: a legal basis is needed
    legal_basis: Mapped[str | None]
    taken_by: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]
    links: Mapped[list[Any]] = mapped_column(JSON)  # [[kind, id as text, label], …]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    revision: Mapped[int] = mapped_column(BigId, default=0)
