"""Decisions, taskings with their steps, and outcomes: the part of the chain from a log entry to what was found."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId

_OPEN = text("ended_at IS NULL")


class OptionSheet(Base):
    """Options as one officer was shown them, kept for some hours so that a decision can seal what was really shown."""

    __tablename__ = "option_sheets"
    __table_args__ = (Index(None, "shown_at"),)

    token: Mapped[str] = mapped_column(primary_key=True)  # random; the browser brings it back
    shown_to: Mapped[int]  # user id
    shown_at: Mapped[datetime]
    options: Mapped[dict[str, Any]] = mapped_column(JSON)  # `domain.options.Options.as_plain`
    after_decision: Mapped[int] = mapped_column(
        BigId
    )  # the newest one about the subject that the officer could know of


class Decision(Base):
    """What was chosen, by whose authority, from which options, and why. Never changed; its entry seals it."""

    __tablename__ = "decisions"
    __table_args__ = (
        Index(None, "target_id"),
        Index(None, "track_id"),
        Index(None, "decided_at"),
        Index(None, "operation_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    about_kind: Mapped[str]  # what it was taken from: target, track, alert, entry
    about_id: Mapped[str]
    about_label: Mapped[str]
    target_id: Mapped[int | None] = mapped_column(ForeignKey("targets.id"))
    track_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id"))
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"))
    from_seq: Mapped[int | None] = mapped_column(BigId, ForeignKey("log_entries.seq"))  # the entry it answers
    operation_id: Mapped[int | None] = mapped_column(ForeignKey("operations.id"))  # that it is part of
    sends: Mapped[bool]  # False: nobody is sent, and that was decided
    options: Mapped[dict[str, Any]] = mapped_column(JSON)  # as shown: `domain.options.Options.as_plain`
    options_at: Mapped[datetime]  # when they were worked out
    picture_revision: Mapped[int] = mapped_column(BigId)  # what the officer saw
    lrm_at: Mapped[datetime | None]
    chosen: Mapped[list[Any]] = mapped_column(JSON)  # unit ids
    reason: Mapped[str | None]  # required when the choice is not the first option, or nobody is sent
    authority: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    log_seq: Mapped[int] = mapped_column(BigId, ForeignKey("log_entries.seq"))
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))


class Tasking(Base):
    """A request to one unit. A unit has at most one that has not ended."""

    __tablename__ = "taskings"
    __table_args__ = (
        Index("uq_taskings_unit_open", "unit_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "revision"),
        Index(None, "target_id"),
        Index(None, "decision_id"),
        Index(None, "unit_id", "requested_at"),
        Index(None, "ended_at"),
        Index(None, "operation_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("targets.id"))
    track_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id"))
    operation_id: Mapped[int | None] = mapped_column(ForeignKey("operations.id"))  # that it is part of
    subject: Mapped[str]  # what it is about, in words the unit may read
    intent: Mapped[str]  # what must be done; how is the agency's
    execution: Mapped[str | None]  # how its agency means to do it
    state: Mapped[str]
    meet_lat: Mapped[float | None] = mapped_column(Float(53))
    meet_lon: Mapped[float | None] = mapped_column(Float(53))
    meet_place: Mapped[str | None]  # name of the place, when it is one
    meet_at: Mapped[datetime | None]
    accept_by: Mapped[datetime]
    due_at: Mapped[datetime | None]  # complete by
    requested_at: Mapped[datetime]
    requested_by: Mapped[str]
    accepted_at: Mapped[datetime | None]
    en_route_at: Mapped[datetime | None]
    on_scene_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # declined, complete or cancelled
    end_reason: Mapped[str | None]
    checked_in_at: Mapped[datetime]  # last word from the unit
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    revision: Mapped[int] = mapped_column(BigId, default=0)


class TaskingStep(Base):
    """One step of a tasking, with who reported it and how."""

    __tablename__ = "tasking_steps"
    __table_args__ = (Index(None, "tasking_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tasking_id: Mapped[int] = mapped_column(ForeignKey("taskings.id"))
    state: Mapped[str]
    at: Mapped[datetime]  # when it happened
    recorded_at: Mapped[datetime]
    by: Mapped[str]
    manner: Mapped[str]  # field page, desk, by radio
    note: Mapped[str | None]
    lat: Mapped[float | None] = mapped_column(Float(53))
    lon: Mapped[float | None] = mapped_column(Float(53))
    log_seq: Mapped[int] = mapped_column(BigId, ForeignKey("log_entries.seq"))


class Outcome(Base):
    """Result of an examination. A later one for the same target supersedes; none is changed."""

    __tablename__ = "outcomes"
    __table_args__ = (Index(None, "target_id"), Index(None, "tasking_id"), Index(None, "recorded_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    tasking_id: Mapped[int | None] = mapped_column(ForeignKey("taskings.id"))
    target_id: Mapped[int | None] = mapped_column(ForeignKey("targets.id"))
    result: Mapped[str]  # positive, negative, not examined
    reason: Mapped[str | None]  # of "not examined"
    finding: Mapped[str | None]
    quantity: Mapped[float | None] = mapped_column(Float(53))
    quantity_unit: Mapped[str | None]
    note: Mapped[str | None]
    examined_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[str]
    log_seq: Mapped[int] = mapped_column(BigId, ForeignKey("log_entries.seq"))
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))


class UnitCrew(Base):
    """Which account reports for which unit in the field."""

    __tablename__ = "unit_crews"
    __table_args__ = (UniqueConstraint("user_id", "unit_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    given_at: Mapped[datetime]
    given_by: Mapped[str]
