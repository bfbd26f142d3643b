"""Who may see what: one row for each combination of owner, marking and releases in use."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base


class Handling(Base):
    """A handling that scoped rows point to. Rows are only ever added."""

    __tablename__ = "handlings"
    __table_args__ = (UniqueConstraint("owner", "marking", "releases"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str]
    marking: Mapped[str]
    releases: Mapped[str]  # agency codes in order, separated by commas
