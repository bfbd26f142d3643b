"""The plan over HTTP: read, tried, changed, taken as a file, and the calendar that is read without signing in."""

from datetime import timedelta
from typing import Any

from ops_centre.auth.roles import Role
from ops_centre.clock import to_ms
from tests.factories import make_feed, make_handling, make_unit
from tests.support.clock import START

OURS = {"Origin": "http://localhost"}


def at(hours: float) -> int:
    return to_ms(START + timedelta(hours=hours))


def a_unit(ops: Any, owner: str = "CUS", **given: Any) -> int:
    with ops.db.begin() as session:
        feed = make_feed(session, "deployments")
        return make_unit(session, feed, handling=make_handling(session, owner), agency=owner, **given).id


def act(client: Any, name: str, request_id: str = "request-0001", **body: Any) -> Any:
    return client.post(f"/api/v1/acts/{name}", json={"request_id": request_id, **body}, headers=OURS)


def rest(unit: int, starts: float, ends: float) -> dict[str, Any]:
    return {"unit": unit, "kind": "rest", "starts_at": at(starts), "ends_at": at(ends)}


def test_a_plan_is_tried_assigned_read_moved_and_undone(web_client: Any, sqlite_ops: Any) -> None:
    client, unit = web_client(Role.SHIFT_LEAD), a_unit(sqlite_ops)
    assert act(client, "plans/check", **rest(unit, 2, 6)).get_json()["clear"]
    made = act(client, "plans/assign", **rest(unit, 2, 6)).get_json()
    assert act(client, "plans/assign", **rest(unit, 2, 6)).get_json() == made | {"repeated": True}
    refused = act(client, "plans/assign", "request-0002", **rest(unit, 5, 8))
    assert (refused.status_code, "booked already" in refused.get_json()["error"]) == (409, True)
    (number,) = made["assignments"]
    moved = rest(unit, 8, 12) | {"assignment": number, "version": 1}
    assert act(client, "plans/change", "request-0003", **moved).status_code == 200
    plan = client.get(f"/api/v1/plan?from={at(0)}&until={at(24)}").get_json()
    (bar,) = plan["rows"][0]["bars"]
    assert (bar["starts_at"], bar["kind"], bar["version"], bar["may_edit"]) == (at(8), "rest", 2, True)
    assert act(client, "plans/undo", "request-0004").status_code == 200
    plan = client.get(f"/api/v1/plan?from={at(0)}&until={at(24)}").get_json()
    assert plan["rows"][0]["bars"][0]["starts_at"] == at(2)


def test_a_pattern_and_a_file_over_http(web_client: Any, sqlite_ops: Any) -> None:
    client, unit = web_client(Role.SHIFT_LEAD), a_unit(sqlite_ops, callsign="KEA 1")
    weekly = {"days": [0, 2], "starts": "08:00", "ends": "16:00", "since": "2026-04-02", "until": "2026-04-15"}
    made = act(client, "plans/pattern", unit=unit, kind="deployment", place="NZAKL", **weekly)
    assert len(made.get_json()["assignments"]) == 4
    file = client.get(f"/api/v1/plan/export.csv?from={at(0)}&until={at(24 * 20)}")
    assert file.headers["Content-Disposition"].startswith("attachment")
    text = file.get_data(as_text=True).replace("deployment", "maintenance")
    told = act(client, "plans/import-preview", text=text).get_json()
    assert told["changed"] == 4
    done = act(client, "plans/import-apply", "request-0005", text=text, token=told["token"])
    assert done.get_json()["said"] == "Plan imported: 0 new, 4 changed, 0 cancelled."


def test_a_calendar_is_read_by_strangers_who_have_its_address(web_client: Any, sqlite_ops: Any) -> None:
    a_unit(sqlite_ops)
    made = act(web_client(Role.AGENCY_LIAISON, "CUS"), "plans/calendar", agency="CUS", label="desk").get_json()
    stranger = web_client(None)
    answer = stranger.get(made["address"])
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Cache-Control"] == "no-store"
    assert stranger.get("/calendar/x.ics").status_code == 404
    assert stranger.post(made["address"], headers=OURS).status_code in (401, 302, 405)


def test_who_may_not_plan_is_refused(web_client: Any, sqlite_ops: Any) -> None:
    unit = a_unit(sqlite_ops)
    assert act(web_client(Role.TARGETER), "plans/assign", **rest(unit, 2, 6)).status_code == 403
    assert web_client(Role.WALL).get("/api/v1/plan").status_code == 403
    assert web_client(Role.SHIFT_LEAD).get("/api/v1/plan?from=5&until=4").status_code == 422


def test_who_asks_for_calendars_too_often_is_told_when_to_come_again(web_client: Any, sqlite_ops: Any) -> None:
    made = act(web_client(Role.AGENCY_LIAISON, "CUS"), "plans/calendar", agency="CUS", label="desk").get_json()
    stranger = web_client(None)
    few = sqlite_ops.settings.planning.model_copy(update={"calendar_requests": 3})
    sqlite_ops.plan_calendars.settings = sqlite_ops.settings.model_copy(update={"planning": few})
    asked = [stranger.get(made["address"]).status_code for _ in range(4)]
    assert asked == [200, 200, 200, 429]
    refused = stranger.get(made["address"])
    assert refused.headers["Retry-After"] == str(sqlite_ops.settings.sessions.attempts_minutes * 60)
    sqlite_ops.clock.advance(minutes=sqlite_ops.settings.sessions.attempts_minutes, seconds=1)
    assert stranger.get(made["address"]).status_code == 200
