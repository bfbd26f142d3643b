"""Positions of craft from CSV files, in the shape of NOAA MarineCadastre or any other (docs/feeds.md, "craft_csv").

One line of a file is one row. A file may be as large as a day of a coast: it is read a batch at a time, and the cursor
says where to go on, so nothing is held in memory but one batch.
"""

import csv
import gzip
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal, Self, cast

from pydantic import Field, field_validator, model_validator

from ops_centre.config import ROOT
from ops_centre.domain.observations import Batch, Refusal
from ops_centre.feeds.base import FeedContext, FeedKind, FeedManifest
from ops_centre.feeds.craft_rows import FIELDS, Column, RowError, RowReader, zone_of
from ops_centre.feeds.encodings import line_reader
from ops_centre.feeds.polled import TimedSettings
from ops_centre.feeds.transports.directory import Found, WatchedDirectory

SUFFIXES = (".csv", ".csv.gz", ".csv.zip", ".zip")
MAX_LINE = 20_000
NOAA = {
    "mmsi": "MMSI", "time": "BaseDateTime", "lat": "LAT", "lon": "LON", "speed": "SOG", "course": "COG",
    "heading": "Heading", "name": "VesselName", "imo": "IMO", "callsign": "CallSign", "craft_type": "VesselType",
    "nav_status": "Status", "length": "Length", "beam": "Width", "draught": "Draft",
}  # fmt: skip


class CraftCsvSettings(TimedSettings):
    """Settings of a feed of positions in files."""

    every_seconds: float = 5
    late_after_seconds: float = Field(3600, ge=1, le=604_800)
    lost_after_seconds: float = Field(86_400, ge=1, le=2_592_000)
    path: Path  # a directory, or one file
    done_directory: Path | None = None
    columns: dict[str, Column | str] = NOAA  # type: ignore[assignment]
    time_zone: str = "UTC"
    encoding: str = "utf-8"
    delimiter: Literal[",", ";", "\t", "|"] = ","
    craft: Literal["vessel", "aircraft", "vehicle"] = "vessel"
    batch_rows: int = Field(5000, ge=1, le=50_000)
    max_files: int = Field(2000, ge=1, le=20_000)
    max_bytes: int = Field(2_000_000_000, ge=1000)

    @field_validator("columns", mode="after")
    @classmethod
    def _known(cls, columns: dict[str, Column | str]) -> dict[str, Column | str]:
        if unknown := sorted(set(columns) - set(FIELDS)):
            raise ValueError(f"{', '.join(unknown)}: no such field; there are {', '.join(FIELDS)}")
        if missing := [name for name in ("time", "lat", "lon") if name not in columns]:
            raise ValueError(f"no column is named for {', '.join(missing)}")
        if len({"mmsi", "icao"} & set(columns)) != 1:
            raise ValueError("name a column for mmsi or for icao, and not for both: it tells one craft from another")
        return columns

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str) -> str:
        try:
            "".encode(encoding)
        except LookupError as unknown:
            raise ValueError(f"{encoding!r} is no encoding; spreadsheets write windows-1252 or utf-8") from unknown
        return encoding

    @model_validator(mode="after")
    def _units(self) -> Self:
        zone_of(self.time_zone)
        for name, column in self.columns.items():
            units = FIELDS[name]
            if isinstance(column, Column) and column.unit and column.unit not in units:
                raise ValueError(f"columns.{name}: unit {column.unit!r} is none of {', '.join(units) or 'any'}")
        return self


@dataclass(slots=True)
class _Open:
    """A file under way."""

    found: Found
    lines: Iterator[bytes]
    stream: IO[bytes]
    reader: RowReader
    number: int  # of the line read last
    columns: int


class FileError(Exception):
    """A file that cannot be read as a whole; the text says why."""


