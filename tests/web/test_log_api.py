"""The duty log over the wire: pages, one entry, completion, acts; each in the asker's scope."""

from typing import Any

import pytest

from ops_centre.auth.roles import Role
from ops_centre.domain.duty_log import ThingKind, link
from tests.factories import make_feed, make_handling, make_target
from tests.watch_factories import make_entry

OURS = {"Origin": "http://localhost"}
HOSTILE = "<img src=x onerror=alert(1)> \u202egnp.exe"


def post(client: Any, act: str, request_id: str = "request-0001", **body: Any) -> Any:
    return client.post(f"/api/v1/acts/{act}", json=body | {"request_id": request_id}, headers=OURS)


def seqs(client: Any, query: str = "") -> list[int]:
    return [row["seq"] for row in client.get(f"/api/v1/log{query}").get_json()["entries"]]


def log_of(ops: Any, *texts: str, **given: Any) -> list[int]:
    with ops.db.begin() as session:
        return [make_entry(session, text, **given) for text in texts]


def test_an_entry_is_written_and_found(web_client: Any) -> None:
    client = web_client()
    said = post(client, "log/write", text="Yacht seen off Ōpua #Kahu").get_json()
    assert said == {"said": "Entry 1 is in the log.", "seq": 1, "href": "/log/1"}
    entry = client.get("/api/v1/log?text=opua&operation=kahu").get_json()["entries"][0]
    assert (entry["kind"], entry["links"]) == ("observation", [["operation", "kahu", "Kahu"]])


def test_hostile_words_come_back_as_they_were_written(web_client: Any) -> None:
    client = web_client()
    post(client, "log/write", text=HOSTILE)
    answer = client.get("/api/v1/log/1")
    assert answer.content_type == "application/json"
    assert answer.get_json()["entry"]["text"] == HOSTILE


def test_a_second_press_writes_once(web_client: Any) -> None:
    client = web_client()
    first = post(client, "log/write", text="Once").get_json()
    again = post(client, "log/write", text="Once").get_json()
    assert again == first | {"repeated": True}
    assert seqs(client) == [1]


def test_pages_go_back_and_new_entries_come_in(web_client: Any, sqlite_ops: Any) -> None:
    log_of(sqlite_ops, *(f"entry {number}" for number in range(5)))
    client = web_client()
    assert seqs(client, "?limit=2") == [5, 4]
    assert seqs(client, "?limit=2&before=4") == [3, 2]
    assert seqs(client, "?after=3") == [5, 4]
    counted = client.get("/api/v1/log?limit=2&count=1").get_json()
    assert counted["count"] == {"number": 5, "capped": False}
    assert counted["more"] is True


def test_an_entry_opened_tells_its_seals_and_neighbours(web_client: Any, sqlite_ops: Any) -> None:
    log_of(sqlite_ops, "one", "two", "three")
    card = web_client().get("/api/v1/log/2").get_json()
    assert (card["before"], card["after"], card["may_correct"]) == (1, 3, False)
    assert len(card["entry"]["leaf_hash"]) == len(card["entry"]["chain_hash"]) == 64
    assert "author_id" not in card["entry"]


def test_a_correction_is_written_under_its_reason(web_client: Any) -> None:
    client = web_client()
    post(client, "log/write", text="HAWK 3 called")
    said = post(client, "log/correct", "request-0002", entry=1, text="HAWK 4 called", reason="misheard").get_json()
    assert said["seq"] == 2
    card = client.get("/api/v1/log/1").get_json()
    assert [row["seq"] for row in card["corrections"]] == [1, 2]
    assert card["why_not"] == "Entry 1 was corrected by entry 2; correct that one."


