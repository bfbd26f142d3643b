"""What was known when: versions of the things of the picture, and where units were. Written by triggers alone.

Triggers (migrations 0005, 0006) add a version whenever what is shown of a thing changes, in the transaction that changes it
and at its moment (``ops_now()``, see `ops_centre.db`). Positions of craft have a table of their own since the beginning.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, Index, TextClause, text
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId

FAR_MS = 253_370_764_800_000  # the year 9999: a version that still holds
# Versions are indexed by how long they held: up to 15 minutes, 2 hours, 16 hours, 5 days, longer. What held at a moment is
# then found among the few of each length that can still hold, and not among all that ever began before it.
SPANS_MS = (900_000, 7_200_000, 57_600_000, 432_000_000)


def _held(least: int, most: int | None) -> TextClause:
    shorter = "" if most is None else f" AND until_at - from_at < {most}"
    return text(f"shown AND until_at - from_at >= {least}{shorter}")


def _moments() -> list[Index]:
    spans = [(place, _held(*span)) for place, span in enumerate(zip((0, *SPANS_MS), (*SPANS_MS, None), strict=True))]
    return [
        Index(f"ix_history_held_{place}", "kind", "from_at", "until_at", sqlite_where=held, postgresql_where=held)
        for place, held in spans
    ]


class Version(Base):
    """What was known of one thing from one moment until another."""

    __tablename__ = "history"
    __table_args__ = (
        Index(None, "kind", "thing", "until_at"),
        *_moments(),
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
