"""Which worker is the active one, and how each scheduled job last went."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId


class Lease(Base):
    """A named right that one process holds at a time. `term` rises with each new holder (fencing)."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    term: Mapped[int] = mapped_column(BigId)
    renewed_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class JobRun(Base):
    """The last run of each scheduled job."""

    __tablename__ = "job_runs"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str]  # running, complete, failed
    detail: Mapped[str | None]
