"""The HTTP side of the exercise: aircraft.json, targeting outputs, unit deployments and warnings, on loopback only.

Reads nothing from its clients but the path, the cursor and the entity tag; a client that is slow costs only its own
thread, and there are only so many threads.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from ops_centre.exercise import warnings
from ops_centre.exercise.receiver import aircraft_json
from ops_centre.exercise.world import World

MAX_CONNECTIONS = 64
JSON = "application/json; charset=utf-8"
PATIENCE_S = 30.0  # a connection on which nothing comes for so long is closed
Answer = Callable[[dict[str, list[str]]], dict[str, Any]]


class ExerciseServer(ThreadingHTTPServer):
    """Serves one world."""

    daemon_threads = True
    request_queue_size = 32

    def __init__(self, address: tuple[str, int], world: World, now: Callable[[], float] = time.time) -> None:
        self._world, self._now = world, now
        self.has_warnings = True
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self.answers: dict[str, Answer] = {
            "/data/aircraft.json": self._aircraft,
            "/targeting/v1/targets": self._targets,
            "/deployments/v1/units": self._units,
        }
        super().__init__(address, _Handler)

    def answer(self, path: str, query: dict[str, list[str]]) -> dict[str, Any]:
        """The document at a path. Raises KeyError where there is none."""
        make = self.answers[path]
        with self._lock:
            return make(query)

    def warning(self, path: str) -> bytes | None:
        """The XML document at a path; None where there is none."""
        if not path.startswith("/warnings/"):
            return None
        found = warnings.documents(self._now())
        return found.get(path) if self.has_warnings else warnings.EMPTY if path == warnings.INDEX else None

    def process_request(self, request: Any, client_address: Any) -> None:
        """Start a thread for a connection, unless too many are open."""
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Look after one connection."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up in the middle is no news."""

    def _aircraft(self, _query: dict[str, list[str]]) -> dict[str, Any]:
        return aircraft_json(self._world.aircraft, self._world.timeline, self._now())

    def _targets(self, query: dict[str, list[str]]) -> dict[str, Any]:
        records, cursor = self._world.targeting.since(query.get("cursor", [""])[0], self._now())
        return {"schema": "ops-centre/targeting/1.0", "records": records, "next_cursor": cursor}

    def _units(self, _query: dict[str, list[str]]) -> dict[str, Any]:
        now = self._now()
        records = [unit.record(self._world.timeline, now) for unit in self._world.units]
        return {"schema": "ops-centre/deployments/1.0", "complete": True, "records": records}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE_S
    server: ExerciseServer

    def do_GET(self) -> None:
        """Answer with the document, or with nothing when the client has it already."""
        url = urlsplit(self.path)
        if (warning := self.server.warning(url.path)) is not None:
            self._answer(warning, "application/xml; charset=utf-8")
            return
        try:
            document = self.server.answer(url.path, parse_qs(url.query, max_num_fields=10))
        except (KeyError, ValueError):
            self._send(HTTPStatus.NOT_FOUND, b'{"error": "there is nothing at this path"}')
            return
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        self._answer(body, JSON)

    def _answer(self, body: bytes, kind: str) -> None:
        tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        if tag in (self.headers.get("If-None-Match") or ""):
            self._send(HTTPStatus.NOT_MODIFIED, b"", tag, kind)
        else:
            self._send(HTTPStatus.OK, body, tag, kind)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: there is one a second."""

    def version_string(self) -> str:
        """No advertisement of what serves."""
        return "receiver"

    def _send(self, status: HTTPStatus, body: bytes, tag: str | None = None, kind: str = JSON) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-cache")
        if tag:
            self.send_header("ETag", tag)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
