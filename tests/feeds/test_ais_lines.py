"""The dialects in which AIS lines come."""

import random

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from ops_centre.feeds.ais.sentences import MAX_LINE, checksum
from tests.feeds.ais_lines import SHIP, line, lines, only_report, parse, position, reasons, sealed, tagged, with_fields


@pytest.mark.parametrize("address", [b"AIVDM", b"AIVDO", b"BSVDM", b"ABVDM", b"ANVDM", b"SAVDM", b"--VDM", b"aivdm"])
def test_every_talker_is_heard(address: bytes) -> None:
    assert only_report([with_fields(position(), address=address)]).mmsi == SHIP


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"  \r\n"])
def test_line_ends_do_not_matter(end: bytes) -> None:
    assert only_report([position() + end]).mmsi == SHIP


def test_a_sentence_behind_something_else_on_its_line_is_found() -> None:
    assert only_report([b"2026-04-01 06:30:00 " + position()]).mmsi == SHIP


def test_lower_case_checksums_hold() -> None:
    sentence = next(s for s in (position(second=n) for n in range(60)) if s[-2:].lower() != s[-2:])
    assert only_report([sentence[:-2] + sentence[-2:].lower()]).mmsi == SHIP


def test_the_further_field_that_some_plotters_insert_is_overlooked() -> None:
    body = position()[1:].partition(b"*")[0]
    assert only_report([sealed(body[:-1] + b"0,0")]).mmsi == SHIP


@pytest.mark.parametrize(
    "passed",
    [
        b"",
        b"   ",
        b"# comment",
        b"# !AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*00",
        b"foobar",
        b"$GPGGA,184353.07,1929.045,S,02410.506,E,1,04,2.6,100.00,M,-33.9,M,,0000*6D",
        b"!AIABM,1,1,0,,0,6,,0*00",
        b"\\si:MSSIS*77\\",
        b"\xff\xfe\x00\x80",
        b"$PGHP,1,2013,13,40,9,19,9,499,219,,2190048,1,28*23",
    ],
)
def test_what_is_clearly_not_ais_is_passed_over_and_counted(passed: bytes) -> None:
    batch = parse([passed])
    assert (batch.received, batch.passed_over) == (0, 1)


PART_TWO = b"AIVDM,2,2,3,A,88888888880,2"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (position()[:-3], "no checksum"),
        (position()[:-2] + b"zz", "the checksum cannot be read"),
        (position()[:-1], "the checksum cannot be read"),
        (b"!AIVDM,1,1,,B,,0*25", "the payload is empty"),
        (sealed(b"AIVDM,1,1,,B"), "too few fields"),
        (with_fields(position(), payload=b"13HOI:0P0000VOHLCnHQKwvL0xyz"), "letters that AIS does not use"),
        (with_fields(position(), fill=b"6"), "fill bits"),
        (with_fields(position(), fill=b"-1"), "fill bits"),
        (with_fields(position(), parts=b"0"), "part numbers"),
        (with_fields(position(), parts=b"1", part=b"2"), "part numbers"),
        (with_fields(position(), parts=b"x"), "part numbers"),
        (with_fields(position(), sequence=b"abc"), "sequence number"),
        (with_fields(position(), payload=b"1"), "too short to say who sent it: 6 bits"),
        (with_fields(position(), payload=b"w" * 28), "message type 63 does not exist"),
        (with_fields(position(), payload=b"0" * 28), "message type 0 does not exist"),
        (
            with_fields(line(type=24, partno=0, shipname="X"), payload=b"H;4QC>OndadCf?nRMpLojOjER9gV10"),
            "has no part 3",
        ),
        (b"AIVDM,1,1,,A,13HOI:0P0000VOHLCnHQKwvL05Ip,0*23", "no sentence that begins with !"),
        (sealed(PART_TWO), "part 2 of 2 came without part 1"),
    ],
)
def test_what_claims_to_be_ais_and_cannot_be_used_is_refused_with_its_bytes(given: bytes, reason: str) -> None:
    batch = parse([given])
    (refusal,) = batch.refusals
    assert reason in refusal.reason
    assert refusal.raw == given
    assert (batch.crafts, batch.passed_over) == ([], 0)


def test_a_wrong_checksum_is_refused_saying_what_is_right() -> None:
    right = position()[-2:].decode()
    wrong = f"{int(right, 16) ^ 1:02X}"
    assert reasons(position()[:-2] + wrong.encode()) == [f"the checksum is {wrong}, it should be {right}"]


def test_a_torn_sentence_does_not_cost_the_one_it_ran_into() -> None:
    batch = parse([position()[:20] + position(mmsi=512_000_999)])
    assert [report.mmsi for report in batch.crafts] == [512_000_999]
    assert [refusal.reason for refusal in batch.refusals] == ["no checksum"]


def test_a_line_without_end_is_refused_whatever_it_holds() -> None:
    assert reasons(position() * 100) == [f"line longer than {MAX_LINE} bytes"]
    assert parse([b"x" * 10_000]).passed_over == 1


def test_several_tagged_sentences_stand_on_one_line() -> None:
    first, second = lines(type=5, shipname="RENA", imo=9_074_729)
    whole = tagged(b"c:1775025000,s:FM1", first) + tagged(b"c:1775025000,s:FM1", second)
    assert only_report([whole]).particulars.name == "RENA"  # type: ignore[union-attr]


def test_a_source_holds_for_the_rest_of_its_line() -> None:
    first, second = lines(type=5, shipname="RENA")
    whole = tagged(b"c:1775025000,s:FM1", first) + b"\\g:2-1-1*00\\" + second
    assert only_report([whole]).particulars.name == "RENA"  # type: ignore[union-attr]


def test_the_checksum_is_that_of_each_byte_in_turn() -> None:
    dice = random.Random(7)
    for length in (0, 1, 2, 63, 64, 65, 127, 128, 129, 400, 4096):
        body = dice.randbytes(length)
        byte_by_byte = 0
        for byte in body:
            byte_by_byte ^= byte
        assert checksum(body) == byte_by_byte


SENTENCES = [b"!AIVDM,1,1,,A,", b"!AIVDM,2,1,3,A,", b"$PGHP,1,", b"!", b"VDM,", position()]
SCRAPS = [*SENTENCES, b"*", b",", b"\\", b"\\c:", b"g:1-2-3", b"#"]


@settings(max_examples=500, deadline=None)
@given_any(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from(SCRAPS)), max_size=12).map(b"".join))
def test_no_line_whatever_its_bytes_raises_or_goes_unaccounted(any_line: bytes) -> None:
    batch = parse([any_line])
    assert batch.received + batch.passed_over > 0
