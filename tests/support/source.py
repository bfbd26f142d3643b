"""A source on loopback that answers exactly the bytes a test gives it, however wrong they are."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Answer = bytes | Callable[[socket.socket], None]


class Source:
    """Answers each connection with the next answer; the last one again and again. Keeps what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[str] = []
        self.stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.05)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/records"

    def close(self) -> None:
        """Stop listening and wait for the thread."""
        self.stopped.set()
        self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _address = self._listener.accept()
            except TimeoutError:
                continue
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(5)
            self.requests.append(_read_request(connection))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if callable(answer):
                answer(connection)
            else:
                connection.sendall(answer)
            connection.shutdown(socket.SHUT_WR)
        except OSError:  # the client has hung up, as it should
            return


def _read_request(connection: socket.socket) -> str:
    asked = b""
    while b"\r\n\r\n" not in asked:
        part = connection.recv(4096)
        if not part:
            break
        asked += part
    return asked.decode("latin-1")


@contextmanager
def source(*answers: Answer) -> Iterator[Source]:
    """A source that is closed afterwards."""
    made = Source(*answers)
    try:
        yield made
    finally:
        made.close()


def answer(body: bytes, *headers: str, status: str = "200 OK", kind: str = "application/json") -> bytes:
    """An HTTP answer with this body."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body)}",
        f"Content-Type: {kind}",
        "Connection: close",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body
