"""`/api/v1/picture/stream`: changes of the picture as server-sent events, one thread for each open stream.

A stream beats every second, so that silence is noticed; it ends when its session does; when all places are taken the answer
is 503 at once and the browser fetches changes instead. Nothing here encodes: frames are encoded once for each scope.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import orjson
import structlog
from flask import Blueprint, Response, request
from sqlalchemy.exc import SQLAlchemyError

from ops_centre.api.answers import json_answer, whole_number
from ops_centre.api.program import program
from ops_centre.api.session import current_actor, still_valid_check
from ops_centre.auth.actor import authorise
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.clock import to_ms
from ops_centre.picture.live import LivePicture
from ops_centre.picture.scope import Scope, scope_of

BEAT_S = 1.0
CHECK_PASS_EVERY = 5  # beats between looks whether the session still holds
RETRY_AFTER_S = 15
STUCK_AFTER_S = 30  # a reader that takes nothing for so long loses its stream, and its place goes to another

log = structlog.get_logger(__name__)


class Places:
    """How many streams one process carries."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Take a place if one is left."""
        with self._lock:
            if self.taken >= self.most:
                return False
            self.taken += 1
            return True

    def give_back(self) -> None:
        """A stream ended."""
        with self._lock:
            self.taken -= 1


def blueprint(ops: OpsCentre) -> Blueprint:
    """The stream's route."""
    routes = Blueprint("stream", __name__, url_prefix="/api/v1/picture")
    places = Places(ops.settings.web.max_streams)

    @routes.get("/stream")
    def stream() -> Response:
        """Changes since a revision, then every change as it comes."""
        actor = current_actor()
        authorise(actor, Permission.PICTURE_VIEW)
        holds = still_valid_check(ops.accounts)
        since = _last_seen()
        live = ops.picture.live
        live.start()
        if not places.take():
            refusal = json_answer(
                ops, orjson.dumps({"error": "All streams are taken; fetch changes instead."}), status=503
            )
            refusal.headers["Retry-After"] = str(RETRY_AFTER_S)
            return refusal

        _give_up_on_stuck_readers()
        body = _events(live, scope_of(actor), holds, lambda: live.changes(actor, since))
        response = Response(body, content_type="text/event-stream")
        response.call_on_close(places.give_back)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Accel-Buffering"] = "no"
        return response

    return routes


def _give_up_on_stuck_readers() -> None:
    """Bound how long a send may wait. Without it a reader that never reads keeps its thread and its place for ever."""
    connection = request.environ.get("gunicorn.socket")
    if isinstance(connection, socket.socket):
        connection.settimeout(STUCK_AFTER_S)


def _last_seen() -> int:
    """The revision the reader has: a reconnecting EventSource says it in a header."""
    said = request.headers.get("Last-Event-ID", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 18 else whole_number("since", 0)


def _events(
    live: LivePicture, scope: Scope, holds: Callable[[], bool], catch_up: Callable[[], bytes | None]
) -> Iterator[bytes]:
    """Catch up, then frame after frame, with a beat a second. Ends when the session or the process does."""
    number, revision = live.last_frame, live.present.revision
    missed = catch_up()
    yield b"retry: 1000\n\n"
    yield _event("resync", b"{}") if missed is None else _event("change", missed, revision)
    yield _beat(live)
    last_beat, beats = time.monotonic(), 0  # the system's clock may be set back; the beat and the checks must go on
    while not live.stopped:
        frames = live.frames_after(number, BEAT_S)
        if frames is None:
            number = live.last_frame
            yield _event("resync", b"{}")
            continue
        if frames:
            number = frames[-1].number
            yield b"".join(_event("change", live.encoded(frame, scope), frame.change.revision) for frame in frames)
        now = time.monotonic()
        if now - last_beat >= BEAT_S * 0.9:
            last_beat, beats = now, beats + 1
            if beats % CHECK_PASS_EVERY == 0 and not _still_holds(holds):
                yield _event("end", orjson.dumps({"reason": "signed out"}))
                return
            yield _beat(live)


def _still_holds(holds: Callable[[], bool]) -> bool:
    """While the database does not answer, nothing new is shown and the beats say so: the stream goes on frozen."""
    try:
        return holds()
    except SQLAlchemyError as failed:
        log.warning("stream.session_not_checked", error=str(failed).partition("\n")[0])
        return True


def _beat(live: LivePicture) -> bytes:
    checked = live.checked_at
    body = {
        "now": to_ms(live.clock.now()),
        "revision": live.present.revision,
        "checked": to_ms(checked) if checked else None,
        "troubles": [trouble.plain() for trouble in live.troubles],
        "program": program(),
    }
    return _event("beat", orjson.dumps(body))


def _event(name: str, data: bytes, number: int | None = None) -> bytes:
    head = b"id: %d\n" % number if number is not None else b""
    return b"%sevent: %s\ndata: %s\n\n" % (head, name.encode(), data)
