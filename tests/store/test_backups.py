"""Backup and restore, both databases: what comes back is what was there; what cannot be used is refused and changes nothing."""

import os
import random
import shutil
import zipfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import OperationalError

from ops_centre.auth.roles import Role
from ops_centre.bootstrap import bootstrap
from ops_centre.db import Database
from ops_centre.models import JobRun, LogEntry, PictureClock, SignInSession
from ops_centre.services import backup_files, postgres_programs, schema
from ops_centre.services.audit import COMMAND_LINE
from ops_centre.services.backup_files import BackupUnusable
from ops_centre.services.backup_runs import SETTLED, BackupRuns
from ops_centre.services.backups import Backups, count_rows
from ops_centre.services.log_verifying import verify
from ops_centre.services.restoring import Restoring
from tests.conftest import migrate
from tests.support.log import write_log


def backups_of(ops: Any) -> Backups:
    return Backups(ops.db, ops.clock, ops.settings, ops.checkpoints)


def restoring_of(ops: Any) -> Restoring:
    return Restoring(ops.db, ops.clock, ops.settings, backups_of(ops))


def counts(db: Database) -> dict[str, int]:
    with db.read.connect() as connection:
        return count_rows(connection)


def texts(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(LogEntry.text).order_by(LogEntry.seq)))


@pytest.fixture
def kept(ops: Any, tmp_path: Path) -> Path:
    """A backup of a centre with 120 log entries, signed for, somebody signed in; 80 entries came after it, signed for too."""
    ops.accounts.add_user(COMMAND_LINE, "ann", "", Role.DUTY_OFFICER, "OPS", "correct horse battery staple")
    ops.accounts.sign_in("ann", "correct horse battery staple", "192.0.2.7")
    write_log(ops.db, 120)
    ops.checkpoints.sign_due()
    path = tmp_path / "out" / "one.zip"
    backups_of(ops).make(path)
    write_log(ops.db, 80)
    ops.checkpoints.sign_now()
    return path


def test_a_backup_holds_every_row_of_one_moment_and_only_its_owner_reads_it(ops: Any, tmp_path: Path) -> None:
    write_log(ops.db, 50)
    before = counts(ops.db)
    made = backups_of(ops).make(tmp_path / "b.zip")
    assert made.rows == before
    assert (made.log_entries, made.rows["log_entries"]) == (50, 50)
    assert backup_files.check(tmp_path / "b.zip") == made
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_restoring_brings_back_what_was_there_and_tells_what_is_not(ops: Any, kept: Path) -> None:
    was = texts(ops.db)[:120]
    with ops.db.reading() as session:
        seen = session.scalar(select(PictureClock.revision))
    done = restoring_of(ops).restore(kept)
    found = texts(ops.db)
    assert found[:120] == was
    assert len(found) == 121
    assert "Entries 121 to 200 of the database before it are not in it" in found[120]
    with ops.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInSession)) == 0
        assert session.scalar(select(PictureClock.revision)) > seen
    assert done.before is not None
    assert done.before.exists()
    assert [path.name.partition(".before")[0] for path in done.put_aside] == ["duty-log.checkpoints"]
    ops.checkpoints.sign_now()
    ops.checkpoints.sign_due()
    assert verify(ops.checkpoints).faults == []


def test_history_goes_on_being_kept_after_a_restore(ops: Any, kept: Path) -> None:
    restoring_of(ops).restore(kept)
    if not ops.db.is_sqlite:
        with ops.db.read.connect() as connection:
            assert connection.execute(
                text("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'history_%'")
            ).scalar_one()
    with pytest.raises(Exception, match="append"), ops.db.begin() as session:
        session.execute(text("UPDATE log_entries SET text = 'other' WHERE seq = 1"))


def test_what_was_there_can_be_restored_again(ops: Any, kept: Path) -> None:
    done = restoring_of(ops).restore(kept)
    assert done.before is not None
    if ops.db.is_sqlite:
        earlier = Database(f"sqlite:///{done.before}")
        assert len(texts(earlier)) == 200
        earlier.dispose()
    else:
        assert backup_files.check(done.before).log_entries == 200


