"""Signing in through the form, and what the cookie is worth afterwards."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from ops_centre.auth.credentials import digest
from ops_centre.auth.roles import Role
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.models import SignInSession
from ops_centre.services.audit import SYSTEM
from tests.support.clock import FakeClock
from tests.support.edge import OURS, PASSWORD, Edge, make_edge, make_server, sign_in_with

Client = Any


@pytest.fixture
def edge(sqlite_database: Database, frozen_clock: FakeClock, settings: Settings) -> Edge:
    edge = make_edge(settings, frozen_clock, sqlite_database)
    edge.accounts.add_user(SYSTEM, "duty", "Watch Officer", Role.DUTY_OFFICER, "OPS", PASSWORD)
    return edge


@pytest.fixture
def server(edge: Edge) -> Flask:
    return make_server(edge)


@pytest.fixture
def client(server: Flask) -> Client:
    return server.test_client()


def session_cookie(client: Client) -> str:
    cookie = client.get_cookie("ops_session")
    assert cookie is not None
    return str(cookie.value)


def with_cookie(server: Flask, value: str) -> Client:
    thief = server.test_client()
    thief.set_cookie("ops_session", value)
    return thief


def sessions_in(edge: Edge) -> int:
    with edge.db.reading() as session:
        return session.query(SignInSession).count()


def test_signing_in_leads_to_the_page_that_was_wanted(client: Client) -> None:
    turned_away = client.get("/?kiosk=1")
    assert turned_away.status_code == 302
    assert turned_away.location == "/sign-in?next=/%3Fkiosk%3D1"
    form = client.get(turned_away.location).get_data(as_text=True)
    wanted = re.search(r'name="next" value="([^"]*)"', form)
    assert wanted is not None
    answer = client.post("/sign-in", data={"name": "duty", "password": PASSWORD, "next": wanted[1]}, headers=OURS)
    assert (answer.status_code, answer.location) == (303, "/?kiosk=1")
    assert client.get("/").get_data(as_text=True) == "page of duty"


def test_an_anonymous_visit_leaves_no_session_and_no_session_cookie(client: Client, edge: Edge) -> None:
    for path in ("/", "/sign-in", "/api/v1/thing", "/nowhere"):
        client.get(path)
    assert client.get_cookie("ops_session") is None
    assert sessions_in(edge) == 0


def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(client: Client) -> None:
    answer = sign_in_with(client, "duty")
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("ops_session="))
    assert "; HttpOnly" in cookie
    assert "; SameSite=Lax" in cookie
    assert "; Path=/" in cookie
    assert "Expires" not in cookie
    assert "Secure" not in cookie


def test_behind_tls_the_cookie_belongs_to_this_host_alone(
    sqlite_database: Database, frozen_clock: FakeClock, settings: Settings
) -> None:
    web = settings.web.model_copy(update={"behind_tls": True, "trusted_proxies": 1})
    edge = make_edge(settings.model_copy(update={"web": web}), frozen_clock, sqlite_database)
    edge.accounts.add_user(SYSTEM, "duty", "", Role.DUTY_OFFICER, "OPS", PASSWORD)
    client = make_server(edge).test_client()
    answer = client.post(
        "/sign-in",
        data={"name": "duty", "password": PASSWORD},
        headers={"Origin": "https://localhost", "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"},
    )
    assert answer.status_code == 303
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("__Host-ops="))
    assert "; Secure" in cookie
    assert "; Path=/" in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    with edge.db.reading() as session:
        assert session.query(SignInSession).one().address == "203.0.113.9"


def test_without_trusted_proxies_nobody_chooses_the_address_they_are_counted_by(client: Client, edge: Edge) -> None:
    sign_in_with(client, "duty", **{"X-Forwarded-For": "203.0.113.9"})
    with edge.db.reading() as session:
        assert session.query(SignInSession).one().address == "127.0.0.1"


def test_a_wall_signs_in_once_and_survives_a_restart_of_its_browser(client: Client, edge: Edge) -> None:
    edge.accounts.add_user(SYSTEM, "wall", "", Role.WALL, "OPS", PASSWORD)
    answer = sign_in_with(client, "wall")
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith("ops_session="))
    assert "Expires=Sun, 31 May 2026" in cookie


def test_a_session_id_that_a_visitor_brings_along_is_never_adopted(server: Flask, edge: Edge) -> None:
    planted = "planted-by-somebody-else"
    victim = with_cookie(server, planted)
    sign_in_with(victim, "duty")
    assert session_cookie(victim) != planted
    assert with_cookie(server, planted).get("/").status_code == 302
    with edge.db.reading() as session:
        assert session.query(SignInSession).filter_by(id_hash=digest(planted)).count() == 0


def test_the_id_changes_at_every_sign_in_and_the_old_one_is_dead(server: Flask, client: Client) -> None:
    sign_in_with(client, "duty")
    old = session_cookie(client)
    sign_in_with(client, "duty")
    assert session_cookie(client) != old
    assert with_cookie(server, old).get("/").status_code == 302
    assert client.get("/").status_code == 200


def test_a_cookie_replayed_after_sign_out_is_nobody(server: Flask, client: Client) -> None:
    sign_in_with(client, "duty")
    stolen = session_cookie(client)
    assert with_cookie(server, stolen).get("/").status_code == 200
    answer = client.post("/sign-out", headers=OURS)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert client.get_cookie("ops_session") is None
    assert with_cookie(server, stolen).get("/").status_code == 302
    assert with_cookie(server, stolen).get("/api/v1/thing").status_code == 401


def test_signing_out_is_an_act_and_no_link(client: Client) -> None:
    sign_in_with(client, "duty")
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out", headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.get("/").status_code == 200


def test_a_role_change_ends_the_session_in_mid_use(client: Client, edge: Edge) -> None:
    sign_in_with(client, "duty")
    assert client.get("/api/v1/thing").status_code == 200
    edge.accounts.set_role(SYSTEM, "duty", Role.TARGETER)
    assert client.get("/api/v1/thing").status_code == 401


def test_a_disabled_account_is_out_at_its_next_request(client: Client, edge: Edge) -> None:
    sign_in_with(client, "duty")
    edge.accounts.disable(SYSTEM, "duty")
    assert client.get("/").status_code == 302


def test_a_session_ends_when_it_was_not_used(client: Client, frozen_clock: FakeClock) -> None:
    sign_in_with(client, "duty")
    for _ in range(3):
        frozen_clock.advance(timedelta(hours=7, minutes=30))
        assert client.get("/").status_code == 200
    frozen_clock.advance(hours=1, minutes=30)
    assert client.get("/").status_code == 302


def test_flask_logins_remember_cookie_is_worth_nothing(server: Flask, client: Client) -> None:
    from flask_login import encode_cookie

    other = Flask("other")
    other.config["SECRET_KEY"] = "guessed"
    with other.app_context():
        forged = encode_cookie("1")
    client.set_cookie("remember_token", forged)
    assert client.get("/").status_code == 302
    client.set_cookie("remember_token", "rubbish")
    assert client.get("/").status_code == 302


def test_a_wrong_password_is_told_on_the_form_and_keeps_the_name(client: Client) -> None:
    answer = sign_in_with(client, "duty", "not the password")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert 'role="alert"' in page
    assert "Name or password is wrong." in page
    assert 'value="duty"' in page
    assert "not the password" not in page


def test_a_throttled_form_says_until_when(client: Client) -> None:
    for _ in range(5):
        sign_in_with(client, "duty", "not the password")
    answer = sign_in_with(client, "duty")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "300"
    assert "Try again after 19:35:00 (5 min 00 s)" in answer.get_data(as_text=True)


def test_what_is_typed_as_a_name_never_becomes_markup(client: Client) -> None:
    page = sign_in_with(client, '"><script>alert(1)</script>').get_data(as_text=True)
    assert "<script" not in page


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"])
def test_signing_in_never_leads_elsewhere(client: Client, wanted: str) -> None:
    data = {"name": "duty", "password": PASSWORD, "next": wanted}
    assert client.post("/sign-in", data=data, headers=OURS).location == "/"
    assert client.get("/sign-in", query_string={"next": wanted}).location == "/"


def test_who_is_signed_in_already_is_led_on(client: Client) -> None:
    sign_in_with(client, "duty")
    assert client.get("/sign-in?next=/targets").location == "/targets"


def test_an_administrator_starts_at_the_accounts(client: Client, edge: Edge) -> None:
    edge.accounts.add_user(SYSTEM, "admin", "", Role.ADMINISTRATOR, "OPS", PASSWORD)
    assert sign_in_with(client, "admin").location == "/admin"


def test_another_site_cannot_sign_a_visitor_in(client: Client, edge: Edge) -> None:
    client.get("/sign-in")
    data = {"name": "duty", "password": PASSWORD}
    assert client.post("/sign-in", data=data, headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/sign-in", data=data, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert sessions_in(edge) == 0


def test_a_browser_that_names_no_origin_must_bring_the_forms_token(client: Client, edge: Edge) -> None:
    data = {"name": "duty", "password": PASSWORD}
    assert client.post("/sign-in", data=data).status_code == 400
    form = client.get("/sign-in").get_data(as_text=True)
    assert client.post("/sign-in", data=data | {"form_token": "made up"}).status_code == 400
    assert sessions_in(edge) == 0
    token = re.search(r'name="form_token" value="([^"]+)"', form)
    assert token is not None
    assert client.post("/sign-in", data=data | {"form_token": token[1]}).status_code == 303


def test_the_form_says_whose_it_is_and_that_this_is_an_exercise(client: Client) -> None:
    page = client.get("/sign-in").get_data(as_text=True)
    assert "Border Operations" in page
    assert "Exercise" in page
    for field in re.findall(r'<input id="([^"]+)"', page):
        assert f'<label for="{field}"' in page
    assert "<script" not in page


def test_a_live_centre_does_not_say_exercise(
    sqlite_database: Database, frozen_clock: FakeClock, settings: Settings
) -> None:
    live = settings.model_copy(update={"centre": settings.centre.model_copy(update={"mode": "live"})})
    page = make_server(make_edge(live, frozen_clock, sqlite_database)).test_client().get("/sign-in")
    assert "xercise" not in page.get_data(as_text=True)


def test_one_changes_ones_password_and_signs_in_with_it(client: Client) -> None:
    assert client.get("/password").location == "/sign-in?next=/password"
    sign_in_with(client, "duty")
    assert "Present password" in client.get("/password").get_data(as_text=True)
    new = "seven gulls on a mast"

    def change(**data: str) -> Any:
        return client.post("/password", data={"present": PASSWORD, "new": new, "again": new} | data, headers=OURS)

    assert "differ" in change(again="other").get_data(as_text=True)
    assert "at least 12" in change(new="short", again="short").get_data(as_text=True)
    assert "present password is wrong" in change(present="not the password").get_data(as_text=True)
    assert change().location == "/sign-in"
    assert client.get("/").status_code == 302
    assert sign_in_with(client, "duty", new).status_code == 303
