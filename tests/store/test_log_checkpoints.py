"""Checkpoints stand outside the database in time, follow from one another, and are refused for a log that was touched."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from ops_centre.db import Database
from ops_centre.domain.log_tree import Edge
from ops_centre.domain.signed_notes import open_note, parse_checkpoint
from ops_centre.models import LogCheckpoint, LogEntry
from ops_centre.services.checkpoints import Checkpoints, LogBroken, NotWritten
from ops_centre.services.log_keys import KeyUnusable, LogKeys
from ops_centre.services.log_verifying import verify
from tests.support.clock import FakeClock
from tests.support.log import naive_root, without_triggers, write_log
from tests.watch_factories import make_entry


@pytest.fixture
def checkpoints(database: Database, frozen_clock: FakeClock, settings: Any, tmp_path: Path) -> Checkpoints:
    """With a second folder, as on another disk."""
    (tmp_path / "second").mkdir()
    log = settings.log.model_copy(update={"second_checkpoint_dir": str(tmp_path / "second")})
    return Checkpoints(database, frozen_clock, settings.model_copy(update={"log": log}))


def sizes(checkpoints: Checkpoints, file: int = 0) -> list[int]:
    keys = checkpoints.public_keys()
    return [parse_checkpoint(open_note(note, keys)[0]).size for _line, note, _whole in checkpoints.files[file].all()]


def test_entries_are_signed_for_within_five_minutes(checkpoints: Checkpoints, frozen_clock: FakeClock) -> None:
    assert checkpoints.sign_due() is None
    assert checkpoints.keys.present() is None  # nothing to sign, no key made
    write_log(checkpoints.db, 3)
    assert checkpoints.sign_due() is None
    frozen_clock.advance(minutes=4, seconds=57)
    assert checkpoints.sign_due() == "signed 1"
    assert sizes(checkpoints, 0) == sizes(checkpoints, 1) == [3]
    frozen_clock.advance(hours=1)
    assert checkpoints.sign_due() is None  # nothing new


def test_a_burst_is_signed_for_at_every_hundred_entries(checkpoints: Checkpoints) -> None:
    write_log(checkpoints.db, 120)
    assert checkpoints.sign_due() == "signed 2"
    write_log(checkpoints.db, 230)
    assert checkpoints.sign_due() == "signed 3"
    assert sizes(checkpoints) == [100, 120, 200, 300, 350]


def test_each_checkpoint_has_root_and_chain_of_the_entries_it_covers(checkpoints: Checkpoints) -> None:
    write_log(checkpoints.db, 700)
    checkpoints.sign_due()
    write_log(checkpoints.db, 101)
    checkpoints.sign_due()
    with checkpoints.db.reading() as session:
        leaves = [bytes(leaf) for leaf in session.scalars(select(LogEntry.leaf_hash).order_by(LogEntry.seq))]
        for row in session.scalars(select(LogCheckpoint)):
            made = parse_checkpoint(open_note(row.note, checkpoints.public_keys())[0])
            assert made.root == naive_root(leaves[: row.size]) == bytes(row.root_hash)
            assert made.chain == bytes(session.get_one(LogEntry, row.size).chain_hash)


def test_the_key_is_its_owners_alone_and_in_no_table(checkpoints: Checkpoints) -> None:
    write_log(checkpoints.db, 100)
    checkpoints.sign_due()
    path = checkpoints.keys.path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    secret = path.read_text("ascii").strip().rpartition("+")[2]
    with checkpoints.db.reading() as session:
        assert all(secret not in row.note for row in session.scalars(select(LogCheckpoint)))


def test_two_processes_that_make_the_key_at_once_have_one(settings: Any) -> None:
    first, second = LogKeys(settings), LogKeys(settings)
    assert first.make().public == second.make().public
    assert sorted(path.name for path in first.path.parent.iterdir()) == ["duty-log.key"]


def test_a_lost_key_is_not_replaced_in_silence(
    checkpoints: Checkpoints, frozen_clock: FakeClock, settings: Any
) -> None:
    write_log(checkpoints.db, 100)
    checkpoints.sign_due()
    checkpoints.keys.path.unlink()
    write_log(checkpoints.db, 100)
    other = Checkpoints(checkpoints.db, frozen_clock, settings)
    with pytest.raises(KeyUnusable, match="is missing"):
        other.sign_due()
    old = checkpoints.public_keys()[0]
    new = other.renew_key().public
    assert new != old
    other.sign_due()
    assert sizes(other)[-2:] == [100, 200]
    assert other.public_keys() == [old, new]


def test_a_folder_that_fails_is_named_at_every_turn_and_then_brought_up_to_date(checkpoints: Checkpoints) -> None:
    folder = checkpoints.files[1].folder
    aside = folder.rename(folder.with_name("unmounted"))
    write_log(checkpoints.db, 100)
    for _turn in range(2):
        with pytest.raises(NotWritten, match="second"):
            checkpoints.sign_due()
    assert not folder.exists()  # a disk that is not mounted must not be written beside
    assert sizes(checkpoints, 0) == [100]
    aside.rename(folder)
    assert "up to date" in str(checkpoints.sign_due())
    assert sizes(checkpoints, 1) == [100]


def test_nothing_counts_as_signed_for_while_no_folder_can_be_written(checkpoints: Checkpoints, settings: Any) -> None:
    checkpoints.files[0].folder.parent.mkdir(parents=True, exist_ok=True)
    checkpoints.files[0].folder.write_text("in the way")
    checkpoints.files[1].folder.rmdir()
    write_log(checkpoints.db, 100)
    with pytest.raises(NotWritten):
        checkpoints.sign_due()
    assert checkpoints.head() is None


def test_a_torn_write_does_not_spoil_the_next(checkpoints: Checkpoints) -> None:
    write_log(checkpoints.db, 100)
    checkpoints.sign_due()
    with checkpoints.files[0].path.open("a", encoding="utf-8") as file:
        file.write("border-operations/duty-log\n2")
    write_log(checkpoints.db, 100)
    checkpoints.sign_due()
    whole = [note for _line, note, whole in checkpoints.files[0].all() if whole]
    assert [parse_checkpoint(open_note(note, checkpoints.public_keys())[0]).size for note in whole] == [100, 200]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE log_entries SET text = 'x' WHERE seq = 150", "Entry 150 was changed"),
        ("UPDATE log_entries SET leaf_hash = chain_hash WHERE seq = 90", "are not those that were signed for"),
        ("DELETE FROM log_entries WHERE seq = 150", "Entry 150 is missing"),
        ("DELETE FROM log_entries WHERE seq = 200", "Entry 200 is missing"),
        ("UPDATE log_head SET seq = 90", "was cut"),
        ("UPDATE log_checkpoints SET root_hash = chain_hash", "different checkpoints of 100 entries"),
        ("DELETE FROM log_entries WHERE seq = 95", "cannot be built upon|not those that were signed"),
    ],
)
def test_what_does_not_follow_is_never_signed(checkpoints: Checkpoints, change: str, words: str) -> None:
    write_log(checkpoints.db, 100)
    checkpoints.sign_due()
    write_log(checkpoints.db, 100)
    without_triggers(checkpoints.db, lambda connection: _drop_links(connection, change))
    with pytest.raises(LogBroken, match=words):
        checkpoints.sign_due()
    assert sizes(checkpoints) == [100]


def _drop_links(connection: Any, change: str) -> None:
    connection.execute(text("DELETE FROM log_links"))
    connection.execute(text(change))


def test_a_log_that_was_set_back_with_its_checkpoints_is_refused_by_the_files(checkpoints: Checkpoints) -> None:
    write_log(checkpoints.db, 100)
    checkpoints.sign_due()
    with checkpoints.db.reading() as session:
        chain = bytes(session.get_one(LogEntry, 90).chain_hash)

    def set_back(connection: Any) -> None:
        for table in ("log_links", "log_entries"):
            connection.execute(text(f"DELETE FROM {table} WHERE seq > 90"))
        connection.execute(text("DELETE FROM log_checkpoints"))
        connection.execute(text("UPDATE log_head SET seq = 90, chain_hash = :chain"), {"chain": chain})

    without_triggers(checkpoints.db, set_back)
    with pytest.raises(LogBroken, match="a checkpoint of 100 entries"):
        checkpoints.sign_due()


def test_a_worker_that_lost_its_lease_signs_nothing(database: Database, frozen_clock: FakeClock, settings: Any) -> None:
    def fence(_connection: object) -> None:
        raise RuntimeError("lost")

    write_log(database, 100)
    with pytest.raises(RuntimeError, match="lost"):
        Checkpoints(database, frozen_clock, settings, fence).sign_due()
    assert Checkpoints(database, frozen_clock, settings).head() is None


def test_a_turn_reads_only_what_is_new(checkpoints: Checkpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    write_log(checkpoints.db, 600)
    checkpoints.sign_due()
    added: list[int] = []
    add = Edge.add
    monkeypatch.setattr(Edge, "add", lambda edge, leaf: added.append(edge.size) or add(edge, leaf))
    write_log(checkpoints.db, 100)
    checkpoints.sign_due()
    assert added == list(range(600, 700))


def test_the_files_only_grow(checkpoints: Checkpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    before = b""
    for _burst in range(3):
        write_log(checkpoints.db, 100)
        checkpoints.sign_due()
        after = checkpoints.files[0].path.read_bytes()
        assert after.startswith(before)
        assert len(after) > len(before)
        before = after
    assert len(synced) >= 6


def test_a_clock_that_was_set_back_leaves_no_entry_unsigned_for_long(
    checkpoints: Checkpoints, frozen_clock: FakeClock
) -> None:
    frozen_clock.advance(hours=1)
    with checkpoints.db.begin() as session:
        make_entry(session, now=frozen_clock.now())
    frozen_clock.advance(hours=-1)
    assert checkpoints.sign_due() == "signed 1"


def test_a_write_that_broke_off_within_a_signature_is_torn_and_no_forgery(checkpoints: Checkpoints) -> None:
    write_log(checkpoints.db)
    checkpoints.sign_now()
    path = checkpoints.files[0].path
    path.write_bytes(path.read_bytes()[:-12])
    assert "up to date" in str(checkpoints.sign_due())
    verdict = verify(checkpoints)
    assert verdict.faults == []
    assert any("torn" in remark for remark in verdict.remarks)
