"""Export as CSV, for spreadsheets: UTF-8 with a byte order mark, since Excel reads macrons wrongly without it.

Cells that a spreadsheet would take for a formula begin with an apostrophe (OWASP, CSV injection).
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from ops_centre.clock import from_ms
from ops_centre.services.log_lines import Exported

COLUMNS = (
    "seq", "recorded_utc", "occurred_utc", "kind", "written_by", "author", "author_name", "author_role", "agency", "decider",
    "marking", "owner", "releases", "text", "corrects", "corrected_by", "links", "detail", "leaf_hash", "exercise",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_BYTES = 65_536


def parts(entries: Iterable[Exported], *, exercise: bool) -> Iterator[bytes]:
    """The file, a piece at a time."""
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    held.write("\ufeff")
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([_safe(cell) for cell in _cells(entry, "EXERCISE" if exercise else "")])
        if held.tell() >= _BYTES:
            yield held.getvalue().encode()
            held.seek(0)
            held.truncate()
    yield held.getvalue().encode()


def _cells(entry: Exported, exercise: str) -> list[Any]:
    sealed = entry.content
    return [
        sealed["seq"],
        _time(sealed["recorded_at"]),
        _time(sealed["occurred_at"]),
        sealed["kind"],
        "the centre" if sealed["by_system"] else "a person",
        sealed["author"],
        sealed["author_name"],
        sealed["author_role"],
        sealed["agency"],
        sealed["decider"] or "",
        f"TLP:{sealed['marking']}",
        sealed["owner"],
        " ".join(sealed["releases"]),
        sealed["text"],
        sealed["corrects"] or "",
        " ".join(map(str, entry.corrected_by)),
        "; ".join(f"{kind} {thing}: {label}" for kind, thing, label in sealed["links"]),
        orjson.dumps(sealed["detail"]).decode() if sealed["detail"] else "",
        entry.leaf.hex(),
        exercise,
    ]


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _time(ms: int) -> str:
    return f"{from_ms(ms):%Y-%m-%d %H:%M:%S}.{ms % 1000:03}"
