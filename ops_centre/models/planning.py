"""Planning: what units are to do when, as people of the centre assigned it, and proposals that are not applied yet.

Deployments (models.units) come from the agencies' own records and are only read; an assignment is the centre's.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId


class Assignment(Base):
    """A unit for a time: for an operation, at a place, at rest or under maintenance."""

    __tablename__ = "assignments"
    __table_args__ = (
        Index(None, "revision"),
        Index(None, "unit_id", "starts_at"),
        Index(None, "operation_id"),
        Index(None, "starts_at"),
        Index(None, "pattern_id"),
        Index(None, "proposal_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str]  # operation, deployment, rest, maintenance
    operation_id: Mapped[int | None] = mapped_column(ForeignKey("operations.id"))
    place: Mapped[str | None]  # code
    lat: Mapped[float | None] = mapped_column(Float(53))  # where there is no place
    lon: Mapped[float | None] = mapped_column(Float(53))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    crew: Mapped[int | None]
    note: Mapped[str | None]
    pattern_id: Mapped[int | None] = mapped_column(ForeignKey("assignment_patterns.id"))
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("plan_proposals.id"))  # that it came out of
    overrides: Mapped[list[Any]] = mapped_column(JSON)  # conflicts a person accepted, each with the reason
    assigned_by: Mapped[str]
    assigned_at: Mapped[datetime]
    cancelled_by: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    revision: Mapped[int] = mapped_column(BigId, default=0)


class AssignmentPattern(Base):
    """A recurring assignment, as it was asked for."""

    __tablename__ = "assignment_patterns"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)  # days of the week, local time, length, until
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))


class PlanChange(Base):
    """One change of the plan by a person, with what it takes to undo it."""

    __tablename__ = "plan_changes"
    __table_args__ = (Index(None, "by", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]
    said: Mapped[str]
    before: Mapped[list[Any]] = mapped_column(
        JSON
    )  # assignments as they were; a new one as {"id", "version", "new": true}
    after: Mapped[list[Any]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None]


class PlanProposal(Base):
    """What a solver proposes: worked out in the background, edited and approved by a person or dropped."""

    __tablename__ = "plan_proposals"
    __table_args__ = (Index(None, "state"), Index(None, "revision"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sort: Mapped[str]  # shortfalls, targets
    state: Mapped[str]  # waiting, running, stopping, draft, approved, dropped, failed
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    asked: Mapped[dict[str, Any]] = mapped_column(JSON)
    progress: Mapped[float]  # 0 to 1
    doing: Mapped[str | None]  # what the solver is at, in words
    taken_by: Mapped[str | None]  # the worker that runs it
    taken_at: Mapped[datetime | None]
    changes: Mapped[list[Any]] = mapped_column(JSON)
    uncovered: Mapped[list[Any]] = mapped_column(JSON)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    fault: Mapped[str | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    revision: Mapped[int] = mapped_column(BigId, default=0)


class PlanCalendar(Base):
    """Who may read an agency's deployments as a calendar: the hash of a secret address."""

    __tablename__ = "plan_calendars"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    agency: Mapped[str]
    label: Mapped[str]
    secret_hash: Mapped[str] = mapped_column(unique=True)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
