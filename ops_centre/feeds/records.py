"""Feeds of versioned records, whatever they are about: fetched page by page, or read from a watched directory.

A kind gives a `Format` (its record model, how a record becomes a report) and settings; everything else is here.
What is true of all of them: a record that cannot be used is refused alone, with its own bytes; a page or file whose
structure cannot be followed is never half used; an error after a good page does not cost the good page.
"""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self, get_args

from pydantic import AliasChoices, BaseModel, Field, ValidationError, model_validator

from ops_centre.config import ROOT, fault_text
from ops_centre.domain.observations import Batch, Refusal
from ops_centre.errors import FeedUnavailable, OpsError
from ops_centre.feeds.base import FeedContext, FeedManifest
from ops_centre.feeds.csv_records import CsvError, CsvShape, read_csv
from ops_centre.feeds.polled import TimedSettings
from ops_centre.feeds.schemas.common import RecordModel
from ops_centre.feeds.transports.directory import Found, UnreadableError, WatchedDirectory
from ops_centre.feeds.transports.http import HttpSettings, HttpSource
from ops_centre.feeds.transports.strict_json import Document, JsonError, Record, read_document

MAX_REASON = 500
_FAULTS_TOLD = 3
_SCHEMA = re.compile(r"ops-centre/([a-z]+)/(\d{1,4})\.\d{1,4}")


class RecordSettings(TimedSettings, HttpSettings):
    """Settings of a feed of records: an address, or a directory."""

    url: str = ""
    directory: Path | None = None
    done_directory: Path | None = None
    max_files: int = Field(2000, ge=1, le=20_000)
    max_pages: int = Field(20, ge=1, le=1000)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.url) == bool(self.directory):
            raise ValueError("give either url or directory")
        if self.done_directory and not self.directory:
            raise ValueError("done_directory needs directory")
        return self


class UnusableError(OpsError):
    """A record that follows the format but cannot be used here; the text says why."""


@dataclass(frozen=True, slots=True)
class Format:
    """One record format."""

    name: str
    major: int
    model: type[RecordModel]
    take: Callable[
        [Any, FeedContext, datetime, Batch], None
    ]  # puts the record's report into the batch; raises UnusableError
    csv: CsvShape


