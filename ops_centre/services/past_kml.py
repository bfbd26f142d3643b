"""A span of the past as KML 2.3 with gx:Track (OGC 12-007r2, clause 9.17): moves with the time slider of an earth viewer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as Xml

from ops_centre.clock import from_ms
from ops_centre.picture.past_span import ENDED, Span
from ops_centre.services.past_kml_shapes import outline

KML = "http://www.opengis.net/kml/2.2"
GX = "http://www.google.com/kml/ext/2.2"
METRES_A_FOOT = 0.3048


def document(span: Span) -> bytes:
    """The document. Texts are set as texts: the writer escapes them."""
    Xml.register_namespace("", KML)
    Xml.register_namespace("gx", GX)
    root = Xml.Element(f"{{{KML}}}kml")
    whole = _child(root, "Document")
    mark = f"{'EXERCISE · ' if span.exercise else ''}REPLAY · TLP:{span.marking()} · "
    _child(whole, "name", f"{mark}{span.centre}: {_time(span.since)} to {_time(span.until)}, as known {span.known}")
    owners = f" Holds matters of {', '.join(span.owners())}." if span.owners() else ""
    made = f"Looked at every {span.step_s} s. Made by {span.made_by} at {_time(span.made_at)}.{owners}"
    _child(whole, "description", made)
    craft = _folder(whole, "Craft")
    for track in span.tracks:
        _track(
            craft,
            track.name or f"track {track.id}",
            [(one[0], one[2], one[1]) for one in track.points],
            [one[6] for one in track.points],
        )
    units = _folder(whole, "Units")
    for rows in span.held["units"].values():
        placed = [(at, row["lon"], row["lat"]) for at, _until, row in rows if row["lat"] is not None]
        if placed:
            _track(units, rows[-1][2]["callsign"], placed)
    targets = _folder(whole, "Targets")
    for rows in span.held["targets"].values():
        for at, until, row in rows:
            if row["place_lat"] is not None:
                words = f"{row['severity']}, {row['status']}. {row['reason']} ({row['owner']} TLP:{row['marking']})"
                _placemark(targets, row["label"], words, at, until, (row["place_lon"], row["place_lat"]))
    _hits(_folder(whole, "Hits"), span)
    _operations(_folder(whole, "Operations"), span)
    _hazards(_folder(whole, "Hazards"), span)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True))


def _hits(folder: Xml.Element, span: Span) -> None:
    """Each hit where its target was last, for as long as the target is told of; without a place it stands in the list alone."""
    for number, hits in span.hits.items():
        rows = span.held["targets"][number]
        first, last, row = rows[0][0], rows[-1][1], rows[-1][2]
        where = (row["place_lon"], row["place_lat"]) if row["place_lat"] is not None else None
        for hit in hits:
            came = hit.get("matched_at") or hit.get("received_at")
            since = min(max(first, came), last) if isinstance(came, int) else first
            told = [hit.get("explanation"), *_scored(hit), hit.get("source_system"), hit.get("source_text")]
            words = f"{'. '.join(str(one) for one in told if one)} ({row['owner']} TLP:{row['marking']})"
            _placemark(folder, f"{row['label']}: {hit.get('criterion') or hit.get('kind')}", words, since, last, where)


def _scored(hit: Mapping[str, Any]) -> list[str]:
    return [f"score {hit['score']:g}"] if isinstance(hit.get("score"), int | float) else []


def _operations(folder: Xml.Element, span: Span) -> None:
    for number in sorted({*span.held["operations"], *span.held[ENDED]}):
        for at, until, row in (*span.held["operations"].get(number, []), *span.held[ENDED].get(number, [])):
            led = f", commander {row['commander']}" if row.get("commander") else ""
            words = f"{row['kind']}, {row['state']}{led} ({row['owner']} TLP:{row['marking']})"
            name = f"{'EXERCISE · ' if row.get('is_exercise') else ''}{row['reference']} {row['name']}"
            _outlined(_placemark(folder, name, words, at, until, None), row.get("area") or ())


def _hazards(folder: Xml.Element, span: Span) -> None:
    for rows in span.held["hazards"].values():
        for at, until, row in rows:
            mark = "" if row["status"] == "Actual" else f"{row['status'].upper()} · "
            told = f"{row['severity']}, {row['urgency']}, {row['certainty']}. {row['sender']}"
            words = f"{told} ({row['owner']} TLP:{row['marking']})"
            _outlined(
                _placemark(folder, f"{mark}{row['headline'] or row['event']}", words, at, until, None), row["shapes"]
            )


def _outlined(placemark: Xml.Element, shapes: Sequence[Mapping[str, Any]]) -> None:
    if shapes:
        whole = _child(placemark, "MultiGeometry")
        for shape in shapes:
            outline(whole, shape)


def _child(parent: Xml.Element, name: str, words: str | None = None, space: str = KML) -> Xml.Element:
    made = Xml.SubElement(parent, f"{{{space}}}{name}")
    if words is not None:
        made.text = "".join(c for c in words if c in "\t\n\r" or (c >= " " and not "\ud800" <= c <= "\udfff"))
    return made


def _folder(parent: Xml.Element, name: str) -> Xml.Element:
    folder = _child(parent, "Folder")
    _child(folder, "name", name)
    return folder


def _track(
    parent: Xml.Element, name: str, points: list[tuple[int, float, float]], feet: Sequence[float | None] = ()
) -> None:
    placemark = _child(parent, "Placemark")
    _child(placemark, "name", name)
    track = _child(placemark, "Track", space=GX)
    if any(one is not None for one in feet):
        _child(track, "altitudeMode", "absolute")
    for at, _lon, _lat in points:
        _child(track, "when", _time(from_ms(at)))
    for (_at, lon, lat), high in zip(points, feet or [None] * len(points), strict=True):
        _child(track, "coord", f"{lon:.5f} {lat:.5f} {round((high or 0) * METRES_A_FOOT)}", space=GX)


def _placemark(
    parent: Xml.Element, name: str, words: str, at: int, until: int, where: tuple[float, float] | None
) -> Xml.Element:
    placemark = _child(parent, "Placemark")
    _child(placemark, "name", name)
    _child(placemark, "description", words)
    span = _child(placemark, "TimeSpan")
    _child(span, "begin", _time(from_ms(at)))
    _child(span, "end", _time(from_ms(until)))
    if where is not None:
        _child(_child(placemark, "Point"), "coordinates", f"{where[0]:.5f},{where[1]:.5f}")
    return placemark


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
