"""Where and when a unit meets what moves: earliest intercepts on a course or lane, on the ellipsoid, across ±180° too.

Hours from now, nautical miles, knots, degrees. NaN means never. The search steps forward by what the gap between unit and
subject allows at most (gap / (both speeds)), so it never passes the first meeting by.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pyproj import Geod

from ops_centre.domain import geo
from ops_centre.domain.landmass import Floats
from ops_centre.domain.sea import distances_nm

CLOSE_NM = 0.005  # nearer than this is met (about 9 m)
STEPS = 60
SCANNED = 96  # times looked at for those that creep up
HALVINGS = 40
_WGS84 = Geod(ellps="WGS84")


@dataclass(frozen=True, slots=True)
class Passage:
    """How something moves: along geodesics between points at one speed, from `begins_h` on; then it is gone.

    `ends_h` is when it reaches the last point; `waits_h` how long it stays there (it may be early for its arrival).
    """

    lats: Floats
    lons: Floats
    hours: Floats  # at each point
    bearings: Floats  # of each leg at its beginning
    speed_kn: float

    @property
    def ends_h(self) -> float:
        """Hours from now when it can no longer be met."""
        return float(self.hours[-1])

    def at(self, hours: Floats) -> tuple[Floats, Floats]:
        """Where it is at these times, held at its ends; latitudes and longitudes."""
        hours = np.clip(hours, self.hours[0], self.hours[-1])
        leg = np.clip(np.searchsorted(self.hours, hours, side="right") - 1, 0, len(self.bearings) - 1)
        length = self.hours[leg + 1] - self.hours[leg]
        into = np.where(length > 0, (hours - self.hours[leg]) / np.where(length > 0, length, 1.0), 0.0)
        nm = into * self._legs_nm()[leg]
        lons, lats, _ = _WGS84.fwd(self.lons[leg], self.lats[leg], self.bearings[leg], nm * geo.M_PER_NM)
        return np.asarray(lats), (np.asarray(lons) + 180.0) % 360.0 - 180.0

    def _legs_nm(self) -> Floats:
        return distances_nm(self.lats[:-1], self.lons[:-1], self.lats[1:], self.lons[1:])


def along(line: Sequence[geo.Point], speed_kn: float, *, until_h: float | None = None) -> Passage:
    """Along a line at a speed. With ``until_h`` it waits at the end until then, when it gets there sooner.

    Raises ValueError unless the line has two points or more and the speed is above 0.
    """
    if len(line) < 2 or not 0.0 < speed_kn < np.inf:
        raise ValueError("a passage needs two points and a speed")
    lats, lons = (np.array(part, float) for part in zip(*line, strict=True))
    bearings, _, metres = _WGS84.inv(lons[:-1], lats[:-1], lons[1:], lats[1:])
    hours = np.concatenate([[0.0], np.cumsum(np.asarray(metres)) / geo.M_PER_NM / speed_kn])
    if until_h is not None and until_h > hours[-1]:
        lats, lons = np.append(lats, lats[-1]), np.append(lons, lons[-1])
        hours, bearings = np.append(hours, until_h), np.append(bearings, 0.0)
    return Passage(lats, lons, hours, np.asarray(bearings), speed_kn)


def on_course(lat: float, lon: float, course_deg: float, speed_kn: float, horizon_h: float) -> Passage:
    """Straight on from here, as far as the horizon. Raises ValueError when anything is not finite or does not move."""
    if not np.isfinite([lat, lon, course_deg, speed_kn]).all():
        raise ValueError("a course needs numbers")
    return along([(lat, lon), geo.destination(lat, lon, course_deg, speed_kn * horizon_h)], speed_kn)


def earliest(passage: Passage, lats: Floats, lons: Floats, speeds_kn: Floats, prepare_h: Floats) -> Floats:
    """For each unit (arrays) the first hour from now at which it can be where the subject is, going by the geodesic."""
    found = np.full(len(lats), np.nan)
    hours = np.maximum(prepare_h, 0.0).astype(float)
    sound = np.isfinite(lats) & np.isfinite(lons) & (speeds_kn > 0) & np.isfinite(speeds_kn) & np.isfinite(prepare_h)
    open_ = np.flatnonzero(sound & (hours <= passage.ends_h))
    for _ in range(STEPS):
        gaps = _gaps(passage, hours[open_], lats[open_], lons[open_], speeds_kn[open_], prepare_h[open_])
        met = gaps <= CLOSE_NM
        found[open_[met]] = hours[open_[met]]
        open_, gaps = open_[~met], gaps[~met]
        hours[open_] += gaps / (speeds_kn[open_] + passage.speed_kn)
        open_ = open_[hours[open_] <= passage.ends_h]
        if not len(open_):
            return found
    for unit in open_:  # a chase: hardly faster than the subject
        found[unit] = _crept_up(passage, hours[unit], lats[unit], lons[unit], speeds_kn[unit], prepare_h[unit])
    return found


def _gaps(passage: Passage, hours: Floats, lats: Floats, lons: Floats, speeds: Floats, prepare_h: Floats) -> Floats:
    """How much further off the subject is than the unit can have come by then."""
    there = passage.at(hours)
    return distances_nm(lats, lons, *there) - speeds * (hours - prepare_h)


def _crept_up(passage: Passage, from_h: float, lat: float, lon: float, speed: float, prepare_h: float) -> float:
    """As `earliest` for one unit, by looking at times in turn and halving."""
    times = np.linspace(from_h, passage.ends_h, SCANNED)
    gaps = _gaps(passage, times, *(np.full(SCANNED, part) for part in (lat, lon, speed, prepare_h)))
    inside = np.flatnonzero(gaps <= CLOSE_NM)
    if not len(inside):
        return float("nan")
    late = float(times[inside[0]])
    early = float(times[max(inside[0] - 1, 0)])
    for _ in range(HALVINGS):
        middle = (early + late) / 2
        one = _gaps(passage, *(np.array([part]) for part in (middle, lat, lon, speed, prepare_h)))
        early, late = (early, middle) if one[0] <= CLOSE_NM else (middle, late)
    return late
