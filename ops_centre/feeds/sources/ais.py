"""The AIS feed: a receiver's or provider's NMEA stream by TCP or UDP, or a file of it that may still grow.

Properties: `poll` returns within about a second whatever comes; bytes without end never grow memory; a lost connection
is FeedUnavailable, never an empty batch; what came before a connection broke is not lost.
"""

import time
from datetime import timedelta
from pathlib import Path
from typing import Literal, Protocol

from pydantic import Field, model_validator

from ops_centre.domain.observations import Batch
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.ais.parsing import AisParser
from ops_centre.feeds.ais.sentences import MAX_LINE
from ops_centre.feeds.ais.timing import Receipts
from ops_centre.feeds.base import FeedContext, FeedKind, FeedManifest, FeedSettings
from ops_centre.feeds.transports.file import FileTail
from ops_centre.feeds.transports.splitting import LineSplitter
from ops_centre.feeds.transports.tcp import TcpClient
from ops_centre.feeds.transports.udp import UdpListener

FIRST_BYTES_SECONDS = 1.0
DEFAULT_PORT = 10110  # registered for NMEA 0183 navigational data


class AisSettings(FeedSettings):
    """What stands in the block of a feed of kind ``ais``."""

    transport: Literal["tcp", "udp", "file"] = "tcp"
    address: str | None = None  # "host:port"; the port may be left out
    path: Path | None = None
    follow: bool = True  # file: go on with what is appended
    gather_ms: int = Field(20, ge=0, le=1000)  # how long a batch is gathered after its first bytes
    batch_lines: int = Field(20_000, ge=1, le=100_000)
    trust_receipt_times: bool | None = None  # believe receipt times in the stream; unset: for files only
    late_after_seconds: float = Field(30, gt=0)
    lost_after_seconds: float = Field(120, gt=0)

    @model_validator(mode="after")
    def _complete(self) -> "AisSettings":
        if self.transport == "file" and self.path is None:
            raise ValueError("transport file needs a path")
        if self.transport != "file":
            if self.address is None:
                raise ValueError(f'transport {self.transport} needs an address like "127.0.0.1:{DEFAULT_PORT}"')
            host_and_port(self.address)
        if self.lost_after_seconds < self.late_after_seconds:
            raise ValueError("lost_after_seconds must not be less than late_after_seconds")
        return self

    @property
    def receipts(self) -> Receipts:
        """Whose receipt time counts."""
        trusted = self.transport == "file" if self.trust_receipt_times is None else self.trust_receipt_times
        return Receipts.TRUSTED if trusted else Receipts.CLOCK


def host_and_port(address: str) -> tuple[str, int]:
    """``host:port``, ``host`` or ``[v6]:port``. Raises ValueError with words for the operator."""
    host, colon, port = address.rpartition(":")
    if not colon or address.endswith("]"):
        host, port = address, str(DEFAULT_PORT)
    host = host.strip("[]")
    if not host or not (port.isascii() and port.isdecimal() and 1 <= int(port) <= 65535):
        raise ValueError(f"{address!r} is no address; try one like 127.0.0.1:{DEFAULT_PORT}")
    return host, int(port)


class Source(Protocol):
    """Where bytes come from without being asked for."""

    def receive(self, seconds: float) -> bytes | None:
        """What came within ``seconds``: None for nothing, empty for the end. Raises FeedUnavailable."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


class AisFeed:
    """One AIS stream."""

    def __init__(self, settings: AisSettings, context: FeedContext) -> None:
        self._settings = settings
        self._clock = context.clock
        self._parser = AisParser(context.clock, settings.receipts)
        self._splitter = LineSplitter(MAX_LINE)
        self._file = _file(settings)
        self._source = None if self._file else _source(settings)
        self._broken: FeedUnavailable | None = None
        self._manifest = FeedManifest(
            every=timedelta(seconds=2),
            late_after=timedelta(seconds=settings.late_after_seconds),
            lost_after=timedelta(seconds=settings.lost_after_seconds),
            listens=True,
        )

    @property
    def manifest(self) -> FeedManifest:
        """How to run it."""
        return self._manifest

    def poll(self, cursor: str | None) -> Batch:
        """What came: at once when bytes are there, after at most a second when none are."""
        batch = Batch()
        if self._file is not None:
            self._parser.take(self._file.read(cursor, FIRST_BYTES_SECONDS), batch)
            batch.cursor = self._file.cursor
            if self._file.ended:
                self._parser.finish(batch)
        else:
            self._parser.take(self._gather(), batch)
            if isinstance(self._source, UdpListener):
                batch.refusals += self._source.losses(self._clock.now())
        return batch

    def close(self) -> None:
        """Let go of the socket or file; the next poll begins anew there. Half a line belongs to the connection that is over."""
        for held in (self._source, self._file):
            if held is not None:
                held.close()
        self._splitter.finish()
        self._broken = None

    def _gather(self) -> list[bytes]:
        """Lines of the next batch. A connection that breaks while gathering is told of on the next poll."""
        assert self._source is not None  # noqa: S101 - for the type checker: a feed has a source or a file
        if self._broken is not None:
            broken, self._broken = self._broken, None
            raise broken
        data = self._source.receive(FIRST_BYTES_SECONDS)
        lines: list[bytes] = []
        until = time.monotonic() + self._settings.gather_ms / 1000
        while data:
            lines += self._splitter.feed(data)
            if len(lines) >= self._settings.batch_lines:
                return lines
            try:  # when the time is up, what is here already still belongs to the batch: a flood comes in large ones
                data = self._source.receive(max(0.0, until - time.monotonic()))
            except FeedUnavailable as broken:
                self._broken = broken
                return lines + self._splitter.finish()
        if data is not None:
            lines += self._splitter.finish()
            closed = FeedUnavailable(f"{self._source} closed the connection")
            if not lines:
                raise closed
            self._broken = closed
        return lines


def _file(settings: AisSettings) -> FileTail | None:
    if settings.transport != "file" or settings.path is None:
        return None
    return FileTail(settings.path, follow=settings.follow)


def _source(settings: AisSettings) -> Source:
    host, port = host_and_port(settings.address or "")
    return TcpClient(host, port) if settings.transport == "tcp" else UdpListener(host, port)


AIS = FeedKind("ais", "AIS from a receiver or provider: NMEA by TCP, UDP or file", AisSettings, AisFeed)
