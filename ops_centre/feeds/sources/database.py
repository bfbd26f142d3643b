"""Targets or deployments from an agency's own database (docs/feeds.md, "database").

The query names ``:after`` and asks for ``>=``: rows with the same value as the last one are read again, and those already
taken are known by a hash of their cells. So nothing at the edge is lost, however many rows share a moment.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise
from typing import Any, ClassVar, Literal, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from ops_centre.domain.observations import Batch
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.base import FeedContext, FeedKind, FeedManifest
from ops_centre.feeds.csv_records import CsvError, records_of
from ops_centre.feeds.polled import TimedSettings
from ops_centre.feeds.records import Format, RecordReader, fields_of
from ops_centre.feeds.transports.sql import Rows, SqlSource

MAX_SEEN = 5000
_FIRST = {"time": datetime(1970, 1, 1), "number": 0, "text": ""}  # noqa: DTZ001  (most databases hold times without a zone)


class DatabaseSettings(TimedSettings):
    """Settings of a feed from a database."""

    every_seconds: float = 10
    late_after_seconds: float = 60
    lost_after_seconds: float = 240
    records: Literal["targeting", "deployments"]
    url_env: str = Field(pattern=r"^OPS_[A-Z0-9_]+$")
    query: str = Field(min_length=1, max_length=20_000)
    increment: str = Field(min_length=1, max_length=200)
    increment_kind: Literal["time", "number", "text"] = "time"
    overlap_seconds: float = Field(0, ge=0, le=86_400)
    columns: dict[str, str]
    values: dict[str, str] = {}
    words: dict[str, dict[str, str]] = {}
    time_zone: str = "UTC"
    row_limit: int = Field(1000, ge=1, le=20_000)
    deadline_seconds: float = Field(10, gt=0, le=300)

    # what stands for a faulty one while the rest is looked at (`config check`)
    STAND_INS: ClassVar[dict[str, Any]] = {
        "records": "targeting", "url_env": "OPS_X", "query": "SELECT a WHERE a >= :after ORDER BY a", "increment": "a",
        "columns": {},
    }  # fmt: skip

    @model_validator(mode="after")
    def _usable(self) -> Self:
        plain = re.sub(r"'[^']*'|--[^\n]*|/\*.*?\*/", " ", self.query, flags=re.DOTALL)
        faults = []
        if not re.search(r">=\s*(CAST\s*\(\s*)?:after\b", plain, re.IGNORECASE):
            faults.append("query must ask for increment >= :after (with > rows of the same moment would be lost)")
        if not re.search(r"\border\s+by\b", plain, re.IGNORECASE):
            faults.append("query must end with ORDER BY the increment")
        if not re.match(r"\s*(select|with)\b", plain, re.IGNORECASE) or ";" in plain.strip().rstrip(";"):
            faults.append("query must be one SELECT")
        if self.overlap_seconds and self.increment_kind != "time":
            faults.append("overlap_seconds needs an increment_kind of time")
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            faults.append(f"{self.time_zone!r} is no time zone; try UTC or Pacific/Auckland")
        if faults:
            raise ValueError("; ".join(faults))
        return self


@dataclass(slots=True)
class _Place:
    """How far the rows were taken: the newest value, and hashes of the rows taken that a next read may bring again."""

    after: Any
    seen: dict[str, set[str]] = field(default_factory=dict)  # value as text -> hashes

    @property
    def hashes(self) -> set[str]:
        return set().union(*self.seen.values())


class DatabaseFeed:
    """One query."""

    def __init__(self, settings: DatabaseSettings, context: FeedContext, form: Format) -> None:
        """Opens nothing."""
        self._settings = settings
        self._form = form
        self._reader = RecordReader(form, context)
        self._source = SqlSource(settings.url_env, seconds=settings.deadline_seconds)
        self._zone = ZoneInfo(settings.time_zone)

    @property
    def manifest(self) -> FeedManifest:
        """How to run it."""
        return self._settings.manifest(patience_seconds=self._settings.deadline_seconds * 2)

    def poll(self, cursor: str | None) -> Batch:
        """Rows new since ``cursor``. Raises FeedUnavailable."""
        place = self._read_place(cursor)
        begin = place.after
        if self._settings.overlap_seconds and isinstance(begin, datetime) and begin.year > 1970:
            begin -= timedelta(seconds=self._settings.overlap_seconds)
        known = place.hashes
        answer = self._source.read(self._settings.query, begin, self._settings.row_limit + len(known))
        at = self._places(answer)
        kept = self._whole_records(answer, at)
        self._check_order(kept, at[self._settings.increment])
        fresh = [(row, mark) for row in kept if (mark := _hash(row)) not in known]
        batch = Batch()
        self._take(fresh, at, batch)
        written = self._write_place(place, kept, at[self._settings.increment])
        batch.cursor = written if written != cursor else None
        return batch

    def close(self) -> None:
        """Let go of the database."""
        self._source.close()

    def _places(self, answer: Rows) -> dict[str, int]:
        """Where each column stands. Raises FeedUnavailable when one that is needed is not there."""
        at = {name: place for place, name in enumerate(answer.columns)}
        needed = [self._settings.increment, *self._settings.columns.values()]
        if missing := sorted({name for name in needed if name not in at}):
            raise FeedUnavailable(
                f"the query gives no column {', '.join(missing)}; it gives {', '.join(answer.columns)}"[:500]
            )
        return at

    def _whole_records(self, answer: Rows, at: dict[str, int]) -> list[tuple[Any, ...]]:
        """The rows, without those at a cut whose record may go on after it; they come with the next read."""
        rows, key = answer.rows, self._settings.columns.get(self._form.csv.key)
        if answer.whole or not rows or key is None:
            return rows
        last, end = rows[-1][at[key]], len(rows)
        while end and rows[end - 1][at[key]] == last:
            end -= 1
        return rows[:end] or rows

    def _check_order(self, rows: list[tuple[Any, ...]], place: int) -> None:
        values = [row[place] for row in rows]
        name = self._settings.increment
        if any(value is None for value in values):
            raise FeedUnavailable(f"a row has no {name}; leave such rows out in the query")
        try:
            rises = all(before <= after for before, after in pairwise(values))
        except TypeError as mixed:
            raise FeedUnavailable(f"{name} holds values of several kinds: {mixed}"[:300]) from mixed
        if not rises:
            raise FeedUnavailable(f"the rows do not come in order; end the query with ORDER BY {name}")

    def _take(self, fresh: list[tuple[tuple[Any, ...], str]], at: dict[str, int], batch: Batch) -> None:
        fields = [
            *self._settings.columns,
            *(name for name in self._settings.values if name not in self._settings.columns),
        ]
        rows = [self._cells(row, at) for row, _mark in fresh]
        try:
            records = records_of(fields, enumerate(rows, start=1), self._form.csv)
        except CsvError as too_many:
            raise FeedUnavailable(f"the query: {too_many}") from too_many
        self._reader.take_records(records, batch)

    def _cells(self, row: tuple[Any, ...], at: dict[str, int]) -> tuple[list[str], str, str | None]:
        """A row as cells of the documented fields, its own text, and what is wrong with it."""
        raw = json.dumps({name: str(row[place])[:4000] for name, place in at.items() if row[place] is not None})
        cells = []
        for name, column in self._settings.columns.items():
            try:
                said = self._text(name, row[at[column]])
            except ValueError as unusable:
                return [], raw + "\n", f"row {column}: {unusable}"
            cells.append(self._settings.words.get(name, {}).get(said, said) or self._settings.values.get(name, ""))
        cells += [value for name, value in self._settings.values.items() if name not in self._settings.columns]
        return cells, raw + "\n", None

    def _text(self, name: str, value: Any) -> str:
        """A cell as text that the record formats read. Raises ValueError."""
        if isinstance(value, datetime):
            moment = value.replace(tzinfo=value.tzinfo or self._zone).astimezone(UTC)
            return str(int(moment.timestamp())) if name == "version" else moment.isoformat()
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
            return ";".join(value)
        if isinstance(value, Decimal):
            return format(value, "f").rstrip("0").rstrip(".") if "." in format(value, "f") else format(value, "f")
        if isinstance(value, str | int | float | date | UUID):
            return str(value)
        raise ValueError(f"holds {type(value).__name__}, which is no text, number or time")

    def _read_place(self, cursor: str | None) -> _Place:
        """Where to go on; the beginning at first, and when what was kept makes no sense."""
        try:
            kept = json.loads(cursor or "{}")
            seen = {str(value): set(map(str, marks)) for value, marks in kept["seen"].items()}
            return _Place(_from_text(kept["after"]), seen)
        except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError):
            return _Place(_FIRST[self._settings.increment_kind])

    def _write_place(self, before: _Place, rows: list[tuple[Any, ...]], place: int) -> str:
        if not rows:
            return json.dumps({"after": _to_text(before.after), "seen": _sorted(before.seen)})
        after = rows[-1][place]
        since = after
        if self._settings.overlap_seconds and isinstance(after, datetime):
            since = after - timedelta(seconds=self._settings.overlap_seconds)
        seen: dict[str, set[str]] = {}
        for row in rows:
            if row[place] >= since:
                seen.setdefault(str(row[place]), set()).add(_hash(row))
        for value, marks in before.seen.items():
            if value in seen:
                seen[value] |= marks
        if sum(map(len, seen.values())) > MAX_SEEN:
            raise FeedUnavailable(
                f"more than {MAX_SEEN} rows share the newest {self._settings.increment}; it cannot tell old rows from new"
            )
        return json.dumps({"after": _to_text(after), "seen": _sorted(seen)})


def _hash(row: tuple[Any, ...]) -> str:
    return hashlib.sha256(repr(row).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _sorted(seen: dict[str, set[str]]) -> dict[str, list[str]]:
    return {value: sorted(marks) for value, marks in sorted(seen.items())}


def _to_text(value: Any) -> list[str]:
    """A value of the increment as JSON keeps it, with its kind. Raises FeedUnavailable."""
    for name, kind in _KINDS:
        if isinstance(value, kind):
            return [name, value.isoformat() if isinstance(value, date) else str(value)]
    raise FeedUnavailable(f"the increment holds {type(value).__name__}, which is no time, number or text")


def _from_text(kept: list[str]) -> Any:
    name, text = kept
    read: dict[str, Callable[[str], Any]] = {
        "datetime": datetime.fromisoformat, "date": date.fromisoformat, "int": int, "decimal": Decimal, "float": float,
        "text": str,
    }  # fmt: skip
    return read[name](text)


_KINDS: tuple[tuple[str, type], ...] = (
    ("datetime", datetime), ("date", date), ("int", int), ("decimal", Decimal), ("float", float), ("text", str),
)  # fmt: skip


def kind_for(*formats: Format) -> FeedKind:
    """The kind, for records of these formats."""
    by_name = {form.name: form for form in formats}

    class MappedSettings(DatabaseSettings):
        @model_validator(mode="after")
        def _leads_somewhere(self) -> Self:
            """A misspelt field would lose its column without a word."""
            known, faults = fields_of(by_name[self.records].model), []
            for name in sorted({*self.columns, *self.values, *self.words} - known):
                last = name.rpartition(".")[2]
                alike = sorted(one for one in known if one.rpartition(".")[2] == last)
                near = alike[:3] or get_close_matches(name, known, 3, 0.5)
                faults.append(
                    f"{self.records} has no field {name!r}{'; is it ' + ' or '.join(near) + '?' if near else ''}"
                )
            if faults:
                raise ValueError("; ".join(faults))
            return self

    def build(settings: DatabaseSettings, context: FeedContext) -> DatabaseFeed:
        return DatabaseFeed(settings, context, by_name[settings.records])

    return FeedKind("database", "Targets or deployments from an agency's own SQL database", MappedSettings, build)
