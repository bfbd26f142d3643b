"""Distance by sea: around land, never shorter than the geodesic, the same across ±180°.

Known distances are round figures for the usual ships' routes, as navigators know them; they were not checked against a
table. Ours keeps a mile off a coast drawn at 1:10 million, so it cuts corners that pilots do not: 8 % is allowed (12 % where
an inlet makes up much of it).
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops_centre.domain import geo
from ops_centre.domain.landmass import load_coast
from ops_centre.domain.places import load_gazetteer
from ops_centre.domain.sea import CELL_DEG, Corners, SeaRoutes, distances_nm, load_sea

PLACES = load_gazetteer()
KNOWN = [
    ("NZAKL", "NZWLG", 560, 0.08),  # east about, past East Cape
    ("NZAKL", "NZTRG", 132, 0.08),  # round Coromandel
    ("FJSUV", "NZAKL", 1140, 0.02),
    ("TOTBU", "NZAKL", 1100, 0.02),  # across ±180°
    ("AUSYD", "NZAKL", 1275, 0.02),
    ("AUSYD", "NZWLG", 1235, 0.03),
    ("NZWLG", "NZLYT", 175, 0.08),
    ("NZWLG", "NZNSN", 108, 0.12),
    ("PFPPT", "NZAKL", 2215, 0.02),  # across ±180°
]
somewhere = st.tuples(st.floats(-48, -33), st.floats(164, 186))


class Thorough(Corners):
    """Looks at every corner from everywhere."""

    def __init__(self, corners: Corners) -> None:
        self.__dict__ = dict(corners.__dict__)

    def worth_seeing(self, x: float, y: float) -> np.ndarray:
        return self.every


def by_sea(one: tuple[float, float], two: tuple[float, float]) -> float:
    return float(load_sea().distances_nm(*one, [two[0]], [geo.normalise_lon(two[1])])[0])


def spot(code: str) -> tuple[float, float]:
    place = PLACES.get(code)
    assert place is not None
    return place.lat, place.lon


@pytest.mark.parametrize(("one", "two", "nm", "within"), KNOWN)
def test_known_distances_between_ports_are_met(one: str, two: str, nm: float, within: float) -> None:
    assert by_sea(spot(one), spot(two)) == pytest.approx(nm, rel=within)


def test_auckland_to_the_chathams_goes_round_east_cape_and_not_round_the_world() -> None:
    nm = by_sea(spot("NZAKL"), spot("NZCHT"))
    direct = geo.distance_nm(*spot("NZAKL"), *spot("NZCHT"))
    assert direct < nm < 1.2 * direct
    assert nm * 1.852 == pytest.approx(1195, rel=0.03)


def test_bluff_to_lyttelton_follows_the_east_coast() -> None:
    assert 290 < by_sea(spot("NZBLU"), spot("NZLYT")) < 340


def test_onehunga_lies_on_the_other_coast() -> None:
    assert geo.distance_nm(*spot("NZAKL"), *spot("NZONE")) < 7
    assert by_sea(spot("NZAKL"), spot("NZONE")) > 350


def test_corners_that_are_left_out_are_on_no_shortest_way() -> None:
    sea, ports = load_sea(), [place for place in PLACES.places if place.code.startswith("NZ")]
    lats, lons = np.array([port.lat for port in ports]), np.array([port.lon for port in ports])
    quick, whole = SeaRoutes(sea._corners), SeaRoutes(Thorough(sea._corners))
    for lat, lon in (
        (-44.86, 166.46),
        (-36.08, -171.73),
        (-34.49, 163.4),
        (-46.6, 168.35),
        (-41.1, 174.6),
        (-36.84, 174.77),
    ):
        found, expected = quick.distances_nm(lat, lon, lats, lons), whole.distances_nm(lat, lon, lats, lons)
        assert found == pytest.approx(expected, abs=1e-6, nan_ok=True)


def test_every_home_port_reaches_every_other() -> None:
    ports = [place for place in PLACES.places if place.kind == "port" and place.code.startswith("NZ")]
    lats, lons = [port.lat for port in ports], [port.lon for port in ports]
    for port in ports[::6]:
        assert np.isfinite(load_sea().distances_nm(port.lat, port.lon, lats, lons)).all(), port.name


@given(somewhere, somewhere)
@settings(max_examples=60, deadline=None)
def test_a_way_by_sea_is_never_shorter_than_the_geodesic(one: tuple[float, float], two: tuple[float, float]) -> None:
    nm = by_sea((one[0], geo.normalise_lon(one[1])), two)
    direct = geo.distance_nm(one[0], one[1], two[0], two[1])
    assert math.isnan(nm) or nm >= direct - 1e-6


@given(somewhere, somewhere)
@settings(max_examples=30, deadline=None)
def test_there_and_back_are_the_same_within_the_cells(one: tuple[float, float], two: tuple[float, float]) -> None:
    a, b = ((lat, geo.normalise_lon(lon)) for lat, lon in (one, two))
    if min(load_coast().mass_at([a[0], b[0]], [a[1], b[1]])) >= 0:
        return
    there, back = by_sea(a, b), by_sea(b, a)
    if not (math.isnan(there) or math.isnan(back)):
        assert there == pytest.approx(back, rel=0.1, abs=4 * CELL_DEG * 60)


@given(st.floats(-30, -20), st.floats(-4, 4), st.floats(-30, -20), st.floats(-4, 4))
@settings(max_examples=40, deadline=None)
def test_a_meridian_may_be_told_either_way_round(lat1: float, off1: float, lat2: float, off2: float) -> None:
    east = distances_nm(lat1, 180 + off1, [lat2], [180 + off2])
    west = distances_nm(lat1, -180 + off1, [lat2], [-180 + off2])
    assert float(east[0]) == pytest.approx(float(west[0]), abs=1e-6)


def test_a_way_has_its_ends_and_its_length_is_its_distance() -> None:
    line = load_sea().way(*spot("NZAKL"), *spot("NZWLG"))
    assert line[0] == spot("NZAKL")
    assert line[-1] == spot("NZWLG")
    assert geo.length_nm(line) == pytest.approx(by_sea(spot("NZAKL"), spot("NZWLG")), abs=3)


def test_off_the_chart_the_great_circle_is_given() -> None:
    assert not load_sea().is_charted(*spot("SGSIN"))
    assert by_sea(spot("SGSIN"), spot("NZAKL")) == pytest.approx(geo.distance_nm(*spot("SGSIN"), *spot("NZAKL")))


@pytest.mark.parametrize("lat", [math.nan, math.inf, 95.0])
def test_what_is_no_position_has_no_distance(lat: float) -> None:
    assert np.isnan(load_sea().distances_nm(lat, 174.0, [-36.0], [175.0])).all()
    assert np.isnan(load_sea().distances_nm(-36.0, 175.5, [lat], [174.0])).all()
    assert load_sea().way(lat, 174.0, -36.0, 175.0) == []


def test_a_lake_is_no_sea() -> None:
    assert math.isnan(by_sea((-45.03, 168.66), spot("NZBLU")))  # Queenstown
