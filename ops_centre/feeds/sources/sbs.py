"""Aircraft from an SBS-1 (BaseStation) stream over TCP, as dump1090 and readsb serve it (docs/feeds.md, "sbs").

One line says one thing of an aircraft (its position, its speed, its squawk), so what was said lately is put together: a
position goes with the newest speed, course and altitude that are not older than ``together_seconds``, and with the squawk.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from ops_centre.clock import Clock
from ops_centre.domain.geo import normalise_lon
from ops_centre.domain.identity import plain_text
from ops_centre.domain.observations import Batch, CraftReport, Fix, Particulars, Refusal, TrackKind
from ops_centre.feeds.base import FeedContext, FeedKind, FeedManifest, FeedSettings
from ops_centre.feeds.transports.lines import TcpLines, split_address

DEFAULT_PORT = 30003
FIELDS = 22
MAX_LINE = 1000
MAX_KNOWN = 50_000
SQUAWK_HOLDS = timedelta(minutes=5)  # it is sent seldom and kept long; an emergency must not flicker
OTHER_KINDS = frozenset({"SEL", "ID", "AIR", "STA", "CLK"})  # of the program, not of the sky
_HEX = re.compile(r"~?[0-9A-Fa-f]{6}")
_SQUAWK = re.compile(r"[0-7]{4}")
_WHEN = re.compile(r"(\d{4})[/-](\d\d)[/-](\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?\d*")
_TRUE, _FALSE = frozenset({"-1", "1"}), frozenset({"0"})


class SbsSettings(FeedSettings):
    """What stands in the block of a feed of kind ``sbs``."""

    address: str  # "host:port"; the port may be left out
    time_zone: str = "UTC"  # of the times in the lines; "receipt": they are not believed
    clock_apart_seconds: float = Field(300, gt=0, le=86_400)
    together_seconds: float = Field(30, gt=0, le=600)
    gather_ms: int = Field(100, ge=0, le=1000)
    batch_lines: int = Field(20_000, ge=1, le=100_000)
    late_after_seconds: float = Field(30, gt=0)
    lost_after_seconds: float = Field(120, gt=0)

    @field_validator("address")
    @classmethod
    def _usable(cls, value: str) -> str:
        split_address(value, DEFAULT_PORT)
        return value

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            return value if value == "receipt" else ZoneInfo(value).key
        except (KeyError, ValueError, OSError) as unknown:
            raise ValueError(f'{value!r} is no time zone; try UTC, Pacific/Auckland or "receipt"') from unknown

    @model_validator(mode="after")
    def _in_order(self) -> "SbsSettings":
        if self.lost_after_seconds < self.late_after_seconds:
            raise ValueError("lost_after_seconds must not be less than late_after_seconds")
        return self


class LineError(ValueError):
    """A line that cannot be used; the text says why."""


@dataclass(slots=True)
class _Said:
    """What was last said of one aircraft, each with its time."""

    values: dict[str, tuple[float | str | bool, datetime]] = field(default_factory=dict)

    def newest(self, name: str, after: datetime) -> float | str | bool | None:
        value, at = self.values.get(name, (None, after))
        return value if at >= after else None


class SbsParser:
    """Turns lines into reports."""

    def __init__(self, settings: SbsSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._zone = None if settings.time_zone == "receipt" else ZoneInfo(settings.time_zone)
        self._said: dict[str, _Said] = {}

    def take(self, lines: list[bytes], batch: Batch) -> None:
        """Put what the lines say into the batch."""
        received_at = self._clock.now()
        for raw in lines:
            text = raw.strip(b"\r\n \0")
            if not text or text.split(b",", 1)[0].upper() in _PASSED_OVER:
                batch.passed_over += 1
                continue
            try:
                batch.crafts.append(self._report(text, received_at))
            except LineError as unusable:
                batch.refusals.append(Refusal(raw, str(unusable), received_at))

    def _report(self, text: bytes, received_at: datetime) -> CraftReport:
        cells = _cells(text)
        number, address = cells[1], cells[4].lower()
        observed_at = self._observed_at(cells[6], cells[7], received_at)
        said = self._said.get(address)
        if said is None:
            if len(self._said) >= MAX_KNOWN:
                self._said.clear()
            said = self._said[address] = _Said()
        fresh = _values(cells)
        callsign = plain_text(cells[10].upper())
        if callsign and len(callsign) > 20:
            raise LineError(f"callsign {callsign[:40]!r} is too long")
        lat, lon = _place(cells[14], cells[15])
        said.values |= {name: (value, observed_at) for name, value in fresh.items()}
        report = CraftReport(f"icao:{address}", TrackKind.AIRCRAFT, observed_at, received_at)
        report.caveats = ("no ICAO address",) if address.startswith("~") else ()
        report.squawk = str(fresh["squawk"]) if "squawk" in fresh else None
        if callsign and number == "1":
            report.particulars = Particulars(callsign=callsign, flight=callsign)
        if lat is not None and lon is not None:
            report.fix = self._fix(lat, lon, said, observed_at)
        return report

    def _fix(self, lat: float, lon: float, said: _Said, at: datetime) -> Fix:
        after = at - timedelta(seconds=self._settings.together_seconds)
        on_ground = said.newest("on_ground", after)
        return Fix(
            lat=lat,
            lon=lon,
            course_deg=_number_of(said.newest("track", after)),
            speed_kn=_number_of(said.newest("speed", after)),
            altitude_ft=None if on_ground else _number_of(said.newest("altitude", after)),
            squawk=str(squawk) if (squawk := said.newest("squawk", at - SQUAWK_HOLDS)) else None,
            on_ground=bool(on_ground) if on_ground is not None else None,
        )

    def _observed_at(self, day: str, time: str, received_at: datetime) -> datetime:
        """When the message was made, never later than its receipt. Raises LineError."""
        if self._zone is None or not (day or time):
            return received_at
        match = _WHEN.fullmatch(f"{day} {time}")
        if match is None:
            raise LineError(f"{day[:20]!r} {time[:20]!r} is no date and time such as 2026/04/01 06:30:00.000")
        year, month, day_, hour, minute, second = map(int, match.groups()[:6])
        micros = int((match[7] or "0").ljust(6, "0"))
        try:
            moment = datetime(year, month, day_, hour, minute, second, micros, self._zone).astimezone(UTC)
        except (ValueError, OverflowError) as unreal:
            raise LineError(f"{day[:20]!r} {time[:20]!r} is no date and time: {unreal}") from unreal
        apart = (moment - received_at).total_seconds()
        if abs(apart) > self._settings.clock_apart_seconds:
            side = "ahead of" if apart > 0 else "behind"
            raise LineError(
                f"its time is {abs(apart):.0f} s {side} our clock: set time_zone to the receiver's, or its clock right"
            )
        return min(moment, received_at)


_PASSED_OVER = frozenset(kind.encode() for kind in OTHER_KINDS)


def _cells(text: bytes) -> list[str]:
    """The 22 fields of a MSG line. Raises LineError."""
    if len(text) > MAX_LINE:
        raise LineError(f"the line is longer than {MAX_LINE} bytes")
    try:
        cells = [cell.strip() for cell in text.decode("ascii").split(",")]
    except UnicodeDecodeError as garbled:
        raise LineError("the line holds bytes that are no ASCII") from garbled
    if cells[0].upper() != "MSG":
        raise LineError(f"the line begins with {cells[0][:20]!r}, not MSG")
    if len(cells) < FIELDS or any(cells[FIELDS:]):
        raise LineError(f"the line has {len(cells)} fields where {FIELDS} belong: cut off, or two lines in one")
    if cells[1] not in {"1", "2", "3", "4", "5", "6", "7", "8"}:
        raise LineError(f"transmission type {cells[1][:20]!r} is none of 1 to 8")
    if not _HEX.fullmatch(cells[4]):
        raise LineError(f"{cells[4][:20]!r} is no 24-bit address in six hexadecimal digits")
    return cells


def _values(cells: list[str]) -> dict[str, float | str | bool]:
    """What the line says beside the position; empty fields say nothing. Raises LineError."""
    said: dict[str, float | str | bool] = {}
    for name, place, least, most in _NUMBERS:
        if cells[place]:
            said[name] = _number(name, cells[place], least, most)
    if "track" in said:
        said["track"] = float(said["track"]) % 360
    if cells[17]:
        if not _SQUAWK.fullmatch(cells[17].zfill(4)):
            raise LineError(f"squawk {cells[17][:20]!r} is not four digits from 0 to 7")
        said["squawk"] = cells[17].zfill(4)
    if cells[21] in _TRUE | _FALSE:
        said["on_ground"] = cells[21] in _TRUE
    elif cells[21]:
        raise LineError(f"on ground {cells[21][:20]!r} is none of 0, 1 and -1")
    elif cells[1] == "2":  # a surface position is sent on the ground alone
        said["on_ground"] = True
    return said


_NUMBERS = (
    ("altitude", 11, -2000.0, 200_000.0),
    ("speed", 12, 0.0, 5000.0),
    ("track", 13, -360.0, 360.0),
)


def _place(lat: str, lon: str) -> tuple[float | None, float | None]:
    if not lat and not lon:
        return None, None
    if not lat or not lon:
        raise LineError("latitude and longitude belong together")
    return _number("latitude", lat, -90, 90), normalise_lon(_number("longitude", lon, -180, 360))


def _number(name: str, text: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError as none:
        raise LineError(f"{name} {text[:20]!r} is no number") from none
    if not least <= value <= most:
        raise LineError(f"{name} {text[:20]} is not between {least:g} and {most:g}")
    return value


def _number_of(value: float | str | bool | None) -> float | None:
    return None if value is None else float(value)


class SbsFeed:
    """One receiver's stream."""

    def __init__(self, settings: SbsSettings, context: FeedContext) -> None:
        """Opens nothing."""
        self._settings = settings
        self._parser = SbsParser(settings, context.clock)
        self._lines = TcpLines(*split_address(settings.address, DEFAULT_PORT), longest=MAX_LINE)

    @property
    def manifest(self) -> FeedManifest:
        """How to run it."""
        return FeedManifest(
            every=timedelta(seconds=2),
            late_after=timedelta(seconds=self._settings.late_after_seconds),
            lost_after=timedelta(seconds=self._settings.lost_after_seconds),
            listens=True,
        )

    def poll(self, cursor: str | None) -> Batch:
        """What came: at once when bytes are there, after at most a second when none are. Raises FeedUnavailable."""
        batch = Batch()
        self._parser.take(self._lines.gather(1.0, self._settings.gather_ms / 1000, self._settings.batch_lines), batch)
        return batch

    def close(self) -> None:
        """Hang up."""
        self._lines.close()


KIND = FeedKind("sbs", "Aircraft of an SBS-1 (BaseStation) stream over TCP, port 30003", SbsSettings, SbsFeed)
