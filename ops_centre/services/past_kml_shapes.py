"""Areas as KML polygons: on the chart as the map draws them, cut where they cross ±180°."""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as Xml

import shapely
from shapely.affinity import translate
from shapely.geometry.base import BaseGeometry

from ops_centre.domain.shapes import Shape, ShapeKind, off_chart, on_chart

KML = "http://www.opengis.net/kml/2.2"
ROUND = 360.0
_WORLD = shapely.box(-180.0, -400.0, 180.0, 400.0)  # charted degrees: 84° of latitude lie at 169


def outline(parent: Xml.Element, plain: Mapping[str, Any]) -> None:
    """Write a shape as stored into a placemark's geometry; a circle without a radius is a point."""
    points = tuple((float(lat), float(lon)) for lat, lon in plain["points"])
    reach = float(plain.get("radius_nm") or plain.get("width_nm") or 0.0)
    if reach <= 0 and plain["kind"] != ShapeKind.POLYGON:
        for lat, lon in points:
            where = _child(_child(parent, "Point"), "coordinates")
            where.text = f"{(lon + 180.0) % ROUND - 180.0:.5f},{lat:.5f}"
        return
    for polygon in _parts(shapely.make_valid(on_chart(Shape(ShapeKind(plain["kind"]), points, reach)))):
        made = _child(parent, "Polygon")
        _child(made, "tessellate").text = "1"
        _ring(made, "outerBoundaryIs", polygon.exterior)
        for hole in polygon.interiors:
            _ring(made, "innerBoundaryIs", hole)


def _parts(area: BaseGeometry) -> Iterator[shapely.Polygon]:
    """Polygons between -180° and 180°, of an area whose longitudes may go on beyond."""
    west, _south, east, _north = area.bounds
    for turn in range(round(west // ROUND) - 1, round(east // ROUND) + 2):
        inside = shapely.intersection(translate(area, xoff=-turn * ROUND), _WORLD)
        for part in shapely.get_parts(inside):
            yield from (one for one in shapely.get_parts(part) if one.geom_type == "Polygon" and one.area > 0)


def _ring(parent: Xml.Element, name: str, ring: Any) -> None:
    line = [off_chart(x, y) for x, y in ring.coords]
    coordinates = _child(_child(_child(parent, name), "LinearRing"), "coordinates")
    coordinates.text = " ".join(f"{lon:.5f},{lat:.5f}" for lat, lon in line)


def _child(parent: Xml.Element, name: str) -> Xml.Element:
    return Xml.SubElement(parent, f"{{{KML}}}{name}")
