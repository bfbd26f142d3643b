"""Watched directories: each settled file once, none lost, none in the way of another."""

import json
import os
from pathlib import Path

import pytest

from ops_centre.domain.observations import Batch
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.records import RecordFeed
from ops_centre.feeds.sources import deployments, targeting
from tests.feeds.situations import context, envelope, sample, sample_records
from tests.support.clock import FakeClock


class Watch:
    """A feed over a directory, with its cursor kept as the centre keeps it."""

    def __init__(self, directory: Path, kind: str = "targeting", **settings: object) -> None:
        known = {"targeting": targeting, "deployments": deployments}[kind]
        self.feed: RecordFeed = known.KIND.build(
            known.KIND.settings(directory=directory, **settings), context(FakeClock())
        )
        self.cursor: str | None = None

    def poll(self) -> Batch:
        """One poll."""
        batch = self.feed.poll(self.cursor)
        self.cursor = batch.cursor or self.cursor
        return batch

    def settled(self) -> Batch:
        """What the second look brings; the first only notes sizes."""
        assert not self.poll().received
        return self.poll()


def drop(directory: Path, name: str, content: bytes) -> Path:
    path = directory / name
    path.write_bytes(content)
    return path


def test_a_file_is_read_when_it_has_settled_and_only_once(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    drop(tmp_path, "a.json", sample("targeting.json"))
    assert len(watch.settled().targets) == 3
    assert not watch.poll()


def test_a_file_that_still_grows_waits(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    whole = sample("targeting.json")
    drop(tmp_path, "a.json", whole[:100])
    watch.poll()
    drop(tmp_path, "a.json", whole)
    assert not watch.poll().received
    assert len(watch.poll().targets) == 3


def test_a_new_feed_goes_on_after_the_files_already_read(tmp_path: Path) -> None:
    drop(tmp_path, "a.json", sample("targeting.json"))
    before, after = Watch(tmp_path), Watch(tmp_path)
    before.settled()
    after.cursor = before.cursor
    drop(tmp_path, "b.json", json.dumps(sample_records("targeting.json")[:1]).encode())
    assert [target.ref for target in after.settled().targets] == ["T-2026-0001"]


@pytest.mark.parametrize("name", ["a.json.tmp", "a.json.part", ".a.json", "a.json~", "a.xml", "a"])
def test_names_that_are_not_meant_for_it_are_left_alone(tmp_path: Path, name: str) -> None:
    drop(tmp_path, name, sample("targeting.json"))
    assert not Watch(tmp_path).settled().received


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", b"<html>", "neither a JSON object nor a list"),
        ("a.json", b'{"records":[', "no JSON"),
        ("a.json", b"", "neither a JSON object nor a list"),
        ("a.json", envelope("targeting/9.0", []), "reads ops-centre/targeting/1.x"),
        ("a.json", "[]".encode("utf-16"), "neither"),
        ("a.csv", b"", "no column 'ref'"),
        ("a.csv", "ref,version\n".encode("utf-32"), "no column 'ref'"),
        ("a.csv", b"ref,version,ref\n1,2,3\n", "a column stands twice"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "no column 'ref'"),
    ],
)
def test_a_file_that_cannot_be_followed_is_refused_with_its_bytes_and_never_again(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    drop(tmp_path, name, content)
    drop(tmp_path, "z.json", sample("targeting.json"))
    watch = Watch(tmp_path)
    batch = watch.settled()
    assert (batch.refusals[0].raw, len(batch.targets)) == (content, 3)
    assert f"file {name}: " in batch.refusals[0].reason
    assert reason in batch.refusals[0].reason
    assert not watch.poll()


def test_a_file_that_is_mended_is_read_again(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    drop(tmp_path, "a.json", b"[")
    assert len(watch.settled().refusals) == 1
    drop(tmp_path, "a.json", sample("targeting.json"))
    assert len(watch.settled().targets) == 3


def test_a_file_that_is_too_large_is_refused_by_its_beginning(tmp_path: Path) -> None:
    drop(tmp_path, "a.json", b"[" + b" " * 200_000 + b"]")
    refusal = Watch(tmp_path, max_bytes=100_000).settled().refusals[0]
    assert "larger than 100,000 bytes" in refusal.reason
    assert len(refusal.raw) == 65536


def test_links_pipes_and_folders_are_not_read(tmp_path: Path) -> None:
    drop(tmp_path, "secret.txt", sample("targeting.json"))
    (tmp_path / "link.json").symlink_to(tmp_path / "secret.txt")
    (tmp_path / "folder.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    assert not Watch(tmp_path).settled().received


def test_a_file_name_that_is_not_text_can_be_told(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.json")).write_bytes(b"[")
    reason = Watch(tmp_path).settled().refusals[0].reason
    assert reason.encode("utf-8")


def test_files_are_moved_only_after_their_records_were_taken(tmp_path: Path) -> None:
    watch = Watch(tmp_path, done_directory=Path("done"))
    drop(tmp_path, "a.json", sample("targeting.json"))
    watch.settled()
    assert (tmp_path / "a.json").exists(), "nobody has said yet that the batch is stored"
    watch.poll()
    assert not (tmp_path / "a.json").exists()
    drop(tmp_path, "a.json", b"[]")
    watch.settled()
    watch.poll()
    assert len(list((tmp_path / "done").iterdir())) == 2, "the earlier file of the same name is still there"


def test_a_missing_directory_is_an_unavailable_feed(tmp_path: Path) -> None:
    with pytest.raises(FeedUnavailable, match="No such file"):
        Watch(tmp_path / "none").poll()


def test_a_directory_that_overflows_is_an_unavailable_feed(tmp_path: Path) -> None:
    for number in range(4):
        drop(tmp_path, f"{number}.json", b"[]")
    with pytest.raises(FeedUnavailable, match="more than 3 entries"):
        Watch(tmp_path, max_files=3).poll()


def test_a_poll_takes_no_more_than_its_share_and_the_rest_comes_next(tmp_path: Path) -> None:
    record = sample_records("targeting.json")[0]
    for number in range(3):
        drop(tmp_path, f"{number}.json", json.dumps([record | {"ref": f"T-{number}"}]).encode())
    watch = Watch(tmp_path, max_bytes=2500)
    counts = [len(watch.settled().targets), len(watch.poll().targets), len(watch.poll().targets)]
    assert sum(counts) == 3
    assert max(counts) < 3


def test_a_list_of_all_units_stands_alone_in_its_batch(tmp_path: Path) -> None:
    boat, dog = sample_records("deployments.json")
    for number, (records, whole) in enumerate([([boat], False), ([dog], True), ([boat, dog], True)]):
        path = drop(tmp_path, f"{number}.json", envelope("deployments/1.0", records, complete=whole))
        os.utime(path, (1000 + number, 1000 + number))
    watch = Watch(tmp_path, "deployments")
    watch.poll()
    batches = [watch.poll(), watch.poll(), watch.poll()]
    assert [([unit.ref for unit in b.units], b.complete_units) for b in batches] == [
        (["CUS-7"], False),
        (["BIO-2"], True),
        (["CUS-7", "BIO-2"], True),
    ]


def test_csv_rows_of_one_reference_are_one_target_with_all_its_hits(tmp_path: Path) -> None:
    drop(tmp_path, "a.csv", sample("targeting.csv"))
    batch = Watch(tmp_path).settled()
    vessel, flight = batch.targets
    assert [hit.ref for hit in vessel.hits] == ["H-1", "H-2"]
    assert vessel.hits[0].explanation == "Crew member on list, two calls not declared"
    assert vessel.identifiers == {"mmsi": 512000123, "imo": 9074729, "documents": ["MAN-7", "INV-22"]}
    assert (vessel.releases, vessel.score) == (("IMM", "POL"), 0.91)
    assert flight.identifiers == {"flight": "NZ289"}
    assert [refusal.reason for refusal in batch.refusals] == [
        "score: must be at most 1",
        "row 6 has 5 cells where 26 columns are named",
    ]
    assert batch.refusals[1].raw == b"T-4,1,new,2026-04-01T06:00:00Z,flight\n"


def test_csv_units_come_with_their_deployments(tmp_path: Path) -> None:
    drop(tmp_path, "a.CSV", sample("deployments.csv"))
    boat, dog = Watch(tmp_path, "deployments").settled().units
    assert [(d.ref, d.place, d.area) for d in boat.deployments] == [
        ("D-1", "NZAKL", None),
        ("D-2", None, "Hauraki Gulf"),
    ]
    assert (boat.capabilities, boat.lat, dog.out_of_service_reason) == (("boarding", "search"), -36.8, "rest")


def test_csv_rows_that_contradict_each_other_are_refused_together(tmp_path: Path) -> None:
    drop(tmp_path, "a.csv", b"ref,severity\nT-1,top\nT-1,high\n")
    refusal = Watch(tmp_path).settled().refusals[0]
    assert refusal.reason == "row 3 says severity 'high', row 2 'top'"
    assert refusal.raw == b"T-1,top\nT-1,high\n"


@pytest.mark.parametrize("bad", [b"T-\xe9", b"T-\x00", b'"T-1', b'"T"1', b""])
def test_a_bad_csv_row_does_not_cost_the_rows_before_it(tmp_path: Path, bad: bytes) -> None:
    header, first = sample("targeting.csv").split(b"\n")[:2]
    cells = first.count(b",") - 1  # one comma stands inside quotes
    drop(tmp_path, "a.csv", header + b"\n" + first + b"\n" + bad + b"," * cells + b"\n")
    batch = Watch(tmp_path).settled()
    assert [target.ref for target in batch.targets] == ["T-1"]
    assert len(batch.refusals) == (0 if bad == b"" else 1)
