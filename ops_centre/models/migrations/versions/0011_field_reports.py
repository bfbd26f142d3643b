"""field reports: where devices are, what was drawn and said in the field, calls for help."""

import sqlalchemy as sa
from alembic import op

from ops_centre.models.base import Instant

revision = "0011"
down_revision = "0010"

SHOWN = sa.text("ended_at IS NULL")
WAITING = sa.text("state = 'waiting'")


def upgrade() -> None:
    """Forwards."""
    _devices()
    _drawings()
    _notes()
    _emergencies()


def downgrade() -> None:
    """Backwards."""
    for table in ("field_emergencies", "field_notes", "field_drawings", "field_devices"):
        op.drop_table(table)


def _big() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _devices() -> None:
    op.create_table(
        "field_devices",
        sa.Column("id", _big(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("agencies", sa.String(), nullable=False),
        sa.Column("callsign", sa.String(), nullable=True),
        sa.Column("group_name", sa.String(), nullable=True),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("remarks", sa.String(), nullable=True),
        sa.Column("battery_pct", sa.Integer(), nullable=True),
        sa.Column("lat", sa.Float(53), nullable=True),
        sa.Column("lon", sa.Float(53), nullable=True),
        sa.Column("course_deg", sa.Double(), nullable=True),
        sa.Column("speed_kn", sa.Double(), nullable=True),
        sa.Column("height_m", sa.Double(), nullable=True),
        sa.Column("position_at", Instant(), nullable=True),
        sa.Column("observed_at", Instant(), nullable=False),
        sa.Column("stale_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("unit_id", _big(), nullable=True),
        sa.Column("mapped_by", sa.String(), nullable=True),
        sa.Column("mapped_at", Instant(), nullable=True),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("revision", _big(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_field_devices_feed_id")),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_field_devices_handling_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_field_devices_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_devices")),
        sa.UniqueConstraint("feed_id", "uid", name=op.f("uq_field_devices_feed_id_uid")),
    )
    op.create_index(op.f("ix_field_devices_revision"), "field_devices", ["revision"])
    op.create_index(op.f("ix_field_devices_unit_id"), "field_devices", ["unit_id"])


def _drawings() -> None:
    op.create_table(
        "field_drawings",
        sa.Column("id", _big(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("remarks", sa.String(), nullable=True),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("radius_m", sa.Double(), nullable=True),
        sa.Column("author_callsign", sa.String(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("stale_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("revision", _big(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_field_drawings_feed_id")),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_field_drawings_handling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_drawings")),
        sa.UniqueConstraint("feed_id", "uid", name=op.f("uq_field_drawings_feed_id_uid")),
    )
    op.create_index(op.f("ix_field_drawings_revision"), "field_drawings", ["revision"])
    op.create_index(
        op.f("ix_field_drawings_shown"), "field_drawings", ["stale_at"], sqlite_where=SHOWN, postgresql_where=SHOWN
    )


def _notes() -> None:
    op.create_table(
        "field_notes",
        sa.Column("id", _big(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sender_uid", sa.String(), nullable=True),
        sa.Column("sender_callsign", sa.String(), nullable=True),
        sa.Column("room", sa.String(), nullable=True),
        sa.Column("lat", sa.Float(53), nullable=True),
        sa.Column("lon", sa.Float(53), nullable=True),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("entry_seq", _big(), nullable=True),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("revision", _big(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_field_notes_feed_id")),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_field_notes_handling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_notes")),
        sa.UniqueConstraint("feed_id", "uid", name=op.f("uq_field_notes_feed_id_uid")),
    )
    op.create_index(op.f("ix_field_notes_revision"), "field_notes", ["revision"])
    op.create_index(
        op.f("ix_field_notes_waiting"), "field_notes", ["sent_at"], sqlite_where=WAITING, postgresql_where=WAITING
    )


def _emergencies() -> None:
    op.create_table(
        "field_emergencies",
        sa.Column("id", _big(), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(), nullable=False),
        sa.Column("device_id", _big(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("callsign", sa.String(), nullable=True),
        sa.Column("lat", sa.Float(53), nullable=True),
        sa.Column("lon", sa.Float(53), nullable=True),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("stale_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("cancelled_at", Instant(), nullable=True),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["field_devices.id"], name=op.f("fk_field_emergencies_device_id")),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_field_emergencies_feed_id")),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_field_emergencies_handling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_emergencies")),
        sa.UniqueConstraint("feed_id", "uid", name=op.f("uq_field_emergencies_feed_id_uid")),
    )
    op.create_index(op.f("ix_field_emergencies_cancelled_at"), "field_emergencies", ["cancelled_at"])
