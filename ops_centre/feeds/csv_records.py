"""Read CSV as the same records that JSON carries: a column is named by the dotted path of the field it fills.

`subject.identifiers.mmsi` fills that field. Where a format has a list of objects (hits, deployments), each row
carries one of them, and rows with the same reference are one record; its other cells may be left empty on the
further rows, but must not contradict the first. Lists of words stand in one cell, separated by semicolons. Dialect:
RFC 4180, comma, UTF-8 (or UTF-16 with its mark).
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ops_centre.errors import OpsError
from ops_centre.feeds.encodings import in_utf8
from ops_centre.feeds.transports.strict_json import MAX_RECORDS, Record, fault_in


class CsvError(OpsError):
    """The file as a whole cannot be read as CSV; the text says why."""


@dataclass(frozen=True, slots=True)
class CsvShape:
    """How rows become records of one format."""

    key: str  # column that holds the record's reference
    item: str  # the list of objects of which each row carries one: "hits"
    word_lists: frozenset[str]  # columns that hold lists of words


@dataclass(slots=True)
class _Draft:
    """A record under way."""

    cells: dict[str, str]
    first_row: int
    raw: list[str] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    fault: str | None = None


def read_csv(raw: bytes, shape: CsvShape) -> list[Record]:
    """The records of a file. Raises CsvError when its first row is no list of columns with the reference among them."""
    text = in_utf8(raw).decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    rows = _rows(text)
    header, _text, _fault = next(rows, ([], "", None))
    columns = [name.strip() for name in header]
    if shape.key not in columns:
        raise CsvError(f"its first row has no column {shape.key!r}")
    if len(set(columns)) < len(columns):
        raise CsvError("a column stands twice in its first row")
    return records_of(columns, enumerate(rows, start=2), shape)


def records_of(
    columns: list[str], rows: Iterable[tuple[int, tuple[list[str], str, str | None]]], shape: CsvShape
) -> list[Record]:
    """Numbered rows (cells, own text, fault) under ``columns`` as records. Raises CsvError when there are too many."""
    drafts: dict[str, _Draft] = {}
    for number, (cells, line, fault) in rows:
        if fault is None and not any(cell.strip() for cell in cells):
            continue
        if len(drafts) >= MAX_RECORDS:
            raise CsvError(f"it holds more than {MAX_RECORDS} records")
        _take(drafts, shape, columns, cells, line, number, fault)
    return [_record(draft, shape) for draft in drafts.values()]


def _rows(text: str) -> Iterator[tuple[list[str], str, str | None]]:
    """Each row's cells, its own text, and what is wrong with it."""
    lines = text.splitlines(keepends=True) if "\x85" not in text else list(io.StringIO(text, newline=""))
    reader = csv.reader(iter(lines), strict=True)
    begun = 0
    while True:
        try:
            cells, fault = next(reader), None
        except StopIteration:
            return
        except csv.Error as broken:
            cells, fault = [], str(broken)
        yield cells, "".join(lines[begun : reader.line_num]), fault
        begun = reader.line_num


def _take(
    drafts: dict[str, _Draft],
    shape: CsvShape,
    columns: list[str],
    cells: list[str],
    line: str,
    number: int,
    fault: str | None,
) -> None:
    if fault is None and len(cells) != len(columns):
        fault = f"row {number} has {len(cells)} cells where {len(columns)} columns are named"
    said = {} if fault else {name: cell.strip() for name, cell in zip(columns, cells, strict=True) if cell.strip()}
    ref = said.get(shape.key)
    if fault or ref is None:
        drafts[f"\x00row {number}"] = _Draft({}, number, [line], fault=fault or f"row {number} has no {shape.key}")
        return
    own = {name: cell for name, cell in said.items() if not name.startswith(f"{shape.item}.")}
    draft = drafts.setdefault(ref, _Draft(own, number))
    draft.raw.append(line)
    for name, cell in own.items():
        if draft.cells.setdefault(name, cell) != cell and draft.fault is None:
            draft.fault = f"row {number} says {name} {cell[:40]!r}, row {draft.first_row} {draft.cells[name][:40]!r}"
    if item := {name.removeprefix(f"{shape.item}."): cell for name, cell in said.items() if name not in own}:
        draft.items.append(_nested(item, frozenset()))


def _record(draft: _Draft, shape: CsvShape) -> Record:
    value = _nested(draft.cells, shape.word_lists)
    if draft.items:
        value[shape.item] = draft.items
    raw = "".join(draft.raw).encode("utf-8", "surrogateescape")
    return Record(raw, value, draft.fault or fault_in(value))


def _nested(cells: dict[str, str], word_lists: frozenset[str]) -> dict[str, Any]:
    """Dotted names as objects within objects. A name that is both a field and a path keeps the field."""
    tree: dict[str, Any] = {}
    for name, cell in cells.items():
        *path, leaf = name.split(".")
        branch = tree
        for part in path:
            below = branch.setdefault(part, {})
            if not isinstance(below, dict):
                break
            branch = below
        else:
            branch[leaf] = [word.strip() for word in cell.split(";") if word.strip()] if name in word_lists else cell
    return tree
