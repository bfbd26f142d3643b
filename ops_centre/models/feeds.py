"""Feeds as the database knows them: health, counters, cursor; and what they sent that could not be used."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId


class FeedRecord(Base):
    """One feed: its light, its counters, where it stopped reading."""

    __tablename__ = "feeds"
    __table_args__ = (UniqueConstraint("name"), Index(None, "revision"))

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    agency: Mapped[str]
    configured: Mapped[bool] = mapped_column(default=True)  # False: no longer in config.toml, kept for history
    paused: Mapped[bool] = mapped_column(default=False)
    is_replay: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int] = mapped_column(default=0)  # of two positions of one moment the higher one's is drawn
    clock_offset_ms: Mapped[int] = mapped_column(BigId, default=0)  # the feed's time less the wall's (replays)
    light: Mapped[str] = mapped_column(default="waiting")
    light_since: Mapped[datetime | None]
    late_after_ms: Mapped[int] = mapped_column(BigId, default=0)
    lost_after_ms: Mapped[int] = mapped_column(BigId, default=0)
    last_poll_at: Mapped[datetime | None]
    last_good_at: Mapped[datetime | None]  # a poll that worked, whether or not it held news
    last_record_at: Mapped[datetime | None]  # a record arrived
    last_error: Mapped[str | None]
    last_error_at: Mapped[datetime | None]
    received: Mapped[int] = mapped_column(BigId, default=0)  # = stored + duplicate + quarantined
    stored: Mapped[int] = mapped_column(BigId, default=0)
    duplicate: Mapped[int] = mapped_column(BigId, default=0)
    quarantined: Mapped[int] = mapped_column(BigId, default=0)
    passed_over: Mapped[int] = mapped_column(BigId, default=0)  # lines that are no records: comments, other sentences
    cursor: Mapped[str | None]
    revision: Mapped[int] = mapped_column(BigId, default=0)


class QuarantinedRecord(Base):
    """One record that could not be used, with its raw bytes and the reason."""

    __tablename__ = "quarantine"
    __table_args__ = (Index(None, "feed_id", "id"), Index(None, "received_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    received_at: Mapped[datetime]
    reason: Mapped[str]
    raw: Mapped[bytes] = mapped_column(LargeBinary)  # at most 64 KiB; `raw_bytes` is how long it was
    raw_bytes: Mapped[int] = mapped_column(BigId)


class FeedPause(Base):
    """One time a feed was paused. The newest without `resumed_at` is in force."""

    __tablename__ = "feed_pauses"
    __table_args__ = (Index(None, "feed_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    paused_at: Mapped[datetime]
    paused_by: Mapped[str]  # sign-in name
    reason: Mapped[str]
    resumed_at: Mapped[datetime | None]
    resumed_by: Mapped[str | None]
