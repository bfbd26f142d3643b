"""Who is asking: Flask sessions kept in the database, Flask-Login on top, bearer tokens beside.

The cookie holds a random id and nothing else; the database holds only its hash. Anonymous visitors get no row and no
session cookie, and an id that a visitor brings along is never adopted. A request that carries a bearer token is judged
by the token alone.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import flask_login
import structlog
from flask import Flask, Request, Response, g, has_request_context, request
from flask import session as flask_session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import CallbackDict

from ops_centre.auth.actor import Actor
from ops_centre.auth.credentials import Credential
from ops_centre.errors import NotPermitted
from ops_centre.services.accounts import Accounts
from ops_centre.services.sessions import OpenSession

log = structlog.get_logger(__name__)

TOKEN_PATHS = ("/api/v1/", "/metrics")  # where scripts may come with a token
WITHOUT_SESSION = ("/assets/", "/_dash-component-suites/", "/healthz", "/readyz")  # never look one up


class SignedIn(flask_login.UserMixin):  # type: ignore[misc]
    """Flask-Login's user: a wrapper around the actor."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        """What Flask-Login keeps in the session to find the user again."""
        return str(self.actor.user_id)


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """A Flask session whose content stands in the database."""

    def __init__(self, opened: OpenSession | None = None) -> None:
        def changed(_session: Any) -> None:
            self.modified = True

        super().__init__(opened.data if opened else {}, changed)
        self.opened = opened
        self.new_id: str | None = None  # the id to hand out
        self.is_over = False
        self.is_unreadable = False  # the database did not answer: nobody knows who this is
        self.new = opened is None
        self.modified = False


class DatabaseSessions(SessionInterface):
    """Opens and keeps sessions."""

    session_class = ServerSession

    def __init__(self, accounts: Accounts, *, behind_tls: bool) -> None:
        self.accounts, self.behind_tls = accounts, behind_tls
        self.cookie = "__Host-ops" if behind_tls else "ops_session"

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """The session of the request's cookie, or an empty one that will not be kept."""
        session_id = request.cookies.get(self.cookie)
        if not session_id or bearer_token(request) is not None or request.path.startswith(WITHOUT_SESSION):
            return ServerSession()
        try:
            opened = self.accounts.sessions.find(session_id)
        except SQLAlchemyError as failed:
            log.error("sessions cannot be read", error=str(failed).partition("\n")[0])
            unread = ServerSession()
            unread.is_unreadable = True
            return unread
        if opened is not None:
            self.accounts.sessions.touch(opened)
        return ServerSession(opened)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what changed, and hand out or take back the cookie."""
        if not isinstance(session, ServerSession):
            return
        if session.is_over:
            response.delete_cookie(self.cookie, secure=self.behind_tls, httponly=True, samesite="Lax")
        elif session.opened is not None and session.modified:
            self.accounts.sessions.keep(session.opened.credential, dict(session))
        if session.new_id is not None and session.opened is not None:
            self._hand_out(session.new_id, session.opened, response)

    def _hand_out(self, session_id: str, opened: OpenSession, response: Response) -> None:
        lasts_until: datetime | None = opened.expires_at if opened.outlives_browser else None
        response.set_cookie(
            self.cookie,
            session_id,
            expires=lasts_until,
            secure=self.behind_tls,
            httponly=True,
            samesite="Lax",
            path="/",
        )


def install(server: Flask, accounts: Accounts, *, behind_tls: bool) -> None:
    """Give ``server`` sessions in the database and Flask-Login."""
    sessions = DatabaseSessions(accounts, behind_tls=behind_tls)
    server.session_interface = sessions
    manager = flask_login.LoginManager()
    manager.session_protection = None  # an id of 256 random bits; phones and proxies change addresses
    manager.init_app(server)

    @manager.user_loader  # type: ignore[untyped-decorator]
    def _from_session(user_id: str) -> SignedIn | None:
        opened = _session().opened
        return SignedIn(opened.actor) if opened and str(opened.actor.user_id) == user_id else None

    @manager.request_loader  # type: ignore[untyped-decorator]
    def _from_token(incoming: Request) -> SignedIn | None:
        token = bearer_token(incoming)
        if token is None or not incoming.path.startswith(TOKEN_PATHS):
            return None
        found = accounts.sessions.find_token(token)
        if found is None:
            return None
        g.token_credential = found[0]
        return SignedIn(found[1])


def enter(accounts: Accounts, session_id: str) -> None:
    """Make the request's session the one just begun by `Accounts.sign_in`; whatever was there before is gone."""
    session = _session()
    session.clear()
    session.opened, session.new_id = accounts.sessions.find(session_id), session_id
    if session.opened is not None:
        flask_login.login_user(SignedIn(session.opened.actor))


def leave() -> None:
    """Forget the request's session and take back its cookie."""
    session = _session()
    flask_login.logout_user()
    session.clear()
    session.is_over, session.opened = True, None


def session_id_of(server: Flask) -> str | None:
    """The session id the browser sent, whether or not it is good."""
    interface = server.session_interface
    return request.cookies.get(interface.cookie) if isinstance(interface, DatabaseSessions) else None


def current_actor() -> Actor:
    """Who is asking. Raises NotPermitted when nobody has signed in."""
    user = flask_login.current_user if has_request_context() else None
    actor = getattr(user, "actor", None)
    if not isinstance(actor, Actor):
        raise NotPermitted("Sign in first.")
    return actor


def current_credential() -> Credential:
    """The session or token of this request. Raises NotPermitted when nobody has signed in."""
    current_actor()
    opened = _session().opened
    credential = opened.credential if opened else g.get("token_credential")
    if not isinstance(credential, Credential):
        raise NotPermitted("Sign in first.")
    return credential


def still_valid_check(accounts: Accounts) -> Callable[[], bool]:
    """A check for streams that live on after this request: call it, outside any request, as often as each second."""
    actor, credential = current_actor(), current_credential()
    return lambda: accounts.still_valid(credential, actor)


def is_unreadable() -> bool:
    """Whether the database did not say who this is. Such a visitor is no stranger to be sent to the sign-in page."""
    return _session().is_unreadable


def is_by_token() -> bool:
    """Whether this request was let in by a bearer token."""
    return g.get("token_credential") is not None


def bearer_token(incoming: Request) -> str | None:
    """The bearer token of a request, None when it carries none (RFC 6750 section 2.1)."""
    scheme, _, token = incoming.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def client_address() -> str:
    """The client's address, as far as the trusted proxies tell it."""
    return request.remote_addr or "unknown"


def _session() -> ServerSession:
    session = flask_session._get_current_object()  # type: ignore[attr-defined]
    if not isinstance(session, ServerSession):
        raise TypeError("the server was not given sessions by ops_centre.api.session.install")
    return session
