"""Tracks (a craft over time), their position history, what each source says of them and what of that cannot be true."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId

EMERGENCY = text("squawk IN ('7500', '7600', '7700')")  # say it so in a query, and its index serves


class Track(Base):
    """The newest that is known of one craft. `observed_at` is when it was where it is drawn."""

    __tablename__ = "tracks"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(None, "revision"),
        Index(None, "imo"),
        Index(None, "flight"),
        Index("ix_tracks_emergency", "squawk", sqlite_where=EMERGENCY, postgresql_where=EMERGENCY),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str]  # "mmsi:512000123", "icao:c81a2b"
    kind: Mapped[str]
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))  # source of the position, else of the first word
    mmsi: Mapped[int | None] = mapped_column(BigId)
    imo: Mapped[int | None] = mapped_column(BigId)
    name: Mapped[str | None]
    callsign: Mapped[str | None]
    registration: Mapped[str | None]
    flight: Mapped[str | None]
    craft_type: Mapped[int | None]  # ITU-R M.1371 ship and cargo type
    type_text: Mapped[str | None]
    flag: Mapped[str | None]  # ISO 3166-1 alpha-2
    destination: Mapped[str | None]
    eta_at: Mapped[datetime | None]
    length_m: Mapped[float | None]
    beam_m: Mapped[float | None]
    draught_m: Mapped[float | None]
    caveats: Mapped[str] = mapped_column(default="")  # words separated by commas: "bad mmsi", "impossible imo"
    lat: Mapped[float | None] = mapped_column(Float(53))
    lon: Mapped[float | None] = mapped_column(Float(53))  # [-180, 180)
    course_deg: Mapped[float | None]
    speed_kn: Mapped[float | None]
    heading_deg: Mapped[float | None]
    altitude_ft: Mapped[float | None]  # barometric
    geometric_altitude_ft: Mapped[float | None]  # above the ellipsoid
    nav_status: Mapped[int | None]
    squawk: Mapped[str | None]
    on_ground: Mapped[bool | None]
    zone: Mapped[str | None]
    observed_at: Mapped[datetime | None]
    received_at: Mapped[datetime | None]
    heard_at: Mapped[datetime]  # newest observed time of any message, with or without a position
    particulars_at: Mapped[datetime | None]  # observed time of the newest static report
    left_at: Mapped[datetime | None]  # when it left the picture for silence
    revision: Mapped[int] = mapped_column(BigId, default=0)


class Position(Base):
    """One observed position. The key is what makes a repeated report a duplicate."""

    __tablename__ = "positions"
    __table_args__ = {"sqlite_with_rowid": False}

    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"), primary_key=True)
    observed_at: Mapped[datetime] = mapped_column(primary_key=True)
    lat: Mapped[float] = mapped_column(Float(53), primary_key=True)
    lon: Mapped[float] = mapped_column(Float(53), primary_key=True)
    received_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    course_deg: Mapped[float | None]
    speed_kn: Mapped[float | None]
    heading_deg: Mapped[float | None]
    altitude_ft: Mapped[float | None]
    feed_id: Mapped[int]
    doubt: Mapped[str | None]  # a word of `domain.fusion.DOUBTED`: kept, never where the craft is drawn


class TrackSource(Base):
    """What one feed last said of one craft; written every few seconds at most (`services.ingest_sources`)."""

    __tablename__ = "track_sources"
    __table_args__ = {"sqlite_with_rowid": False}

    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"), primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"), primary_key=True)
    first_at: Mapped[datetime]  # observed time of the first report of this feed
    heard_at: Mapped[datetime]  # of the newest, with or without a position
    received_at: Mapped[datetime]
    observed_at: Mapped[datetime | None]  # of the newest position
    lat: Mapped[float | None] = mapped_column(Float(53))
    lon: Mapped[float | None] = mapped_column(Float(53))
    reports: Mapped[int] = mapped_column(BigId, default=0)
    name: Mapped[str | None]
    imo: Mapped[int | None] = mapped_column(BigId)
    callsign: Mapped[str | None]


class TrackAnomaly(Base):
    """Something said of a craft that cannot be true, or that it fell silent: one row for each kind and what it is about."""

    __tablename__ = "track_anomalies"
    __table_args__ = (UniqueConstraint("track_id", "kind", "about"), Index(None, "kind", "noted_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("tracks.id"))
    kind: Mapped[str]  # `domain.identity_conflicts.AnomalyKind`
    about: Mapped[str] = mapped_column(default="")  # what tells it from others of its kind: two names, another hull
    first_at: Mapped[datetime]  # observed
    last_at: Mapped[datetime]
    noted_at: Mapped[datetime]  # by our clock, when it was last seen
    times: Mapped[int] = mapped_column(BigId, default=1)
    evidence: Mapped[str]
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))  # who said it last
    lat: Mapped[float | None] = mapped_column(Float(53))  # the place that is not drawn
    lon: Mapped[float | None] = mapped_column(Float(53))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id"))  # the other hull or airframe
    ended_at: Mapped[datetime | None]  # observed: heard again, no longer both
