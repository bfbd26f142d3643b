"""Acts that were done under a request id, so that a press that arrives twice acts once."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base


class DoneRequest(Base):
    """One request that was carried out, and what was answered. Kept for some days."""

    __tablename__ = "done_requests"
    __table_args__ = (Index(None, "at"),)

    request_id: Mapped[str] = mapped_column(primary_key=True)
    act: Mapped[str]
    asked: Mapped[str | None]  # digest of what was asked for; none was kept before release of this column
    actor: Mapped[str]
    at: Mapped[datetime]
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
