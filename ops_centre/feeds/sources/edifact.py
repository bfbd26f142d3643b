"""Passenger and cargo messages (UN/EDIFACT PAXLST, CUSCAR) from a watched directory: docs/feeds.md, "edifact".

A message that breaks off, or of a kind that is not read, is refused alone, with its own text. Reasons name no person.
"""

import json
import time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from ops_centre.config import ROOT
from ops_centre.domain.handling import Marking
from ops_centre.domain.observations import Batch, Refusal
from ops_centre.feeds.base import Feed, FeedContext, FeedKind, FeedManifest
from ops_centre.feeds.edifact.cuscar import read_cuscar
from ops_centre.feeds.edifact.interchange import InterchangeError, Message, read_interchange
from ops_centre.feeds.edifact.paxlst import read_paxlst
from ops_centre.feeds.edifact.reading import ManifestError, Settled
from ops_centre.feeds.polled import TimedSettings
from ops_centre.feeds.transports.directory import Found, UnreadableError, WatchedDirectory

_READERS = {"PAXLST": read_paxlst, "CUSCAR": read_cuscar}


class EdifactSettings(TimedSettings):
    """Settings of a feed of passenger and cargo messages."""

    directory: Path
    done_directory: Path | None = None
    suffixes: tuple[str, ...] = (".edi", ".txt", ".paxlst", ".cuscar")
    every_seconds: float = Field(5, ge=1, le=3600)
    late_after_seconds: float = Field(60, ge=1, le=86400)
    lost_after_seconds: float = Field(300, ge=1, le=604800)
    max_files: int = Field(2000, ge=1, le=20_000)
    max_bytes: int = Field(8_000_000, ge=1000, le=50_000_000)
    time_zone: str = "UTC"  # of the times in the messages, which say none
    marking: Marking = Marking.AMBER_STRICT

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as unknown:
            raise ValueError(f"{value!r} is no time zone") from unknown
        return value


class EdifactFeed:
    """A watched directory of interchanges."""

    def __init__(self, settings: EdifactSettings, context: FeedContext) -> None:
        self._settings, self._context = settings, context
        self._directory = WatchedDirectory(
            ROOT / settings.directory,
            suffixes=tuple(suffix.lower() for suffix in settings.suffixes),
            max_bytes=settings.max_bytes,
            max_files=settings.max_files,
            done=settings.done_directory,
        )

    @property
    def manifest(self) -> FeedManifest:
        """How to run it."""
        return self._settings.manifest()

    def poll(self, cursor: str | None) -> Batch:
        """Files that came since ``cursor``. Raises FeedUnavailable."""
        files, handled = self._directory.look(_marks(cursor))
        batch, ends_at = Batch(), time.monotonic() + 10
        for found in files:
            self._take(batch, found)
            handled.add(found.mark)
            if time.monotonic() > ends_at:
                break
        written = json.dumps({"handled": sorted(handled)})
        batch.cursor = written if written != cursor else None
        return batch

    def close(self) -> None:
        """Nothing is kept open between polls."""

    def _take(self, batch: Batch, found: Found) -> None:
        name = found.path.name.encode("utf-8", "backslashreplace").decode()[:120]
        raw = b""
        try:
            raw = self._directory.read(found)
            interchange = read_interchange(raw)
        except UnreadableError as unreadable:
            self._refuse(batch, unreadable.raw, f"file {name}: {unreadable}")
            return
        except InterchangeError as broken:
            self._refuse(batch, raw, f"file {name}: {broken}")
            return
        for message in interchange.messages:
            self._message(batch, message, tuple(interchange.caveats))

    def _message(self, batch: Batch, message: Message, caveats: tuple[str, ...]) -> None:
        settings = self._settings
        settled = Settled(ZoneInfo(settings.time_zone), settings.marking.value, self._context.clock.now())
        reason = message.fault
        if not reason and message.form not in _READERS:
            named = message.form if len(message.form) == 6 and message.form.isalpha() else "not named"
            reason = f"messages of the kind {named} are not read"
        if not reason:
            try:
                report = _READERS[message.form](message, settled)
            except ManifestError as unusable:
                reason = str(unusable)
            else:
                report.caveats = (*report.caveats, *caveats)
                batch.manifests.append(report)
                return
        self._refuse(batch, message.text.encode(), f"message {message.ref}: {reason}")

    def _refuse(self, batch: Batch, raw: bytes, reason: str) -> None:
        batch.refusals.append(Refusal(raw, reason[:500], self._context.clock.now()))


def _marks(cursor: str | None) -> set[str]:
    try:
        return set(json.loads(cursor or "{}").get("handled", []))
    except (ValueError, AttributeError, TypeError):
        return set()


def _build(settings: EdifactSettings, context: FeedContext) -> Feed:
    return EdifactFeed(settings, context)


KIND = FeedKind("edifact", "Passenger and cargo messages (PAXLST, CUSCAR) from a directory", EdifactSettings, _build)
