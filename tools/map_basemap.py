"""Builds the basemap files from npm world-atlas 2.0.2 (ISC; Natural Earth, public domain). Format: docs/maps.md.

Vertices keep the package's own grid (1/100,000 of the globe's width, about 300 m), so nothing is lost and nothing is
simplified; the detail is what Natural Earth 1:10 m has.
"""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import shapely
from shapely import affinity
from shapely.geometry import Polygon, box

SOURCE = "world-atlas 2.0.2 (ISC), made with Natural Earth (public domain)"
OCEANIA = box(140.0, -65.0, 200.0, 5.0)  # west, south, east, north; drawn in detail
TURN = 99_999  # 360 degrees on the grid of every world-atlas file
OVERLAP = 0.3  # how far Antarctica runs on past 180, degrees

Vertex = tuple[int, int]


class Grid:
    """The whole-number grid of a TopoJSON file."""

    def __init__(self, topology: dict[str, Any]) -> None:
        self.scale = topology["transform"]["scale"]
        self.translate = topology["transform"]["translate"]

    def lonlat(self, x: int, y: int) -> tuple[float, float]:
        """Degrees of a vertex."""
        return self.translate[0] + x * self.scale[0], self.translate[1] + y * self.scale[1]

    def xy(self, lon: float, lat: float) -> tuple[int, int]:
        """The vertex nearest to a point."""
        return round((lon - self.translate[0]) / self.scale[0]), round((lat - self.translate[1]) / self.scale[1])


def load(path: Path) -> tuple[dict[str, Any], Grid]:
    """A TopoJSON file and its grid."""
    topology = json.loads(path.read_text("utf-8"))
    return topology, Grid(topology)


def polygons(topology: dict[str, Any], geometry: dict[str, Any]) -> Iterator[Polygon]:
    """The polygons of one geometry of a topology, in degrees (TopoJSON 1.0, sections 2.1.4 and 2.2).

    world-atlas stitches rings across ±180, so that they jump there; here they run on past it. A ring that ends
    a whole turn from where it began goes round the pole (Antarctica) and is closed along it.
    """
    if geometry["type"] == "GeometryCollection":
        for inner in geometry["geometries"]:
            yield from polygons(topology, inner)
        return
    grid = Grid(topology)
    for rings in geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]:
        outer, *holes = (_unwrapped(_ring(topology, arcs)) for arcs in rings)
        holes = [hole for hole in holes if len(hole) >= 4 and hole[0] == hole[-1]]  # no lines, nor the pole's parallel
        if len(outer) >= 4:
            yield Polygon(_degrees(grid, outer), [_degrees(grid, _beside(outer, hole)) for hole in holes])


def _ring(topology: dict[str, Any], arcs: list[int]) -> list[Vertex]:
    ring: list[Vertex] = []
    for arc in arcs:
        points = _arc(topology, arc if arc >= 0 else ~arc)
        ring += points if arc >= 0 else points[::-1]
    return ring


def _arc(topology: dict[str, Any], number: int) -> list[Vertex]:
    x, y, points = 0, 0, []
    for dx, dy in topology["arcs"][number]:
        x, y = x + dx, y + dy
        points.append((x, y))
    return points


def _unwrapped(ring: list[Vertex]) -> list[Vertex]:
    turn, line = 0, [ring[0]]
    for before, after in pairwise(ring):
        turn -= TURN * round((after[0] - before[0]) / TURN)
        if (after[0] + turn, after[1]) != line[-1]:
            line.append((after[0] + turn, after[1]))
    return line


