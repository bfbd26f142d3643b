"""An export of the log verifies without our code, and whatever is done to it is found."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.log_filter import LogFilter
from ops_centre.errors import NotPermitted
from ops_centre.models import AuditEvent, LogEntry
from ops_centre.services.log_files import NOTES
from tests.factories import actor, make_handling
from tests.support.log import Forger, corrupt, verify_export, write_log
from tests.watch_factories import make_entry

OFFICER = actor(Role.DUTY_OFFICER, "OPS")
CUSTOMS = actor(Role.DUTY_OFFICER, "CUS")


def save(export: Any, folder: Path) -> Path:
    path = folder / export.name
    path.write_bytes(b"".join(export.parts))
    return path


@pytest.fixture
def exported(sqlite_ops: Any, tmp_path: Path) -> Path:
    """A whole log as an officer gets it who may not see the entries of customs."""
    write_log(sqlite_ops.db)
    return save(sqlite_ops.log_export.jsonl(OFFICER), tmp_path)


@pytest.fixture
def key(exported: Path, sqlite_ops: Any) -> str:
    return str(sqlite_ops.checkpoints.signing_key().public.text)


@pytest.fixture
def kept(exported: Path, sqlite_ops: Any) -> Path:
    """The checkpoints outside the database."""
    path: Path = sqlite_ops.checkpoints.files[0].path
    return path


def test_an_export_of_the_whole_log_is_sound(ops: Any, tmp_path: Path) -> None:
    write_log(ops.db)
    path = save(ops.log_export.jsonl(OFFICER), tmp_path)
    key = ops.checkpoints.signing_key().public
    files = ("--checkpoints", ops.checkpoints.files[0].path)
    status, said = verify_export(path, "--key", key.text, *files)
    assert status == 0, said
    assert "17 entries and 4 withheld, of a log of 21" in said
    assert "1 checkpoints that were kept elsewhere agree" in said
    assert "EXERCISE" in said
    assert "ATTENTION" not in said
    assert verify_export(path, "--fingerprint", key.fingerprint)[0] == 0


def test_without_an_expected_key_the_verifier_says_whose_it_believed(exported: Path) -> None:
    status, said = verify_export(exported)
    assert status == 0
    assert "ATTENTION" in said


def test_a_withheld_entry_is_told_by_its_hash_alone(exported: Path) -> None:
    text = exported.read_text("utf-8")
    withheld = [line for line in map(json.loads, text.splitlines()) if line.get("withheld")]
    assert [line["seq"] for line in withheld] == [5, 10, 15, 20]
    assert all(set(line) == {"seq", "leaf_hash", "chain_hash", "withheld"} for line in withheld)
    assert "Entry 5:" not in text
    assert "AMBER" not in text


def test_an_export_of_a_part_holds_proofs_and_nothing_of_the_rest(ops: Any, tmp_path: Path) -> None:
    write_log(ops.db, 600)
    export = ops.log_export.jsonl(CUSTOMS, LogFilter(thing=("target", "300")))
    more = ops.log_export.jsonl(OFFICER, LogFilter(kinds=("call",)))
    path, other = save(export, tmp_path / "a" if (tmp_path / "a").mkdir() is None else tmp_path), save(more, tmp_path)
    for file, entries in ((path, 1), (other, 480)):
        status, said = verify_export(file, "--checkpoints", ops.checkpoints.files[0].path)
        assert status == 0, said
        assert f"part of the log, {entries} entries and 0 withheld" in said
    assert "AMBER" not in other.read_text("utf-8")


def test_the_verifier_agrees_with_a_log_whose_texts_are_odd(sqlite_ops: Any, tmp_path: Path) -> None:
    with sqlite_ops.db.begin() as session:
        for text in ('"\\/\b\f\n\r\t\x00\x1f\x7f\u2028', "𝔸 Ōtaki 👩‍✈️ \ufeff", "=1+1", "\ud800"):
            make_entry(session, text, detail={"ā": [1, True, None, 1.5, 2**60, {"b": {}}], "a": text})
    status, said = verify_export(save(sqlite_ops.log_export.jsonl(OFFICER), tmp_path))
    assert status == 0, said


# Tampering: each finds its place, not only that something is wrong


def change_text(forger: Forger) -> None:
    forger.lines[7]["entry"]["text"] = "Nothing was seen."


def change_time(forger: Forger) -> None:
    forger.lines[7]["entry"]["occurred_at"] -= 60_000


def change_author(forger: Forger) -> None:
    forger.lines[7]["entry"]["author"] = "somebody.else"


def lower_marking(forger: Forger) -> None:
    forger.lines[7]["entry"]["marking"] = "CLEAR"


def change_link(forger: Forger) -> None:
    forger.lines[6]["entry"]["links"][0][1] = "999"


def change_with_its_hash(forger: Forger) -> None:
    change_text(forger)
    forger.lines[7]["leaf_hash"] = "00" * 32


def delete_entry(forger: Forger) -> None:
    del forger.lines[7]


def swap_entries(forger: Forger) -> None:
    forger.lines[7], forger.lines[8] = forger.lines[8], forger.lines[7]


def insert_entry(forger: Forger) -> None:
    forger.lines.insert(8, {**forger.lines[7], "entry": {**forger.lines[7]["entry"], "text": "Put in."}})


def duplicate_entry(forger: Forger) -> None:
    forger.lines.insert(8, forger.lines[7])


def cut_tail(forger: Forger) -> None:
    del forger.lines[15:]


def cut_tail_but_not_the_end(forger: Forger) -> None:
    del forger.lines[15:-1]


def replace_withheld_hash(forger: Forger) -> None:
    forger.lines[10]["leaf_hash"] = "ab" * 32


def withhold_entry(forger: Forger) -> None:
    line = forger.lines[7]
    forger.lines[7] = {"seq": 7, "withheld": True, "leaf_hash": "cd" * 32, "chain_hash": line["chain_hash"]}


def withhold_entry_by_its_own_hash(forger: Forger) -> None:
    line = forger.lines[7]
    forger.lines[7] = {"seq": 7, "withheld": True} | {name: line[name] for name in ("leaf_hash", "chain_hash")}


def hash_everything_again(forger: Forger) -> None:
    change_text(forger)
    forger.hash_again()


def delete_and_hash_again(forger: Forger) -> None:
    delete_entry(forger)
    forger.hash_again()


def change_header(forger: Forger) -> None:
    forger.lines[0]["exercise"] = False


def change_signature(forger: Forger) -> None:
    body, _, last = forger.lines[-1]["checkpoint"].rpartition(" ")
    forger.lines[-1]["checkpoint"] = f"{body} {corrupt(last.strip())}\n"


def change_checkpoint(forger: Forger) -> None:
    forger.lines[-1]["checkpoint"] = forger.lines[-1]["checkpoint"].replace("\n21\n", "\n20\n")


def add_after_the_end(forger: Forger) -> None:
    forger.lines.append(forger.lines[7])


TAMPERED: list[tuple[Callable[[Forger], None], str]] = [
    (change_text, "Entry 7 (line 8) was changed"),
    (change_time, "Entry 7 (line 8) was changed"),
    (change_author, "Entry 7 (line 8) was changed"),
    (lower_marking, "Entry 7 (line 8) was changed"),
    (change_link, "Entry 6 (line 7) was changed"),
    (change_with_its_hash, "Entry 7 (line 8) was changed"),
    (delete_entry, "entry 8 follows entry 6: something was taken out"),
    (swap_entries, "entry 8 follows entry 6"),
    (insert_entry, "entry 7 follows entry 7: it stands twice or in another place"),
    (duplicate_entry, "entry 7 follows entry 7: it stands twice or in another place"),
    (cut_tail, "The tail was cut"),
    (cut_tail_but_not_the_end, "speaks of 21 entries; the 14 in the export are not those"),
    (replace_withheld_hash, "Entry 10 (line 11) does not follow"),
    (withhold_entry, "Entry 7 (line 8) does not follow"),
    (withhold_entry_by_its_own_hash, "The seal over the export does not fit"),
    (hash_everything_again, "The closing checkpoint speaks of 21 entries; the 21 in the export are not those"),
    (delete_and_hash_again, "The closing checkpoint speaks of 21 entries; the 20 in the export are not those"),
    (change_header, "The seal over the export does not fit"),
    (change_signature, "The closing checkpoint cannot be trusted: its signature is wrong"),
    (change_checkpoint, "The closing checkpoint cannot be trusted: its signature is wrong"),
    (add_after_the_end, "something stands after the end"),
]


@pytest.mark.parametrize(("tamper", "found"), TAMPERED, ids=[tamper.__name__ for tamper, _found in TAMPERED])
def test_tampering_with_an_export_is_found(exported: Path, key: str, tamper: Any, found: str) -> None:
    forger = Forger(exported)
    tamper(forger)
    forger.save()
    status, said = verify_export(exported, "--key", key)
    assert status == 1
    assert found in said


def test_an_export_signed_again_with_another_key_is_found(exported: Path, key: str, kept: Path) -> None:
    forger = Forger(exported)
    hash_everything_again(forger)
    forger.sign_again()
    forger.save()
    assert verify_export(exported)[0] == 0  # of itself it is as good as any: hence the warning, and the two ways below
    status, said = verify_export(exported, "--key", key)
    assert status == 1
    assert "signed with another key than the one that was expected" in said
    status, said = verify_export(exported, "--checkpoints", kept)
    assert status == 1
    assert "cannot be trusted" in said


def test_a_log_rewritten_by_somebody_who_has_the_key_differs_from_the_kept_checkpoints(
    exported: Path, key: str, kept: Path, sqlite_ops: Any
) -> None:
    forger = Forger(exported)
    forger.key = sqlite_ops.checkpoints.signing_key().private
    hash_everything_again(forger)
    forger.sign_again()
    forger.save()
    assert verify_export(exported, "--key", key)[0] == 0
    status, said = verify_export(exported, "--key", key, "--checkpoints", kept)
    assert status == 1
    assert "the export is not the log that was signed for" in said


def test_the_closing_checkpoint_of_another_log_is_found(exported: Path, key: str) -> None:
    forger, honest = Forger(exported), Forger(exported)
    forger.sign_again("another/duty-log")
    honest.lines[-1]["checkpoint"] = forger.lines[-1]["checkpoint"]
    honest.save()
    status, said = verify_export(exported, "--key", key)
    assert status == 1
    assert "The closing checkpoint cannot be trusted" in said


@pytest.mark.parametrize("tamper", [change_text, swap_entries, duplicate_entry, delete_entry])
def test_tampering_with_a_part_is_found(sqlite_ops: Any, tmp_path: Path, tamper: Any) -> None:
    write_log(sqlite_ops.db)
    path = save(sqlite_ops.log_export.jsonl(OFFICER, LogFilter(kinds=("call",))), tmp_path)
    forger = Forger(path)
    tamper(forger)
    forger.save()
    status, said = verify_export(path)
    assert status == 1
    assert "WRONG" in said


def test_an_entry_moved_to_another_place_of_a_part_is_found(sqlite_ops: Any, tmp_path: Path) -> None:
    write_log(sqlite_ops.db)
    path = save(sqlite_ops.log_export.jsonl(OFFICER, LogFilter(kinds=("call",))), tmp_path)
    forger = Forger(path)
    forger.lines[3]["proof"], forger.lines[4]["proof"] = forger.lines[4]["proof"], forger.lines[3]["proof"]
    forger.save()
    assert "is not in the log" in verify_export(path)[1]


@pytest.mark.parametrize("garbage", [b"", b"{}\n", b"\xff\xfe", b"[" * 100_000, b'{"duty_log_export":1}\n'])
def test_what_is_no_export_is_refused_without_breaking(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "export.jsonl"
    path.write_bytes(garbage)
    status, said = verify_export(path)
    assert status == 1
    assert "Traceback" not in said


# The act


def test_an_export_is_logged_and_audited_without_the_words_of_its_filter(ops: Any) -> None:
    write_log(ops.db)
    b"".join(ops.log_export.csv(OFFICER, LogFilter(text="TERN")).parts)
    with ops.db.reading() as session:
        entry = session.scalars(select(LogEntry).where(LogEntry.kind == EntryKind.EXPORT)).one()
        event = session.scalars(select(AuditEvent).where(AuditEvent.kind == "log exported")).one()
    assert (entry.author, entry.text) == (OFFICER.name, "A part of the log was exported as CSV.")
    assert "TERN" not in json.dumps(entry.detail)
    assert event.detail["filter"] == {"text": "TERN"}


@pytest.mark.parametrize("role", [Role.TARGETER, Role.WALL, Role.FIELD_UNIT, Role.ADMINISTRATOR])
@pytest.mark.parametrize("form", ["csv", "jsonl", "pdf"])
def test_only_who_may_export_exports(sqlite_ops: Any, role: Role, form: str) -> None:
    with pytest.raises(NotPermitted):
        getattr(sqlite_ops.log_export, form)(actor(role))


def test_nobody_gets_what_they_may_not_see(ops: Any) -> None:
    write_log(ops.db)
    assert b"AMBER" not in b"".join(ops.log_export.csv(OFFICER).parts)
    assert b"".join(ops.log_export.csv(CUSTOMS).parts).count(b"AMBER") == 4


# CSV


def test_a_spreadsheet_takes_no_cell_for_a_formula_and_reads_macrons(sqlite_ops: Any) -> None:
    dangerous = ["=HYPERLINK(1)", "+1", "-1", "@SUM", "\t=1", "\r=1"]
    with sqlite_ops.db.begin() as session:
        for text in [*dangerous, 'Ōpua, "quoted"\nand on']:
            make_entry(session, text)
    raw = b"".join(sqlite_ops.log_export.csv(OFFICER).parts)
    assert raw.startswith(b"\xef\xbb\xbfseq,")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert [row["text"] for row in rows][:7] == [*(f"'{text}" for text in dangerous), 'Ōpua, "quoted"\nand on']
    assert {row["exercise"] for row in rows} == {"EXERCISE"}
    assert [row["seq"] for row in rows] == [str(number) for number in range(1, 9)]


def test_a_correction_is_told_on_both_entries(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        first = make_entry(session, "Course 150.")
        make_entry(session, "Course 105.", corrects=first)
        make_handling(session, "CUS", "AMBER")
    rows = list(csv.DictReader(io.StringIO(b"".join(sqlite_ops.log_export.csv(OFFICER).parts).decode("utf-8-sig"))))
    assert [(row["corrects"], row["corrected_by"]) for row in rows[:2]] == [("", "2"), ("1", "")]


# PDF


def test_a_pdf_is_made_with_macrons_and_every_page_counted(ops: Any) -> None:
    write_log(ops.db, 120)
    made = b"".join(ops.log_export.pdf(OFFICER).parts)
    assert made.startswith(b"%PDF-")
    assert made.count(b"/Type /Page\n") > 2


def test_a_pdf_of_too_much_is_refused_and_not_logged(sqlite_ops: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from ops_centre.errors import Invalid
    from ops_centre.services import log_export

    monkeypatch.setattr(log_export, "PAPER", 10)
    write_log(sqlite_ops.db, 20)
    with pytest.raises(Invalid, match="More than 10 entries"):
        sqlite_ops.log_export.pdf(OFFICER)
    with sqlite_ops.db.reading() as session:
        assert session.scalar(select(LogEntry.kind).where(LogEntry.kind == EntryKind.EXPORT)) is None


def test_the_checkpoints_of_exports_stand_outside_the_database(exported: Path, kept: Path) -> None:
    assert kept.name == NOTES
    assert kept.read_text("utf-8").count("\n21\n") == 1


def test_a_tail_cut_by_somebody_who_has_the_key_is_found_by_the_kept_checkpoints(
    exported: Path, key: str, kept: Path, sqlite_ops: Any
) -> None:
    forger = Forger(exported)
    forger.key = sqlite_ops.checkpoints.signing_key().private
    del forger.lines[-4:-1]
    hash_everything_again(forger)
    forger.sign_again()
    forger.save()
    assert verify_export(exported, "--key", key)[0] == 0
    status, said = verify_export(exported, "--key", key, "--checkpoints", kept)
    assert status == 1
    assert "The tail was cut: the log had 21 entries before this export was made of 18" in said


def test_an_older_export_is_sound_beside_the_checkpoints_of_the_longer_log(
    exported: Path, key: str, kept: Path, sqlite_ops: Any, frozen_clock: Any
) -> None:
    frozen_clock.advance(hours=-1)  # the clock was set back: what is signed now seems older than the export
    write_log(sqlite_ops.db)
    assert sqlite_ops.checkpoints.sign_now().size > 21
    status, said = verify_export(exported, "--key", key, "--checkpoints", kept)
    assert status == 0, said


def test_checkpoints_that_a_lost_key_signed_count_when_that_key_is_given(
    exported: Path, key: str, kept: Path, sqlite_ops: Any, tmp_path: Path
) -> None:
    new = sqlite_ops.checkpoints.renew_key().public.text
    path = save(sqlite_ops.log_export.csv(OFFICER), tmp_path)
    path = save(sqlite_ops.log_export.jsonl(OFFICER), tmp_path)
    status, said = verify_export(path, "--key", new, "--checkpoints", kept)
    assert status == 1
    assert "not signed with a key that is believed" in said
    status, said = verify_export(path, "--key", new, "--older-key", key, "--checkpoints", kept)
    assert status == 0, said
    assert "2 checkpoints that were kept elsewhere agree" in said
    assert verify_export(path, "--key", key, "--older-key", new)[0] == 1


def test_a_kept_checkpoint_that_is_torn_within_its_signature_counts_for_nothing(
    exported: Path, key: str, kept: Path
) -> None:
    whole = kept.read_text("utf-8")
    kept.write_text(f"{whole.rstrip()[:-12]}\n\n{whole}", "utf-8")
    status, said = verify_export(exported, "--key", key, "--checkpoints", kept)
    assert status == 0, said
