"""Distances, bearings and lines hold everywhere, most of all at ±180°."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_centre.domain import geo

LATS = st.floats(-89.0, 89.0)
LONS = st.floats(-180.0, 180.0)
ANY_LONS = st.floats(-1000.0, 1000.0)
NEAR_SEAM = st.one_of(st.floats(175.0, 180.0), st.floats(-180.0, -175.0))
LINES = st.lists(st.tuples(st.floats(-60.0, 60.0), NEAR_SEAM), min_size=2, max_size=8)


@given(ANY_LONS)
def test_a_normalised_longitude_is_the_same_meridian_within_half_a_turn(lon: float) -> None:
    turned = geo.normalise_lon(lon)
    assert -180.0 <= turned < 180.0
    assert math.isclose(math.cos(math.radians(turned - lon)), 1.0, abs_tol=1e-9)


def test_180_is_written_as_minus_180() -> None:
    assert geo.normalise_lon(180.0) == -180.0
    assert geo.normalise_lon(-180.0) == -180.0
    assert geo.normalise_lon(math.nextafter(-180.0, -181.0)) < 180.0


@pytest.mark.parametrize("lon", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_no_longitude(lon: float) -> None:
    with pytest.raises(ValueError, match="no longitude"):
        geo.normalise_lon(lon)


@pytest.mark.parametrize(("lat", "lon"), [(math.nan, 0), (0, math.nan), (91, 0), (0, 181), (math.inf, 0), (0, -180.1)])
def test_what_lies_nowhere_is_no_position(lat: float, lon: float) -> None:
    assert not geo.is_position(lat, lon)


def test_auckland_to_wellington_is_as_far_as_the_almanac_says() -> None:
    # Vincenty on WGS 84 for -36.84/174.78 to -41.28/174.78: the meridian arc, 492.9 km
    assert geo.distance_nm(-36.84, 174.78, -41.28, 174.78) == pytest.approx(266.1, abs=0.2)
    assert geo.bearing_deg(-36.84, 174.78, -41.28, 174.78) == pytest.approx(180.0)


def test_points_either_side_of_180_are_near() -> None:
    assert geo.distance_nm(0, 179.9, 0, -179.9) == pytest.approx(12.02, abs=0.02)
    assert geo.bearing_deg(0, 179.9, 0, -179.9) == pytest.approx(90.0)


@given(LATS, LONS, LATS, LONS)
def test_a_distance_does_not_depend_on_how_longitude_is_written_or_on_direction(
    lat1: float, lon1: float, lat2: float, lon2: float
) -> None:
    there = geo.distance_nm(lat1, lon1, lat2, lon2)
    assert geo.distance_nm(lat2, lon2, lat1, lon1) == pytest.approx(there, abs=1e-6)
    assert geo.distance_nm(lat1, lon1 + 360.0, lat2, lon2) == pytest.approx(there, abs=1e-6)


@given(st.floats(-80.0, 80.0), NEAR_SEAM, st.floats(0.0, 359.99), st.floats(0.1, 3000.0))
def test_a_destination_lies_as_far_away_as_asked(lat: float, lon: float, bearing: float, nm: float) -> None:
    to_lat, to_lon = geo.destination(lat, lon, bearing, nm)
    assert -180.0 <= to_lon < 180.0
    assert geo.distance_nm(lat, lon, to_lat, to_lon) == pytest.approx(nm, abs=1e-5)


@given(LINES)
def test_an_unwrapped_line_never_jumps_and_keeps_its_points(line: list[geo.Point]) -> None:
    drawn = geo.unwrap(line)
    assert all(abs(two[1] - one[1]) <= 180.0 for one, two in pairwise(drawn))
    for (lat, lon), (drawn_lat, drawn_lon) in zip(line, drawn, strict=True):
        assert drawn_lat == lat
        assert geo.lon_difference(lon, drawn_lon) == pytest.approx(0.0, abs=1e-9)


@given(LINES)
def test_a_line_split_at_180_has_only_short_edges_and_the_same_ends(line: list[geo.Point]) -> None:
    pieces = geo.split_at_antimeridian(line)
    assert all(-180.0 <= lon <= 180.0 for piece in pieces for _, lon in piece)
    assert all(abs(b[1] - a[1]) < 11.0 for piece in pieces for a, b in pairwise(piece))
    for one, two in pairwise(pieces):
        assert one[-1][0] == pytest.approx(two[0][0])
        assert (abs(one[-1][1]), abs(two[0][1])) == pytest.approx((180.0, 180.0))


def test_a_line_across_180_is_cut_where_it_crosses() -> None:
    assert geo.split_at_antimeridian([(-40.0, 179.0), (-42.0, -179.0)]) == [
        [(-40.0, 179.0), (-41.0, 180.0)],
        [(-41.0, -180.0), (-42.0, -179.0)],
    ]


def test_a_great_circle_to_chile_crosses_180_without_a_jump_and_bends_south() -> None:
    line = geo.great_circle(-36.84, 174.78, -33.03, -71.63)
    assert line[0] == (-36.84, 174.78)
    assert line[-1][1] == pytest.approx(-71.63 + 360.0)
    assert min(lat for lat, _ in line) < -50.0
    assert geo.length_nm(line) == pytest.approx(geo.distance_nm(-36.84, 174.78, -33.03, -71.63), abs=0.01)


@pytest.mark.parametrize("step", [0.0, -1.0, math.nan])
def test_a_great_circle_needs_a_step(step: float) -> None:
    with pytest.raises(ValueError, match="step"):
        geo.great_circle(0, 0, 1, 1, step_nm=step)


@given(st.floats(-70.0, 70.0), NEAR_SEAM, st.floats(1.0, 400.0))
def test_a_circle_is_round_and_does_not_jump_at_180(lat: float, lon: float, nm: float) -> None:
    rim = geo.circle(lat, lon, nm, vertices=24)
    assert all(geo.distance_nm(lat, lon, *point) == pytest.approx(nm, abs=1e-5) for point in rim)
    assert max(point[1] for point in rim) - min(point[1] for point in rim) < 60.0


@given(LINES)
def test_the_box_round_points_at_180_is_narrow_and_holds_them(line: list[geo.Point]) -> None:
    box = geo.bbox(line)
    assert (box[2] - box[0]) % 360.0 <= 10.0 + 1e-9
    assert all(geo.in_bbox(box, lat, lon) for lat, lon in line)
    assert not geo.in_bbox(box, 0.0, 0.0)


def test_the_box_round_the_chathams_and_auckland_crosses_180() -> None:
    assert geo.bbox([(-36.8, 174.8), (-44.0, -176.5)]) == (174.8, -44.0, -176.5, -36.8)
    assert geo.bbox([(1.0, 5.0)]) == (5.0, 1.0, 5.0, 1.0)
