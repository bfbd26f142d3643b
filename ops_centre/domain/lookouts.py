"""Lookouts: which zones may be watched, when a craft has entered one, and when it has gone dark. Plain rules, no I/O."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from ops_centre.clock import from_ms, to_ms
from ops_centre.domain.zones import WORDS

LIMITS = ("eez", "24nm", "12nm", "port")  # from the outermost in; who is inside one is inside those before it
LIMIT_WORDS = {"eez": "the EEZ", "24nm": "the 24 nm limit", "12nm": "the 12 nm limit", "port": "port"}
IDENTIFIERS = ("mmsi", "imo", "icao24", "registration", "flight", "callsign", "vessel_name")
MOST_DAYS = 366


def depth_of(zone: str | None) -> int:
    """How far in a zone word lies: 0 outside, 1 EEZ … 4 port."""
    if zone is None:
        return 0
    if zone.startswith("port:"):
        return LIMITS.index("port") + 1
    return next((place for place, limit in enumerate(LIMITS, start=1) if WORDS[limit] == zone), 0)


def reached(zone: str | None, wanted: Iterable[str]) -> int:
    """Depth of the innermost wanted limit that a craft in ``zone`` is inside of; 0: of none."""
    depth = depth_of(zone)
    return max((LIMITS.index(limit) + 1 for limit in wanted if LIMITS.index(limit) + 1 <= depth), default=0)


def looked(seen: dict[str, Any], zone: str | None, observed_at: datetime, wanted: Iterable[str]) -> dict[str, Any]:
    """What is remembered after a look: the zone, when it was, how deep inside wanted limits and since when.

    ``since`` is when the craft came to be inside any wanted limit, or further inside than it had been.
    """
    depth, before = reached(zone, wanted), int(seen.get("depth", 0))
    since = seen.get("since") if 0 < depth <= before else to_ms(observed_at) if depth else None
    return {"zone": zone, "at": to_ms(observed_at), "depth": depth, "since": since}


def since_of(seen: dict[str, Any]) -> datetime | None:
    """When the craft came to be where it is."""
    return from_ms(int(seen["since"])) if seen.get("since") is not None else None


def is_dark(observed_at: datetime | None, zone: str | None, feed_now: datetime, after_minutes: int | None) -> bool:
    """Whether a craft has been silent for too long. In port many switch their transponder off, and may."""
    if after_minutes is None or observed_at is None or (zone or "").startswith("port:"):
        return False
    return feed_now - observed_at >= timedelta(minutes=after_minutes)
