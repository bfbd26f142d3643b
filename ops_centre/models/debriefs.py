"""Debriefs, what people said in them, and the lessons that came of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId


class Debrief(Base):
    """Hot (at once) or cold (later), of an operation, a tasking or a watch."""

    __tablename__ = "debriefs"
    __table_args__ = (Index(None, "about_kind", "about_id"), Index(None, "revision"), Index(None, "state"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    sort: Mapped[str]  # hot, cold
    about_kind: Mapped[str]  # operation, tasking, watch
    about_id: Mapped[str]
    about_label: Mapped[str]
    state: Mapped[str]  # open, closed
    meant: Mapped[str]  # what was meant to happen
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    summary: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    revision: Mapped[int] = mapped_column(BigId, default=0)


class DebriefPoint(Base):
    """One contribution under a head: what happened, why, what to keep, what to change. Struck, never removed."""

    __tablename__ = "debrief_points"
    __table_args__ = (Index(None, "debrief_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    debrief_id: Mapped[int] = mapped_column(ForeignKey("debriefs.id"))
    head: Mapped[str]  # happened, why, keep, change
    text: Mapped[str]
    log_seq: Mapped[int | None] = mapped_column(BigId, ForeignKey("log_entries.seq"))  # the entry it refers to
    by: Mapped[str]
    by_unit: Mapped[str | None]  # callsign, when it came from the field
    at: Mapped[datetime]
    struck_by: Mapped[str | None]
    struck_at: Mapped[datetime | None]


class Lesson(Base):
    """What is to be done differently, by whom and by when, and whether it worked."""

    __tablename__ = "lessons"
    __table_args__ = (Index(None, "state", "due_at"), Index(None, "revision"), Index(None, "debrief_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    debrief_id: Mapped[int | None] = mapped_column(ForeignKey("debriefs.id"))
    title: Mapped[str]
    cause: Mapped[str]
    action: Mapped[str]
    owner: Mapped[str]  # sign-in name of whoever sees to the action
    due_at: Mapped[datetime]
    check_text: Mapped[str]  # how it will be seen that it worked
    state: Mapped[str]  # open, acted on, proven, not proven, dropped
    acted_at: Mapped[datetime | None]
    acted_by: Mapped[str | None]
    acted_note: Mapped[str | None]
    checked_at: Mapped[datetime | None]
    checked_by: Mapped[str | None]
    checked_note: Mapped[str | None]
    criterion: Mapped[str | None]  # the targeting criterion it is about
    kinds: Mapped[list[Any]] = mapped_column(JSON)  # operation kinds it concerns
    subjects: Mapped[list[Any]] = mapped_column(JSON)
    places: Mapped[list[Any]] = mapped_column(JSON)  # codes
    agencies: Mapped[list[Any]] = mapped_column(JSON)
    words: Mapped[list[Any]] = mapped_column(JSON)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    revision: Mapped[int] = mapped_column(BigId, default=0)


class LessonTaken(Base):
    """What a planner said of a lesson that was put before them."""

    __tablename__ = "lessons_taken"
    __table_args__ = (UniqueConstraint("operation_id", "lesson_id"), Index(None, "lesson_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    operation_id: Mapped[int] = mapped_column(ForeignKey("operations.id"))
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"))
    taken: Mapped[bool]  # False: set aside
    word: Mapped[str]  # how it is taken into account, or why not
    by: Mapped[str]
    at: Mapped[datetime]
    log_seq: Mapped[int] = mapped_column(BigId, ForeignKey("log_entries.seq"))
