"""Interchanges as senders write them: signs of their own, wrong ones, cuts, charsets; one bad message costs no other."""

from pathlib import Path

import pytest

from ops_centre.domain.movements import ManifestReport
from ops_centre.domain.observations import Batch
from ops_centre.feeds.edifact.interchange import InterchangeError, read_interchange
from ops_centre.feeds.sources.edifact import EdifactFeed, EdifactSettings
from tests.feeds.situations import context, sample
from tests.support.clock import FakeClock

HEAD = "UNB+UNOA:4+ABC:ZZ+OPS:ZZ+260401:0600+77'"
PERSON = "NAD+FL+++DOE:JANE'DTM+329:640712'NAT+2+NZL'DOC+P:110:111+LA123'LOC+91+NZL'"
FLIGHT = "TDT+20+NZ102'LOC+125+SYD'DTM+189:2604011700:201'LOC+87+AKL'DTM+232:2604012200:201'"


def paxlst(number: int = 1, body: str = PERSON, bgm: str = "BGM+745'", count: int | None = None) -> str:
    inside = f"UNH+{number}+PAXLST:D:05B:UN:IATA'{bgm}{FLIGHT}{body}CNT+42:1'"
    return f"{inside}UNT+{count or inside.count(chr(39)) + 1}+{number}'"


def interchange(*messages: str, head: str = HEAD, tail: str | None = None) -> str:
    return head + "".join(messages) + (f"UNZ+{len(messages)}+77'" if tail is None else tail)


def read(text: str | bytes, folder: Path, **settings: object) -> Batch:
    raw = text.encode("utf-8") if isinstance(text, str) else text
    (folder / "list.edi").write_bytes(raw)
    feed = EdifactFeed(EdifactSettings(directory=folder, **settings), context(FakeClock()))
    feed.poll(None)
    return feed.poll(None)


def one(text: str | bytes, folder: Path, **settings: object) -> ManifestReport:
    batch = read(text, folder, **settings)
    assert batch.refusals == []
    (report,) = batch.manifests
    return report


def test_a_list_names_its_movement_and_its_people(tmp_path: Path) -> None:
    report = one(sample("edifact.edi"), tmp_path, time_zone="Pacific/Auckland")
    assert (report.kind, report.number, report.origin, report.destination) == ("flight", "NZ102", "SYD", "AKL")
    assert report.arrives_at is not None
    assert report.arrives_at.isoformat() == "2026-04-01T09:00:00+00:00"
    assert (report.function, report.marking, report.caveats) == ("original", "AMBER+STRICT", ())
    (person,) = report.subjects
    assert person.label == "DOE, JANE"
    assert person.particulars["born"] == "1964-07-12"
    assert person.particulars["documents"] == [{"kind": "passport", "number": "LA123", "issued_by": "NZL"}]
    assert person.source_text.startswith("NAD+FL+++DOE:JANE\n")


@pytest.mark.parametrize(
    ("text", "caveats"),
    [
        ("UNA:+.? '" + interchange(paxlst()), ()),
        ("UNA:*.? #" + interchange(paxlst()).replace("+", "*").replace("'", "#"), ()),
        ("UNA;|.? '" + interchange(paxlst()), ("its UNA does not fit what follows; the header was followed",)),
        ("QP ABCXYZ\r\n.HDQ 1\r\n" + interchange(paxlst()) + "\r\n\r\nSecured\r\n", ()),
        ("\r\n".join(interchange(paxlst())[at : at + 64] for at in range(0, 900, 64)), ()),
        (interchange(paxlst()).replace("'", "' \n "), ()),
        (interchange(paxlst(count=99)), ("its trailer counts 99 segments, it has 14",)),
        (interchange(paxlst(), tail=""), ("it breaks off before its trailer (UNZ)",)),
        (interchange(paxlst(), tail="UNZ+9+77'"), ("its trailer counts 9, it holds 1",)),
    ],
)
def test_what_senders_do_is_mended_and_said(tmp_path: Path, text: str, caveats: tuple[str, ...]) -> None:
    report = one(text, tmp_path)
    assert (len(report.subjects), report.caveats) == (1, caveats)


def test_released_signs_are_part_of_a_name(tmp_path: Path) -> None:
    report = one(interchange(paxlst(body="NAD+FL+++O?'NEIL?+?:X:JO??'")), tmp_path)
    assert report.subjects[0].label == "O'NEIL+:X, JO?"


def test_names_are_read_in_the_charset_the_header_names(tmp_path: Path) -> None:
    text = interchange(paxlst(body="NAD+FL+++MÜLLER:JÖRG'"))
    latin = text.replace("UNOA", "UNOC").encode("latin-1")
    assert one(latin, tmp_path).subjects[0].label == "MÜLLER, JÖRG"
    wrong = one(text.encode("latin-1"), tmp_path)
    assert wrong.subjects[0].label == "MÜLLER, JÖRG"
    assert wrong.caveats == ("it holds signs that UNOA does not have",)


def test_what_is_refused_is_handed_over_whole_so_that_its_true_length_is_kept(tmp_path: Path) -> None:
    long = b"no interchange" * 9_000
    assert read(long, tmp_path).refusals[0].raw == long


def test_a_list_saved_as_utf_16_is_read_and_said_so(tmp_path: Path) -> None:
    text = interchange(paxlst(body="NAD+FL+++MÜLLER:JÖRG'")).replace("UNOA", "UNOC")
    report = one(text.encode("utf-16"), tmp_path)
    assert (report.subjects[0].label, report.caveats) == ("MÜLLER, JÖRG", ("it was written in UTF-16",))


def test_a_broken_message_costs_no_other_and_its_reason_names_nobody(tmp_path: Path) -> None:
    cut = paxlst(2).partition("CNT")[0]
    batch = read(interchange(paxlst(1), cut, paxlst(3), paxlst(4, bgm="BGM+745++77'")), tmp_path)
    assert [report.message for report in batch.manifests] == ["ABC/77/1", "ABC/77/3"]
    reasons = [refusal.reason for refusal in batch.refusals]
    assert reasons[0] == "message ABC/77/2: it breaks off: its trailer (UNT) is missing"
    assert "its function 77 is not known" in reasons[1]
    assert "DOE" not in "".join(reasons)
    assert batch.received == 4


@pytest.mark.parametrize(
    ("bgm", "function"),
    [
        ("BGM+745'", "original"),
        ("BGM+745++9'", "original"),
        ("BGM+745++5'", "replacement"),
        ("BGM+745++1'", "cancellation"),
        ("BGM+745+CP'", "change"),
        ("BGM+745+XR'", "cancellation"),
    ],
)
def test_the_function_of_a_message_is_told_by_its_code(tmp_path: Path, bgm: str, function: str) -> None:
    assert one(interchange(paxlst(bgm=bgm)), tmp_path).function == function


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "no interchange header"),
        (b"\x00\x01\x02", "no interchange header"),
        (b"PK\x03\x04 UNB nothing", "no interchange header"),
        (b"UNB+UNOA:4+A+B", "its segments do not end"),
        (HEAD.encode(), "it holds no message"),
    ],
)
def test_what_is_no_interchange_is_refused_in_words(tmp_path: Path, raw: bytes, words: str) -> None:
    batch = read(raw, tmp_path)
    assert words in batch.refusals[0].reason
    with pytest.raises(InterchangeError):
        read_interchange(raw)
