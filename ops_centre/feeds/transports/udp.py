"""A UDP listener: takes datagrams from whoever sends to its port or its multicast group. A datagram may hold several lines.

Nobody sends a datagram again: those that the system had no room for are gone, and it says how many they were (Linux).
"""

import socket
import struct
from datetime import datetime, timedelta
from ipaddress import IPv4Address

from ops_centre.domain.observations import Refusal
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.transports.tcp import why

BUFFER_BYTES = 8 << 20  # the system keeps so much while a batch is stored, if its limit allows
DATAGRAM_BYTES = 65_535
LOSSES_EVERY = timedelta(minutes=1)  # while it goes on, losses are told of so often
_SO_MEMINFO, _DROPS = 55, 8  # linux/include/uapi/asm-generic/socket.h; SK_MEMINFO_DROPS in sock_diag.h


class UdpListener:
    """One bound socket, opened when first read from."""

    def __init__(self, host: str, port: int, interface: str = "") -> None:
        """``interface``: the IPv4 address whose network a multicast group is joined on; empty: the system chooses."""
        self._address = (host, port)
        self._interface = interface or "0.0.0.0"  # noqa: S104  (in a request to join: any)
        self._socket: socket.socket | None = None
        self._dropped = 0  # of this socket, as told so far
        self._told_at: datetime | None = None

    @property
    def port(self) -> int:
        """The port listened on, once it is."""
        return int(self._socket.getsockname()[1]) if self._socket is not None else self._address[1]

    def open(self) -> socket.socket:
        """Bind. Raises FeedUnavailable when the port cannot be had."""
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_DGRAM)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
            self._bind(listener)
        except (OSError, UnicodeError) as failed:
            listener.close()
            raise FeedUnavailable(f"cannot listen on UDP {self}: {why(failed)}") from failed
        self._socket, self._dropped = listener, 0
        return listener

    def _bind(self, listener: socket.socket) -> None:
        """Bind to the address; where it is a multicast group, share its port with others here and join it."""
        group = _multicast(self._address[0])
        if group is not None:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(self._address)
        if group is not None:
            joining = group.packed + IPv4Address(self._interface).packed
            listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, joining)

    def receive(self, seconds: float) -> bytes | None:
        """The next datagram within ``seconds``, ended as a line; None where none came. Raises FeedUnavailable."""
        data = self.datagram(seconds)
        return data if data is None or data.endswith(b"\n") else data + b"\n"

    def datagram(self, seconds: float) -> bytes | None:
        """The next datagram within ``seconds`` (0: what is here already) as it came, or None. Raises FeedUnavailable."""
        listener = self._socket or self.open()
        try:
            listener.settimeout(seconds)
            data = listener.recv(DATAGRAM_BYTES)
        except (TimeoutError, BlockingIOError):
            return None
        except OSError as broken:
            self.close()
            raise FeedUnavailable(f"listening on UDP {self} broke: {why(broken)}") from broken
        return data

    def losses(self, now: datetime) -> list[Refusal]:
        """What was lost for want of room since it was last asked, as one record that nobody has; none where nothing was."""
        if self._told_at is not None and timedelta() <= now - self._told_at < LOSSES_EVERY:
            return []
        dropped = self._count_dropped()
        lost = (dropped - self._dropped) & 0xFFFFFFFF  # the system counts in 32 bits
        if not lost:
            return []
        self._dropped, self._told_at = dropped, now
        what = "1 datagram was" if lost == 1 else f"{lost:,} datagrams were"
        why_so = "they came faster than they were read; the system's net.core.rmem_max may be too small"
        return [Refusal(b"", f"{what} lost on UDP {self}: {why_so}", now)]

    def _count_dropped(self) -> int:
        """How many datagrams the system dropped on this socket so far; as before where it does not say."""
        if self._socket is None:
            return self._dropped
        try:
            said = self._socket.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 64)
            return int(struct.unpack_from("=I", said, 4 * _DROPS)[0])
        except (OSError, struct.error):
            return self._dropped

    def close(self) -> None:
        """Let go of the port."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __str__(self) -> str:
        host, port = self._address
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _multicast(host: str) -> IPv4Address | None:
    """The group that this is the address of."""
    try:
        address = IPv4Address(host)
    except ValueError:
        return None
    return address if address.is_multicast else None
