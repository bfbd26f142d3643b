"""Areas of operations: polygons, circles and lanes, as they are checked, stored, measured and asked what lies in them.

Points are (latitude, longitude) in degrees. Longitudes are unwrapped: the first lies in [-180, 180), each further one
within half a turn of the one before, so that an area across ±180° is one area. Edges are straight on a Mercator chart
(rhumb lines), as people draw them and as the map shows them: what is drawn inside is inside. Lengths are nautical miles.
"""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from ops_centre.domain import geo
from ops_centre.domain.geo import Point

MOST_SHAPES = 20
MOST_POINTS = 200
MOST_LAT = 84.0  # a Mercator chart ends about there
RADIUS_NM = (0.1, 600.0)
WIDTH_NM = (0.1, 200.0)
MOST_NAME = 60
STEP_NM = 20.0  # between the points that an outline is made of
SMALLEST_NM2 = 0.001
_WGS84 = Geod(ellps="WGS84")


class ShapeKind(StrEnum):
    """What a shape is: corners, a centre with a radius, or a centre line with a width."""

    POLYGON = "polygon"
    CIRCLE = "circle"
    LANE = "lane"


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of an area. ``reach_nm``: radius of a circle, whole width of a lane, 0 of a polygon."""

    kind: ShapeKind
    points: tuple[Point, ...]
    reach_nm: float = 0.0
    name: str = ""

    def as_plain(self) -> dict[str, Any]:
        """As it is stored and sent: ``{"kind", "name", "points": [[lat, lon], …], "radius_nm" | "width_nm"}``."""
        plain: dict[str, Any] = {
            "kind": self.kind.value,
            "name": self.name,
            "points": [list(one) for one in self.points],
        }
        if self.kind is ShapeKind.CIRCLE:
            plain["radius_nm"] = self.reach_nm
        elif self.kind is ShapeKind.LANE:
            plain["width_nm"] = self.reach_nm
        return plain


def shape_of(plain: Mapping[str, Any]) -> Shape:
    """The shape of what was stored or sent, checked. Raises ValueError in the officer's words."""
    try:
        kind = ShapeKind(str(plain.get("kind")))
        points = [(float(lat), float(lon)) for lat, lon in plain.get("points") or ()]
        reach = float(plain.get({ShapeKind.CIRCLE: "radius_nm", ShapeKind.LANE: "width_nm"}.get(kind, "")) or 0.0)
    except (TypeError, ValueError) as garbled:
        raise ValueError("a shape has a kind (polygon, circle, lane) and points of latitude and longitude") from garbled
    shape = Shape(kind, _tidy(points), reach, " ".join(str(plain.get("name") or "").split())[:MOST_NAME])
    _check(shape)
    return shape


def area_of(plains: Iterable[Mapping[str, Any]]) -> tuple[Shape, ...]:
    """The shapes of an area. Raises ValueError naming the shape."""
    shapes = []
    for number, plain in enumerate(plains, start=1):
        if number > MOST_SHAPES:
            raise ValueError(f"an area has at most {MOST_SHAPES} shapes")
        try:
            shapes.append(shape_of(plain))
        except ValueError as fault:
            raise ValueError(f"{plain.get('name') or f'shape {number}'}: {fault}") from fault
    return tuple(shapes)


def digest(plains: Sequence[Mapping[str, Any]]) -> str:
    """A word for an area as stored, the same for the same area: who draws says with it what they began from."""
    return hashlib.sha256(json.dumps(list(plains), sort_keys=True).encode()).hexdigest()[:16]


def _tidy(points: Sequence[Point]) -> tuple[Point, ...]:
    """Rounded to a tenth of a metre, unwrapped from the first, without a point that only repeats the one before."""
    if not all(math.isfinite(lat) and math.isfinite(lon) for lat, lon in points):
        raise ValueError("a coordinate is not a number")
    if any(abs(lat) > MOST_LAT for lat, _ in points):
        raise ValueError(f"latitudes beyond ±{MOST_LAT:g} are off the chart")
    turned = [(round(lat, 6), round(geo.normalise_lon(lon), 6)) for lat, lon in points]
    line = [(lat, round(lon, 6)) for lat, lon in geo.unwrap(turned)]
    return tuple(point for place, point in enumerate(line) if place == 0 or point != line[place - 1])


def _check(shape: Shape) -> None:
    if len(shape.points) > MOST_POINTS:
        raise ValueError(f"it has {len(shape.points)} points; at most {MOST_POINTS}")
    if shape.kind is ShapeKind.CIRCLE:
        if len(shape.points) != 1:
            raise ValueError("a circle has one point, its centre")
        _within("radius", shape.reach_nm, RADIUS_NM)
        if abs(shape.points[0][0]) + shape.reach_nm / 60.0 > MOST_LAT:
            raise ValueError("it reaches off the chart towards the pole")
    elif shape.kind is ShapeKind.LANE:
        if len(shape.points) < 2:
            raise ValueError("a lane has two points or more")
        _within("width", shape.reach_nm, WIDTH_NM)
    else:
        _check_polygon(shape)
    lons = [lon for _, lon in shape.points]
    if max(lons) - min(lons) >= 360.0:
        raise ValueError("it runs round the whole Earth")


def _within(what: str, nm: float, limits: tuple[float, float]) -> None:
    if not limits[0] <= nm <= limits[1]:  # False for NaN too
        raise ValueError(f"its {what} is {limits[0]:g} to {limits[1]:g} nautical miles")


