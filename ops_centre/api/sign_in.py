"""Signing in and out, and changing one's password: plain pages that work without scripts.

The forms are proof against other sites twice over: the guard judges Origin and Sec-Fetch-Site, and a browser that sends
neither has to bring the form's token, which stands in a short-lived cookie too (double submit).
"""

import hmac
import secrets

import flask_login
from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from ops_centre.api import session
from ops_centre.api.destinations import first_page, local_page
from ops_centre.api.origin import Site, site_of
from ops_centre.api.parts import EdgeParts
from ops_centre.errors import OpsError
from ops_centre.services.sign_ins import SignInRefused, Throttled

FORM_FIELD = "form_token"
SEE_OTHER = 303


class FormExpired(SignInRefused):
    """The form's token is missing or not the browser's."""

    status = 400


def blueprint(ops: EdgeParts) -> Blueprint:
    """The routes /sign-in, /sign-out and /password."""
    pages = Blueprint("sign_in", __name__, template_folder="templates")
    form = Form(ops)

    @pages.get("/sign-in")
    def show() -> AnyResponse:
        if flask_login.current_user.is_authenticated:
            return redirect(_onwards(), SEE_OTHER)
        return form.page("sign_in.html")

    @pages.post("/sign-in")
    def sign_in() -> AnyResponse:
        name, password = request.form.get("name", ""), request.form.get("password", "")
        try:
            form.check()
            previous, address = session.session_id_of(current_app), session.client_address()
            session_id, _ = ops.accounts.sign_in(name, password, address, previous=previous)
        except OpsError as refused:
            return form.page("sign_in.html", refused, name=name[:64])
        session.enter(ops.accounts, session_id)
        return form.done(_onwards())

    @pages.post("/sign-out")
    def sign_out() -> AnyResponse:
        if session_id := session.session_id_of(current_app):
            ops.accounts.sign_out(session_id, session.client_address())
        session.leave()
        return redirect("/sign-in", SEE_OTHER)

    @pages.get("/favicon.ico")
    def favicon() -> AnyResponse:
        return redirect("/assets/favicon.svg")

    @pages.get("/password")
    def show_password() -> AnyResponse:
        return form.page("password.html")

    @pages.post("/password")
    def change_password() -> AnyResponse:
        actor, given = session.current_actor(), request.form
        try:
            if given.get("new", "") != given.get("again", ""):
                raise SignInRefused("The two new passwords differ.")
            ops.accounts.change_own_password(
                actor, given.get("present", ""), given.get("new", ""), session.client_address()
            )
        except OpsError as refused:
            return form.page("password.html", refused)
        session.leave()
        return redirect("/sign-in", SEE_OTHER)

    return pages


class Form:
    """Draws a form with its token, and checks what comes back."""

    def __init__(self, ops: EdgeParts) -> None:
        self._ops, web = ops, ops.settings.web
        self._behind_tls, self._further = web.behind_tls, frozenset(web.origins)
        self._cookie = "__Host-ops-form" if web.behind_tls else "ops_form"

    def page(self, template: str, refused: OpsError | None = None, **values: str) -> Response:
        """The form, with what was wrong about the last try."""
        token = request.cookies.get(self._cookie) or secrets.token_urlsafe(24)
        page = render_template(
            template,
            centre=self._ops.settings.centre,
            is_exercise=self._ops.settings.is_exercise,
            token=token,
            error=str(refused) if refused else None,
            next=local_page(request.values.get("next")) or "",
            **values,
        )
        response = make_response(page, refused.status if refused else 200)
        if isinstance(refused, Throttled):
            response.headers["Retry-After"] = str(max(1, int((refused.until - self._ops.clock.now()).total_seconds())))
        response.set_cookie(
            self._cookie, token, max_age=3600, httponly=True, samesite="Strict", secure=self._behind_tls, path="/"
        )
        return response

    def check(self) -> None:
        """Raise FormExpired unless the browser says the form is ours, or the form brings the cookie's token."""
        if site_of(request, behind_tls=self._behind_tls, further=self._further) is Site.OURS:
            return
        given, kept = request.form.get(FORM_FIELD, ""), request.cookies.get(self._cookie, "")
        if not kept or not hmac.compare_digest(given.encode(), kept.encode()):
            raise FormExpired("This form had expired. Please try again.")

    def done(self, onwards: str) -> AnyResponse:
        """On to the page that was wanted; the form's token is used up."""
        response = redirect(onwards, SEE_OTHER)
        response.delete_cookie(self._cookie, secure=self._behind_tls, httponly=True, samesite="Strict")
        return response


def _onwards() -> str:
    return local_page(request.values.get("next")) or first_page(session.current_actor())
