"""Distance by sea, around land: the great circle where it is clear, else the shortest way round the corners of the coast.

The corners and which of them see each other are made beforehand (`tools/build_sea.py`, `data/sea/corners.json`); at run
time two points are joined to them and the shortest way is found. A way is a line of geodesics, so it is never shorter
than the geodesic between its ends. Degrees, nautical miles on the ellipsoid. NaN where there is no way: the point lies
too far inland, or land has no water between. Off the chart (`landmass.REACH_DEG`) nothing is known of land, and the great
circle is given: `is_charted` says whether that is so.

Ports lie in harbours that a coast drawn at 1:10 million half closes. Land within the offing of either end is therefore
passed over: `OFFINGS_NM`, the least from which open water is seen.
"""

import json
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

import numpy as np
from pyproj import Geod
from scipy.sparse import csr_array  # type: ignore[import-untyped]
from scipy.sparse.csgraph import dijkstra  # type: ignore[import-untyped]

from ops_centre.domain import geo
from ops_centre.domain.landmass import NM_PER_RADIAN, Bools, Coast, Floats, Ints, load_coast, to_plane

CORNERS_PATH = Path(__file__).resolve().parent.parent.parent / "data" / "sea" / "corners.json"
OFFINGS_NM = (2.0, 5.0, 10.0, 20.0)
CELL_DEG = 0.01  # ways are kept by cells of this size; the error is at most 0.5 nm at either end
TRIED_AT_ONCE = 12
LIKELY = 4 * TRIED_AT_ONCE  # corners that are put in order before all are
MAX_KNOWN = 5000
# what a point must see for an offing to be enough: so many of so many nearest corners; a slit to far ones is no way out
LOOKS = (*((2, 12, nm) for nm in OFFINGS_NM), *((1, 120, nm) for nm in OFFINGS_NM))
MAX_OFFINGS = 50_000
NEAREST = 120  # corners that are looked at from a point in any case
INLAND_NM = OFFINGS_NM[-1]  # with such an offing a point sees far corners over land: all of them count
INSHORE_NM = 40.0  # a point so near a corner may lie inside the outline
ROUGHLY = (
    0.005  # sine of the angle by which an arm may lie on the other side: directions are kept to a tenth of a degree
)
_WGS84 = Geod(ellps="WGS84")

Cell = tuple[int, int]


def distances_nm(lat: Any, lon: Any, lats: Any, lons: Any) -> Floats:
    """Geodesic lengths between points (arrays or numbers, as numpy broadcasts them); NaN where one is no position."""
    one, two, three, four = (np.asarray(a, float) for a in np.broadcast_arrays(lat, lon, lats, lons))
    sound = is_position(one, two) & is_position(three, four)
    lengths = np.full(one.shape, np.nan)
    if sound.any():
        lengths[sound] = _WGS84.inv(two[sound], one[sound], four[sound], three[sound])[2]
    return lengths / geo.M_PER_NM


def is_position(lat: Floats, lon: Floats) -> Bools:
    """Where these are places on Earth."""
    with np.errstate(invalid="ignore"):
        return np.asarray((np.abs(lat) <= 90.0) & (np.abs(lon) <= 360.0))


