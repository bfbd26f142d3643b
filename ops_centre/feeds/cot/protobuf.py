"""One event as a TAK protocol version 1 message (protobuf), turned into the element that XML would have been.

Only the message itself is parsed by the library; how long it may be, and the XML within it, are bounded here.
"""

from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from ops_centre.feeds.cot.events import Event, EventError, event_of
from ops_centre.feeds.cot.framing import LONGEST
from ops_centre.feeds.transports.strict_xml import XmlError, read_xml

_LAST = 253_402_300_799_000  # milliseconds: the end of the year 9999
_PARTS = {
    "contact": ("callsign", "endpoint"),
    "__group": ("name", "role"),
    "status": ("battery",),
    "track": ("speed", "course"),
    "takv": ("device", "platform", "os", "version"),
}
_FIELDS = {"__group": "group"}


def read_message(raw: bytes) -> Event:
    """The event of a `TakMessage`, without any header. Raises EventError."""
    from google.protobuf.message import DecodeError  # noqa: PLC0415  (large; only feeds of this kind need it)
    from takproto.proto import TakMessage  # noqa: PLC0415

    if len(raw) > LONGEST:
        raise EventError(f"it is longer than {LONGEST:,} bytes")
    message = TakMessage()
    try:
        message.ParseFromString(raw)
    except DecodeError as garbled:
        raise EventError("it is no TAK message") from garbled
    if not message.HasField("cotEvent"):
        raise EventError("it is a TAK message without an event")
    return event_of(_element(message.cotEvent))


def _element(event: Any) -> Element:
    root = Element("event", {"type": event.type, "uid": event.uid, "how": event.how})
    for name, value in (("time", event.sendTime), ("start", event.startTime), ("stale", event.staleTime)):
        root.set(name, _instant(value))
    SubElement(root, "point", {name: repr(float(getattr(event, name))) for name in ("lat", "lon", "hae", "ce", "le")})
    root.append(_detail(event.detail))
    return root


def _detail(said: Any) -> Element:
    try:
        detail = read_xml(b"<detail>" + said.xmlDetail.encode("utf-8", "surrogatepass") + b"</detail>")
    except XmlError as refused:
        raise EventError(f"its details: {refused}") from refused
    known = {child.tag for child in detail}
    for name, attributes in _PARTS.items():
        field = _FIELDS.get(name, name)
        if name not in known and said.HasField(field):
            part = getattr(said, field)
            SubElement(detail, name, {one: str(getattr(part, one)) for one in attributes if getattr(part, one)})
    return detail


def _instant(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat() if 0 < milliseconds < _LAST else ""
