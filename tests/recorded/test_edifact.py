"""Real and published passenger and cargo messages with the dirt of their senders: what each file gives, and what is refused."""

from pathlib import Path

import pytest

from ops_centre.domain.observations import Batch
from ops_centre.feeds.sources.edifact import EdifactFeed, EdifactSettings
from tests.feeds.situations import context
from tests.support.clock import FakeClock

pytestmark = pytest.mark.recorded

# movement, persons, consignments, what is said of the message
READ: dict[str, tuple[str, int, int, tuple[str, ...]]] = {
    "cuscar_simple.edi": (
        "voyage|TRANS1234|2019-10-29|CRMOB|GBPME", 0, 1, ("its trailer counts 313 segments, it has 30",)
    ),
    "ediclean_paxlst/original_A.txt": (
        "flight|A92707|2021-07-13|VIE|VIE", 1, 0,
        ("its trailer counts 159 segments, it has 25", "it counts 47 persons and names 1"),
    ),
    "ediclean_paxlst/original_B.txt": (
        "flight|B2740|2021-08-27|VIE|FRA", 1, 0,
        ("its trailer counts 155 segments, it has 22", "it counts 130 persons and names 1"),
    ),
    "ediclean_paxlst/original_C.txt": (
        "flight|B2740|2021-08-27|VIE|FRA", 3, 0,
        ("its trailer counts 152 segments, it has 50", "it counts 130 persons and names 3"),
    ),
    "gtas_apis/loader_Test1.txt": (
        "flight|UA0989|2017-01-27|FRA|IAD", 8, 0, ("its trailer counts 0000152 segments, it has 107",)
    ),
    "gtas_apis/loader_multiple_flight_leg_apis.txt": ("flight|QQ827|2008-08-10|JFK|CDG", 2, 0, ()),
    "gtas_apis/parsers_apisMessage.txt": ("flight|AA124|2007-02-19|ORD|JFK", 2, 0, ()),
    "gtas_apis/tamr_flight1.txt": (
        "flight|LA532|2020-01-19|SCL|JFK", 10, 0, ("its trailer counts 23 segments, it has 181",)
    ),
    "gtas_apis/tamr_flight2.txt": (
        "flight|FI615|2020-02-26|KEF|JFK", 10, 0, ("its trailer counts 23 segments, it has 180",)
    ),
    "smooks_paxlst_truck.txt": ("road|LOCKKH04103101|2004-12-30||", 1, 0, ()),
}  # fmt: skip


def read(path: Path, folder: Path, raw: bytes | None = None) -> Batch:
    """What the feed makes of one file that was put into its directory."""
    (folder / path.name).write_bytes(path.read_bytes() if raw is None else raw)
    feed = EdifactFeed(EdifactSettings(directory=folder), context(FakeClock()))
    feed.poll(None)
    return feed.poll(None)


@pytest.mark.parametrize("name", READ)
def test_every_list_becomes_a_movement_with_its_people_and_goods(realdata: Path, tmp_path: Path, name: str) -> None:
    batch = read(realdata / "targeting" / name, tmp_path)
    (report,) = batch.manifests
    kinds = [one.kind for one in report.subjects]
    assert (report.movement, kinds.count("person"), kinds.count("consignment"), report.caveats) == READ[name]
    assert batch.refusals == []
    assert len({one.ref for one in report.subjects}) == len(kinds), "no two are taken for one"


@pytest.mark.parametrize("letter", "ABC")
def test_a_telegram_and_its_cleaned_text_say_the_same(realdata: Path, tmp_path: Path, letter: str) -> None:
    folder = realdata / "targeting" / "ediclean_paxlst"
    wrapped = read(folder / f"original_{letter}.txt", tmp_path).manifests[0]
    clean = read(folder / f"reference_{letter}.txt", tmp_path).manifests[-1]
    assert wrapped.digest == clean.digest


def test_lists_of_bookings_and_of_stowage_are_refused_each_in_words(realdata: Path, tmp_path: Path) -> None:
    files = [*sorted((realdata / "targeting" / "gtas_pnr").iterdir()), realdata / "targeting" / "baplie_v22.edi"]
    reasons = []
    for number, file in enumerate(files):
        folder = tmp_path / str(number)
        folder.mkdir()
        batch = read(file, folder)
        assert (batch.manifests, len(batch.refusals)) == ([], 1)
        reasons.append(batch.refusals[0].reason.rpartition(": ")[2])
    assert reasons.count("messages of the kind PNRGOV are not read") == 26
    assert reasons[-1] == "messages of the kind BAPLIE are not read"


def test_a_list_cut_anywhere_is_refused_or_whole_and_names_nobody_in_the_reason(realdata: Path, tmp_path: Path) -> None:
    path = realdata / "targeting" / "gtas_apis" / "tamr_flight1.txt"
    whole = path.read_bytes()
    for number, cut in enumerate(range(0, len(whole), 97)):
        folder = tmp_path / str(number)
        folder.mkdir()
        batch = read(path, folder, whole[:cut])
        assert [len(one.subjects) for one in batch.manifests] in ([], [10])
        assert all("JIANG" not in refusal.reason for refusal in batch.refusals)
        assert batch.received == 1
