"""What was known when: versions of the things of the picture, and where units were. Written by triggers alone.

Triggers (migration 0005) add a version whenever what is shown of a thing changes, in the transaction that changes it and at
its moment (``ops_now()``, see `ops_centre.db`). Positions of craft have a table of their own since the beginning.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, Index
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId

FAR_MS = 253_370_764_800_000  # the year 9999: a version that still holds


class Version(Base):
    """What was known of one thing from one moment until another."""

    __tablename__ = "history"
    __table_args__ = (
        Index(None, "kind", "thing", "until_at"),
        Index(None, "kind", "from_at", "until_at"),
        Index(None, "kind", "until_at", "from_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str]  # name of its table
    thing: Mapped[int] = mapped_column(BigId)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]  # `FAR_MS` while it holds
    shown: Mapped[bool]  # whether the picture showed it: open, standing, not withdrawn
    handling_id: Mapped[int | None]  # None: what everybody with the permission sees
    content: Mapped[dict[str, Any]] = mapped_column(JSON)  # its columns, times as milliseconds


class UnitPosition(Base):
    """Where a unit was, as it became known. Kept apart from its versions: positions change every few seconds."""

    __tablename__ = "unit_positions"
    __table_args__ = (Index(None, "unit_id", "observed_at"), {"sqlite_with_rowid": False})

    unit_id: Mapped[int] = mapped_column(BigId, primary_key=True)
    recorded_at: Mapped[datetime] = mapped_column(primary_key=True)
    observed_at: Mapped[datetime]  # of the position; without one, of the report
    reported_at: Mapped[datetime]
    lat: Mapped[float | None] = mapped_column(Float(53))
    lon: Mapped[float | None] = mapped_column(Float(53))
    course_deg: Mapped[float | None]
    speed_kn: Mapped[float | None]
