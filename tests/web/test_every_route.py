"""The whole application: every route and every callback refuses strangers, and hands each role only what is its."""

import json
import re
from typing import Any

import pytest
from flask import Flask

from ops_centre.api.guard import OPEN_PREFIXES, OPEN_RULES
from ops_centre.auth.permissions import Permission
from ops_centre.auth.roles import HOLDS, Role

Client = Any
OURS = {"Origin": "http://localhost"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
STRANGERS_MAY = {  # the whole list: a new entry needs a reason here and in docs/permissions.md
    "/sign-in",
    "/healthz",
    "/readyz",
    "/favicon.ico",
    "/_favicon.ico",
    "/assets/",
    "/_dash-component-suites/",
    "/calendar/<secret>.ics",  # desk calendars cannot sign in; the address is the secret, and it holds little
}


@pytest.fixture
def app(sqlite_ops: Any) -> Any:
    from app import create_app

    made = create_app(sqlite_ops)
    made._setup_server()
    return made


@pytest.fixture
def server(app: Any) -> Flask:
    return app.server


@pytest.fixture
def stranger(server: Flask) -> Client:
    return server.test_client()


def addresses(server: Flask) -> list[tuple[str, str]]:
    """Rule and a concrete address, for every rule of the application."""
    rules = sorted({rule.rule for rule in server.url_map.iter_rules()})
    return [(rule, re.sub(r"<(?:int|float):[^>]+>", "1", rule)) for rule in rules]


def concrete(address: str) -> str:
    return re.sub(r"<[^>]+>", "x", address)


def strangers_may(rule: str) -> bool:
    return rule in STRANGERS_MAY or any(rule.startswith(may) for may in STRANGERS_MAY if may.endswith("/"))


def test_the_list_of_what_strangers_may_is_the_guards() -> None:
    assert set(OPEN_RULES) | set(OPEN_PREFIXES) == STRANGERS_MAY


def test_every_rule_refuses_strangers_whatever_the_method(server: Flask, stranger: Client) -> None:
    answered, tried = [], 0
    for rule, address in addresses(server):
        if strangers_may(rule):
            continue
        for method in METHODS:
            tried += 1
            answer = stranger.open(concrete(address), method=method, headers=OURS)
            to_sign_in = answer.status_code == 302 and answer.location.startswith("/sign-in")
            if not (answer.status_code == 401 or to_sign_in):
                answered.append(f"{method} {rule}: {answer.status_code}")
    assert tried > 60
    assert answered == []


def test_what_strangers_may_read_tells_them_nothing(server: Flask, stranger: Client, sqlite_ops: Any) -> None:
    for path in ("/healthz", "/readyz"):
        words = stranger.get(path).get_json()
        assert set(words) == {"status"}


def test_every_callback_refuses_strangers(app: Any, stranger: Client) -> None:
    answered = []
    for output, entry in app.callback_map.items():
        answer = stranger.post("/_dash-update-component", json=press(output, entry), headers=OURS)
        if answer.status_code != 401 or answer.get_json() != {"error": "Sign in first."}:
            answered.append(output)
    assert app.callback_map
    assert answered == []


def press(output: str, entry: dict[str, Any]) -> dict[str, Any]:
    """What a browser would post for a callback, made up."""
    ends = entry["inputs"]
    return {
        "output": output,
        "outputs": [],
        "inputs": [end | {"value": 1} for end in ends],
        "state": [end | {"value": "x"} for end in entry["state"]],
        "changedPropIds": [f"{ends[0]['id']}.{ends[0]['property']}"] if ends else [],
    }


def outputs_of(output: str) -> Any:
    """The ``outputs`` part of a post, from the name Dash gives a callback."""
    names = output.strip(".").split("...") if output.startswith("..") else [output]
    parts = []
    for name in names:
        identity, _, prop = name.rpartition(".")
        parts.append({"id": json.loads(identity) if identity.startswith("{") else identity, "property": prop})
    return parts if output.startswith("..") else parts[0]


@pytest.mark.parametrize("role", Role)
def test_every_callback_refuses_a_role_that_lacks_its_permission(app: Any, web_client: Any, role: Role) -> None:
    from callbacks.binding import NEEDS

    client, let_in = web_client(role), []
    for output, entry in app.callback_map.items():
        needs = permission_of(entry.get("callback"), NEEDS)
        if needs is None or needs in HOLDS[role]:
            continue
        post = press(output, entry) | {"outputs": outputs_of(output)}
        answer = client.post("/_dash-update-component", json=post, headers=OURS)
        if answer.status_code != 403 or needs.value not in answer.get_json()["error"]:
            let_in.append((output, answer.status_code))
    assert let_in == []


def permission_of(function: Any, mark: str) -> Permission | None:
    while function is not None:
        found = getattr(function, mark, None)
        if found is not None:
            return Permission(found)
        function = getattr(function, "__wrapped__", None)
    return None


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "http://evil.example"}, {"Origin": "null"}, OURS | {"Sec-Fetch-Site": "cross-site"}],
)
def test_no_callback_runs_for_another_site(app: Any, web_client: Any, headers: dict[str, str]) -> None:
    client = web_client(Role.ADMINISTRATOR)
    for output, entry in app.callback_map.items():
        answer = client.post("/_dash-update-component", json=press(output, entry), headers=headers)
        assert answer.status_code == 403


NEEDS_OF_ROUTES = {
    "/api/v1/picture": Permission.PICTURE_VIEW,
    "/api/v1/picture/changes?since=0": Permission.PICTURE_VIEW,
    "/api/v1/picture/stream": Permission.PICTURE_VIEW,
    "/api/v1/tracks/1/trail": Permission.PICTURE_VIEW,
    "/metrics": Permission.METRICS_VIEW,
    "/api/v1/log": Permission.LOG_VIEW,
    "/api/v1/log/1": Permission.LOG_VIEW,
    "/api/v1/log/complete": Permission.LOG_VIEW,
}


@pytest.mark.parametrize("role", Role)
def test_every_route_refuses_a_role_that_lacks_its_permission(web_client: Any, role: Role) -> None:
    client = web_client(role)
    for path, needs in NEEDS_OF_ROUTES.items():
        if needs not in HOLDS[role]:
            assert client.get(path).status_code == 403, path


@pytest.mark.parametrize("role", Role)
def test_the_page_holds_no_part_that_is_not_the_roles(web_client: Any, role: Role) -> None:
    layout = web_client(role).get("/_dash-layout").get_data(as_text=True)
    parts = {"admin-add": Permission.ACCOUNT_ADMIN, "admin-trail": Permission.AUDIT_VIEW}
    for part, needs in parts.items():
        assert (f'"id":"{part}"' in layout) is (needs in HOLDS[role])


def test_dashs_own_tools_are_off(server: Flask, web_client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [rule.rule for rule in server.url_map.iter_rules() if "mcp" in rule.rule] == []
    assert [rule.rule for rule in server.url_map.iter_rules() if "reload-hash" in rule.rule and server.debug] == []


def test_the_policy_allows_dashs_inline_scripts_by_hash_alone(web_client: Any) -> None:
    answer = web_client().get("/")
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    sources = policy["script-src"].split()
    assert sources[0] == "'self'"
    assert sources[1:]
    assert all(source.startswith("'sha256-") for source in sources[1:])
    for source in re.findall(r'(?:src|href)="([^"]+)"', answer.get_data(as_text=True)):
        assert not source.startswith(("http:", "https:", "//"))
