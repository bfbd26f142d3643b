"""the watch: duty log, alerts, watches, enquiries, dispatch."""

import sqlalchemy as sa
from alembic import op

from ops_centre.models.base import Instant

revision = "0002"
down_revision = "0001"

APPEND_ONLY = ("log_entries", "log_links")


def upgrade() -> None:
    """Forwards."""
    _deeds()
    _log()
    _watch()
    _alerts()
    _dispatch()
    _targets()
    _tracks()
    _make_log_append_only()


def _deeds() -> None:
    """Requests that were carried out."""
    op.create_table(
        "done_requests",
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_done_requests")),
    )
    with op.batch_alter_table("done_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_done_requests_at"), ["at"], unique=False)


def _log() -> None:
    """The duty log, which only grows."""
    op.create_table(
        "log_entries",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("occurred_at", Instant(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by_system", sa.Boolean(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("author_name", sa.String(), nullable=False),
        sa.Column("author_role", sa.String(), nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("decider", sa.String(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("corrects", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("salt", sa.String(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_log_entries_handling_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_log_entries")),
    )
    with op.batch_alter_table("log_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_log_entries_author_seq"), ["author", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_log_entries_corrects"), ["corrects"], unique=False)
        batch_op.create_index(batch_op.f("ix_log_entries_kind_seq"), ["kind", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_log_entries_occurred_at"), ["occurred_at"], unique=False)
    op.create_table(
        "log_links",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("thing", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["log_entries.seq"], name=op.f("fk_log_links_seq")),
        sa.PrimaryKeyConstraint("seq", "kind", "thing", name=op.f("pk_log_links")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("log_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_log_links_kind_thing_seq"), ["kind", "thing", "seq"], unique=False)
    op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    op.create_table(
        "log_nodes",
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("node_hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_log_nodes")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "log_checkpoints",
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("signed_at", Instant(), nullable=False),
        sa.Column("root_hash", sa.LargeBinary(), nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoints")),
    )
    head = sa.table("log_head", sa.column("id"), sa.column("seq"), sa.column("chain_hash", sa.LargeBinary()))
    op.bulk_insert(head, [{"id": 1, "seq": 0, "chain_hash": bytes(32)}])  # domain.sealing.GENESIS


def _watch() -> None:
    """Watches, handovers, enquiries."""
    op.create_table(
        "watches",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("lead", sa.String(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=True),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("overran_at", Instant(), nullable=True),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watches")),
    )
    with op.batch_alter_table("watches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_watches_revision"), ["revision"], unique=False)
        batch_op.create_index(batch_op.f("ix_watches_starts_at"), ["starts_at"], unique=False)
    op.create_table(
        "watch_members",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("watch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_name", sa.String(), nullable=False),
        sa.Column("desk", sa.String(), nullable=True),
        sa.Column("joined_at", Instant(), nullable=True),
        sa.Column("left_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name=op.f("fk_watch_members_watch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_members")),
        sa.UniqueConstraint("watch_id", "user_name", name=op.f("uq_watch_members_watch_id_user_name")),
    )
    op.create_table(
        "handovers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("watch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offered_by", sa.String(), nullable=False),
        sa.Column("offered_at", Instant(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("heads", sa.JSON(), nullable=False),
        sa.Column("nothing_to_report", sa.Boolean(), nullable=False),
        sa.Column("accepted_by", sa.String(), nullable=True),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("returned_by", sa.String(), nullable=True),
        sa.Column("returned_at", Instant(), nullable=True),
        sa.Column("return_reason", sa.String(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("affirmation", sa.String(), nullable=True),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("next_watch_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_handovers_handling_id")),
        sa.ForeignKeyConstraint(["next_watch_id"], ["watches.id"], name=op.f("fk_handovers_next_watch_id")),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name=op.f("fk_handovers_watch_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handovers_watch_id"), ["watch_id"], unique=False)
    op.create_table(
        "enquiries",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asker_kind", sa.String(), nullable=False),
        sa.Column("asker", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=True),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("leaves_country", sa.Boolean(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=True),
        sa.Column("taken_by", sa.String(), nullable=True),
        sa.Column("taken_at", Instant(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=True),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_enquiries_handling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enquiries")),
    )
    with op.batch_alter_table("enquiries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enquiries_revision"), ["revision"], unique=False)
        batch_op.create_index(batch_op.f("ix_enquiries_state_due_at"), ["state", "due_at"], unique=False)


def _alerts() -> None:
    """Alerts, their rules, lookouts, notices."""
    op.create_table(
        "alerts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("mark", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("raised_at", Instant(), nullable=False),
        sa.Column("announced_at", Instant(), nullable=False),
        sa.Column("acknowledged_at", Instant(), nullable=True),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("shelved_at", Instant(), nullable=True),
        sa.Column("shelved_until", Instant(), nullable=True),
        sa.Column("shelved_by", sa.String(), nullable=True),
        sa.Column("shelve_reason", sa.String(), nullable=True),
        sa.Column("assigned_to", sa.String(), nullable=True),
        sa.Column("assigned_at", Instant(), nullable=True),
        sa.Column("escalated_at", Instant(), nullable=True),
        sa.Column("cleared_at", Instant(), nullable=True),
        sa.Column("cleared_by", sa.String(), nullable=True),
        sa.Column("clear_reason", sa.String(), nullable=True),
        sa.Column("missed", sa.Boolean(), nullable=False),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_alerts_handling_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alerts_key_cleared_at"), ["key", "cleared_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_missed_cleared_at"), ["missed", "cleared_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_raised_at"), ["raised_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_revision"), ["revision"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_alerts_subject_kind_subject_id"), ["subject_kind", "subject_id"], unique=False
        )
        batch_op.create_index(
            "uq_alerts_key_standing",
            ["key"],
            unique=True,
            sqlite_where=sa.text("cleared_at IS NULL"),
            postgresql_where=sa.text("cleared_at IS NULL"),
        )
    op.create_table(
        "alert_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("alert_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_events_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_events")),
    )
    with op.batch_alter_table("alert_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_events_alert_id_at"), ["alert_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_alert_events_at"), ["at"], unique=False)
    op.create_table(
        "alert_rules",
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.String(), nullable=True),
        sa.Column("minutes", sa.Double(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("cause", name=op.f("pk_alert_rules")),
    )
    op.create_table(
        "lookouts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("identifiers", sa.JSON(), nullable=False),
        sa.Column("zones", sa.JSON(), nullable=False),
        sa.Column("dark_after_minutes", sa.Integer(), nullable=True),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("track_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_lookouts_handling_id")),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name=op.f("fk_lookouts_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lookouts")),
    )
    with op.batch_alter_table("lookouts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lookouts_ended_at"), ["ended_at"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("alert_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("queued_at", Instant(), nullable=False),
        sa.Column("tried_at", Instant(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_notices_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notices_alert_id"), ["alert_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notices_state_id"), ["state", "id"], unique=False)


def _dispatch() -> None:
    """Decisions, taskings, outcomes."""
    op.create_table(
        "option_sheets",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("shown_to", sa.Integer(), nullable=False),
        sa.Column("shown_at", Instant(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("after_decision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_option_sheets")),
    )
    with op.batch_alter_table("option_sheets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_option_sheets_shown_at"), ["shown_at"], unique=False)
    op.create_table(
        "decisions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("about_kind", sa.String(), nullable=False),
        sa.Column("about_id", sa.String(), nullable=False),
        sa.Column("about_label", sa.String(), nullable=False),
        sa.Column("target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("track_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("alert_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("from_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sends", sa.Boolean(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("options_at", Instant(), nullable=False),
        sa.Column("picture_revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lrm_at", Instant(), nullable=True),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_at", Instant(), nullable=False),
        sa.Column("log_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_decisions_alert_id")),
        sa.ForeignKeyConstraint(["from_seq"], ["log_entries.seq"], name=op.f("fk_decisions_from_seq")),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_decisions_handling_id")),
        sa.ForeignKeyConstraint(["log_seq"], ["log_entries.seq"], name=op.f("fk_decisions_log_seq")),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name=op.f("fk_decisions_target_id")),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name=op.f("fk_decisions_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    with op.batch_alter_table("decisions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_decisions_decided_at"), ["decided_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_decisions_target_id"), ["target_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_decisions_track_id"), ["track_id"], unique=False)
    op.create_table(
        "taskings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("track_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("intent", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("meet_lat", sa.Float(precision=53), nullable=True),
        sa.Column("meet_lon", sa.Float(precision=53), nullable=True),
        sa.Column("meet_place", sa.String(), nullable=True),
        sa.Column("meet_at", Instant(), nullable=True),
        sa.Column("accept_by", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=True),
        sa.Column("requested_at", Instant(), nullable=False),
        sa.Column("requested_by", sa.String(), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=True),
        sa.Column("en_route_at", Instant(), nullable=True),
        sa.Column("on_scene_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.Column("checked_in_at", Instant(), nullable=False),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name=op.f("fk_taskings_decision_id")),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_taskings_handling_id")),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name=op.f("fk_taskings_target_id")),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name=op.f("fk_taskings_track_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_taskings_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taskings")),
    )
    with op.batch_alter_table("taskings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_taskings_decision_id"), ["decision_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_taskings_ended_at"), ["ended_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_taskings_revision"), ["revision"], unique=False)
        batch_op.create_index(batch_op.f("ix_taskings_target_id"), ["target_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_taskings_unit_id_requested_at"), ["unit_id", "requested_at"], unique=False)
        batch_op.create_index(
            "uq_taskings_unit_open",
            ["unit_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    op.create_table(
        "tasking_steps",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tasking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("manner", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("log_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["log_seq"], ["log_entries.seq"], name=op.f("fk_tasking_steps_log_seq")),
        sa.ForeignKeyConstraint(["tasking_id"], ["taskings.id"], name=op.f("fk_tasking_steps_tasking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasking_steps")),
    )
    with op.batch_alter_table("tasking_steps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tasking_steps_tasking_id_id"), ["tasking_id", "id"], unique=False)
    op.create_table(
        "outcomes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tasking_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("target_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("finding", sa.String(), nullable=True),
        sa.Column("quantity", sa.Float(precision=53), nullable=True),
        sa.Column("quantity_unit", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("examined_at", Instant(), nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("log_seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("handling_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["handling_id"], ["handlings.id"], name=op.f("fk_outcomes_handling_id")),
        sa.ForeignKeyConstraint(["log_seq"], ["log_entries.seq"], name=op.f("fk_outcomes_log_seq")),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"], name=op.f("fk_outcomes_target_id")),
        sa.ForeignKeyConstraint(["tasking_id"], ["taskings.id"], name=op.f("fk_outcomes_tasking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcomes")),
    )
    with op.batch_alter_table("outcomes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outcomes_recorded_at"), ["recorded_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcomes_target_id"), ["target_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outcomes_tasking_id"), ["tasking_id"], unique=False)
    op.create_table(
        "unit_crews",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_crews_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_unit_crews_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_crews")),
        sa.UniqueConstraint("user_id", "unit_id", name=op.f("uq_unit_crews_user_id_unit_id")),
    )


def _targets() -> None:
    """What the centre adds to a target."""
    with op.batch_alter_table("targets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("decided_status", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("claimed_by", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("lrm_at", Instant(), nullable=True))
        batch_op.add_column(
            sa.Column("lrm_unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("lrm_note", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("worse_at", Instant(), nullable=True))
    is_open = sa.text("status IN ('new', 'in review', 'issued')")
    op.create_index("ix_targets_open", "targets", ["arrives_at"], sqlite_where=is_open, postgresql_where=is_open)


def _tracks() -> None:
    """Craft in an emergency are found without looking at all others."""
    emergency = sa.text("squawk IN ('7500', '7600', '7700')")
    op.create_index("ix_tracks_emergency", "tracks", ["squawk"], sqlite_where=emergency, postgresql_where=emergency)


def _make_log_append_only() -> None:
    """Triggers that refuse to change or remove what the duty log holds."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            """CREATE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION 'the duty log is append only'; END $$"""
        )
        for table in APPEND_ONLY:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION log_is_append_only()"
            )
        return
    for table in APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_append_only_{act.lower()} BEFORE {act} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the duty log is append only'); END"
            )


def downgrade() -> None:
    """Backwards."""
    op.drop_index("ix_tracks_emergency", "tracks")
    op.drop_index("ix_targets_open", "targets")
    for column in ("worse_at", "lrm_note", "lrm_unit_id", "lrm_at", "claimed_by", "decided_status"):
        op.drop_column("targets", column)
    for table in (
        "unit_crews",
        "outcomes",
        "tasking_steps",
        "taskings",
        "decisions",
        "option_sheets",
        "notices",
        "lookouts",
        "alert_rules",
        "alert_events",
        "alerts",
        "enquiries",
        "handovers",
        "watch_members",
        "watches",
        "log_checkpoints",
        "log_nodes",
        "log_head",
        "log_links",
        "log_entries",
        "done_requests",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION log_is_append_only()")
