"""Units and where they are deployed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId


class Unit(Base):
    """A team, vessel, aircraft, dog team or vehicle, as its agency last reported it."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("feed_id", "ref"), Index(None, "revision"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    feed_id: Mapped[int] = mapped_column(ForeignKey("feeds.id"))
    ref: Mapped[str]
    callsign: Mapped[str]
    agency: Mapped[str]
    unit_type: Mapped[str]
    capabilities: Mapped[list[Any]] = mapped_column(JSON)
    availability: Mapped[str]
    out_of_service_reason: Mapped[str | None]
    status: Mapped[str | None]
    note: Mapped[str | None]
    crew: Mapped[int | None]
    lat: Mapped[float | None] = mapped_column(Float(53))
    lon: Mapped[float | None] = mapped_column(Float(53))
    course_deg: Mapped[float | None]
    speed_kn: Mapped[float | None]
    position_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]  # the source no longer lists it
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    reported_at: Mapped[datetime]  # by the source
    received_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(BigId, default=0)


class Deployment(Base):
    """A unit at a place or area from-to, with crew and duty hours."""

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("unit_id", "ref"), Index(None, "starts_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    ref: Mapped[str]
    place: Mapped[str | None]
    area: Mapped[str | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    crew: Mapped[int | None]
    duty_hours: Mapped[float | None]
    received_at: Mapped[datetime]
