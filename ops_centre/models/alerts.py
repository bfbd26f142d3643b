"""Alerts, what became of each, the rules that raise them, lookouts, and what is told outside."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId

_STANDING = text("cleared_at IS NULL")


class Alert(Base):
    """Something a person must notice. One subject and cause have one standing alert, with a count."""

    __tablename__ = "alerts"
    __table_args__ = (
        Index("uq_alerts_key_standing", "key", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING),
        Index(None, "revision"),
        Index(None, "raised_at"),
        Index(None, "subject_kind", "subject_id"),
        Index(None, "key", "cleared_at"),
        Index(None, "missed", "cleared_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str]  # cause and subject, e.g. "target new:target:12"
    cause: Mapped[str]
    severity: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    subject_kind: Mapped[str]  # target, track, unit, feed, tasking, enquiry, lookout, watch
    subject_id: Mapped[str]
    due_at: Mapped[datetime | None]  # what the alert counts down to, such as the last responsible moment
    count: Mapped[int] = mapped_column(default=1)  # times it was announced
    mark: Mapped[int] = mapped_column(BigId, default=0)  # how far its cause had gone at that; a higher one is news
    raised_at: Mapped[datetime]
    announced_at: Mapped[datetime]  # last time it asked to be noticed
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None]
    shelved_at: Mapped[datetime | None]
    shelved_until: Mapped[datetime | None]
    shelved_by: Mapped[str | None]
    shelve_reason: Mapped[str | None]
    assigned_to: Mapped[str | None]
    assigned_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[str | None]  # "system" when the cause has gone
    clear_reason: Mapped[str | None]
    missed: Mapped[bool] = mapped_column(default=False)  # its cause went before anybody acknowledged it or acted
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    revision: Mapped[int] = mapped_column(BigId, default=0)


class AlertEvent(Base):
    """One step of an alert's life, for alert load and for whoever asks later what became of it."""

    __tablename__ = "alert_events"
    __table_args__ = (Index(None, "at"), Index(None, "alert_id", "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"))
    at: Mapped[datetime]
    what: Mapped[str]  # announced, acknowledged, shelved, unshelved, claimed, escalated, cleared
    by: Mapped[str]
    detail: Mapped[str | None]


class AlertRule(Base):
    """What a shift lead changed of a rule; where there is no row, config.toml holds."""

    __tablename__ = "alert_rules"

    cause: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    severity: Mapped[str | None]  # None: as the cause or its subject says
    minutes: Mapped[float | None]  # the rule's threshold, where it has one
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]


class Lookout(Base):
    """A standing request to notice a subject."""

    __tablename__ = "lookouts"
    __table_args__ = (Index(None, "ended_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    subject_kind: Mapped[str]
    label: Mapped[str]
    identifiers: Mapped[dict[str, Any]] = mapped_column(JSON)  # as of a target: mmsi, imo, flight, registration …
    zones: Mapped[list[Any]] = mapped_column(JSON)  # limits to notice entry of: "12nm", "24nm", "eez", "port"
    dark_after_minutes: Mapped[int | None]
    severity: Mapped[str]
    reason: Mapped[str]
    legal_basis: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    track_id: Mapped[int | None] = mapped_column(ForeignKey("tracks.id"))
    seen: Mapped[dict[str, Any]] = mapped_column(JSON)  # what the last look found: zone, dark since
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))


class Notice(Base):
    """One alert told to one outward channel: queued, sent or failed with the reason."""

    __tablename__ = "notices"
    __table_args__ = (Index(None, "state", "id"), Index(None, "alert_id"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"))  # None: a test of the channel
    channel: Mapped[str]
    state: Mapped[str]
    queued_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
