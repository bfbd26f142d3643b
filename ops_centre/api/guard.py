"""The guard: every request of every route, Dash's own included, is refused unless it may pass.

Default deny: a route that is not on the short list below answers nobody who is not signed in, also when it is new,
also when it does not exist. Callbacks and API routes check permissions themselves; the guard checks identity, origin
and size.
"""

import secrets
from collections.abc import Callable
from typing import TypeVar

import flask_login
from flask import Flask, Response, jsonify, redirect, request
from werkzeug.exceptions import LengthRequired, RequestEntityTooLarge, ServiceUnavailable
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from ops_centre.api import errors, headers, session
from ops_centre.api.destinations import sign_in_address
from ops_centre.api.origin import SAFE_METHODS, Site, site_of
from ops_centre.api.parts import EdgeParts
from ops_centre.errors import Invalid, NotPermitted

SIGN_IN = "/sign-in"
CALENDAR = "/calendar/<secret>.ics"  # its address is the secret: calendars on desks cannot sign in
OPEN_RULES = frozenset({SIGN_IN, "/healthz", "/readyz", "/favicon.ico", "/_favicon.ico", CALENDAR})
OPEN_PREFIXES = ("/assets/", "/_dash-component-suites/")
MAY_WRITE = "__ops_token_may_write__"
MAY_HOLD = "__ops_may_hold__"

View = TypeVar("View", bound=Callable[..., object])

set_csp_hashes = headers.set_csp_hashes


def token_may_write(view: View) -> View:
    """Mark a route whose unsafe methods scripts may use with a bearer token."""
    setattr(view, MAY_WRITE, True)
    return view


def takes_up_to(size: int) -> Callable[[View], View]:
    """Mark a route whose requests may be as large as ``size`` bytes (a file), more than others may."""

    def mark(view: View) -> View:
        setattr(view, MAY_HOLD, size)
        return view

    return mark


def install(server: Flask, ops: EdgeParts) -> None:
    """Put the guard, sessions, headers and error pages on ``server``."""
    web = ops.settings.web
    server.config["SECRET_KEY"] = secrets.token_bytes(32)  # signs nothing that lasts: sessions are in the database
    server.config["MAX_CONTENT_LENGTH"] = web.max_body_bytes
    if web.trusted_proxies:
        # the Host header is believed as it comes: a proxy must pass it on (docs/operations-guide.md)
        server.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            server.wsgi_app, x_for=web.trusted_proxies, x_proto=web.trusted_proxies, x_host=0
        )
    session.install(server, ops.accounts, behind_tls=web.behind_tls)
    errors.install(server, ops)
    headers.install(server, behind_tls=web.behind_tls)
    further = frozenset(web.origins)

    @server.before_request
    def _guard() -> AnyResponse | None:
        largest = getattr(server.view_functions.get(request.endpoint or ""), MAY_HOLD, web.max_body_bytes)
        request.max_content_length = largest
        if (request.content_length or 0) > largest:
            raise RequestEntityTooLarge
        if "Transfer-Encoding" in request.headers:  # of unknown length: it would be cut off in silence
            raise LengthRequired
        if b"%00" in request.query_string:  # PostgreSQL stores no NUL and compares with none; bodies are cleaned of it
            raise Invalid("The address asks for a text with a NUL in it.")
        if not is_open():
            if session.is_unreadable():
                raise ServiceUnavailable
            if not flask_login.current_user.is_authenticated:
                return refuse_stranger()
        elif request.method in SAFE_METHODS:
            return None
        if session.is_by_token():
            _judge_token(server)
        else:
            _judge_site(site_of(request, behind_tls=web.behind_tls, further=further))
        return None


def is_open() -> bool:
    """Whether the route of this request answers strangers. Judged by the rule that matched, never by the raw path."""
    rule = request.url_rule.rule if request.url_rule else ""
    if rule.startswith(OPEN_PREFIXES) or rule in OPEN_RULES:
        return request.method in SAFE_METHODS or rule == SIGN_IN
    return False


def refuse_stranger() -> AnyResponse:
    """401 as JSON for scripts, Dash and fetches; pages are sent to the sign-in page and come back afterwards."""
    if errors.wants_json():
        answer: Response = jsonify(error="Sign in first.")
        answer.status_code = 401
        if request.path.startswith(session.TOKEN_PATHS):
            answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    return redirect(sign_in_address(request.full_path if request.query_string else request.path))


def _judge_token(server: Flask) -> None:
    view = server.view_functions.get(request.endpoint or "")
    if request.method not in SAFE_METHODS and not getattr(view, MAY_WRITE, False):
        raise NotPermitted("A token may only read here.")


def _judge_site(site: Site) -> None:
    if request.method in SAFE_METHODS:
        if site is Site.FOREIGN and _is_data():
            raise NotPermitted("Another site may not read this.")
        return
    if site is Site.FOREIGN:
        raise NotPermitted("This request comes from another site.")
    if site is Site.UNSAID and request.path != SIGN_IN:
        raise NotPermitted("This request does not say where it comes from (no Origin header). Scripts use a token.")


def _is_data() -> bool:
    return request.path.startswith(("/api/", "/_dash-", "/metrics"))