@pytest.mark.parametrize(
    "query",
    [
        "since=x", "until=-1", "until=99999999999999999", "clock=none", "by=me", "kinds=nonsense", "thing=target",
        "thing=nonsense:1", "unit=x", "limit=0", "limit=9999", "before=0", "before=x", "after=-1",
    ],
)  # fmt: skip
def test_what_cannot_be_a_filter_is_refused_in_words(web_client: Any, query: str) -> None:
    answer = web_client().get(f"/api/v1/log?{query}")
    assert answer.status_code == 422
    assert answer.get_json()["error"]


@pytest.mark.parametrize(
    "body",
    [
        {}, {"text": ""}, {"text": "x" * 8001}, {"text": "x", "kind": "decision"}, {"text": "x", "marking": "PINK"},
        {"text": "x", "links": [["target"]]}, {"text": "x", "links": [["feed", "1"]]}, {"text": "x", "occurred_at": "noon"},
        {"text": "x", "author": "somebody else"}, {"text": "x", "occurred_at": 4_000_000_000_000},
    ],
)  # fmt: skip
def test_what_cannot_be_an_entry_is_refused_in_words(web_client: Any, body: dict[str, Any]) -> None:
    client = web_client()
    answer = post(client, "log/write", **body)
    assert answer.status_code == 422
    assert seqs(client) == []


def test_what_is_withheld_looks_as_if_it_were_not_there(web_client: Any, sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        amber = make_handling(session, "CUS", "AMBER")
        make_target(session, make_feed(session), handling=amber, label="TERN")
        links = [link(ThingKind.OPERATION, "kahu", "KAHU")]
        make_entry(session, "TERN watched", handling_id=amber.id, links=links)
    with sqlite_ops.db.reading() as session:
        sqlite_ops.picture.live.present.load(session)
    insider = web_client(Role.AGENCY_LIAISON, "CUS")
    assert seqs(insider, "?text=tern") == [1]
    for outsider in (web_client(Role.AGENCY_LIAISON, "IMM"), web_client(Role.WALL)):
        assert seqs(outsider) == seqs(outsider, "?text=tern") == seqs(outsider, "?operation=kahu") == []
        assert outsider.get("/api/v1/log?count=1").get_json()["count"]["number"] == 0
        withheld, unknown = outsider.get("/api/v1/log/1"), outsider.get("/api/v1/log/999")
        assert withheld.status_code == unknown.status_code == 404
        assert withheld.get_json() == unknown.get_json()
        for sign, begun in (("!", "te"), ("%23", "ka")):
            assert outsider.get(f"/api/v1/log/complete?sign={sign}&q={begun}").get_json() == {"found": []}
    found = insider.get("/api/v1/log/complete?sign=!&q=te").get_json()["found"]
    assert [(one["kind"], one["label"], one["marking"]) for one in found] == [("target", "TERN", "AMBER")]


def test_a_withheld_target_cannot_be_linked_to(web_client: Any, sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        hidden = make_target(session, make_feed(session), handling=make_handling(session, "CUS", "AMBER")).id
    client = web_client(Role.AGENCY_LIAISON, "IMM")
    withheld = post(client, "log/write", text="x", links=[["target", str(hidden)]])
    unknown = post(client, "log/write", text="x", links=[["target", "999"]])
    assert withheld.status_code == unknown.status_code == 404
    assert withheld.get_json() == unknown.get_json()


@pytest.mark.parametrize("role", [Role.FIELD_UNIT, Role.ADMINISTRATOR])
def test_who_may_not_read_the_log_is_refused(web_client: Any, role: Role) -> None:
    client = web_client(role)
    for path in ("/api/v1/log", "/api/v1/log/1", "/api/v1/log/complete?sign=@&q=a"):
        assert client.get(path).status_code == 403


def test_the_wall_reads_but_does_not_write(web_client: Any) -> None:
    client = web_client(Role.WALL)
    assert seqs(client) == []
    assert post(client, "log/write", text="x").status_code == 403
    assert post(client, "log/correct", entry=1, text="x", reason="y").status_code == 403
    layout = client.get("/_dash-layout").get_data(as_text=True)
    assert '"id":"quick-entry"' not in layout
