"""Warnings by the Common Alerting Protocol (OASIS CAP 1.2; 1.0 and 1.1 are read too): docs/feeds.md, "cap".

The address may give a message, an EDXL-DE envelope, or an Atom or RSS index whose links are followed: on the same host or one
that is configured, each once, so many at a poll. In a watched directory every file is one such document; links in it are not
followed.
"""

import hashlib
import json
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, tostring

from pydantic import Field, model_validator

from ops_centre.config import ROOT
from ops_centre.domain.handling import Marking
from ops_centre.domain.observations import Batch, Refusal
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.base import Feed, FeedContext, FeedKind, FeedManifest
from ops_centre.feeds.cap.documents import Document, Listed, open_document
from ops_centre.feeds.cap.messages import CapError, Preferences, read_message
from ops_centre.feeds.polled import TimedSettings
from ops_centre.feeds.transports.directory import Found, UnreadableError, WatchedDirectory
from ops_centre.feeds.transports.http import XML, Answer, HttpSettings, HttpSource, check_url
from ops_centre.feeds.transports.strict_xml import XmlError, read_xml

MOST_TRIES = 3  # a link that fails is asked again so often, poll after poll, before its entry is refused
_SUFFIXES = (".cap", ".xml", ".edxlde", ".atom", ".rss")


class CapSettings(TimedSettings, HttpSettings):
    """Settings of a feed of warnings."""

    url: str = ""
    directory: Path | None = None
    done_directory: Path | None = None
    max_files: int = Field(2000, ge=1, le=20_000)
    every_seconds: float = Field(60, ge=1, le=3600)
    late_after_seconds: float = Field(300, ge=1, le=86400)
    lost_after_seconds: float = Field(900, ge=1, le=604800)
    max_bytes: int = Field(4_000_000, ge=1000, le=4_000_000)
    languages: tuple[str, ...] = ("en-NZ", "en")
    statuses: tuple[str, ...] = ("Actual", "Exercise")
    lasts_hours: float = Field(24, gt=0, le=720)
    link_hosts: tuple[str, ...] = ()
    max_links: int = Field(50, ge=0, le=500)
    marking: Marking = Marking.GREEN
    restricted_marking: Marking = Marking.AMBER
    private_marking: Marking = Marking.AMBER_STRICT

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.url) == bool(self.directory):
            raise ValueError("give either url or directory")
        if self.done_directory and not self.directory:
            raise ValueError("done_directory needs directory")
        if unknown := set(self.statuses) - {"Actual", "Exercise", "Test"}:
            raise ValueError(f"statuses may hold Actual, Exercise and Test, not {', '.join(sorted(unknown))}")
        return self


class _Reader:
    """Turns documents into hazards and refusals."""

    def __init__(self, settings: CapSettings, context: FeedContext) -> None:
        self.context = context
        self.statuses = frozenset(settings.statuses)
        self.prefer = Preferences(
            settings.languages,
            timedelta(hours=settings.lasts_hours),
            settings.marking,
            settings.restricted_marking,
            settings.private_marking,
        )

    def now(self) -> datetime:
        return self.context.clock.now()

    def document(self, raw: bytes) -> Document:
        """The document of these bytes. Raises XmlError."""
        found = open_document(read_xml(raw))
        if found is None:
            raise XmlError("it is neither a CAP message nor an EDXL-DE envelope, an Atom or an RSS index")
        return found

    def messages_into(self, batch: Batch, document: Document, raw: bytes) -> None:
        """Take the messages a document holds; ``raw`` is kept of the one it holds alone."""
        for alert in document.alerts:
            kept = raw if len(document.alerts) == 1 else tostring(alert)
            self.alert_into(batch, alert, kept, document.status, confidential=document.confidential)

    def alert_into(
        self, batch: Batch, alert: Element, raw: bytes, status: str = "", *, confidential: bool = False
    ) -> None:
        """Take one message. ``status``, ``confidential``: what the envelope round it says."""
        try:
            report = read_message(alert, self.prefer, self.now())
        except CapError as unusable:
            self.refuse(batch, raw, str(unusable))
            return
        if status and report.status == "Actual" and status != "Actual":
            report.status = status
        if confidential and report.scope == "Public":
            report.marking = self.prefer.restricted.value
        if report.status in self.statuses:
            batch.hazards.append(report)
        else:
            batch.passed_over += 1

    def refuse(self, batch: Batch, raw: bytes, reason: str) -> None:
        batch.refusals.append(Refusal(raw[:65536], reason[:500], self.now()))


