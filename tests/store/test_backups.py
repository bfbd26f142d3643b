"""Backup and restore, both databases: what comes back is what was there; what cannot be used is refused and changes nothing."""

import shutil
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, select, text

from ops_centre.auth.roles import Role
from ops_centre.bootstrap import bootstrap
from ops_centre.db import Database
from ops_centre.models import LogEntry, PictureClock, SignInSession
from ops_centre.services import backup_files
from ops_centre.services.audit import COMMAND_LINE
from ops_centre.services.backup_files import BackupUnusable
from ops_centre.services.backup_runs import SETTLED, BackupRuns
from ops_centre.services.backups import Backups, count_rows
from ops_centre.services.log_verifying import verify
from ops_centre.services.restoring import Restoring
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
    said = []
    for _ in range(4):
        said.append(backups.make_due())
        assert backups.make_due() is None
        frozen_clock.advance(hours=6)
    assert [bool(one) for one in said] == [True] * 4
    assert len(backups.kept()) == 2
    assert sorted(path.name for path in backups.folder.iterdir())[-1] == "ops-centre-mine.zip"
    assert not (backups.folder / ".backup-killed").exists()


def test_the_worker_has_it_made_by_a_process_of_its_own(
    sqlite_ops: Any, frozen_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPS_DATABASE_URL", sqlite_ops.settings.database_url)
    monkeypatch.setenv("OPS_DATA_DIR", str(sqlite_ops.settings.data_dir))
    runs = BackupRuns(backups_of(sqlite_ops), lambda: False)
    assert runs.make_due() is None  # only just started
    frozen_clock.advance(minutes=SETTLED / timedelta(minutes=1))
    assert "log entries" in str(runs.make_due())
    assert len(backups_of(sqlite_ops).kept()) == 1
