"""What aircraft receivers bring, through ingest to the alert and the card."""

import json
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ops_centre.domain.observations import Batch
from ops_centre.feeds.sources.adsb import Memory, read_sky
from ops_centre.feeds.sources.sbs import SbsParser, SbsSettings
from ops_centre.models import Alert, Track
from ops_centre.services.alert_sweep import AlertSweep
from tests.factories import make_feed
from tests.feeds.situations import sample
from tests.support.clock import START, FakeClock


def test_an_emergency_squawk_of_either_source_raises_an_alert_and_both_altitudes_are_stored(
    sqlite_ops: Any, frozen_clock: FakeClock
) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        feeds = [
            int(make_feed(session, name=name, last_good_at=START + timedelta(days=60)).id) for name in ("SBS", "ADS-B")
        ]
    frozen_clock.advance(seconds=1)
    stream, sky = Batch(), read_sky(sample("aircraft.json").replace(b'"c81a2b"', b'"c81a99"').replace(b"5610", b"7600"))
    SbsParser(SbsSettings(address="receiver"), frozen_clock).take(sample("sbs.txt").splitlines(keepends=True), stream)
    ops.ingest.take(feeds[0], stream)
    ops.ingest.take(feeds[1], sky.batch(frozen_clock.now(), Memory()))
    AlertSweep(ops.deeds, ops.settings).sweep()
    with ops.db.reading() as session:
        severities = session.scalars(
            select(Alert.severity).where(Alert.cause == "emergency").order_by(Alert.severity)
        ).all()
        track = session.scalars(select(Track).where(Track.key == "icao:c81a99")).one()
    assert severities == ["high", "top"]
    assert (track.altitude_ft, track.squawk) == (33_925, "7600")
    assert track.geometric_altitude_ft is not None


def emergencies(ops: Any) -> list[tuple[str, str]]:
    AlertSweep(ops.deeds, ops.settings).sweep()
    with ops.db.reading() as session:
        rows = session.execute(select(Alert.title, Alert.severity).where(Alert.cause == "emergency"))
        return sorted((row.title, row.severity) for row in rows)


def sky(now: FakeClock, *aircraft: dict[str, Any]) -> Any:
    written = (now.now() - timedelta(seconds=1)).timestamp()
    return read_sky(json.dumps({"now": written, "messages": 1, "aircraft": list(aircraft)}).encode())


def test_an_emergency_waits_for_no_position(sqlite_ops: Any, frozen_clock: FakeClock) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        feed = int(make_feed(session, last_good_at=START + timedelta(days=60)).id)
    memory, place = Memory(), {"lat": -36.9, "lon": 174.8, "seen_pos": 0.5}
    known = {"hex": "c81b01", "flight": "ZKABC", "seen": 0.2, "squawk": "1200", **place}
    ops.ingest.take(feed, sky(frozen_clock, known).batch(frozen_clock.now(), memory))
    assert emergencies(ops) == []
    frozen_clock.advance(seconds=5)
    unknown = {"hex": "c81b02", "seen": 0.1, "squawk": "7700"}
    still = known | {"squawk": "7500", "seen_pos": 5.5}  # where it was: the position is the one known already
    ops.ingest.take(feed, sky(frozen_clock, still, unknown).batch(frozen_clock.now(), memory))
    assert emergencies(ops) == [("ZKABC squawks 7500", "top"), ("icao:c81b02 squawks 7700", "top")]


def test_an_emergency_that_is_declared_without_a_squawk_raises_an_alert(
    sqlite_ops: Any, frozen_clock: FakeClock
) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        feed = int(make_feed(session, last_good_at=START + timedelta(days=60)).id)
    placed = {"hex": "c81b03", "flight": "ZKDEF", "seen": 0.2, "lat": -36.9, "lon": 174.8, "seen_pos": 0.5}
    heard = {"hex": "c81b04", "seen": 0.1}
    said = [placed | {"emergency": "minfuel"}, heard | {"emergency": "downed"}]
    ops.ingest.take(feed, sky(frozen_clock, *said).batch(frozen_clock.now(), Memory()))
    assert emergencies(ops) == [("ZKDEF declares an emergency", "high"), ("icao:c81b04 declares an emergency", "top")]