class _Fetched:
    """One address. The cursor holds its ETag and, of an index, which entries were read and which failed how often."""

    def __init__(self, settings: CapSettings, reader: _Reader) -> None:
        self.settings, self.reader = settings, reader
        self.source = HttpSource(settings, XML)
        self.home = urlsplit(settings.url)

    def poll(self, cursor: str | None) -> Batch:
        kept = _kept(cursor)
        ends_at = time.monotonic() + self.settings.deadline_seconds
        answer = self.source.get(etag=kept["etag"], ends_at=ends_at)
        batch = Batch()
        if answer is None:
            return batch
        try:
            document = self.reader.document(answer.body)
        except XmlError as broken:
            raise FeedUnavailable(f"the answer: {broken}") from broken
        self.reader.messages_into(batch, document, answer.body)
        place = self._entries(batch, document.entries, kept, ends_at, answer)
        written = json.dumps(place)
        batch.cursor = written if written != cursor else None
        return batch

    def _entries(
        self, batch: Batch, entries: list[Listed], kept: dict[str, Any], ends_at: float, answer: Answer
    ) -> dict[str, Any]:
        seen, tries, asked, complete = [], {}, 0, True
        for entry in entries:
            mark = hashlib.sha256(entry.mark.encode()).hexdigest()[:16]
            if mark in kept["seen"]:
                seen.append(mark)
                continue
            is_link = entry.alert is None and bool(entry.link)
            if is_link and (asked >= self.settings.max_links or time.monotonic() >= ends_at):
                complete = False  # the next poll goes on
                continue
            asked += is_link
            times = kept["tries"].get(mark, 0) + 1
            if self._entry(batch, entry, ends_at, is_last=times >= MOST_TRIES):
                seen.append(mark)
            else:
                tries[mark], complete = times, False
        return {"etag": answer.etag if complete else None, "seen": seen, "tries": tries}

    def _entry(self, batch: Batch, entry: Listed, ends_at: float, *, is_last: bool) -> bool:
        """Whether the entry is done with."""
        words = f"entry “{entry.words}”"
        if entry.alert is not None:
            self.reader.alert_into(batch, entry.alert, tostring(entry.alert))
            return True
        link = urljoin(self.settings.url, entry.link) if entry.link else ""
        if reason := self._unfit(link):
            self.reader.refuse(batch, entry.link.encode(), f"{words}: {reason}")
            return True
        try:
            answer = HttpSource(self._settings_for(link), XML).get(ends_at=ends_at)
            assert answer is not None  # noqa: S101  (no ETag was sent)
            document = self.reader.document(answer.body)
        except XmlError as broken:
            self.reader.refuse(batch, link.encode(), f"{words}: what its link leads to: {broken}")
            return True
        except FeedUnavailable as away:
            if is_last:
                self.reader.refuse(batch, link.encode(), f"{words}: its link failed {MOST_TRIES} times: {away}")
            return is_last
        if not document.alerts:
            self.reader.refuse(batch, answer.body, f"{words}: its link leads to a document without a message")
        self.reader.messages_into(batch, document, answer.body)
        return True

    def _unfit(self, link: str) -> str:
        """Why a link is not followed; empty when it is."""
        if not link:
            return "it holds neither a message nor a link to one"
        try:
            check_url(link)
        except ValueError as fault:
            return f"its link cannot be followed: {fault}"
        host = urlsplit(link).netloc
        if host != self.home.netloc and host not in self.settings.link_hosts:
            return f"its link leads to {host[:80]}, which is not among link_hosts"
        return ""

    def _settings_for(self, link: str) -> CapSettings:
        at_home = urlsplit(link)[:2] == self.home[:2]
        secrets = {} if at_home else {"token_env": None, "client_cert": None, "client_key": None}
        return self.settings.model_copy(update={"url": link, **secrets})


