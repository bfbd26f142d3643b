"""An SBS-1 stream: what each line means, what is put together, and what dirt does."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from ops_centre.domain.observations import Batch
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.sources.sbs import KIND, SbsParser, SbsSettings
from tests.feeds.situations import context, sample
from tests.feeds.test_ais_feed import free_port, sends, tcp_source
from tests.support.clock import START, FakeClock

LATER = timedelta(seconds=1)


def said(*lines: str | bytes, at: timedelta = LATER, **settings: object) -> Batch:
    """What these lines bring, received `at` after the start."""
    parser = SbsParser(SbsSettings.model_validate({"address": "receiver"} | settings), FakeClock(START + at))
    batch = Batch()
    parser.take([line if isinstance(line, bytes) else line.encode() for line in lines], batch)
    return batch


def line(number: int, time: str = "2026/04/01,06:30:00.500", address: str = "C81A2B", **cells: str) -> str:
    places = {
        "callsign": 10,
        "altitude": 11,
        "speed": 12,
        "track": 13,
        "lat": 14,
        "lon": 15,
        "squawk": 17,
        "ground": 21,
    }
    row = ["MSG", str(number), "1", "1", address, "1", *time.split(","), *time.split(","), *[""] * 12]
    for name, value in cells.items():
        row[places[name]] = value
    return ",".join(row) + "\r\n"


def test_every_kind_of_message_in_the_sample_is_read_and_put_together() -> None:
    batch = said(*sample("sbs.txt").splitlines(keepends=True))
    assert (len(batch.crafts), batch.refusals, batch.passed_over, batch.received) == (8, [], 1, 8)
    name, airborne, surface = batch.crafts[0], batch.crafts[3].fix, batch.crafts[4].fix
    assert name.particulars is not None
    assert (name.key, name.particulars.callsign, name.fix) == ("icao:c81a2b", "ANZ289", None)
    assert airborne is not None
    assert (airborne.lat, airborne.lon, airborne.altitude_ft) == (-34.423355, 179.999839, 33_925)
    assert (airborne.speed_kn, airborne.course_deg, airborne.squawk, airborne.on_ground) == (
        462.4,
        333.3,
        "7700",
        False,
    )
    assert batch.crafts[3].observed_at == START + timedelta(milliseconds=130)
    assert surface is not None
    assert (surface.on_ground, surface.altitude_ft, surface.speed_kn) == (True, None, 12)


def test_what_was_said_long_ago_is_not_put_to_a_new_position() -> None:
    old = line(4, "2026/04/01,06:29:00", speed="300", track="90")
    fix = said(old, line(3, lat="-41", lon="174")).crafts[1].fix
    assert fix is not None
    assert (fix.speed_kn, fix.course_deg) == (None, None)


def test_local_times_are_read_in_their_zone_and_a_wrong_zone_is_named() -> None:
    local = line(3, "2026/04/01,19:30:00.500", lat="-41", lon="174")
    assert said(local, time_zone="Pacific/Auckland").crafts[0].observed_at == START + timedelta(seconds=0.5)
    assert [refusal.reason for refusal in said(local).refusals] == [
        "its time is 46800 s ahead of our clock: set time_zone to the receiver's, or its clock right"
    ]
    assert said(local, time_zone="receipt").crafts[0].observed_at == START + LATER


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("MSG,3,1,1,C81A2B,1,2026/04/01,06:30", "8 fields where 22"),
        (line(3).strip() + line(3), "43 fields where 22"),
        (line(9), "transmission type '9'"),
        (line(3, address="XYZ"), "'XYZ' is no 24-bit address"),
        (line(3, lat="-41"), "belong together"),
        (line(3, lat="91", lon="174"), "latitude 91 is not between"),
        (line(3, lat="nan", lon="174"), "latitude nan is not between"),
        (line(4, speed="fast"), "speed 'fast' is no number"),
        (line(6, squawk="7781"), "squawk '7781' is not four digits"),
        (line(5, ground="yes"), "on ground 'yes'"),
        (line(3, "2026/02/31,06:30:00"), "is no date and time"),
        (line(3, "yesterday,noon"), "is no date and time"),
        (b"MSG,3,\xff\xfe", "no ASCII"),
        ("GET / HTTP/1.1", "not MSG"),
        ("MSG," + "1" * 2000, "longer than"),
    ],
)
def test_a_broken_line_is_refused_alone_and_told_why(broken: str | bytes, reason: str) -> None:
    batch = said(broken, line(8, ground="0"))
    assert len(batch.crafts) == 1
    assert reason in batch.refusals[0].reason


def test_lines_that_come_in_pieces_and_together_are_read_and_a_closed_connection_is_made_anew() -> None:
    whole = line(3, lat="-41", lon="174").encode()
    with tcp_source(sends(whole[:40]), sends(whole + whole[:20])) as address:
        feed = KIND.build(SbsSettings(address=address), context(FakeClock(START + LATER)))
        cut = feed.poll(None)
        with pytest.raises(FeedUnavailable, match="closed the connection"):
            feed.poll(None)
        again = feed.poll(None)
        feed.close()
    assert (len(cut.crafts), len(cut.refusals)) == (0, 1)
    assert (len(again.crafts), len(again.refusals)) == (1, 1)


def test_a_source_that_is_not_there_is_an_unavailable_feed() -> None:
    feed = KIND.build(SbsSettings(address=f"127.0.0.1:{free_port()}"), context(FakeClock()))
    with pytest.raises(FeedUnavailable, match="refused"):
        feed.poll(None)


@pytest.mark.parametrize("wrong", [{"address": "receiver:port"}, {"time_zone": "Mars"}, {"lost_after_seconds": 1}])
def test_settings_that_cannot_be_are_faults(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        SbsSettings.model_validate({"address": "receiver"} | wrong)
