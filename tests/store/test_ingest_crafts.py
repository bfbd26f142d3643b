"""Order, duplicates, accounting and recovery of what feeds of craft bring."""

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from ops_centre.domain.observations import Batch, Fix, Particulars, Refusal, TrackKind
from ops_centre.models import FeedRecord, Position, QuarantinedRecord, Track
from ops_centre.services.ingest import Ingest
from ops_centre.services.leases import LeaseLost
from tests.factories import make_feed, vessel_report
from tests.support.clock import START


@pytest.fixture
def feed_id(ops: Any) -> int:
    """A feed to bring things."""
    with ops.db.begin() as session:
        return int(make_feed(session).id)


def later(minutes: float, lat: float, **given: Any) -> Any:
    """A report of the vessel so many minutes on."""
    return vessel_report(at=START + timedelta(minutes=minutes), fix=Fix(lat, 174.95), **given)


def track(ops: Any) -> Track:
    """The one track there is."""
    with ops.db.reading() as session:
        return session.scalars(select(Track)).one()


def positions(ops: Any) -> int:
    """How many positions are kept."""
    with ops.db.reading() as session:
        return session.scalar(select(func.count()).select_from(Position))


def test_an_older_observation_is_kept_but_never_moves_a_newer_position(ops: Any, feed_id: int) -> None:
    ops.ingest.take(feed_id, Batch(crafts=[later(10, -36.5)]))
    taken = ops.ingest.take(feed_id, Batch(crafts=[later(5, -36.9)]))
    assert taken.stored == 1
    assert track(ops).lat == -36.5
    assert positions(ops) == 2


def test_order_holds_when_another_process_has_written_meanwhile(ops: Any, feed_id: int) -> None:
    ours = ops.ingest
    other = Ingest(ops.db, ops.clock, ops.zones, ops.gazetteer)
    ours.take(feed_id, Batch(crafts=[later(0, -36.4)]))
    other.take(feed_id, Batch(crafts=[later(10, -36.5)]))
    ours.take(feed_id, Batch(crafts=[later(5, -36.9)]))
    assert track(ops).lat == -36.5


def test_the_same_report_twice_is_a_duplicate_and_moves_nothing(ops: Any, feed_id: int) -> None:
    ops.ingest.take(feed_id, Batch(crafts=[later(0, -36.5)]))
    revision = track(ops).revision
    taken = ops.ingest.take(feed_id, Batch(crafts=[later(0, -36.5)]))
    assert (taken.stored, taken.duplicate) == (0, 1)
    assert track(ops).revision == revision
    assert positions(ops) == 1


def test_however_reports_are_shuffled_and_repeated_the_track_ends_the_same(ops: Any, feed_id: int) -> None:
    rng = random.Random(5)
    reports = [later(minute, -36 - minute / 100) for minute in range(30)]
    sent = rng.choices(reports, k=60) + reports
    rng.shuffle(sent)
    for start in range(0, len(sent), 7):
        ops.ingest.take(feed_id, Batch(crafts=sent[start : start + 7]))
    assert track(ops).lat == -36.29
    assert positions(ops) == 30
    with ops.db.reading() as session:
        record = session.get_one(FeedRecord, feed_id)
    assert record.received == 90 == record.stored + record.duplicate + record.quarantined
    assert record.stored >= 30


def test_what_a_report_does_not_say_erases_nothing(ops: Any, feed_id: int) -> None:
    said = Particulars(name="KAIKA", callsign="ZMA1", destination="NZAKL")
    ops.ingest.take(feed_id, Batch(crafts=[later(0, -36.5, particulars=said)]))
    ops.ingest.take(feed_id, Batch(crafts=[later(1, -36.5, particulars=Particulars(destination="NZTRG"))]))
    assert (track(ops).name, track(ops).callsign, track(ops).destination) == ("KAIKA", "ZMA1", "NZTRG")


def test_an_older_static_report_does_not_bring_an_old_name_back(ops: Any, feed_id: int) -> None:
    ops.clock.advance(minutes=10)
    ops.ingest.take(feed_id, Batch(crafts=[later(10, -36.5, particulars=Particulars(name="NEW NAME"))]))
    ops.ingest.take(feed_id, Batch(crafts=[later(5, -36.6, particulars=Particulars(name="OLD NAME"))]))
    assert track(ops).name == "NEW NAME"


def test_a_craft_only_heard_is_known_but_not_on_the_map(ops: Any, feed_id: int) -> None:
    ops.ingest.take(feed_id, Batch(crafts=[vessel_report(fix=None, particulars=None)]))
    assert track(ops).observed_at is None
    with ops.db.reading() as session:
        ops.picture.live.present.load(session)
    assert not ops.picture.live.present.tracks


