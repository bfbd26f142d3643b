"""The history misses nothing: each column of a kept table is kept or left out on purpose, and every trigger is there."""

from importlib import import_module
from typing import Any

from sqlalchemy import text

from ops_centre.db import Database
from ops_centre.models import Base
from ops_centre.models.history import FAR_MS, SPANS_MS

VERSIONS = "ops_centre.models.migrations.versions"
# the newest migration that makes a table's triggers says what is kept of it
KEPT: dict[str, Any] = {
    **import_module(f"{VERSIONS}.0005_history").KEPT,
    **import_module(f"{VERSIONS}.0006_operations_and_past").KEPT,
}

# why each is not part of a version: it moves all the while, counts, or is nothing that a screen shows
LEFT_OUT = {
    "targets": "ref_version identifiers lrm_unit_id worse_at received_at revision handling_id",
    "units": "lat lon course_deg speed_kn position_at withdrawn_at reported_at received_at revision handling_id",
    "deployments": "",
    "taskings": "execution revision handling_id",
    "alerts": "key mark revision handling_id",
    "enquiries": "contact leaves_country legal_basis answer answered_by answered_at withdrawn_at withdrawn_reason links "
    "recorded_at recorded_by revision handling_id",
    "operations": "promoted_from version revision handling_id",
    "watches": "overran_at revision",
    "feeds": "last_poll_at last_good_at last_record_at last_error_at received stored duplicate quarantined passed_over cursor "
    "revision priority",
    "tracks": "feed_id caveats lat lon course_deg speed_kn heading_deg altitude_ft nav_status on_ground zone observed_at "
    "geometric_altitude_ft received_at heard_at particulars_at left_at revision",
    "hits": "received_at",
    "debriefs": "meant closed_by summary version revision handling_id",
}


def test_every_column_of_a_kept_table_is_kept_or_left_out_on_purpose() -> None:
    for table, kept in KEPT.items():
        there_are = set(Base.metadata.tables[table].columns.keys())
        known = set(kept.columns.split()) | set(LEFT_OUT[table].split())
        assert there_are == known, f"{table}: keep it in a new migration, or say in LEFT_OUT that it is not kept"


def test_every_kept_table_has_its_triggers(database: Database) -> None:
    listed = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with database.reading() as session:
        there_are = set(session.execute(text(listed)).scalars())
    wanted = {f"history_{table}_update" for table in KEPT}
    wanted |= {f"history_{table}_insert" for table, kept in KEPT.items() if kept.inserts}
    wanted |= {"history_deployments_delete", "history_unit_positions_insert", "history_unit_positions_update"}
    assert wanted <= there_are


def test_the_migrations_and_the_model_mean_the_same_times() -> None:
    assert import_module(f"{VERSIONS}.0005_history").FAR_MS == FAR_MS
    assert import_module(f"{VERSIONS}.0006_operations_and_past").SPANS_MS == SPANS_MS