def test_a_backup_is_made_while_others_write(ops: Any, tmp_path: Path) -> None:
    with ops.db.connect_writing() as writing:
        writing.execute(insert(PictureClock).values(id=77, revision=1))
        made = backups_of(ops).make(tmp_path / "b.zip")
    assert made.rows["picture_clock"] == 1


@pytest.mark.parametrize("cut", [10, 1000, -200])
def test_a_backup_that_was_cut_is_refused_and_nothing_changes(ops: Any, kept: Path, cut: int) -> None:
    kept.write_bytes(kept.read_bytes()[:cut])
    with pytest.raises(BackupUnusable, match="no whole backup"):
        restoring_of(ops).restore(kept)
    assert len(texts(ops.db)) == 200


def test_a_part_that_was_exchanged_is_refused(sqlite_ops: Any, tmp_path: Path) -> None:
    ops = sqlite_ops
    backups_of(ops).make(tmp_path / "good.zip")
    with zipfile.ZipFile(tmp_path / "good.zip") as good, zipfile.ZipFile(tmp_path / "bad.zip", "w") as bad:
        bad.writestr("manifest.json", good.read("manifest.json"))
        bad.writestr("database.sqlite", good.read("database.sqlite") + b"x")
    with pytest.raises(BackupUnusable, match="not what was written"):
        restoring_of(ops).look(tmp_path / "bad.zip")


def test_a_backup_of_the_other_database_and_of_a_newer_program_are_refused(sqlite_ops: Any, tmp_path: Path) -> None:
    backups_of(sqlite_ops).make(tmp_path / "b.zip")
    for old, new, words in (
        ('"database": "sqlite"', '"database": "postgresql"', "another kind"),
        ('"schema": "', '"schema": "99', "newer than this program"),
        ('"format": 1', '"format": 2', "format 2"),
    ):
        changed = tmp_path / "changed.zip"
        with zipfile.ZipFile(tmp_path / "b.zip") as one, zipfile.ZipFile(changed, "w") as other:
            other.writestr("manifest.json", one.read("manifest.json").decode().replace(old, new))
            other.writestr("database.sqlite", one.read("database.sqlite"))
        with pytest.raises(BackupUnusable, match=words):
            restoring_of(sqlite_ops).look(changed)


def test_nothing_is_restored_under_a_running_centre(ops: Any, kept: Path) -> None:
    running = bootstrap(ops.settings)
    try:
        with running.db.reading() as session:
            session.execute(select(PictureClock.revision))
            with pytest.raises(BackupUnusable, match="in use"):
                restoring_of(ops).restore(kept)
    finally:
        running.close()
    assert len(texts(ops.db)) == 200


def test_a_damaged_database_is_replaced_and_kept(sqlite_ops: Any, tmp_path: Path) -> None:
    ops = sqlite_ops
    write_log(ops.db, 30)
    backups_of(ops).make(tmp_path / "b.zip")
    ops.db.dispose()
    place = Path(ops.db.url.database)
    place.write_bytes(b"not a database at all" * 500)
    done = restoring_of(ops).restore(tmp_path / "b.zip")
    assert len(texts(ops.db)) == 31
    assert done.before is not None
    assert done.before.read_bytes().startswith(b"not a database")


def test_a_backup_restores_where_there_is_nothing_yet(sqlite_ops: Any, tmp_path: Path) -> None:
    write_log(sqlite_ops.db, 30)
    sqlite_ops.checkpoints.sign_now()
    backups_of(sqlite_ops).make(tmp_path / "b.zip")
    sqlite_ops.close()
    elsewhere = sqlite_ops.settings.model_copy(
        update={
            "data_dir": tmp_path / "new",
            "database": sqlite_ops.settings.database.model_copy(
                update={"url": f"sqlite:///{tmp_path / 'new' / 'ops.db'}"}
            ),
        }
    )
    ops = bootstrap(elsewhere)
    try:
        assert restoring_of(ops).restore(tmp_path / "b.zip").before is None
        assert len(texts(ops.db)) == 31
        assert ops.checkpoints.public_keys() != []  # so that what was signed can still be verified
    finally:
        ops.close()


