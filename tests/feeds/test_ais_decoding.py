"""What the figures of a message mean, and which of them mean nothing."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_centre.domain.observations import CraftReport, Fix, Particulars, TrackKind
from ops_centre.feeds.ais.decoding import Decoder, PayloadError, eta
from tests.feeds.ais_lines import NOW, SHIP, line, lines, only_report, position, utc, with_fields


def report(**said: Any) -> CraftReport:
    return only_report(lines(**said))


def fix(**said: Any) -> Fix | None:
    return only_report([position(**said)]).fix


@pytest.mark.parametrize("kind", [1, 2, 3])
def test_a_class_a_position(kind: int) -> None:
    heard = report(type=kind, lat=-36.8, lon=174.8, speed=12.3, course=45.6, heading=44, status=5)
    assert (heard.key, heard.kind, heard.mmsi, heard.flag) == (f"mmsi:{SHIP}", TrackKind.VESSEL, SHIP, "NZ")
    assert heard.fix == Fix(-36.8, 174.8, 45.6, 12.3, 44, None, 5)
    assert heard.particulars is None


def test_a_class_b_position() -> None:
    heard = report(type=18, lat=-36.8, lon=174.8, speed=6.5, course=90, heading=511)
    assert heard.fix == Fix(-36.8, 174.8, 90.0, 6.5, None)


def test_a_long_class_b_report_gives_position_and_particulars() -> None:
    heard = report(
        type=19, lat=-36.8, lon=174.8, speed=102.3, course=360, heading=511, shipname="KIWI", ship_type=36, to_bow=5,
        to_stern=7, to_port=2,
    )  # fmt: skip
    assert heard.fix == Fix(-36.8, 174.8)
    assert heard.particulars == Particulars(
        name="KIWI", craft_type=36, type_text="sailing vessel", length_m=12.0, beam_m=2.0
    )


def test_static_and_voyage_particulars() -> None:
    heard = report(
        type=5, imo=9_074_729, callsign="ZMXX", shipname="TASMAN STAR", ship_type=79, to_bow=150, to_stern=50,
        to_port=10, to_starboard=12, month=4, day=3, hour=5, minute=30, draught=9.5, destination="NZ AKL",
    )  # fmt: skip
    assert heard.fix is None
    assert heard.particulars == Particulars(
        name="TASMAN STAR", callsign="ZMXX", imo=9_074_729, craft_type=79, type_text="cargo ship", length_m=200.0,
        beam_m=22.0, draught_m=9.5, destination="NZ AKL", eta_at=utc(2026, 4, 3, 5, 30),
    )  # fmt: skip


def test_static_particulars_that_say_nothing_are_none() -> None:
    heard = report(type=5, imo=0, callsign="@@@@", shipname="", month=0, day=0, hour=24, minute=60, draught=0)
    assert heard.particulars == Particulars()
    assert heard.caveats == ()


def test_class_b_static_reports_come_in_two_halves() -> None:
    assert report(type=24, partno=0, shipname="KIWI").particulars == Particulars(name="KIWI")
    other = report(type=24, partno=1, ship_type=37, callsign="ZMK1", to_bow=5, to_stern=7, to_port=2, to_starboard=2)
    assert other.particulars == Particulars(
        callsign="ZMK1", craft_type=37, type_text="pleasure craft", length_m=12.0, beam_m=4.0
    )


def test_a_craft_of_a_parent_ship_has_no_size() -> None:
    boat = report(type=24, partno=1, mmsi=985_121_234, ship_type=37, callsign="B1", mothership_mmsi=SHIP)
    assert boat.particulars == Particulars(callsign="B1", craft_type=37, type_text="pleasure craft")
    assert boat.flag == "NZ"


def test_a_base_station_stands_where_it_stands() -> None:
    station = report(type=4, mmsi=5_120_001, lat=-41.3, lon=174.8)
    assert (station.kind, station.fix, station.flag) == (TrackKind.BASE_STATION, Fix(-41.3, 174.8), "NZ")


def test_a_ship_that_answers_with_the_time_stays_a_ship() -> None:
    assert report(type=11, lat=-41.3, lon=174.8).kind is TrackKind.VESSEL


def test_a_rescue_aircraft_flies_at_whole_knots_and_metres() -> None:
    aircraft = report(type=9, mmsi=111_512_001, lat=-36.8, lon=174.8, alt=300, speed=120, course=270)
    assert aircraft.kind is TrackKind.AIRCRAFT
    assert aircraft.fix == Fix(-36.8, 174.8, 270.0, 120.0, None, 984.0)
    unsaid = report(type=9, mmsi=111_512_001, lat=-36.8, lon=174.8, alt=4095, speed=1023, course=360)
    assert unsaid.fix == Fix(-36.8, 174.8)


def test_an_aid_to_navigation_says_what_it_is_and_whether_it_is_really_there() -> None:
    said = {"type": 21, "mmsi": 995_121_001, "aid_type": 20, "lat": -36.8, "lon": 174.8}
    real = only_report(lines(**said, name="RANGITOTO"))
    virtual = only_report(lines(**said, name="WRECK", virtual_aid=True))
    assert (real.kind, real.caveats, real.fix) == (TrackKind.AID, (), Fix(-36.8, 174.8))
    assert real.particulars == Particulars(name="RANGITOTO", type_text="north cardinal mark")
    assert virtual.caveats == ("virtual aid",)


def test_a_long_range_position_is_coarse() -> None:
    far = report(type=27, lat=-36.8, lon=174.8, speed=12, course=45, status=1)
    assert far.fix == Fix(-36.8, 174.8, 45.0, 12.0, None, None, 1)
    unsaid = report(type=27, lat=-36.8, lon=174.8, speed=63, course=511, status=15)
    assert unsaid.fix == Fix(-36.8, 174.8)


@pytest.mark.parametrize("kind", [6, 7, 8, 10, 12, 14, 15, 17, 20, 23, 25, 26])
def test_a_station_that_says_nothing_of_itself_was_at_least_heard(kind: int) -> None:
    heard = report(type=kind, dest_mmsi=1, text="X", data=b"\1\2\3")
    assert (heard.mmsi, heard.fix, heard.particulars) == (SHIP, None, None)


@pytest.mark.parametrize("mmsi", [970_010_001, 972_010_001, 974_010_001])
def test_a_distress_transmitter_is_shown_as_what_it_is(mmsi: int) -> None:
    heard = only_report([position(mmsi=mmsi, status=14)])
    assert heard.particulars is not None
    assert heard.particulars.type_text in ("search and rescue transmitter", "man overboard device", "distress beacon")
    assert heard.fix is not None
    assert heard.fix.nav_status == 14


@pytest.mark.parametrize(("lat", "lon"), [(91, 181), (91, 174.8), (-36.8, 181)])
def test_no_position_is_no_position_and_no_fault(lat: float, lon: float) -> None:
    heard = only_report([position(lat=lat, lon=lon)])
    assert (heard.fix, heard.caveats) == (None, ())


@pytest.mark.parametrize(("lat", "lon"), [(95, 174.8), (-36.8, 200), (-90.1, 0), (0, -180.1)])
def test_a_position_outside_the_earth_is_none_and_noticed(lat: float, lon: float) -> None:
    heard = only_report([position(lat=lat, lon=lon)])
    assert (heard.fix, heard.caveats) == (None, ("impossible position",))


def test_the_antimeridian_has_one_longitude() -> None:
    assert fix(lon=180) == fix(lon=-180)
    assert fix(lon=180).lon == -180.0  # type: ignore[union-attr]
    assert fix(lat=90, lon=-179.99).lat == 90.0  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({"speed": 102.3}, "speed_kn", None),
        ({"speed": 102.2}, "speed_kn", 102.2),
        ({"speed": 0}, "speed_kn", 0.0),
        ({"course": 360}, "course_deg", None),
        ({"course": 359.9}, "course_deg", 359.9),
        ({"course": 0}, "course_deg", 0.0),
        ({"heading": 511}, "heading_deg", None),
        ({"heading": 360}, "heading_deg", None),
        ({"heading": 0}, "heading_deg", 0),
        ({"status": 15}, "nav_status", None),
        ({"status": 0}, "nav_status", 0),
    ],
)
def test_not_available_is_none_and_nought_is_nought(said: dict[str, float], field: str, value: float | None) -> None:
    assert getattr(fix(**said), field) == value


def test_an_identity_that_cannot_be_right_is_a_caveat_not_a_refusal() -> None:
    heard = report(type=5, mmsi=1_193_046, shipname="GHOST", imo=303_174_162)
    assert (heard.caveats, heard.flag, heard.key) == (("bad mmsi", "impossible imo"), None, "mmsi:1193046")
    assert heard.particulars is not None
    assert heard.particulars.imo is None


def test_of_a_message_cut_short_only_whole_fields_are_used() -> None:
    whole = b"".join(part.split(b",")[5] for part in lines(type=5, shipname="TASMAN STAR", callsign="ZMXX", to_bow=99))
    (cut,) = [with_fields(line(type=24, partno=0, shipname="X"), payload=whole[:30])]
    heard = only_report([cut])
    assert heard.caveats == ("cut short",)
    assert heard.particulars == Particulars(callsign="ZMXX")


@pytest.mark.parametrize(
    ("month", "day", "hour", "minute", "expected"),
    [
        (4, 3, 5, 30, utc(2026, 4, 3, 5, 30)),
        (12, 31, 23, 0, utc(2025, 12, 31, 23)),
        (3, 31, 0, 0, utc(2026, 3, 31)),
        (2, 31, 10, 0, None),
        (2, 29, 10, 0, None),
        (0, 3, 5, 30, None),
        (4, 0, 5, 30, None),
        (4, 3, 24, 30, None),
        (4, 3, 5, 60, None),
        (13, 3, 5, 0, None),
    ],
)
def test_the_eta_is_in_the_year_nearest_to_the_observation(
    month: int, day: int, hour: int, minute: int, expected: datetime | None
) -> None:
    assert eta(month, day, hour, minute, NOW) == expected


def test_the_new_year_and_leap_days_are_found() -> None:
    assert eta(1, 2, 0, 0, utc(2025, 12, 30)) == utc(2026, 1, 2)
    assert eta(2, 29, 12, 0, utc(2027, 12, 30)) == utc(2028, 2, 29, 12)


ARMOUR = "0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVW`abcdefghijklmnopqrstuvw"


@settings(max_examples=400, deadline=None)
@given(st.text(ARMOUR, min_size=1, max_size=120), st.integers(0, 5))
def test_whatever_the_bits_are_there_is_a_sound_report_or_a_reason(payload: str, fill: int) -> None:
    try:
        heard = Decoder().report(payload.encode(), fill, NOW, NOW)
    except PayloadError:
        return
    assert heard.key == f"mmsi:{heard.mmsi}"
    if heard.fix is not None:
        assert -90 <= heard.fix.lat <= 90
        assert -180 <= heard.fix.lon < 180
        assert heard.fix.course_deg is None or 0 <= heard.fix.course_deg < 360
