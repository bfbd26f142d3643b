"""position keeping: until when the positions of each track have been thinned."""

import sqlalchemy as sa
from alembic import op

from ops_centre.models.base import Instant

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Forwards."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "position_keeping",
        sa.Column("track_id", big, nullable=False),
        sa.Column("visited_at", Instant(), nullable=False),
        sa.Column("thinned_until", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name=op.f("fk_position_keeping_track_id")),
        sa.PrimaryKeyConstraint("track_id", name=op.f("pk_position_keeping")),
    )
    op.create_index(op.f("ix_position_keeping_visited_at"), "position_keeping", ["visited_at"])


def downgrade() -> None:
    """Backwards."""
    op.drop_table("position_keeping")
