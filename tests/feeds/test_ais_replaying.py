"""Recordings of AIS, for replay."""

from datetime import timedelta
from pathlib import Path

import pytest

from ops_centre.domain.observations import Batch, CraftReport, Refusal, TrackKind
from ops_centre.errors import FeedUnavailable, Invalid
from ops_centre.feeds.replaying import CHUNK_LINES, Recording, in_spans, open_recording
from tests.feeds.ais_lines import NOW, lines, position, tagged, utc
from tests.feeds.situations import context
from tests.support.clock import FakeClock

THEN = utc(2012, 2, 2, 11)
SPAN = timedelta(milliseconds=100)


def recording(tmp_path: Path, *given: bytes, span: timedelta | None = SPAN) -> Recording:
    path = tmp_path / "recording.txt"
    path.write_bytes(b"\n".join(given))
    return open_recording(path, "ais", context(FakeClock()), span)


def received(ms: int, mmsi: int = 512_000_123) -> bytes:
    """A position that was received ``ms`` after `THEN`."""
    return position(mmsi=mmsi) + b",%d" % (round(THEN.timestamp() * 1000) + ms)


def test_batches_keep_the_delays_between_what_was_received(tmp_path: Path) -> None:
    played = list(recording(tmp_path, received(0), received(80), received(101), received(5000)))
    assert [(at - THEN, len(batch.crafts)) for at, batch in played if at] == [
        (timedelta(0), 2),
        (timedelta(milliseconds=101), 1),
        (timedelta(seconds=5), 1),
    ]


def test_the_first_receipt_is_known_before_anything_is_played(tmp_path: Path) -> None:
    timed = recording(tmp_path, b"# comment", position(), received(0))
    assert timed.first_received_at == THEN
    assert [report.received_at for _at, batch in timed for report in batch.crafts] == [THEN, THEN]


def test_a_recording_without_times_is_of_the_present(tmp_path: Path) -> None:
    untimed = recording(tmp_path, position(), position(mmsi=512_000_002))
    assert untimed.first_received_at is None
    ((at, batch),) = untimed
    assert at is None
    assert [report.received_at for report in batch.crafts] == [NOW, NOW]


def test_observed_times_are_those_recorded(tmp_path: Path) -> None:
    observed = THEN - timedelta(minutes=95)
    given = tagged(b"c:%d" % observed.timestamp(), received(0))
    ((_at, batch),) = recording(tmp_path, given)
    (report,) = batch.crafts
    assert (report.observed_at, report.received_at) == (observed, THEN)


def test_what_never_became_whole_is_refused_at_the_end(tmp_path: Path) -> None:
    played = list(recording(tmp_path, received(0), lines(type=5, shipname="X")[0]))
    assert [refusal.reason for _at, batch in played for refusal in batch.refusals] == ["part 2 of 2 never came"]


def test_a_long_recording_comes_in_bounded_batches(tmp_path: Path) -> None:
    played = list(recording(tmp_path, *[received(0)] * (CHUNK_LINES + 1), span=None))
    assert [len(batch.crafts) for _at, batch in played] == [CHUNK_LINES, 1]


def test_an_empty_recording_plays_nothing(tmp_path: Path) -> None:
    assert list(recording(tmp_path)) == []


def test_a_recording_can_be_played_again(tmp_path: Path) -> None:
    twice = recording(tmp_path, received(0))
    assert [len(list(twice)) for _ in range(2)] == [1, 1]


def test_what_cannot_be_replayed_is_said(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="recordings of kind 'adsb' cannot be replayed"):
        open_recording(tmp_path / "x", "adsb", context(FakeClock()))
    with pytest.raises(FeedUnavailable, match="no such file"):
        open_recording(tmp_path / "x", "ais", context(FakeClock()))


def craft(seconds: float) -> CraftReport:
    at = THEN + timedelta(seconds=seconds)
    return CraftReport("mmsi:1", TrackKind.VESSEL, at, at)


def test_stations_a_little_out_of_order_share_a_batch_and_refusals_go_with_their_time() -> None:
    late = Refusal(b"x", "why", THEN + timedelta(seconds=9))
    batch = Batch(crafts=[craft(0), craft(-1), craft(0.05), craft(2), craft(10)], refusals=[late], passed_over=7)
    parts = in_spans(batch, SPAN)
    assert [len(part.crafts) for part in parts] == [3, 1, 0, 1]
    assert [len(part.refusals) for part in parts] == [0, 0, 1, 0]
    assert sum(part.passed_over for part in parts) == 7