def test_zones_are_given_on_both_sides_of_the_antimeridian(ops: Any, feed_id: int) -> None:
    spots = {
        512000001: (-36.84, 174.79),
        512000002: (-44.0, -176.2),
        512000003: (-25.0, -179.99),
        512000004: (-25.0, 160.0),
    }
    ops.ingest.take(
        feed_id,
        Batch(crafts=[vessel_report(mmsi, fix=Fix(lat, lon)) for mmsi, (lat, lon) in spots.items()]),
    )
    with ops.db.reading() as session:
        zones = dict(session.execute(select(Track.mmsi, Track.zone)).all())
    assert zones[512000001] == "port:Auckland"
    assert zones[512000002] in ("12 nm", "port:Waitangi")
    assert zones[512000004] == "outside"


def test_refusals_are_kept_with_their_bytes_and_counted(ops: Any, feed_id: int) -> None:
    raw = b"\xff\x00!AIVDM,junk"
    taken = ops.ingest.take(feed_id, Batch(crafts=[later(0, -36.5)], refusals=[Refusal(raw, "bad checksum", START)]))
    assert (taken.received, taken.stored, taken.quarantined) == (2, 1, 1)
    row = ops.feeds.quarantine()[0]
    assert (row.raw, row.reason, row.raw_bytes) == (raw, "bad checksum", len(raw))


def test_a_refusal_of_sixty_megabytes_keeps_its_beginning_and_its_length(ops: Any, feed_id: int) -> None:
    ops.ingest.take(feed_id, Batch(refusals=[Refusal(b"x" * 60_000_000, "too long", START)]))
    with ops.db.reading() as session:
        row = session.scalars(select(QuarantinedRecord)).one()
    assert (len(row.raw), row.raw_bytes) == (65536, 60_000_000)


def test_a_batch_that_fails_half_way_leaves_nothing_and_can_be_taken_again(ops: Any, feed_id: int) -> None:
    good, bad = later(0, -36.5), vessel_report(512_000_999, kind=TrackKind.VESSEL)
    bad.fix = Fix(-36.5, None)  # type: ignore[arg-type]
    with pytest.raises(Exception, match=r"."):
        ops.ingest.take(feed_id, Batch(crafts=[good, bad], cursor="after"))
    with ops.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Track)) == 0
        assert session.get_one(FeedRecord, feed_id).cursor is None
    assert ops.ingest.take(feed_id, Batch(crafts=[good], cursor="after")).stored == 1
    assert track(ops).lat == -36.5


def test_a_worker_that_lost_its_lease_writes_nothing(ops: Any, feed_id: int) -> None:
    def fence(connection: Connection) -> None:
        raise LeaseLost("taken over")

    fenced = Ingest(ops.db, ops.clock, ops.zones, ops.gazetteer, fence=fence)
    with pytest.raises(LeaseLost):
        fenced.take(feed_id, Batch(crafts=[later(0, -36.5)]))
    assert positions(ops) == 0


def test_a_listener_that_hears_nothing_is_not_called_good(ops: Any, feed_id: int) -> None:
    ops.clock.advance(minutes=1)
    ops.ingest.take(feed_id, Batch(), quiet_is_good=False)
    with ops.db.reading() as session:
        assert session.get_one(FeedRecord, feed_id).last_good_at == START
    ops.ingest.take(feed_id, Batch(), quiet_is_good=True)
    with ops.db.reading() as session:
        assert session.get_one(FeedRecord, feed_id).last_good_at == ops.clock.now()


def test_a_doubt_about_one_report_goes_with_it_and_a_doubt_about_the_craft_stays(ops: Any, feed_id: int) -> None:
    ops.ingest.take(feed_id, Batch(crafts=[later(0, -36.5, caveats=("bad mmsi", "cut short"))]))
    assert track(ops).caveats == "bad mmsi,cut short"
    ops.ingest.take(feed_id, Batch(crafts=[later(1, -36.6, caveats=("bad mmsi",))]))
    assert track(ops).caveats == "bad mmsi"


def test_an_impossible_imo_is_forgotten_when_a_good_one_is_said(ops: Any, feed_id: int) -> None:
    ops.ingest.take(feed_id, Batch(crafts=[later(0, -36.5, caveats=("impossible imo",))]))
    ops.ingest.take(feed_id, Batch(crafts=[later(1, -36.6, particulars=Particulars(imo=9074729))]))
    assert (track(ops).caveats, track(ops).imo) == ("", 9074729)


def test_one_feed_does_not_undo_what_another_has_heard_since(ops: Any, feed_id: int) -> None:
    other = Ingest(ops.db, ops.clock, ops.zones, ops.gazetteer)
    ops.ingest.take(feed_id, Batch(crafts=[later(0, -36.5, particulars=Particulars(name="A", destination="NZAKL"))]))
    other.take(feed_id, Batch(crafts=[later(1, -36.6, particulars=Particulars(destination="NZTRG"))]))
    ops.ingest.take(feed_id, Batch(crafts=[later(2, -36.7, particulars=Particulars(name="B"))]))
    assert (track(ops).name, track(ops).destination) == ("B", "NZTRG")
