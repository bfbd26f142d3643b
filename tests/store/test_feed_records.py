"""The health of feeds: lights, failures, recordings, and the quarantine's bound."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.config import FeedBlock
from ops_centre.domain.feeds import FeedLight
from ops_centre.domain.observations import Batch, Refusal
from ops_centre.errors import Conflict
from ops_centre.feeds.base import FeedManifest
from ops_centre.models import FeedRecord, QuarantinedRecord
from tests.factories import make_feed
from tests.support.clock import START

MANIFEST = FeedManifest(timedelta(seconds=5), late_after=timedelta(seconds=30), lost_after=timedelta(seconds=120))


def block(name: str) -> FeedBlock:
    """A configured feed."""
    return FeedBlock(name=name, kind="targeting", agency="OPS")


def test_a_feed_goes_from_live_over_late_to_lost_and_says_so_once(ops: Any) -> None:
    ids = ops.feeds.register([(block("Targeting"), MANIFEST)])
    with ops.db.begin() as session:
        session.get_one(FeedRecord, ids["Targeting"]).last_good_at = START
    seen = []
    for _second in range(0, 150, 10):
        seen += ops.feeds.refresh_lights()
        ops.clock.advance(seconds=10)
    assert seen == [
        ("Targeting", "waiting", FeedLight.LIVE),
        ("Targeting", "live", FeedLight.LATE),
        ("Targeting", "late", FeedLight.LOST),
    ]


def test_a_feed_that_never_answered_is_lost_too(ops: Any) -> None:
    ops.feeds.register([(block("Targeting"), MANIFEST)])
    ops.clock.advance(minutes=5)
    assert ops.feeds.refresh_lights() == [("Targeting", "waiting", FeedLight.LOST)]


def test_a_feed_that_never_answered_goes_late_and_lost_once_and_stays_lost(ops: Any) -> None:
    ops.feeds.register([(block("Targeting"), MANIFEST)])
    seen: list[Any] = []
    for _second in range(0, 300, 5):
        ops.clock.advance(seconds=5)
        before = len(seen)
        seen += [(ops.clock.now() - START, light) for _name, _before, light in ops.feeds.refresh_lights()]
        assert len(seen) <= before + 1
    assert seen == [(timedelta(seconds=30), FeedLight.LATE), (timedelta(seconds=120), FeedLight.LOST)]


def test_a_failed_poll_is_written_with_its_reason_and_moves_the_picture_once(ops: Any) -> None:
    ids = ops.feeds.register([(block("Targeting"), MANIFEST)])
    revisions = []
    for _poll in range(3):
        ops.clock.advance(seconds=5)
        ops.feeds.note_failure(ids["Targeting"], "connection refused by 127.0.0.1:1")
        record = ops.feeds.all()[0]
        revisions.append(record.revision)
    assert record.last_error == "connection refused by 127.0.0.1:1"
    assert record.last_error_at == ops.clock.now()
    assert record.last_good_at is None
    assert len(set(revisions)) == 1
    ops.clock.advance(seconds=21)  # screens would go on to say that it failed long ago
    ops.feeds.note_failure(ids["Targeting"], "connection refused by 127.0.0.1:1")
    assert ops.feeds.all()[0].revision > revisions[0]


def test_a_feed_no_longer_configured_is_kept_but_not_shown(ops: Any) -> None:
    ops.feeds.register([(block("Old"), MANIFEST)])
    ops.feeds.register([(block("New"), MANIFEST)])
    assert {record.name: record.configured for record in ops.feeds.all()} == {"Old": False, "New": True}
    with ops.db.reading() as session:
        ops.picture.live.present.load(session)
    assert [row.name for row, _at in ops.picture.live.present.feeds.values()] == ["New"]


def test_a_recording_cannot_take_the_name_of_a_feed(ops: Any) -> None:
    ops.feeds.register([(block("AIS"), MANIFEST)])
    with pytest.raises(Conflict, match="name of a feed"):
        ops.feeds.open_replay("AIS", "ais", "OPS")


def test_a_recording_that_was_played_out_does_not_go_late(ops: Any) -> None:
    feed_id = ops.feeds.open_replay("replay x", "ais", "OPS")
    ops.feeds.end_replay(feed_id)
    ops.clock.advance(hours=5)
    ops.feeds.refresh_lights()
    assert ops.feeds.all()[0].light == FeedLight.ENDED


def test_the_quarantine_keeps_the_newest_of_each_feed(ops: Any) -> None:
    with ops.db.begin() as session:
        one, other = make_feed(session), make_feed(session)
        for feed, count in ((one, 7), (other, 2)):
            session.add_all(
                QuarantinedRecord(feed_id=feed.id, received_at=START, reason=f"r{n}", raw=b"x", raw_bytes=1)
                for n in range(count)
            )
    assert ops.feeds.trim_quarantine(3) == 4
    with ops.db.reading() as session:
        kept = session.execute(select(QuarantinedRecord.feed_id, QuarantinedRecord.reason)).all()
    assert sorted(kept) == sorted([(one.id, "r4"), (one.id, "r5"), (one.id, "r6"), (other.id, "r0"), (other.id, "r1")])


def test_a_source_of_which_nothing_can_be_used_is_not_live_and_says_so(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    feed = ops.feeds.register([(block("Targeting"), MANIFEST)])["Targeting"]
    ops.ingest.take(feed, Batch())  # an empty answer proves a polled source alive
    refused = Batch(refusals=[Refusal(b"{}", "version: is missing", ops.clock.now())] * 3)
    for _poll in range(25):
        ops.clock.advance(seconds=5)
        ops.ingest.take(feed, refused)
    record = ops.feeds.all()[0]
    assert [light for _name, _before, light in ops.feeds.refresh_lights()] == [FeedLight.LOST]
    assert record.last_error == "All 3 records that came last were refused. Why stands under its refused records."
    assert record.received == record.quarantined == 75
    ops.ingest.take(
        feed, Batch(refusals=refused.refusals, duplicates=1)
    )  # among those of use, the refused are exceptions
    assert [light for _name, _before, light in ops.feeds.refresh_lights()] == [FeedLight.LIVE]


def test_a_stream_is_called_useless_only_once_it_has_been_so_for_long(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    feed = ops.feeds.register([(block("AIS"), MANIFEST)])["AIS"]
    bad_line = Batch(refusals=[Refusal(b"!", "checksum is wrong", ops.clock.now())])
    ops.ingest.take(feed, Batch(duplicates=1), quiet_is_good=False)
    ops.clock.advance(seconds=5)
    ops.ingest.take(feed, bad_line, quiet_is_good=False)
    assert ops.feeds.all()[0].last_error is None
    ops.clock.advance(seconds=26)
    ops.ingest.take(feed, Batch(passed_over=9), quiet_is_good=False)
    assert ops.feeds.all()[0].last_error.startswith("What comes is nothing that a feed of this kind reads.")
    assert [light for _name, _before, light in ops.feeds.refresh_lights()] == [FeedLight.LATE]
