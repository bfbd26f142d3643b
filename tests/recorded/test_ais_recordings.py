"""Real AIS of every dialect: what is in it is found, what cannot be used is refused, nothing is lost."""

import json
import random
import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pyais.stream import FileReaderStream

from ops_centre.domain.observations import Batch, CraftReport
from ops_centre.feeds.ais.parsing import AisParser
from ops_centre.feeds.ais.timing import Receipts
from ops_centre.feeds.replaying import open_recording
from tests.feeds.ais_lines import utc
from tests.feeds.situations import context
from tests.support.clock import FakeClock

pytestmark = pytest.mark.recorded

NZ = "nz_exactearth_2012-02-02.txt"
POSITIONS = {1, 2, 3, 4, 9, 11, 18, 19, 21, 27, 28}


class Counts(NamedTuple):
    """What is in a recording."""

    lines: int
    crafts: int
    refused: int
    passed_over: int
    positions: int
    mmsis: int
    placed: int  # craft with a position


COUNTS = {
    NZ: Counts(7672, 4309, 8, 3355, 2907, 603, 374),
    "aegean_ionian_nmea_sample.txt": Counts(898, 778, 120, 0, 764, 167, 164),
    "australia_timestamped_100.txt": Counts(100, 100, 0, 0, 100, 85, 85),
    "dma_replay_dump.txt": Counts(108, 50, 0, 57, 47, 34, 32),
    "europe_dma_stream_example_2010-06-11.txt": Counts(8551, 4051, 0, 4051, 3127, 1933, 1480),
    "exactearth_tagblock_grouped.txt": Counts(221, 200, 0, 0, 179, 121, 120),
    "gfw_errors.nmea": Counts(5, 3, 2, 0, 3, 2, 2),
    "gfw_mixed_types.nmea": Counts(109, 99, 0, 0, 50, 85, 50),
    "gfw_multi-part.nmea": Counts(93, 43, 0, 0, 0, 30, 0),
    "gfw_spire-test.nmea": Counts(2, 2, 0, 0, 0, 1, 0),
    "indianocean_malacca_exactearth_2012-01-31.txt": Counts(7160, 3968, 4, 3188, 2975, 1081, 1009),
    "libais_all_types.aivdm": Counts(345, 260, 1, 82, 70, 201, 61),
    "libais_tagblock.nmea": Counts(5, 4, 0, 0, 3, 2, 1),
    "libais_typeexamples.nmea": Counts(26, 26, 0, 0, 5, 25, 5),
    "pyais_mixed_comments.txt": Counts(35, 12, 1, 20, 10, 10, 8),
    "ssc_219165000_LOTUS.ais": Counts(249, 80, 0, 160, 59, 1, 1),
    "stupan_tcp_feed.log": Counts(2238, 1264, 0, 943, 1142, 330, 292),
    "usa_uscg_2006-07-15.ais": Counts(1001, 853, 0, 16, 682, 734, 659),
    "waddenzee_signalk_gofree.log": Counts(6324, 1459, 0, 4817, 1399, 171, 165),
    "waddenzee_signalk_nais400.log": Counts(765, 668, 0, 62, 576, 155, 141),
}
# What a plain pyais pass takes and we refuse: letters were lost from the sentence, and its checksum with them.
TAKEN_BY_PYAIS_ONLY = {"pyais_mixed_comments.txt": {367_078_248}}

REASONS = {
    NZ: {"part 2 of 2 came without part 1": 4, "message type 24 has no part 2": 2, "message type 24 has no part 3": 2},
    "aegean_ionian_nmea_sample.txt": {"the payload is empty": 100, "part 2 of 2 never came": 20},
    "gfw_errors.nmea": {"the checksum is 77, it should be 6D": 1, "the checksum is 6A, it should be 64": 1},
    "indianocean_malacca_exactearth_2012-01-31.txt": {"message type 0 does not exist": 4},
    "libais_all_types.aivdm": {"message type 23 too short to say who sent it: 33 bits": 1},
    "pyais_mixed_comments.txt": {"no checksum": 1},
}


def recordings(realdata: Path) -> list[Path]:
    return [path for path in sorted((realdata / "ais").iterdir()) if path.suffix not in (".csv", ".json")]


def play(path: Path) -> Batch:
    whole = Batch()
    for _received_at, batch in open_recording(path, "ais", context(FakeClock()), span=None):
        whole.crafts += batch.crafts
        whole.refusals += batch.refusals
        whole.duplicates += batch.duplicates
        whole.passed_over += batch.passed_over
    return whole


