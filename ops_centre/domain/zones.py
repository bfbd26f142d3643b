"""Which zone a position lies in: a port, the 12 nm limit, the 24 nm limit, the EEZ, or outside.

The limits that ship are approximate (see docs/maps.md) and say so; an operator's own GeoJSON replaces them
whole. Zones are asked for every position that comes in, so many are answered at once. Longitudes may lie
anywhere: 180, -180 and a polygon that runs past either all work. This file must never take a position without
one (NaN, 91/181) for a position outside.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from shapely import affinity
from shapely.geometry import box, mapping, shape
from shapely.geometry.base import BaseGeometry

from ops_centre.errors import ConfigError

DEFAULT_PATH = Path(__file__).resolve().parent.parent.parent / "data" / "limits" / "limits.geojson"
OUTSIDE = "outside"
# property "zone" of a feature -> word of the zone; most specific first
WORDS = {"port": "port", "12nm": "12 nm", "24nm": "24 nm", "eez": "EEZ"}

Degrees = npt.ArrayLike
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Zone:
    """One zone: which limit it is, its name, its area as longitude-latitude polygons within ±180°."""

    limit: str  # key of WORDS
    name: str
    area: BaseGeometry
    approximate: bool

    @property
    def word(self) -> str:
        """What a position in it is said to lie in: "port:Auckland", "12 nm", "24 nm", "EEZ"."""
        return f"port:{self.name}" if self.limit == "port" else WORDS[self.limit]


class Zones:
    """All zones, most specific first."""

    def __init__(self, zones: Iterable[Zone]) -> None:
        order = list(WORDS)
        self.zones = tuple(sorted(zones, key=lambda zone: order.index(zone.limit)))
        self._words: list[str | None] = [None, OUTSIDE, *(zone.word for zone in self.zones)]
        self._asking = (
            Lock()
        )  # GEOS builds parts of a prepared geometry when it is first asked, for one thread at a time
        self._boxes = [zone.area.bounds for zone in self.zones]
        for zone in self.zones:
            shapely.prepare(zone.area)

    @classmethod
    def load(cls, path: Path | None = None) -> "Zones":
        """The zones of a GeoJSON file; of the approximate limits that ship when None. Raises ConfigError."""
        path = path or DEFAULT_PATH
        try:
            text = path.read_text("utf-8")
        except OSError as missing:
            raise ConfigError([f"zones file {path}: {missing.strerror or missing}"]) from missing
        except ValueError as garbled:
            raise ConfigError([f"zones file {path} is not JSON: {garbled}"]) from garbled
        return _zones_of(text, path)

    @property
    def approximate(self) -> bool:
        """Whether any limit is only approximate; the screen then says so."""
        return any(zone.approximate for zone in self.zones)

    def locate(self, lons: Degrees, lats: Degrees) -> list[str | None]:
        """The zone word of each position (degrees; two sequences of one length); None where there is no position."""
        x, y = np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)
        valid = (np.abs(y) <= 90.0) & (np.abs(x) <= 540.0)
        found = np.where(valid, 1, 0)
        x = (np.where(valid, x, 0.0) + 180.0) % 360.0 - 180.0
        unplaced = np.flatnonzero(valid)
        for number, (zone, box_of_zone) in enumerate(zip(self.zones, self._boxes, strict=True), start=2):
            if not unplaced.size:
                break
            with self._asking:
                inside = _inside(zone.area, box_of_zone, x[unplaced], y[unplaced])
            if inside is not None:
                found[unplaced[inside]] = number
                unplaced = unplaced[~inside]
        return [self._words[number] for number in found.tolist()]

    def locate_one(self, lat: float, lon: float) -> str | None:
        """The zone word of one position; None when it is no position."""
        return self.locate([lon], [lat])[0]

    def geojson(self) -> dict[str, Any]:
        """The limits as lines for drawing: a FeatureCollection of MultiLineStrings within ±180°.

        Edges along ±180°, where an area was cut, are left out. Properties: ``kind`` (key of WORDS), ``name``,
        ``approximate``.
        """
        features = [
            {
                "type": "Feature",
                "properties": {"kind": zone.limit, "name": zone.name, "approximate": zone.approximate},
                "geometry": mapping(_outline(zone.area)),
            }
            for zone in self.zones
        ]
        return {"type": "FeatureCollection", "approximate": self.approximate, "features": features}


def _inside(area: BaseGeometry, bounds: tuple[float, ...], x: Numbers, y: Numbers) -> npt.NDArray[np.bool_] | None:
    """Which points lie in the area or on its edge; -180 is 180 too. None when none does, found out cheaply."""
    west, south, east, north = bounds
    near = (y >= south) & (y <= north) & (x <= east) & (x >= west)
    if east == 180.0:
        near |= x == -180.0
    close = np.flatnonzero(near)
    if not close.size:
        return None
    near[close] = shapely.intersects_xy(area, x[close], y[close])
    if east == 180.0 and (seam := np.flatnonzero((x == -180.0) & ~near)).size:
        near[seam] = shapely.intersects_xy(area, -x[seam], y[seam])
    return near


def _outline(area: BaseGeometry) -> BaseGeometry:
    rings = [ring for polygon in shapely.get_parts(area) for ring in (polygon.exterior, *polygon.interiors)]
    lines = [line for ring in rings for line in _without_seam(list(ring.coords))]
    return shapely.MultiLineString(lines)


def _without_seam(ring: Sequence[tuple[float, ...]]) -> list[list[tuple[float, ...]]]:
    """The ring in pieces without its edges along ±180."""
    lines: list[list[tuple[float, ...]]] = [[]]
    for one, two in pairwise(ring):
        if abs(one[0]) == 180.0 and one[0] == two[0]:
            lines.append([])
        else:
            lines[-1] = lines[-1] or [one]
            lines[-1].append(two)
    pieces = [line for line in lines if line]
    if len(pieces) > 1 and pieces[0][0] == pieces[-1][-1]:  # the ring began in the middle of a piece
        pieces[0] = pieces.pop() + pieces[0][1:]
    return pieces


@lru_cache(maxsize=2)
def _zones_of(text: str, path: Path) -> Zones:
    """The zones of a file's content, read once in a process: they never change."""
    try:
        content = json.loads(text)
    except ValueError as garbled:
        raise ConfigError([f"zones file {path} is not JSON: {garbled}"]) from garbled
    return Zones(_read(content, f"zones file {path}"))


