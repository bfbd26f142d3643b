#!/usr/bin/env python3
"""Makes `data/sea/corners.json`: the corners a ship turns at, and which of them see each other.

Maintainers run it when the basemap or the chart's reach changes (`python tools/build_sea.py`); users never do. It reads
`data/basemap` alone and the same basemap gives the same bytes. The coast is widened to keep a ship off the shore and
simplified; what sticks out of that outline is a corner, and the outline's two sides at it are its arms. Two corners are
joined when the great circle between them meets no land and brushes past both (any other joint lies on no shortest way).
Why: docs/adr/0012.
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from ops_centre.domain.landmass import MIDDLE, NEAR, NM_PER_RADIAN, REACH_DEG, load_coast, to_plane  # noqa: E402  path first

NM = 1852.0
FINE = (0.8, 0.6)  # kept off the shore, simplified by; nautical miles
COARSE = (6.0, 4.0)
RIM_DEG = REACH_DEG - 4.0  # no corners where the chart is cut off


def main() -> None:
    """Build and write."""
    rings = [ring for fine in (True, False) for ring in _outlines(fine=fine)]
    corners, before, after = _corners(rings)
    joints = _joints(corners, before, after)
    told = {
        "format": 1,
        "source": "data/basemap (Natural Earth, public domain), by tools/build_sea.py",
        "corners": [[round(lat, 4), round(lon, 4)] for lat, lon in corners],
        "arms": _arms(corners, before, after),
        "joints": _packed(joints),
    }
    path = ROOT / "data" / "sea" / "corners.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(told, separators=(",", ":")) + "\n", "utf-8")
    print(f"{len(corners)} corners, {len(joints)} joints, {path.stat().st_size} bytes")


def _flat(middle: tuple[float, float]) -> tuple[Transformer, Transformer]:
    crs = CRS.from_proj4(f"+proj=aeqd +lat_0={middle[0]} +lon_0={middle[1]} +datum=WGS84 +units=m")
    return (
        Transformer.from_crs("EPSG:4326", crs, always_xy=True),
        Transformer.from_crs(crs, "EPSG:4326", always_xy=True),
    )


def _outlines(*, fine: bool) -> list[np.ndarray]:
    """Rings (lat, lon), closed, round the land near (fine) or elsewhere (coarse)."""
    there, back = _flat((-41.0, 173.0) if fine else MIDDLE)
    off, by = FINE if fine else COARSE
    masses = [_moved(mass, there) for mass, near in _masses() if near == fine]
    wide = [_onto_plane(shapely.buffer(mass, off * NM, quad_segs=3), back) for mass in masses]
    rings = []
    for part in shapely.get_parts(
        shapely.simplify(shapely.union_all(wide), by / NM_PER_RADIAN)
    ):  # straight: great circles
        xy = shapely.get_coordinates(shapely.orient_polygons(part).exterior)
        rings.append(np.round(np.stack(_from_plane(xy), axis=-1), 4))
    return rings


def _onto_plane(area: Any, back: Transformer) -> Any:
    """An area in metres on the plane of the chart; what lies beyond the rim is left out."""

    def move(xy: np.ndarray) -> np.ndarray:
        lon, lat = back.transform(xy[:, 0], xy[:, 1])
        return np.stack(to_plane(lat, lon), axis=-1)

    ring = move(shapely.get_coordinates(shapely.segmentize(area, 20.0 * NM).exterior))
    ring = ring[np.isfinite(ring).all(axis=1)]
    return shapely.make_valid(shapely.Polygon(ring)) if len(ring) > 3 else shapely.Polygon()


def _masses() -> list[tuple[Any, bool]]:
    """Every mass of the chart in degrees, and whether it lies near."""
    south, north, west, east = NEAR
    found = []
    for mass in load_coast().masses:
        lat, lon = _from_plane(shapely.get_coordinates(mass.exterior))
        near = bool(south <= lat.mean() <= north and west <= (lon % 360).mean() <= east)
        found.append((shapely.Polygon(np.stack([lon, lat], axis=-1)), near))
    return found


def _moved(polygon: Any, there: Transformer) -> Any:
    return shapely.make_valid(
        shapely.transform(polygon, lambda xy: np.stack(there.transform(xy[:, 0], xy[:, 1]), axis=-1))
    )


def _from_plane(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The inverse of `landmass.to_plane`."""
    phi, lam = np.radians(MIDDLE[0]), np.radians(MIDDLE[1])
    x, y = xy.T
    rho = np.hypot(x, y)
    c = np.arctan(rho)
    with np.errstate(invalid="ignore"):
        part = np.where(rho > 0, y * np.sin(c) / rho, 0.0)
    lat = np.arcsin(np.cos(c) * np.sin(phi) + part * np.cos(phi))
    lon = lam + np.arctan2(x * np.sin(c), rho * np.cos(phi) * np.cos(c) - y * np.sin(phi) * np.sin(c))
    return np.degrees(lat), np.degrees(lon)


