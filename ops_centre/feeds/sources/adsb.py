"""Aircraft from a readsb or dump1090 receiver's `aircraft.json` (docs/feeds.md, "adsb").

Fields: readsb's README-json.md. An observation's time is the file's own `now` less `seen_pos`, never later than its
receipt. A file that stands still proves a dead receiver, not an empty sky: after `still_after_seconds` the feed is
unavailable.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError, field_validator

from ops_centre.clock import EPOCH
from ops_centre.domain.observations import Batch, CraftReport, Fix, Particulars, Refusal, TrackKind
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.base import FeedContext, FeedKind, FeedManifest
from ops_centre.feeds.polled import TimedSettings
from ops_centre.feeds.records import MAX_REASON, faults_in_words
from ops_centre.feeds.schemas.common import Latitude, Longitude, RecordModel
from ops_centre.feeds.transports.http import HttpSettings, HttpSource, check_url
from ops_centre.feeds.transports.strict_json import Document, JsonError, read_document

MAX_AIRCRAFT = 20_000
CLOCK_SLACK = timedelta(seconds=2)  # a receiver may round its clock up

OLD_POSITION_SECONDS = 60.0
_SQUAWK = re.compile(r"[0-7]{4}")
_EMERGENCIES = {  # readsb's words (DO-260B, 2.2.3.2.7.8.1.1) in an officer's
    "general": "general",
    "lifeguard": "medical",
    "minfuel": "little fuel",
    "nordo": "no radio",
    "unlawful": "unlawful interference",
    "downed": "downed aircraft",
}

Age = Annotated[float, Field(ge=-5, le=1e7, allow_inf_nan=False), AfterValidator(lambda age: max(age, 0.0))]
Number = Annotated[float, Field(ge=-1e6, le=1e6, allow_inf_nan=False)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20)]


class AdsbSettings(TimedSettings, HttpSettings):
    """Settings of an ADS-B feed."""

    every_seconds: float = 2
    late_after_seconds: float = 15
    lost_after_seconds: float = 60
    still_after_seconds: float = Field(5, ge=0, le=3600)

    @field_validator("url")
    @classmethod
    def _given(cls, value: str) -> str:
        check_url(value)
        return value


class Aircraft(RecordModel):
    """One entry of the file. dump1090-mutability's older names are read too."""

    hex: Annotated[str, BeforeValidator(lambda v: v.strip().lower() if isinstance(v, str) else v)] = Field(
        pattern=r"^~?[0-9a-f]{6}$"
    )
    type: Short = ""
    flight: Short = ""
    r: Short = ""
    t: Short = ""
    squawk: Short = ""
    emergency: Short = ""
    alt_baro: Number | str | None = None
    altitude: Number | str | None = None
    alt_geom: Number | None = None
    gs: Number | None = None
    speed: Number | None = None
    track: Number | None = None
    true_heading: Number | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    seen: Age = 0.0
    seen_pos: Age | None = None
    mlat: list[Any] = Field([])
    tisb: list[Any] = Field([])


