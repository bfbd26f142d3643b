"""Watches and enquiries over HTTP: acts, their refusals, and what each role reads."""

import uuid
from typing import Any

import pytest

from ops_centre.auth.roles import Role

OURS = {"Origin": "http://localhost"}


def act(client: Any, name: str, **body: Any) -> Any:
    return client.post(f"/api/v1/acts/{name}", json={"request_id": uuid.uuid4().hex} | body, headers=OURS)


HEADS = dict.fromkeys(("situation", "mission", "execution", "administration", "command"), "As told.")


def test_a_watch_is_opened_offered_and_accepted_by_another_lead(web_client: Any) -> None:
    lead, second = web_client(Role.SHIFT_LEAD), web_client(Role.SHIFT_LEAD)
    assert act(lead, "watch/open", reason="The centre starts.").status_code == 200
    offer = act(lead, "watch/offer", **HEADS).get_json()["handover"]
    assert act(lead, "watch/accept", handover=offer).status_code == 409
    seen = second.get("/api/v1/watch").get_json()
    assert (seen["on"]["state"], seen["handover"]["heads"]["situation"]) == ("handover pending", "As told.")
    assert act(second, "watch/accept", handover=offer).status_code == 200
    now = lead.get("/api/v1/watch").get_json()
    assert (now["on"]["state"], now["handover"], len(now["past"])) == ("open", None, 1)
    card = lead.get(f"/api/v1/watch/{now['past'][0]['id']}").get_json()
    assert card["handovers"][0]["state"] == "accepted"


def test_a_press_that_arrives_twice_is_answered_alike(web_client: Any) -> None:
    lead = web_client(Role.SHIFT_LEAD)
    body = {"request_id": "twice-12345678", "reason": "start"}
    first = lead.post("/api/v1/acts/watch/open", json=body, headers=OURS).get_json()
    again = lead.post("/api/v1/acts/watch/open", json=body, headers=OURS).get_json()
    assert again == first | {"repeated": True}


@pytest.mark.parametrize("name", ["watch/open", "watch/offer", "watch/accept", "watch/assign"])
def test_a_duty_officer_leads_no_watch(web_client: Any, name: str) -> None:
    assert act(web_client(), name).status_code == 403


def test_a_brief_with_a_blank_head_is_refused_in_words(web_client: Any) -> None:
    lead = web_client(Role.SHIFT_LEAD)
    act(lead, "watch/open", reason="start")
    refused = act(lead, "watch/offer", situation="Quiet.")
    assert refused.status_code == 422
    assert "mission" in refused.get_json()["error"]
    assert act(lead, "watch/offer", nothing_to_report=True).status_code == 200


def test_an_enquiry_is_taken_down_and_answered(web_client: Any) -> None:
    duty = web_client()
    taken = act(duty, "enquiries/take-down", asker_kind="abroad", asker="Fiji", question="TERN?", due_minutes=30)
    number = taken.get_json()["enquiry"]
    assert act(duty, "enquiries/answer", enquiry=number, answer="Yes.").status_code == 422
    done = act(duty, "enquiries/answer", enquiry=number, answer="Yes.", legal_basis="Agreement of 2019")
    assert done.status_code == 200
    assert duty.get("/api/v1/enquiries").get_json()["enquiries"] == []
    answered = duty.get("/api/v1/enquiries?state=answered&q=tern").get_json()
    assert [row["id"] for row in answered["enquiries"]] == [number]
    assert len(duty.get(f"/api/v1/enquiries/{number}").get_json()["steps"]) == 2


def test_what_cannot_be_an_enquiry_is_refused(web_client: Any) -> None:
    duty = web_client()
    given = {"asker_kind": "unit", "asker": "HAWK 2", "question": "?"}
    assert act(duty, "enquiries/take-down", **given).status_code == 422  # no time
    assert act(duty, "enquiries/take-down", **given, due_minutes=30, about="target").status_code == 422
    assert act(duty, "enquiries/take-down", **given, due_minutes=30, about="target:999999").status_code == 404
    assert duty.get("/api/v1/enquiries?state=lost").status_code == 422
    assert duty.get("/api/v1/enquiries?asker_kind=%00").status_code == 422
    assert duty.get("/api/v1/enquiries/99999999999999").status_code == 404


def test_an_enquiry_of_another_agency_does_not_exist(web_client: Any) -> None:
    duty, police = web_client(), web_client(Role.AGENCY_LIAISON, "POL")
    given = {"asker_kind": "unit", "asker": "HAWK 2", "question": "?", "due_minutes": 30}
    number = act(duty, "enquiries/take-down", **given).get_json()["enquiry"]
    assert police.get(f"/api/v1/enquiries/{number}").status_code == 404
    body = police.get("/api/v1/enquiries").get_json()
    assert (body["figures"]["open"], body["enquiries"]) == (0, [])
    assert act(police, "enquiries/answer", enquiry=number, answer="x").status_code == 404


@pytest.mark.parametrize("role", [Role.WALL, Role.FIELD_UNIT])
def test_an_open_screen_and_the_field_read_no_enquiries(web_client: Any, role: Role) -> None:
    client = web_client(role)
    assert client.get("/api/v1/enquiries").status_code == 403
    assert act(client, "watch/join").status_code == 403


def test_since_tells_whoever_signs_in_again_what_happened(web_client: Any, sqlite_ops: Any, frozen_clock: Any) -> None:
    from tests.conftest import PASSWORD

    first = web_client()
    name = first.get("/api/v1/openapi.json") and sqlite_ops.accounts.users("system")[-1].name
    assert first.get("/api/v1/watch/since").get_json()["since"] is None  # never here before
    frozen_clock.advance(hours=1)
    first.post("/sign-out", headers=OURS)
    frozen_clock.advance(hours=3)
    other = web_client()
    given = {"asker_kind": "unit", "asker": "HAWK 2", "question": "Where?", "due_minutes": 30}
    number = act(other, "enquiries/take-down", **given).get_json()["enquiry"]
    act(other, "enquiries/answer", enquiry=number, answer="There.")
    frozen_clock.advance(hours=1)
    first.post("/sign-in", data={"name": name, "password": PASSWORD}, headers=OURS)
    since = first.get("/api/v1/watch/since").get_json()["since"]
    assert since["how"] == "you signed out"
    assert since["counts"]["enquiries answered"] == 1
    assert [line["href"] for line in since["lines"]] == [f"/enquiries/{number}"]
