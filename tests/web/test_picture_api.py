"""The API as scripts use it: GeoJSON, columns, changes, the stream, health and the description."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import brotli
import pytest
from sqlalchemy.exc import OperationalError

from app import create_app
from ops_centre.auth.roles import Role
from ops_centre.domain.observations import Batch, Fix
from ops_centre.services.audit import COMMAND_LINE
from tests.factories import make_feed, make_target, vessel_report


@pytest.fixture
def feed_id(sqlite_ops: Any) -> int:
    """A feed with one vessel and one target on the picture."""
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session)
        make_target(session, feed)
    sqlite_ops.ingest.take(feed.id, Batch(crafts=[vessel_report(fix=Fix(-36.5, 174.9))]))
    return int(feed.id)


@pytest.fixture
def bearer(sqlite_ops: Any) -> Callable[[Role], dict[str, str]]:
    """Headers of a script that acts for an account of that role."""

    def headers(role: Role) -> dict[str, str]:
        name = f"script.{role.name.lower()}"
        sqlite_ops.accounts.add_user(COMMAND_LINE, name, name, role, "OPS", "correct horse battery staple")
        return {"Authorization": f"Bearer {sqlite_ops.accounts.create_token(COMMAND_LINE, name, 'test')}"}

    return headers


def test_the_picture_is_geojson_by_layer_and_says_exercise(web_client: Any, feed_id: int) -> None:
    answer = web_client().get("/api/v1/picture")
    body = answer.get_json()
    assert body["exercise"] is True
    assert body["replay"] is False
    assert answer.headers["X-Ops-Exercise"] == "EXERCISE"
    for layer in ("tracks", "targets", "units", "places"):
        assert body["layers"][layer]["type"] == "FeatureCollection"
    vessel = body["layers"]["tracks"]["features"][0]
    assert vessel["geometry"] == {"type": "Point", "coordinates": [174.9, -36.5]}
    assert vessel["properties"]["kind"] == "vessel"


def test_the_compact_form_holds_the_same_and_is_compressed_when_large(
    web_client: Any, sqlite_ops: Any, feed_id: int
) -> None:
    many = [vessel_report(512_100_000 + n, fix=Fix(-36 - n / 1000, 174.9)) for n in range(300)]
    sqlite_ops.ingest.take(feed_id, Batch(crafts=many))
    answer = web_client().get("/api/v1/picture?format=columns", headers={"Accept-Encoding": "br"})
    assert answer.headers["Content-Encoding"] == "br"
    body = json.loads(brotli.decompress(answer.get_data()))
    assert {len(column) for column in body["tracks"].values()} == {301}


@pytest.mark.parametrize(
    "path",
    [
        "/picture?format=xml",
        "/picture/changes",
        "/picture/changes?since=-1",
        "/picture/changes?since=NaN",
        "/picture/changes?since=99999999999999999999999",
        "/tracks/1/trail?hours=0",
    ],
)
def test_a_wrong_question_gets_a_plain_answer(web_client: Any, feed_id: int, path: str) -> None:
    answer = web_client().get(f"/api/v1{path}")
    assert answer.status_code == 422
    assert answer.get_json()["error"]


def test_changes_are_told_from_a_revision_and_a_resync_when_it_is_unknown(
    web_client: Any, sqlite_ops: Any, feed_id: int
) -> None:
    client = web_client()
    revision = client.get("/api/v1/picture?format=columns").get_json()["revision"]
    assert client.get(f"/api/v1/picture/changes?since={revision}").get_json()["tracks"]["id"] == []
    assert client.get(f"/api/v1/picture/changes?since={revision + 1000}").get_json()["resync"] is True


def test_a_role_without_the_picture_is_refused(web_client: Any, feed_id: int) -> None:
    client = web_client(Role.FIELD_UNIT)
    for path in ("/picture", "/picture/changes?since=0", "/picture/stream", "/tracks/1", "/targets", "/search?q=abc"):
        assert client.get(f"/api/v1{path}").status_code == 403, path


def test_a_script_reads_with_its_token_and_nothing_else(
    web_client: Any, sqlite_ops: Any, bearer: Any, feed_id: int
) -> None:
    client = web_client(None)
    headers = bearer(Role.DUTY_OFFICER)
    assert client.get("/api/v1/picture", headers=headers).status_code == 200
    assert client.get("/api/v1/picture").status_code == 401
    assert client.get("/metrics", headers=headers).status_code == 403
    metrics = client.get("/metrics", headers=bearer(Role.ADMINISTRATOR))
    assert b'ops_picture_things{layer="tracks"}' in metrics.get_data()
    assert b"ops_worker_lease_age_seconds NaN" in metrics.get_data()  # no worker has run here, and it is not hidden


def events(answer: Any) -> Iterator[tuple[str, Any]]:
    """Server-sent events of a streamed answer."""
    name = ""
    for chunk in answer.response:
        for line in chunk.decode().splitlines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                yield name, json.loads(line[6:])


def test_the_stream_catches_up_and_then_tells_each_change(web_client: Any, sqlite_ops: Any, feed_id: int) -> None:
    client = web_client()
    revision = client.get("/api/v1/picture?format=columns").get_json()["revision"]
    sqlite_ops.ingest.take(feed_id, Batch(crafts=[vessel_report(512_000_777, fix=Fix(-40.5, 174.9))]))
    with client.get(f"/api/v1/picture/stream?since={revision}", buffered=False) as answer:
        assert answer.mimetype == "text/event-stream"
        told = events(answer)
        lats: list[float] = []
        for _name, body in told:
            lats += body.get("tracks", {}).get("lat", [])
            if -40.5 in lats:
                break
        sqlite_ops.ingest.take(feed_id, Batch(crafts=[vessel_report(512_000_778, fix=Fix(-41.5, 174.9))]))
        for _name, body in told:
            if -41.5 in body.get("tracks", {}).get("lat", []):
                break
        else:
            pytest.fail("the stream ended before the change came")


def test_an_unknown_revision_is_told_to_begin_anew(web_client: Any, feed_id: int) -> None:
    with web_client().get("/api/v1/picture/stream?since=999999", buffered=False) as answer:
        assert next(events(answer))[0] == "resync"


def test_streams_run_out_with_a_clear_refusal_and_places_come_back(
    sqlite_ops: Any, feed_id: int, monkeypatch: Any
) -> None:
    few = sqlite_ops.settings.web.model_copy(update={"max_streams": 2})
    sqlite_ops.settings = sqlite_ops.settings.model_copy(update={"web": few})
    sqlite_ops.accounts.add_user(
        COMMAND_LINE, "script", "Script", Role.DUTY_OFFICER, "OPS", "correct horse battery staple"
    )
    headers = {"Authorization": f"Bearer {sqlite_ops.accounts.create_token(COMMAND_LINE, 'script', 'x')}"}
    client = create_app(sqlite_ops).server.test_client()
    first = [client.get("/api/v1/picture/stream", headers=headers, buffered=False) for _ in range(2)]
    refused = client.get("/api/v1/picture/stream", headers=headers, buffered=False)
    assert refused.status_code == 503
    assert refused.headers["Retry-After"].isdigit()
    first[0].close()
    again = client.get("/api/v1/picture/stream", headers=headers, buffered=False)
    assert again.status_code == 200
    for answer in (first[1], again):
        answer.close()


def test_health_tells_strangers_a_word_and_no_more(web_client: Any, feed_id: int) -> None:
    client = web_client(None)
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert client.get("/readyz").get_json() == {"status": "ready"}


def test_every_route_of_the_api_is_described(web_client: Any, sqlite_ops: Any) -> None:
    document = web_client().get("/api/v1/openapi.json").get_json()
    assert document["openapi"].startswith("3.")
    described = set(document["paths"])
    assert {
        "/api/v1/picture",
        "/api/v1/picture/changes",
        "/api/v1/picture/stream",
        "/api/v1/tracks/{track_id}/trail",
    } <= described
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["summary"] != operation["operationId"], f"{path} has no words"


def test_a_published_schema_can_be_had(web_client: Any) -> None:
    client = web_client()
    assert client.get("/api/v1/schemas/targeting.json").get_json()["$schema"].startswith("https://json-schema.org/")
    assert client.get("/api/v1/schemas/nothing.json").status_code == 404


@pytest.mark.parametrize(
    "path", ["/api/v1/trucks", "/api/v1/tracks/NaN", "/api/v2/picture", "/api/v1/tracks/" + "9" * 30]
)
def test_an_address_that_does_not_exist_is_never_answered_with_a_page(web_client: Any, feed_id: int, path: str) -> None:
    answer = web_client().get(path)
    assert answer.status_code == 404
    assert "error" in answer.get_json()


def test_the_stream_goes_on_beating_when_the_clock_is_set_back_or_the_sessions_cannot_be_read(
    web_client: Any, sqlite_ops: Any, feed_id: int, monkeypatch: Any
) -> None:
    def unreadable(*_asked: Any) -> bool:
        raise OperationalError("SELECT", {}, Exception("the server closed the connection"))

    monkeypatch.setattr("ops_centre.api.stream.CHECK_PASS_EVERY", 1)
    monkeypatch.setattr(sqlite_ops.accounts, "still_valid", unreadable)
    with web_client().get("/api/v1/picture/stream", buffered=False) as answer:
        told = events(answer)
        assert "beat" in {next(told)[0], next(told)[0]}
        sqlite_ops.clock.advance(hours=-1)
        assert next(told)[0] == "beat"
