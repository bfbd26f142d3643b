"""What screens show of what devices in the field report."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device that is no known unit, as the map shows it."""

    id: int
    callsign: str
    type: str
    lat: float | None
    lon: float | None
    position_at: datetime | None
    observed_at: datetime
    stale_at: datetime
    agency: str
    owner: str
    marking: str


@dataclass(frozen=True, slots=True)
class DrawingRow:
    """A drawing as the map shows it. Longitudes run on past 180 degrees."""

    id: int
    kind: str
    title: str
    remarks: str | None
    author: str | None
    points: tuple[tuple[float, float], ...]
    radius_m: float | None
    sent_at: datetime
    stale_at: datetime
    owner: str
    marking: str


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A device in the list of devices. ``unit``: (id, callsign) of the unit it is, where the reader may know of it."""

    id: int
    uid: str
    callsign: str | None
    group: str | None
    role: str | None
    type: str
    agency: str
    battery_pct: int | None
    lat: float | None
    lon: float | None
    position_at: datetime | None
    observed_at: datetime
    stale_at: datetime
    identified: bool
    unit: tuple[int, str] | None
    mapped_by: str | None
    owner: str
    marking: str


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A message from the field that waits for a decision."""

    id: int
    text: str
    sender: str
    unit: tuple[int, str] | None
    room: str | None
    sent_at: datetime
    owner: str
    marking: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Messages that wait, the oldest first, and how many there are in all."""

    lines: tuple[NoteLine, ...]
    count: int
