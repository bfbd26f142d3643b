"""Deadlines: tracks that fall silent leave the picture, deployments turn, history ends."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ops_centre.domain.observations import Batch, Particulars
from ops_centre.models import Track
from ops_centre.services.housekeeping import Housekeeping
from tests.factories import make_aircraft, make_deployment, make_feed, make_unit, make_vessel, vessel_report
from tests.support.clock import START


def house(ops: Any) -> Housekeeping:
    """The jobs."""
    return Housekeeping(ops.db, ops.clock, ops.settings)


def test_each_kind_leaves_the_picture_by_its_own_rule_and_comes_back_when_heard(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        vessel, aircraft = make_vessel(session, feed), make_aircraft(session, feed)
    ops.clock.advance(minutes=16)
    assert house(ops).retire_tracks() == 1
    with ops.db.reading() as session:
        assert session.get_one(Track, aircraft.id).left_at == ops.clock.now()
        assert session.get_one(Track, vessel.id).left_at is None
    ops.clock.advance(hours=12)
    assert house(ops).retire_tracks() == 1
    assert house(ops).retire_tracks() == 0


def test_craft_placed_before_the_clock_was_set_back_leave_unless_they_are_heard(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        feed = make_feed(session)
        make_vessel(session, feed)
        aircraft = make_aircraft(session, feed)
        feed_id = feed.id
    ops.ingest.take(feed_id, Batch(crafts=[vessel_report(), vessel_report(512_000_124)]))
    ops.clock.advance(days=-400)
    jobs = house(ops)
    assert jobs.retire_tracks() == 0  # they may be heard in a moment
    ops.clock.advance(minutes=2)
    assert jobs.retire_tracks() == 1
    with ops.db.reading() as session:
        assert session.get_one(Track, aircraft.id).left_at is not None
    told = Particulars(name="NEW NAME")
    ops.ingest.take(feed_id, Batch(crafts=[vessel_report(512_000_124, at=ops.clock.now(), particulars=told)]))
    ops.clock.advance(minutes=28)
    assert jobs.retire_tracks() == 2
    with ops.db.reading() as session:
        names = session.scalars(select(Track.name).where(Track.left_at.is_(None))).all()
    assert names == ["NEW NAME"]


def test_a_recording_of_long_ago_stays_on_the_picture_by_its_own_time(ops: Any) -> None:
    long_ago = START - timedelta(days=5000)
    with ops.db.begin() as session:
        feed = make_feed(session, is_replay=True, clock_offset_ms=-5000 * 86_400_000)
        make_vessel(session, feed, observed_at=long_ago)
    assert house(ops).retire_tracks() == 0
    ops.clock.advance(hours=13)
    assert house(ops).retire_tracks() == 1


def test_a_unit_moves_on_the_picture_when_its_deployment_begins(ops: Any) -> None:
    with ops.db.begin() as session:
        unit = make_unit(session, make_feed(session))
        make_deployment(session, unit, starts_at=START + timedelta(minutes=5), ends_at=None)
    jobs = house(ops)
    assert jobs.turn_deployments() == 0
    ops.clock.advance(minutes=6)
    assert jobs.turn_deployments() == 1
    assert jobs.turn_deployments() == 0
