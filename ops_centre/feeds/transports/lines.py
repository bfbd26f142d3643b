"""Lines, and pieces cut otherwise, from a source that sends without being asked: gathered for a moment, none too long.

What came before a connection broke is handed out first; the break is told of on the next call.
"""

import time
from typing import Generic, Protocol, TypeVar

from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.transports.splitting import LineSplitter
from ops_centre.feeds.transports.tcp import TcpClient

T = TypeVar("T")


def split_address(address: str, default_port: int) -> tuple[str, int]:
    """``host:port``, ``host`` or ``[v6]:port``. Raises ValueError with words for the operator."""
    host, colon, port = address.rpartition(":")
    if not colon or address.endswith("]"):
        host, port = address, str(default_port)
    host = host.strip("[]")
    if not host or not (port.isascii() and port.isdecimal() and 1 <= int(port) <= 65535):
        raise ValueError(f"{address!r} is no address; try one like 127.0.0.1:{default_port}")
    return host, int(port)


class Source(Protocol):
    """Where bytes come from: `TcpClient` and its like."""

    def receive(self, seconds: float) -> bytes | None:
        """What came within ``seconds``; None where nothing did, empty when the peer closed. Raises FeedUnavailable."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class Splitter(Protocol[T]):
    """What cuts bytes into pieces."""

    def feed(self, data: bytes) -> list[T]:
        """The pieces that ``data`` completes."""
        ...

    def finish(self) -> list[T]:
        """The stream has ended: what is left is its last piece."""
        ...


class Gatherer(Generic[T]):
    """One connection's pieces."""

    def __init__(self, source: Source, splitter: Splitter[T]) -> None:
        self._source = source
        self._splitter = splitter
        self._broken: FeedUnavailable | None = None

    def gather(self, first_seconds: float, then_seconds: float, most: int) -> list[T]:
        """Waits ``first_seconds`` for anything and ``then_seconds`` for more; about ``most``. Raises FeedUnavailable."""
        if self._broken is not None:
            broken, self._broken = self._broken, None
            raise broken
        data = self._source.receive(first_seconds)
        lines: list[T] = []
        until = time.monotonic() + then_seconds
        while data:
            lines += self._splitter.feed(data)
            if len(lines) >= most:
                return lines
            try:
                data = self._source.receive(max(0.0, until - time.monotonic()))
            except FeedUnavailable as broken:
                self._broken = broken
                return lines + self._splitter.finish()
        if data is not None:
            lines += self._splitter.finish()
            self._broken = FeedUnavailable(f"{self._source} closed the connection")
            if not lines:
                return self.gather(0, 0, most)
        return lines

    def close(self) -> None:
        """Hang up. Half a line and a break that nobody was told of belong to the connection that is over."""
        self._source.close()
        self._splitter.finish()
        self._broken = None


class TcpLines(Gatherer[bytes]):
    """One connection's lines."""

    def __init__(self, host: str, port: int, *, longest: int) -> None:
        """``longest``: in bytes; a longer line comes once, one byte longer than that."""
        super().__init__(TcpClient(host, port), LineSplitter(longest))
