"""Several sources of one craft in the database: what is drawn, what is kept, what is noted, and what follows of it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain.identity_conflicts import AnomalyKind
from ops_centre.domain.observations import Batch, Fix, Particulars
from ops_centre.models import Alert, FeedRecord, Position, Track, TrackAnomaly
from ops_centre.services.alert_sweep import AlertSweep
from ops_centre.services.craft_watch import CraftWatch
from ops_centre.services.deeds import Deeds
from tests.factories import actor, make_feed, make_target, vessel_report
from tests.support.clock import START, FakeClock

K = AnomalyKind


@pytest.fixture
def feeds(sqlite_ops: Any) -> dict[str, int]:
    """A shore station, a satellite that is late, and a recording."""
    return _feeds(sqlite_ops)


def _feeds(ops: Any) -> dict[str, int]:
    with ops.db.begin() as session:
        return {
            name: int(make_feed(session, name=name, is_replay=name == "recording").id)
            for name in ("shore", "satellite", "recording")
        }


def say(ops: Any, feed_id: int, minute: float, lat: float = -36.5, mmsi: int = 512_000_123, **given: Any) -> None:
    """The feed reports the vessel."""
    at = START + timedelta(minutes=minute)
    given.setdefault("fix", Fix(lat, 174.95))
    ops.ingest.take(feed_id, Batch(crafts=[vessel_report(mmsi, at=at, **given)]))


def track(ops: Any, mmsi: int = 512_000_123) -> Track:
    """The vessel's track."""
    with ops.db.reading() as session:
        return session.scalars(select(Track).where(Track.mmsi == mmsi)).one()


def anomalies(ops: Any) -> dict[str, TrackAnomaly]:
    """Anomalies by kind."""
    with ops.db.reading() as session:
        return {row.kind: row for row in session.scalars(select(TrackAnomaly))}


def test_one_craft_of_several_sources_is_one_track_drawn_by_the_freshest(ops: Any) -> None:
    feeds = _feeds(ops)
    say(ops, feeds["shore"], 30, -36.5)
    ops.clock.advance(seconds=20)
    say(ops, feeds["satellite"], 5, -36.4, particulars=Particulars(name="KAIKA", imo=9074729))
    ops.clock.advance(seconds=20)
    say(ops, feeds["satellite"], 6, -36.4)
    card = ops.picture.track_card(actor(), track(ops).id)
    shore, satellite = card.sources
    assert (card.lat, shore.feed, shore.draws, shore.distance_nm) == (-36.5, "shore", True, 0.0)
    assert (satellite.draws, satellite.reports, satellite.imo) == (False, 2, 9074729)
    assert satellite.distance_nm == pytest.approx(6, abs=0.1)
    assert satellite.observed_at == START + timedelta(minutes=6)


def test_a_leap_is_kept_flagged_noted_and_neither_drawn_nor_joined_in_the_trail(ops: Any) -> None:
    feeds = _feeds(ops)
    for minute, lat in ((0, -36.5), (1, -40.0), (2, -36.51), (3, -36.52)):
        say(ops, feeds["shore"], minute, lat)
    assert track(ops).lat == -36.52
    with ops.db.reading() as session:
        doubts = session.scalars(select(Position.doubt).order_by(Position.observed_at)).all()
    assert doubts == [None, "leap", None, None]
    found = anomalies(ops)[K.LEAP]
    assert (found.times, found.lat, found.evidence) == (1, -40.0, "210 nm in 1 min, 12,608 kn.")
    trail = ops.picture.trail(actor(), track(ops).id)
    assert [(point.joined, point.doubt) for point in trail] == [
        (True, None),
        (True, "leap"),
        (True, None),
        (True, None),
    ]


def test_a_confirmed_leap_is_drawn_and_breaks_the_trail(sqlite_ops: Any, feeds: dict[str, int]) -> None:
    for minute, lat in ((0, -36.5), (1, -40.0), (2, -40.01)):
        say(sqlite_ops, feeds["shore"], minute, lat)
    trail = sqlite_ops.picture.trail(actor(), track(sqlite_ops).id)
    assert (track(sqlite_ops).lat, [point.joined for point in trail]) == (-40.01, [True, True, False])


