"""How far the worker has come with thinning positions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId


class PositionKeeping(Base):
    """One track: when its history was last looked through, and until which observed time it has been thinned."""

    __tablename__ = "position_keeping"
    __table_args__ = (Index(None, "visited_at"),)

    track_id: Mapped[int] = mapped_column(BigId, ForeignKey("tracks.id"), primary_key=True, autoincrement=False)
    visited_at: Mapped[datetime]
    thinned_until: Mapped[datetime | None]
