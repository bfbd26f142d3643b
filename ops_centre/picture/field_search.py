"""What devices in the field report, for a search and for maps elsewhere. In the reader's scope, like everything else."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from ops_centre.domain.field_reports import DrawingKind
from ops_centre.domain.geo import normalise_lon, split_at_antimeridian
from ops_centre.models import FieldDevice
from ops_centre.picture.field_views import DrawingRow
from ops_centre.picture.hazard_geometry import geometry as outline
from ops_centre.picture.views import SearchResult
from ops_centre.picture.watch_views import AlertRow

Found = Iterator[tuple[int, SearchResult]]
Rank = Callable[..., int]
NM_M = 1852.0


def devices_found(session: Session, seen: ColumnElement[bool], like: str, wanted: str, rank: Rank, most: int) -> Found:
    """Devices by callsign or uid, also those that are a unit. ``like``: the pattern, escaped with a backslash."""
    named = or_(FieldDevice.callsign.ilike(like, escape="\\"), FieldDevice.uid.ilike(like, escape="\\"))
    query = select(FieldDevice).where(seen, named).order_by(FieldDevice.unit_id.is_not(None), FieldDevice.id)
    for device in session.scalars(query.limit(most)):
        detail = " · ".join(("device in the field", *(() if device.unit_id else ("unidentified unit",)), device.agency))
        title = device.callsign or device.uid
        yield (
            rank(wanted, device.callsign, device.uid) + (2 if device.unit_id else 1),
            SearchResult("device", device.id, title, detail, device.lat, device.lon),
        )


def calls_found(alerts: Iterable[AlertRow], wanted: str, rank: Rank) -> Found:
    """Calls for help with a position, by who calls and what: before all that is named alike."""
    for row in alerts:
        if row.lat is not None and wanted.casefold() in row.title.casefold():
            result = SearchResult("call", row.id, row.title, f"call for help · {row.state}", row.lat, row.lon)
            yield rank(wanted, row.title) - 1, result


def drawings_found(drawings: Iterable[DrawingRow], wanted: str, rank: Rank) -> Found:
    """Drawings in force by title and by who drew them."""
    for row in drawings:
        if row.points and wanted.casefold() in " ".join((row.title, row.author or "")).casefold():
            lat, lon = row.points[0]
            detail = " · ".join(filter(None, ("field drawing", row.kind, row.author)))
            result = SearchResult("drawing", row.id, row.title or row.kind, detail, lat, normalise_lon(lon))
            yield rank(wanted, row.title, row.author) + 2, result


def drawn(row: DrawingRow) -> dict[str, Any] | None:
    """A drawing as GeoJSON (RFC 7946), cut at ±180°."""
    if row.kind in (DrawingKind.POLYGON, DrawingKind.CIRCLE):
        ring = row.points[:-1] if len(row.points) > 1 and row.points[0] == row.points[-1] else row.points
        radius = None if row.radius_m is None else row.radius_m / NM_M
        return outline([{"kind": row.kind, "points": list(ring), "radius_nm": radius}])
    spots = [(lat, normalise_lon(lon)) for lat, lon in row.points]
    if len(spots) < 2:
        return {"type": "Point", "coordinates": [spots[0][1], spots[0][0]]} if spots else None
    lines = [[[lon, lat] for lat, lon in line] for line in split_at_antimeridian(spots)]
    return {"type": "MultiLineString", "coordinates": lines}
