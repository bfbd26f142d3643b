"""What an event is to the centre: where a device or craft is, a drawing, a message, a call for help (docs/feeds.md, "cot")."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import atan2, cos, degrees, hypot, pi, sin

from ops_centre.domain.field_reports import (
    DevicePosition,
    Drawing,
    DrawingKind,
    Emergency,
    FieldMessage,
    FieldReport,
    Withdrawal,
)
from ops_centre.domain.geo import destination, normalise_lon
from ops_centre.domain.identity import MmsiKind, maritime_identity
from ops_centre.domain.observations import CraftReport, Fix, Particulars, TrackKind
from ops_centre.feeds.cot.events import Event, EventError, Nature, child, children, read_event

M_PER_NM = 1852.0
FEET = 1 / 0.3048
MOST_POINTS = 2000
LONGEST_RADIUS_M = 2_000_000.0
CLOCK_SLACK = timedelta(minutes=5)
_ROUND = 36  # corners of an ellipse
_ICAO = re.compile(r"ICAO[-_. ]?([0-9A-Fa-f]{6})", re.IGNORECASE)
_MMSI = re.compile(r"MMSI[-_. ]?(\d{9})", re.IGNORECASE)
_CLOSED = ("u-d-p", "u-d-r")

Report = FieldReport | CraftReport


@dataclass(frozen=True, slots=True)
class Handling:
    """Whose the reports are, and who may know of them."""

    agency: str
    marking: str
    releases: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()  # whose units its devices may be by their callsign

    @property
    def words(self) -> dict[str, object]:
        """As keywords of a report."""
        return {"agency": self.agency, "marking": self.marking, "releases": self.releases, "agencies": self.agencies}


def report_of(event: Event, received_at: datetime, handling: Handling) -> Report | None:
    """What the event reports; None for what is none of ours: receipts, files, pings. Raises EventError."""
    if event.sent_at > received_at + CLOCK_SLACK:
        ahead = (event.sent_at - received_at).total_seconds()
        raise EventError(f"its time is {ahead:.0f} s ahead of our clock")
    return _READERS[event.nature](event, received_at, handling)


def _device(event: Event, received_at: datetime, handling: Handling) -> DevicePosition:
    return DevicePosition(
        uid=event.uid, callsign=event.callsign, type=event.type, observed_at=min(event.sent_at, received_at),
        stale_at=event.stale_at, received_at=received_at, lat=event.lat, lon=event.lon, course_deg=event.course_deg,
        speed_kn=event.speed_kn, height_m=event.height_m, battery_pct=event.battery_pct, group=event.group,
        role=event.role, remarks=event.remarks, **handling.words,  # type: ignore[arg-type]
    )  # fmt: skip


def _craft(event: Event, received_at: datetime, _handling: Handling) -> CraftReport:
    """A craft by its own number where the event gives one, else by the event's uid."""
    aircraft = event.type.split("-")[2:3] == ["A"]
    kind, key, mmsi = (TrackKind.AIRCRAFT if aircraft else TrackKind.VESSEL), f"cot:{event.uid}", None
    said = f"{event.uid} {event.remarks or ''}"
    if aircraft and (icao := _ICAO.search(said)):
        key = f"icao:{icao[1].lower()}"
    elif not aircraft and (ship := _MMSI.search(said)) and maritime_identity(int(ship[1])).kind is MmsiKind.SHIP:
        mmsi = int(ship[1])
        key = f"mmsi:{mmsi}"
    report = CraftReport(key, kind, min(event.sent_at, received_at), received_at, mmsi=mmsi)
    report.particulars = Particulars(callsign=(event.callsign or "")[:20] or None)
    if event.lat is not None and event.lon is not None:
        height = None if event.height_m is None or not aircraft else round(event.height_m * FEET)
        report.fix = Fix(event.lat, event.lon, event.course_deg, event.speed_kn, geometric_altitude_ft=height)
    return report