def plain_pyais_positions(path: Path) -> list[int]:
    """The MMSI of every position that pyais alone finds, with nothing of ours in between."""
    found = []
    with FileReaderStream(path) as sentences:
        for sentence in sentences:
            try:
                message: Any = sentence.decode()
            except Exception:
                continue
            if message.msg_type in POSITIONS and message.lat is not None and message.lon is not None:
                found += [message.mmsi] if -90 <= message.lat <= 90 and -180 <= message.lon <= 180 else []
    return found


def test_every_recording_is_known(realdata: Path) -> None:
    assert {path.name for path in recordings(realdata)} == set(COUNTS)


@pytest.mark.parametrize("name", COUNTS)
def test_everything_in_a_recording_is_accounted_for(realdata: Path, name: str) -> None:
    path = realdata / "ais" / name
    batch = play(path)
    placed = [report for report in batch.crafts if report.fix is not None]
    assert COUNTS[name] == Counts(
        lines=len(path.read_bytes().splitlines()),
        crafts=len(batch.crafts),
        refused=len(batch.refusals),
        passed_over=batch.passed_over,
        positions=len(placed),
        mmsis=len({report.mmsi for report in batch.crafts}),
        placed=len({report.mmsi for report in placed}),
    )
    assert batch.received == len(batch.crafts) + len(batch.refusals) + batch.duplicates
    assert Counter(refusal.reason for refusal in batch.refusals) == REASONS.get(name, {})
    assert all(refusal.raw in path.read_bytes() for refusal in batch.refusals)


@pytest.mark.parametrize("name", COUNTS)
def test_exactly_the_craft_that_pyais_alone_finds_have_a_position(realdata: Path, name: str) -> None:
    path = realdata / "ais" / name
    expected = set(plain_pyais_positions(path)) - TAKEN_BY_PYAIS_ONLY.get(name, set())
    assert {report.mmsi for report in play(path).crafts if report.fix is not None} == expected


@pytest.fixture
def nz(realdata: Path) -> list[CraftReport]:
    """The reports of the reference recording."""
    return play(realdata / "ais" / NZ).crafts


def test_the_satellite_heard_ships_twenty_minutes_to_two_hours_before_we_did(nz: list[CraftReport]) -> None:
    delays = [report.received_at - report.observed_at for report in nz if report.fix is not None]
    assert timedelta(minutes=20) < min(delays)
    assert max(delays) < timedelta(hours=2, minutes=1)
    assert min(report.received_at for report in nz) == utc(2012, 2, 2, 11, 32, 4, 603_000)


def test_every_position_is_of_a_time_that_a_wrapper_gave(realdata: Path, nz: list[CraftReport]) -> None:
    wrapped = re.findall(rb"^\$PGHP,1,2012,2,2,(\d+),(\d+),(\d+),(\d+),", (realdata / "ais" / NZ).read_bytes(), re.M)
    moments = {utc(2012, 2, 2, *map(int, found[:3]), int(found[3]) * 1000) for found in wrapped}
    positions = [report for report in nz if report.fix is not None]
    assert sum(report.observed_at in moments for report in positions) == len(positions)


def test_the_ships_at_the_astrolabe_reef_are_off_tauranga_and_say_so(nz: list[CraftReport]) -> None:
    bound = {
        report.mmsi
        for report in nz
        if report.particulars and re.search("RENA|ASTROLABE", report.particulars.destination or "")
    }
    last = {report.mmsi: report.fix for report in nz if report.mmsi in bound and report.fix is not None}
    assert last
    for fix in last.values():
        assert -38.0 < fix.lat < -37.2
        assert 175.9 < fix.lon < 176.8


def test_identities_that_cannot_be_right_are_seen_as_such(nz: list[CraftReport]) -> None:
    (ghost,) = {report.key for report in nz if report.particulars and report.particulars.name == "GAOXING8"}
    said = [report for report in nz if report.key == ghost and report.particulars]
    assert ghost == "mmsi:1193046"
    assert {caveat for report in said for caveat in report.caveats} == {"bad mmsi", "impossible imo"}
    assert {report.particulars.imo for report in said if report.particulars} == {None}


