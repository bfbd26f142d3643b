"""A row of a table as a report of a craft: which column fills which field, in which unit."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from ops_centre.domain.geo import normalise_lon
from ops_centre.domain.identity import BAD_MMSI, IMPOSSIBLE_IMO, MmsiKind, believed_imo, maritime_identity, plain_text
from ops_centre.domain.observations import CraftReport, Fix, Particulars, TrackKind
from ops_centre.errors import OpsError
from ops_centre.feeds.ais.words import ship_type_text

_SPEED = {"kn": 1.0, "km/h": 1 / 1.852, "m/s": 3600 / 1852, "mph": 1.609344 / 1.852}
_HEIGHT = {"ft": 1.0, "m": 1 / 0.3048}
_LENGTH = {"m": 1.0, "ft": 0.3048}
_ANGLE = {"deg": 1.0}
_NONE: dict[str, float] = {}
# field -> its units, the one taken for granted first
FIELDS: dict[str, dict[str, float]] = {
    "mmsi": _NONE, "icao": _NONE, "time": {"text": 1.0, "s": 1.0, "ms": 0.001}, "lat": _ANGLE, "lon": _ANGLE,
    "speed": _SPEED, "course": _ANGLE, "heading": _ANGLE, "altitude": _HEIGHT, "geometric_altitude": _HEIGHT,
    "squawk": _NONE, "on_ground": _NONE, "name": _NONE, "imo": _NONE, "callsign": _NONE, "flight": _NONE,
    "registration": _NONE, "craft_type": _NONE, "type_text": _NONE, "nav_status": _NONE, "destination": _NONE,
    "length": _LENGTH, "beam": _LENGTH, "draught": _LENGTH,
}  # fmt: skip
_STATIONS = {MmsiKind.COAST_STATION: TrackKind.BASE_STATION, MmsiKind.AID_TO_NAVIGATION: TrackKind.AID}
_MAX_TEXT = 300
CLOCK_SLACK = timedelta(minutes=5)


class RowError(OpsError):
    """A row that cannot be used; the text says why."""


class Column(BaseModel):
    """Where a field stands, and in which unit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str
    unit: str = ""


