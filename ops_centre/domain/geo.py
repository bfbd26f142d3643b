"""Geodesy of the centre: distances, bearings and lines on the WGS 84 ellipsoid, right across ±180°.

Degrees everywhere: latitude in [-90, 90], longitude in [-180, 180) unless said to be unwrapped. Distances are nautical
miles (1852 m), bearings degrees true, clockwise from north, in [0, 360). Points are given as (lat, lon), lines as lists
of such points. This file must never compare raw longitudes of two points: 179.9 and -179.9 lie 12 nm apart.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from pyproj import Geod

M_PER_NM = 1852.0
KM_PER_NM = M_PER_NM / 1000
_WGS84 = Geod(ellps="WGS84")

Point = tuple[float, float]
BBox = tuple[float, float, float, float]


def normalise_lon(lon: float) -> float:
    """The same meridian in [-180, 180): 180 becomes -180, 190 becomes -170. Raises ValueError when not finite."""
    if not math.isfinite(lon):
        raise ValueError(f"{lon} is no longitude")
    turned = (lon + 180.0) % 360.0 - 180.0
    return -180.0 if turned >= 180.0 else turned


def is_position(lat: float, lon: float) -> bool:
    """Whether this is a place on Earth: finite, latitude within ±90, longitude within ±180. False for NaN."""
    return -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0


def lon_difference(from_lon: float, to_lon: float) -> float:
    """Degrees east from one meridian to another the short way round, in [-180, 180)."""
    return normalise_lon(to_lon - from_lon)


def distance_nm(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Length of the geodesic between two points, nautical miles."""
    return float(_WGS84.inv(lon1, lat1, lon2, lat2)[2]) / M_PER_NM


def bearing_deg(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Bearing at the first point of the geodesic to the second, degrees true in [0, 360)."""
    return float(_WGS84.inv(lon1, lat1, lon2, lat2)[0]) % 360.0


def destination(lat: float, lon: float, bearing: float, nm: float) -> Point:
    """The point `nm` nautical miles from a point along the geodesic that leaves it on `bearing` (degrees true)."""
    to_lon, to_lat, _ = _WGS84.fwd(lon, lat, bearing, nm * M_PER_NM)
    return float(to_lat), normalise_lon(float(to_lon))


def great_circle(lat1: float, lon1: float, lat2: float, lon2: float, *, step_nm: float = 60.0) -> list[Point]:
    """The geodesic between two points as a line with a vertex at most every `step_nm`, both ends included.

    Longitudes are unwrapped (see `unwrap`), so the line can be drawn as it is. Raises ValueError unless the step is
    longer than 0.
    """
    if not step_nm > 0:
        raise ValueError("a step must be longer than 0 nm")
    legs = max(1, math.ceil(distance_nm(lat1, lon1, lat2, lon2) / step_nm))
    between = _WGS84.npts(lon1, lat1, lon2, lat2, legs - 1) if legs > 1 else []
    return unwrap([(lat1, lon1), *((lat, lon) for lon, lat in between), (lat2, lon2)])


def circle(lat: float, lon: float, radius_nm: float, *, vertices: int = 72) -> list[Point]:
    """Points at `radius_nm` round a point, clockwise from north, unwrapped about its longitude, not closed."""
    rim = (destination(lat, lon, 360.0 * i / vertices, radius_nm) for i in range(vertices))
    return [(la, lon + lon_difference(lon, lo)) for la, lo in rim]


def unwrap(line: Iterable[Point]) -> list[Point]:
    """The same line with longitudes that run on past ±180 instead of jumping, for drawing.

    The first point keeps its longitude; each further one lies within half a turn of the one before.
    """
    unwrapped: list[Point] = []
    for lat, lon in line:
        before = unwrapped[-1][1] if unwrapped else lon
        unwrapped.append((lat, lon + 360.0 * round((before - lon) / 360.0)))
    return unwrapped


def split_at_antimeridian(line: Iterable[Point]) -> list[list[Point]]:
    """The line in pieces with longitudes in [-180, 180], cut where it crosses ±180 (RFC 7946, section 3.1.9).

    Each cut lies on the straight line between the two points either side; a piece has two points or more.
    """
    points = unwrap(line)
    pieces: list[list[Point]] = []
    piece: list[Point] = []
    for before, after in pairwise(points):
        stops = [before, *_crossings(before, after), after]
        for one, two in pairwise(stops):
            turn = 360.0 * round((one[1] + two[1]) / 720.0)
            start, end = ((lat, max(-180.0, min(180.0, lon - turn))) for lat, lon in (one, two))
            if piece and piece[-1] != start:
                pieces.append(piece)
                piece = []
            piece = [*piece, end] if piece else [start, end]
    return [*pieces, piece] if piece else pieces


def _crossings(before: Point, after: Point) -> list[Point]:
    """Where the straight line between two unwrapped points meets an odd multiple of 180, ends excluded."""
    (lat1, lon1), (lat2, lon2) = before, after
    low, high = min(lon1, lon2), max(lon1, lon2)
    seam = 360.0 * math.floor((low + 180.0) / 360.0) + 180.0
    if not low < seam < high:
        return []
    return [(lat1 + (lat2 - lat1) * (seam - lon1) / (lon2 - lon1), seam)]


def bbox(points: Iterable[Point]) -> BBox:
    """The narrowest box (west, south, east, north) round points; west > east where it crosses ±180.

    Raises ValueError when there are no points.
    """
    lats, lons = zip(*points, strict=True)
    turned = sorted({normalise_lon(lon) for lon in lons})
    gaps = [(_eastward(turned[i - 1], lon), i) for i, lon in enumerate(turned)]
    _, first = max(gaps)
    return turned[first], min(lats), turned[first - 1], max(lats)


def in_bbox(box: BBox, lat: float, lon: float) -> bool:
    """Whether a point lies in a box as `bbox` makes them, edges included."""
    west, south, east, north = box
    if not south <= lat <= north:
        return False
    return east - west >= 360.0 or _eastward(west, lon) % 360.0 <= _eastward(west, east) % 360.0


def _eastward(from_lon: float, to_lon: float) -> float:
    """Degrees from one meridian east to another, in (0, 360]; a full turn when they are the same."""
    return (normalise_lon(to_lon) - normalise_lon(from_lon)) % 360.0 or 360.0


def length_nm(line: Sequence[Point]) -> float:
    """Length of a line of geodesics, nautical miles."""
    return sum(distance_nm(*one, *two) for one, two in pairwise(line))
