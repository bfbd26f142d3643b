"""The picture's clock: one row whose number every change of the picture takes and raises."""

from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId


class PictureClock(Base):
    """The last revision given out. Raised inside the changing transaction, so numbers commit in order."""

    __tablename__ = "picture_clock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int] = mapped_column(BigId, default=0)