def test_a_log_that_was_tampered_with_makes_no_backup(sqlite_ops: Any, tmp_path: Path) -> None:
    write_log(sqlite_ops.db, 30)
    with sqlite_ops.db.connect_writing() as connection:
        for name in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'log_entries'"
        ).scalars():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(text("UPDATE log_entries SET text = 'other' WHERE seq = 7"))
    with pytest.raises(BackupUnusable, match="Entry 7"):
        backups_of(sqlite_ops).make(tmp_path / "b.zip")
    assert not (tmp_path / "b.zip").exists()


def test_too_little_room_is_said_before_anything_is_written(sqlite_ops: Any, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: shutil._ntuple_diskusage(10**9, 10**9, 1000))  # type: ignore[attr-defined]
    with pytest.raises(BackupUnusable, match="MB free"):
        backups_of(sqlite_ops).make(tmp_path / "b.zip")
    assert not list(tmp_path.glob("*.zip"))


def test_the_schedule_keeps_so_many_and_clears_what_a_kill_left(sqlite_ops: Any, frozen_clock: Any) -> None:
    ops = sqlite_ops
    few = ops.settings.model_copy(
        update={"backup": ops.settings.backup.model_copy(update={"keep": 2, "every_hours": 6})}
    )
    backups = Backups(ops.db, ops.clock, few, ops.checkpoints)
    backups.folder.mkdir(parents=True)
    (backups.folder / "ops-centre-mine.zip").write_bytes(b"somebody else's")
    (backups.folder / ".backup-killed").mkdir()
    os.utime(backups.folder / ".backup-killed", (0, 0))
    (backups.folder / ".backup-of-somebody").mkdir()  # who is writing it just now
    said = []
    for _ in range(4):
        said.append(backups.make_due())
        assert backups.make_due() is None
        frozen_clock.advance(hours=6)
    assert [bool(one) for one in said] == [True] * 4
    assert len(backups.kept()) == 2
    assert sorted(path.name for path in backups.folder.iterdir())[-1] == "ops-centre-mine.zip"
    assert not (backups.folder / ".backup-killed").exists()
    assert (backups.folder / ".backup-of-somebody").exists()


def noted_newest(ops: Any) -> str:
    with ops.db.reading() as session:
        return str(session.get_one(JobRun, "newest backup").outcome)


