"""The guard: who is let in, from where, with what, and what the refusal looks like."""

import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from ops_centre.auth.roles import Role
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.services.audit import SYSTEM
from tests.support.accounts import trail
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
def stranger(server: Flask) -> Client:
    return server.test_client()


@pytest.fixture
def client(server: Flask) -> Client:
    client = server.test_client()
    assert sign_in_with(client, "duty").status_code == 303
    return client


@pytest.fixture
def bearer(edge: Edge) -> dict[str, str]:
    return {"Authorization": f"Bearer {edge.accounts.create_token(SYSTEM, 'duty')}"}


@pytest.mark.parametrize("path", ["/assets/tokens.css", "/healthz", "/sign-in"])
def test_a_stranger_gets_what_the_sign_in_page_needs(stranger: Client, path: str) -> None:
    assert stranger.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/assets/x", "/healthz"])
def test_what_strangers_may_read_they_may_not_write(stranger: Client, path: str) -> None:
    assert stranger.post(path, headers=OURS).status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/thing", "/api/v1/nowhere", "/_dash-layout", "/metrics", "/map/basemap.json"])
def test_scripts_and_dash_are_refused_in_json(stranger: Client, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 401
    assert answer.get_json() == {"error": "Sign in first."}


@pytest.mark.parametrize("path", ["/", "/nowhere", "/assets", "/sign-in/", "/x/../healthz", "/%2e", "/password"])
def test_pages_are_refused_towards_the_sign_in_page(stranger: Client, path: str) -> None:
    answer = stranger.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize(
    "path",
    ["/assets/../api/v1/thing", "/assets/%2e%2e/api/v1/thing", "//api/v1/thing", "/healthz/../api/v1/thing", "/./"],
)
def test_no_spelling_of_an_address_gets_round_the_guard(stranger: Client, path: str) -> None:
    body = stranger.get(path).get_data(as_text=True)
    assert "who" not in body
    assert "page of" not in body


def test_a_fetch_is_refused_in_json_wherever_it_goes(stranger: Client) -> None:
    assert stranger.get("/", headers={"Sec-Fetch-Dest": "empty"}).status_code == 401


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "NONSENSE"])
@pytest.mark.parametrize("path", ["/api/v1/thing", "/_dash-update-component", "/"])
def test_no_method_gets_a_stranger_in(stranger: Client, method: str, path: str) -> None:
    assert stranger.open(path, method=method, headers=OURS).status_code in (302, 401)


def test_who_signed_in_is_let_in(client: Client) -> None:
    assert client.get("/api/v1/thing").get_json()["who"] == "duty"
    assert client.post("/_dash-update-component", json={}, headers=OURS).get_json() == {"who": "duty"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Referer": "http://localhost/"},
        {},
    ],
)
@pytest.mark.parametrize("path", ["/_dash-update-component", "/api/v1/thing"])
def test_an_unsafe_request_that_is_not_from_our_pages_is_refused(
    client: Client, path: str, headers: dict[str, str]
) -> None:
    answer = client.post(path, json={}, headers=headers)
    assert answer.status_code == 403
    assert "site" in answer.get_json()["error"] or "Origin" in answer.get_json()["error"]


