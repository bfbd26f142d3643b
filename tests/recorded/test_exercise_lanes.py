"""The lanes, grounds and berths of the exercise beside published coastlines: craft of the sea stay on the sea."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely import affinity
from shapely.geometry import LineString, Point, shape

from ops_centre.config import ROOT
from ops_centre.domain import geo
from ops_centre.exercise import routes
from ops_centre.exercise.rounds import LANE_SHARES
from ops_centre.exercise.trades import FAR_GROUNDS, GROUNDS, PATROLS, SURVEYS
from ops_centre.exercise.vessels import Vessel

pytestmark = pytest.mark.recorded

NEW_ZEALAND = shapely.box(165, -53, 184.5, -33)
NOON = 1_795_478_400.0  # 2026-11-24T00:00Z


@pytest.fixture(scope="module")
def land() -> shapely.STRtree:
    """Land east of 140° E, longitudes 0 to 360: detailed around New Zealand, Natural Earth elsewhere."""
    named = os.environ.get("OPS_REALDATA")
    folder = (Path(named) if named else ROOT.parent / "shared" / "realdata") / "reference"
    if not folder.is_dir():
        pytest.skip(f"recordings are not here ({folder})")
    polygons = parts(folder / "nz" / "nz_land_topo500k.geojson.gz")
    world = parts(folder / "natural_earth" / "ne_10m_land.json.gz")
    polygons += [
        part for part in world if not NEW_ZEALAND.contains(part) and part.bounds[2] > 140 and part.bounds[0] < 240
    ]
    return shapely.STRtree(polygons)


def parts(path: Path) -> list[Any]:
    with gzip.open(path) as packed:
        shapes = [shape(feature["geometry"]) for feature in json.load(packed)["features"]]
    singles = [part for whole in shapes for part in getattr(whole, "geoms", [whole]) if part.bounds[1] > -85]
    return [affinity.translate(part, 360, 0) if part.bounds[2] < 0 else part for part in singles]


def on_land(land: shapely.STRtree, line: list[tuple[float, float]]) -> bool:
    return len(land.query(LineString([(lon % 360, lat) for lat, lon in line]), predicate="intersects")) > 0


def test_no_lane_touches_land_wherever_in_it_a_ship_keeps(land: shapely.STRtree) -> None:
    graph = routes.lanes()
    ashore = {
        (start, end)
        for start in graph
        for end in graph[start]
        for share in (0.0, 1.0, *LANE_SHARES)
        if on_land(land, list(routes.course(start, end, share)))
    }
    assert ashore == set()


def test_the_way_to_every_anchorage_is_clear(land: shapely.STRtree) -> None:
    ashore = [
        code
        for code, harbour in routes.HARBOURS.items()
        if harbour.anchorage
        for bearing in range(0, 360, 30)
        if on_land(land, [harbour.channel[-1], geo.destination(*harbour.anchorage, float(bearing), 0.4)])
    ]
    assert ashore == []


def test_grounds_and_areas_are_clear_of_land(land: shapely.STRtree) -> None:
    for lat, lon, radius in (*GROUNDS.values(), *FAR_GROUNDS, *SURVEYS, *PATROLS):
        assert not on_land(land, geo.circle(lat, lon % 360, radius)), (lat, lon)
        assert len(land.query(Point(lon % 360, lat), predicate="within")) == 0


def test_whatever_the_day_no_vessel_is_ashore(land: shapely.STRtree) -> None:
    places, names = [], []
    for index in range(0, 200, 2):
        vessel = Vessel(20260401, index)
        for hour in range(0, 24 * 8, 2):
            if state := vessel.state(NOON + hour * 3600 + index * 60):
                places.append(Point(state.lon % 360, state.lat))
                names.append((vessel.trade.name, index, state.at or state.bound_for))
    found, polygons = land.query(places, predicate="within")
    deep = [
        names[i]
        for i, j in zip(found, polygons, strict=True)
        if land.geometries[j].exterior.distance(places[i]) * 60 > 0.1
    ]  # a berth may lie a cable within the coarse coastline
    assert deep == []
