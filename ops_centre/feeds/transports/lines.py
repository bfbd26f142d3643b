"""Lines from a TCP source that sends without being asked: gathered for a moment, one line never longer than allowed.

What came before a connection broke is handed out first; the break is told of on the next call.
"""

import time

from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.transports.splitting import LineSplitter
from ops_centre.feeds.transports.tcp import TcpClient


def split_address(address: str, default_port: int) -> tuple[str, int]:
    """``host:port``, ``host`` or ``[v6]:port``. Raises ValueError with words for the operator."""
    host, colon, port = address.rpartition(":")
    if not colon or address.endswith("]"):
        host, port = address, str(default_port)
    host = host.strip("[]")
    if not host or not (port.isascii() and port.isdecimal() and 1 <= int(port) <= 65535):
        raise ValueError(f"{address!r} is no address; try one like 127.0.0.1:{default_port}")
    return host, int(port)


class TcpLines:
    """One connection's lines."""

    def __init__(self, host: str, port: int, *, longest: int) -> None:
        """``longest``: in bytes; a longer line comes once, one byte longer than that."""
        self._source = TcpClient(host, port)
        self._splitter = LineSplitter(longest)
        self._broken: FeedUnavailable | None = None

    def gather(self, first_seconds: float, then_seconds: float, most: int) -> list[bytes]:
        """Waits ``first_seconds`` for anything and ``then_seconds`` for more; about ``most`` lines. Raises FeedUnavailable."""
        if self._broken is not None:
            broken, self._broken = self._broken, None
            raise broken
        data = self._source.receive(first_seconds)
        lines: list[bytes] = []
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
        """Hang up."""
        self._source.close()
