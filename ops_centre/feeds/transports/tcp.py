"""A TCP client: connects to a source that sends without being asked. Every wait has an end."""

import socket
import ssl

from ops_centre.errors import FeedUnavailable

CONNECT_SECONDS = 5.0
RECEIVE_BYTES = 262_144


class TcpClient:
    """One connection, made when first read from and again after it broke."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._socket: socket.socket | None = None

    def receive(self, seconds: float) -> bytes | None:
        """What came within ``seconds`` (0: what is here already): None where nothing did, empty when the peer closed.

        Raises FeedUnavailable when there is no connection and none can be made, or it broke.
        """
        connection = self._socket = self._socket or self._connect()
        try:
            connection.settimeout(seconds)
            data = connection.recv(RECEIVE_BYTES)
        except (TimeoutError, BlockingIOError, ssl.SSLWantReadError):
            return None
        except OSError as broken:
            self.close()
            raise FeedUnavailable(f"connection to {self} broke: {why(broken)}") from broken
        if not data:
            self.close()
        return data

    def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __str__(self) -> str:
        host, port = self._address
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def _connect(self) -> socket.socket:
        try:
            connection = socket.create_connection(self._address, timeout=CONNECT_SECONDS)
        except ConnectionRefusedError as refused:
            raise FeedUnavailable(f"connection refused by {self}") from refused
        except TimeoutError as silent:
            raise FeedUnavailable(f"no answer from {self} within {CONNECT_SECONDS:.0f} s") from silent
        except socket.gaierror as unknown:
            raise FeedUnavailable(f"the name {self._address[0]} is not known") from unknown
        except (OSError, UnicodeError) as failed:  # UnicodeError: a host name that cannot be one
            raise FeedUnavailable(f"cannot connect to {self}: {why(failed)}") from failed
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)  # notices a peer that vanished
        return self._secured(connection)

    def _secured(self, connection: socket.socket) -> socket.socket:
        """The connection as it is to be read. Raises FeedUnavailable."""
        return connection


def why(fault: Exception) -> str:
    """The system's own words for a failure, in lower case."""
    words = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
    return words[:1].lower() + words[1:] if words else type(fault).__name__