def _read(content: Any, where: str) -> list[Zone]:
    """Zones from parsed GeoJSON. Raises ConfigError naming every fault."""
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list):
        raise ConfigError([f"{where} is no GeoJSON FeatureCollection"])
    zones: list[Zone] = []
    faults: list[str] = []
    for number, feature in enumerate(features, start=1):
        try:
            zones.append(_zone(feature))
        except ValueError as fault:
            faults.append(f"{where}, feature {number}: {fault}")
    if not features:
        faults.append(f"{where} has no features")
    if faults:
        raise ConfigError(faults)
    return zones


def _zone(feature: Any) -> Zone:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise ValueError("is no Feature with properties")
    limit, name = properties.get("zone"), properties.get("name")
    if limit not in WORDS:
        raise ValueError(f'property "zone" is {limit!r}; it must be one of {", ".join(WORDS)}')
    if not isinstance(name, str) or not name.strip():
        raise ValueError('property "name" is missing')
    return Zone(limit, name.strip(), _area(feature.get("geometry")), bool(properties.get("approximate", False)))


def _area(geometry: Any) -> BaseGeometry:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"geometry is {kind}; it must be Polygon or MultiPolygon")
    try:
        drawn = shape(geometry)
    except (TypeError, ValueError, KeyError, IndexError, shapely.errors.ShapelyError) as broken:
        raise ValueError(f"its coordinates cannot be read: {broken}") from broken
    if drawn.is_empty:
        raise ValueError("geometry is empty")
    _check_degrees(shapely.get_coordinates(drawn))
    whole = shapely.union_all([shapely.make_valid(_unwrapped(part)) for part in shapely.get_parts(drawn)])
    return within_180(shapely.make_valid(whole))


def _check_degrees(corners: npt.NDArray[np.float64]) -> None:
    lons, lats = corners[:, 0], corners[:, 1]
    if not np.isfinite(corners).all():
        raise ValueError("a coordinate is not finite")
    if (np.abs(lats) > 90.0).any():
        if (np.abs(lons) <= 90.0).all():
            raise ValueError("latitudes beyond ±90: are the pairs latitude first? GeoJSON puts longitude first")
        raise ValueError("latitudes beyond ±90: coordinates must be degrees (WGS 84), longitude first")
    if (np.abs(lons) > 360.0).any():
        raise ValueError("longitudes beyond ±360: coordinates must be degrees (WGS 84), longitude first")


def _unwrapped(polygon: shapely.Polygon) -> shapely.Polygon:
    """The polygon with each ring running on past ±180 where it jumped from one side to the other."""
    outer, *holes = (_run_on(np.array(ring.coords)[:, :2]) for ring in (polygon.exterior, *polygon.interiors))
    for hole in holes:
        hole[:, 0] -= 360.0 * np.floor((hole[0, 0] - outer[:, 0].min()) / 360.0)
    return shapely.Polygon(outer, holes)


def _run_on(ring: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    steps = np.diff(ring[:, 0])
    jumps = np.where(np.abs(steps) > 180.0, 360.0 * np.round(steps / 360.0), 0.0)
    ring[1:, 0] -= np.cumsum(jumps)
    return ring


def within_180(area: BaseGeometry) -> BaseGeometry:
    """The same area cut at ±180 into polygons with longitudes in [-180, 180] (RFC 7946, section 3.1.9)."""
    pieces = []
    for turn in range(-2, 3):
        cut = area.intersection(box(-180.0 + 360.0 * turn, -90.0, 180.0 + 360.0 * turn, 90.0))
        pieces += [affinity.translate(part, -360.0 * turn) for part in shapely.get_parts(cut) if part.area > 0]
    return shapely.union_all(pieces) if len(pieces) > 1 else shapely.MultiPolygon(pieces)
