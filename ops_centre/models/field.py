"""What devices in the field report: where they are, what was drawn and said there, calls for help."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId

SHOWN = text("ended_at IS NULL")
WAITING = text("state = 'waiting'")


class FieldDevice(Base):
    """A device and its last position. With no unit it is an unidentified unit; a person's word goes before a callsign's."""

    __tablename__ = "field_devices"
    __table_args__ = (UniqueConstraint("feed_id", "uid"), Index(None, "revision"), Index(None, "unit_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    uid: Mapped[str]
    agency: Mapped[str]
    agencies: Mapped[str]  # whose units it may be by its callsign, codes with commas
    callsign: Mapped[str | None]
    group_name: Mapped[str | None]
    role: Mapped[str | None]
    type: Mapped[str]
    remarks: Mapped[str | None]
    battery_pct: Mapped[int | None]
    lat: Mapped[float | None] = mapped_column(Float(53))
    lon: Mapped[float | None] = mapped_column(Float(53))
    course_deg: Mapped[float | None]
    speed_kn: Mapped[float | None]
    height_m: Mapped[float | None]
    position_at: Mapped[datetime | None]  # of lat and lon: a device may live on without knowing its place
    observed_at: Mapped[datetime]
    stale_at: Mapped[datetime]
    received_at: Mapped[datetime]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    mapped_by: Mapped[str | None]  # "callsign", or who said so; with no unit: who released it, and it stays so
    mapped_at: Mapped[datetime | None]
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    revision: Mapped[int] = mapped_column(BigId, default=0)


class FieldDrawing(Base):
    """A marker, shape or route. Shown until it is stale or withdrawn."""

    __tablename__ = "field_drawings"
    __table_args__ = (
        UniqueConstraint("feed_id", "uid"),
        Index(None, "revision"),
        Index("ix_field_drawings_shown", "stale_at", sqlite_where=SHOWN, postgresql_where=SHOWN),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    uid: Mapped[str]
    kind: Mapped[str]  # of `domain.field_reports.DrawingKind`; "unknown": only its withdrawal came
    type: Mapped[str]
    title: Mapped[str]
    remarks: Mapped[str | None]
    points: Mapped[list[Any]] = mapped_column(JSON)  # [[lat, lon], …], longitudes running on past 180
    radius_m: Mapped[float | None]
    author_callsign: Mapped[str | None]
    sent_at: Mapped[datetime]
    stale_at: Mapped[datetime]
    received_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # went stale or was withdrawn
    withdrawn_at: Mapped[datetime | None]  # by its sender's clock: what was sent before does not bring it back
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    revision: Mapped[int] = mapped_column(BigId, default=0)


class FieldNote(Base):
    """One message from the field, waiting until somebody takes it into the log or sets it aside."""

    __tablename__ = "field_notes"
    __table_args__ = (
        UniqueConstraint("feed_id", "uid"),
        Index(None, "revision"),
        Index("ix_field_notes_waiting", "sent_at", sqlite_where=WAITING, postgresql_where=WAITING),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    uid: Mapped[str]
    text: Mapped[str]
    sender_uid: Mapped[str | None]
    sender_callsign: Mapped[str | None]
    room: Mapped[str | None]
    lat: Mapped[float | None] = mapped_column(Float(53))
    lon: Mapped[float | None] = mapped_column(Float(53))
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime]
    state: Mapped[str]  # waiting, taken, set aside
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    entry_seq: Mapped[int | None] = mapped_column(BigId)  # the log entry it became
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    revision: Mapped[int] = mapped_column(BigId, default=0)


class FieldEmergency(Base):
    """A call for help of a device, standing until it is cancelled."""

    __tablename__ = "field_emergencies"
    __table_args__ = (UniqueConstraint("feed_id", "uid"), Index(None, "cancelled_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    uid: Mapped[str]
    device_id: Mapped[int] = mapped_column(ForeignKey("field_devices.id"))
    kind: Mapped[str]
    callsign: Mapped[str | None]
    lat: Mapped[float | None] = mapped_column(Float(53))
    lon: Mapped[float | None] = mapped_column(Float(53))
    began_at: Mapped[datetime]  # when its first event came
    turns: Mapped[int]  # how often it was called anew
    sent_at: Mapped[datetime]  # last repeated
    stale_at: Mapped[datetime]
    received_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