def test_the_worker_has_it_made_by_a_process_of_its_own(
    sqlite_ops: Any, frozen_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_DATABASE_URL", sqlite_ops.settings.database_url)
    monkeypatch.setenv("OPS_DATA_DIR", str(sqlite_ops.settings.data_dir))
    runs = BackupRuns(backups_of(sqlite_ops), lambda: False)
    assert runs.make_due() is None  # only just started
    frozen_clock.advance(minutes=SETTLED / timedelta(minutes=1))
    assert noted_newest(sqlite_ops) == "none"
    assert "log entries" in str(runs.make_due())
    assert len(backups_of(sqlite_ops).kept()) == 1
    assert noted_newest(sqlite_ops) == "complete"


def test_backups_named_by_a_clock_that_was_ahead_do_not_have_every_new_one_dropped(
    sqlite_ops: Any, frozen_clock: Any
) -> None:
    few = sqlite_ops.settings.model_copy(
        update={"backup": sqlite_ops.settings.backup.model_copy(update={"keep": 2, "every_hours": 6})}
    )
    backups = Backups(sqlite_ops.db, sqlite_ops.clock, few, sqlite_ops.checkpoints)
    frozen_clock.advance(days=400)
    for _ in range(2):
        backups.make_due()
        frozen_clock.advance(hours=6)
    frozen_clock.advance(days=-401)
    assert backups.make_due()
    assert backups.kept()[0].made_at == sqlite_ops.clock.now().replace(microsecond=0)
    assert not backups.is_due()


def test_two_backups_at_once_under_one_name_make_one_whole_file(
    sqlite_ops: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    write_log(sqlite_ops.db, 5)
    path, backups = tmp_path / "one name.zip", backups_of(sqlite_ops)
    finish = backup_files.check

    def other_one_first(unfinished: Path) -> Any:
        monkeypatch.setattr(backup_files, "check", finish)
        backups.make(path)
        return finish(unfinished)

    monkeypatch.setattr(backup_files, "check", other_one_first)
    with pytest.raises(BackupUnusable, match="never writes over"):
        backups.make(path)
    assert backup_files.check(path).log_entries == 5
    assert [one.name for one in tmp_path.glob("*.zip*")] == ["one name.zip"]
    assert not list(tmp_path.glob(".*"))


def test_any_byte_altered_is_refused_in_words(sqlite_ops: Any, tmp_path: Path) -> None:
    write_log(sqlite_ops.db, 5)
    backups_of(sqlite_ops).make(tmp_path / "b.zip")
    whole, dice = (tmp_path / "b.zip").read_bytes(), random.Random(7)
    changed = tmp_path / "changed.zip"
    refused = 0
    for _ in range(120):
        place = dice.randrange(len(whole))
        changed.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << dice.randrange(8))]) + whole[place + 1 :])
        try:
            found = backup_files.check(changed)
        except BackupUnusable:
            refused += 1
        else:  # a date or an attribute of the archive: what it holds is whole
            assert found.log_entries == 5
    assert refused > 100


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[]",
        "{",
        '{"format": 1}',
        '{"format": 1, "parts": []}',
        '{"format": 1, "parts": {"a": {"bytes": 1}}}',
        "9" * 5_000_000,
    ],
)
def test_somebody_elses_archive_is_refused_in_words(tmp_path: Path, manifest: str) -> None:
    with zipfile.ZipFile(tmp_path / "foreign.zip", "w", zipfile.ZIP_DEFLATED) as other:
        other.writestr("manifest.json", manifest)
        other.writestr("../../etc/passwd", "x")
    with pytest.raises(BackupUnusable):
        backup_files.check(tmp_path / "foreign.zip")


def test_a_database_that_is_not_the_manifests_is_refused_before_anything_is_put_aside(
    sqlite_ops: Any, tmp_path: Path
) -> None:
    write_log(sqlite_ops.db, 5)
    backups_of(sqlite_ops).make(tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "b.zip") as one, zipfile.ZipFile(tmp_path / "changed.zip", "w") as other:
        other.writestr(
            "manifest.json", one.read("manifest.json").decode().replace('"log_entries": 5', '"log_entries": 4')
        )
        other.writestr("database.sqlite", one.read("database.sqlite"))
    with pytest.raises(BackupUnusable, match="not the database that its manifest tells of"):
        restoring_of(sqlite_ops).restore(tmp_path / "changed.zip")
    assert len(texts(sqlite_ops.db)) == 5
    assert not list(sqlite_ops.settings.data_dir.glob("*before*"))


def test_a_folder_with_odd_characters_takes_a_backup(sqlite_ops: Any, tmp_path: Path) -> None:
    path = tmp_path / "Ōpua? 100% #1 'quoted' &" / "-- x.zip"
    backups_of(sqlite_ops).make(path)
    assert backup_files.check(path).database == "sqlite"
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_postgres_programs_that_are_missing_are_named(monkeypatch: Any) -> None:
    monkeypatch.setattr(postgres_programs, "PLACES", ())
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("OPS_POSTGRES_BIN", raising=False)
    with pytest.raises(BackupUnusable, match="postgresql-client"):
        postgres_programs.find("pg_dump")


def changed(made: Path, into: Path, words: bytes, by: bytes, rows: dict[str, int] | None = None) -> Path:
    """A backup whose checksums are right, though another wrote ``by`` for ``words`` in it, or other numbers of rows."""
    manifest, part = backup_files.check(made), "database.sqlite"
    with zipfile.ZipFile(made) as archive:
        part = next(name for name in archive.namelist() if name.startswith("database."))
        content = archive.read(part)
    assert words in content
    (into / part).write_bytes(content.replace(words, by))
    backup_files.write(into / "changed.zip", replace(manifest, rows=manifest.rows | (rows or {})), {part: into / part})
    return into / "changed.zip"


