"""Every callback carries its permission, every id it names exists, every route of the API is described."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from callbacks.binding import NEEDS
from ops_centre.auth.permissions import Permission


@pytest.fixture
def app(sqlite_ops: Any) -> Any:
    from app import create_app

    return create_app(sqlite_ops)


def server_side(app: Any) -> dict[str, Any]:
    """Output to function, of the callbacks that run on the server."""
    app._setup_server()
    return {output: entry["callback"] for output, entry in app.callback_map.items() if "callback" in entry}


def test_every_callback_carries_its_permission(app: Any) -> None:
    bound = server_side(app)
    assert bound
    unguarded = [output for output, function in bound.items() if not isinstance(_needs(function), Permission)]
    assert unguarded == []


def _needs(function: Any) -> Permission | None:
    while function is not None:
        if needs := getattr(function, NEEDS, None):
            return needs
        function = getattr(function, "__wrapped__", None)
    return None


def ids_of(component: Any) -> Iterator[str]:
    """Ids of a component and everything in it, pattern ids by their keys."""
    for part in [component, *component._traverse()]:
        identity = getattr(part, "id", None)
        if isinstance(identity, str):
            yield identity
        elif isinstance(identity, dict):
            yield ",".join(sorted(identity))


def named_ids(app: Any) -> Iterator[tuple[str, str]]:
    """Every id a callback names, with the callback."""
    for output, entry in app.callback_map.items():
        ends = [*entry["inputs"], *entry["state"]]
        for end in [end["id"] for end in ends] + [part.rsplit(".", 1)[0] for part in _outputs(output)]:
            identity = json.loads(end) if end.startswith("{") else end
            yield (identity if isinstance(identity, str) else ",".join(sorted(identity))), output


def _outputs(output: str) -> list[str]:
    inner = output.strip(".") if output.startswith("..") else output
    return [part.split("@")[0] for part in inner.split("...")]


def test_every_id_that_a_callback_names_exists(app: Any) -> None:
    app._setup_server()
    known = set(ids_of(app.validation_layout))
    missing = {identity: output for identity, output in named_ids(app) if identity not in known}
    assert missing == {}


def test_no_callback_may_name_what_does_not_exist(app: Any) -> None:
    assert not app.config.suppress_callback_exceptions


@pytest.fixture
def described(web_client: Any) -> dict[str, set[str]]:
    """Path to methods, as /api/v1/openapi.json tells them."""
    document = web_client().get("/api/v1/openapi.json").get_json()
    prefix = "" if any(path.startswith("/api/v1") for path in document["paths"]) else "/api/v1"
    words = {"get", "post", "put", "patch", "delete"}
    return {prefix + path: words & set(methods) for path, methods in document["paths"].items()}


def test_every_route_of_the_api_is_described_by_openapi(app: Any, described: dict[str, set[str]]) -> None:
    undescribed = []
    for rule in app.server.url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)
        methods = {method.lower() for method in rule.methods - {"HEAD", "OPTIONS"}}
        if path.startswith("/api/v1/") and methods - described.get(path, set()):
            undescribed.append(path)
    assert undescribed == []


def test_openapi_describes_no_route_that_is_not_there(app: Any, described: dict[str, set[str]]) -> None:
    rules = app.server.url_map.bind("localhost")
    ghosts = []
    for path, methods in described.items():
        concrete = "/".join("1" if part.startswith("{") else part for part in path.split("/"))
        ghosts += [f"{method} {path}" for method in methods if not rules.test(concrete, method.upper())]
    assert ghosts == []
