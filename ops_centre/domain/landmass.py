"""Land around the centre: what a ship cannot cross and what a vehicle cannot leave.

Everything lies in one gnomonic plane about `MIDDLE`, where every great circle of the sphere is a straight line, so that
"is this great circle clear of land" is a plain question of plane geometry, across ±180° like anywhere else. Lengths in
that plane mean nothing and must never be given out: distances come from the ellipsoid (`domain.geo`). What lies further
than `REACH_DEG` from the middle is off the chart: nothing is known of land there.
"""

import json
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon

BASEMAP = Path(__file__).resolve().parent.parent.parent / "data" / "basemap"
MIDDLE = (-30.0, 175.0)
REACH_DEG = 55.0  # Perth, Port Moresby, Tarawa and Papeete are on the chart; Singapore and Honolulu are not
NEAR = (-56.0, -27.0, 157.0, 187.0)  # south, north, west, east: every islet counts here
LEAST_KM2 = 100.0  # elsewhere a smaller island costs a ship no time
OFFSET_NM = 2.0  # wharves on reclaimed land and a coast drawn at 1:10 million
NM_PER_RADIAN = 3437.75
NOWHERE = -1

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.intp]


def to_plane(lat: Any, lon: Any) -> tuple[Floats, Floats]:
    """Points in the plane; NaN for what is off the chart or no position."""
    phi, lam = np.radians(np.asarray(lat, float)), np.radians(np.asarray(lon, float) - MIDDLE[1])
    middle = np.radians(MIDDLE[0])
    with np.errstate(invalid="ignore", divide="ignore"):
        depth = np.sin(middle) * np.sin(phi) + np.cos(middle) * np.cos(phi) * np.cos(lam)
        depth = np.where(depth >= np.cos(np.radians(REACH_DEG)), depth, np.nan)
        x = np.cos(phi) * np.sin(lam) / depth
        y = (np.cos(middle) * np.sin(phi) - np.sin(middle) * np.cos(phi) * np.cos(lam)) / depth
    return x, y


class Coast:
    """The land on the chart, as polygons of the plane, largest first."""

    def __init__(self, masses: list[Polygon]) -> None:
        self.masses = sorted(masses, key=lambda mass: -mass.area)
        self._tree = shapely.STRtree(self.masses)
        # GEOS builds what a tree or a prepared geometry needs when it is first asked, and keeps no lock of its own:
        # two requests at once would end the process
        self._asking = Lock()

    @cached_property
    def land(self) -> Any:
        """All of it, made ready for many questions."""
        whole = shapely.union_all(self.masses)
        shapely.prepare(whole)
        return whole

    def mass_at(self, lat: Any, lon: Any) -> Ints:
        """Which land mass each point stands on, or lies within `OFFSET_NM` of; `NOWHERE` at sea or off the chart.

        The mass a point stands on comes first, then the largest nearby: a wharf belongs to the mainland.
        """
        x, y = np.atleast_1d(*to_plane(lat, lon))
        found = np.full(x.shape, NOWHERE, dtype=np.intp)
        points = shapely.points(np.nan_to_num(x, nan=9.0), np.nan_to_num(y, nan=9.0))  # 9: beyond the chart's rim
        with self._asking:
            near = self._tree.query(points, predicate="dwithin", distance=OFFSET_NM / NM_PER_RADIAN)
            on = self._tree.query(points, predicate="intersects")
        for hits in (near, on):
            order = np.lexsort((hits[1], hits[0]))[::-1]  # written last: the largest
            found[hits[0][order]] = hits[1][order]
        return found

    def clear(self, x1: Floats, y1: Floats, x2: Floats, y2: Floats) -> Bools:
        """Whether the great circles between points of the plane meet no land; False where an end is off the chart."""
        ends = np.stack([np.stack([x1, y1], axis=-1), np.stack([x2, y2], axis=-1)], axis=-2)
        known = np.asarray(np.isfinite(ends).all(axis=(-1, -2)))
        free = np.zeros(len(ends), dtype=np.bool_)
        if known.any():
            lines = shapely.linestrings(ends[known])
            with self._asking:
                free[known] = ~shapely.intersects(self.land, lines)
        return free


@lru_cache(maxsize=1)
def load_coast() -> Coast:
    """The land that ships with the product (data/basemap), Natural Earth 1:10 million here and 1:50 million beyond."""
    return Coast([polygon for mass in _masses() for polygon in _in_plane(mass)])


def _masses() -> Iterator[Floats]:
    """Outlines in degrees, each drawn once, at its finest; lakes are no sea and left out."""
    for name in ("detail", "world"):
        told = json.loads((BASEMAP / f"{name}.json").read_text("utf-8"))
        for row in told["polygons"]:
            if not (name == "world" and row.get("d")):
                steps = np.array(row["r"][0], float).reshape(-1, 2)
                outline = np.cumsum(steps, axis=0) * told["scale"] + told["translate"]
                if _counts(outline):
                    yield outline


def _counts(outline: Floats) -> bool:
    """Whether a ship must go round it."""
    lon, lat = outline.mean(axis=0)
    south, north, west, east = NEAR
    if south <= lat <= north and west <= lon % 360.0 <= east:
        return True
    return bool(Polygon(outline).area * np.cos(np.radians(lat)) * 111.2**2 >= LEAST_KM2)


def _in_plane(outline: Floats) -> Iterator[Polygon]:
    x, y = to_plane(outline[:, 1], outline[:, 0])
    known = np.isfinite(x)
    if known.sum() < 3:
        return
    ring = np.stack([x, y], axis=-1)[known]  # a mass across the rim is cut off there
    polygon = shapely.make_valid(Polygon(ring))
    yield from (part for part in shapely.get_parts(polygon) if part.geom_type == "Polygon")
