"""`log verify` works everything out again: whatever is done to the tables or the files, the first wrong place is named."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ops_centre.cli.entry import main, parser
from ops_centre.domain import sealing
from ops_centre.models import Handling, LogEntry
from ops_centre.services.duty_log import content
from ops_centre.services.log_verifying import verify
from tests.support.log import naive_root, verify_export, without_triggers, write_log

ENTRIES = 600


@pytest.fixture
def sealed(ops: Any) -> Any:
    """A log of 600 entries, signed for."""
    write_log(ops.db, ENTRIES)
    ops.checkpoints.sign_due()
    return ops


def test_an_untouched_log_is_sound(sealed: Any) -> None:
    verdict = verify(sealed.checkpoints)
    assert (verdict.faults, verdict.remarks) == ([], [])
    assert (verdict.entries, verdict.covered, verdict.checkpoints) == (
        ENTRIES,
        ENTRIES,
        12,
    )  # six, in file and database


def test_an_empty_log_is_sound(ops: Any) -> None:
    assert verify(ops.checkpoints).faults == []


def test_entries_not_yet_signed_for_are_told_and_no_fault(sealed: Any) -> None:
    write_log(sealed.db, 300)
    verdict = verify(sealed.checkpoints)
    assert verdict.faults == []
    assert "300 entries stand under no checkpoint" in verdict.remarks[0]


def run(statement: str, **values: Any) -> Callable[[Any, Any], None]:
    def change(connection: Any, _ops: Any) -> None:
        connection.execute(text(statement), values)

    return change


def delete_entry(connection: Any, _ops: Any) -> None:
    for table in ("log_links", "log_entries"):
        connection.execute(text(f"DELETE FROM {table} WHERE seq = 7"))


def cut_tail(connection: Any, _ops: Any) -> None:
    """With everything that belongs to it in the database."""
    chain = bytes(connection.execute(text("SELECT chain_hash FROM log_entries WHERE seq = 350")).scalar_one())
    for table in ("log_links", "log_entries"):
        connection.execute(text(f"DELETE FROM {table} WHERE seq > 350"))
    connection.execute(text("DELETE FROM log_checkpoints WHERE size > 350"))
    connection.execute(text("DELETE FROM log_nodes WHERE (place + 1) * 256 > 350"))
    connection.execute(text("UPDATE log_head SET seq = 350, chain_hash = :chain"), {"chain": chain})


def swap_entries(connection: Any, _ops: Any) -> None:
    connection.execute(text("DELETE FROM log_links WHERE seq IN (7, 8)"))
    for old, new in ((7, 9999), (8, 7), (9999, 8)):
        connection.execute(text(f"UPDATE log_entries SET seq = {new} WHERE seq = {old}"))


def insert_entry(connection: Any, _ops: Any) -> None:
    columns = ", ".join(column.name for column in LogEntry.__table__.columns if column.name != "seq")
    connection.execute(
        text(f"INSERT INTO log_entries (seq, {columns}) SELECT 601, {columns} FROM log_entries WHERE seq = 7")
    )


def rewrite_everything(connection: Any, _ops: Any) -> None:
    """Another text, and every hash after it worked out again, as somebody would who has this program."""
    connection.execute(text("UPDATE log_entries SET text = 'Nothing was seen.' WHERE seq = 350"))
    rows = connection.execute(LogEntry.__table__.select().order_by(LogEntry.seq)).all()
    known = {row.id: row for row in connection.execute(Handling.__table__.select())}
    chain, leaves = sealing.GENESIS, []
    for row in rows:
        leaf = sealing.leaf_hash(sealing.canonical_of_stored(content(row, known[row.handling_id])))
        chain = sealing.chain_hash(chain, leaf)
        leaves.append(leaf)
        if row.seq >= 350:
            values = {"leaf": leaf, "chain": chain, "seq": row.seq}
            connection.execute(
                text("UPDATE log_entries SET leaf_hash = :leaf, chain_hash = :chain WHERE seq = :seq"), values
            )
    connection.execute(text("UPDATE log_head SET chain_hash = :chain"), {"chain": chain})
    for place in range(ENTRIES // 256):
        node = naive_root(leaves[place * 256 : place * 256 + 256])
        connection.execute(
            text("UPDATE log_nodes SET node_hash = :node WHERE level = 8 AND place = :place"),
            {"node": node, "place": place},
        )
    connection.execute(
        text("UPDATE log_nodes SET node_hash = :node WHERE level = 9"), {"node": naive_root(leaves[:512])}
    )


TAMPERED: list[tuple[str, Callable[[Any, Any], None], str]] = [
    ("text", run("UPDATE log_entries SET text = 'x' WHERE seq = 7"), "Entry 7 was changed"),
    ("time", run("UPDATE log_entries SET occurred_at = occurred_at + 1 WHERE seq = 7"), "Entry 7 was changed"),
    ("author", run("UPDATE log_entries SET author = 'x' WHERE seq = 7"), "Entry 7 was changed"),
    ("detail", run("UPDATE log_entries SET detail = '{\"number\": 8}' WHERE seq = 7"), "Entry 7 was changed"),
    ("detail that is no JSON of ours", run("UPDATE log_entries SET detail = '[1.5]' WHERE seq = 7"), "Entry 7 was changed"),
    ("correction", run("UPDATE log_entries SET corrects = 3 WHERE seq = 7"), "Entry 7 was changed"),
    ("salt", run("UPDATE log_entries SET salt = '' WHERE seq = 7"), "Entry 7 was changed"),
    ("handling", run("UPDATE log_entries SET handling_id = 3 - handling_id WHERE seq = 7"), "Entry 7 was changed"),
    ("handling itself", run("UPDATE handlings SET marking = 'CLEAR' WHERE marking = 'AMBER'"), "Entry 5 was changed"),
    ("leaf hash", run("UPDATE log_entries SET leaf_hash = chain_hash WHERE seq = 7"), "Entry 7 was changed"),
    ("chain hash", run("UPDATE log_entries SET chain_hash = leaf_hash WHERE seq = 7"), "Entry 7 does not follow"),
    ("deleted", delete_entry, "Entry 7 is missing"),
    ("swapped", swap_entries, "Entry 7 was changed"),
    ("put in beyond the head", insert_entry, "Entries up to 601 stand beyond the log's head"),
    ("tail cut", cut_tail, "The log was cut"),
    ("rewritten", rewrite_everything, "between entry 301 and entry 400 something was changed"),
    ("link removed", run("DELETE FROM log_links WHERE seq = 6"), "Entry 6: its links"),
    ("link put in", run("INSERT INTO log_links VALUES (7, 'target', '1')"), "Entry 7: its links"),
    ("head", run("UPDATE log_head SET chain_hash = :no", no=bytes(32)), "head does not agree"),
    ("kept hash", run("UPDATE log_nodes SET node_hash = :no WHERE place = 1", no=bytes(32)), "kept hash of entries 257 to 512"),
    ("kept hash gone", run("DELETE FROM log_nodes WHERE place = 0 AND level = 8"), "kept hash of entries 1 to 256"),
    ("note in the database", run("UPDATE log_checkpoints SET note = replace(note, 'time ', 'time 1')"), "cannot be trusted"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "found"), [case[1:] for case in TAMPERED], ids=[case[0] for case in TAMPERED])
def test_tampering_with_the_database_is_found(sealed: Any, change: Any, found: str) -> None:
    without_triggers(sealed.db, lambda connection: change(connection, sealed))
    verdict = verify(sealed.checkpoints)
    assert found in verdict.faults[0]


def damage_first(path: Path) -> None:
    words = path.read_text("utf-8").split(" ")
    path.write_text(" ".join(words).replace("\n100\n", "\n101\n", 1), "utf-8")


def drop_last(path: Path) -> None:
    notes = path.read_text("utf-8").split("\n\n")
    path.write_text("\n\n".join(notes[:-3]) + "\n\n", "utf-8")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (damage_first, "line 1: a checkpoint cannot be trusted: its signature is wrong"),
        (drop_last, "lacks checkpoints that were signed (1): those of 600 entries"),
        (Path.unlink, "lacks checkpoints that were signed (6)"),
    ],
    ids=["changed", "cut", "gone"],
)
def test_tampering_with_the_checkpoints_is_found(sealed: Any, change: Any, found: str) -> None:
    change(sealed.checkpoints.files[0].path)
    assert any(found in fault for fault in verify(sealed.checkpoints).faults)


def test_checkpoints_signed_with_a_key_of_the_forgers_are_not_believed(sealed: Any) -> None:
    keys = sealed.checkpoints.public_keys()
    path = sealed.checkpoints.files[0].path
    path.write_text(path.read_text("utf-8").replace(keys[0].name, "forged/duty-log"), "utf-8")
    assert "not with a key of this log" in verify(sealed.checkpoints).faults[0]


# The verbs


def run_verb(ops: Any, *words: str) -> int:
    args = parser().parse_args(["log", *words])
    return int(args.run(args, ops))


def test_the_verb_says_sound_or_names_the_place_by_its_status(sealed: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verb(sealed, "verify") == 0
    assert "The log is sound." in capsys.readouterr().out
    without_triggers(
        sealed.db, lambda connection: run("UPDATE log_entries SET text = 'x' WHERE seq = 7")(connection, None)
    )
    assert run_verb(sealed, "verify") == 1
    assert "WRONG  Entry 7 was changed" in capsys.readouterr().out
    assert run_verb(sealed, "verify", "--json") == 1
    assert json.loads(capsys.readouterr().out)["faults"]


def test_the_verb_believes_only_the_key_it_is_given(sealed: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verb(sealed, "key") == 0
    key = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("public key")).split()[-1]
    assert run_verb(sealed, "verify", "--key", key) == 0
    sealed.checkpoints.renew_key()
    assert run_verb(sealed, "verify", "--key", sealed.checkpoints.signing_key().public.text) == 1
    assert run_verb(sealed, "verify") == 0


def test_the_verb_exports_what_the_verifier_finds_sound(sealed: Any, tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    assert run_verb(sealed, "export", str(path)) == 0
    status, said = verify_export(path)
    assert status == 0, said
    assert "601 entries and 0 withheld" in said


def test_a_new_key_is_logged(sealed: Any) -> None:
    assert run_verb(sealed, "key", "--new") == 0
    with sealed.db.reading() as session:
        assert "New signing key" in session.get_one(LogEntry, ENTRIES + 1).text


def test_a_new_database_has_a_sound_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS_DATA_DIR", str(tmp_path))
    assert main(["db", "upgrade"]) == 0
    assert main(["log", "verify"]) == 0