def test_one_number_in_two_places_shows_both_and_does_not_zigzag(sqlite_ops: Any, feeds: dict[str, int]) -> None:
    for minute in range(0, 8, 2):
        say(sqlite_ops, feeds["shore"], minute, -36.5)
        say(sqlite_ops, feeds["satellite"], minute + 1, -40.0)
        assert track(sqlite_ops).lat == -36.5
    found = anomalies(sqlite_ops)[K.TWO_PLACES]
    assert (found.lat, found.times) == (-40.0, 3)
    _sweep(sqlite_ops)
    assert causes(sqlite_ops) == {"identity conflict"}


def test_a_number_known_to_be_nobodys_is_no_conflict(sqlite_ops: Any, feeds: dict[str, int]) -> None:
    for minute, lat in ((0, -36.5), (1, -40.0), (2, -36.5), (3, -40.0)):
        say(sqlite_ops, feeds["shore"], minute, lat, mmsi=1193046, caveats=("bad mmsi",))
    assert not anomalies(sqlite_ops)


def test_a_recording_does_not_move_a_craft_that_is_heard_live(ops: Any) -> None:
    feeds = _feeds(ops)
    say(ops, feeds["recording"], 0, -36.4)
    say(ops, feeds["shore"], -5, -36.5)
    say(ops, feeds["recording"], 1, -36.41)
    assert (track(ops).lat, track(ops).feed_id) == (-36.5, feeds["shore"])
    ops.clock.advance(hours=13)
    say(ops, feeds["recording"], 2, -36.42)
    assert track(ops).lat == -36.42


def test_at_one_moment_the_source_with_priority_is_drawn(ops: Any) -> None:
    with ops.db.begin() as session:
        plain, better = (int(make_feed(session, priority=priority).id) for priority in (0, 5))
    say(ops, plain, 0, -36.5)
    say(ops, better, 0, -36.501)
    say(ops, plain, 0, -36.502)
    assert track(ops).feed_id == better


def test_a_source_that_says_another_name_is_noted_once_and_after_a_restart(
    sqlite_ops: Any, feeds: dict[str, int]
) -> None:
    for minute, name in enumerate(("KAIKA", "ROA", "KAIKA")):
        say(sqlite_ops, feeds["shore"], minute, particulars=Particulars(name=name))
        sqlite_ops.ingest._crafts.forget()
    found = anomalies(sqlite_ops)[K.NAME_CHANGED]
    assert (found.about, found.times) == ("KAIKA / ROA", 2)
    say(sqlite_ops, feeds["satellite"], 3, particulars=Particulars(name="SOMETHING ELSE"))
    assert anomalies(sqlite_ops)[K.NAME_CHANGED].times == 2


def test_an_imo_number_that_two_hulls_send_is_noted_on_both_until_it_ends(ops: Any) -> None:
    feeds = _feeds(ops)
    for mmsi in (512_000_001, 512_000_002):
        say(ops, feeds["shore"], 0, mmsi=mmsi, particulars=Particulars(imo=9074729))
    watch = _watch(ops)
    assert watch.compare() == 2
    assert watch.compare() == 0
    card = ops.picture.track_card(actor(), track(ops, 512_000_001).id)
    assert [one.other_id for one in card.anomalies] == [track(ops, 512_000_002).id]
    say(ops, feeds["shore"], 5, mmsi=512_000_002, particulars=Particulars(imo=9075345))
    assert watch.compare() == 2
    assert anomalies(ops)[K.IMO_SHARED].ended_at is not None


def test_silence_of_a_craft_of_a_target_is_a_gap_an_alert_and_its_length_is_told(ops: Any) -> None:
    feeds = _feeds(ops)
    say(ops, feeds["shore"], 0)
    with ops.db.begin() as session:
        make_target(
            session,
            session.get_one(FeedRecord, feeds["shore"]),
            track_id=track(ops).id,
            status="in review",
            claimed_by="one",
        )
    watch = _watch(ops)
    assert watch.note_gaps() == 0
    ops.clock.advance(minutes=61)
    assert watch.note_gaps() == 0  # the feed itself is silent: that says nothing of the craft
    say(ops, feeds["shore"], 61, mmsi=512_000_777)
    assert watch.note_gaps() == 1
    _sweep(ops)
    ops.clock.advance(seconds=61)
    say(ops, feeds["shore"], 62, mmsi=512_000_777)
    assert "position gap" in causes(ops)
    say(ops, feeds["shore"], 134)
    assert watch.note_gaps() == 1
    gap = anomalies(ops)[K.GAP]
    assert (gap.evidence, gap.ended_at) == ("Silent for 2 h 14 min.", START + timedelta(minutes=134))


