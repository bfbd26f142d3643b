"""Alerts over the wire: standing, one, load, history, and the acts, each refused to whoever may not."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from ops_centre.auth.roles import Role
from ops_centre.clock import to_ms
from tests.factories import make_handling
from tests.support.clock import START
from tests.watch_factories import make_alert

OURS = {"Origin": "http://localhost"}


def act(client: Any, name: str, **body: Any) -> Any:
    request_id = body.pop("request_id", uuid.uuid4().hex)
    return client.post(f"/api/v1/acts/{name}", json={"request_id": request_id, **body}, headers=OURS)


def add_alert(ops: Any, **given: Any) -> int:
    with ops.db.begin() as session:
        return make_alert(session, **given).id


def test_standing_alerts_are_listed_within_scope(web_client: Any, sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        red = make_handling(session, "POL", "RED").id
        seen = make_alert(session, title="AIS lost").id
        hidden = make_alert(session, handling_id=red).id
    client = web_client()
    assert [row["id"] for row in client.get("/api/v1/alerts").get_json()["alerts"]] == [seen]
    assert client.get(f"/api/v1/alerts/{seen}").get_json()["alert"]["alert"]["title"] == "AIS lost"
    assert client.get(f"/api/v1/alerts/{hidden}").status_code == 404


def test_load_and_history_are_answered_in_milliseconds(web_client: Any, sqlite_ops: Any) -> None:
    add_alert(sqlite_ops)
    client = web_client()
    load = client.get("/api/v1/alerts/load?hours=6").get_json()["load"]
    assert (load["standing"], len(load["slots"]), load["slots"][0]["at"]) == (1, 36, to_ms(START - timedelta(hours=6)))
    (row,) = client.get("/api/v1/alerts/history").get_json()["alerts"]
    assert (row["alert"]["raised_at"], row["missed"], row["events"]) == (to_ms(START), False, [])


@pytest.mark.parametrize("query", ["load?hours=0", "load?hours=x", "history?cause=weather", "history?since=-1"])
def test_questions_that_make_no_sense_are_refused_in_words(web_client: Any, query: str) -> None:
    answer = web_client().get(f"/api/v1/alerts/{query}")
    assert answer.status_code == 422
    assert answer.get_json()["error"]


def test_an_alert_is_acknowledged_claimed_and_shelved(web_client: Any, sqlite_ops: Any) -> None:
    alert = add_alert(sqlite_ops, title="AIS lost")
    client = web_client()
    assert (
        act(client, "alerts/acknowledge", alert=alert).get_json()["said"] == "Alert acknowledged: AIS lost, feed lost."
    )
    assert "claimed" in act(client, "alerts/claim", alert=alert).get_json()["said"]
    assert "shelved until" in act(client, "alerts/shelve", alert=alert, minutes=5, reason="Known").get_json()["said"]
    assert act(client, "alerts/unshelve", alert=alert).status_code == 200
    refused = act(client, "alerts/clear", alert=alert, reason="Known")
    assert (refused.status_code, "clears by itself" in refused.get_json()["error"]) == (409, True)
    steps = client.get(f"/api/v1/alerts/{alert}").get_json()["alert"]["events"]
    assert [step["what"] for step in steps] == ["acknowledged", "claimed", "shelved", "unshelved"]


def test_a_repeated_press_is_answered_as_the_first(web_client: Any, sqlite_ops: Any) -> None:
    alert = add_alert(sqlite_ops)
    client = web_client()
    first = act(client, "alerts/acknowledge", alert=alert, request_id="press-00001").get_json()
    again = act(client, "alerts/acknowledge", alert=alert, request_id="press-00001").get_json()
    assert again == first | {"repeated": True}
    other = act(client, "alerts/acknowledge", alert=add_alert(sqlite_ops, subject_id="2"), request_id="press-00001")
    assert (other.status_code, "came before with other words" in other.get_json()["error"]) == (409, True)


def test_rules_are_changed_by_the_shift_lead_alone(web_client: Any) -> None:
    change = {"cause": "last moment near", "enabled": True, "severity": "as subject", "minutes": 45}
    assert act(web_client(), "rules/change", **change).status_code == 403
    lead = web_client(Role.SHIFT_LEAD)
    assert "45 min" in act(lead, "rules/change", **change).get_json()["said"]
    assert act(lead, "rules/change", **(change | {"minutes": 0})).status_code == 422
    assert act(lead, "rules/reset", cause="last moment near").status_code == 200
    assert act(lead, "notices/test", channel="nowhere").status_code == 404


def test_a_lookout_is_set_up_and_ended(web_client: Any) -> None:
    client = web_client()
    asked = {"label": "TERN", "mmsi": 512_000_999, "zones": ["24nm"], "reason": "Overdue yacht"}
    made = act(client, "lookouts/add", **asked, expires_at=to_ms(START + timedelta(days=1)))
    assert made.status_code == 200, made.get_json()
    assert act(client, "lookouts/end", lookout=1, reason="Found").status_code == 200
    assert act(client, "lookouts/add", **asked, expires_at=to_ms(START)).status_code == 422
    assert act(web_client(Role.AGENCY_LIAISON), "lookouts/end", lookout=1, reason="Found").status_code == 403


def test_the_wall_may_look_and_not_touch(web_client: Any, sqlite_ops: Any) -> None:
    alert = add_alert(sqlite_ops)
    wall = web_client(Role.WALL)
    assert wall.get("/api/v1/alerts/load").status_code == 200
    assert act(wall, "alerts/acknowledge", alert=alert).status_code == 403