def test_a_backup_whose_log_does_not_verify_is_refused_and_what_was_there_stands(
    ops: Any, kept: Path, tmp_path: Path
) -> None:
    was = texts(ops.db)
    bad = changed(kept, tmp_path, b"Entry 30: W", b"Entry 30: X")
    with pytest.raises(BackupUnusable, match=r"not sound.*Entry 30"):
        restoring_of(ops).restore(bad)
    assert texts(ops.db) == was
    ops.checkpoints.sign_now()
    assert verify(ops.checkpoints).faults == []


def test_a_backup_that_lacks_rows_is_refused_and_nothing_changes(ops: Any, kept: Path, tmp_path: Path) -> None:
    was = texts(ops.db)
    bad = changed(kept, tmp_path, b"Entry 30: W", b"Entry 30: W", rows={"users": 7})
    with pytest.raises(BackupUnusable, match=r"users holds 1, not 7|not the database that its manifest tells of"):
        restoring_of(ops).restore(bad)
    assert texts(ops.db) == was
    assert not list(backups_of(ops).folder.glob("before-*"))  # what stands needs no copy


def test_a_disk_that_fills_while_sqlite_is_restored_leaves_the_database_as_it_was(
    sqlite_ops: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    write_log(sqlite_ops.db, 5)
    backups_of(sqlite_ops).make(tmp_path / "b.zip")
    write_log(sqlite_ops.db, 5)

    def full(_db: Database) -> str:
        raise OperationalError("ALTER TABLE", {}, Exception("database or disk is full"))

    monkeypatch.setattr(schema, "upgrade", full)
    with pytest.raises(BackupUnusable, match=r"could not be made ready: .*disk is full"):
        restoring_of(sqlite_ops).restore(tmp_path / "b.zip")
    assert len(texts(sqlite_ops.db)) == 10
    beside = [path.name for path in Path(sqlite_ops.db.url.database).parent.iterdir()]
    assert not [name for name in beside if "restor" in name or "before" in name]


def test_a_data_folder_with_any_characters_in_its_name_holds_the_database(sqlite_ops: Any, tmp_path: Path) -> None:
    folder = tmp_path / "here" / "Ōpua? 100% #1&mode=ro"
    elsewhere = sqlite_ops.settings.model_copy(
        update={"data_dir": folder, "database": sqlite_ops.settings.database.model_copy(update={"url": None})}
    )
    ops = bootstrap(elsewhere)
    try:
        schema.upgrade(ops.db)
    finally:
        ops.close()
    assert (folder / "ops.db").exists()
    assert [path.name for path in (tmp_path / "here").iterdir()] == [folder.name]


def test_what_postgres_says_is_told_by_the_line_that_matters() -> None:
    said = "NOTICE:  drop cascades to 94 other objects\nDETAIL:  table a\nserver closed the connection unexpectedly\n\tThis"
    assert postgres_programs._first(said) == "server closed the connection unexpectedly"
    assert postgres_programs._first("WARNING:  x\nERROR:  could not extend file: No space left") == (
        "ERROR:  could not extend file: No space left"
    )
    assert postgres_programs._first("") == "it did not say why"


def test_a_machine_that_signed_a_log_of_its_own_before_its_backup_came_goes_on_with_the_restored_one(
    sqlite_ops: Any, tmp_path: Path, centre_of: Any
) -> None:
    write_log(sqlite_ops.db, 30)
    sqlite_ops.checkpoints.sign_now()
    backups_of(sqlite_ops).make(tmp_path / "b.zip")
    url = f"sqlite:///{tmp_path / 'new.db'}"
    migrate(url)
    place = {"data_dir": tmp_path / "new", "database": sqlite_ops.settings.database.model_copy(update={"url": url})}
    new = centre_of(sqlite_ops.settings.model_copy(update=place))
    write_log(new.db, 3)
    new.checkpoints.sign_now()
    done = restoring_of(new).restore(tmp_path / "b.zip")
    assert [path.name.partition(".before")[0] for path in done.put_aside] == ["duty-log.checkpoints"]
    new.checkpoints.sign_now()
    assert verify(new.checkpoints).faults == []
