"""Errors as answers: JSON for scripts, a plain page for people, and never a stack trace to either.

Refusals of people who are signed in go to the audit trail, the same one at most once a minute.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock

import flask_login
import structlog
from flask import Flask, Response, jsonify, make_response, render_template, request
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from werkzeug.exceptions import HTTPException

from ops_centre.api import session
from ops_centre.api.parts import EdgeParts
from ops_centre.auth.actor import Actor
from ops_centre.db import CommitUnknown
from ops_centre.errors import NotPermitted, OpsError, TooManyTries
from ops_centre.picture.soundness import fault_of

log = structlog.get_logger(__name__)

_JSON_PATHS = ("/api/", "/_dash-", "/metrics", "/map/", "/healthz", "/readyz")
_AGAIN_AFTER = timedelta(minutes=1)
_MOST_REMEMBERED = 1000


class Refusals:
    """Audits refusals without letting a looping screen fill the trail."""

    def __init__(self, ops: EdgeParts) -> None:
        self._ops = ops
        self._latest: dict[tuple[int, str, str], datetime] = {}
        self._lock = Lock()

    def note(self, actor: Actor, reason: str) -> None:
        """Audit that ``actor`` was refused at the path of this request."""
        key, now = (actor.user_id, request.path, reason), self._ops.clock.now()
        with self._lock:
            before = self._latest.get(key)
            if before is not None and now - before < _AGAIN_AFTER:
                return
            if len(self._latest) >= _MOST_REMEMBERED:
                self._latest.clear()
            self._latest[key] = now
        subject = f"{request.method} {request.path}"[:200]
        try:
            self._ops.accounts.refused(actor, reason, address=session.client_address(), subject=subject)
        except SQLAlchemyError as failed:  # the refusal stands all the same
            log.error("refusal not audited", actor=actor.name, subject=subject, error=str(failed).partition("\n")[0])


def install(server: Flask, ops: EdgeParts) -> None:
    """Answer every error of ``server``."""
    refusals = Refusals(ops)

    @server.errorhandler(OpsError)
    def _ours(error: OpsError) -> Response:
        actor = getattr(flask_login.current_user, "actor", None)
        if isinstance(error, NotPermitted) and actor is not None:
            refusals.note(actor, str(error))
        response = answer(ops, error.status, str(error))
        if isinstance(error, TooManyTries) and error.wait_s is not None:
            response.headers["Retry-After"] = str(error.wait_s)
        return response

    @server.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        if error.response is not None:  # a redirect, or what a view prepared
            return make_response(error.response)
        code = error.code or 500
        if code < HTTPStatus.BAD_REQUEST:
            return make_response(error.get_response())
        response = answer(ops, code, _TEXTS.get(code) or error.description or error.name)
        for name, value in error.get_headers():
            if name.lower() in ("allow", "retry-after"):
                response.headers[name] = value
        return response

    @server.errorhandler(DBAPIError)
    def _no_database(error: DBAPIError) -> Response:
        why = fault_of(error)
        if why is None and not isinstance(error, OperationalError):
            return _bug(error)
        log.error("database unavailable", path=request.path, error=str(error).partition("\n")[0])
        return answer(ops, 503, _TEXT_UNKNOWN if isinstance(error, CommitUnknown) else _refused(why))

    @server.errorhandler(Exception)
    def _bug(error: Exception) -> Response:
        log.error("request failed", method=request.method, path=request.path, exc_info=error)
        return answer(ops, 500, _TEXTS[500])


def _refused(why: str | None) -> str:
    """What is said to whoever asked while the database fails."""
    if why is None:
        return _TEXTS[503]
    if request.method in ("GET", "HEAD"):
        return f"The database does not answer at present: {why}. This goes on by itself."
    return f"Not done: the database takes nothing at present, {why}. What you typed stays here; try again later."


def wants_json() -> bool:
    """Whether this request is a script's, Dash's or a fetch, and not somebody opening a page."""
    if request.path.startswith(_JSON_PATHS) or request.method not in ("GET", "HEAD"):
        return request.path not in ("/sign-in", "/sign-out", "/password")
    if session.bearer_token(request) is not None or request.headers.get("Sec-Fetch-Dest", "document") != "document":
        return True
    return request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json"


def answer(ops: EdgeParts, status: int, text: str) -> Response:
    """``text`` with ``status``, as JSON or as a page."""
    if wants_json():
        response = jsonify(error=text)
    else:
        title = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Error"
        page = render_template("error.html", centre=ops.settings.centre, title=title, text=text, status=status)
        response = make_response(page)
    response.status_code = status
    return response


_TEXT_UNKNOWN = (
    "The database went away while this was being written: it may be done or not. What you typed stays here; "
    "send it again unchanged when the database answers, and it is done once."
)
_TEXTS = {
    400: "The request could not be read.",
    404: "There is nothing at this address.",
    405: "This address does not do that.",
    411: "Say how long the body is (Content-Length).",
    413: "That is too large.",
    500: "Something went wrong here. It has been written to the log; please try again.",
    503: "The database does not answer at present. Please try again.",
}