class Corners:
    """The corners of the coast and the ways between them."""

    def __init__(self, coast: Coast, places: Floats, arms_deg: Floats, joints: list[tuple[int, int]]) -> None:
        """``arms_deg``: for each corner the directions of its outline's two arms on the chart's plane."""
        self.coast = coast
        self._arms = np.radians(arms_deg)
        self.lat, self.lon = places[:, 0], places[:, 1]
        self.x, self.y = to_plane(self.lat, self.lon)
        self._globe = _on_globe(self.lat, self.lon)
        self.every = np.arange(len(self.lat))
        one, two = np.array(joints).T
        nm = distances_nm(self.lat[one], self.lon[one], self.lat[two], self.lon[two])
        self._joints = (np.concatenate([one, two]), np.concatenate([two, one]), np.concatenate([nm, nm]))

    def roughly_nm(self, lats: Floats, lons: Floats) -> Floats:
        """Points by corners: lengths on the sphere, good enough to say which corner to try first."""
        return np.asarray(np.arccos(np.clip(_on_globe(lats, lons) @ self._globe.T, -1.0, 1.0)) * NM_PER_RADIAN)

    def reach(self, seen: Ints, nm: Floats) -> tuple[Floats, Ints]:
        """Distance of each corner from a point that sees some of them at so many miles, and the corner before each."""
        count = len(self.lat)
        one, two, lengths = self._joints
        rows = np.concatenate([one, np.full(len(seen), count)])
        graph = csr_array((np.concatenate([lengths, nm]), (rows, np.concatenate([two, seen]))), (count + 1, count + 1))
        far, before = dijkstra(graph, indices=count, return_predecessors=True)
        return far[:count], before[:count]

    def clear(self, x1: Any, y1: Any, off1: Any, x2: Any, y2: Any, off2: Any) -> Bools:
        """Whether great circles are clear of land outside the offing (nautical miles) of both their ends."""
        x1, y1, off1, x2, y2, off2 = np.broadcast_arrays(x1, y1, off1, x2, y2, off2)
        span = np.hypot(x2 - x1, y2 - y1) * NM_PER_RADIAN
        with np.errstate(invalid="ignore", divide="ignore"):
            first = np.clip(np.nan_to_num(off1 * _stretch(x1, y1) / span, nan=1.0), 0.0, 1.0)
            last = np.clip(np.nan_to_num(off2 * _stretch(x2, y2) / span, nan=1.0), 0.0, 1.0)
        within: Bools = first + last >= 1.0
        free = within.copy()
        far = ~within
        x1, y1, x2, y2, first, last = (part[far] for part in (x1, y1, x2, y2, first, last))
        dx, dy = x2 - x1, y2 - y1
        free[far] = self.coast.clear(x1 + dx * first, y1 + dy * first, x2 - dx * last, y2 - dy * last)
        return free

    def seen_from(self, x: Any, y: Any, offing: Any, which: Ints) -> Bools:
        """Whether points of the plane see these corners, past the land of their offing."""
        return self.clear(x, y, offing, self.x[which], self.y[which], 0.0)

    def worth_seeing(self, x: float, y: float) -> Ints:
        """Corners that a way from a point of the plane may turn at: those it brushes past, and all that are near.

        A line that runs into the outline at a corner, or comes out of it there, lies on no shortest way. Near ones count
        in any case: a point inside the outline, close to the shore, sees them from behind.
        """
        towards = np.arctan2(self.y - y, self.x - x)[:, None]
        sides = np.sin(self._arms - towards)  # of both arms: on which side of the line they lie
        brushes = (sides.min(axis=1) >= -ROUGHLY) | (sides.max(axis=1) <= ROUGHLY)
        near = np.argpartition(np.hypot(self.x - x, self.y - y), min(NEAREST, len(self.x) - 1))[:NEAREST]
        brushes[near] = True
        return np.flatnonzero(brushes)

    def offings(self, lats: Floats, lons: Floats) -> Floats:
        """For each point the least of `OFFINGS_NM` from which corners nearby are seen; NaN: open water is too far."""
        x, y = to_plane(lats, lons)
        span = np.hypot(self.x[None, :] - x[:, None], self.y[None, :] - y[:, None])
        order = np.argsort(np.nan_to_num(span, nan=np.inf), axis=1)
        found = np.full(len(lats), np.nan)
        for wanted, some, offing in LOOKS:
            blind = np.flatnonzero(np.isnan(found) & np.isfinite(x))
            tried = order[blind, :some]
            rows = np.repeat(blind, tried.shape[1])
            seen = self.seen_from(x[rows], y[rows], offing, tried.ravel()).reshape(tried.shape)
            found[blind[seen.sum(axis=1) >= wanted]] = offing
        return found


def _stretch(x: Any, y: Any) -> Any:
    """How much longer a short length is in the plane than on the globe, at most (away from the middle)."""
    return 1.0 + x * x + y * y


class Origin:
    """A point and how far every corner is from it."""

    def __init__(self, corners: Corners, lat: float, lon: float, offing_nm: float) -> None:
        """``offing_nm`` NaN: open water is not seen from here."""
        self.lat, self.lon, self.offing_nm = lat, lon, offing_nm
        self.x, self.y = (float(part) for part in to_plane(lat, lon))
        self.is_charted = bool(np.isfinite(self.x))
        self.is_afloat = self.is_charted and bool(np.isfinite(offing_nm))
        self.known: dict[geo.Point, float] = {}  # nautical miles by which the way there is longer than the geodesic
        if self.is_afloat:
            self._corners = corners
            self._looked_at = np.zeros(len(corners.lat), dtype=np.bool_)
            self._seen, self._seen_nm = np.empty(0, dtype=np.intp), np.empty(0)
            self._look_at(corners.every if offing_nm >= INLAND_NM else corners.worth_seeing(self.x, self.y))
            self.far, self.before = corners.reach(self._seen, self._seen_nm)

    def _look_at(self, which: Ints) -> None:
        """Find those of some corners that are seen from here, and how far they are."""
        self._looked_at[which] = True
        seen = which[self._corners.seen_from(self.x, self.y, self.offing_nm, which)]
        nm = distances_nm(self.lat, self.lon, self._corners.lat[seen], self._corners.lon[seen])
        self._seen, self._seen_nm = np.append(self._seen, seen), np.append(self._seen_nm, nm)

    def look_towards(self, lats: Floats, lons: Floats, offings: Floats) -> None:
        """Look at the corners close to where ways are to end, too: from behind the outline the last one is not brushed past."""
        close = self._corners.roughly_nm(lats, lons).min(axis=0) <= INSHORE_NM
        close |= bool((offings >= INLAND_NM).any())
        which = np.flatnonzero(close & ~self._looked_at)
        if len(which):
            before = len(self._seen)
            self._look_at(which)
            if len(self._seen) > before:
                self.far, self.before = self._corners.reach(self._seen, self._seen_nm)