def zone_of(name: str) -> tzinfo:
    """The zone. Raises ValueError with words for the operator."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as unknown:
        raise ValueError(f"{name!r} is no time zone; try UTC or Pacific/Auckland") from unknown


class RowReader:
    """Reads rows under one header."""

    def __init__(self, header: Sequence[str], columns: Mapping[str, Column | str], zone: tzinfo, craft: str) -> None:
        """Raises RowError when the header lacks a column that is needed, or names one twice."""
        self._zone, self._kind = zone, TrackKind(craft)
        self._places: dict[str, tuple[int, float, str]] = {}
        names = [name.strip() for name in header]
        for field, said in columns.items():
            column = said if isinstance(said, Column) else Column(column=said)
            if names.count(column.column) > 1:
                raise RowError(f"column {column.column!r} stands twice")
            if column.column in names:
                unit = column.unit or next(iter(FIELDS[field]), "")
                self._places[field] = (names.index(column.column), FIELDS[field].get(unit, 1.0), unit)
            elif field in ("mmsi", "icao", "time", "lat", "lon"):
                raise RowError(f"there is no column {column.column!r}, which is to hold {field}; set columns.{field}")

    def report(self, cells: Sequence[str], received_at: datetime) -> CraftReport:
        """The row's report. Raises RowError."""
        at = self._time(cells)
        if at > received_at + CLOCK_SLACK:
            raise RowError(f"time {self._text(cells, 'time')!r} lies ahead of our clock; is time_zone right?")
        report = self._craft(cells, min(at, received_at), received_at)
        report.fix = self._fix(cells)
        report.particulars = self._particulars(cells, report)
        return report

    def _craft(self, cells: Sequence[str], at: datetime, received_at: datetime) -> CraftReport:
        if "icao" in self._places:
            address = self._text(cells, "icao").lower()
            if not re.fullmatch(r"~?[0-9a-f]{6}", address):
                raise RowError(f"icao {address[:20]!r} is no address of six hexadecimal digits")
            return CraftReport(f"icao:{address}", TrackKind.AIRCRAFT, at, received_at)
        mmsi = self._whole(cells, "mmsi", 1, 999_999_999)
        if mmsi is None:
            raise RowError("it has no mmsi")
        identity = maritime_identity(mmsi)
        kind = _STATIONS.get(identity.kind, self._kind)
        caveats = (BAD_MMSI,) if identity.kind is MmsiKind.BAD else ()
        return CraftReport(f"mmsi:{mmsi}", kind, at, received_at, mmsi=mmsi, flag=identity.flag, caveats=caveats)

    def _fix(self, cells: Sequence[str]) -> Fix | None:
        """The position; None where the row says that there is none (no cells, or 91 and 181 as AIS says it)."""
        lat, lon = self._number(cells, "lat"), self._number(cells, "lon")
        if (lat is None and lon is None) or lat == 91.0 or lon == 181.0:
            return None
        if lat is None or lon is None:
            raise RowError("lat and lon belong together")
        if not (-90 <= lat <= 90 and -180 <= lon <= 360):
            raise RowError(f"lat {lat:g}, lon {lon:g} is no place on earth")
        squawk = self._text(cells, "squawk").zfill(4)
        return Fix(
            lat=lat,
            lon=normalise_lon(lon),
            course_deg=_within(self._number(cells, "course"), 0, 359.999),
            speed_kn=_within(self._number(cells, "speed"), 0, 102.2 if self._kind is TrackKind.VESSEL else 3000),
            heading_deg=_within(self._number(cells, "heading"), 0, 359.999),
            altitude_ft=_within(self._number(cells, "altitude"), -2000, 300_000),
            nav_status=_status(self._whole(cells, "nav_status", 0, 15)),
            squawk=squawk if re.fullmatch("[0-7]{4}", squawk) and self._text(cells, "squawk") else None,
            on_ground=_truth(self._text(cells, "on_ground")),
            geometric_altitude_ft=_within(self._number(cells, "geometric_altitude"), -2000, 300_000),
        )

    def _particulars(self, cells: Sequence[str], report: CraftReport) -> Particulars | None:
        claimed = re.sub(r"^IMO\s*", "", self._text(cells, "imo"), flags=re.IGNORECASE)
        imo, impossible = (
            believed_imo(int(claimed)) if claimed.isascii() and claimed.isdecimal() else (None, bool(claimed))
        )
        if impossible:
            report.caveats = (*report.caveats, IMPOSSIBLE_IMO)
        craft_type = self._whole(cells, "craft_type", 0, 1099)
        said = Particulars(
            name=plain_text(self._text(cells, "name")),
            callsign=plain_text(self._text(cells, "callsign")),
            imo=imo,
            registration=plain_text(self._text(cells, "registration").upper()),
            flight=plain_text(self._text(cells, "flight").upper()),
            craft_type=craft_type or None,
            type_text=plain_text(self._text(cells, "type_text")) or ship_type_text(craft_type),
            destination=plain_text(self._text(cells, "destination")),
            length_m=_within(self._number(cells, "length"), 0.1, 1022),
            beam_m=_within(self._number(cells, "beam"), 0.1, 126),
            draught_m=_within(self._number(cells, "draught"), 0.1, 25.5),
        )
        return said if said != _NOTHING else None

    def _time(self, cells: Sequence[str]) -> datetime:
        text, (_place, factor, unit) = self._text(cells, "time"), self._places["time"]
        try:
            if unit in ("s", "ms"):
                return datetime.fromtimestamp(float(text) * factor, UTC)
            moment = datetime.fromisoformat(text)
            return moment.replace(tzinfo=moment.tzinfo or self._zone).astimezone(UTC)
        except (ValueError, OverflowError, OSError) as unreal:
            raise RowError(f"time {text[:40]!r} is no time such as 2026-04-01T06:30:00") from unreal

    def _text(self, cells: Sequence[str], field: str) -> str:
        place = self._places.get(field)
        text = cells[place[0]] if place else ""
        if len(text) > _MAX_TEXT:
            raise RowError(f"{field} is longer than {_MAX_TEXT} characters")
        return text

    def _number(self, cells: Sequence[str], field: str) -> float | None:
        text = self._text(cells, field)
        if not text:
            return None
        try:
            value = float(text) * self._places[field][1]
        except ValueError as none:
            raise RowError(f"{field} {text[:40]!r} is no number") from none
        if not math.isfinite(value):
            raise RowError(f"{field} {text[:40]!r} is no number")
        return value

    def _whole(self, cells: Sequence[str], field: str, least: int, most: int) -> int | None:
        value = self._number(cells, field)
        if value is None:
            return None
        if value != int(value) or not least <= value <= most:
            raise RowError(f"{field} {self._text(cells, field)[:40]!r} is no whole number from {least} to {most}")
        return int(value)


_NOTHING = Particulars()


def _within(value: float | None, least: float, most: float) -> float | None:
    """The value; None for one outside, which is how AIS says "not available" (course 360, heading 511, speed 102.3)."""
    return value if value is not None and least <= value <= most else None


def _status(value: int | None) -> int | None:
    return value if value != 15 else None  # 15: not defined


def _truth(text: str) -> bool | None:
    return {"1": True, "true": True, "-1": True, "0": False, "false": False}.get(text.lower())