def _drawing(
    event: Event, received_at: datetime, handling: Handling, kind: DrawingKind,
    points: Iterable[tuple[float, float]], radius_m: float | None = None,
) -> Drawing:  # fmt: skip
    found = tuple(points)
    if not found:
        raise EventError("it draws something and says nowhere where")
    author = child(event.detail, "creator")
    by = next((link for link in children(event.detail, "link") if link.get("relation") == "p-p"), None)
    uid = author.get("uid") if author is not None else by.get("uid") if by is not None else None
    callsign = author.get("callsign") if author is not None else by.get("parent_callsign") if by is not None else None
    return Drawing(
        uid=event.uid, kind=kind, type=event.type, title=(event.callsign or event.type)[:200], sent_at=event.sent_at,
        stale_at=event.stale_at, received_at=received_at, points=found, radius_m=radius_m, remarks=event.remarks,
        author_uid=(uid or "")[:200] or None, author_callsign=(callsign or "")[:200] or None, **handling.words,  # type: ignore[arg-type]
    )  # fmt: skip


def _marker(event: Event, received_at: datetime, handling: Handling) -> Drawing:
    return _drawing(event, received_at, handling, DrawingKind.POINT, _own_place(event))


def _route(event: Event, received_at: datetime, handling: Handling) -> Drawing:
    points = _linked(event)
    if len(points) < 2:
        raise EventError("it is a route of fewer than two points")
    return _drawing(event, received_at, handling, DrawingKind.ROUTE, points)


def _shape(event: Event, received_at: datetime, handling: Handling) -> Drawing:
    """Circle and ellipse about the event's place, a line by range and bearing, or the points that it links to."""
    if (axes := _axes(event)) is not None:
        major, minor, angle = axes
        if abs(major - minor) <= major * 0.001:
            return _drawing(event, received_at, handling, DrawingKind.CIRCLE, _own_place(event), round(major, 1))
        return _drawing(event, received_at, handling, DrawingKind.POLYGON, _ellipse(event, major, minor, angle))
    if event.type.startswith("u-rb-") and (reach := _reach(event)) is not None:
        return _drawing(event, received_at, handling, DrawingKind.LINE, reach)
    points = _linked(event)
    if len(points) == 1 or not points:
        return _drawing(event, received_at, handling, DrawingKind.POINT, points or _own_place(event))
    closed = len(points) > 3 and points[0] == points[-1]
    if (closed or event.type in _CLOSED) and len(points) > 2:
        return _drawing(event, received_at, handling, DrawingKind.POLYGON, points[:-1] if closed else points)
    return _drawing(event, received_at, handling, DrawingKind.LINE, points)


def _message(event: Event, received_at: datetime, handling: Handling) -> FieldMessage:
    chat = child(event.detail, "__chat")
    parts = event.uid.split(".")
    sender = parts[1] if len(parts) > 2 and parts[0] == "GeoChat" else None
    link = next((one for one in children(event.detail, "link") if one.get("relation") == "p-p"), None)
    sender = (link.get("uid") if link is not None else None) or sender
    if event.remarks is None:
        raise EventError("it is a message without a text")
    said = {} if chat is None else chat.attrib
    return FieldMessage(
        uid=event.uid, text=event.remarks, sent_at=event.sent_at, received_at=received_at,
        sender_uid=(sender or "")[:200] or None, sender_callsign=(said.get("senderCallsign") or "")[:200] or None,
        room=(said.get("chatroom") or said.get("chatRoom") or said.get("id") or "")[:200] or None,
        lat=event.lat, lon=event.lon, **handling.words,  # type: ignore[arg-type]
    )  # fmt: skip


def _emergency(event: Event, received_at: datetime, handling: Handling) -> Emergency:
    said = child(event.detail, "emergency")
    link = next((one for one in children(event.detail, "link") if one.get("relation") == "p-p"), None)
    kind = (said.get("type") if said is not None else None) or _KINDS.get(event.type, "Emergency")
    by = (said.text or "").strip() if said is not None else ""
    return Emergency(
        uid=event.uid, kind=" ".join(kind.split())[:100], sent_at=event.sent_at, stale_at=event.stale_at,
        received_at=received_at, cancels=event.cancels,
        device_uid=(link.get("uid") or "")[:200] or None if link is not None else None,
        callsign=" ".join((by or event.callsign or "").split())[:200] or None, lat=event.lat, lon=event.lon,
        **handling.words,  # type: ignore[arg-type]
    )  # fmt: skip


_KINDS = {
    "b-a-o-tbl": "911 Alert", "b-a-o-pan": "Ring The Bell", "b-a-o-opn": "In Contact", "b-a-o-can": "Cancelled",
    "b-a-g": "Geo-fence Breached", "b-r-f-h-c": "Casualty Evacuation",
}  # fmt: skip


