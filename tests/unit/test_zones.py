"""Every position gets the most specific zone it lies in, on both sides of 180°; bad zones files are refused by name."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from ops_centre.domain.geo import destination
from ops_centre.domain.zones import Zones
from ops_centre.errors import ConfigError

SHIPPED = Zones.load()


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(geometry: Any, zone: str = "eez", name: str = "Ours") -> dict[str, Any]:
    return {"type": "Feature", "properties": {"zone": zone, "name": name}, "geometry": geometry}


def zones_of(tmp_path: Path, *features: Any) -> Zones:
    path = tmp_path / "zones.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    return Zones.load(path)


@pytest.mark.parametrize(
    ("lat", "lon", "zone"),
    [
        (-36.840, 174.790, "port:Auckland"),
        (-37.63, 176.20, "port:Tauranga"),
        (-36.5, 174.95, "12 nm"),
        (-38.7, 178.5, "24 nm"),
        (-39.5, 179.5, "EEZ"),
        (-44.0, -176.9, "12 nm"),  # Chathams
        (-29.3, -177.8, "12 nm"),  # Kermadecs
        (-52.5, 169.2, "12 nm"),  # Campbell
        (-47.75, 179.04, "12 nm"),  # Bounty, not in the coastline
        (-38.0, 165.0, "outside"),
        (-33.87, 151.2, "outside"),  # Sydney
        (-29.06, 167.95, "outside"),  # Norfolk: nearer to somebody else
        (-54.5, 158.95, "outside"),  # Macquarie
        (-9.35, -171.2, "outside"),  # Tokelau has limits of its own
        (-49.5, 173.0, "outside"),  # high sea enclosed by the EEZ
    ],
)
def test_positions_round_new_zealand_lie_where_a_chart_shows_them(lat: float, lon: float, zone: str) -> None:
    assert SHIPPED.locate_one(lat, lon) == zone


@pytest.mark.parametrize("lon", [180.0, -180.0, 540.0, math.nextafter(180, 0), math.nextafter(-180, 0)])
def test_the_180th_meridian_is_in_the_eez_however_it_is_written(lon: float) -> None:
    assert SHIPPED.locate_one(-40.0, lon) == "EEZ"
    assert SHIPPED.locate_one(0.0, lon) == "outside"


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(91.0, 181.0), (math.nan, 174.0), (-40.0, math.nan), (-90.01, 0.0), (0.0, math.inf), (-math.inf, 0.0)],
)
def test_no_position_is_in_no_zone_not_outside(lat: float, lon: float) -> None:
    assert SHIPPED.locate_one(lat, lon) is None


def test_many_are_answered_in_their_order_and_none_is_an_empty_answer() -> None:
    assert SHIPPED.locate([174.79, 165.0, math.nan, -176.9], [-36.84, -38.0, 0.0, -44.0]) == [
        "port:Auckland", "outside", None, "12 nm",
    ]  # fmt: skip
    assert SHIPPED.locate([], []) == []


@settings(max_examples=50)
@given(st.lists(st.tuples(st.floats(-60, -20), st.floats(150, 210)), min_size=1, max_size=40))
def test_many_at_once_are_answered_as_one_by_one_and_either_way_of_writing(points: list[tuple[float, float]]) -> None:
    lats, lons = np.array(points).T
    together = SHIPPED.locate(lons, lats)
    assert together == [SHIPPED.locate_one(lat, lon) for lat, lon in points]
    assert together == SHIPPED.locate(lons - 360.0, lats)


@settings(max_examples=40)
@given(st.floats(0, 360))
def test_limits_stand_at_their_distances_from_a_lonely_island(bearing: float) -> None:
    # Bounty is one point of the coast; its neighbours are over 100 nm away
    for nm, zone in [(11.8, "12 nm"), (12.2, "24 nm"), (23.7, "24 nm"), (24.3, "EEZ")]:
        assert SHIPPED.locate_one(*destination(-47.75, 179.04, bearing, nm)) == zone


def test_the_shipped_limits_say_that_they_are_approximate(tmp_path: Path) -> None:
    assert SHIPPED.approximate
    assert not zones_of(tmp_path, feature(square(0, 0, 10, 10))).approximate


def test_the_limits_nest() -> None:
    by_limit = {zone.limit: zone.area for zone in SHIPPED.zones}
    assert by_limit["24nm"].buffer(0.01).covers(by_limit["12nm"])
    assert by_limit["eez"].buffer(0.01).covers(by_limit["24nm"])


def test_lines_for_drawing_are_not_drawn_along_180() -> None:
    for found in SHIPPED.geojson()["features"]:
        for line in shapely.get_parts(shape(found["geometry"])):
            x = shapely.get_coordinates(line)[:, 0]
            assert not ((np.abs(x[1:]) == 180.0) & (x[1:] == x[:-1])).any()
    eez = next(f for f in SHIPPED.geojson()["features"] if f["properties"]["kind"] == "eez")
    crossings = [x for line in eez["geometry"]["coordinates"] for x, _ in (line[0], line[-1]) if abs(x) == 180.0]
    assert crossings.count(180.0) == crossings.count(-180.0) == 2


@pytest.mark.parametrize(
    "geometry",
    [
        square(170, -50, 190, -30),  # runs on past 180
        square(-190, -50, -170, -30),  # and past -180
        {"type": "MultiPolygon", "coordinates": [square(170, -50, 180, -30)["coordinates"],
                                                 square(-180, -50, -170, -30)["coordinates"]]},  # RFC 7946
        {"type": "Polygon", "coordinates": [[[170, -50], [-170, -50], [-170, -30], [170, -30], [170, -50]]]},  # jumps
    ],
    ids=["past 180", "past -180", "cut at 180", "jumps at 180"],
)  # fmt: skip
def test_a_zones_file_may_cross_180_in_every_way_people_write_it(tmp_path: Path, geometry: Any) -> None:
    zones = zones_of(tmp_path, feature(geometry))
    inside = [170.1, 179.99, 180.0, -180.0, -179.99, -170.1]
    assert zones.locate(inside, [-40.0] * 6) == ["EEZ"] * 6
    assert zones.locate([169.9, -169.9, 0.0], [-40.0] * 3) == ["outside"] * 3


def test_a_zone_that_ends_at_180_holds_the_meridian_itself(tmp_path: Path) -> None:
    zones = zones_of(tmp_path, feature(square(170, -50, 180, -30)))
    assert zones.locate([180.0, -180.0, -179.9], [-40.0] * 3) == ["EEZ", "EEZ", "outside"]


def test_the_most_specific_zone_wins_whatever_the_order_of_the_file(tmp_path: Path) -> None:
    zones = zones_of(
        tmp_path,
        feature(square(0, 0, 10, 10), "eez"),
        feature(square(4, 4, 6, 6), "port", "Haven"),
        feature(square(2, 2, 8, 8), "12nm"),
    )
    assert zones.locate([5, 3, 1, 11], [5, 3, 1, 1]) == ["port:Haven", "12 nm", "EEZ", "outside"]


def test_a_hole_is_not_in_the_zone(tmp_path: Path) -> None:
    ring, hole = square(170, -50, 190, -30)["coordinates"][0], square(-176, -42, -174, -40)["coordinates"][0]
    zones = zones_of(tmp_path, feature({"type": "Polygon", "coordinates": [ring, hole]}))
    assert zones.locate([-175.0, -173.0], [-41.0, -41.0]) == ["outside", "EEZ"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("{", "is not JSON"),
        ("[]", "no GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "has no features"),
        ({"features": [5]}, "feature 1: is no Feature"),
        ({"features": [feature(square(0, 0, 1, 1), "exclusive")]}, "must be one of port, 12nm, 24nm, eez"),
        ({"features": [feature(square(0, 0, 1, 1), name=" ")]}, '"name" is missing'),
        ({"features": [feature({"type": "Point", "coordinates": [0, 0]})]}, "geometry is Point; it must be Polygon"),
        ({"features": [feature(None)]}, "geometry is None"),
        ({"features": [feature({"type": "Polygon", "coordinates": [["a"]]})]}, "coordinates cannot be read"),
        ({"features": [feature({"type": "Polygon", "coordinates": []})]}, "empty"),
        ({"features": [feature(square(-45, 170, -35, 179))]}, "latitude first"),
        ({"features": [feature(square(1_500_000, 5_000_000, 1_600_000, 5_100_000))]}, "must be degrees"),
        ({"features": [feature(square(361, 0, 365, 1))]}, "beyond ±360"),
    ],
)  # fmt: skip
def test_a_zones_file_that_cannot_be_used_is_refused_with_its_fault(tmp_path: Path, content: Any, fault: str) -> None:
    path = tmp_path / "zones.geojson"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    with pytest.raises(ConfigError, match=fault) as refused:
        Zones.load(path)
    assert str(path) in refused.value.faults[0]


def test_every_fault_of_a_zones_file_is_named_at_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        zones_of(tmp_path, feature(None), feature(square(0, 0, 1, 1)), feature(square(0, 0, 1, 1), "moon"))
    assert [fault.split("feature ")[1][0] for fault in refused.value.faults] == ["1", "3"]


def test_a_zones_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        Zones.load(tmp_path / "nowhere.geojson")
