"""Areas of a CAP message as shapes: points (latitude, longitude) unwrapped past ±180°, lengths in nautical miles."""

import math
from collections.abc import Iterable
from typing import Any
from xml.etree.ElementTree import Element

from ops_centre.domain.geo import normalise_lon, unwrap
from ops_centre.feeds.cap.elements import children, text_of, texts_of

KM_PER_NM = 1.852
MOST_POINTS = 5000  # of a polygon with more, only so many are drawn, evenly taken
MOST_AREAS = 200
MOST_LAT = 89.9

Point = tuple[float, float]


def areas_of(info: Element, caveats: list[str]) -> list[dict[str, Any]]:
    """The areas of an info block. What cannot be drawn is left out and said in ``caveats``; its name stays."""
    found = []
    for area in children(info, "area")[:MOST_AREAS]:
        name = text_of(area, "areaDesc")[:500]
        if not name:
            caveats.append("an area has no description")
        shapes = [*_polygons(area, caveats), *_circles(area, caveats)]
        codes = [
            [text_of(code, "valueName")[:120], text_of(code, "value")[:120]] for code in children(area, "geocode")[:500]
        ]
        found.append({"name": name, "shapes": shapes, "geocodes": codes})
    return found


def _polygons(area: Element, caveats: list[str]) -> Iterable[dict[str, Any]]:
    for text in texts_of(area, "polygon"):
        try:
            yield {"kind": "polygon", "points": _ring(text)}
            if (many := len(text.split())) > MOST_POINTS:
                caveats.append(f"a polygon of {many:,} points is drawn with every {-(-many // MOST_POINTS)}th of them")
        except ValueError as fault:
            caveats.append(f"a polygon is not drawn: {fault}")


def _circles(area: Element, caveats: list[str]) -> Iterable[dict[str, Any]]:
    for text in texts_of(area, "circle"):
        try:
            centre, km = text.split()
            lat, lon = _point(centre)
            radius = float(km)
            if not 0 <= radius <= 20_000:
                raise ValueError("its radius is out of bounds")
        except ValueError as fault:
            caveats.append(f"a circle is not drawn: {str(fault)[:80]}")
            continue
        yield {"kind": "circle", "points": [[lat, lon]], "radius_nm": round(radius / KM_PER_NM, 3)}


def _ring(text: str) -> list[list[float]]:
    pairs = text.split()
    pairs = pairs[:: -(-len(pairs) // MOST_POINTS) or 1]
    points = [_point(pair) for pair in pairs]
    if points and points[0] == points[-1]:
        points = points[:-1]
    if len(set(points)) < 3:
        raise ValueError("it has fewer than three corners")
    return [[lat, round(lon, 6)] for lat, lon in unwrap(points)]


def _point(text: str) -> Point:
    """``"-41.2,174.7"``. Raises ValueError."""
    parts = text.split(",")
    if len(parts) != 2:
        raise ValueError(f"{text[:30]!r} is no latitude and longitude")
    lat, lon = float(parts[0]), float(parts[1])
    if not (math.isfinite(lat) and abs(lat) <= 90 and math.isfinite(lon) and abs(lon) <= 360):
        raise ValueError(f"{text[:30]!r} lies on no globe")
    return round(max(-MOST_LAT, min(MOST_LAT, lat)), 6), round(normalise_lon(lon), 6)
