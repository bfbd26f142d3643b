"""history: what was known when, kept by triggers so that no service can forget it (ADR 13).

The columns stand here one by one: a version holds what the picture shows of a thing, not whatever its table has. When a
table gets a column that screens show, a new migration makes its triggers anew; `tests/house/test_history.py` says so.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from alembic import op

from ops_centre.models.base import Instant

revision = "0005"
down_revision = "0004"

FAR_MS = 253_370_764_800_000  # the year 9999: the version still holds
SLACK_MS = 60_000  # a last responsible moment is worth a version when it moved so far; a unit at rest is kept so often


@dataclass(frozen=True)
class Kept:
    """What is kept of one table."""

    columns: str
    shown: str = "true"
    handling: str = "{0}.handling_id"
    gate: str = ""  # an update of none of these changes nothing that is shown; empty: any update may
    json: str = ""  # columns that hold JSON
    extra: tuple[tuple[str, str], ...] = ()  # what the picture counts beside the row
    slack: str = ""  # times that move all the while: a version only for `SLACK_MS`
    inserts: bool = True
    deletes: bool = False


_OWED = (
    "({0}.state = 'complete' AND NOT EXISTS (SELECT 1 FROM outcomes WHERE outcomes.tasking_id = {0}.id))",
    "(SELECT count(*) FROM (SELECT unit_id FROM assignments WHERE operation_id = {0}.id AND cancelled_at IS NULL"
    " UNION SELECT unit_id FROM taskings WHERE operation_id = {0}.id AND ended_at IS NULL) AS engaged)",
    "(SELECT count(*) FROM operation_links WHERE operation_id = {0}.id AND operation_links.kind = 'target')",
    "(SELECT count(*) FROM watch_members WHERE watch_id = {0}.id AND joined_at IS NOT NULL AND left_at IS NULL)",
    "(SELECT display_name FROM users WHERE users.name = {0}.lead)",
)

KEPT = {
    "targets": Kept(
        "id feed_id ref subject_kind label severity score status decided_status claimed_by lrm_at lrm_note reason action place "
        "place_name place_lat place_lon arrives_at track_id issued_at updated_at",
        shown="{0}.status IN ('new', 'in review', 'issued')",
        gate="handling_id subject_kind label severity score status claimed_by lrm_at lrm_note reason action place place_name "
        "place_lat place_lon arrives_at track_id",
        slack="lrm_at",
    ),
    "units": Kept(
        "id feed_id ref callsign agency unit_type capabilities availability out_of_service_reason status note crew",
        shown="{0}.withdrawn_at IS NULL",
        gate="handling_id callsign agency unit_type capabilities availability out_of_service_reason status note crew "
        "withdrawn_at",
        json="capabilities",
    ),
    "deployments": Kept(
        "id unit_id ref place area starts_at ends_at crew duty_hours received_at",
        handling="(SELECT handling_id FROM units WHERE units.id = {0}.unit_id)",
        deletes=True,
    ),
    "taskings": Kept(
        "id decision_id unit_id target_id track_id operation_id subject intent state meet_lat meet_lon meet_place meet_at "
        "accept_by due_at requested_at requested_by accepted_at en_route_at on_scene_at ended_at end_reason checked_in_at",
        shown=f"({{0}}.ended_at IS NULL OR {_OWED[0]})",
        extra=(("outcome_owed", _OWED[0]),),
    ),
    "alerts": Kept(
        "id cause severity title text subject_kind subject_id due_at count raised_at announced_at acknowledged_at "
        "acknowledged_by shelved_at shelved_until shelved_by shelve_reason assigned_to assigned_at escalated_at cleared_at "
        "cleared_by clear_reason missed",
        shown="{0}.cleared_at IS NULL",
    ),
    "enquiries": Kept(
        "id asker_kind asker question asked_at due_at state taken_by taken_at", shown="{0}.state = 'open'"
    ),
    "operations": Kept(
        "id reference name kind state state_at is_exercise purpose commander agencies subjects place starts_at ends_at "
        "required area next_event next_event_at proposed_by proposed_at approved_by approved_at started_at closed_at "
        "close_reason",
        shown="{0}.state NOT IN ('closed', 'debriefed', 'cancelled')",
        json="agencies subjects required area",
        extra=(("assigned", _OWED[1]), ("targets", _OWED[2])),
    ),
    "watches": Kept(
        "id name starts_at ends_at state lead opened_at closed_at",
        shown="{0}.state IN ('open', 'handover pending')",
        handling="NULL",
        extra=(("officers", _OWED[3]), ("lead_name", _OWED[4])),
    ),
    "feeds": Kept(
        "id name kind agency configured paused is_replay clock_offset_ms light light_since late_after_ms lost_after_ms "
        "last_error",
        shown="{0}.configured",
        handling="NULL",
        gate="name kind agency configured paused is_replay clock_offset_ms light late_after_ms lost_after_ms last_error",
        slack="clock_offset_ms",
    ),
    "tracks": Kept(
        "id key kind mmsi imo name callsign registration flight craft_type type_text flag destination eta_at length_m beam_m "
        "draught_m",
        handling="NULL",
        gate="imo name callsign registration flight craft_type type_text flag destination eta_at length_m beam_m draught_m",
        inserts=False,  # a new track is named by the update that follows; until then nothing is known of it
    ),
}
_WHERE = ("lat", "lon", "course_deg", "speed_kn")
_POSITION = (
    "INSERT INTO unit_positions (unit_id, recorded_at, observed_at, reported_at, lat, lon, course_deg, speed_kn) {values} "
    "ON CONFLICT (unit_id, recorded_at) DO UPDATE SET observed_at = excluded.observed_at, reported_at = excluded.reported_at, "
    "lat = excluded.lat, lon = excluded.lon, course_deg = excluded.course_deg, speed_kn = excluded.speed_kn"
)
_PLACED = (
    "{0}.id, ops_now(), coalesce({0}.position_at, {0}.reported_at), {0}.reported_at, {0}.lat, {0}.lon, {0}.course_deg, "
    "{0}.speed_kn"
)


def upgrade() -> None:
    """Forwards."""
    _tables()
    postgres = op.get_bind().dialect.name == "postgresql"
    if postgres:
        op.execute(
            "CREATE FUNCTION ops_now() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT coalesce("
            "CAST(nullif(current_setting('ops.now', true), '') AS bigint), "
            "CAST(extract(epoch FROM now()) * 1000 AS bigint)) $$"
        )
    for table, kept in KEPT.items():
        _begin_with_what_there_is(table, kept, postgres)
        (_follow_on_postgresql if postgres else _follow_on_sqlite)(table, kept)
    op.execute(_POSITION.format(values=f"SELECT {_PLACED.format('units')} FROM units WHERE true"))  # noqa: S608
    (_places_on_postgresql if postgres else _places_on_sqlite)()


def _tables() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "history",
        sa.Column("id", big, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("thing", big, nullable=False),
        sa.Column("from_at", Instant(), nullable=False),
        sa.Column("until_at", Instant(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("handling_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_history")),
    )
    for columns in (("kind", "thing", "until_at"), ("kind", "from_at", "until_at"), ("kind", "until_at", "from_at")):
        op.create_index(f"ix_history_{'_'.join(columns)}", "history", list(columns))
    op.create_table(
        "unit_positions",
        sa.Column("unit_id", big, nullable=False),
        sa.Column("recorded_at", Instant(), nullable=False),
        sa.Column("observed_at", Instant(), nullable=False),
        sa.Column("reported_at", Instant(), nullable=False),
        sa.Column("lat", sa.Float(precision=53), nullable=True),
        sa.Column("lon", sa.Float(precision=53), nullable=True),
        sa.Column("course_deg", sa.Double(), nullable=True),
        sa.Column("speed_kn", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("unit_id", "recorded_at", name=op.f("pk_unit_positions")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_unit_positions_unit_id_observed_at", "unit_positions", ["unit_id", "observed_at"])


# What a version holds, as SQL


def _content(table: str, kept: Kept, row: str, postgres: bool) -> str:
    pairs = []
    for name in kept.columns.split():
        value = f"{row}.{name}"
        if name == kept.slack and row == "NEW":
            value = _slack(table, name, postgres)
        elif name in kept.json.split() and not postgres:
            value = f"json({value})"
        pairs.append(f"'{name}', {value}")
    pairs += [f"'{name}', {expression.format(row)}" for name, expression in kept.extra]
    return f"{'json_build_object' if postgres else 'json_object'}({', '.join(pairs)})"


def _slack(table: str, name: str, postgres: bool) -> str:
    """The time as the open version has it, unless it moved far."""
    kept = f"CAST(content ->> '{name}' AS bigint)" if postgres else f"json_extract(content, '$.{name}')"
    near = f"abs({kept} - NEW.{name}) < {SLACK_MS}"
    known = f"SELECT {kept} FROM history WHERE kind = '{table}' AND thing = NEW.id AND until_at = {FAR_MS} AND {near}"  # noqa: S608
    return f"coalesce(({known}), NEW.{name})"


def _begin_with_what_there_is(table: str, kept: Kept, postgres: bool) -> None:
    """What is known when the history begins. Before that moment nothing is kept, and the page says so."""
    content, shown, handling = (
        _content(table, kept, table, postgres), f"({kept.shown.format(table)})", kept.handling.format(table),
    )  # fmt: skip
    handling = "CAST(NULL AS integer)" if handling == "NULL" else handling
    op.execute(
        "INSERT INTO history (kind, thing, from_at, until_at, shown, handling_id, content) "  # noqa: S608  (our own names)
        f"SELECT '{table}', {table}.id, ops_now(), {FAR_MS}, {shown}, {handling}, {content} FROM {table}"
    )


# Triggers


def _follow_on_sqlite(table: str, kept: Kept) -> None:
    content, shown, handling = (
        _content(table, kept, "NEW", False), f"({kept.shown.format('NEW')})", kept.handling.format("NEW"),
    )  # fmt: skip
    one = f"kind = '{table}' AND thing = NEW.id AND until_at = {FAR_MS}"
    body = (
        f"UPDATE history SET until_at = ops_now() WHERE {one} "  # noqa: S608  (our own names)
        f"AND (shown IS NOT {shown} OR handling_id IS NOT {handling} OR content IS NOT {content}); "
        "INSERT INTO history (kind, thing, from_at, until_at, shown, handling_id, content) "
        f"SELECT '{table}', NEW.id, ops_now(), {FAR_MS}, {shown}, {handling}, {content} "
        f"WHERE NOT EXISTS (SELECT 1 FROM history WHERE {one});"
    )
    gate = kept.gate.split()
    of = f" OF {', '.join(gate)}" if gate else ""
    when = f" WHEN {' OR '.join(f'NEW.{name} IS NOT OLD.{name}' for name in gate)}" if gate else ""
    op.execute(f"CREATE TRIGGER history_{table}_update AFTER UPDATE{of} ON {table}{when} BEGIN {body} END")
    if kept.inserts:
        op.execute(f"CREATE TRIGGER history_{table}_insert AFTER INSERT ON {table} BEGIN {body} END")
    if kept.deletes:
        close = _close(table)
        op.execute(f"CREATE TRIGGER history_{table}_delete AFTER DELETE ON {table} BEGIN {close}; END")


def _close(table: str) -> str:
    return f"UPDATE history SET until_at = ops_now() WHERE kind = '{table}' AND thing = OLD.id AND until_at = {FAR_MS}"  # noqa: S608


def _follow_on_postgresql(table: str, kept: Kept) -> None:
    content, shown, handling = (
        _content(table, kept, "NEW", True), f"({kept.shown.format('NEW')})", kept.handling.format("NEW"),
    )  # fmt: skip
    one = f"kind = '{table}' AND thing = NEW.id AND until_at = {FAR_MS}"
    op.execute(
        f"""CREATE FUNCTION history_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            moment bigint := ops_now();
            said json := {content};
            seen boolean := {shown};
            handled integer := {handling};
        BEGIN
            UPDATE history SET until_at = moment WHERE {one} AND (shown <> seen
                OR handling_id IS DISTINCT FROM handled OR CAST(content AS text) <> CAST(said AS text));
            INSERT INTO history (kind, thing, from_at, until_at, shown, handling_id, content)
                SELECT '{table}', NEW.id, moment, {FAR_MS}, seen, handled, said
                WHERE NOT EXISTS (SELECT 1 FROM history WHERE {one});
            RETURN NULL;
        END $$"""  # noqa: S608  (our own names)
    )
    gate = kept.gate.split()
    of = f" OF {', '.join(gate)}" if gate else ""
    changed = " OR ".join(f"{_text(kept, name, 'NEW')} IS DISTINCT FROM {_text(kept, name, 'OLD')}" for name in gate)
    when = f" WHEN ({changed})" if gate else ""
    run = f"FOR EACH ROW{{when}} EXECUTE FUNCTION history_{table}()"
    op.execute(f"CREATE TRIGGER history_{table}_update AFTER UPDATE{of} ON {table} {run.format(when=when)}")
    if kept.inserts:
        op.execute(f"CREATE TRIGGER history_{table}_insert AFTER INSERT ON {table} {run.format(when='')}")
    if kept.deletes:
        op.execute(
            f"CREATE FUNCTION history_{table}_gone() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {_close(table)}; RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE TRIGGER history_{table}_delete AFTER DELETE ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION history_{table}_gone()"
        )


def _text(kept: Kept, name: str, row: str) -> str:
    """A column to compare; json has no equality of its own there."""
    return f"CAST({row}.{name} AS text)" if name in kept.json.split() else f"{row}.{name}"


def _recently() -> str:
    return f"EXISTS (SELECT 1 FROM unit_positions WHERE unit_id = NEW.id AND recorded_at > ops_now() - {SLACK_MS})"  # noqa: S608


def _places_on_sqlite() -> None:
    stored = _POSITION.format(values=f"VALUES ({_PLACED.format('NEW')})")
    moved = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _WHERE)
    op.execute(f"CREATE TRIGGER history_unit_positions_insert AFTER INSERT ON units BEGIN {stored}; END")
    op.execute(
        f"CREATE TRIGGER history_unit_positions_update AFTER UPDATE OF {', '.join(_WHERE)}, position_at, reported_at "
        f"ON units WHEN {moved} OR NOT {_recently()} BEGIN {stored}; END"
    )


def _places_on_postgresql() -> None:
    moved = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in _WHERE)
    stored = _POSITION.format(values=f"VALUES ({_PLACED.format('NEW')})")
    op.execute(
        f"""CREATE FUNCTION history_unit_positions() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                IF NOT ({moved}) AND {_recently()} THEN RETURN NULL; END IF;
            END IF;
            {stored};
            RETURN NULL;
        END $$"""
    )
    run = "ON units FOR EACH ROW EXECUTE FUNCTION history_unit_positions()"
    op.execute(f"CREATE TRIGGER history_unit_positions_insert AFTER INSERT {run}")
    op.execute(
        f"CREATE TRIGGER history_unit_positions_update AFTER UPDATE OF {', '.join(_WHERE)}, position_at, reported_at {run}"
    )


def downgrade() -> None:
    """Backwards."""
    postgres = op.get_bind().dialect.name == "postgresql"
    made = [(table, ("update", *(("insert",) if kept.inserts else ()), *(("delete",) if kept.deletes else ())))
            for table, kept in KEPT.items()]  # fmt: skip
    for table, acts in made:
        for act in acts:
            op.execute(f"DROP TRIGGER history_{table}_{act}" + (f" ON {table}" if postgres else ""))
    for act in ("insert", "update"):
        op.execute(f"DROP TRIGGER history_unit_positions_{act}" + (" ON units" if postgres else ""))
    if postgres:
        for table, acts in made:
            op.execute(f"DROP FUNCTION history_{table}()")
            if "delete" in acts:
                op.execute(f"DROP FUNCTION history_{table}_gone()")
        op.execute("DROP FUNCTION history_unit_positions()")
        op.execute("DROP FUNCTION ops_now()")
    op.drop_table("unit_positions")
    op.drop_table("history")
