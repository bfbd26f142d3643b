"""What several sources say of one craft, and what of it cannot be true, as screens show it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What one feed last said of a craft. At most `services.ingest_sources.STAMP_MS` behind."""

    feed_id: int
    feed: str
    is_replay: bool
    draws: bool  # the craft is drawn where this feed says
    clock_offset_ms: int
    heard_at: datetime
    received_at: datetime
    observed_at: datetime | None  # of its newest position
    lat: float | None
    lon: float | None
    distance_nm: float | None  # of that position from where the craft is drawn
    reports: int
    name: str | None
    imo: int | None
    callsign: str | None


@dataclass(frozen=True, slots=True)
class AnomalyRow:
    """One anomaly of a craft. Times are observed, in the feed's own time."""

    id: int
    kind: str
    about: str
    first_at: datetime
    last_at: datetime
    times: int
    evidence: str
    feed: str
    clock_offset_ms: int
    lat: float | None
    lon: float | None
    other_id: int | None
    ended_at: datetime | None
