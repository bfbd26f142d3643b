"""Targets and deployments from an agency's own database: what is read, what is never lost, what is never told."""

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from ops_centre.db import Database
from ops_centre.domain.observations import Batch
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.base import Feed
from ops_centre.feeds.sources import database as source
from ops_centre.feeds.sources import deployments, targeting
from ops_centre.feeds.transports.sql import Rows, SqlSource
from tests.feeds.situations import context, sample
from tests.support.clock import START, FakeClock

KIND = source.kind_for(targeting.FORMAT, deployments.FORMAT)
SETTINGS = {
    "records": "targeting",
    "url_env": "OPS_CASES_URL",
    "query": "SELECT * FROM cases WHERE changed >= :after ORDER BY changed, id",
    "increment": "changed",
    "increment_kind": "text",
    "columns": {
        "ref": "id", "version": "rev", "issued_at": "changed", "subject.kind": "kind", "subject.label": "label",
        "severity": "risk", "hits.ref": "hit", "hits.criterion": "rule",
    },
    "values": {"hits.kind": "rule", "hits.source.system": "CASES", "hits.source.message": "row"},
    "words": {"severity": {"1": "top", "2": "high"}, "subject.kind": {"V": "vessel"}},
}  # fmt: skip


class Cases:
    """The agency's database and a feed on it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.executescript(sample("database.sql").decode())
        self.cursor: str | None = None

    def feed(self, **settings: object) -> Feed:
        return KIND.build(source.DatabaseSettings.model_validate(SETTINGS | settings), context(FakeClock()))

    def poll(self, **settings: object) -> Batch:
        """What is new, to a centre that was just started."""
        batch = self.feed(**settings).poll(self.cursor)
        self.cursor = batch.cursor or self.cursor
        return batch

    def add(self, ref: str, changed: str, hit: str = "H-1") -> None:
        self.connection.execute(
            "INSERT INTO cases VALUES (?, 1, ?, 'V', 'SPECIMEN', '1', ?, 'Rule')", (ref, changed, hit)
        )


@pytest.fixture
def cases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cases]:
    monkeypatch.setenv("OPS_CASES_URL", f"sqlite:///{tmp_path / 'cases.db'}")
    made = Cases(tmp_path / "cases.db")
    yield made
    made.connection.close()


def refs(batch: Batch) -> list[str]:
    return [target.ref for target in batch.targets]


def test_rows_become_records_by_the_configuration_and_a_bad_one_is_refused_alone(cases: Cases) -> None:
    batch = cases.poll()
    first, second = batch.targets
    assert (first.ref, first.subject_kind, first.severity, [hit.ref for hit in first.hits]) == (
        "C-1",
        "vessel",
        "top",
        ["H-1", "H-2"],
    )
    assert (second.ref, second.severity, second.hits[0].source_system) == ("C-2", "high", "CASES")
    assert len(batch.refusals) == 1
    assert batch.refusals[0].reason.startswith("severity")
    assert b'"risk": "9"' in batch.refusals[0].raw
    assert not cases.poll().received, "what was taken is not taken again"


def test_rows_of_the_same_moment_are_neither_lost_nor_taken_twice(cases: Cases) -> None:
    cases.poll()
    at = "2026-04-01T06:10:00Z"
    cases.add("C-7", at)
    assert refs(cases.poll()) == ["C-7"]
    cases.add("C-8", at)
    assert refs(cases.poll()) == ["C-8"]
    assert refs(cases.poll()) == []


def test_more_rows_of_one_moment_than_the_limit_all_come_and_a_record_is_never_cut(cases: Cases) -> None:
    cases.poll()
    for number in range(10):
        cases.add(f"D-{number:02}", "2026-04-01T06:10:00Z", "H-1")
        cases.add(f"D-{number:02}", "2026-04-01T06:10:00Z", "H-2")
    found: list[str] = []
    for _ in range(12):
        batch = cases.poll(row_limit=3)
        assert all(len(target.hits) == 2 for target in batch.targets)
        found += refs(batch)
    assert found == [f"D-{number:02}" for number in range(10)]


@pytest.mark.parametrize(
    ("part", "wrong", "told"),
    [
        ("columns", {"subject.imo": "imo"}, "has no field 'subject.imo'; is it subject.identifiers.imo"),
        ("values", {"hits.reason": "x"}, "has no field 'hits.reason'"),
        ("words", {"severty": {"1": "top"}}, "has no field 'severty'; is it severity"),
    ],
)
def test_a_mapping_to_a_field_that_there_is_not_is_refused_with_what_was_meant(
    part: str, wrong: dict[str, object], told: str
) -> None:
    before: dict[str, object] = SETTINGS[part]  # type: ignore[assignment]
    with pytest.raises(ValidationError, match=told):
        KIND.settings.model_validate(SETTINGS | {part: before | wrong})
    assert KIND.settings.model_validate(SETTINGS)


def test_a_number_serves_as_increment(cases: Cases) -> None:
    cases.connection.executescript("CREATE TABLE late (id, rev, at REAL, kind, label, risk)")
    cases.connection.execute("INSERT INTO late VALUES ('L-1', 1, 100, 'V', 'A', '1')")
    columns = {"ref": "id", "version": "rev", "subject.kind": "kind", "subject.label": "label", "severity": "risk"}
    asked = {
        "query": "SELECT * FROM late WHERE at >= :after ORDER BY at", "increment": "at", "increment_kind": "number",
        "columns": columns, "values": {"issued_at": "2026-04-01T06:00:00Z"},
    }  # fmt: skip
    assert refs(cases.poll(**asked)) == ["L-1"]
    cases.connection.execute("INSERT INTO late VALUES ('L-2', 1, 100.0, 'V', 'B', '1')")
    assert refs(cases.poll(**asked)) == ["L-2"]


def test_the_database_is_never_written_and_no_file_is_made(cases: Cases, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="one SELECT"):
        cases.feed(query="DELETE FROM cases WHERE changed >= :after ORDER BY 1")
    wrong = "WITH x AS (SELECT 1) INSERT INTO cases SELECT * FROM cases WHERE changed >= :after ORDER BY changed"
    with pytest.raises(FeedUnavailable, match="readonly"):
        cases.poll(query=wrong)
    monkeypatch.setenv("OPS_CASES_URL", f"sqlite:///{cases.path.parent / 'none.db'}")
    with pytest.raises(FeedUnavailable, match="no such file"):
        cases.poll()
    assert not (cases.path.parent / "none.db").exists()


def test_a_query_that_takes_too_long_is_broken_off(cases: Cases) -> None:
    endless = (
        "WITH RECURSIVE n(at) AS (SELECT 1 UNION ALL SELECT 1 FROM n) SELECT * FROM n WHERE at >= :after ORDER BY 1"
    )
    with pytest.raises(FeedUnavailable, match=r"did not finish within 0\.2 s"):
        cases.poll(query=endless, deadline_seconds=0.2)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"query": "SELECT 1 FROM missing WHERE 1 >= :after ORDER BY 1"}, "no such table"),
        (
            {"query": "SELECT id FROM cases WHERE changed >= :after ORDER BY 1"},
            "the query gives no column changed, hit, kind",
        ),
        ({"query": "SELECT * FROM cases WHERE changed >= :after ORDER BY changed DESC"}, "do not come in order"),
    ],
)
def test_a_query_that_cannot_serve_is_named(cases: Cases, settings: dict[str, object], words: str) -> None:
    with pytest.raises(FeedUnavailable, match=words):
        cases.poll(**settings)


@pytest.mark.parametrize(
    "wrong",
    [
        {"query": "SELECT * FROM cases WHERE changed > :after ORDER BY changed"},
        {"query": "SELECT * FROM cases WHERE changed >= :after"},
        {"query": "SELECT * FROM cases -- >= :after\n ORDER BY changed"},
        {"query": "SELECT 1 WHERE 1 >= :after ORDER BY 1; DROP TABLE cases"},
        {"url_env": "CASES_URL"},
        {"overlap_seconds": 5},
        {"time_zone": "Mars"},
    ],
)
def test_settings_that_would_lose_or_tell_something_are_faults(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        source.DatabaseSettings.model_validate(SETTINGS | wrong)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "the variable OPS_CASES_URL with the database's address is not set"),
        ("hunter2 is no address", "holds no address"),
        ("postgresql+psycopg://reader:hunter2@127.0.0.1:1/cases", "the database: connection"),
    ],
)
def test_a_fault_never_tells_the_address(monkeypatch: pytest.MonkeyPatch, url: str, words: str) -> None:
    monkeypatch.setenv("OPS_CASES_URL", url)
    feed = KIND.build(source.DatabaseSettings.model_validate(SETTINGS), context(FakeClock()))
    with pytest.raises(FeedUnavailable, match=words) as told:
        feed.poll(None)
    assert "hunter2" not in str(told.value)
    assert told.value.__cause__ is None


def test_both_databases_are_read_by_time_and_allow_no_writing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_CASES_URL", database.url.render_as_string(hide_password=False))
    columns = {"ref": "name", "version": "at", "issued_at": "at", "subject.kind": "kind", "subject.label": "name"}
    mode = "'on'" if database.is_sqlite else "current_setting('transaction_read_only')"
    select = f"SELECT {mode} AS name, 'vessel' AS kind, {{}} AS at"
    made = select.format("'2026-04-01T06:00:00Z'" if database.is_sqlite else "TIMESTAMPTZ '2026-04-01 06:00:00Z'")
    asked = {
        "query": f"SELECT * FROM ({made}) AS one WHERE at >= :after ORDER BY at", "increment": "at", "columns": columns,
        "values": {"severity": "top"}, "increment_kind": "text" if database.is_sqlite else "time",
    }  # fmt: skip
    if database.is_sqlite:
        asked |= {
            "columns": {name: column for name, column in columns.items() if name != "version"},
            "values": {"severity": "top", "version": "1"},
        }
    feed = KIND.build(source.DatabaseSettings.model_validate(SETTINGS | asked), context(FakeClock()))
    first = feed.poll(None)
    assert refs(first) == ["on"]
    assert not feed.poll(first.cursor).received
    inserts = "WITH x AS (INSERT INTO feeds SELECT * FROM feeds RETURNING 1)"
    writes = f"{inserts} SELECT * FROM ({made}) AS one WHERE at >= :after ORDER BY at"
    with pytest.raises(FeedUnavailable, match="data-modifying" if not database.is_sqlite else "syntax error"):
        KIND.build(
            source.DatabaseSettings.model_validate(SETTINGS | asked | {"query": writes}), context(FakeClock())
        ).poll(None)


def test_a_row_committed_late_is_found_within_the_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[tuple[str, datetime]] = [("A", START), ("B", START + timedelta(seconds=30))]
    asked_after: list[datetime] = []

    def read(_self: SqlSource, _query: str, after: datetime, _limit: int) -> Rows:
        asked_after.append(after)
        since = after if after.tzinfo else START - timedelta(days=1)
        return Rows(("id", "at"), sorted((row for row in rows if row[1] >= since), key=lambda row: row[1]), whole=True)

    monkeypatch.setattr(SqlSource, "read", read)
    asked = {
        "columns": {"ref": "id", "version": "at", "issued_at": "at"}, "increment": "at", "increment_kind": "time",
        "values": {"severity": "top", "subject.kind": "vessel", "subject.label": "X"}, "overlap_seconds": 60,
    }  # fmt: skip
    feed = KIND.build(source.DatabaseSettings.model_validate(SETTINGS | asked), context(FakeClock()))
    first = feed.poll(None)
    rows.append(("C", START + timedelta(seconds=10)))
    second = feed.poll(first.cursor)
    assert (refs(first), refs(second), refs(feed.poll(second.cursor))) == (["A", "B"], ["C"], [])
    assert asked_after[1] == START - timedelta(seconds=30)