def _other(event: Event, received_at: datetime, handling: Handling) -> Withdrawal | None:
    """A deletion names what it deletes by a link."""
    if not event.type.startswith("t-x-d-d"):
        return None
    link = child(event.detail, "link")
    uid = link.get("uid", "").strip() if link is not None else ""
    if not uid:
        raise EventError("it deletes something and does not say what")
    return Withdrawal(uid=uid[:200], sent_at=event.sent_at, received_at=received_at, **handling.words)  # type: ignore[arg-type]


_READERS: dict[Nature, Callable[[Event, datetime, Handling], Report | None]] = {
    Nature.UNIT: _device,
    Nature.CRAFT: _craft,
    Nature.MARKER: _marker,
    Nature.SHAPE: _shape,
    Nature.ROUTE: _route,
    Nature.CHAT: _message,
    Nature.EMERGENCY: _emergency,
    Nature.OTHER: _other,
}


# Geometry


def _own_place(event: Event) -> list[tuple[float, float]]:
    return [] if event.lat is None or event.lon is None else [(event.lat, event.lon)]


def _linked(event: Event) -> list[tuple[float, float]]:
    """The points of the links, in order; of a drawing by hand, those of its stroke. Raises EventError."""
    links = list(children(event.detail, "link"))
    if strokes := [stroke for link in links if (stroke := link.get("line"))]:
        if len(strokes) > 1 or strokes[0].count("line=") > 0:
            raise EventError(f"it is drawn by hand in {len(strokes)} strokes; only one is read")
        return _linked(read_event(strokes[0].encode()))
    said = [point for link in links if (point := link.get("point"))]
    if len(said) > MOST_POINTS:
        raise EventError(f"it has more than {MOST_POINTS:,} points")
    return [_point(one) for one in said]


def _point(said: str) -> tuple[float, float]:
    try:
        lat, lon = (float(part) for part in said.split(",")[:2])
    except ValueError as none:
        raise EventError(f"its point {said[:40]!r} is none") from none
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise EventError(f"its point {said[:40]!r} lies outside latitudes -90 to 90 and longitudes -180 to 180")
    return lat, normalise_lon(lon)


def _axes(event: Event) -> tuple[float, float, float] | None:
    """Half axes in metres and the bearing of the major one. Raises EventError. None where it is no ellipse."""
    shape = child(event.detail, "shape")
    ellipse = child(shape, "ellipse") if shape is not None else None
    if ellipse is None:
        return None
    try:
        major, minor, angle = (float(ellipse.get(name, "0" if name == "angle" else "")) for name in _AXES)
    except ValueError as none:
        raise EventError("the axes of its ellipse must be numbers") from none
    if not (0 < minor <= LONGEST_RADIUS_M and 0 < major <= LONGEST_RADIUS_M and -720 <= angle <= 720):
        raise EventError(f"the axes of its ellipse are not between 0 and {LONGEST_RADIUS_M / 1000:,.0f} km")
    return (major, minor, angle) if major >= minor else (minor, major, angle + 90)


_AXES = ("major", "minor", "angle")


def _ellipse(event: Event, major: float, minor: float, angle: float) -> list[tuple[float, float]]:
    """Corners of the ellipse, each by its bearing and distance from the centre."""
    if event.lat is None or event.lon is None:
        return []
    corners = []
    for step in range(_ROUND):
        turn = 2 * pi * step / _ROUND
        along, across = major * cos(turn), minor * sin(turn)
        bearing = (angle + degrees(atan2(across, along))) % 360
        corners.append(destination(event.lat, event.lon, bearing, hypot(along, across) / M_PER_NM))
    return corners


def _reach(event: Event) -> list[tuple[float, float]] | None:
    """A line from the event's place by range (metres) and bearing (degrees true); None where it says neither."""
    said = [child(event.detail, name) for name in ("range", "bearing")]
    if any(one is None for one in said) or event.lat is None or event.lon is None:
        return None
    try:
        metres, bearing = (float(one.get("value", "")) for one in said if one is not None)
    except ValueError as none:
        raise EventError("its range and bearing must be numbers") from none
    if not (0 < metres <= LONGEST_RADIUS_M and -720 <= bearing <= 720):
        raise EventError(f"its range is not between 0 and {LONGEST_RADIUS_M / 1000:,.0f} km, or its bearing is none")
    return [(event.lat, event.lon), destination(event.lat, event.lon, bearing % 360, metres / M_PER_NM)]