# The six-bit letters 31 and 39 are _ and ' (ITU-R M.1371-5, table 47); libais writes them otherwise.
LIBAIS = str.maketrans("_'", "-`")


def test_positions_and_names_agree_with_those_another_library_decoded(realdata: Path) -> None:
    golden = [json.loads(row) for row in (realdata / "ais/libais_typeexamples.json").read_text().splitlines()]
    reports = play(realdata / "ais/libais_typeexamples.nmea").crafts
    assert len(golden) == len(reports)
    compared = 0
    for expected, report in zip(golden, reports, strict=True):
        assert report.mmsi == expected["mmsi"]
        if report.fix is not None:
            assert report.fix.lat == pytest.approx(expected["lat"], abs=1e-5)
            assert report.fix.lon == pytest.approx(expected["lon"], abs=1e-5)
            if report.fix.speed_kn is not None:
                assert report.fix.speed_kn == pytest.approx(expected["speed"], abs=1e-5)
            compared += 1
        elif expected["type"] in POSITIONS:
            assert not (-90 <= expected["lat"] <= 90 and -180 <= expected["lon"] <= 180)
        said = report.particulars
        if said is not None and said.name is not None:
            assert said.name.translate(LIBAIS) == expected.get("shipname", expected.get("name")).rstrip("@ ")
            compared += 1
        if said is not None and expected["type"] == 5:
            assert (said.callsign, said.destination, said.imo) == ("9HMQ9", "BOSTON,USA", 9_383_663)
            assert (said.length_m, said.beam_m, said.draught_m, said.craft_type) == (101, 18, 7.8, 80)
    assert compared == 8


def spoil(data: bytes, dice: random.Random) -> bytes:
    """``data`` cut and mutated: bytes changed, dropped, doubled, lines torn and run together."""
    start = dice.randrange(max(1, len(data) - 60_000))
    spoilt = bytearray(data[start : start + 60_000])
    for _ in range(len(spoilt) // 60):
        at = dice.randrange(len(spoilt))
        act = dice.randrange(6)
        if act == 0:
            spoilt[at] = dice.randrange(256)
        elif act == 1:
            del spoilt[at : at + dice.randrange(1, 30)]
        elif act == 2:
            spoilt[at:at] = spoilt[at : at + dice.randrange(1, 90)]
        elif act == 3:
            spoilt[at:at] = dice.choice([b"\n", b"\r", b"\\", b"!", b"*", b",", b"\x00", b"\xff\xfe", b"$PGHP,1,"])
        elif act == 4:
            spoilt[at] ^= 1 << dice.randrange(8)
        else:
            spoilt[at : at + 2] = b""
    return bytes(spoilt)


PART_OF_SEVERAL = re.compile(rb"VD[MO]\s*,[2-9],", re.IGNORECASE)


@pytest.mark.parametrize("receipts", Receipts)
@pytest.mark.parametrize("name", COUNTS)
def test_no_recording_however_spoilt_raises_or_goes_unaccounted(realdata: Path, name: str, receipts: Receipts) -> None:
    data = (realdata / "ais" / name).read_bytes()
    dice = random.Random(f"{name} {receipts}")
    for _ in range(3):
        parser, batch = AisParser(FakeClock(), receipts), Batch()
        for line in spoil(data, dice).splitlines(keepends=True):
            before = batch.received + batch.passed_over
            parser.take([line], batch)
            assert batch.received + batch.passed_over > before or PART_OF_SEVERAL.search(line), line
        parser.finish(batch)
        assert all(refusal.reason and refusal.raw for refusal in batch.refusals)
        for report in batch.crafts:
            assert report.observed_at.tzinfo is not None
            assert report.fix is None or (-90 <= report.fix.lat <= 90 and -180 <= report.fix.lon < 180)


@pytest.mark.parametrize("name", COUNTS)
def test_a_recording_in_time_spans_holds_the_same_as_in_one_piece(realdata: Path, name: str) -> None:
    path = realdata / "ais" / name
    span = timedelta(milliseconds=100)
    whole, parts = play(path), list(open_recording(path, "ais", context(FakeClock()), span))
    assert [report.key for _at, part in parts for report in part.crafts] == [report.key for report in whole.crafts]
    assert sum(part.received for _at, part in parts) == whole.received
    assert sum(part.passed_over for _at, part in parts) == whole.passed_over
    for received_at, part in parts:
        if received_at is not None:
            assert all(report.received_at - received_at <= span for report in part.crafts)
