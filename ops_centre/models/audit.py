"""The audit trail: every act, refusal and change, append only (triggers refuse anything else)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId


class AuditEvent(Base):
    """One event. Names are kept as they were; no foreign key, so nothing can pull a row away."""

    __tablename__ = "audit_events"
    __table_args__ = (Index(None, "at"), Index(None, "kind", "at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[str]
    actor: Mapped[str]  # sign-in name, "system", "command line" or "anonymous"
    actor_id: Mapped[int | None]
    address: Mapped[str | None]
    subject: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