def _corners(rings: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Corners (lat, lon) that stick out of the outlines, with the outline's points before and after (plane)."""
    found, befores, afters = [], [], []
    for ring in rings:
        points = ring[:-1]
        xy = np.stack(to_plane(points[:, 0], points[:, 1]), axis=-1)
        before, after = np.roll(xy, 1, axis=0), np.roll(xy, -1, axis=0)
        into, out = xy - before, after - xy
        turn = np.arctan2(into[:, 0] * out[:, 1] - into[:, 1] * out[:, 0], (into * out).sum(axis=1))
        inside = shapely.contains_xy(load_coast().land, xy)
        keep = (turn > 0.0) & ~inside & np.isfinite(xy).all(axis=1) & (_from_middle(points) < RIM_DEG)
        found.append(points[keep])
        befores.append(before[keep])
        afters.append(after[keep])
    return np.concatenate(found), np.concatenate(befores), np.concatenate(afters)


def _from_middle(points: np.ndarray) -> np.ndarray:
    count = len(points)
    lengths = Geod(ellps="WGS84").inv(np.full(count, MIDDLE[1]), np.full(count, MIDDLE[0]), points[:, 1], points[:, 0])[
        2
    ]
    return np.asarray(lengths) / NM / 60.0


def _joints(corners: np.ndarray, before: np.ndarray, after: np.ndarray) -> list[tuple[int, int]]:
    x, y = to_plane(corners[:, 0], corners[:, 1])
    here = np.stack([x, y], axis=-1)
    joints: list[tuple[int, int]] = []
    for number in range(len(corners) - 1):
        others = np.arange(number + 1, len(corners))
        line = here[others] - here[number]
        brushes = _brushes(line, before[number] - here[number], after[number] - here[number])
        brushes &= _brushes(line, before[others] - here[others], after[others] - here[others])
        others = others[brushes]
        at = np.full(len(others), number)
        clear = load_coast().clear(x[at], y[at], x[others], y[others])
        joints += [(number, int(other)) for other in others[clear]]
    return joints


def _brushes(line: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Whether a line through a corner leaves both arms of the outline on one side."""
    one = line[:, 0] * before[..., 1] - line[:, 1] * before[..., 0]
    two = line[:, 0] * after[..., 1] - line[:, 1] * after[..., 0]
    return one * two >= -1e-15


def _arms(corners: np.ndarray, before: np.ndarray, after: np.ndarray) -> list[list[int]]:
    """For each corner the directions, on the plane of the chart, of the outline's two arms; tenths of a degree."""
    here = np.stack(to_plane(corners[:, 0], corners[:, 1]), axis=-1)
    turned = [np.degrees(np.arctan2(*(arm - here).T[::-1])) for arm in (before, after)]
    return [[int(part) for part in row] for row in np.round(np.stack(turned, axis=-1) * 10)]


def _packed(joints: list[tuple[int, int]]) -> list[list[int]]:
    """For each corner, the later corners it sees, each as a step from the one before."""
    last = max(max(pair) for pair in joints)
    rows: list[list[int]] = [[] for _ in range(last + 1)]
    for one, other in joints:
        rows[one].append(other)
    return [[int(step) for step in np.diff([at, *row])] for at, row in enumerate(rows)]


if __name__ == "__main__":
    main()