class AdsbFeed:
    """Polls one receiver."""

    def __init__(self, settings: AdsbSettings, context: FeedContext) -> None:
        """Opens nothing."""
        self._settings = settings
        self._context = context
        self._source = HttpSource(settings)
        self._moved_at: datetime | None = None
        self._memory = Memory()
        self._mark: str | None = None

    @property
    def manifest(self) -> FeedManifest:
        """How to run it."""
        return self._settings.manifest(patience_seconds=self._settings.deadline_seconds * 2)

    def poll(self, cursor: str | None) -> Batch:
        """The aircraft of the file, if it has moved on since ``cursor``. Raises FeedUnavailable."""
        answer = self._source.get()
        received_at = self._context.clock.now()
        try:
            sky = read_sky(answer.body if answer else b"")
        except JsonError as broken:
            raise FeedUnavailable(f"aircraft.json: {broken}") from broken
        self._check_clock(sky.now, received_at)
        if cursor == sky.mark:
            self._check_still(received_at)
            return Batch()
        self._moved_at = received_at
        if cursor != self._mark:  # what was handed over last was not stored: it must not count as known
            self._memory = Memory()
        batch = sky.batch(received_at, self._memory)
        batch.cursor = self._mark = sky.mark
        return batch

    def close(self) -> None:
        """Nothing is kept open between polls."""

    def _check_still(self, received_at: datetime) -> None:
        self._moved_at = self._moved_at or received_at
        still = (received_at - self._moved_at).total_seconds()
        if still > self._settings.still_after_seconds:
            raise FeedUnavailable(f"aircraft.json has stood still for {still:.0f} s; the receiver no longer writes it")

    def _check_clock(self, file_now: datetime, received_at: datetime) -> None:
        """A file far from our time is frozen or its receiver's clock is wrong; neither may pass for live traffic."""
        apart = (received_at - file_now).total_seconds()
        if abs(apart) > self._settings.lost_after_seconds:
            side = "behind" if apart > 0 else "ahead of"
            raise FeedUnavailable(
                f"aircraft.json is {abs(apart):.0f} s {side} our clock: it is frozen, or the receiver's clock is wrong"
            )


@dataclass(frozen=True, slots=True)
class _Last:
    """The last position seen of an aircraft."""

    lat: float
    lon: float
    observed_at: datetime
    heard_at: datetime


class Memory:
    """What the last file said, so that an aircraft no longer heard is not stored again each time.

    A file repeats an old position with a greater `seen_pos`; rounding moves its time by tenths of a second.
    """

    def __init__(self) -> None:
        self._last: dict[str, _Last] = {}

    def compare(self, reports: list[CraftReport], heard: dict[str, datetime]) -> tuple[list[CraftReport], int]:
        """The reports that say something new, and how many do not. Remembers these reports alone."""
        before, self._last = self._last, {}
        news = []
        for report in reports:
            last, heard_at = before.get(report.key), heard[report.key]
            if report.fix is not None:
                self._last[report.key] = _Last(report.fix.lat, report.fix.lon, report.observed_at, heard_at)
                if last and _same_position(last, report):
                    self._last[report.key] = _Last(last.lat, last.lon, last.observed_at, heard_at)
                    if heard_at - last.heard_at < timedelta(seconds=1):
                        continue
                    report.fix, report.observed_at = None, heard_at
            news.append(report)
        return news, len(reports) - len(news)


def _same_position(last: _Last, report: CraftReport) -> bool:
    fix = report.fix
    return (
        fix is not None
        and (fix.lat, fix.lon) == (last.lat, last.lon)
        and abs(report.observed_at - last.observed_at) < timedelta(seconds=1)
    )


@dataclass(frozen=True, slots=True)
class Sky:
    """One file."""

    now: datetime
    mark: str
    document: Document

    def batch(self, received_at: datetime, memory: Memory) -> Batch:
        """Its aircraft as reports; an entry that cannot be used is refused alone."""
        batch, heard = Batch(), dict[str, datetime]()
        reference = min(self.now, received_at)
        reports: list[CraftReport] = []
        for record in self.document.records:
            reason = f"the entry {record.fault}" if record.fault else None
            try:
                aircraft = None if reason else Aircraft.model_validate(record.value)
            except ValidationError as invalid:
                aircraft, reason = None, faults_in_words(invalid)
            if aircraft and (aircraft.lat is None) != (aircraft.lon is None):
                reason = "lat and lon belong together"
            elif aircraft and f"icao:{aircraft.hex}" in heard:
                reason = f"hex {aircraft.hex} stands twice in one file"
            if aircraft is None or reason:
                batch.refusals.append(Refusal(record.raw, (reason or "")[:MAX_REASON], received_at))
                continue
            report = report_of(aircraft, reference, received_at)
            heard[report.key] = reference - timedelta(seconds=aircraft.seen)
            reports.append(report)
        batch.crafts, batch.duplicates = memory.compare(reports, heard)
        return batch


