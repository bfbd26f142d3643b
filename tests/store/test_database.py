"""The two kinds of database: what a writer and a reader may rely on."""

import socket
from pathlib import Path

import pytest
from pytest_socket import SocketConnectBlockedError
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from ops_centre.db import Database, next_revision
from ops_centre.models import AuditEvent
from ops_centre.services.schema import is_current, upgrade
from tests.support.clock import FakeClock


def test_a_migrated_database_is_current_and_upgrading_again_changes_nothing(database: Database) -> None:
    assert is_current(database)
    head = upgrade(database)
    assert upgrade(database) == head


def test_revisions_rise_by_one_with_each_transaction(database: Database) -> None:
    given = []
    for _ in range(3):
        with database.begin() as session:
            given.append(next_revision(session))
    assert given == [given[0], given[0] + 1, given[0] + 2]


def test_a_revision_taken_in_a_failed_transaction_is_given_again(database: Database) -> None:
    def change_ones_mind() -> None:
        with database.begin() as session:
            lost.append(next_revision(session))
            raise RuntimeError("the officer changed their mind")

    lost: list[int] = []
    with pytest.raises(RuntimeError):
        change_ones_mind()
    with database.begin() as session:
        assert [next_revision(session)] == lost


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.begin() as writing:
        next_revision(writing)
        with database.reading() as session:
            assert session.execute(text("SELECT revision FROM picture_clock")).scalar_one() >= 0


def test_tests_cannot_reach_outside_this_machine() -> None:
    with socket.socket() as outside, pytest.raises((SocketConnectBlockedError, UserWarning)):
        outside.connect(("192.0.2.1", 80))


def test_an_audit_event_can_be_neither_changed_nor_removed(database: Database) -> None:
    event = AuditEvent(at=FakeClock().now(), kind="sign-in", actor="system", detail={})
    with database.begin() as session:
        session.add(event)
    for act in (update(AuditEvent).values(actor="nobody"), delete(AuditEvent)):
        with pytest.raises(DBAPIError, match="append only"), database.begin() as session:
            session.execute(act)
    with database.reading() as session:
        assert session.scalars(select(AuditEvent.actor)).all() == ["system"]


def test_a_thread_that_writes_without_a_pause_keeps_no_other_from_writing(sqlite_database: Database) -> None:
    import threading

    from ops_centre.db import next_revision

    done = threading.Event()

    def flood() -> None:
        while not done.is_set():
            with sqlite_database.begin() as session:
                next_revision(session)

    threads = [threading.Thread(target=flood, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    before = _revision_of(sqlite_database)
    for _turn in range(20):
        with sqlite_database.begin() as session:
            next_revision(session)
    passed = _revision_of(sqlite_database) - before
    done.set()
    for thread in threads:
        thread.join(5)
    assert passed <= 20 * (len(threads) + 2), "our turn did not come round"


def test_a_writing_unit_of_work_inside_another_is_refused_at_once(sqlite_database: Database) -> None:
    with sqlite_database.begin(), pytest.raises(RuntimeError, match="inside another"), sqlite_database.begin():
        pass


def _revision_of(db: Database) -> int:
    from sqlalchemy import text

    with db.reading() as session:
        return int(session.execute(text("SELECT revision FROM picture_clock")).scalar_one())


def test_a_database_file_that_was_put_back_is_used_from_then_on_and_none_is_written_unseen(tmp_path: Path) -> None:
    file, copy = tmp_path / "ops.db", tmp_path / "copy.db"
    for path in (file, copy):
        made = Database(f"sqlite:///{path}")
        upgrade(made)
        made.dispose()
    database = Database(f"sqlite:///{file}")
    for _ in range(3):
        with database.begin() as session:
            next_revision(session)
    for path in tmp_path.glob("ops.db*"):
        path.unlink()
    with pytest.raises(DBAPIError, match="it is gone"), database.begin() as session:
        next_revision(session)
    assert not list(tmp_path.glob("ops.db*")), "an empty one would overwrite the log of the true one"
    copy.rename(file)
    with database.begin() as session:
        assert next_revision(session) == 1
    database.dispose()
