"""Dispatch over HTTP: every act by every role, hostile input, and what reads give to whom."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.models import Tasking, TaskingStep, User
from tests import factories
from tests.store.dispatching import OFFICER, Scene, scene
from tests.support.options import FixedOptions, options_about

Client = Callable[..., Any]
DESKS = {Role.DUTY_OFFICER, Role.OPERATION_COMMANDER, Role.SHIFT_LEAD}
REPORT = {"state": "accepted"}


def post(client: Any, act: str, body: Any, **given: Any) -> Any:
    """An act, as the browser posts it."""
    if isinstance(body, dict):
        body = {"request_id": str(uuid.uuid4()), **body}
    return client.post(f"/api/v1/acts/{act}", json=body, headers={"Origin": "http://localhost"}, **given)


@pytest.fixture
def here(sqlite_ops: Any) -> Scene:
    """The situation of the dispatch tests."""
    return scene(sqlite_ops)


def shown_to(here: Scene, client: Any) -> str:
    """Token of the options as the person behind ``client`` was shown them; "none" where they may not be."""
    here.ops.dispatch.source = FixedOptions(options_about(here.target, here.units, [here.cannot]))
    with here.ops.db.reading() as session:
        user = session.scalars(select(User).order_by(User.id.desc()).limit(1)).one()
    actor = factories.actor(Role.DUTY_OFFICER, user_id=user.id, name=user.name)
    return str(here.ops.dispatch.show(actor, "target", str(here.target.id)).token)


@pytest.mark.parametrize("role", list(Role))
def test_every_act_answers_each_role_as_the_table_of_rights_says(web_client: Client, here: Scene, role: Role) -> None:
    client = web_client(role, "CUS" if role is Role.AGENCY_LIAISON else "OPS")
    tasking = here.tasked()
    decide = {
        "token": shown_to(here, client),
        "units": [here.units[1].id],
        "authority": "x",
        "intent": "y",
        "reason": "z",
    }
    desk, liaison = role in DESKS, role is Role.AGENCY_LIAISON
    reports = 200 if desk or liaison else 404 if role is Role.FIELD_UNIT else 403
    finds = 409 if desk or liaison or role is Role.TARGETER else 404 if role is Role.FIELD_UNIT else 403
    cases = [
        ("outcomes/report", {"tasking": tasking, "result": "negative"}, finds),  # nobody has accepted yet
        ("taskings/report", {"tasking": tasking, **REPORT}, reports),
        ("taskings/check-in", {"tasking": tasking}, reports),
        ("dispatch/decide", decide, 200 if desk else 403),
        ("taskings/cancel", {"tasking": tasking, "reason": "r"}, 200 if desk else 403),
    ]
    assert {name: post(client, name, body).status_code for name, body, _ in cases} == {
        n: wanted for n, _, wanted in cases
    }


def test_strangers_get_nothing(web_client: Client, here: Scene) -> None:
    client, tasking = web_client(None), here.tasked()
    acts = (
        "dispatch/decide",
        "taskings/report",
        "taskings/cancel",
        "taskings/check-in",
        "outcomes/report",
        "field/report",
    )
    assert {post(client, act, {"tasking": tasking}).status_code for act in acts} == {401}
    reads = (
        "/api/v1/decisions/1",
        f"/api/v1/taskings/{tasking}",
        "/api/v1/taskings",
        "/api/v1/outcomes",
        "/api/v1/criteria",
    )
    reads += ("/api/v1/chain/target/1", "/api/v1/field")
    assert {client.get(path).status_code for path in reads} == {401}
    assert client.get("/field").status_code == 302


def test_another_agency_s_liaison_may_not_report(web_client: Client, here: Scene) -> None:
    tasking = here.tasked()
    answer = post(web_client(Role.AGENCY_LIAISON, "MAR"), "taskings/report", {"tasking": tasking, **REPORT})
    assert (answer.status_code, "HAWK 1 is of CUS" in answer.json["error"]) == (403, True)


def test_a_step_said_by_radio_may_be_set_back(web_client: Client, here: Scene, frozen_clock: Any) -> None:
    tasking = here.tasked()
    frozen_clock.advance(minutes=12)
    answer = post(web_client(), "taskings/report", {"tasking": tasking, **REPORT, "ago_minutes": 10})
    assert answer.status_code == 200
    with here.ops.db.reading() as session:
        step = session.scalars(select(TaskingStep).where(TaskingStep.state == "accepted")).one()
    assert step.recorded_at - step.at == timedelta(minutes=10)


def test_a_press_that_arrives_twice_acts_once(web_client: Client, here: Scene) -> None:
    client, tasking = web_client(), here.tasked()
    body = {"tasking": tasking, "state": "accepted", "request_id": "press-000001"}
    first, again = post(client, "taskings/report", body), post(client, "taskings/report", body)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json == first.json | {"repeated": True}


@pytest.mark.parametrize(
    "body",
    [
        {"tasking": "1; DROP TABLE taskings", **REPORT},
        {"tasking": -1, **REPORT},
        {"tasking": 2**40, **REPORT},
        {"tasking": 1, "state": "finished"},
        {"tasking": 1, **REPORT, "lat": 1e999, "lon": 0},
        {"tasking": 1, **REPORT, "lat": -36.0},
        {"tasking": 1, **REPORT, "at": "yesterday"},
        {"tasking": 1, **REPORT, "by": "somebody else"},
        {"tasking": 1, **REPORT, "note": "x" * 5000},
        {"tasking": 1, **REPORT, "request_id": "<script>"},
        {"tasking": {"$gt": 0}, **REPORT},
        [1, 2, 3],
        "accepted",
    ],
)
def test_what_is_no_report_is_refused_in_words(web_client: Client, here: Scene, body: Any) -> None:
    here.tasked()
    answer = post(web_client(), "taskings/report", body)
    assert answer.status_code == 422
    assert answer.json["error"]
    with here.ops.db.reading() as session:
        assert session.get_one(Tasking, 1).state == "requested"


def test_options_that_the_browser_makes_up_are_not_believed(web_client: Client, here: Scene) -> None:
    client = web_client()
    decide = {"token": "made-up", "units": [here.units[0].id], "authority": "x", "intent": "y"}
    assert post(client, "dispatch/decide", decide).status_code == 422
    assert post(client, "dispatch/decide", decide | {"options": {"able": []}}).status_code == 422
    token = shown_to(here, client)
    assert post(web_client(), "dispatch/decide", decide | {"token": token}).status_code == 422
    assert (
        post(client, "dispatch/decide", decide | {"token": token, "units": [here.units[0].id] * 13}).status_code == 422
    )
    answer = post(client, "dispatch/decide", decide | {"token": token, "units": [str(here.units[0].id)]})
    assert answer.json["said"] == "HAWK 1 asked to go to CAP MANUEL; to accept by 06:40 UTC."


def test_what_people_write_stays_words(web_client: Client, here: Scene) -> None:
    client, tasking = web_client(), here.tasked()
    note = "<img src=x onerror=alert(1)>"
    assert post(client, "taskings/report", {"tasking": tasking, **REPORT, "note": note + "\0"}).status_code == 200
    assert client.get(f"/api/v1/taskings/{tasking}").json["steps"][-1]["note"].startswith(note)


def test_the_chain_is_read_by_those_who_may_and_names_are_checked(web_client: Client, here: Scene) -> None:
    here.tasked()
    client = web_client()
    chain = client.get(f"/api/v1/chain/target/{here.target.id}").json
    assert {thing["kind"] for thing in chain["before"]} == {"criterion", "hit"}
    assert {"entry", "decision", "tasking"} == {thing["kind"] for thing in chain["after"]}
    for path in ("chain/target/99", "chain/target/-1", "chain/feed/1", "chain/target/%00", "decisions/9", "taskings/9"):
        assert client.get(f"/api/v1/{path}").status_code == 404
    assert web_client(Role.FIELD_UNIT).get(f"/api/v1/chain/target/{here.target.id}").status_code == 403
    assert web_client(Role.ADMINISTRATOR).get("/api/v1/taskings").status_code == 403


def test_reads_answer_in_milliseconds_since_1970(web_client: Client, here: Scene) -> None:
    tasking = here.tasked()
    client = web_client()
    view = client.get(f"/api/v1/taskings/{tasking}").json
    assert view["row"]["requested_at"] == 1775025000000
    assert view["moves"] == ["accepted", "declined"]
    assert client.get("/api/v1/decisions/1").json["chosen_callsigns"] == ["HAWK 1"]
    assert client.get("/api/v1/taskings").json[0]["row"]["id"] == tasking
    assert client.get("/api/v1/criteria").json[0]["criterion"] == "Rule 7"
    assert client.get("/api/v1/outcomes").json == []
    assert OFFICER.name == view["row"]["requested_by"]


def test_an_administrator_gives_a_field_account_its_unit(web_client: Client, here: Scene) -> None:
    body = {"name": here.field.name, "callsign": "HAWK 2"}
    assert post(web_client(), "crews/assign", body).status_code == 403
    answer = post(web_client(Role.ADMINISTRATOR), "crews/assign", body)
    assert answer.json["said"] == f"{here.field.name} reports for HAWK 2."
    answer = post(web_client(Role.ADMINISTRATOR), "crews/assign", {"name": here.field.name})
    assert answer.json["said"] == f"{here.field.name} reports for no unit."


def test_who_may_not_know_of_a_tasking_is_answered_as_if_there_were_none(web_client: Client, here: Scene) -> None:
    with here.ops.db.begin() as session:
        secret = factories.make_handling(session, "CUS", "AMBER").id
        session.merge(here.target).handling_id = secret
    officer = factories.actor(Role.DUTY_OFFICER, agency="CUS", name="customs", user_id=21)
    tasking = here.ops.dispatch_reads.decision(officer, here.decide(here.units[0], actor=officer)).taskings[0].id
    acts = [
        ("taskings/report", REPORT),
        ("taskings/check-in", {}),
        ("taskings/cancel", {"reason": "r"}),
        ("outcomes/report", {"result": "negative"}),
    ]
    for client in (web_client(Role.DUTY_OFFICER, "IMM"), web_client(Role.FIELD_UNIT, "IMM")):
        for act, body in acts:
            there, nowhere = (post(client, act, {**body, "tasking": number}) for number in (tasking, 999_999))
            assert (there.status_code, there.json) == (nowhere.status_code, nowhere.json), act


def test_no_text_of_an_act_holds_a_nul_which_postgresql_would_not_store(web_client: Client, here: Scene) -> None:
    client, tasking = web_client(), here.tasked()
    assert post(client, "taskings/check-in", {"tasking": tasking, "note": "a\0b"}).status_code == 200
    with here.ops.db.reading() as session:
        notes = session.scalars(select(TaskingStep.note).where(TaskingStep.state == "check-in")).all()
    assert notes == ["a b"]
