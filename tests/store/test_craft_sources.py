"""What aircraft receivers bring, through ingest to the alert and the card."""

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
