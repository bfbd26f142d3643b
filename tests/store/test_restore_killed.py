"""A restore that is killed: the database is the old one or the restored one, and the worker does what was left to do."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ops_centre.models import JobRun, LogEntry, SignInSession
from ops_centre.services.backups import Backups
from ops_centre.services.deeds import Deeds
from ops_centre.services.log_verifying import verify
from ops_centre.services.restore_telling import Telling
from ops_centre.services.restoring import Restoring
from tests.support.log import write_log


class Killed(BaseException):
    """No `except` of the product's sees it, as none sees kill -9."""


def killed(*_given: Any, **_named: Any) -> None:
    raise Killed


@pytest.fixture
def backups(ops: Any) -> Backups:
    return Backups(ops.db, ops.clock, ops.settings, ops.checkpoints)


@pytest.fixture
def kept(ops: Any, backups: Backups, tmp_path: Path) -> Path:
    """A backup of 20 entries; 10 came after it, signed for."""
    write_log(ops.db, 20)
    ops.checkpoints.sign_due()
    backups.make(tmp_path / "one.zip")
    write_log(ops.db, 10)
    ops.checkpoints.sign_now()
    return tmp_path / "one.zip"


def restore_until(where: type, name: str, backups: Backups, kept: Path, monkeypatch: Any) -> None:
    """Restore and be killed when ``name`` of ``where`` is called."""
    with monkeypatch.context() as patched:
        patched.setattr(where, name, killed)
        with pytest.raises(Killed):
            Restoring(backups.db, backups.clock, backups.settings, backups).restore(kept)


def entries(ops: Any) -> list[str]:
    with ops.db.reading() as session:
        return list(session.scalars(select(LogEntry.text).order_by(LogEntry.seq)))


@pytest.mark.parametrize(("where", "name"), [(Restoring, "_make_ready"), (Telling, "tell"), (Telling, "settle")])
def test_wherever_it_was_killed_the_log_tells_of_what_was_restored_and_signing_goes_on(
    ops: Any, backups: Backups, kept: Path, monkeypatch: Any, where: type, name: str
) -> None:
    restore_until(where, name, backups, kept, monkeypatch)
    is_there = not ops.db.is_sqlite or name == "settle"  # SQLite's takes its place when it has been made ready
    assert len(entries(ops)) == (30 if not is_there else 21 if name == "settle" else 20)
    finishing = Telling(ops.clock, ops.settings, backups)
    said = finishing.finish(Deeds(ops.db, ops.clock))
    assert (said is not None) == is_there
    assert finishing.finish(Deeds(ops.db, ops.clock)) is None
    if is_there:
        assert "Entries 21 to 30 of the database before it are not in it" in entries(ops)[20]
    ops.checkpoints.sign_now()
    ops.checkpoints.sign_due()
    assert verify(ops.checkpoints).faults == []
    with ops.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInSession)) == 0
        assert session.scalar(select(func.count()).select_from(JobRun)) == 0


def test_sqlite_has_a_database_at_every_moment(sqlite_ops: Any, tmp_path: Path, monkeypatch: Any) -> None:
    backups = Backups(sqlite_ops.db, sqlite_ops.clock, sqlite_ops.settings, sqlite_ops.checkpoints)
    backups.make(tmp_path / "one.zip")
    write_log(sqlite_ops.db, 3)
    restore_until(Path, "replace", backups, tmp_path / "one.zip", monkeypatch)
    assert len(entries(sqlite_ops)) == 3