def causes(ops: Any) -> set[str]:
    """Causes of standing alerts."""
    with ops.db.reading() as session:
        return set(session.scalars(select(Alert.cause).where(Alert.cleared_at.is_(None))))


def _watch(ops: Any) -> CraftWatch:
    return CraftWatch(ops.db, ops.clock, ops.settings, Deeds(ops.db, ops.clock))


def _sweep(ops: Any) -> None:
    AlertSweep(Deeds(ops.db, ops.clock), ops.settings).sweep()


def test_what_a_source_said_last_is_written_with_a_later_batch_of_anybody(
    sqlite_ops: Any, feeds: dict[str, int]
) -> None:
    for minute in range(3):
        say(sqlite_ops, feeds["satellite"], minute, -36.5)
    sqlite_ops.clock.advance(seconds=11)
    say(sqlite_ops, feeds["shore"], 30, mmsi=512_000_777)
    (row,) = sqlite_ops.picture.track_card(actor(), track(sqlite_ops).id).sources
    assert (row.reports, row.observed_at) == (3, START + timedelta(minutes=2))


def test_a_source_that_knows_only_the_imo_number_joins_the_one_hull_that_sends_it(
    sqlite_ops: Any, feeds: dict[str, int]
) -> None:
    def by_imo(minute: int) -> None:
        at = START + timedelta(minutes=minute)
        report = vessel_report(at=at, key="imo:9074729", fix=Fix(-36.5, 174.95), particulars=None)
        report.mmsi = None
        sqlite_ops.ingest.take(feeds["satellite"], Batch(crafts=[report]))

    by_imo(0)
    assert len(_keys(sqlite_ops)) == 1
    say(sqlite_ops, feeds["shore"], 1, particulars=Particulars(imo=9074729))
    by_imo(2)
    assert _keys(sqlite_ops) == {"imo:9074729": 0, "mmsi:512000123": 2}
    say(sqlite_ops, feeds["shore"], 3, mmsi=512_000_777, particulars=Particulars(imo=9074729))
    by_imo(4)
    assert _keys(sqlite_ops) == {"imo:9074729": 4, "mmsi:512000123": 2, "mmsi:512000777": 3}


