"""Targets (subjects somebody has to decide on) and the hits that made them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId

OPEN = text("status IN ('new', 'in review', 'issued')")  # say it so in a query, and the index of open targets serves


class Target(Base):
    """One subject to decide on, as its source last described it."""

    __tablename__ = "targets"
    __table_args__ = (
        UniqueConstraint("feed_id", "ref"),
        Index(None, "revision"),
        Index(None, "track_id", "status"),
        Index("ix_targets_open", "arrives_at", sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    ref: Mapped[str]  # the source's own reference
    ref_version: Mapped[int]
    subject_kind: Mapped[str]
    label: Mapped[str]
    identifiers: Mapped[dict[str, Any]] = mapped_column(JSON)
    severity: Mapped[str]
    score: Mapped[float | None]
    status: Mapped[str]  # the centre's own, where it has decided; else the source's
    decided_status: Mapped[str | None]  # set by the centre (outcome, release); a source cannot undo it
    claimed_by: Mapped[str | None]  # sign-in name of whoever works on it
    lrm_at: Mapped[datetime | None]  # last responsible moment: latest time the best unit can be sent
    lrm_unit_id: Mapped[int | None] = mapped_column(BigId)  # the unit it was reckoned for
    lrm_note: Mapped[str | None]  # why there is none, in words
    worse_at: Mapped[datetime | None]  # when its source raised its severity after somebody had taken it up
    reason: Mapped[str]  # the leading hit in words, for the list
    action: Mapped[str | None]
    place: Mapped[str | None]  # UN/LOCODE or IATA code
    place_name: Mapped[str | None]
    place_lat: Mapped[float | None] = mapped_column(Float(53))
    place_lon: Mapped[float | None] = mapped_column(Float(53))
    arrives_at: Mapped[datetime | None]
    track_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id"))
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    issued_at: Mapped[datetime]  # by the source
    received_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(BigId, default=0)


class Hit(Base):
    """One match of a criterion or list against the subject, traceable to its source message."""

    __tablename__ = "hits"
    # the second holds all that counting the hits of criteria takes
    __table_args__ = (UniqueConstraint("target_id", "ref"), Index(None, "criterion", "criterion_version", "target_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    target_id: Mapped[int] = mapped_column(ForeignKey("targets.id"))
    ref: Mapped[str]
    kind: Mapped[str]
    criterion: Mapped[str]
    criterion_version: Mapped[str]
    explanation: Mapped[str]
    score: Mapped[float | None]
    matched_at: Mapped[datetime]
    source_system: Mapped[str]
    source_message: Mapped[str]  # reference of the message at its source
    source_text: Mapped[str | None]  # the message itself where the source sends it
    received_at: Mapped[datetime]
