"""operations, planning, debriefs: what is led, what is planned, what is learned."""

import sqlalchemy as sa
from alembic import op

from ops_centre.models.base import Instant

revision = "0004"
down_revision = "0003"
HITS_OF_CRITERIA = "ix_hits_criterion_criterion_version_target_id"


def upgrade() -> None:
    """Forwards."""
    _operations()
    _planning()
    _debriefs()
    _taskings()


def _operations() -> None:
    """Operations and what belongs to each."""
    op.create_table(
        "operations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_at", Instant(), nullable=False),
        sa.Column("is_exercise", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("commander", sa.String(), nullable=True),
        sa.Column("agencies", sa.JSON(), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("starts_at", Instant(), nullable=True),
        sa.Column("ends_at", Instant(), nullable=True),
        sa.Column("required", sa.JSON(), nullable=False),
        sa.Column("area", sa.JSON(), nullable=False),
        sa.Column("next_event", sa.String(), nullable=True),
        sa.Column("next_event_at", Instant(), nullable=True),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_at", Instant(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.Column("approved_at", Instant(), nullable=True),
        sa.Column("started_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("close_reason", sa.String(), nullable=True),
        sa.Column("promoted_from", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_operations_handling_id")),
        sa.ForeignKeyConstraint(["promoted_from"], ["operations.id"], name=op.f("fk_operations_promoted_from")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
        sa.UniqueConstraint("reference", name=op.f("uq_operations_reference")),
    )
    with op.batch_alter_table("operations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operations_kind_state"), ["kind", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_operations_revision"), ["revision"], unique=False)

    op.create_table(
        "operation_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("log_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["log_seq"], ["log_entries.seq"], name=op.f("fk_operation_steps_log_seq")),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name=op.f("fk_operation_steps_operation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation_steps")),
    )
    with op.batch_alter_table("operation_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operation_steps_operation_id_id"), ["operation_id", "id"], unique=False)

    op.create_table(
        "operation_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("linked_at", Instant(), nullable=False),
        sa.Column("linked_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name=op.f("fk_operation_links_operation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation_links")),
        sa.UniqueConstraint("operation_id", "kind", "thing", name=op.f("uq_operation_links_operation_id_kind_thing")),
    )
    with op.batch_alter_table("operation_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_operation_links_kind_thing"), ["kind", "thing"], unique=False)

    op.create_table(
        "operation_orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=True),
        sa.Column("issued_at", Instant(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("log_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["log_seq"], ["log_entries.seq"], name=op.f("fk_operation_orders_log_seq")),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name=op.f("fk_operation_orders_operation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation_orders")),
        sa.UniqueConstraint("operation_id", "version", name=op.f("uq_operation_orders_operation_id_version")),
    )
    op.create_table(
        "objectives",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("result", sa.String(), nullable=True),
        sa.Column("result_note", sa.String(), nullable=True),
        sa.Column("result_by", sa.String(), nullable=True),
        sa.Column("result_at", Instant(), nullable=True),
        sa.Column("dropped_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name=op.f("fk_objectives_operation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objectives")),
    )
    with op.batch_alter_table("objectives", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_objectives_operation_id_position"), ["operation_id", "position"], unique=False
        )

    op.create_table(
        "situation_reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("agencies", sa.JSON(), nullable=False),
        sa.Column("written_by", sa.String(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=True),
        sa.Column("issued_at", Instant(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("log_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_situation_reports_handling_id")),
        sa.ForeignKeyConstraint(["log_seq"], ["log_entries.seq"], name=op.f("fk_situation_reports_log_seq")),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name=op.f("fk_situation_reports_operation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_situation_reports")),
        sa.UniqueConstraint("operation_id", "number", name=op.f("uq_situation_reports_operation_id_number")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("removed_by", sa.String(), nullable=True),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("remove_reason", sa.String(), nullable=True),
        sa.Column("log_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["log_seq"], ["log_entries.seq"], name=op.f("fk_attachments_log_seq")),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name=op.f("fk_attachments_operation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_operation_id_id"), ["operation_id", "id"], unique=False)


def _planning() -> None:
    """Assignments, patterns, changes, proposals, calendars."""
    op.create_table(
        "assignment_patterns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_assignment_patterns_handling_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_assignment_patterns_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment_patterns")),
    )
    op.create_table(
        "plan_proposals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("progress", sa.Double(), nullable=False),
        sa.Column("doing", sa.String(), nullable=True),
        sa.Column("taken_by", sa.String(), nullable=True),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("uncovered", sa.JSON(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("fault", sa.String(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_plan_proposals_handling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_proposals")),
    )
    with op.batch_alter_table("plan_proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_proposals_revision"), ["revision"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_proposals_state"), ["state"], unique=False)

    op.create_table(
        "assignments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("place", sa.String(), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("crew", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("pattern_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("proposal_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("overrides", sa.JSON(), nullable=False),
        sa.Column("assigned_by", sa.String(), nullable=False),
        sa.Column("assigned_at", Instant(), nullable=False),
        sa.Column("cancelled_by", sa.String(), nullable=True),
        sa.Column("cancelled_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_assignments_handling_id")),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name=op.f("fk_assignments_operation_id")),
        sa.ForeignKeyConstraint(["pattern_id"], ["assignment_patterns.id"], name=op.f("fk_assignments_pattern_id")),
        sa.ForeignKeyConstraint(["proposal_id"], ["plan_proposals.id"], name=op.f("fk_assignments_proposal_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_assignments_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignments")),
    )
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignments_operation_id"), ["operation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignments_pattern_id"), ["pattern_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignments_proposal_id"), ["proposal_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignments_revision"), ["revision"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignments_starts_at"), ["starts_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignments_unit_id_starts_at"), ["unit_id", "starts_at"], unique=False)

    op.create_table(
        "plan_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_changes")),
    )
    with op.batch_alter_table("plan_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_changes_by_id"), ["by", "id"], unique=False)

    op.create_table(
        "plan_calendars",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_calendars")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_plan_calendars_secret_hash")),
    )


def _debriefs() -> None:
    """Debriefs and lessons."""
    op.create_table(
        "debriefs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("about_kind", sa.String(), nullable=False),
        sa.Column("about_id", sa.String(), nullable=False),
        sa.Column("about_label", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("meant", sa.String(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("closed_by", sa.String(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("summary", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_debriefs_handling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debriefs")),
    )
    with op.batch_alter_table("debriefs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_debriefs_about_kind_about_id"), ["about_kind", "about_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_debriefs_revision"), ["revision"], unique=False)
        batch_op.create_index(batch_op.f("ix_debriefs_state"), ["state"], unique=False)

    op.create_table(
        "debrief_points",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("debrief_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("log_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_unit", sa.String(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("struck_by", sa.String(), nullable=True),
        sa.Column("struck_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["debrief_id"], ["debriefs.id"], name=op.f("fk_debrief_points_debrief_id")),
        sa.ForeignKeyConstraint(["log_seq"], ["log_entries.seq"], name=op.f("fk_debrief_points_log_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debrief_points")),
    )
    with op.batch_alter_table("debrief_points", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_debrief_points_debrief_id_id"), ["debrief_id", "id"], unique=False)

    op.create_table(
        "lessons",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("debrief_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("check_text", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("acted_at", Instant(), nullable=True),
        sa.Column("acted_by", sa.String(), nullable=True),
        sa.Column("acted_note", sa.String(), nullable=True),
        sa.Column("checked_at", Instant(), nullable=True),
        sa.Column("checked_by", sa.String(), nullable=True),
        sa.Column("checked_note", sa.String(), nullable=True),
        sa.Column("criterion", sa.String(), nullable=True),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("subjects", sa.JSON(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("agencies", sa.JSON(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["debrief_id"], ["debriefs.id"], name=op.f("fk_lessons_debrief_id")),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_lessons_handling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
    )
    with op.batch_alter_table("lessons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lessons_debrief_id"), ["debrief_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lessons_revision"), ["revision"], unique=False)
        batch_op.create_index(batch_op.f("ix_lessons_state_due_at"), ["state", "due_at"], unique=False)

    op.create_table(
        "lessons_taken",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("operation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lesson_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("log_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_lessons_taken_lesson_id")),
        sa.ForeignKeyConstraint(["log_seq"], ["log_entries.seq"], name=op.f("fk_lessons_taken_log_seq")),
        sa.ForeignKeyConstraint(["operation_id"], ["operations.id"], name=op.f("fk_lessons_taken_operation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons_taken")),
        sa.UniqueConstraint("operation_id", "lesson_id", name=op.f("uq_lessons_taken_operation_id_lesson_id")),
    )
    with op.batch_alter_table("lessons_taken", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lessons_taken_lesson_id"), ["lesson_id"], unique=False)
    op.create_index(HITS_OF_CRITERIA, "hits", ["criterion", "criterion_version", "target_id"])


def _taskings() -> None:
    """A tasking may be part of an operation. Said in SQL on SQLite: Alembic would copy a table that others refer to."""
    if op.get_bind().dialect.name == "sqlite":
        refers = "CONSTRAINT fk_taskings_operation_id REFERENCES operations (id)"
        op.execute(f"ALTER TABLE taskings ADD COLUMN operation_id INTEGER {refers}")
    else:
        op.add_column("taskings", sa.Column("operation_id", sa.BigInteger(), nullable=True))
        op.create_foreign_key("fk_taskings_operation_id", "taskings", "operations", ["operation_id"], ["id"])
    op.add_column("taskings", sa.Column("execution", sa.String(), nullable=True))
    op.create_index("ix_taskings_operation_id", "taskings", ["operation_id"])


def downgrade() -> None:
    """Backwards."""
    op.drop_index(HITS_OF_CRITERIA, "hits")
    op.drop_index("ix_taskings_operation_id", "taskings")
    op.drop_column("taskings", "execution")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE taskings DROP COLUMN operation_id")
    else:
        op.drop_column("taskings", "operation_id")
    for table in (
        "lessons_taken",
        "assignments",
        "situation_reports",
        "operation_steps",
        "operation_orders",
        "operation_links",
        "objectives",
        "lessons",
        "debrief_points",
        "attachments",
        "assignment_patterns",
        "plan_proposals",
        "operations",
        "debriefs",
        "plan_changes",
        "plan_calendars",
    ):
        op.drop_table(table)
