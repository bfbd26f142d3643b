"""Aircraft from a receiver's file: what each entry means, and that a dead receiver never looks like an empty sky."""

import json
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from ops_centre.domain.observations import CraftReport
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.sources.adsb import KIND, AdsbSettings, Memory, read_sky
from tests.feeds.situations import context, sample
from tests.support.clock import START, FakeClock
from tests.support.source import answer, source

NOW = START.timestamp()


def sky(*aircraft: dict[str, Any], now: float = NOW) -> bytes:
    return json.dumps({"now": now, "aircraft": aircraft}).encode()


def only(**entry: Any) -> CraftReport:
    """The report of one aircraft with these fields."""
    batch = read_sky(sky({"hex": "c81a2b", "seen": 0.5} | entry)).batch(START, Memory())
    assert not batch.refusals
    return batch.crafts[0]


def test_the_sample_is_read_and_only_what_is_wrong_is_refused() -> None:
    with source(answer(sample("aircraft.json"))) as server:
        batch = KIND.build(AdsbSettings(url=server.url), context(FakeClock())).poll(None)
    airliner, taxiing, heard, ground_station, multilaterated = batch.crafts
    assert (airliner.key, airliner.kind) == ("icao:c81a2b", "aircraft")
    assert airliner.observed_at == START - timedelta(seconds=2.2)
    fix, said = airliner.fix, airliner.particulars
    assert fix is not None
    assert said is not None
    assert (fix.lat, fix.lon, fix.altitude_ft, fix.speed_kn) == (-34.423355, 179.999839, 33925, 462.4)
    assert (fix.course_deg, fix.heading_deg, fix.squawk, fix.on_ground) == (333.3, 331.0, "5610", False)
    assert (said.flight, said.callsign, said.registration, said.type_text) == ("ANZ289", "ANZ289", "ZK-OKM", "B789")
    assert taxiing.fix is not None
    assert (taxiing.key, taxiing.fix.on_ground, taxiing.fix.altitude_ft, taxiing.fix.course_deg) == (
        "icao:c82000",
        True,
        None,
        0,
    )
    assert (heard.fix, heard.observed_at) == (None, START - timedelta(seconds=31.5))
    assert ground_station.fix is not None
    assert (ground_station.key, ground_station.fix.lon) == ("icao:~2a0001", -179.0)
    assert (ground_station.fix.altitude_ft, ground_station.fix.geometric_altitude_ft) == (None, 800)
    assert ground_station.caveats == ("no ICAO address", "position from a ground station (TIS-B)")
    assert multilaterated.fix is not None
    assert (multilaterated.fix.altitude_ft, multilaterated.fix.speed_kn) == (1500, 90)
    assert multilaterated.caveats == ("position by multilateration",)
    assert [refusal.reason.split(":")[0] for refusal in batch.refusals] == [
        "lat",
        "the entry holds NaN, which is no number",
        "hex",
    ]
    assert batch.received == 8


@pytest.mark.parametrize(
    "entry",
    [
        {"lat": -41.0},
        {"lat": "here", "lon": 174},
        {"lat": -41.0, "lon": -181.0},
        {"lat": -41.0, "lon": 174.0, "seen_pos": 1e12},
        {"lat": -41.0, "lon": 174.0, "gs": 1e300},
        {"hex": "c81a2"},
        {"hex": None},
        {"flight": {"a": 1}},
        {"flight": "x" * 500},
    ],
)
def test_an_entry_that_makes_no_sense_is_refused(entry: dict[str, Any]) -> None:
    batch = read_sky(sky({"hex": "c81a2b", "seen": 0.5} | entry, {"hex": "c80000"})).batch(START, Memory())
    assert (len(batch.crafts), len(batch.refusals)) == (1, 1)


def test_an_address_twice_in_one_file_is_refused_the_second_time() -> None:
    batch = read_sky(sky({"hex": "c81a2b"}, {"hex": "C81A2B"})).batch(START, Memory())
    assert [refusal.reason for refusal in batch.refusals] == ["hex c81a2b stands twice in one file"]


def test_a_receivers_clock_slightly_ahead_makes_no_observation_of_the_future() -> None:
    batch = read_sky(sky({"hex": "c81a2b", "seen": 0.0}, now=NOW + 3)).batch(START, Memory())
    assert batch.crafts[0].observed_at == START


def test_an_empty_flight_says_nothing() -> None:
    assert only(flight="        ").particulars is None
    assert only(flight="@@@@@@@@").particulars is None


def test_an_aircraft_no_longer_heard_is_a_duplicate_not_a_new_position() -> None:
    memory = Memory()
    aircraft = {"hex": "c81a2b", "lat": -41.0, "lon": 174.0}
    first = read_sky(sky(aircraft | {"seen_pos": 1.0, "seen": 1.0})).batch(START, memory)
    later = START + timedelta(seconds=2)
    second = read_sky(sky(aircraft | {"seen_pos": 3.1, "seen": 3.1}, now=NOW + 2)).batch(later, memory)
    third = read_sky(sky(aircraft | {"seen_pos": 5.0, "seen": 0.1}, now=NOW + 4)).batch(
        later + timedelta(seconds=2), memory
    )
    assert (len(first.crafts), len(second.crafts), second.duplicates, second.received) == (1, 0, 1, 1)
    assert (third.crafts[0].fix, third.duplicates) == (None, 0)


