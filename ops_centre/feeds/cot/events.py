"""One Cursor on Target event: what all of them have, checked, and what kind it is. Details of one kind stay XML."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from xml.etree.ElementTree import Element

from ops_centre.domain.geo import normalise_lon
from ops_centre.errors import OpsError
from ops_centre.feeds.cot.framing import LONGEST
from ops_centre.feeds.transports.strict_xml import XmlError, local_name, read_xml

KNOTS = 3600 / 1852  # in one metre a second
UNKNOWN = 9_999_999.0  # how the format says that a height or an error is not known
LONGEST_UID = 200
LONGEST_TEXT = 4000
_TYPE = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9_.]+){0,20}")


class Nature(StrEnum):
    """What an event is to the centre."""

    UNIT = "unit"  # where a friendly unit is, by its own device
    CRAFT = "craft"  # an aircraft or vessel that is no unit, by a machine
    MARKER = "marker"
    SHAPE = "shape"
    ROUTE = "route"
    CHAT = "chat"
    EMERGENCY = "emergency"  # and its cancelling
    OTHER = "other"  # receipts, transfers of files, pings


class EventError(OpsError):
    """An event that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event. Degrees (longitude in [-180, 180)), knots, metres above the ellipsoid; None where not said."""

    uid: str
    type: str
    how: str
    sent_at: datetime
    starts_at: datetime
    stale_at: datetime
    detail: Element
    lat: float | None = None  # with `lon`: None where the point says nothing
    lon: float | None = None
    height_m: float | None = None
    callsign: str | None = None
    group: str | None = None
    role: str | None = None
    course_deg: float | None = None
    speed_kn: float | None = None
    battery_pct: int | None = None
    remarks: str | None = None

    @property
    def nature(self) -> Nature:
        """What it is, by its type and, for things on the map, by whether a machine or a person put it there."""
        if self.type.startswith("a-"):
            return self._of_atom()
        if self.type.startswith("b-a-") or self.type.startswith("b-r-f-h-c"):
            return Nature.EMERGENCY
        exact = {"b-t-f": Nature.CHAT, "b-m-r": Nature.ROUTE}.get(self.type)
        if exact is not None:
            return exact
        begins = {"b-m-": Nature.MARKER, "u-d-": Nature.SHAPE, "u-r-": Nature.SHAPE, "u-rb-": Nature.SHAPE}
        return next((nature for head, nature in begins.items() if self.type.startswith(head)), Nature.OTHER)

    @property
    def cancels(self) -> bool:
        """Whether it ends an emergency."""
        said = child(self.detail, "emergency")
        return self.type == "b-a-o-can" or (said is not None and said.get("cancel", "").lower() == "true")

    def _of_atom(self) -> Nature:
        _, side, *dimension = self.type.split("-")
        by_machine = self.how.startswith("m-") or child(self.detail, "takv") is not None
        by_machine = by_machine or (not self.how and child(self.detail, "track") is not None)
        if by_machine and side.lower() == "f":
            return Nature.UNIT
        if by_machine and dimension[:1] in (["A"], ["S"]):
            return Nature.CRAFT
        return Nature.MARKER


def read_event(raw: bytes) -> Event:
    """The event in one piece of a stream. Raises EventError."""
    if len(raw) > LONGEST:
        raise EventError(f"it is longer than {LONGEST:,} bytes")
    try:
        root = read_xml(raw)
    except XmlError as refused:
        raise EventError(str(refused)) from refused
    return event_of(root)


def event_of(root: Element) -> Event:
    """The event of an element. Raises EventError."""
    if local_name(root) != "event":
        raise EventError(f"it is no event but {local_name(root)[:40]!r}")
    kind, uid = root.get("type", ""), root.get("uid", "").strip()
    if not _TYPE.fullmatch(kind):
        raise EventError(f"its type {kind[:40]!r} is none" if kind else "it has no type")
    if not uid or len(uid) > LONGEST_UID or not uid.isprintable():
        raise EventError(f"its uid is missing, longer than {LONGEST_UID} characters or unprintable")
    detail = child(root, "detail")
    return _event(root, kind, uid, detail if detail is not None else Element("detail"))


def child(element: Element, name: str) -> Element | None:
    """The first child of this name."""
    return next((one for one in element if local_name(one) == name), None)


def children(element: Element, name: str) -> Iterator[Element]:
    """All children of this name, in order."""
    return (one for one in element if local_name(one) == name)


def _event(root: Element, kind: str, uid: str, detail: Element) -> Event:
    sent_at, stale_at = _time(root, "time"), _time(root, "stale")
    point = child(root, "point")
    if point is None:
        raise EventError("it has no point")
    lat, lon = _place(point)
    track, status, group = (_or_empty(detail, name) for name in ("track", "status", "__group"))
    speed, course = _figure(track, "speed", 0, 1000), _figure(track, "course", 0, 360)
    battery = _figure(status, "battery", 0, 100)
    remarks = child(detail, "remarks")
    return Event(
        uid=uid, type=kind, how=root.get("how", ""), detail=detail, lat=lat, lon=lon,
        sent_at=sent_at, starts_at=_time(root, "start") if root.get("start") else sent_at, stale_at=stale_at,
        height_m=_figure(point, "hae", -1000, 100_000),
        callsign=_text(_or_empty(detail, "contact").get("callsign")),
        group=_text(group.get("name")), role=_text(group.get("role")),
        course_deg=None if course is None else course % 360,
        speed_kn=None if speed is None else round(speed * KNOTS, 2),
        battery_pct=None if battery is None else int(battery),
        remarks=_text("".join(remarks.itertext())) if remarks is not None else None,
    )  # fmt: skip


def _place(point: Element) -> tuple[float | None, float | None]:
    """Where it is. Nowhere where the point is the origin with an unknown error, as devices without a fix send it."""
    try:
        lat, lon = float(point.get("lat", "")), float(point.get("lon", ""))
    except ValueError as none:
        raise EventError("lat and lon of its point must be numbers") from none
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):  # also refuses nan
        raise EventError("its point lies outside latitudes -90 to 90 and longitudes -180 to 180")
    unsure = _figure(point, "ce", 0, UNKNOWN - 1) is None
    return (None, None) if lat == lon == 0 and unsure else (lat, normalise_lon(lon))


def _figure(element: Element, name: str, least: float, most: float) -> float | None:
    """A number within bounds; None for anything else, which costs the figure and not the event."""
    try:
        value = float(element.get(name, ""))
    except ValueError:
        return None
    return value if math.isfinite(value) and least <= value <= most else None


def _time(root: Element, name: str) -> datetime:
    said = root.get(name, "")
    try:
        at = datetime.fromisoformat(said)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as none:
        raise EventError(f"its {name} {said[:40]!r} is no time" if said else f"it has no {name}") from none


def _or_empty(detail: Element, name: str) -> Element:
    found = child(detail, name)
    return found if found is not None else Element(name)


def _text(said: str | None) -> str | None:
    """Text of people: printable, with line ends, at most `LONGEST_TEXT` characters."""
    kept = "".join(letter for letter in said or "" if letter.isprintable() or letter == "\n").strip()
    return kept[:LONGEST_TEXT] or None