class SeaRoutes:
    """Distances and ways by sea. Ways from a point are kept, so the next question about it is quick."""

    def __init__(self, corners: Corners, kept: int = 2048) -> None:
        self._corners = corners
        self._offings: dict[Cell, float] = {}
        self._origin = lru_cache(maxsize=kept)(self._new_origin)

    def _new_origin(self, cell: Cell) -> Origin:
        lat, lon = cell[0] * CELL_DEG, geo.normalise_lon(cell[1] * CELL_DEG)
        return Origin(self._corners, lat, lon, float(self._offings_of([cell])[0]))

    def origin(self, lat: float, lon: float) -> Origin:
        """The cell a point lies in, with its ways. Raises ValueError when it is no position."""
        if not geo.is_position(lat, lon):
            raise ValueError(f"{lat}, {lon} is no position")
        return self._origin(_cell(lat, lon))

    def is_charted(self, lat: float, lon: float) -> bool:
        """Whether the coast about a point is known."""
        return bool(np.isfinite(to_plane(lat, lon)[0]))

    def distances_nm(self, lat: float, lon: float, lats: Any, lons: Any) -> Floats:
        """From one point to many by sea; NaN where there is no way, or either is no position."""
        lats, lons = np.asarray(lats, float), np.asarray(lons, float)
        direct = distances_nm(lat, lon, lats, lons)
        if not geo.is_position(lat, lon) or not len(lats):
            return direct
        here = self.origin(lat, lon)
        charted = np.isfinite(to_plane(lats, lons)[0]) & here.is_charted
        nm = np.where(charted, np.nan, direct)
        afloat = np.flatnonzero(charted & here.is_afloat)
        asked = list(zip(lats[afloat].tolist(), lons[afloat].tolist(), strict=True))
        self._measure(here, [one for one in dict.fromkeys(asked) if one not in here.known])
        extra = np.array([here.known[one] for one in asked])
        nm[afloat] = direct[afloat] + extra
        return nm

    def _measure(self, here: Origin, points: list[geo.Point]) -> None:
        """Find by how much the ways from an origin to points are longer than the geodesic, and keep it."""
        if not points:
            return
        if len(here.known) > MAX_KNOWN:
            here.known = {}
        lats, lons = (np.array(part, float) for part in zip(*points, strict=True))
        x, y = to_plane(lats, lons)
        offings = self._offings_of([_cell(*point) for point in points])
        extra = np.where(np.isfinite(offings), 0.0, np.nan)
        straight = self._corners.clear(here.x, here.y, here.offing_nm, x, y, np.nan_to_num(offings))
        bent = np.flatnonzero(np.isfinite(offings) & ~straight)
        whole = self._bent(here, lats[bent], lons[bent], offings[bent])[0]
        extra[bent] = np.maximum(whole - distances_nm(here.lat, here.lon, lats[bent], lons[bent]), 0.0)
        here.known |= dict(zip(points, extra.tolist(), strict=True))

    def sees(self, lats: Floats, lons: Floats, to_lats: Floats, to_lons: Floats) -> Bools:
        """Whether great circles between points, pair by pair, are clear of land, or nothing is known of land there."""
        (x1, y1), (x2, y2) = to_plane(lats, lons), to_plane(to_lats, to_lons)
        off1, off2 = (
            self._offings_of([_cell(lat, lon) for lat, lon in zip(la, lo, strict=True)])
            for la, lo in ((lats, lons), (to_lats, to_lons))
        )
        known = np.isfinite(x1) & np.isfinite(x2)
        clear = self._corners.clear(x1, y1, np.nan_to_num(off1), x2, y2, np.nan_to_num(off2))
        return np.asarray(np.where(known, clear & np.isfinite(off1) & np.isfinite(off2), True))

    def way(self, lat: float, lon: float, to_lat: float, to_lon: float) -> list[geo.Point]:
        """The way between two points as a line of geodesics, both ends included; empty where there is none."""
        if not (geo.is_position(lat, lon) and geo.is_position(to_lat, to_lon)):
            return []
        nm = self.distances_nm(to_lat, to_lon, [lat], [lon])[0]
        if not np.isfinite(nm):
            return []
        if nm <= geo.distance_nm(lat, lon, to_lat, to_lon) + 1e-6:
            return [(lat, lon), (to_lat, to_lon)]
        there, corners = self.origin(to_lat, to_lon), self._corners
        offing = self._offings_of([_cell(lat, lon)])
        at = int(self._bent(there, np.array([lat]), np.array([lon]), offing)[1][0])
        line = [(lat, lon)]
        while 0 <= at < len(corners.lat):
            line.append((float(corners.lat[at]), float(corners.lon[at])))
            at = int(there.before[at])
        return [*line, (to_lat, to_lon)]

    def _bent(self, here: Origin, lats: Floats, lons: Floats, offings: Floats) -> tuple[Floats, Ints]:
        """Shortest ways round corners to points that are not seen straight; length and last corner (-1: no way).

        Corners are tried in the order of the whole length over them, so the first that the point sees is the best.
        """
        found, last = np.full(len(lats), np.nan), np.full(len(lats), -1, dtype=np.intp)
        if not len(lats):
            return found, last
        corners = self._corners
        here.look_towards(lats, lons, offings)
        x, y = to_plane(lats, lons)
        whole = here.far + corners.roughly_nm(lats, lons)
        order = _least(whole, LIKELY)
        open_ = np.arange(len(lats))
        for start in range(0, whole.shape[1], TRIED_AT_ONCE):
            tried = order[open_, start : start + TRIED_AT_ONCE]
            rows = np.repeat(open_, tried.shape[1])
            seen = corners.seen_from(x[rows], y[rows], offings[rows], tried.ravel()).reshape(tried.shape)
            hit, first = seen.any(axis=1), seen.argmax(axis=1)
            done = open_[hit]
            last[done] = tried[hit, first[hit]]
            open_ = open_[~hit]
            if not len(open_):
                break
            if start + TRIED_AT_ONCE == LIKELY:
                order = _least(whole, whole.shape[1])
        done = np.flatnonzero((last >= 0) & np.isfinite(here.far[last]))
        at = last[done]
        found[done] = here.far[at] + distances_nm(lats[done], lons[done], corners.lat[at], corners.lon[at])
        return found, last

    def _offings_of(self, cells: list[Cell]) -> Floats:
        """The offing of each cell: the least from which a corner near it is seen; NaN where none is."""
        new = sorted({cell for cell in cells if cell not in self._offings})
        if new:
            where = np.array(new) * CELL_DEG
            if len(self._offings) > MAX_OFFINGS:
                self._offings = {cell: self._offings[cell] for cell in cells if cell in self._offings}
            self._offings |= dict(zip(new, self._corners.offings(where[:, 0], where[:, 1]).tolist(), strict=True))
        return np.array([self._offings[cell] for cell in cells])


def _least(whole: Floats, count: int) -> Ints:
    """For each row the columns with its least values, least first."""
    if count >= whole.shape[1]:
        return np.argsort(whole, axis=1)
    few = np.argpartition(whole, count, axis=1)[:, :count]
    return np.take_along_axis(few, np.argsort(np.take_along_axis(whole, few, axis=1), axis=1), axis=1)


def _on_globe(lat: Any, lon: Any) -> Floats:
    """Points as unit vectors."""
    phi, lam = np.radians(np.asarray(lat, float)), np.radians(np.asarray(lon, float))
    return np.stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)], axis=-1)


def _cell(lat: float, lon: float) -> Cell:
    return round(lat / CELL_DEG), round(lon / CELL_DEG)


@lru_cache(maxsize=1)
def load_sea() -> SeaRoutes:
    """The sea about the centre, from the data that ships."""
    told = json.loads(CORNERS_PATH.read_text("utf-8"))
    joints = [(at, other) for at, row in enumerate(told["joints"]) for other in list(accumulate([at, *row]))[1:]]
    arms_deg = np.array(told["arms"], float) / 10.0
    return SeaRoutes(Corners(load_coast(), np.array(told["corners"], float), arms_deg, joints))
