"""What devices in the field report by Cursor on Target, past its XML: positions, drawings, messages, emergencies.

Plain words and figures, no I/O. Degrees (WGS 84, longitude in [-180, 180)), knots, metres above the ellipsoid, UTC.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ops_centre.domain.geo import unwrap
from ops_centre.domain.handling import Marking


class DrawingKind(StrEnum):
    """What somebody drew on a device's map."""

    POINT = "point"
    LINE = "line"
    POLYGON = "polygon"
    CIRCLE = "circle"
    ROUTE = "route"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """Whose it is and who may know of it; of the feed's settings, since devices do not say."""

    agency: str = ""
    marking: str = Marking.AMBER.value
    releases: tuple[str, ...] = ()
    agencies: tuple[str, ...] = ()  # whose units its devices may be by their callsign; none named: the agency's own


@dataclass(frozen=True, slots=True)
class DevicePosition(Handled):
    """Where a device, and so its unit, was. `lat` and `lon` are None where it lives without knowing its place."""

    uid: str
    callsign: str | None
    type: str  # as the format spells it: "a-f-G-U-C"
    observed_at: datetime
    stale_at: datetime  # its word ends then
    received_at: datetime
    lat: float | None = None
    lon: float | None = None
    course_deg: float | None = None
    speed_kn: float | None = None
    height_m: float | None = None
    battery_pct: int | None = None
    group: str | None = None
    role: str | None = None
    remarks: str | None = None


@dataclass(frozen=True, slots=True)
class Drawing(Handled):
    """A marker, shape or route. A later `sent_at` of the same uid replaces it."""

    uid: str
    kind: DrawingKind
    type: str
    title: str
    sent_at: datetime
    stale_at: datetime
    received_at: datetime
    points: tuple[tuple[float, float], ...]  # (lat, lon); one for a point, the centre of a circle
    radius_m: float | None = None  # of a circle
    remarks: str | None = None
    author_uid: str | None = None
    author_callsign: str | None = None


@dataclass(frozen=True, slots=True)
class FieldMessage(Handled):
    """One geochat message. Its uid is the message's own, which tells repeats."""

    uid: str
    text: str
    sent_at: datetime
    received_at: datetime
    sender_uid: str | None = None
    sender_callsign: str | None = None
    room: str | None = None  # or to whom
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Emergency(Handled):
    """A call for help from a device, or its end."""

    uid: str  # of the emergency; ended by the same uid
    kind: str  # in the device's words: "911 Alert", "Ring The Bell", "In Contact"
    sent_at: datetime
    stale_at: datetime
    received_at: datetime
    cancels: bool = False
    device_uid: str | None = None
    callsign: str | None = None
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal(Handled):
    """A thing of this uid was deleted by somebody in the field."""

    uid: str
    sent_at: datetime
    received_at: datetime


FieldReport = DevicePosition | Drawing | FieldMessage | Emergency | Withdrawal


class NoteState(StrEnum):
    """What became of a message from the field."""

    WAITING = "waiting"
    TAKEN = "taken"
    SET_ASIDE = "set aside"


UNKNOWN_KIND = "unknown"  # of a drawing of which only the withdrawal came
SILENT_BEFORE_NEW = timedelta(minutes=5)  # a call for help repeated after it was stale for so long is a new one


def same_callsign(one: str, other: str) -> bool:
    """Whether two callsigns are one but for case and spaces: ``Hawk 2`` is ``HAWK2``."""
    return callsign_key(one) == callsign_key(other)


def callsign_key(callsign: str) -> str:
    """What two callsigns have in common that are one."""
    return "".join(callsign.split()).casefold()


def began_anew(sent_at: datetime, stale_at: datetime, cancelled_at: datetime | None) -> bool:
    """Whether a call for help is another one than that of the same uid before it."""
    return cancelled_at is not None or sent_at > stale_at + SILENT_BEFORE_NEW


def line_of(points: Iterable[tuple[float, float]]) -> list[list[float]]:
    """Points as they are kept: longitudes run on past 180 degrees, so that a line over it stays in one piece."""
    return [[lat, lon] for lat, lon in unwrap(points)]
