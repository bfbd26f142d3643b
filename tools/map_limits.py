"""Builds data/limits/limits.geojson: approximate maritime limits of New Zealand, and zones round its ports.

A limit is the union of circles of geodesics (WGS 84) round points set close together along the shipped 1:10 m
coastline, and round the islets in the table below, which that coastline lacks. Straight baselines, agreed
boundaries and low-tide rocks are not known to it, so the limits are approximate and say so. Where another
country's coast is nearer, a limit ends on the line between the two. Never use these for a legal question.
"""

import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod, Transformer
from shapely import affinity
from shapely.geometry import Polygon, mapping
from shapely.geometry.base import BaseGeometry

from ops_centre.domain.geo import M_PER_NM, circle
from ops_centre.domain.zones import within_180
from tools.map_basemap import load, polygons

NEW_ZEALAND = "554"  # ISO 3166-1 numeric, as world-atlas has it
TOKELAU_NORTH_OF = -20.0  # has limits of its own
# limit -> nautical miles (UNCLOS articles 3, 33, 57), vertices of a circle, simplification in degrees
LIMITS = {"12nm": (12.0, 72, 0.002), "24nm": (24.0, 72, 0.003), "eez": (200.0, 180, 0.005)}
PORT_NM = 3.0
STEP_M = 3_000.0  # longest way between neighbouring circles
_GEOD = Geod(ellps="WGS84")

# latitude, longitude of islets that 1:10 m lacks and that carry the limits out
ISLETS = {
    "Three Kings": [(-34.155, 172.145), (-34.17, 172.05)],
    "Poor Knights": [(-35.47, 174.74)],
    "Mokohinau": [(-35.91, 175.12)],
    "Cuvier": [(-36.435, 175.77)],
    "Aldermen": [(-36.965, 176.09)],
    "Mayor": [(-37.285, 176.255)],
    "White": [(-37.52, 177.185)],
    "East": [(-37.69, 178.575)],
    "Portland": [(-39.29, 177.87)],
    "Kapiti": [(-40.85, 174.91)],
    "Stephens": [(-40.67, 174.0)],
    "Solander": [(-46.575, 166.9)],
    "North Trap": [(-47.37, 167.92)],
    "Codfish": [(-46.775, 167.63)],
    "Snares": [(-48.02, 166.61), (-48.06, 166.5)],
    "Bounty": [(-47.75, 179.04)],
    "Antipodes": [(-49.69, 178.79)],
    "Chathams": [(-43.565, -176.81), (-43.96, -175.83), (-44.43, -176.245)],
    "Kermadecs": [(-30.24, -178.43), (-30.54, -178.56), (-31.35, -178.83)],
}


def limits(atlas: Path, places: Path) -> dict[str, Any]:
    """The file's content: three limits, a zone round each New Zealand port; cut at ±180 (RFC 7946, section 3.1.9)."""
    ours, others = _lands(atlas)
    coast = _shore(ours)
    zones = [(limit, _title(limit), _within(ours, coast, limit, others)) for limit in LIMITS]
    zones += [("port", row["name"], _round(row)) for row in _ports(places)]
    source = "Computed from world-atlas 2.0.2 (ISC; Natural Earth 1:10 m, public domain). Approximate; no legal limits."
    return {"type": "FeatureCollection", "source": source, "features": [_feature(*zone) for zone in zones]}


def _title(limit: str) -> str:
    return {"12nm": "Territorial sea", "24nm": "Contiguous zone", "eez": "Exclusive economic zone"}[limit]


def _lands(atlas: Path) -> tuple[list[Polygon], list[Polygon]]:
    """New Zealand's land, and everybody else's; longitudes run on past 180."""
    topology, _ = load(atlas / "countries-10m.json")
    ours: list[Polygon] = []
    others: list[Polygon] = []
    for country in topology["objects"]["countries"]["geometries"]:
        for polygon in polygons(topology, country):
            land = _eastern(polygon)
            mine = country.get("id") == NEW_ZEALAND and land.bounds[3] < TOKELAU_NORTH_OF
            (ours if mine else others).append(land)
    return ours, others


def _eastern(polygon: Polygon) -> Polygon:
    west = polygon.bounds[0]
    return affinity.translate(polygon, west % 360.0 - west)


