"""The map's files: for those signed in, compressed, kept by browsers, and nothing but the four."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import brotli
import pytest

from ops_centre.api.map_data import map_urls

NAMES = ["basemap-world.json", "basemap-detail.json", "limits.json", "places.json"]


@pytest.fixture
def client(web_client: Callable[..., Any]) -> Any:
    """Somebody signed in."""
    return web_client()


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_the_same_plain_and_compressed(client: Any, name: str) -> None:
    plain = client.get(f"/map/{name}")
    br = client.get(f"/map/{name}", headers={"Accept-Encoding": "gzip, br"})
    gz = client.get(f"/map/{name}", headers={"Accept-Encoding": "gzip"})
    assert (plain.status_code, br.status_code, gz.status_code) == (200, 200, 200)
    assert br.headers["Content-Encoding"] == "br"
    assert gz.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert json.loads(plain.data) == json.loads(brotli.decompress(br.data)) == json.loads(gzip.decompress(gz.data))
    assert {answer.headers["Vary"] for answer in (plain, br, gz)} >= {"Accept-Encoding"}


@pytest.mark.parametrize("name", NAMES)
def test_a_browser_that_has_a_file_is_not_sent_it_again(client: Any, name: str) -> None:
    first = client.get(f"/map/{name}")
    again = client.get(f"/map/{name}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_only_the_present_version_may_be_kept_for_a_year(client: Any, sqlite_ops: Any) -> None:
    for name, url in map_urls(sqlite_ops).items():
        assert "immutable" in client.get(url).headers["Cache-Control"]
        for other in (f"/map/{name}", f"/map/{name}?v=older"):
            assert client.get(other).headers["Cache-Control"] == "private, max-age=300"


@pytest.mark.parametrize("name", ["world.json", "places.json.gz", "limits", "config.toml"])
def test_anything_else_is_not_found(client: Any, name: str) -> None:
    assert client.get(f"/map/{name}").status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_a_stranger_gets_none_of_it(web_client: Callable[..., Any], name: str) -> None:
    answer = web_client(role=None).get(f"/map/{name}", headers={"Accept": "application/json"})
    assert answer.status_code == 401


def test_limits_say_what_they_are(client: Any) -> None:
    limits = client.get("/map/limits.json").json
    assert limits["approximate"] is True
    assert {feature["properties"]["kind"] for feature in limits["features"]} == {"port", "12nm", "24nm", "eez"}
    assert {feature["geometry"]["type"] for feature in limits["features"]} == {"MultiLineString"}
