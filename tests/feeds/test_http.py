"""HTTP sources: whatever the server does, the call ends in time and within its size, and says why."""

import gzip
import socket
import time
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from ops_centre.errors import ConfigError, FeedUnavailable
from ops_centre.feeds.transports.http import HttpSettings, HttpSource
from tests.support.source import answer, source


def fetch(*answers: bytes | Callable[[socket.socket], None], **settings: Any) -> Any:
    with source(*answers) as server:
        return HttpSource(HttpSettings(url=server.url, **settings)).get()


def test_a_document_comes_with_its_etag() -> None:
    got = fetch(answer(b"[1]", 'ETag: "v1"'))
    assert (got.body, got.etag) == (b"[1]", '"v1"')


def test_an_unchanged_document_is_none_and_was_asked_for_by_its_etag() -> None:
    with source(answer(b"", status="304 Not Modified")) as server:
        assert HttpSource(HttpSettings(url=server.url)).get(etag='"v1"') is None
        assert 'if-none-match: "v1"' in server.requests[0].lower()


def test_304_to_a_question_without_etag_is_an_error() -> None:
    with pytest.raises(FeedUnavailable, match="status 304"):
        fetch(answer(b"", status="304 Not Modified"))


def test_the_query_is_added_to_that_of_the_address() -> None:
    with source(answer(b"[]")) as server:
        HttpSource(HttpSettings(url=server.url + "?view=all")).get({"cursor": "a&b"})
        assert server.requests[0].startswith("GET /records?view=all&cursor=a%26b HTTP/1.1")


def test_gzip_is_read() -> None:
    assert fetch(answer(gzip.compress(b"[1, 2]"), "Content-Encoding: gzip")).body == b"[1, 2]"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answer(b"<html>busy</html>", kind="text/html; charset=utf-8"), "text/html, not JSON"),
        (answer(b"[]", kind="application/json; charset=utf-16"), "utf-16"),
        (answer(b"", status="302 Found"), "redirects are not followed"),
        (answer(b"", status="401 Unauthorized"), "refuses us"),
        (answer(b"", status="503 Service Unavailable"), "status 503"),
        (answer(b"", status="204 No Content"), "status 204"),
        (answer(b"\x1f\x8bgarbage", "Content-Encoding: gzip"), "broken gzip"),
        (answer(gzip.compress(b"[1, 2]")[:-4], "Content-Encoding: gzip"), "broke off"),
        (answer(b"[]", "Content-Encoding: br"), "encoding 'br'"),
        (answer(b"[]")[:-1], "127.0.0.1"),
        (b"", "127.0.0.1"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "127.0.0.1"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: " + b"a" * 200_000 + b"\r\n\r\n", "127.0.0.1"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "127.0.0.1"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "127.0.0.1"),
    ],
)
def test_what_is_no_proper_answer_is_an_unavailable_feed(reply: bytes, reason: str) -> None:
    with pytest.raises(FeedUnavailable, match=reason):
        fetch(reply)


def test_nobody_listening_is_an_unavailable_feed() -> None:
    with source(b"") as server:
        url = server.url
    with pytest.raises(FeedUnavailable, match=r"127\.0\.0\.1"):
        HttpSource(HttpSettings(url=url)).get()


def drip(connection: socket.socket, first: bytes, each: bytes) -> None:
    """Send a byte now and then, so that no single read ever times out."""
    connection.sendall(first)
    end = time.monotonic() + 8
    connection.settimeout(0.05)
    while time.monotonic() < end:
        try:
            if connection.recv(1) == b"":
                return
        except TimeoutError:
            connection.sendall(each)


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n",
    ],
    ids=["before the answer", "inside the headers", "inside the body"],
)
def test_a_dripping_source_is_cut_off_at_the_deadline(first: bytes) -> None:
    begun = time.monotonic()
    with pytest.raises(FeedUnavailable, match="did not finish within"):
        fetch(lambda connection: drip(connection, first, b"H" if not first else b"1"), deadline_seconds=0.4)
    assert time.monotonic() - begun < 4


def flood(connection: socket.socket) -> None:
    """Sixty megabytes, as long as somebody takes them."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    for _ in range(60):
        connection.sendall(b"1" * 1_000_000)


def test_a_flood_is_cut_off_at_the_limit() -> None:
    with pytest.raises(FeedUnavailable, match="more than 100,000 bytes"):
        fetch(flood, max_bytes=100_000)


def test_a_gzip_bomb_is_cut_off_by_what_it_unpacks_to() -> None:
    bomb = gzip.compress(b"1" * 30_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(FeedUnavailable, match="more than 100,000 bytes"):
        fetch(answer(bomb, "Content-Encoding: gzip"), max_bytes=100_000)


def test_the_secret_comes_from_the_environment_and_goes_into_the_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPS_TARGETING_TOKEN", "s3cret")
    with source(answer(b"[]")) as server:
        HttpSource(HttpSettings(url=server.url, token_env="OPS_TARGETING_TOKEN")).get()
        HttpSource(HttpSettings(url=server.url, token_env="OPS_TARGETING_TOKEN", token_header="X-Api-Key")).get()
        assert "authorization: bearer s3cret" in server.requests[0].lower()
        assert "x-api-key: s3cret" in server.requests[1].lower()


def test_a_missing_or_unusable_secret_names_the_variable_and_never_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = HttpSettings(url="http://127.0.0.1:9/", token_env="OPS_TOKEN")
    with pytest.raises(FeedUnavailable, match="OPS_TOKEN"):
        HttpSource(settings).get()
    monkeypatch.setenv("OPS_TOKEN", "s3cret\nX-Forged: 1")
    with pytest.raises(FeedUnavailable, match="OPS_TOKEN") as refused:
        HttpSource(settings).get()
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    "settings",
    [
        {"url": "ftp://example.org/x"},
        {"url": "file:///etc/passwd"},
        {"url": "https://user:secret@example.org/"},
        {"url": "http://"},
        {"url": "http://example.org:99999/"},
        {"url": "http://example.org/", "token_env": "OPS_TOKEN"},
        {"url": "https://example.org/", "token_env": "HOME"},
        {"url": "https://example.org/", "client_key": "key.pem"},
    ],
)
def test_an_unsafe_or_impossible_address_is_refused_before_anything_starts(settings: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        HttpSettings(**settings)


def test_a_certificate_that_is_not_there_is_a_fault_of_the_configuration(tmp_path: Any) -> None:
    with pytest.raises(ConfigError, match="ca_file"):
        HttpSource(HttpSettings(url="https://example.org/", ca_file=tmp_path / "none.pem"))
