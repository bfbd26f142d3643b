"""hazards and movements: warnings with an area, and flights and ships with the people and goods they bring."""

import sqlalchemy as sa
from alembic import op

from ops_centre.models.base import Instant

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Forwards."""
    op.create_table(
        "hazard_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("is_signed", sa.Boolean(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_hazard_messages_feed_id")),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_hazard_messages_handling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_messages")),
        sa.UniqueConstraint("feed_id", "ref", name=op.f("uq_hazard_messages_feed_id_ref")),
    )
    op.create_table(
        "movements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("craft_name", sa.String(), nullable=False),
        sa.Column("identifiers", sa.JSON(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("departs_at", Instant(), nullable=True),
        sa.Column("arrives_at", Instant(), nullable=True),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_movements_feed_id")),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_movements_handling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movements")),
        sa.UniqueConstraint("feed_id", "ref", name=op.f("uq_movements_feed_id_ref")),
    )
    with op.batch_alter_table("movements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_movements_arrives_at"), ["arrives_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_movements_revision"), ["revision"], unique=False)

    op.create_table(
        "hazard_references",
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["hazard_messages.id"], name=op.f("fk_hazard_references_message_id")),
        sa.PrimaryKeyConstraint("message_id", "ref", name=op.f("pk_hazard_references")),
    )
    with op.batch_alter_table("hazard_references", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hazard_references_ref"), ["ref"], unique=False)

    op.create_table(
        "hazards",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("certainty", sa.String(), nullable=False),
        sa.Column("onset_at", Instant(), nullable=True),
        sa.Column("effective_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("headline", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("instruction", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("web", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("others", sa.JSON(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("caveats", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_hazards_handling_id")),
        sa.ForeignKeyConstraint(["message_id"], ["hazard_messages.id"], name=op.f("fk_hazards_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazards")),
        sa.UniqueConstraint("message_id", "part", name=op.f("uq_hazards_message_id_part")),
    )
    with op.batch_alter_table("hazards", schema=None) as batch_op:
        batch_op.create_index(
            "ix_hazards_in_force",
            ["expires_at"],
            unique=False,
            sqlite_where=sa.text("state = 'in force'"),
            postgresql_where=sa.text("state = 'in force'"),
        )
        batch_op.create_index(batch_op.f("ix_hazards_revision"), ["revision"], unique=False)

    op.create_table(
        "manifest_messages",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("feed_id", sa.Integer(), nullable=False),
        sa.Column("movement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("withdraws", sa.JSON(), nullable=False),
        sa.Column("caveats", sa.JSON(), nullable=False),
        sa.Column("prepared_at", Instant(), nullable=True),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_manifest_messages_feed_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["movements.id"], name=op.f("fk_manifest_messages_movement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest_messages")),
        sa.UniqueConstraint("feed_id", "digest", name=op.f("uq_manifest_messages_feed_id_digest")),
    )
    with op.batch_alter_table("manifest_messages", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_manifest_messages_movement_id"), ["movement_id"], unique=False)

    op.create_table(
        "manifest_subjects",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("movement_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("message_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("particulars", sa.JSON(), nullable=False),
        sa.Column("source_text", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("assessed_by", sa.String(), nullable=True),
        sa.Column("assessed_at", Instant(), nullable=True),
        sa.Column("word", sa.String(), nullable=True),
        sa.Column("target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["manifest_messages.id"], name=op.f("fk_manifest_subjects_message_id")),
        sa.ForeignKeyConstraint(["movement_id"], ["movements.id"], name=op.f("fk_manifest_subjects_movement_id")),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name=op.f("fk_manifest_subjects_target_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest_subjects")),
        sa.UniqueConstraint("movement_id", "kind", "ref", name=op.f("uq_manifest_subjects_movement_id_kind_ref")),
    )
    with op.batch_alter_table("manifest_subjects", schema=None) as batch_op:
        batch_op.create_index(
            "ix_manifest_subjects_awaiting",
            ["movement_id"],
            unique=False,
            sqlite_where=sa.text("state = 'awaiting'"),
            postgresql_where=sa.text("state = 'awaiting'"),
        )
        batch_op.create_index(batch_op.f("ix_manifest_subjects_message_id"), ["message_id"], unique=False)


def downgrade() -> None:
    """Backwards."""
    with op.batch_alter_table("manifest_subjects", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_manifest_subjects_message_id"))
        batch_op.drop_index(
            "ix_manifest_subjects_awaiting",
            sqlite_where=sa.text("state = 'awaiting'"),
            postgresql_where=sa.text("state = 'awaiting'"),
        )

    op.drop_table("manifest_subjects")
    with op.batch_alter_table("manifest_messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_manifest_messages_movement_id"))

    op.drop_table("manifest_messages")
    with op.batch_alter_table("hazards", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hazards_revision"))
        batch_op.drop_index(
            "ix_hazards_in_force",
            sqlite_where=sa.text("state = 'in force'"),
            postgresql_where=sa.text("state = 'in force'"),
        )

    op.drop_table("hazards")
    with op.batch_alter_table("hazard_references", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hazard_references_ref"))

    op.drop_table("hazard_references")
    with op.batch_alter_table("movements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_movements_revision"))
        batch_op.drop_index(batch_op.f("ix_movements_arrives_at"))

    op.drop_table("movements")
    op.drop_table("hazard_messages")
