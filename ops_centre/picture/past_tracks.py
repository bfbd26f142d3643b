"""Where craft were at a moment: for each that could be in the picture, its newest position of those that count and that nobody
doubts (`domain.fusion`).

One seek in the table of positions for each craft, along its key (craft, observed time), so that a moment opens as fast thirty
days ago as today, whatever else is kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from ops_centre.clock import to_ms
from ops_centre.config import Settings
from ops_centre.domain.observations import TrackKind

AHEAD = timedelta(minutes=2)  # a source's clock may run ahead of ours: feeds refuse more than a minute
_MS = timedelta(milliseconds=1)

_NEWEST = """
SELECT t.id, t.kind, p.lat, p.lon, p.course_deg, p.speed_kn, p.altitude_ft, p.feed_id, p.observed_at, p.recorded_at
FROM tracks t JOIN positions p ON p.track_id = t.id AND p.recorded_at <= :recorded AND p.doubt IS NULL
    AND p.observed_at = (
    SELECT q.observed_at FROM positions q
    WHERE q.track_id = t.id AND q.observed_at BETWEEN :since AND :until AND q.recorded_at <= :recorded
    AND q.doubt IS NULL ORDER BY q.observed_at DESC LIMIT 1)
WHERE t.kind = :kind AND t.feed_id IN ({feeds}) AND t.heard_at >= :since
ORDER BY t.id, p.recorded_at DESC
"""
FOREVER = 2**62


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long a silent craft stays in the picture, by kind (as `services.housekeeping` takes them out)."""

    leaves_after: dict[TrackKind, timedelta]

    @classmethod
    def of(cls, settings: Settings) -> "Bounds":
        """As the settings say."""
        picture = settings.picture
        minutes = {
            TrackKind.VESSEL: picture.vessel_leaves_after_minutes,
            TrackKind.AIRCRAFT: picture.aircraft_leaves_after_minutes,
            TrackKind.VEHICLE: picture.vehicle_leaves_after_minutes,
            TrackKind.BASE_STATION: picture.fixed_leaves_after_minutes,
            TrackKind.AID: picture.fixed_leaves_after_minutes,
        }
        return cls({kind: timedelta(minutes=count) for kind, count in minutes.items()})


def tracks_at(session: Session, at: datetime, bounds: Bounds, offsets: dict[int, int], *, later: bool) -> list[Any]:
    """The newest position of each craft in the picture at ``at``. ``offsets``: milliseconds of each feed's clock from ours.

    ``later``: positions that came in after ``at`` count too, if they were observed by then.
    """
    known = dict.fromkeys(session.execute(text("SELECT id FROM feeds")).scalars(), 0) | offsets
    by_offset: dict[int, list[int]] = {}
    for feed_id, offset in known.items():
        by_offset.setdefault(offset, []).append(feed_id)
    found: dict[int, Any] = {}
    for offset, feed_ids in by_offset.items():
        query = text(_NEWEST.format(feeds=", ".join(str(int(number)) for number in feed_ids)))
        feed_now = to_ms(at) + offset
        for kind, limit in bounds.leaves_after.items():
            values = {
                "kind": kind.value,
                "since": feed_now - limit // _MS,
                "until": feed_now + (0 if later else AHEAD // _MS),
                "recorded": FOREVER if later else to_ms(at),
            }
            for row in session.execute(query, values):
                found[row.id] = row  # of several of one moment the one recorded first is last here, as ingest keeps it
    return list(found.values())
