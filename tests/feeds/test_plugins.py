"""Feeds of other packages: found through their entry points, and never the end of the centre."""

from dataclasses import replace
from pathlib import Path

import pytest

from ops_centre.config import FeedBlock, Settings
from ops_centre.domain.observations import Batch
from ops_centre.errors import ConfigError, FeedUnavailable
from ops_centre.feeds.base import Feed, FeedKind
from ops_centre.feeds.plugins import FaultyFeed, GuardedFeed, load_plugins
from ops_centre.feeds.registry import KINDS, all_kinds, build_feed
from tests.support.clock import FakeClock

PACKAGE = Path(__file__).parent / "example_feed_package"


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(PACKAGE))


def feed_of(kind: str, **particulars: object) -> Feed:
    block = FeedBlock.model_validate({"name": "Buoys", "kind": kind, "agency": "OPS"} | particulars)
    return build_feed(block, Settings(), FakeClock())


def test_a_feed_of_another_package_is_a_kind_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "buoys.txt").write_text("1 -41.0 174.0\n2 north east\n")
    feed = feed_of("example_buoys", path=tmp_path / "buoys.txt")
    batch = feed.poll(None)
    assert ([craft.key for craft in batch.crafts], len(batch.refusals)) == (["buoy:1"], 1)
    assert not feed.poll(batch.cursor)
    assert "example_buoys" in all_kinds()
    with pytest.raises(ConfigError, match="feed Buoys: path: is missing"):
        feed_of("example_buoys")


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        (
            "example_broken",
            "plug-in 'example_broken' of the package example-feed: ModuleNotFoundError: No module named",
        ),
        ("example_wrong", "must name a FeedKind, not a str"),
    ],
)
def test_a_plug_in_that_cannot_be_loaded_is_an_unavailable_feed_that_says_why(kind: str, fault: str) -> None:
    with pytest.raises(FeedUnavailable, match=fault):
        feed_of(kind).poll(None)


def test_a_plug_in_cannot_take_the_place_of_a_kind_of_the_centre() -> None:
    assert all_kinds()["adsb"] is KINDS["adsb"]
    assert "there is a kind of this name already" in load_plugins(KINDS).faults["adsb"]


class Broken:
    """A feed that fails in every way but its manifest's."""

    manifest = FaultyFeed.manifest

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def poll(self, cursor: str | None) -> Batch:
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer  # type: ignore[return-value]

    def close(self) -> None:
        raise RuntimeError("cannot close")


@pytest.mark.parametrize(
    ("answer", "words"),
    [(ValueError("no"), "ValueError: no"), (SystemExit(1), "SystemExit: 1"), (None, "a NoneType, no Batch")],
)
def test_a_plug_in_that_fails_is_told_of_as_a_source_that_fails(answer: object, words: str) -> None:
    feed = GuardedFeed(Broken(answer), "example")
    with pytest.raises(FeedUnavailable, match=words):
        feed.poll(None)
    feed.close()


def test_a_plug_in_that_cannot_be_built_is_an_unavailable_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    from ops_centre.feeds import plugins

    def build(_settings: object, _context: object) -> Feed:
        raise OSError("no licence")

    kind: FeedKind = replace(KINDS["adsb"], kind="x", build=build)
    made = plugins._checked(kind, "x").build(None, None)  # type: ignore[arg-type]
    with pytest.raises(FeedUnavailable, match="plug-in 'x' cannot be started: OSError: no licence"):
        made.poll(None)