def test_another_site_reads_nothing_with_the_cookie(client: Client) -> None:
    assert client.get("/api/v1/thing", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get("/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200  # a link to a page


def test_a_further_origin_may_be_named_in_the_settings(
    sqlite_database: Database, frozen_clock: FakeClock, settings: Settings
) -> None:
    web = settings.web.model_copy(update={"origins": ["https://ops.example.org"]})
    edge = make_edge(settings.model_copy(update={"web": web}), frozen_clock, sqlite_database)
    edge.accounts.add_user(SYSTEM, "duty", "", Role.DUTY_OFFICER, "OPS", PASSWORD)
    client = make_server(edge).test_client()
    sign_in_with(client, "duty")
    headers = {"Origin": "https://ops.example.org", "Sec-Fetch-Site": "cross-site"}
    assert client.post("/api/v1/thing", headers=headers).status_code == 200


def test_a_token_reads_the_api(stranger: Client, bearer: dict[str, str]) -> None:
    assert stranger.get("/api/v1/thing", headers=bearer).get_json()["who"] == "duty"
    assert stranger.get("/metrics", headers=bearer).status_code == 200


def test_a_token_writes_only_where_the_route_says_so(stranger: Client, bearer: dict[str, str]) -> None:
    assert stranger.post("/api/v1/thing", headers=bearer).status_code == 403
    assert stranger.post("/api/v1/report", headers=bearer).get_json() == {"who": "duty"}


@pytest.mark.parametrize("path", ["/", "/_dash-update-component", "/password", "/nowhere"])
def test_a_token_is_good_for_nothing_but_the_api(stranger: Client, bearer: dict[str, str], path: str) -> None:
    assert stranger.get(path, headers=bearer).status_code == 401
    assert stranger.post(path, headers=bearer | OURS).status_code in (302, 401)


def test_a_token_opens_no_session(stranger: Client, bearer: dict[str, str]) -> None:
    answer = stranger.get("/api/v1/thing", headers=bearer)
    assert "Set-Cookie" not in answer.headers
    assert stranger.get("/api/v1/thing").status_code == 401


def test_a_bad_token_is_not_made_good_by_a_cookie(client: Client) -> None:
    answer = client.get("/api/v1/thing", headers={"Authorization": "Bearer ops_made_up"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.get("/api/v1/thing").status_code == 200


def test_a_token_in_the_address_is_no_token(stranger: Client, bearer: dict[str, str]) -> None:
    token = bearer["Authorization"].removeprefix("Bearer ")
    assert stranger.get(f"/api/v1/thing?token={token}&access_token={token}").status_code == 401


def test_a_large_body_is_refused_before_it_is_read(client: Client, settings: Settings) -> None:
    body = b"x" * (settings.web.max_body_bytes + 1)
    answer = client.post("/api/v1/thing", data=body, headers=OURS)
    assert answer.status_code == 413
    assert "large" in answer.get_json()["error"]


def test_a_body_must_say_how_long_it_is(client: Client) -> None:
    headers = OURS | {"Transfer-Encoding": "chunked"}
    answer = client.post("/api/v1/thing", input_stream=io.BytesIO(b"x" * 10), headers=headers)
    assert answer.status_code == 411


def test_a_refusal_speaks_and_is_in_the_trail_once_a_minute(
    client: Client, edge: Edge, frozen_clock: FakeClock
) -> None:
    for _ in range(3):
        answer = client.get("/api/v1/restricted")
        assert answer.status_code == 403
        assert "metrics:view" in answer.get_json()["error"]
    assert [row for row in trail(edge.db) if row[0] == "refused"] == [("refused", "duty", "GET /api/v1/restricted")]
    frozen_clock.advance(minutes=1)
    client.get("/api/v1/restricted")
    assert len([row for row in trail(edge.db) if row[0] == "refused"]) == 2


def test_errors_of_the_centre_keep_their_status_and_words(client: Client) -> None:
    answer = client.get("/api/v1/taken")
    assert (answer.status_code, answer.get_json()) == (409, {"error": "Hawk 2 was tasked by someone else."})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/sign-out", 405), ("GET", "/broken", 500)],
)
def test_an_error_on_a_page_is_a_page(client: Client, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert "/assets/sign-in.css" in answer.get_data(as_text=True)


def test_an_error_of_the_api_is_json(client: Client) -> None:
    assert client.get("/api/v1/nowhere").get_json() == {"error": "There is nothing at this address."}
    answer = client.delete("/api/v1/thing", headers=OURS)
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/broken", "/api/v1/broken"])
def test_a_fault_of_ours_shows_nobody_a_stack_trace(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 500
    assert "secret" not in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/", "/sign-in", "/api/v1/thing", "/nowhere", "/broken", "/assets/x"])
def test_every_answer_carries_the_security_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == "'self' 'sha256-abc'"
    assert policy["default-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == "'none'"
    assert "unsafe-eval" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers
    assert "Server" not in headers


def test_on_plain_http_from_another_machine_no_header_makes_browsers_complain(client: Client) -> None:
    assert "Cross-Origin-Opener-Policy" not in client.get("/sign-in", base_url="http://centre.example:8050").headers


def test_when_the_database_does_not_answer_nobody_is_sent_to_sign_in(
    client: Client, stranger: Client, edge: Edge, bearer: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_any: object) -> None:
        raise OperationalError("SELECT secret", {}, Exception("database is locked"))

    monkeypatch.setattr(edge.accounts.sessions, "find", lost)
    monkeypatch.setattr(edge.accounts.sessions, "find_token", lost)
    for answer in (
        client.get("/"),
        client.get("/api/v1/thing"),
        client.post("/_dash-update-component", headers=OURS),
        stranger.get("/api/v1/thing", headers=bearer),
    ):
        assert answer.status_code == 503
        assert "does not answer" in answer.get_data(as_text=True)
        assert "secret" not in answer.get_data(as_text=True)
    assert client.get("/healthz").status_code == 200


def test_a_refusal_that_cannot_be_audited_is_still_a_refusal(
    client: Client, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_any: object, **_named: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(edge.accounts, "refused", lost)
    assert client.get("/api/v1/restricted").status_code == 403
