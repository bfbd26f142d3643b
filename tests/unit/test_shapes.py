"""Areas of operations: shapes that are refused, what lies inside them, across ±180°, and positions as people type them."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_centre.domain import geo
from ops_centre.domain.coordinates import read_point, read_points, written
from ops_centre.domain.shapes import area_of, contains, described, digest, shape_area_nm2, shape_of

SEAM = {"kind": "polygon", "points": [[-36, 179], [-36, -179], [-37, -179], [-37, 179]]}


def test_a_polygon_across_the_antimeridian_is_one_area() -> None:
    shape = shape_of(SEAM)
    assert [lon for _, lon in shape.points] == [179, 181, 181, 179]
    assert [contains([shape], -36.5, lon) for lon in (179.5, 180.0, -180.0, -179.5, 178.9, -178.9, 0.0)] == [
        True, True, True, True, False, False, False,
    ]  # fmt: skip
    assert shape_area_nm2(shape) == pytest.approx(60 * 120 * math.cos(math.radians(36.5)), rel=0.01)


@given(
    lat=st.floats(-70, 70), lon=st.floats(-180, 179.99), radius=st.floats(1, 300), bearing=st.floats(0, 360),
    share=st.sampled_from([0.0, 0.5, 0.97, 1.03, 2.0]),
)  # fmt: skip
def test_a_circle_holds_what_is_nearer_than_its_radius_wherever_it_lies(
    lat: float, lon: float, radius: float, bearing: float, share: float
) -> None:
    circle = shape_of({"kind": "circle", "points": [[lat, lon]], "radius_nm": radius})
    assert contains([circle], *geo.destination(lat, lon, bearing, radius * share)) == (share < 1)


def test_a_circle_has_the_area_of_one() -> None:
    circle = shape_of({"kind": "circle", "points": [[-36, 179.9]], "radius_nm": 12})
    assert shape_area_nm2(circle) == pytest.approx(math.pi * 144, rel=0.005)


def test_a_lane_holds_what_lies_within_half_its_width_of_its_line() -> None:
    lane = shape_of({"kind": "lane", "points": [[-35, 178], [-35, -178]], "width_nm": 10})
    assert contains([lane], -35, 180)
    assert contains([lane], -35 + 4.5 / 60, -179)
    assert not contains([lane], -35 + 5.5 / 60, -179)
    assert described(lane) == "Lane 10 nm wide, 197 nm long"


def test_positions_that_are_none_lie_in_no_area() -> None:
    assert not contains([shape_of(SEAM)], math.nan, math.nan)
    assert not contains([], -36.5, 180)


@pytest.mark.parametrize(
    ("plain", "why"),
    [
        ({"kind": "polygon", "points": [[0, 0], [1, 1], [0, 1], [1, 0]]}, "cross each other"),
        ({"kind": "polygon", "points": [[0, 0], [1, 1]]}, "three corners"),
        ({"kind": "polygon", "points": [[0, 5], [1, 5], [2, 5]]}, "cross each other|no area"),
        ({"kind": "circle", "points": [[0, 0]]}, "radius"),
        ({"kind": "circle", "points": [[80, 0]], "radius_nm": 500}, "off the chart"),
        ({"kind": "circle", "points": [[0, 0], [1, 1]], "radius_nm": 5}, "its centre"),
        ({"kind": "lane", "points": [[0, 0]], "width_nm": 5}, "two points"),
        ({"kind": "lane", "points": [[0, 0], [1, 1]], "width_nm": math.nan}, "width"),
        ({"kind": "lane", "points": [[0, 0], [math.nan, 1]], "width_nm": 3}, "not a number"),
        ({"kind": "star", "points": [[0, 0]]}, "kind"),
        ({"kind": "polygon", "points": [[85, 0], [1, 1], [2, 2]]}, "off the chart"),
    ],
)
def test_a_shape_that_is_none_is_refused_in_words(plain: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        shape_of(plain)


def test_a_fault_names_its_shape_and_an_area_has_twenty_shapes_at_most() -> None:
    with pytest.raises(ValueError, match="Approach: its radius"):
        area_of([SEAM, {"kind": "circle", "name": "Approach", "points": [[0, 0]], "radius_nm": 0}])
    with pytest.raises(ValueError, match="at most 20"):
        area_of([SEAM] * 21)


def test_a_shape_is_stored_as_it_is_read_again() -> None:
    lane = {"kind": "lane", "name": "North lane", "points": [[-35, 178], [-35, -178]], "width_nm": 10}
    plain = [one.as_plain() for one in area_of([SEAM, lane])]
    again = [one.as_plain() for one in area_of(plain)]
    assert again == plain
    assert digest(again) == digest(plain) != digest(plain[:1])


@pytest.mark.parametrize(
    "line",
    [
        "36 50.5 S 174 46.8 E",
        "-36.841667 174.78",
        "36.841667S, 174.78E",
        "36°50'30\"S 174°46'48\"E",
        "36 50 30s;174 46 48e",
    ],
)
def test_a_position_is_read_as_people_write_it(line: str) -> None:
    assert read_point(line) == pytest.approx((-36.841667, 174.78), abs=1e-5)


@pytest.mark.parametrize(
    ("line", "why"),
    [("Auckland", "no position"), ("174.78 -36.84", "latitude comes first"), ("36 61 S 174 0 E", "less than 60"),
     ("36.5 30 S 174 0 E", "decimals"), ("-36 S 174 E", "takes the place of the sign"), ("1 2 3", "no position")],
)  # fmt: skip
def test_what_is_no_position_is_refused_with_its_line(line: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"line 2: .*{why}"):
        read_points(f"0 0\n{line}")


@given(lat=st.floats(-84, 84), lon=st.floats(-180, 179.999))
def test_what_is_written_is_read_as_the_same_place(lat: float, lon: float) -> None:
    again = read_point(written([(lat, lon)]))
    assert geo.distance_nm(lat, lon, *again) < 0.02