def fields_of(model: type[BaseModel]) -> set[str]:
    """The dotted paths of everything a record can say, under each name it goes by."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        other = field.validation_alias
        names = {
            name,
            *(
                map(str, other.choices)
                if isinstance(other, AliasChoices)
                else [other]
                if isinstance(other, str)
                else []
            ),
        }
        inner = _model_in(field.annotation)
        paths = {f".{path}" for path in fields_of(inner)} if inner else {""}
        found |= {own + path for own in names for path in paths}
    return found


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)


class RecordFeed:
    """A feed of records of one format."""

    def __init__(self, settings: RecordSettings, context: FeedContext, form: Format) -> None:
        """Opens nothing. Raises ConfigError for certificates that cannot be used."""
        self._settings = settings
        self._poll = (_Fetched if settings.url else _Watched)(settings, RecordReader(form, context)).poll

    @property
    def manifest(self) -> FeedManifest:
        """How to run it."""
        return self._settings.manifest(patience_seconds=self._settings.deadline_seconds * 2)

    def poll(self, cursor: str | None) -> Batch:
        """Records that came since ``cursor``. Raises FeedUnavailable."""
        return self._poll(cursor)

    def close(self) -> None:
        """Nothing is kept open between polls."""


class RecordReader:
    """Turns documents into reports and refusals."""

    def __init__(self, form: Format, context: FeedContext) -> None:
        self.form = form
        self.context = context

    def now(self) -> datetime:
        return self.context.clock.now()

    def json_into(self, batch: Batch, raw: bytes) -> dict[str, Any]:
        """Take a JSON document; what stood beside its records. Raises JsonError, also for a schema we do not speak."""
        document: Document = read_document(raw, list_name="records")
        if fault := self._schema_fault(document.head.get("schema")):
            raise JsonError(fault)
        self.take_records(document.records, batch)
        return document.head

    def csv_into(self, batch: Batch, raw: bytes) -> None:
        """Take a CSV file. Raises CsvError."""
        self.take_records(read_csv(raw, self.form.csv), batch)

    def again(self, raw: bytes) -> Batch:
        """What a record or document that was refused says when it is read once more. Raises UnusableError."""
        batch = Batch()
        if raw.lstrip()[:1] not in (b"{", b"["):
            raise UnusableError("a row of a CSV file is not read without its heading; put the corrected file in again")
        try:
            self.json_into(batch, raw)
        except JsonError:
            try:
                self.json_into(batch, b"[" + raw + b"]")
            except JsonError as broken:
                raise UnusableError(str(broken)) from broken
        return batch

    def take_records(self, records: list[Record], batch: Batch) -> None:
        """Take records however they came; one that cannot be used is refused alone."""
        received_at = self.now()
        for record in records:
            if reason := self._take(record, batch, received_at):
                batch.refusals.append(Refusal(record.raw, reason[:MAX_REASON], received_at))

    def _take(self, record: Record, batch: Batch, received_at: datetime) -> str | None:
        """Put the record's report into the batch, or say why it cannot be used."""
        if record.fault:
            return f"the record {record.fault}" if not record.fault.startswith("row ") else record.fault
        if not isinstance(record.value, dict):
            return "the record is no JSON object"
        if fault := self._schema_fault(record.value.get("schema")):
            return fault
        try:
            self.form.take(self.form.model.model_validate(record.value), self.context, received_at, batch)
        except ValidationError as invalid:
            return faults_in_words(invalid)
        except UnusableError as unusable:
            return str(unusable)
        return None

    def _schema_fault(self, said: Any) -> str | None:
        if said is None:
            return None
        ours = f"ops-centre/{self.form.name}/{self.form.major}.x"
        match = _SCHEMA.fullmatch(said) if isinstance(said, str) else None
        if match and match[1] == self.form.name and int(match[2]) == self.form.major:
            return None
        return f"its schema is {str(said)[:60]!r}; this centre reads {ours}"


class _Fetched:
    """Pages over HTTP.

    The cursor kept between polls holds the source's own cursor and the ETag of the last page, so that a poll that finds
    nothing new costs an empty answer. A page without ``next_cursor`` ends the list; the next poll begins it again.
    """

    def __init__(self, settings: RecordSettings, reader: RecordReader) -> None:
        self.settings = settings
        self.reader = reader
        self.source = HttpSource(settings)

    def poll(self, cursor: str | None) -> Batch:
        begun_at, etag = _read_place(cursor)
        batch, place = Batch(), begun_at
        ends_at = time.monotonic() + self.settings.deadline_seconds
        bytes_left, whole = self.settings.max_bytes, begun_at is None
        for page in range(self.settings.max_pages):
            try:
                answer = self.source.get(_query(place), etag=etag, ends_at=ends_at, max_bytes=bytes_left)
                if answer is None:
                    return batch
                head = self.reader.json_into(batch, answer.body)
                following = _next_cursor(head)
            except (FeedUnavailable, JsonError) as broken:
                if page == 0:
                    raise FeedUnavailable(
                        f"{broken}" if isinstance(broken, FeedUnavailable) else f"the answer: {broken}"
                    ) from broken
                whole = False
                break
            whole = whole and head.get("complete") is True
            bytes_left -= len(answer.body)
            at_rest = following == place  # the same page answers the next poll, so its ETag holds
            etag, place = (answer.etag if at_rest else None), following
            if following is None or at_rest or bytes_left < 1:
                break
        batch.complete_units = whole and place is None and not batch.refusals
        written = json.dumps({"cursor": place, "etag": etag})
        batch.cursor = written if written != cursor else None
        return batch