class CraftCsvFeed:
    """One directory or file."""

    def __init__(self, settings: CraftCsvSettings, context: FeedContext) -> None:
        """Opens nothing."""
        self._settings = settings
        self._context = context
        path = ROOT / settings.path
        self._only = path.name if path.is_file() or path.suffix.lower() in (".csv", ".gz", ".zip") else None
        self._directory = WatchedDirectory(
            path.parent if self._only else path,
            suffixes=SUFFIXES if self._only is None else (self._only.lower(),),
            max_bytes=settings.max_bytes,
            max_files=settings.max_files,
            done=settings.done_directory,
        )
        self._open: _Open | None = None
        self._looked = False

    @property
    def manifest(self) -> FeedManifest:
        """How to run it."""
        return self._settings.manifest(patience_seconds=60)

    def poll(self, cursor: str | None) -> Batch:
        """The next rows. Raises FeedUnavailable."""
        handled, mark, line = _read_place(cursor)
        files, handled = self._directory.look(handled)
        files = [found for found in files if self._only in (None, found.path.name)]
        batch = Batch()
        under_way = next((found for found in files if found.mark == mark), None)
        found = under_way or (files[0] if files else None)
        if found is None:
            self.close()
            if self._looked:  # at the first look a file under way is not seen to have settled yet
                mark, line = None, 0
        else:
            line = self._read(found, line if under_way else 0, batch)
            mark = found.mark if line else None
            if not line:
                handled.add(found.mark)
        self._looked = True
        written = json.dumps({"handled": sorted(handled), "file": mark, "line": line})
        batch.cursor = written if written != cursor else None
        return batch

    def close(self) -> None:
        """Let go of the file under way."""
        if self._open is not None:
            self._open.stream.close()
            self._open = None

    def _read(self, found: Found, after: int, batch: Batch) -> int:
        """Take the rows after line ``after``; the line to go on from, 0 at the end of the file."""
        try:
            at = self._open
            if at is None or at.found.mark != found.mark or at.number != after:
                at = self._begin(found, after)
            return self._rows(at, batch)
        except (FileError, OSError, EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile) as broken:
            self.close()
            name = found.path.name.encode("utf-8", "backslashreplace").decode()[:120]
            words = broken.strerror if isinstance(broken, OSError) and broken.strerror else str(broken)
            batch.refusals.append(Refusal(b"", f"file {name}: {words}"[:500], self._context.clock.now()))
            return 0

    def _begin(self, found: Found, after: int) -> _Open:
        self.close()
        if found.size > self._settings.max_bytes:
            raise FileError(f"it is larger than {self._settings.max_bytes:,} bytes")
        stream = _unpacked(found.path)
        lines = _lines(line_reader(stream, self._settings.encoding))
        try:
            header = _cells(next(lines, b"").removeprefix(b"\xef\xbb\xbf"), self._settings.delimiter)
            reader = RowReader(header, self._settings.columns, zone_of(self._settings.time_zone), self._settings.craft)
        except RowError as unusable:
            stream.close()
            raise FileError(f"line 1: {unusable}") from unusable
        at = self._open = _Open(found, lines, stream, reader, 1, len(header))
        while at.number < after and next(lines, None) is not None:
            at.number += 1
        return at

    def _rows(self, at: _Open, batch: Batch) -> int:
        received_at = self._context.clock.now()
        for raw in at.lines:
            at.number += 1
            if not raw.strip():
                continue
            try:
                cells = _cells(raw, self._settings.delimiter)
                if len(cells) != at.columns:
                    raise RowError(f"{len(cells)} cells where {at.columns} columns are named")
                batch.crafts.append(at.reader.report(cells, received_at))
            except RowError as unusable:
                reason = f"{at.found.path.name[:120]}, line {at.number}: {unusable}"[:500]
                batch.refusals.append(Refusal(raw, reason, received_at))
            if batch.received >= self._settings.batch_rows:
                return at.number
        self.close()
        return 0


def _unpacked(path: Path) -> IO[bytes]:
    if path.suffix.lower() == ".gz":
        return cast(IO[bytes], gzip.open(path, "rb"))
    if path.suffix.lower() != ".zip":
        return path.open("rb")
    archive = zipfile.ZipFile(path)
    inside = [name for name in archive.namelist() if name.lower().endswith(".csv")]
    if len(inside) != 1:
        archive.close()
        raise FileError(f"the archive holds {len(inside)} CSV files where one belongs")
    try:
        return archive.open(inside[0])
    except (RuntimeError, NotImplementedError) as locked:  # a password, or a way of packing we cannot undo
        raise FileError(f"the archive cannot be unpacked: {locked}") from locked


def _lines(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Lines, each at most a byte longer than allowed, however long they are in the file."""
    while line := read(MAX_LINE + 1):
        yield line
        while len(line) > MAX_LINE and not line.endswith(b"\n"):
            line = read(MAX_LINE + 1)
            if not line:
                return


def _cells(raw: bytes, delimiter: str) -> list[str]:
    """A line's cells. Raises RowError."""
    if len(raw) > MAX_LINE:
        raise RowError(f"longer than {MAX_LINE} bytes")
    try:
        text = raw.decode("utf-8").rstrip("\r\n")
        return [cell.strip() for cell in next(csv.reader([text], delimiter=delimiter, strict=True), [])]
    except UnicodeDecodeError as garbled:
        raise RowError(
            "holds bytes that are no UTF-8: say in the settings of the feed which encoding it is written in"
        ) from garbled
    except csv.Error as broken:
        raise RowError(str(broken)) from broken


def _read_place(cursor: str | None) -> tuple[set[str], str | None, int]:
    """Files handled, the file under way and its line; nothing when what was kept makes no sense."""
    try:
        kept: dict[str, Any] = json.loads(cursor or "{}")
        handled, mark, line = set(kept.get("handled", [])), kept.get("file"), kept.get("line", 0)
    except (ValueError, AttributeError, TypeError):
        return set(), None, 0
    return (handled, mark, line) if isinstance(mark, str) and isinstance(line, int) else (handled, None, 0)


def _build(settings: CraftCsvSettings, context: FeedContext) -> CraftCsvFeed:
    return CraftCsvFeed(settings, context)


KIND = FeedKind(
    "craft_csv", "Positions of craft from CSV files (NOAA MarineCadastre and others)", CraftCsvSettings, _build
)
