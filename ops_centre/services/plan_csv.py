"""The plan as CSV, out and in: UTF-8 with a byte order mark, times in the centre's local time with their offset.

Out: cells that a spreadsheet would take for a formula begin with an apostrophe (OWASP, CSV injection); in: it is taken off.
Times without an offset are local. Rows of agencies' deployments are written so that the file tells the whole plan; read,
they are left alone.
"""

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ops_centre.domain.planning import OWN, BookingKind
from ops_centre.errors import Invalid
from ops_centre.picture.plan_views import PlanBar, PlanRow

COLUMNS = (
    "id", "version", "action", "callsign", "agency", "kind", "operation", "place", "lat", "lon", "starts", "ends", "crew",
    "note",
)  # fmt: skip
BESIDE = ("exercise", "reason")  # read where they stand; ``reason``: why what the row breaks is accepted
REQUIRED = ("callsign", "kind", "starts", "ends")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it stands in the file; ``number`` counts the lines of the file from 1."""

    number: int
    cells: dict[str, str]

    def get(self, column: str) -> str:
        """A cell, empty when it is not there."""
        return self.cells.get(column, "")


def written(rows: Iterable[PlanRow], zone: ZoneInfo, *, exercise: bool) -> bytes:
    """The file."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    held.write("\ufeff")
    writer.writerow((*COLUMNS, "exercise") if exercise else COLUMNS)
    for row in rows:
        for bar in row.bars:
            if bar.kind not in ("tasking", "ended tasking", "out of service"):
                cells = [_safe(cell) for cell in _cells(row, bar, zone)]
                writer.writerow([*cells, "EXERCISE"] if exercise else cells)
    return held.getvalue().encode()


def _cells(row: PlanRow, bar: PlanBar, zone: ZoneInfo) -> list[str]:
    own = bar.version > 0
    at_own = own and bar.lat is not None and bar.place is None
    return [
        str(bar.id) if own else "",
        str(bar.version) if own else "",
        "",
        row.callsign,
        row.agency,
        bar.sort,
        bar.operation or "",
        bar.place or "",
        f"{bar.lat:.6f}" if at_own and bar.lat is not None else "",
        f"{bar.lon:.6f}" if at_own and bar.lon is not None else "",
        local(bar.starts_at, zone),
        local(bar.ends_at, zone) if bar.ends_at else "",
        str(bar.crew or ""),
        bar.note or "",
    ]


def local(moment: datetime, zone: ZoneInfo) -> str:
    """``2026-11-22T06:00:00+13:00``."""
    return moment.astimezone(zone).isoformat(timespec="seconds")


def read_lines(text: str, most: int) -> list[Line]:
    """The rows of a file. Raises Invalid when it is none that can be read."""
    text = text.removeprefix("\ufeff").strip("\r\n")
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        names = [name.strip().casefold() for name in next(reader, [])]
        _check_head(names)
        lines = []
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append(Line(reader.line_num, {n: _plain(c) for n, c in zip(names, cells, strict=False)}))
            if len(lines) > most:
                raise Invalid(f"At most {most} rows at once.")
    except csv.Error as garbled:
        raise Invalid(f"This is no CSV file: {garbled}.") from garbled
    return lines


def _check_head(names: list[str]) -> None:
    lacking = [name for name in REQUIRED if name not in names]
    unknown = [name for name in names if name not in (*COLUMNS, *BESIDE)]
    if lacking:
        raise Invalid(f"The first line must name the columns; {', '.join(lacking)} are lacking.")
    if unknown or len(set(names)) != len(names):
        raise Invalid(f"Columns that are not known, or stand twice: {', '.join(unknown or names)[:200]}.")


def kind_of(word: str) -> BookingKind | None:
    """The kind of a row; None for an agency's deployment. Raises Invalid."""
    word = word.strip().casefold()
    if word in {kind.value for kind in OWN}:
        return BookingKind(word)
    if word == BookingKind.AGENCY.value:
        return None
    raise Invalid(f"{word[:40]!r} is no kind; one of {', '.join(sorted(OWN))}.")


def moment_of(word: str, zone: ZoneInfo) -> datetime:
    """A time as it is written in a file: ISO 8601, local where it has no offset. Raises Invalid."""
    try:
        moment = datetime.fromisoformat(word.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise Invalid(f"{word[:40]!r} is no time; write it as 2026-11-22 06:00.") from wrong


def number_of(word: str, called: str) -> float | None:
    """A number or nothing. Raises Invalid."""
    try:
        number = float(word) if word.strip() else None
    except ValueError as wrong:
        raise Invalid(f"{word[:40]!r} is no {called}.") from wrong
    if number is not None and not math.isfinite(number):
        raise Invalid(f"{word[:40]!r} is no {called}.")
    return number


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