def _shore(lands: Iterable[Polygon]) -> npt.NDArray[np.float64]:
    """Longitude and latitude of points along the coast at most STEP_M apart, and of the islets."""
    points = [point for land in lands for point in _along(list(land.exterior.coords))]
    points += [(lon % 360.0, lat) for group in ISLETS.values() for lat, lon in group]
    return np.array(points)


def _along(ring: list[tuple[float, ...]]) -> list[tuple[float, float]]:
    line: list[tuple[float, float]] = []
    for (lon1, lat1), (lon2, lat2) in pairwise(ring):
        parts = int(_GEOD.inv(lon1, lat1, lon2, lat2)[2] // STEP_M) + 1
        line += [(lon1 + (lon2 - lon1) * i / parts, lat1 + (lat2 - lat1) * i / parts) for i in range(parts)]
    return line


def _within(ours: list[Polygon], coast: npt.NDArray[np.float64], limit: str, others: list[Polygon]) -> BaseGeometry:
    nm, vertices, tolerance = LIMITS[limit]
    area = shapely.union_all([*_circles(coast, nm, vertices), *map(shapely.make_valid, ours)])
    return shapely.make_valid((area.difference(_nearer_to(others, coast, nm))).simplify(tolerance))


def _circles(points: npt.NDArray[np.float64], nm: float, vertices: int) -> npt.NDArray[Any]:
    bearings = np.linspace(0.0, 360.0, vertices, endpoint=False)
    lons, lats = np.repeat(points[:, 0], vertices), np.repeat(points[:, 1], vertices)
    rim_lon, rim_lat, _ = _GEOD.fwd(lons, lats, np.tile(bearings, len(points)), np.full(len(lons), nm * M_PER_NM))
    rims = np.stack([np.asarray(rim_lon) % 360.0, rim_lat], axis=1).reshape(len(points), vertices, 2)
    return shapely.polygons(rims)


def _nearer_to(others: list[Polygon], coast: npt.NDArray[np.float64], nm: float) -> BaseGeometry:
    """The sea within twice `nm` that lies nearer to another country than to ours.

    It is the cells of a Voronoi diagram, drawn in a stereographic projection about each of their islands.
    """
    reach = 2 * nm / 60 * 1.6  # degrees, generous at these latitudes
    points = shapely.MultiPoint(coast)
    islands = [land for land in others if shapely.dwithin(land, points, reach)]
    return shapely.union_all([_cells(land, coast) for land in islands])


def _cells(land: Polygon, coast: npt.NDArray[np.float64]) -> BaseGeometry:
    centre = land.centroid
    plane = f"+proj=stere +lat_0={centre.y} +lon_0={centre.x} +ellps=WGS84"
    there = Transformer.from_crs("EPSG:4326", plane, always_xy=True)
    back = Transformer.from_crs(plane, "EPSG:4326", always_xy=True)
    theirs = shapely.transform(land, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
    mine = shapely.MultiPoint(np.column_stack(there.transform(coast[:, 0], coast[:, 1])))
    frame = theirs.buffer(1_000_000)
    corners = shapely.MultiPoint(shapely.get_coordinates(theirs)[:-1])
    cells = shapely.voronoi_polygons(corners.union(mine), extend_to=frame)
    near = [cell for cell in shapely.get_parts(cells) if cell.intersects(corners)]
    nearer = shapely.union_all(near).intersection(frame).segmentize(20_000)
    return shapely.transform(nearer, lambda xy: _turned(back.transform(xy[:, 0], xy[:, 1])))


def _turned(lonlat: tuple[Any, Any]) -> npt.NDArray[np.float64]:
    return np.column_stack([np.asarray(lonlat[0]) % 360.0, lonlat[1]])


def _ports(places: Path) -> list[dict[str, Any]]:
    rows = json.loads(places.read_text("utf-8"))["places"]
    return [row for row in rows if row["kind"] == "port" and row["code"].startswith("NZ")]


def _round(row: dict[str, Any]) -> Polygon:
    return Polygon([(lon, lat) for lat, lon in circle(row["lat"], row["lon"], PORT_NM, vertices=36)])


def _feature(limit: str, name: str, area: BaseGeometry) -> dict[str, Any]:
    cut = shapely.set_precision(within_180(area), 0.0001)
    rings = json.loads(json.dumps(mapping(cut)), parse_float=lambda text: round(float(text), 4))
    return {"type": "Feature", "properties": {"zone": limit, "name": name, "approximate": True}, "geometry": rings}
