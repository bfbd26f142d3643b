"""Frozen views: what a screen or a script is shown. No view holds anything its reader may not see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ops_centre.domain.feeds import FeedLight
from ops_centre.picture.fusion_views import AnomalyRow, SourceRow


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One open target."""

    id: int
    subject_kind: str
    label: str
    severity: str
    status: str
    reason: str
    action: str | None
    score: float | None
    place: str | None
    place_name: str | None
    place_lat: float | None
    place_lon: float | None
    arrives_at: datetime | None
    track_id: int | None
    owner: str
    marking: str
    releases: tuple[str, ...]
    feed_id: int
    issued_at: datetime
    updated_at: datetime
    revision: int
    lrm_at: datetime | None = None  # last responsible moment
    lrm_note: str | None = None
    claimed_by: str | None = None
    tasked: tuple[str, ...] = ()  # "HAWK 2 en route"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit with its present deployment."""

    id: int
    callsign: str
    agency: str
    unit_type: str
    capabilities: tuple[str, ...]
    availability: str
    out_of_service_reason: str | None
    status: str | None
    note: str | None
    crew: int | None
    lat: float | None
    lon: float | None
    course_deg: float | None
    speed_kn: float | None
    position_at: datetime | None
    place: str | None
    place_name: str | None
    deployed_from: datetime | None
    deployed_to: datetime | None
    marking: str
    feed_id: int
    reported_at: datetime
    tasking_id: int | None = None  # of ours that it is under


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One feed and its health."""

    id: int
    name: str
    kind: str
    agency: str
    light: FeedLight
    light_since: datetime | None
    last_good_at: datetime | None
    last_record_at: datetime | None
    last_error: str | None
    last_error_at: datetime | None
    received: int
    stored: int
    duplicate: int
    quarantined: int
    passed_over: int
    is_replay: bool
    clock_offset_ms: int
    paused: bool
    late_after_ms: int
    lost_after_ms: int


@dataclass(frozen=True, slots=True)
class TrackCard:
    """Everything known of one craft. Times aware UTC; degrees, knots, feet, metres."""

    id: int
    key: str
    kind: str
    name: str | None
    mmsi: int | None
    imo: int | None
    callsign: str | None
    registration: str | None
    flight: str | None
    craft_type: int | None
    type_text: str | None
    flag: str | None
    destination: str | None
    eta_at: datetime | None
    length_m: float | None
    beam_m: float | None
    draught_m: float | None
    caveats: tuple[str, ...]
    lat: float | None
    lon: float | None
    course_deg: float | None
    speed_kn: float | None
    heading_deg: float | None
    altitude_ft: float | None
    nav_status: int | None
    squawk: str | None
    on_ground: bool | None
    zone: str | None
    observed_at: datetime | None
    received_at: datetime | None
    heard_at: datetime
    particulars_at: datetime | None
    left_at: datetime | None
    feed_name: str
    clock_offset_ms: int
    age_s: float | None  # of the position, in the feed's own time
    targets: tuple[TargetRow, ...]
    sources: tuple[SourceRow, ...] = ()
    anomalies: tuple[AnomalyRow, ...] = ()
    geometric_altitude_ft: float | None = None


@dataclass(frozen=True, slots=True)
class HitRow:
    """One hit, back to its source message."""

    ref: str
    kind: str
    criterion: str
    criterion_version: str
    explanation: str
    score: float | None
    matched_at: datetime
    source_system: str
    source_message: str
    source_text: str | None


@dataclass(frozen=True, slots=True)
class TargetCard:
    """A target with its evidence."""

    row: TargetRow
    identifiers: dict[str, Any]
    hits: tuple[HitRow, ...]
    track: TrackCard | None


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    """A deployment of a unit."""

    ref: str
    place: str | None
    place_name: str | None
    area: str | None
    starts_at: datetime
    ends_at: datetime | None
    crew: int | None
    duty_hours: float | None


@dataclass(frozen=True, slots=True)
class UnitCard:
    """A unit with its deployments, soonest first."""

    row: UnitRow
    deployments: tuple[DeploymentRow, ...]


@dataclass(frozen=True, slots=True)
class TrailPoint:
    """Where a craft was."""

    lat: float
    lon: float
    observed_at: datetime
    speed_kn: float | None
    course_deg: float | None
    joined: bool = True  # with the point before that is not doubted: the craft did not leap in between
    doubt: str | None = None  # a word of `domain.fusion.DOUBTED`


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One thing found. `kind`: track, target, unit, hazard, place, device, drawing, call (its alert)."""

    kind: str
    id: int | str
    title: str
    detail: str
    lat: float | None
    lon: float | None


@dataclass(frozen=True, slots=True)
class Header:
    """What the top line of every screen needs."""

    centre_name: str
    is_exercise: bool
    is_replay: bool
    time_zone: str
    revision: int
    checked_at: datetime | None
    counts: dict[str, int]