def read_sky(raw: bytes) -> Sky:
    """The file behind ``raw``. Raises JsonError."""
    document = read_document(raw, list_name="aircraft", max_records=MAX_AIRCRAFT)
    now = document.head.get("now")
    if isinstance(now, bool) or not isinstance(now, int | float) or not 0 <= now <= 7e9:
        raise JsonError("it does not say when it was written (now)")
    return Sky(EPOCH + timedelta(seconds=now), repr(now), document)


def report_of(aircraft: Aircraft, reference: datetime, received_at: datetime) -> CraftReport:
    """One aircraft as a report; without a position it was only heard."""
    fix = _fix(aircraft)
    age = aircraft.seen_pos if fix and aircraft.seen_pos is not None else aircraft.seen
    callsign = aircraft.flight.upper().strip("@") or None
    said = Particulars(
        callsign=callsign, flight=callsign, registration=aircraft.r.upper() or None, type_text=aircraft.t or None
    )
    return CraftReport(
        key=f"icao:{aircraft.hex}",
        kind=TrackKind.AIRCRAFT,
        observed_at=reference - timedelta(seconds=age),
        received_at=received_at,
        fix=fix,
        particulars=said if callsign or said.registration or said.type_text else None,
        caveats=_caveats(aircraft),
        squawk=_squawk(aircraft),
    )


def _fix(aircraft: Aircraft) -> Fix | None:
    if aircraft.lat is None or aircraft.lon is None:
        return None
    altitude = aircraft.alt_baro if aircraft.alt_baro is not None else aircraft.altitude
    on_ground = altitude == "ground"
    return Fix(
        lat=aircraft.lat,
        lon=aircraft.lon,
        course_deg=_degrees(aircraft.track),
        speed_kn=aircraft.gs if aircraft.gs is not None else aircraft.speed,
        heading_deg=_degrees(aircraft.true_heading),
        altitude_ft=altitude if isinstance(altitude, float) else None,
        squawk=_squawk(aircraft),
        on_ground=on_ground if altitude is not None else None,
        geometric_altitude_ft=aircraft.alt_geom,
    )


def _squawk(aircraft: Aircraft) -> str | None:
    return aircraft.squawk if _SQUAWK.fullmatch(aircraft.squawk) else None


def _is_old(aircraft: Aircraft) -> bool:
    """Whether the position is much older than the last word: drawn where it was observed, and said so."""
    return aircraft.lat is not None and (aircraft.seen_pos or 0.0) - aircraft.seen > OLD_POSITION_SECONDS


def _degrees(value: float | None) -> float | None:
    return value % 360 if value is not None else None


def _caveats(aircraft: Aircraft) -> tuple[str, ...]:
    """What weakens the report: an address that is not the aircraft's own, a position that it did not send itself."""
    words = []
    if aircraft.hex.startswith("~"):
        words.append("no ICAO address")
    if aircraft.type == "mlat" or "lat" in aircraft.mlat:
        words.append("position by multilateration")
    if aircraft.type.startswith("tisb") or "lat" in aircraft.tisb:
        words.append("position from a ground station (TIS-B)")
    if aircraft.type.startswith("adsr"):
        words.append("rebroadcast by a ground station (ADS-R)")
    if aircraft.emergency.lower() not in ("", "none", "reserved"):
        words.append(f"declares an emergency: {_EMERGENCIES.get(aircraft.emergency.lower(), 'unknown kind')}")
    if _is_old(aircraft):
        words.append("old position")
    return tuple(words)


def _build(settings: AdsbSettings, context: FeedContext) -> AdsbFeed:
    return AdsbFeed(settings, context)


KIND = FeedKind("adsb", "Aircraft of a readsb or dump1090 receiver (aircraft.json over HTTP)", AdsbSettings, _build)