class _Watched:
    """Files in a directory."""

    def __init__(self, settings: CapSettings, reader: _Reader) -> None:
        self.settings, self.reader = settings, reader
        self.directory = WatchedDirectory(
            ROOT / (settings.directory or ""),
            suffixes=_SUFFIXES,
            max_bytes=settings.max_bytes,
            max_files=settings.max_files,
            done=settings.done_directory,
        )

    def poll(self, cursor: str | None) -> Batch:
        files, handled = self.directory.look(_marks(cursor))
        batch = Batch()
        ends_at = time.monotonic() + self.settings.deadline_seconds
        for found in files:
            self._take(batch, found)
            handled.add(found.mark)
            if time.monotonic() > ends_at:
                break
        written = json.dumps({"handled": sorted(handled)})
        batch.cursor = written if written != cursor else None
        return batch

    def _take(self, batch: Batch, found: Found) -> None:
        words = f"file {found.path.name.encode('utf-8', 'backslashreplace').decode()[:120]}"
        raw = b""
        try:
            raw = self.directory.read(found)
            document = self.reader.document(raw)
        except (UnreadableError, XmlError) as broken:
            raw = broken.raw if isinstance(broken, UnreadableError) else raw
            self.reader.refuse(batch, raw, f"{words}: {broken}")
            return
        self.reader.messages_into(batch, document, raw)
        for entry in document.entries:
            if entry.alert is not None:
                self.reader.alert_into(batch, entry.alert, tostring(entry.alert))
            else:
                what = "links are not followed from a directory" if entry.link else "it holds no message and no link"
                self.reader.refuse(batch, entry.link.encode(), f"{words}: entry “{entry.words}”: {what}")


class CapFeed:
    """A feed of warnings."""

    def __init__(self, settings: CapSettings, context: FeedContext) -> None:
        """Opens nothing. Raises ConfigError for certificates that cannot be used."""
        self._settings = settings
        self._poll = (_Fetched if settings.url else _Watched)(settings, _Reader(settings, context)).poll

    @property
    def manifest(self) -> FeedManifest:
        """How to run it."""
        return self._settings.manifest(patience_seconds=self._settings.deadline_seconds * 2)

    def poll(self, cursor: str | None) -> Batch:
        """What came since ``cursor``. Raises FeedUnavailable."""
        return self._poll(cursor)

    def close(self) -> None:
        """Nothing is kept open between polls."""


def _kept(cursor: str | None) -> dict[str, Any]:
    """What a poll over HTTP left behind; nothing at first, and when it makes no sense."""
    try:
        kept = json.loads(cursor or "{}")
        etag, seen, tries = kept.get("etag"), kept.get("seen", []), kept.get("tries", {})
        return {"etag": etag if isinstance(etag, str) else None, "seen": frozenset(seen), "tries": dict(tries)}
    except (ValueError, AttributeError, TypeError):
        return {"etag": None, "seen": frozenset(), "tries": {}}


def _marks(cursor: str | None) -> set[str]:
    try:
        return set(json.loads(cursor or "{}").get("handled", []))
    except (ValueError, AttributeError, TypeError):
        return set()


def _build(settings: CapSettings, context: FeedContext) -> Feed:
    return CapFeed(settings, context)


def _again(settings: CapSettings, context: FeedContext, raw: bytes) -> Batch:
    """A document that was refused, read once more. Raises XmlError."""
    batch, reader = Batch(), _Reader(settings, context)
    reader.messages_into(batch, reader.document(raw), raw)
    return batch


KIND = FeedKind("cap", "Hazard warnings (CAP 1.2), over HTTP or from a directory", CapSettings, _build, _again)
