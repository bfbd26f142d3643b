"""How units travel: by which manner, how fast, how long until they are under way, and how far it is for them.

Nautical miles, knots, minutes. Aircraft go by the geodesic; ships round land (`domain.sea`); teams, dog teams and
vehicles by road, which is so much longer than the geodesic (`Paces.detour`) and never leaves its land mass.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np

from ops_centre.domain.landmass import NOWHERE, Coast, Floats
from ops_centre.domain.sea import SeaRoutes, distances_nm
from ops_centre.domain.units import UnitType, WorkingStatus

LEAST_UNDER_WAY_KN = 3.0
UNDER_WAY = frozenset({WorkingStatus.ON_PATROL, WorkingStatus.RETURNING, WorkingStatus.EN_ROUTE, WorkingStatus.STAGING})


class Manner(StrEnum):
    """How a unit travels."""

    SEA = "by sea"
    ROAD = "by road"
    AIR = "by air"


MANNER_OF = {
    UnitType.VESSEL: Manner.SEA,
    UnitType.AIRCRAFT: Manner.AIR,
    UnitType.TEAM: Manner.ROAD,
    UnitType.DOG_TEAM: Manner.ROAD,
    UnitType.VEHICLE: Manner.ROAD,
}
AT_SEA = frozenset({Manner.SEA, Manner.AIR})  # these meet a ship under way


@dataclass(frozen=True, slots=True)
class UnitNow:
    """One unit as it stands, with all that decides whether it can be sent."""

    id: int
    callsign: str
    agency: str
    unit_type: UnitType
    capabilities: tuple[str, ...]
    availability: str
    out_of_service_reason: str | None = None
    status: str | None = None
    doing: str | None = None  # under a tasking of ours, in words
    lat: float | None = None
    lon: float | None = None
    speed_kn: float | None = None
    position_at: datetime | None = None  # None: it stands at its deployment's place
    crew: int | None = None
    place: str | None = None  # code of its deployment's place
    station: str | None = None  # its place or area, in words
    duty_ends_at: datetime | None = None  # end of unbroken duty
    duty_known: bool = False
    duties: tuple[tuple[datetime, datetime], ...] = ()  # unbroken duties, present and to come

    @property
    def manner(self) -> Manner:
        """How it travels."""
        return MANNER_OF[self.unit_type]


@dataclass(frozen=True, slots=True)
class Paces:
    """Speeds and preparation, from the settings."""

    speed_kn: Mapping[str, float]  # by unit type, or by a capability that makes another speed
    prepare_min: Mapping[str, float]  # by unit type
    prepare_under_way_min: float
    detour: float  # a road's length beside the geodesic's
    plausible: tuple[float, float] = field(default=(0.5, 1.5))  # own speed beside that of its kind

    def speed_of(self, unit: UnitNow) -> float:
        """Its own reported speed when it is under way and that is plausible, else that of its kind; knots, above 0."""
        kind = next((self.speed_kn[word] for word in unit.capabilities if word in self.speed_kn), None)
        usual = kind if kind is not None else self.speed_kn.get(unit.unit_type, 10.0)
        least, most = (share * usual for share in self.plausible)
        own = unit.speed_kn
        return own if own is not None and max(least, LEAST_UNDER_WAY_KN) <= own <= most else usual

    def prepare_of(self, unit: UnitNow) -> float:
        """Minutes until it is under way."""
        return self.prepare_under_way_min if unit.status in UNDER_WAY else self.prepare_min.get(unit.unit_type, 15.0)


class Travel:
    """Distances as units travel them."""

    def __init__(self, coast: Coast, sea: SeaRoutes, detour: float) -> None:
        self.coast, self.sea, self.detour = coast, sea, detour

    def distances_nm(self, manner: Manner, lat: float, lon: float, lats: Any, lons: Any) -> Floats:
        """From many points to one, each as that manner goes; NaN where there is no way or no position."""
        lats, lons = np.asarray(lats, float), np.asarray(lons, float)
        if manner is Manner.SEA:
            return self.sea.distances_nm(lat, lon, lats, lons)
        direct = distances_nm(lat, lon, lats, lons)
        if manner is Manner.AIR or not len(lats):
            return direct
        masses = self.coast.mass_at(np.append(lats, lat), np.append(lons, lon))
        same = (masses[:-1] == masses[-1]) & (masses[-1] != NOWHERE)
        return np.where(same, direct * self.detour, np.nan)
