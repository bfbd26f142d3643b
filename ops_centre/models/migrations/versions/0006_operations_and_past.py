"""operations and the past: what the boards and the replay came to need."""

from dataclasses import replace
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_history: Any = import_module("ops_centre.models.migrations.versions.0005_history")
_TRACKS = _history.KEPT["tracks"]
SPANS_MS = (900_000, 7_200_000, 57_600_000, 432_000_000)
_WHOLE = (("kind", "from_at", "until_at"), ("kind", "until_at", "from_at"))

KEPT = {  # what the history keeps since: hits with their evidence, debriefs, and the squawk of craft
    "hits": _history.Kept(
        "id target_id ref kind criterion criterion_version explanation score matched_at source_system source_message "
        "source_text",
        handling="(SELECT handling_id FROM targets WHERE targets.id = {0}.target_id)",
        gate="kind criterion criterion_version explanation score matched_at source_system source_message source_text",
    ),
    "debriefs": _history.Kept(
        "id sort about_kind about_id about_label state opened_by opened_at due_at closed_at",
        shown="{0}.state = 'open'",
        extra=(("points", "(SELECT count(*) FROM debrief_points WHERE debrief_id = {0}.id AND struck_at IS NULL)"),),
    ),
    "tracks": replace(_TRACKS, columns=f"{_TRACKS.columns} squawk", gate=f"{_TRACKS.gate} squawk"),
}


def upgrade() -> None:
    """Forwards."""
    _decisions()
    _keep_more()
    _find_by_how_long_it_held()


def downgrade() -> None:
    """Backwards."""
    for place in range(len(SPANS_MS) + 1):
        op.drop_index(f"ix_history_held_{place}", "history")
    for columns in _WHOLE:
        op.create_index(f"ix_history_{'_'.join(columns)}", "history", list(columns))
    _keep_as_before()
    _decisions_as_before()


# A decision is part of an operation, also when nobody is sent


def _decisions() -> None:
    """Said in SQL on SQLite: Alembic would copy a table that others refer to."""
    if op.get_bind().dialect.name == "sqlite":
        refers = "CONSTRAINT fk_decisions_operation_id REFERENCES operations (id)"
        op.execute(f"ALTER TABLE decisions ADD COLUMN operation_id INTEGER {refers}")
    else:
        op.add_column("decisions", sa.Column("operation_id", sa.BigInteger(), nullable=True))
        op.create_foreign_key("fk_decisions_operation_id", "decisions", "operations", ["operation_id"], ["id"])
    op.create_index("ix_decisions_operation_id", "decisions", ["operation_id"])
    op.execute(
        "UPDATE decisions SET operation_id = (SELECT min(operation_id) FROM taskings WHERE decision_id = decisions.id)"
    )


def _decisions_as_before() -> None:
    op.drop_index("ix_decisions_operation_id", "decisions")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE decisions DROP COLUMN operation_id")
    else:
        op.drop_column("decisions", "operation_id")


# The past: more is kept


def _keep_more() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    _forget("tracks", _TRACKS, postgres)
    for table, kept in KEPT.items():
        if table != "tracks":
            _history._begin_with_what_there_is(table, kept, postgres)
        _follow(table, kept, postgres)


def _keep_as_before() -> None:
    postgres = op.get_bind().dialect.name == "postgresql"
    for table, kept in KEPT.items():
        _forget(table, kept, postgres)
    _follow("tracks", _TRACKS, postgres)
    op.execute("DELETE FROM history WHERE kind IN ('hits', 'debriefs')")


def _follow(table: str, kept: Any, postgres: bool) -> None:
    (_history._follow_on_postgresql if postgres else _history._follow_on_sqlite)(table, kept)


def _forget(table: str, kept: Any, postgres: bool) -> None:
    for act in ("update", *(("insert",) if kept.inserts else ())):
        op.execute(f"DROP TRIGGER history_{table}_{act}" + (f" ON {table}" if postgres else ""))
    if postgres:
        op.execute(f"DROP FUNCTION history_{table}()")


# The past: what held at a moment is found among the versions of each length that can still hold


def _find_by_how_long_it_held() -> None:
    for columns in _WHOLE:
        op.drop_index(f"ix_history_{'_'.join(columns)}", "history")
    for place, (least, most) in enumerate(zip((0, *SPANS_MS), (*SPANS_MS, None), strict=True)):
        shorter = "" if most is None else f" AND until_at - from_at < {most}"
        held = sa.text(f"shown AND until_at - from_at >= {least}{shorter}")
        order = ["kind", "from_at", "until_at"]
        op.create_index(f"ix_history_held_{place}", "history", order, sqlite_where=held, postgresql_where=held)
