"""sources of tracks: what each feed last said of a craft, and where they disagree."""

import sqlalchemy as sa
from alembic import op

from ops_centre.models.base import Instant

revision = "0007"
down_revision = "0006"

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Forwards."""
    op.add_column("positions", sa.Column("doubt", sa.String(), nullable=True))
    op.add_column("feeds", sa.Column("priority", sa.Integer(), nullable=False, server_default="0"))
    _sources()
    _anomalies()
    _altitude()


def downgrade() -> None:
    """Backwards."""
    op.drop_column("tracks", "geometric_altitude_ft")
    op.drop_table("track_anomalies")
    op.drop_table("track_sources")
    op.drop_column("feeds", "priority")
    op.drop_column("positions", "doubt")


def _sources() -> None:
    op.create_table(
        "track_sources",
        sa.Column("track_id", _BIG, nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("heard_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("observed_at", Instant(), nullable=True),
        sa.Column("lat", sa.Float(53), nullable=True),
        sa.Column("lon", sa.Float(53), nullable=True),
        sa.Column("reports", _BIG, nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("imo", _BIG, nullable=True),
        sa.Column("callsign", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name=op.f("fk_track_sources_track_id")),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_track_sources_feed_id")),
        sa.PrimaryKeyConstraint("track_id", "feed_id", name=op.f("pk_track_sources")),
        sqlite_with_rowid=False,
    )


def _anomalies() -> None:
    op.create_table(
        "track_anomalies",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("track_id", _BIG, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("noted_at", Instant(), nullable=False),
        sa.Column("times", _BIG, nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("lat", sa.Float(53), nullable=True),
        sa.Column("lon", sa.Float(53), nullable=True),
        sa.Column("other_id", _BIG, nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name=op.f("fk_track_anomalies_track_id")),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_track_anomalies_feed_id")),
        sa.ForeignKeyConstraint(["other_id"], ["tracks.id"], name=op.f("fk_track_anomalies_other_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track_anomalies")),
        sa.UniqueConstraint("track_id", "kind", "about", name=op.f("uq_track_anomalies_track_id_kind_about")),
    )
    op.create_index(op.f("ix_track_anomalies_kind_noted_at"), "track_anomalies", ["kind", "noted_at"])


def _altitude() -> None:
    op.add_column("tracks", sa.Column("geometric_altitude_ft", sa.Double(), nullable=True))
