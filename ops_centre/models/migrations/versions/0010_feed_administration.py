"""feed administration: who paused a feed, why and how long; refused records found by their age."""

import sqlalchemy as sa
from alembic import op

from ops_centre.models.base import Instant

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "feed_pauses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("paused_at", Instant(), nullable=False),
        sa.Column("paused_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("resumed_at", Instant(), nullable=True),
        sa.Column("resumed_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_feed_pauses_feed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_pauses")),
    )
    op.create_index(op.f("ix_feed_pauses_feed_id_id"), "feed_pauses", ["feed_id", "id"])
    op.create_index(op.f("ix_quarantine_received_at"), "quarantine", ["received_at"])


def downgrade() -> None:
    """Backwards."""
    op.drop_index(op.f("ix_quarantine_received_at"), table_name="quarantine")
    op.drop_table("feed_pauses")