def _beside(outer: list[Vertex], hole: list[Vertex]) -> list[Vertex]:
    """The hole on the same turn of the globe as the ring round it."""
    turns = -((hole[0][0] - min(x for x, _ in outer)) // TURN)
    return [(x + turns * TURN, y) for x, y in hole]


def _degrees(grid: Grid, ring: list[Vertex]) -> list[tuple[float, float]]:
    if ring[0][0] == ring[-1][0]:
        return [grid.lonlat(*vertex) for vertex in ring]
    eastward = ring if ring[0][0] < ring[-1][0] else ring[::-1]
    start = min(range(len(eastward) - 1), key=lambda i: eastward[i][0] % TURN)  # nearest to -180
    turned = [(x + TURN, y) for x, y in eastward[1 : start + 1]]
    shift = TURN * (eastward[start][0] // TURN)
    coast = [grid.lonlat(x - shift, y) for x, y in eastward[start:] + turned]
    return [*coast, (coast[-1][0], -90.0), (coast[0][0], -90.0), coast[0]]


def joined(parts: list[Polygon]) -> list[Polygon]:
    """The polygons with those that still touch ±180 put together again, west edges in [-180, 180)."""
    turned = [affinity.translate(p, -360.0 * ((p.bounds[0] + 180.0) // 360.0)) for p in parts]
    polar = [p for p in turned if p.bounds[2] - p.bounds[0] > 359.0]
    touching = [p for p in turned if p not in polar and (p.bounds[0] < -180 + 1e-6 or p.bounds[2] > 180 - 1e-6)]
    inner = [p for p in turned if p not in polar and p not in touching]
    eastern = [affinity.translate(p, 360.0) if p.bounds[0] < -180 + 1e-6 else p for p in touching]
    seam = shapely.union_all([part for p in eastern for part in _areas(p)], grid_size=1e-6)
    mended = [p if p.bounds[0] < 180 else affinity.translate(p, -360.0) for p in shapely.get_parts(seam)]
    return [*inner, *polar, *mended]


def _areas(polygon: Polygon) -> list[Polygon]:
    """A polygon as valid polygons."""
    return [part for part in shapely.get_parts(shapely.make_valid(polygon)) if part.geom_type == "Polygon"]


def basemaps(atlas: Path) -> dict[str, dict[str, Any]]:
    """The two files' content by name."""
    coarse, coarse_grid = load(atlas / "land-50m.json")
    fine, fine_grid = load(atlas / "land-10m.json")
    world = joined(list(polygons(coarse, coarse["objects"]["land"])))
    detail = [p for p in joined(list(polygons(fine, fine["objects"]["land"]))) if in_oceania(p)]
    drawn_finer = shapely.STRtree(detail)
    return {
        "world": _file(coarse_grid, [(p, drawn_finer.query(p, predicate="intersects").size > 0) for p in world]),
        "detail": _file(fine_grid, [(p, False) for p in detail]),
    }


def in_oceania(polygon: Polygon) -> bool:
    """Whether any of the polygon lies in the region drawn in detail."""
    return any(affinity.translate(polygon, turn).intersects(OCEANIA) for turn in (0.0, 360.0))


def _file(grid: Grid, rows: list[tuple[Polygon, bool]]) -> dict[str, Any]:
    rows = sorted(rows, key=lambda row: (-row[0].area, row[0].bounds))
    return {
        "format": 1,
        "source": SOURCE,
        "scale": grid.scale,
        "translate": grid.translate,
        "polygons": [_polygon(grid, polygon, finer) for polygon, finer in rows],
    }


def _polygon(grid: Grid, polygon: Polygon, finer: bool) -> dict[str, Any]:
    rings = [_vertices(grid, ring.coords) for ring in (polygon.exterior, *polygon.interiors)]
    row: dict[str, Any] = {"b": [round(edge, 3) for edge in polygon.bounds]}
    if polygon.bounds[2] - polygon.bounds[0] > 359.0:  # coast first, then the pole's two corners
        row["l"] = [_steps(rings[0][:-2])]
        (last_x, last_y), (pole_x, pole_y), corner = rings[0][-3:]
        further = round(OVERLAP / grid.scale[0])
        rings[0] = [*rings[0][:-2], (last_x + further, last_y), (pole_x + further, pole_y), corner]
    row["r"] = [_steps(ring) for ring in rings]
    return {**row, "d": 1} if finer else row


def _vertices(grid: Grid, ring: Any) -> list[Vertex]:
    """A closed ring on the grid; its last vertex, which is its first, left off."""
    vertices = [grid.xy(lon, lat) for lon, lat in ring][:-1]
    return [vertex for i, vertex in enumerate(vertices) if vertex != vertices[i - 1]]


def _steps(line: list[Vertex]) -> list[int]:
    """The first vertex, then each as a step from the one before."""
    flat, before = [], (0, 0)
    for x, y in line:
        flat += [x - before[0], y - before[1]]
        before = x, y
    return flat
