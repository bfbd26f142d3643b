"""The area of a hazard as GeoJSON (RFC 7946): longitude first, rings counter-clockwise and closed, cut at ±180°."""

import math
from collections.abc import Iterable, Sequence
from typing import Any

from ops_centre.domain.geo import circle, normalise_lon

Ring = list[tuple[float, float]]  # longitude, latitude


def geometry(shapes: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """One geometry of all shapes of a hazard; None where it gives no outline."""
    polygons: list[list[Ring]] = []
    points: Ring = []
    for shape in shapes:
        if shape["kind"] != "circle":
            polygons += _cut([(lon, lat) for lat, lon in shape["points"]])
            continue
        lat, lon = shape["points"][0]
        if shape.get("radius_nm"):
            polygons += _cut([(east, north) for north, east in circle(lat, lon, shape["radius_nm"])])
        else:
            points.append((normalise_lon(lon), lat))
    parts: list[dict[str, Any]] = []
    if polygons:
        parts.append({"type": "MultiPolygon", "coordinates": polygons})
    if points:
        parts.append({"type": "MultiPoint", "coordinates": points})
    if len(parts) > 1:
        return {"type": "GeometryCollection", "geometries": parts}
    return parts[0] if parts else None


def _cut(ring: Ring) -> list[list[Ring]]:
    """The polygons of a ring whose longitudes run on past ±180°, each between -180 and 180."""
    lons = [lon for lon, _lat in ring]
    turns = range(math.floor((min(lons) + 180) / 360), math.floor((max(lons) + 180) / 360) + 1)
    found = []
    for turn in turns:
        west = 360.0 * turn - 180
        inside = _side(_side(ring, west, 1), west + 360, -1)
        if len(set(inside)) > 2:
            moved = [(round(lon - 360.0 * turn, 6), lat) for lon, lat in inside]
            found.append([_closed(moved)])
    return found


def _side(ring: Sequence[tuple[float, float]], at: float, sign: int) -> Ring:
    """What of a ring lies east (``sign`` 1) or west (-1) of a meridian."""
    kept: Ring = []
    for place, (lon, lat) in enumerate(ring):
        before_lon, before_lat = ring[place - 1]
        if ((before_lon - at) * sign >= 0) != ((lon - at) * sign >= 0):
            share = (at - before_lon) / (lon - before_lon)
            kept.append((at, round(before_lat + share * (lat - before_lat), 6)))
        if (lon - at) * sign >= 0:
            kept.append((lon, lat))
    return kept


def _closed(ring: Ring) -> Ring:
    area = sum(ring[at - 1][0] * lat - lon * ring[at - 1][1] for at, (lon, lat) in enumerate(ring))
    turned = ring if area > 0 else ring[::-1]
    return [*turned, turned[0]]
