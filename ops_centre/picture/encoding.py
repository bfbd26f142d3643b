"""The picture as bytes: the compact column form the browser reads, and GeoJSON for everybody else.

Tracks are the same for all readers and are encoded once; targets and units once for each scope.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson

from ops_centre.auth.actor import Actor
from ops_centre.clock import to_ms
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.places import Gazetteer
from ops_centre.picture.field_search import drawn
from ops_centre.picture.hazard_geometry import geometry as hazard_geometry
from ops_centre.picture.present import NOTHING, SCOPED, Change, TrackTuple, row_now
from ops_centre.picture.scope import Scope, scope_of, sees

COLUMNS = ("id", "lat", "lon", "course", "speed", "kind", "name", "feed", "observed")
KIND_WORDS = ("vessel", "aircraft", "vehicle", "base station", "aid to navigation")


def plain(view: Any) -> dict[str, Any]:
    """A view as a JSON object: times as milliseconds since 1970."""
    return {key: to_ms(value) if isinstance(value, datetime) else value for key, value in asdict(view).items()}


def columns(tracks: list[TrackTuple]) -> bytes:
    """Tracks as one JSON object of equally long columns."""
    turned = list(zip(*tracks, strict=True)) if tracks else [()] * len(COLUMNS)
    return orjson.dumps({name: turned[place] for place, name in enumerate(COLUMNS)})


def scoped(change: Change, name: str, scope: Scope, handlings: dict[int, HandlingRule]) -> list[Any]:
    """The views of one shelf in a change that are in ``scope``."""
    if not getattr(scope, name):
        return []
    return [row for row, handling in change.rows[name] if sees(scope, handlings[handling])]


def compact(
    change: Change,
    scope: Scope,
    handlings: dict[int, HandlingRule],
    tracks: bytes,
    *,
    boards: dict[str, int],
    now: datetime,
    exercise: bool,
    replay: bool,
) -> bytes:
    """A change set (or the whole picture) in the column form. ``tracks``: what `columns` gave."""
    rows = {name: scoped(change, name, scope, handlings) for name in SCOPED}
    lines = [line for line, handling in change.log if scope.log and sees(scope, handlings[handling])]
    rest: dict[str, Any] = {
        "revision": change.revision,
        "now": to_ms(now),
        "exercise": exercise,
        "replay": replay,
        **{name: [plain(row) for row in found] for name, found in rows.items() if getattr(scope, name)},
        "feeds": [plain(row) for row in change.feeds] if scope.feeds else [],
        "boards": boards,
    }
    if scope.log:
        rest["log"] = [plain(line) for line in lines]
    if scope.watch:
        rest["watch"] = plain(change.watch) if change.watch else None
    if change.since != NOTHING:
        shown = {("tracks", track[0]) for track in change.tracks}
        shown |= {(name, row.id) for name, found in rows.items() for row in found}
        gone: dict[str, list[int]] = {"tracks": [], **{name: [] for name in SCOPED if getattr(scope, name)}}
        for kind, thing, handling in change.gone:
            known = handling is None or sees(scope, handlings[handling])
            if known and kind in gone and (kind, thing) not in shown:
                gone[kind].append(thing)
        rest |= {"since": change.since, "gone": gone}
    return orjson.dumps(rest)[:-1] + b',"tracks":' + (tracks if scope.tracks else columns([])) + b"}"


def geojson(
    change: Change,
    actor: Actor,
    handlings: dict[int, HandlingRule],
    gazetteer: Gazetteer,
    *,
    now: datetime,
    exercise: bool,
    replay: bool,
) -> bytes:
    """The picture as GeoJSON layers (RFC 7946), for scripts and other systems."""
    scope = scope_of(actor)
    targets, units = (scoped(change, name, scope, handlings) for name in ("targets", "units"))
    positions = {track[0]: (track[2], track[1]) for track in change.tracks}
    layers: dict[str, Any] = {}
    if scope.tracks:
        layers["tracks"] = _collection(
            (track[0], (track[2], track[1]), _track_properties(track)) for track in change.tracks
        )
        layers["places"] = _collection(
            (place.code, (place.lon, place.lat), {"name": place.name, "kind": place.kind.value})
            for place in gazetteer.places
        )
    if scope.targets:
        layers["targets"] = _collection((row.id, _where(row, positions), plain(row)) for row in targets)
    if scope.units:
        layers["units"] = _collection(
            (row.id, (row.lon, row.lat) if row.lat is not None else None, plain(row)) for row in units
        )
    if scope.hazards:
        layers["hazards"] = _features(
            (row.id, hazard_geometry(row.shapes), plain(row)) for row in scoped(change, "hazards", scope, handlings)
        )
    layers |= _field_layers(change, scope, handlings)
    if scope.feeds:
        layers["feeds"] = [plain(row_now(row, now)) for row in change.feeds]
    return orjson.dumps(
        {
            "revision": change.revision,
            "generated_at": now.isoformat(timespec="milliseconds"),
            "exercise": exercise,
            "replay": replay,
            "layers": layers,
        }
    )


def _field_layers(change: Change, scope: Scope, handlings: dict[int, HandlingRule]) -> dict[str, Any]:
    """Devices that are no known unit, what was drawn in the field, calls for help with a position."""
    layers: dict[str, Any] = {}
    if scope.devices:
        layers["devices"] = _collection(
            (row.id, _spot(row), plain(row)) for row in scoped(change, "devices", scope, handlings)
        )
    if scope.drawings:
        layers["drawings"] = _features(
            (row.id, drawn(row), plain(row)) for row in scoped(change, "drawings", scope, handlings)
        )
    if scope.alerts:
        calls = [row for row in scoped(change, "alerts", scope, handlings) if row.lat is not None]
        layers["calls"] = _collection((row.id, _spot(row), plain(row)) for row in calls)
    return layers


def _spot(row: Any) -> tuple[float, float] | None:
    return (row.lon, row.lat) if row.lat is not None else None


def _where(row: Any, positions: dict[int, tuple[float, float]]) -> tuple[float, float] | None:
    if row.track_id in positions:
        return positions[row.track_id]
    return (row.place_lon, row.place_lat) if row.place_lat is not None else None


def _track_properties(track: TrackTuple) -> dict[str, Any]:
    return {
        "name": track[6],
        "kind": KIND_WORDS[track[5]],
        "course_deg": track[3],
        "speed_kn": track[4],
        "feed": track[7],
        "observed_at": track[8] * 1000,
    }


def _collection(things: Any) -> dict[str, Any]:
    """Things that stand at a point, or nowhere."""
    return _features(
        (thing, {"type": "Point", "coordinates": where} if where else None, properties)
        for thing, where, properties in things
    )


def _features(things: Any) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": thing,
                "geometry": geometry,
                "properties": properties,
            }
            for thing, geometry, properties in things
        ],
    }
