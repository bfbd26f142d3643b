"""One AIS payload to one craft report. pyais reads the bits; this file decides what the figures mean.

Properties: "not available" of ITU-R M.1371-5 becomes None, never a figure; a position outside the earth is no position;
identities that cannot be right are caveats; of a message that was cut short only whole fields are used, except that a
position of which some bits are missing is kept with the caveat "cut short". Ranges are written so that NaN fails them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pyais.bit_vector import bit_vector
from pyais.exceptions import UnknownPartNoException
from pyais.messages import MSG_CLASS

from ops_centre.domain.identity import (
    BAD_MMSI,
    IMPOSSIBLE_IMO,
    MmsiKind,
    believed_imo,
    maritime_identity,
    plain_text,
)
from ops_centre.domain.observations import CraftReport, Fix, Particulars, TrackKind
from ops_centre.feeds.ais.words import aid_type_text, ship_type_text

IMPOSSIBLE_POSITION = "impossible position"
VIRTUAL_AID = "virtual aid"
CUT_SHORT = "cut short"
MMSI_BITS = 38  # type, repeat indicator, MMSI: the first bits of every message
FEET_PER_METRE = 3.28084
KNOWN_SHIPS = 200_000  # identities remembered; a flood of invented ones starts the memory anew

_KINDS = {
    MmsiKind.COAST_STATION: TrackKind.BASE_STATION,
    MmsiKind.SAR_AIRCRAFT: TrackKind.AIRCRAFT,
    MmsiKind.AID_TO_NAVIGATION: TrackKind.AID,
}
# transmitters that only call when somebody is in distress: shown as what they are whatever they send
_DISTRESS = frozenset({MmsiKind.SART, MmsiKind.MAN_OVERBOARD, MmsiKind.EPIRB})


class PayloadError(ValueError):
    """A payload that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What an MMSI tells, worked out once."""

    key: str
    kind: TrackKind
    flag: str | None
    caveats: tuple[str, ...]
    distress: str | None


class Decoder:
    """Turns payloads into reports; remembers nothing but what each MMSI means."""

    def __init__(self) -> None:
        self._known: dict[int, _Known] = {}

    def report(self, payload: bytes, fill: int, observed_at: datetime, received_at: datetime) -> CraftReport:
        """The report in a whole payload. Raises PayloadError, and nothing else, whatever the bits are."""
        vector = bit_vector(payload, fill)
        number, length = vector.get(0, 6), len(vector)
        rule = _RULES.get(number)
        if rule is None:
            raise PayloadError(f"message type {number} does not exist")
        if length < MMSI_BITS:
            raise PayloadError(f"message type {number} too short to say who sent it: {length} bits")
        try:
            message = rule.message.from_vector(vector)
        except UnknownPartNoException:
            raise PayloadError(f"message type 24 has no part {vector.get(38, 2)}") from None
        except Exception as fault:
            raise PayloadError(f"message type {number} cannot be decoded: {type(fault).__name__}") from fault
        mmsi = message.mmsi
        known = self._known.get(mmsi) or self._learn(mmsi)
        report = CraftReport(
            known.key, rule.kind or known.kind, observed_at, received_at, None, None, mmsi, known.flag, known.caveats
        )
        if length < rule.bits:
            _cut_short(message, report)
        elif rule.fill is not None:
            rule.fill(message, length, report)
        if known.distress is not None:
            _say_distress(report, known.distress)
        return report

    def _learn(self, mmsi: int) -> _Known:
        identity = maritime_identity(mmsi)
        if len(self._known) >= KNOWN_SHIPS:
            self._known.clear()
        known = self._known[mmsi] = _Known(
            key=f"mmsi:{mmsi}",
            kind=_KINDS.get(identity.kind, TrackKind.VESSEL),
            flag=identity.flag,
            caveats=(BAD_MMSI,) if identity.kind is MmsiKind.BAD else (),
            distress=identity.kind.value if identity.kind in _DISTRESS else None,
        )
        return known


def _say_distress(report: CraftReport, words: str) -> None:
    if report.particulars is None:
        report.particulars = Particulars()
    report.particulars.type_text = words


def _cut_short(message: Any, report: CraftReport) -> None:
    """A satellite often hears half a message. pyais reads missing bits as none, so a position may be far off."""
    lat, lon = getattr(message, "lat", None), getattr(message, "lon", None)
    if lat is not None and lon is not None:
        _place(lat, lon, report)
    report.caveats = (*report.caveats, CUT_SHORT)


def _class_a(message: Any, length: int, report: CraftReport) -> None:  # 1, 2, 3
    lat, lon = message.lat, message.lon
    if -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0:
        course, speed, heading, status = message.course, message.speed, message.heading, int(message.status)
        report.fix = Fix(
            lat,
            lon if lon < 180.0 else -180.0,
            course if 0.0 <= course < 360.0 else None,
            speed if 0.0 <= speed <= 102.2 else None,
            heading if 0 <= heading < 360 else None,
            None,
            status if status != 15 else None,
        )
    else:
        _doubt_position(lat, lon, report)


def _class_b(message: Any, length: int, report: CraftReport) -> None:  # 18
    _place(message.lat, message.lon, report)
    if report.fix is not None:
        _move(report.fix, message.course, message.speed, 102.2, message.heading)


def _class_b_extended(message: Any, length: int, report: CraftReport) -> None:  # 19
    _class_b(message, length, report)
    report.particulars = Particulars(name=plain_text(message.shipname) if length >= 263 else None)
    if length >= 271:
        _say_ship_type(report.particulars, message.ship_type)
    if length >= 301:
        _say_size(report.particulars, message)


def _standing(message: Any, length: int, report: CraftReport) -> None:  # 4, 11, 28
    _place(message.lat, message.lon, report)


def _rescue_aircraft(message: Any, length: int, report: CraftReport) -> None:  # 9
    _place(message.lat, message.lon, report)
    if report.fix is None:
        return
    _move(report.fix, message.course if length >= 128 else None, message.speed, 1022.0, None)
    if 0 <= message.alt < 4095:
        report.fix.altitude_ft = float(round(message.alt * FEET_PER_METRE))


def _long_range(message: Any, length: int, report: CraftReport) -> None:  # 27
    _place(message.lat, message.lon, report)
    if report.fix is None:
        return
    speed, course = (message.speed, message.course) if length >= 94 else (None, None)
    _move(report.fix, course, speed, 62.0, None)
    status = int(message.status)
    report.fix.nav_status = status if status != 15 else None


def _voyage(message: Any, length: int, report: CraftReport) -> None:  # 5
    imo, impossible = believed_imo(message.imo)
    said = report.particulars = Particulars(callsign=plain_text(message.callsign), imo=imo)
    if impossible:
        report.caveats = (*report.caveats, IMPOSSIBLE_IMO)
    if length < 422:
        report.caveats = (*report.caveats, CUT_SHORT)
    if length >= 232:
        said.name = plain_text(message.shipname)
    if length >= 240:
        _say_ship_type(said, message.ship_type)
    if length >= 270:
        _say_size(said, message)
    if length >= 294:
        said.eta_at = eta(message.month, message.day, message.hour, message.minute, report.observed_at)
    if length >= 302 and message.draught > 0:
        said.draught_m = message.draught
    if length >= 422:
        said.destination = plain_text(message.destination)


def _static(message: Any, length: int, report: CraftReport) -> None:  # 24
    if message.partno == 0:
        report.particulars = Particulars(name=plain_text(message.shipname))
        return
    said = report.particulars = Particulars()
    _say_ship_type(said, message.ship_type)
    if length >= 132:
        said.callsign = plain_text(message.callsign)
    if length >= 162 and hasattr(message, "to_bow"):  # a craft of a parent ship gives the parent's number instead
        _say_size(said, message)


def _aid(message: Any, length: int, report: CraftReport) -> None:  # 21
    _place(message.lat, message.lon, report)
    said = report.particulars = Particulars(type_text=aid_type_text(int(message.aid_type)))
    said.name = plain_text(message.full_name if length > 272 else message.name)
    if length >= 249:
        _say_size(said, message)
    if length >= 270 and message.virtual_aid:
        report.caveats = (*report.caveats, VIRTUAL_AID)


def _place(lat: float, lon: float, report: CraftReport) -> None:
    if -90.0 <= lat <= 90.0 and -180.0 <= lon <= 180.0:
        report.fix = Fix(lat, lon if lon < 180.0 else -180.0)
    else:
        _doubt_position(lat, lon, report)


def _doubt_position(lat: float, lon: float, report: CraftReport) -> None:
    """No position. 91 and 181 say "not available"; anything else outside the earth is a fault worth a caveat."""
    if lat != 91.0 and lon != 181.0:
        report.caveats = (*report.caveats, IMPOSSIBLE_POSITION)


def _move(fix: Fix, course: float | None, speed: float | None, fastest: float, heading: int | None) -> None:
    if course is not None and 0.0 <= course < 360.0:
        fix.course_deg = float(course)
    if speed is not None and 0.0 <= speed <= fastest:
        fix.speed_kn = float(speed)
    if heading is not None and 0 <= heading < 360:
        fix.heading_deg = heading


def _say_ship_type(said: Particulars, code: Any) -> None:
    number = int(code)
    said.craft_type = number or None
    said.type_text = ship_type_text(number)


def _say_size(said: Particulars, message: Any) -> None:
    said.length_m = float(message.to_bow + message.to_stern) or None
    said.beam_m = float(message.to_port + message.to_starboard) or None


def eta(month: int, day: int, hour: int, minute: int, observed_at: datetime) -> datetime | None:
    """The estimated time of arrival nearest to ``observed_at``, since AIS gives no year; None if unreal."""
    if not (month and day and 0 <= hour < 24 and 0 <= minute < 60):
        return None
    candidates = []
    for year in (observed_at.year - 1, observed_at.year, observed_at.year + 1):
        try:
            candidates.append(datetime(year, month, day, hour, minute, tzinfo=UTC))
        except ValueError:  # 31 February, or 29 in most years
            continue
    return min(candidates, key=lambda moment: abs(moment - observed_at), default=None)


@dataclass(frozen=True, slots=True)
class _Rule:
    message: Any
    bits: int  # with fewer it was cut short before it had said what it is for
    fill: Callable[[Any, int, CraftReport], None] | None = None
    kind: TrackKind | None = None  # None: by the MMSI


def _rules() -> dict[int, _Rule]:
    """What each message type needs and gives. Types without `fill` only tell that a station was heard."""
    rules = {number: _Rule(MSG_CLASS[number], MMSI_BITS) for number in range(1, 29)}
    for number in (1, 2, 3):
        rules[number] = _Rule(MSG_CLASS[number], 137, _class_a)
    rules[4] = _Rule(MSG_CLASS[4], 134, _standing, TrackKind.BASE_STATION)
    rules[5] = _Rule(MSG_CLASS[5], 112, _voyage)
    rules[9] = _Rule(MSG_CLASS[9], 116, _rescue_aircraft, TrackKind.AIRCRAFT)
    rules[11] = _Rule(MSG_CLASS[11], 134, _standing)
    rules[18] = _Rule(MSG_CLASS[18], 133, _class_b)
    rules[19] = _Rule(MSG_CLASS[19], 133, _class_b_extended)
    rules[21] = _Rule(MSG_CLASS[21], 219, _aid, TrackKind.AID)
    rules[24] = _Rule(MSG_CLASS[24], 48, _static)
    rules[27] = _Rule(MSG_CLASS[27], 79, _long_range)
    rules[28] = _Rule(MSG_CLASS[28], 99, _standing, TrackKind.AID)
    return rules


_RULES = _rules()