def _check_polygon(shape: Shape) -> None:
    corners = shape.points[:-1] if len(shape.points) > 1 and shape.points[0] == shape.points[-1] else shape.points
    if len(corners) < 3:
        raise ValueError("a polygon has three corners or more")
    ring = shapely.Polygon([_chart(point) for point in corners])
    if not ring.is_valid:
        raise ValueError("its edges cross each other")
    if abs(shape_area_nm2(shape)) < SMALLEST_NM2:
        raise ValueError("it has no area")


# Chart: x is the longitude, y the Mercator latitude, both in degrees of longitude


def _chart(point: Point) -> Point:
    lat, lon = point
    return lon, math.degrees(math.asinh(math.tan(math.radians(lat))))


def _charted(points: Iterable[Point]) -> list[Point]:
    return [_chart(point) for point in points]


def off_chart(x: float, y: float) -> Point:
    """The position at a place of the chart that `on_chart` lays shapes on."""
    return math.degrees(math.atan(math.sinh(math.radians(y)))), x


@lru_cache(maxsize=2048)
def on_chart(shape: Shape) -> BaseGeometry:
    """The shape on the chart: what lies in it, edges included."""
    if shape.kind is ShapeKind.POLYGON:
        return shapely.Polygon(_charted(shape.points))
    if shape.kind is ShapeKind.CIRCLE:
        return shapely.Polygon(_charted(geo.circle(*shape.points[0], shape.reach_nm)))
    return _lane(shape)


def _lane(shape: Shape) -> BaseGeometry:
    """Strips along the legs and circles at their ends, joined."""
    half = shape.reach_nm / 2.0
    line = _stepped(shape.points)
    parts: list[BaseGeometry] = [
        shapely.Polygon(_charted(geo.circle(*point, half, vertices=36))) for point in shape.points
    ]
    for one, two in pairwise(line):
        along = geo.bearing_deg(*one, *two)
        corners = [
            (lat, lon + geo.lon_difference(lon, far_lon), far_lat)
            for (lat, lon), side in ((one, 90.0), (one, -90.0), (two, -90.0), (two, 90.0))
            for far_lat, far_lon in (geo.destination(lat, lon, along + side, half),)
        ]
        parts.append(shapely.Polygon([_chart((far_lat, lon)) for _, lon, far_lat in corners]))
    return shapely.union_all([shapely.make_valid(part) for part in parts])


def _stepped(points: Sequence[Point]) -> list[Point]:
    """The line with a point at most every `STEP_NM`, between two of them on the straight line of the chart."""
    line = [points[0]]
    for one, two in pairwise(points):
        steps = max(1, math.ceil(geo.distance_nm(*one, *two) / STEP_NM))
        (x1, y1), (x2, y2) = _chart(one), _chart(two)
        line += [off_chart(x1 + (x2 - x1) * i / steps, y1 + (y2 - y1) * i / steps) for i in range(1, steps)] + [two]
    return line


def shape_area_nm2(shape: Shape) -> float:
    """Area of one shape on the ellipsoid, square nautical miles."""
    if shape.kind is ShapeKind.POLYGON:
        rings = [_stepped([*shape.points, shape.points[0]])]
    else:
        rings = [
            _stepped([off_chart(x, y) for x, y in part.exterior.coords]) for part in shapely.get_parts(on_chart(shape))
        ]
    return sum(_ring_nm2(ring) for ring in rings)


def _ring_nm2(ring: Sequence[Point]) -> float:
    lats, lons = zip(*ring, strict=True)
    square_metres, _ = _WGS84.polygon_area_perimeter(lons, lats)
    return abs(float(square_metres)) / geo.M_PER_NM**2


def area_nm2(shapes: Sequence[Shape]) -> float:
    """Area of all shapes, square nautical miles; what several cover counts once for each."""
    return sum(shape_area_nm2(shape) for shape in shapes)


def inside(shapes: Sequence[Shape], lats: npt.ArrayLike, lons: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Which positions (two sequences of one length, degrees) lie in any of the shapes. False where there is none (NaN)."""
    lat, lon = np.asarray(lats, dtype=float), np.asarray(lons, dtype=float)
    known = np.isfinite(lat) & np.isfinite(lon) & (np.abs(np.nan_to_num(lat)) < 89.9)
    found = np.zeros(lat.shape, dtype=bool)
    y = np.degrees(np.arcsinh(np.tan(np.radians(np.where(known, lat, 0.0)))))
    for shape in shapes:
        chart = on_chart(shape)
        west, south, east, north = chart.bounds
        x = west + np.mod(np.where(known, lon, 0.0) - west, 360.0)  # the one turn in which the shape begins
        near = np.flatnonzero(known & ~found & (x <= east) & (y >= south) & (y <= north))
        if near.size:
            found[near] = shapely.intersects_xy(chart, x[near], y[near])
    return found


def contains(shapes: Sequence[Shape], lat: float, lon: float) -> bool:
    """Whether one position lies in the area."""
    return bool(inside(shapes, [lat], [lon])[0])


def described(shape: Shape) -> str:
    """``Polygon of 5 corners``, ``Circle of 12 nm``, ``Lane 6 nm wide, 143 nm long``."""
    if shape.kind is ShapeKind.CIRCLE:
        return f"Circle of {shape.reach_nm:g} nm"
    if shape.kind is ShapeKind.LANE:
        return f"Lane {shape.reach_nm:g} nm wide, {geo.length_nm(_stepped(shape.points)):,.0f} nm long"
    corners = len(shape.points) - (shape.points[0] == shape.points[-1])
    return f"Polygon of {corners} corners"