def _query(place: str | None) -> dict[str, str]:
    return {"cursor": place} if place is not None else {}


def _next_cursor(head: dict[str, Any]) -> str | None:
    following = head.get("next_cursor")
    if following is None or following == "":
        return None
    if isinstance(following, bool) or not isinstance(following, str | int) or len(str(following)) > 1000:
        raise JsonError("next_cursor must be a text of at most 1000 characters")
    return str(following)


def _read_place(cursor: str | None) -> tuple[str | None, str | None]:
    """The source's cursor and ETag in what was kept; both None at first, and when what was kept makes no sense."""
    try:
        kept = json.loads(cursor or "{}")
        place, etag = kept.get("cursor"), kept.get("etag")
    except (ValueError, AttributeError):
        return None, None
    return place if isinstance(place, str) else None, etag if isinstance(etag, str) else None


class _Watched:
    """Files in a directory: JSON (the same document as over HTTP, or a bare list of records) and CSV."""

    def __init__(self, settings: RecordSettings, reader: RecordReader) -> None:
        self.settings = settings
        self.reader = reader
        self.directory = WatchedDirectory(
            ROOT / (settings.directory or ""),
            suffixes=(".json", ".csv"),
            max_bytes=settings.max_bytes,
            max_files=settings.max_files,
            done=settings.done_directory,
        )

    def poll(self, cursor: str | None) -> Batch:
        files, handled = self.directory.look(_read_marks(cursor))
        batch, bytes_left = Batch(), self.settings.max_bytes
        ends_at = time.monotonic() + self.settings.deadline_seconds
        for place, found in enumerate(files):
            if place and (found.size > bytes_left or time.monotonic() > ends_at):
                break
            part = self._take(found)
            if place and part.complete_units:  # a list of all units stands alone in its batch
                break
            _append(batch, part)
            bytes_left -= found.size
            handled.add(found.mark)
            if part.complete_units:
                break
        written = json.dumps({"handled": sorted(handled)})
        batch.cursor = written if written != cursor else None
        return batch

    def _take(self, found: Found) -> Batch:
        batch, raw = Batch(), b""
        try:
            raw = self.directory.read(found)
            if found.path.suffix.lower() == ".csv":
                self.reader.csv_into(batch, raw)
            else:
                head = self.reader.json_into(batch, raw)
                batch.complete_units = head.get("complete") is True and not batch.refusals
        except UnreadableError as unreadable:
            return self._refused(found, unreadable.raw, str(unreadable))
        except (JsonError, CsvError) as broken:
            return self._refused(found, raw, str(broken))
        return batch

    def _refused(self, found: Found, raw: bytes, reason: str) -> Batch:
        name = found.path.name.encode("utf-8", "backslashreplace").decode()
        return Batch(refusals=[Refusal(raw, f"file {name[:120]}: {reason}"[:MAX_REASON], self.reader.now())])


def _append(batch: Batch, part: Batch) -> None:
    batch.targets += part.targets
    batch.units += part.units
    batch.refusals += part.refusals
    batch.complete_units = part.complete_units


def _read_marks(cursor: str | None) -> set[str]:
    """Marks of the files already handled; none at first, and when what was kept makes no sense."""
    try:
        return set(json.loads(cursor or "{}").get("handled", []))
    except (ValueError, AttributeError, TypeError):
        return set()


def faults_in_words(invalid: ValidationError) -> str:
    """What is wrong with a record, for an operator: the first few faults, each with its place."""
    faults = [fault_text(error) for error in invalid.errors(include_url=False, include_input=False)]
    more = f"; and {len(faults) - _FAULTS_TOLD} more" if len(faults) > _FAULTS_TOLD else ""
    return "; ".join(fault.removeprefix("settings: ") for fault in faults[:_FAULTS_TOLD]) + more
