"""The picture as bytes: the compact column form the browser reads, and GeoJSON for everybody else.

Tracks are the same for all readers and are encoded once; targets and units once for each scope.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import orjson

from ops_centre.auth.actor import Actor
from ops_centre.clock import to_ms
from ops_centre.domain.handling import HandlingRule, may_see
from ops_centre.domain.places import Gazetteer
from ops_centre.picture.present import NOTHING, Change, TrackTuple, row_now
from ops_centre.picture.scope import Scope, scope_of

COLUMNS = ("id", "lat", "lon", "course", "speed", "kind", "name", "feed", "observed")
KIND_WORDS = ("vessel", "aircraft", "vehicle", "base station", "aid to navigation")


def plain(view: Any) -> dict[str, Any]:
    """A view as a JSON object: times as milliseconds since 1970."""
    return {key: to_ms(value) if isinstance(value, datetime) else value for key, value in asdict(view).items()}


def columns(tracks: list[TrackTuple]) -> bytes:
    """Tracks as one JSON object of equally long columns."""
    turned = list(zip(*tracks, strict=True)) if tracks else [()] * len(COLUMNS)
    return orjson.dumps({name: turned[place] for place, name in enumerate(COLUMNS)})


def sees(scope: Scope, rule: HandlingRule) -> bool:
    """Whether something handled by ``rule`` is in ``scope``."""
    return may_see(rule, agency=scope.agency, sees_restricted=scope.restricted)


def scoped(change: Change, scope: Scope, handlings: dict[int, HandlingRule]) -> tuple[list[Any], list[Any], list[Any]]:
    """Targets, units and feeds of a change that are in ``scope``."""
    targets = [row for row, handling in change.targets if scope.targets and sees(scope, handlings[handling])]
    units = [row for row, handling in change.units if scope.units and sees(scope, handlings[handling])]
    return targets, units, change.feeds if scope.feeds else []


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
    targets, units, feeds = scoped(change, scope, handlings)
    rest: dict[str, Any] = {
        "revision": change.revision,
        "now": to_ms(now),
        "exercise": exercise,
        "replay": replay,
        "targets": [plain(row) for row in targets],
        "units": [plain(row) for row in units],
        "feeds": [plain(row) for row in feeds],
        "boards": boards,
    }
    if change.since != NOTHING:
        shown = {("tracks", track[0]) for track in change.tracks}
        shown |= {("targets", row.id) for row in targets} | {("units", row.id) for row in units}
        gone: dict[str, list[int]] = {"tracks": [], "targets": [], "units": []}
        for kind, thing, handling in change.gone:
            known = handling is None or sees(scope, handlings[handling])
            if known and (kind, thing) not in shown and getattr(scope, kind):
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
    targets, units, feeds = scoped(change, scope, handlings)
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
    if scope.feeds:
        layers["feeds"] = [plain(row_now(row, now)) for row in feeds]
    return orjson.dumps(
        {
            "revision": change.revision,
            "generated_at": now.isoformat(timespec="milliseconds"),
            "exercise": exercise,
            "replay": replay,
            "layers": layers,
        }
    )


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
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": thing,
                "geometry": {"type": "Point", "coordinates": where} if where else None,
                "properties": properties,
            }
            for thing, where, properties in things
        ],
    }