def _keys(ops: Any) -> dict[str, int]:
    """Minute of the newest position of every track, by key."""
    with ops.db.reading() as session:
        rows = session.execute(select(Track.key, Track.observed_at)).all()
    return {key: int((at - START).total_seconds() // 60) for key, at in rows}


def test_after_the_clock_was_set_back_craft_move_on_and_their_sources_are_heard_now(
    sqlite_ops: Any, feeds: dict[str, int], frozen_clock: FakeClock
) -> None:
    for forget in (False, True):  # with what the worker remembers, and after a restart
        frozen_clock.set(START + timedelta(minutes=60))
        say(sqlite_ops, feeds["shore"], 60, -36.5)
        frozen_clock.set(START + timedelta(minutes=1))
        if forget:
            sqlite_ops.ingest._crafts.forget()
        say(sqlite_ops, feeds["shore"], 1, -36.6)
        frozen_clock.advance(seconds=20)
        say(sqlite_ops, feeds["shore"], 1.2, -36.61)
        moved = track(sqlite_ops)
        assert (moved.lat, moved.heard_at) == (-36.61, START + timedelta(minutes=1.2))
        (source,) = sqlite_ops.picture.track_card(actor(Role.DUTY_OFFICER), moved.id).sources
        assert source.heard_at == START + timedelta(minutes=1.2)


def test_two_places_end_when_only_one_is_heard_any_more(
    sqlite_ops: Any, feeds: dict[str, int], frozen_clock: FakeClock
) -> None:
    for minute, lat in ((0, -36.5), (1, -37.5), (2, -36.5), (3, -37.5), (4, -36.5)):
        frozen_clock.set(START + timedelta(minutes=minute))
        say(sqlite_ops, feeds["shore"], minute, lat)
    assert anomalies(sqlite_ops)[K.TWO_PLACES].ended_at is None
    frozen_clock.advance(minutes=11)
    _watch(sqlite_ops).compare()
    assert anomalies(sqlite_ops)[K.TWO_PLACES].ended_at == START + timedelta(minutes=3)
    assert "identity conflict" in _raised(sqlite_ops), "it counts for the rule's minutes all the same"


def _raised(ops: Any) -> set[str]:
    _sweep(ops)
    return causes(ops)


def _restarted(ops: Any) -> None:
    ops.ingest._crafts.forget()


def _trail(ops: Any) -> list[tuple[float, str | None]]:
    return [(point.lat, point.doubt) for point in ops.picture.trail(actor(Role.DUTY_OFFICER), track(ops).id)]


def test_a_leap_is_remembered_over_a_restart_and_confirmed_by_the_next(ops: Any) -> None:
    feed = _feeds(ops)["shore"]
    say(ops, feed, 0, -36.5)
    ops.clock.advance(minutes=4)
    say(ops, feed, 2, -40.0)
    _restarted(ops)
    say(ops, feed, 4, -40.01)
    assert track(ops).lat == -40.01


def test_two_places_stay_two_places_over_a_restart(sqlite_ops: Any, feeds: dict[str, int]) -> None:
    sqlite_ops.clock.advance(minutes=8)
    for minute in range(0, 8, 2):
        say(sqlite_ops, feeds["shore"], minute, -36.5)
        say(sqlite_ops, feeds["satellite"], minute + 1, -40.0)
    _restarted(sqlite_ops)
    say(sqlite_ops, feeds["satellite"], 8, -40.0)
    assert track(sqlite_ops).lat == -36.5
    assert anomalies(sqlite_ops)[K.TWO_PLACES].times == 4


def test_a_late_position_that_fits_nowhere_is_flagged_and_one_that_fits_is_not(ops: Any) -> None:
    feed = _feeds(ops)["shore"]
    say(ops, feed, 0, -36.5)
    say(ops, feed, 10, -36.51)
    say(ops, feed, 5, -39.0)
    say(ops, feed, 6, -36.505)
    assert _trail(ops) == [(-36.5, None), (-39.0, "leap"), (-36.505, None), (-36.51, None)]
    noted = anomalies(ops)[K.LEAP]
    assert (noted.times, noted.lat, noted.evidence[:6]) == (1, -39.0, "150 nm")


def test_a_late_position_from_before_a_confirmed_leap_is_not_doubted(sqlite_ops: Any, feeds: dict[str, int]) -> None:
    for minute, lat in ((0, -36.5), (10, -36.51), (12, -40.0), (14, -40.01), (16, -40.01)):
        say(sqlite_ops, feeds["shore"], minute, lat)
    say(sqlite_ops, feeds["satellite"], 8, -36.508)
    assert (-36.508, None) in _trail(sqlite_ops)


def test_a_late_leap_does_not_take_the_place_of_a_newer_one_in_the_evidence(
    sqlite_ops: Any, feeds: dict[str, int]
) -> None:
    for minute, lat in ((0, -36.5), (10, -36.51), (12, -40.0), (13, -36.51), (5, -44.0)):
        say(sqlite_ops, feeds["shore"], minute, lat)
    noted = anomalies(sqlite_ops)[K.LEAP]
    assert (noted.times, noted.lat) == (2, -40.0)


def test_what_a_clock_that_ran_ahead_had_stamped_is_not_drawn_in_the_trail(ops: Any, frozen_clock: FakeClock) -> None:
    feed = _feeds(ops)["shore"]
    say(ops, feed, 0, -36.5)
    frozen_clock.advance(minutes=60)
    say(ops, feed, 60, -36.51)
    frozen_clock.advance(minutes=-58)
    say(ops, feed, 2, -36.502)
    frozen_clock.advance(minutes=1)
    say(ops, feed, 3, -36.503)
    assert _trail(ops) == [(-36.5, None), (-36.502, None), (-36.503, None)]
    with ops.db.reading() as session:
        assert session.scalars(select(Position.doubt).where(Position.lat == -36.51)).one() == "ahead of time"