def test_a_position_that_was_handed_over_but_not_stored_is_handed_over_again() -> None:
    clock = FakeClock()
    aircraft = {"hex": "c81a2b", "lat": -41.0, "lon": 174.0, "seen": 1.0, "seen_pos": 1.0}
    later = aircraft | {"seen": 3.0, "seen_pos": 3.0}
    with source(answer(sky(aircraft)), answer(sky(later, now=NOW + 2))) as server:
        feed = KIND.build(AdsbSettings(url=server.url), context(clock))
        feed.poll(None)
        clock.advance(seconds=2)
        batch = feed.poll(None)
    assert batch.crafts[0].fix is not None
    assert batch.duplicates == 0


def test_the_same_position_observed_again_is_news() -> None:
    memory = Memory()
    parked = {"hex": "c81a2b", "lat": -37.0, "lon": 174.8, "alt_baro": "ground", "seen_pos": 0.2, "seen": 0.2}
    read_sky(sky(parked)).batch(START, memory)
    again = read_sky(sky(parked, now=NOW + 2)).batch(START + timedelta(seconds=2), memory)
    assert again.crafts[0].fix is not None


def test_a_file_that_stands_still_becomes_an_unavailable_feed() -> None:
    clock = FakeClock()
    with source(answer(sky({"hex": "c81a2b"}))) as server:
        feed = KIND.build(AdsbSettings(url=server.url), context(clock))
        cursor = feed.poll(None).cursor
        clock.advance(seconds=4)
        assert not feed.poll(cursor), "a source slower than our polls is no fault"
        clock.advance(seconds=2)
        with pytest.raises(FeedUnavailable, match="stood still for 6 s"):
            feed.poll(cursor)
        server.answers = [answer(sky({"hex": "c81a2b"}, now=NOW + 6))]
        assert len(feed.poll(cursor).crafts) == 1


def test_a_frozen_file_does_not_look_live_after_a_restart() -> None:
    clock = FakeClock()
    with source(answer(sky({"hex": "c81a2b"}))) as server:
        cursor = KIND.build(AdsbSettings(url=server.url), context(clock)).poll(None).cursor
        restarted = KIND.build(AdsbSettings(url=server.url), context(clock))
        restarted.poll(cursor)
        clock.advance(seconds=10)
        with pytest.raises(FeedUnavailable, match="stood still"):
            restarted.poll(cursor)


@pytest.mark.parametrize(
    ("now", "side"), [(NOW - 3600, "3600 s behind"), (NOW + 3600, "3600 s ahead of"), (0, "behind")]
)
def test_a_file_far_from_our_time_is_an_unavailable_feed(now: float, side: str) -> None:
    with source(answer(sky({"hex": "c81a2b"}, now=now))) as server, pytest.raises(FeedUnavailable, match=side):
        KIND.build(AdsbSettings(url=server.url), context(FakeClock())).poll(None)


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b'{"now":1}', b'{"aircraft":[]}', b'{"now":"x","aircraft":[]}',
             b'{"now":1e300,"aircraft":[]}',
             b'{"now":true,"aircraft":[]}', b'{"now":NaN,"aircraft":[]}', b"<html>"],
)  # fmt: skip
def test_what_is_no_such_file_is_an_unavailable_feed(body: bytes) -> None:
    with source(answer(body)) as server, pytest.raises(FeedUnavailable, match=r"aircraft\.json"):
        KIND.build(AdsbSettings(url=server.url), context(FakeClock())).poll(None)


def test_the_address_must_be_given() -> None:
    with pytest.raises(ValidationError):
        AdsbSettings(url="")


def test_barometric_and_geometric_altitude_are_kept_apart() -> None:
    at = {"lat": -41.0, "lon": 174.0, "seen_pos": 0.5}
    both = only(**at, alt_baro=33_925, alt_geom=35_000).fix
    satellite = only(**at, alt_geom=35_000).fix
    assert both is not None
    assert satellite is not None
    assert (both.altitude_ft, both.geometric_altitude_ft) == (33_925, 35_000)
    assert (satellite.altitude_ft, satellite.geometric_altitude_ft, satellite.on_ground) == (None, 35_000, None)


def test_a_declared_emergency_a_rebroadcast_and_an_old_position_are_noted() -> None:
    at = {"lat": -41.0, "lon": 174.0}
    assert only(**at, emergency="none", seen_pos=1.0).caveats == ()
    assert only(emergency="nordo").caveats == ("declares an emergency: no radio",)
    assert only(**at, type="adsr_icao", seen_pos=90.0).caveats == (
        "rebroadcast by a ground station (ADS-R)",
        "old position",
    )


@pytest.mark.parametrize(("said", "read"), [("7700", "7700"), ("0000", "0000"), ("7789", None), ("77", None)])
def test_a_squawk_is_four_octal_digits_or_nothing(said: str, read: str | None) -> None:
    fix = only(lat=-41.0, lon=174.0, squawk=said).fix
    assert fix is not None
    assert fix.squawk == read
