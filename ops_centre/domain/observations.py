"""What a feed hands over: typed reports, and refusals for what it could not use.

Plain mutable slots classes, since tens of thousands a second are made; nobody changes them after the feed.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from ops_centre.domain.field_reports import FieldReport
from ops_centre.domain.hazards import HazardReport
from ops_centre.domain.movements import ManifestReport


class TrackKind(StrEnum):
    """What kind of thing a track follows."""

    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    VEHICLE = "vehicle"
    BASE_STATION = "base station"
    AID = "aid to navigation"


FIXED_KINDS = frozenset({TrackKind.BASE_STATION, TrackKind.AID})


@dataclass(slots=True)
class Fix:
    """Where a craft was. Degrees (WGS 84, longitude in [-180, 180)), knots, feet; None where not reported."""

    lat: float
    lon: float
    course_deg: float | None = None
    speed_kn: float | None = None
    heading_deg: float | None = None
    altitude_ft: float | None = None
    nav_status: int | None = None
    squawk: str | None = None
    on_ground: bool | None = None
    geometric_altitude_ft: float | None = None  # above the ellipsoid, by satellite; `altitude_ft` is barometric


@dataclass(slots=True)
class Particulars:
    """What a craft says it is. None = not said by this report (never erases what is known)."""

    name: str | None = None
    callsign: str | None = None
    imo: int | None = None
    registration: str | None = None
    flight: str | None = None
    craft_type: int | None = None
    type_text: str | None = None
    destination: str | None = None
    eta_at: datetime | None = None
    length_m: float | None = None
    beam_m: float | None = None
    draught_m: float | None = None


@dataclass(slots=True)
class CraftReport:
    """One report of a craft. Neither fix nor particulars: it was only heard."""

    key: str  # "mmsi:512000123", "icao:c81a2b"
    kind: TrackKind
    observed_at: datetime
    received_at: datetime
    fix: Fix | None = None
    particulars: Particulars | None = None
    mmsi: int | None = None
    flag: str | None = None  # ISO 3166-1 alpha-2
    caveats: tuple[str, ...] = ()
    squawk: str | None = None  # also where no position came with it


@dataclass(slots=True)
class HitReport:
    """One match as its source describes it."""

    ref: str
    kind: str
    criterion: str
    criterion_version: str
    explanation: str
    matched_at: datetime
    source_system: str
    source_message: str
    score: float | None = None
    source_text: str | None = None


@dataclass(slots=True)
class TargetReport:
    """One target as a targeting system describes it. A later version replaces an earlier one."""

    ref: str
    ref_version: int
    subject_kind: str
    label: str
    identifiers: dict[str, Any]
    severity: str
    status: str
    issued_at: datetime
    received_at: datetime
    owner: str
    marking: str
    releases: tuple[str, ...]
    hits: list[HitReport]
    score: float | None = None
    action: str | None = None
    place: str | None = None
    place_name: str | None = None
    place_lat: float | None = None
    place_lon: float | None = None
    arrives_at: datetime | None = None


@dataclass(slots=True)
class DeploymentReport:
    """A unit at a place or area from-to."""

    ref: str
    starts_at: datetime
    ends_at: datetime | None = None
    place: str | None = None
    area: str | None = None
    crew: int | None = None
    duty_hours: float | None = None


@dataclass(slots=True)
class UnitReport:
    """One unit as its agency describes it. A later report replaces an earlier one."""

    ref: str
    callsign: str
    agency: str
    unit_type: str
    capabilities: tuple[str, ...]
    availability: str
    reported_at: datetime
    received_at: datetime
    marking: str
    releases: tuple[str, ...]
    out_of_service_reason: str | None = None
    status: str | None = None
    note: str | None = None
    crew: int | None = None
    lat: float | None = None
    lon: float | None = None
    course_deg: float | None = None
    speed_kn: float | None = None
    position_at: datetime | None = None
    deployments: list[DeploymentReport] = field(default_factory=list)


@dataclass(slots=True)
class Refusal:
    """A record that cannot be used: what came, and why not, in words for an operator."""

    raw: bytes
    reason: str
    received_at: datetime


@dataclass(slots=True)
class Batch:
    """What one poll brought. ``received == len(reports) + len(refusals) + duplicates`` always."""

    crafts: list[CraftReport] = field(default_factory=list)
    targets: list[TargetReport] = field(default_factory=list)
    units: list[UnitReport] = field(default_factory=list)
    hazards: list[HazardReport] = field(default_factory=list)
    manifests: list[ManifestReport] = field(default_factory=list)
    field_reports: list[FieldReport] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    duplicates: int = 0  # records the feed itself knows to be repeats
    passed_over: int = 0  # lines that are no records of this feed: comments, other talkers
    is_alive: bool = False  # the source has shown that it works, though perhaps it brought no record
    cursor: str | None = None  # where to go on; stored with the batch
    complete_units: bool = False  # `units` is the whole list: a unit absent from it was withdrawn

    @property
    def received(self) -> int:
        """How many records came, used or not."""
        reports = len(self.crafts) + len(self.targets) + len(self.units) + len(self.hazards) + len(self.manifests)
        return reports + len(self.field_reports) + len(self.refusals) + self.duplicates

    def __bool__(self) -> bool:
        return bool(self.received or self.passed_over or self.cursor or self.complete_units)
