"""A span of the past as GeoJSON (RFC 7946): a line for each craft and unit with its times, a point for each target."""

from itertools import pairwise
from typing import Any

import orjson

from ops_centre.clock import to_ms
from ops_centre.picture.past_span import ENDED, Held, Span, TrackSpan


def document(span: Span) -> bytes:
    """One feature collection; ``times`` of a line are milliseconds since 1970, one for each of its positions."""
    features = [*_craft(span), *_units(span), *_targets(span), *_operations(span), *_hazards(span)]
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "name": f"{'EXERCISE · ' if span.exercise else ''}REPLAY · {span.centre} · TLP:{span.marking()}",
            "past": {
                "since": to_ms(span.since),
                "until": to_ms(span.until),
                "step_s": span.step_s,
                "known": span.known,
                "centre": span.centre,
                "exercise": span.exercise,
                "marking": f"TLP:{span.marking()}",
                "owners": span.owners(),
                "kept_since": span.kept_since and to_ms(span.kept_since),
                "made_by": span.made_by,
                "made_at": to_ms(span.made_at),
            },
            "log": span.log,
            "features": features,
        }
    )


def _feature(key: str, geometry: dict[str, Any] | None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": key, "geometry": geometry, "properties": properties}


def path(points: list[tuple[float, float]]) -> dict[str, Any]:
    """A line through (lon, lat) points, cut where it crosses 180°; a point when there is but one."""
    if len(points) == 1:
        return {"type": "Point", "coordinates": points[0]}
    parts: list[list[tuple[float, float]]] = [[points[0]]]
    for before, after in pairwise(points):
        if abs(after[0] - before[0]) > 180:
            east = 180.0 if before[0] > 0 else -180.0
            turned = after[0] + 2 * east
            share = (east - before[0]) / (turned - before[0]) if turned != before[0] else 0.0
            lat = round(before[1] + (after[1] - before[1]) * share, 5)
            parts[-1].append((east, lat))
            parts.append([(-east, lat)])
        parts[-1].append(after)
    if len(parts) == 1:
        return {"type": "LineString", "coordinates": parts[0]}
    return {"type": "MultiLineString", "coordinates": parts}


def _craft(span: Span) -> list[dict[str, Any]]:
    return [
        _feature(
            f"track:{track.id}",
            path([(point[2], point[1]) for point in track.points]),
            kind="track",
            craft=track.kind_word,
            name=track.name,
            times=[point[0] for point in track.points],
            recorded=[point[5] for point in track.points],
            **_altitudes(track),
        )
        for track in span.tracks
    ]


def _altitudes(track: TrackSpan) -> dict[str, Any]:
    feet = [point[6] for point in track.points]
    return {"altitudes_ft": feet} if any(one is not None for one in feet) else {}


def _units(span: Span) -> list[dict[str, Any]]:
    return [_moving(f"unit:{number}", "unit", rows) for number, rows in span.held["units"].items()]


def _moving(key: str, kind: str, rows: list[Held]) -> dict[str, Any]:
    placed = [(at, row["lon"], row["lat"]) for at, _until, row in rows if row["lat"] is not None]
    geometry = path([(lon, lat) for _at, lon, lat in placed]) if placed else None
    return _feature(key, geometry, kind=kind, times=[one[0] for one in placed], versions=_versions(rows))


def _versions(rows: list[Held]) -> list[dict[str, Any]]:
    return [{"from": at, "until": until, **row} for at, until, row in rows]


def _targets(span: Span) -> list[dict[str, Any]]:
    found = []
    for number, rows in span.held["targets"].items():
        last = rows[-1][2]
        where = [last["place_lon"], last["place_lat"]] if last["place_lat"] is not None else None
        geometry = {"type": "Point", "coordinates": where} if where else None
        found.append(
            _feature(
                f"target:{number}", geometry, kind="target", versions=_versions(rows), hits=span.hits.get(number, [])
            )
        )
    return found


def _operations(span: Span) -> list[dict[str, Any]]:
    return [
        _feature(f"operation:{number}", None, kind="operation", versions=_versions([*running, *ended]))
        for number, running, ended in (
            (number, span.held["operations"].get(number, []), span.held[ENDED].get(number, []))
            for number in sorted({*span.held["operations"], *span.held[ENDED]})
        )
    ]


def _hazards(span: Span) -> list[dict[str, Any]]:
    """The shapes stand in the versions, as operations' do: (lat, lon) points, and circles with a radius."""
    return [
        _feature(f"hazard:{number}", None, kind="hazard", versions=_versions(rows))
        for number, rows in span.held["hazards"].items()
    ]
