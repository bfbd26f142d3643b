"""Operations over HTTP: acts and what is read, with the answers that people and scripts are given."""

from typing import Any

from ops_centre.auth.roles import Role
from tests.factories import make_feed, make_target
from tests.operation_factories import make_operation

OURS = {"Origin": "http://localhost"}


def act(client: Any, name: str, /, **body: Any) -> Any:
    number = body.pop("request", 1)
    return client.post(f"/api/v1/acts/{name}", json=body | {"request_id": f"press-{number:04d}"}, headers=OURS)


def test_an_operation_is_proposed_once_per_press_and_read_back(web_client: Any, sqlite_ops: Any) -> None:
    lead = web_client(Role.SHIFT_LEAD)
    asked = {
        "name": "Harbour watch", "purpose": "Small craft.", "agencies": ["POL"], "subjects": ["vessel"],
        "required": [{"capability": "boat", "count": 2}], "place": "nzakl",
    }  # fmt: skip
    first, again = act(lead, "operations/propose", **asked), act(lead, "operations/propose", **asked)
    assert (first.status_code, first.json["reference"], again.json["repeated"]) == (200, "D26-001", True)
    number = first.json["operation"]
    one = lead.get(f"/api/v1/operations/{number}").json
    assert (one["reference"], one["place"], one["required"], one["state"]) == ("D26-001", "NZAKL", 2, "proposed")
    assert [move["state"] for move in one["moves"]] == ["planned", "cancelled"]
    edited = act(
        lead, "operations/edit", operation=number, version=1, name="Harbour night watch", place="NZTRG",
        emptied=["place"], agencies=["OPS"], request=2,
    )  # fmt: skip
    assert (edited.status_code, edited.json["version"]) == (200, 2)
    assert lead.get(f"/api/v1/operations/{number}").json["place"] is None
    assert lead.get(f"/api/v1/operations/{number}/log?limit=1").json["entries"][0]["kind"] == "operation"


def test_refusals_come_with_their_reason(web_client: Any, sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        number = make_operation(session, marking="AMBER").id
    lead, duty = web_client(Role.SHIFT_LEAD), web_client(Role.DUTY_OFFICER)
    refused = act(lead, "operations/move", operation=number, to="planned")
    assert refused.status_code == 409
    assert "It has no commander. It has no time at which it begins." in refused.json["error"]
    assert act(duty, "operations/move", operation=number, to="planned").status_code == 403
    assert act(duty, "operations/propose", name="x", purpose="y").status_code == 403
    assert act(web_client(Role.SHIFT_LEAD, "POL"), "operations/move", operation=number, to="planned").status_code == 404
    assert act(lead, "operations/move", operation=number, to="lost").status_code == 422
    assert act(lead, "operations/edit", operation=number, version=1, colour="red").status_code == 422
    assert act(lead, "operations/commander", operation=number, commander="nobody").status_code == 422


def test_a_contingency_is_opened_from_a_target_and_told_twice_is_refused(web_client: Any, sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        target = make_target(session, make_feed(session)).id
    duty = web_client(Role.DUTY_OFFICER)
    opened = act(duty, "operations/open-contingency", kind="target", thing=target)
    assert (opened.status_code, opened.json["href"]) == (200, f"/operations/{opened.json['operation']}")
    again = act(duty, "operations/open-contingency", kind="target", thing=str(target), request=2)
    assert again.status_code == 409
    assert act(duty, "operations/open-contingency", kind="target", thing="x", request=3).status_code == 422
    chain = duty.get(f"/api/v1/chain/operation/{opened.json['operation']}").json
    assert "target" in [one["kind"] for one in chain["before"]]


def test_scripts_read_the_boards_in_their_scope_and_filter_them(web_client: Any, sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        make_operation(session, marking="AMBER", name="Own")
        make_operation(session, marking="GREEN", name="Drill", is_exercise=True)
        make_operation(session, marking="GREEN", kind="overwatch", reference="W26-001", name="Heads")

    def names(client: Any, query: str = "") -> list[str]:
        return sorted(one["name"] for one in client.get(f"/api/v1/operations{query}").json["operations"])

    duty, wall = web_client(Role.DUTY_OFFICER), web_client(Role.WALL)
    assert names(duty) == ["Drill", "Heads", "Own"]
    assert names(wall) == ["Drill", "Heads"]
    assert names(duty, "?exercise=only") == ["Drill"]
    assert names(duty, "?kind=overwatch&q=hea") == ["Heads"]
    assert duty.get("/api/v1/operations?kind=war").status_code == 422
    assert web_client(Role.FIELD_UNIT).get("/api/v1/operations").status_code == 403
    assert wall.get("/api/v1/operations/1").status_code == 404
