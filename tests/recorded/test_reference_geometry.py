"""The shipped limits, basemap and places beside reference data that nobody on this project made.

The figures bound how far the approximate limits may stray; docs/maps.md states them.
"""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely import affinity
from shapely.geometry import shape

from ops_centre.domain import geo
from ops_centre.domain.places import load_gazetteer
from ops_centre.domain.zones import Zones

pytestmark = pytest.mark.recorded

WGS84 = Geod(ellps="WGS84")
OUTLINES = {"12nm": "nz_territorial_sea_12nm.geojson", "eez": "nz_eez_200nm.geojson"}


def published(realdata: Path, limit: str) -> list[Any]:
    """The areas that the published lines enclose, largest first, the EEZ with its holes; longitudes run on past 180."""
    rows = json.loads((realdata / "reference" / "nz" / OUTLINES[limit]).read_text("utf-8"))["features"]
    lines = shapely.union_all([shape(row["geometry"]) for row in rows], grid_size=1e-6)
    return sorted(shapely.polygonize([lines]).geoms, key=lambda area: -area.area)


def filled(areas: list[Any]) -> Any:
    """The areas as one, without holes, their outline simplified by 0.1 nm."""
    parts = shapely.get_parts(shapely.union_all(areas))
    return shapely.MultiPolygon([shapely.Polygon(part.exterior).simplify(0.001) for part in parts])


def ours(limit: str) -> Any:
    """The shipped area without its holes; longitudes run on past 180."""
    (area,) = (zone.area for zone in Zones.load().zones if zone.limit == limit)
    parts = [affinity.translate(part, 360.0 if part.bounds[0] < 0 else 0.0) for part in shapely.get_parts(area)]
    return filled([shapely.union_all(parts, grid_size=1e-6)])


def square_km(area: Any) -> float:
    parts = (shapely.orient_polygons(part) for part in shapely.get_parts(area) if part.geom_type == "Polygon")
    return sum(abs(WGS84.geometry_area_perimeter(part)[0]) for part in parts) / 1e6


def strays_nm(line: Any, beside: Any) -> Any:
    """How far each point of a line, 0.05° apart, lies from another line."""
    points = shapely.points(shapely.get_coordinates(line.segmentize(0.05)))
    ends = shapely.get_coordinates(shapely.shortest_line(points, beside)).reshape(-1, 2, 2)
    return WGS84.inv(ends[:, 0, 0], ends[:, 0, 1], ends[:, 1, 0], ends[:, 1, 1])[2] / geo.M_PER_NM


@pytest.mark.parametrize(
    ("limit", "area_within", "overlap", "median_nm", "most_nm"),
    [("12nm", 0.04, 0.95, 1.0, 21.0), ("eez", 0.005, 0.99, 1.0, 13.0)],
)
def test_the_approximate_limits_are_near_the_published_ones(
    realdata: Path, limit: str, area_within: float, overlap: float, median_nm: float, most_nm: float
) -> None:
    theirs, shipped = filled(published(realdata, limit)), ours(limit)
    assert square_km(shipped) / square_km(theirs) == pytest.approx(1.0, abs=area_within)
    assert square_km(shipped.intersection(theirs)) / square_km(shipped.union(theirs)) > overlap
    for strays in (strays_nm(theirs.boundary, shipped.boundary), strays_nm(shipped.boundary, theirs.boundary)):
        assert np.median(strays) < median_nm
        assert np.percentile(strays, 95) < 5.0
        assert strays.max() < most_nm


def test_points_clear_of_the_line_are_in_the_eez_exactly_where_the_published_limit_has_them(realdata: Path) -> None:
    theirs = published(realdata, "eez")[0]
    rng = np.random.default_rng(1)
    x, y = rng.uniform(155.0, 195.0, 4000), rng.uniform(-58.0, -24.0, 4000)
    clear = shapely.distance(shapely.points(x, y), theirs.boundary.simplify(0.01)) > 0.3
    inside = shapely.contains_xy(theirs, x, y)
    words = np.array(Zones.load().locate(x, y))
    assert ((words != "outside") == inside)[clear].all()
    assert len(theirs.interiors) == 2  # pieces of high sea that the EEZ encloses; the shipped limit has them too
    middles = [shapely.Polygon(hole).representative_point() for hole in theirs.interiors]
    assert [Zones.load().locate_one(middle.y, middle.x) for middle in middles] == ["outside", "outside"]


def test_new_zealand_ports_lie_where_the_world_port_index_has_them(realdata: Path) -> None:
    packed = (realdata / "reference" / "ports" / "ports_wpi_geonames.csv.gz").read_bytes()
    rows = csv.DictReader(io.StringIO(gzip.decompress(packed).decode("utf-8")))
    known = load_gazetteer()
    away = {
        row["unlocode"]: geo.distance_nm(place.lat, place.lon, float(row["latitude"]), float(row["longitude"]))
        for row in rows
        if row["provider"] == "NGA_WPI" and row["country_code"] == "NZ" and (place := known.get(row["unlocode"]))
    }
    assert len(away) >= 15
    # the index is rounded to a minute and gives Whangarei's and Wanganui's outer anchorages
    assert {code: nm for code, nm in away.items() if nm > 3.0 and code not in ("NZWRE", "NZWAG")} == {}


def test_points_well_inland_are_land_in_the_basemap(realdata: Path) -> None:
    packed = (realdata / "reference" / "nz" / "nz_land_topo500k.geojson.gz").read_bytes()
    rows = json.loads(gzip.decompress(packed))["features"]
    main = max((part for row in rows for part in shapely.get_parts(shape(row["geometry"]))), key=lambda part: part.area)
    inland = main.simplify(0.005).buffer(-0.06)  # the South Island
    rng = np.random.default_rng(2)
    west, south, east, north = inland.bounds
    x, y = rng.uniform(west, east, 20_000), rng.uniform(south, north, 20_000)
    within = shapely.contains_xy(inland, x, y)
    file = json.loads((Path(__file__).parents[2] / "data" / "basemap" / "detail.json").read_text("utf-8"))
    land = shapely.union_all([shapely.make_valid(_polygon(file, row)) for row in file["polygons"] if row["b"][2] > 160])
    assert within.sum() > 500
    assert shapely.contains_xy(land, x[within], y[within]).mean() > 0.995


def _polygon(file: dict[str, Any], row: dict[str, Any]) -> Any:
    rings = [np.cumsum(np.array(ring).reshape(-1, 2), axis=0) * file["scale"] + file["translate"] for ring in row["r"]]
    return shapely.Polygon(rings[0], rings[1:])
