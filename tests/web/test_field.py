"""The phone page over HTTP: who gets it, what it holds, and reports that waited for a line."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from ops_centre.auth.roles import Role
from ops_centre.models import Outcome, Tasking, User
from ops_centre.services.audit import COMMAND_LINE
from tests.store.dispatching import Scene, scene
from tests.support.clock import START

Client = Callable[..., Any]
PAGE_FOR = {Role.DUTY_OFFICER, Role.OPERATION_COMMANDER, Role.SHIFT_LEAD, Role.AGENCY_LIAISON, Role.FIELD_UNIT}


class Phone:
    """A phone whose account reports for HAWK 1."""

    def __init__(self, here: Scene, client: Any) -> None:
        self.here, self.client = here, client
        with here.ops.db.reading() as session:
            self.account = session.scalars(select(User.name).order_by(User.id.desc()).limit(1)).one()
        here.ops.crews.assign(COMMAND_LINE, self.account, "HAWK 1")

    def send(self, act: str = "report", **body: Any) -> Any:
        """A report, as the page sends it."""
        body = {"request_id": str(uuid.uuid4()), "account": self.account, "ago_ms": 0} | body
        return self.client.post(f"/api/v1/acts/field/{act}", json=body, headers={"Origin": "http://localhost"})

    def view(self) -> Any:
        """What the page is given."""
        return self.client.get("/api/v1/field").json


@pytest.fixture
def phone(sqlite_ops: Any, web_client: Client) -> Phone:
    """A phone in the situation of the dispatch tests."""
    here = scene(sqlite_ops)
    return Phone(here, web_client(Role.FIELD_UNIT, "CUS"))


@pytest.mark.parametrize("role", list(Role))
def test_the_page_is_for_those_who_report(web_client: Client, role: Role) -> None:
    client = web_client(role, "CUS")
    wanted = 200 if role in PAGE_FOR else 403
    assert [client.get(path).status_code for path in ("/field", "/field/worker.js", "/api/v1/field")] == [wanted] * 3


def test_the_page_holds_nothing_about_anybody_and_says_exercise(phone: Phone) -> None:
    phone.here.tasked()
    answer = phone.client.get("/field")
    text = answer.get_data(as_text=True)
    assert "Exercise" in text
    assert phone.account not in text
    assert "HAWK" not in text
    assert "CAP MANUEL" not in text
    assert "geolocation=(self)" in answer.headers["Permissions-Policy"]
    assert "geolocation=()" in phone.client.get("/api/v1/field").headers["Permissions-Policy"]


def test_the_service_worker_looks_after_this_page_alone(phone: Phone) -> None:
    answer = phone.client.get("/field/worker.js")
    assert answer.headers["Service-Worker-Allowed"] == "/field"
    assert answer.content_type.startswith("text/javascript")
    assert "/api/v1" not in answer.get_data(as_text=True)


def test_somebody_in_the_field_lands_on_the_phone_page(sqlite_ops: Any, web_client: Client) -> None:
    web_client(Role.FIELD_UNIT, "CUS")
    with sqlite_ops.db.reading() as session:
        name = session.scalars(select(User.name)).one()
    stranger = web_client(None)
    form = {"name": name, "password": "correct horse battery staple"}
    answer = stranger.post("/sign-in", data=form, headers={"Origin": "http://localhost"})
    assert answer.headers["Location"] == "/field"


def test_the_page_shows_its_unit_s_tasking_and_what_may_follow(phone: Phone) -> None:
    assert phone.view()["taskings"] == []
    phone.here.tasked()
    view = phone.view()
    assert (view["account"], view["unit"]["callsign"]) == (phone.account, "HAWK 1")
    assert [tasking["subject"] for tasking in view["taskings"]] == ["CAP MANUEL"]
    assert view["following"]["requested"] == ["accepted", "declined"]
    assert phone.client.get(f"/api/v1/field?unit={phone.here.units[1].id}").status_code == 404
    assert phone.client.get("/api/v1/field?unit=abc").status_code == 422


def test_reports_that_waited_keep_the_times_at_which_they_were_pressed(phone: Phone, frozen_clock: Any) -> None:
    number = phone.here.tasked()
    frozen_clock.advance(minutes=30)
    for state, minutes in (("accepted", 28), ("en route", 20), ("on scene", 4)):
        assert phone.send(tasking=number, state=state, ago_ms=minutes * 60_000).status_code == 200
    found = {"finding": "Tobacco", "quantity": 40, "quantity_unit": "kg", "ago_ms": 60_000}
    answer = phone.send("outcome", tasking=number, result="positive", **found)
    assert "positive, Tobacco, 40 kg" in answer.json["said"]
    with phone.here.ops.db.reading() as session:
        tasking, outcome = session.get_one(Tasking, number), session.scalars(select(Outcome)).one()
    assert tasking.accepted_at == START + timedelta(minutes=2)
    assert tasking.on_scene_at == START + timedelta(minutes=26)
    assert (tasking.state, tasking.ended_at) == ("complete", START + timedelta(minutes=29))
    assert (outcome.examined_at, outcome.recorded_at) == (START + timedelta(minutes=29), START + timedelta(minutes=30))


def test_how_a_tasking_is_carried_out_is_written_on_the_phone(phone: Phone, frozen_clock: Any) -> None:
    number = phone.here.tasked()
    frozen_clock.advance(minutes=9)
    answer = phone.send("execution", tasking=number, execution="Two boats from seaward.", ago_ms=4 * 60_000)
    assert (answer.status_code, answer.json["said"]) == (200, "Written.")
    assert phone.view()["taskings"][0]["execution"] == "Two boats from seaward."
    again = phone.send("execution", tasking=number, execution="Two boats from seaward.")
    assert (again.status_code, again.json["error"]) == (409, "That is what it says already.")


def test_a_report_that_is_sent_again_is_carried_out_once(phone: Phone, frozen_clock: Any) -> None:
    number = phone.here.tasked()
    first = phone.send(tasking=number, state="accepted", request_id="queued-0001")
    frozen_clock.advance(minutes=1)
    again = phone.send(tasking=number, state="accepted", request_id="queued-0001", ago_ms=60_000)
    assert again.json == first.json | {"repeated": True}


def test_a_refused_report_says_why(phone: Phone) -> None:
    number = phone.here.tasked()
    answer = phone.send(tasking=number, state="on scene")
    assert (answer.status_code, "is requested; next can be" in answer.json["error"]) == (409, True)


def test_what_another_account_queued_on_the_phone_is_not_sent_as_this_one(phone: Phone) -> None:
    number = phone.here.tasked()
    answer = phone.send(tasking=number, state="accepted", account="somebody.else")
    assert answer.status_code == 401
    assert phone.view()["taskings"][0]["state"] == "requested"


def test_another_unit_s_tasking_is_not_there(phone: Phone) -> None:
    number = phone.here.tasked(phone.here.units[1])
    assert phone.send(tasking=number, state="accepted").status_code == 404
    assert phone.send(tasking=number).status_code == 404
    assert phone.send("outcome", tasking=number, result="negative").status_code == 404


@pytest.mark.parametrize("ago_ms", [-1, 10**12, "soon", 1.5])
def test_a_time_that_cannot_be_is_refused(phone: Phone, ago_ms: Any) -> None:
    number = phone.here.tasked()
    assert phone.send(tasking=number, state="accepted", ago_ms=ago_ms).status_code == 422


def test_the_page_is_told_what_is_wrong_with_the_centre(phone: Phone) -> None:
    live = phone.here.ops.picture.live
    live._soundness.note_failed_write(OperationalError("", {}, Exception("attempt to write a readonly database")))
    said = phone.view()["troubles"]
    assert [(one["kind"], one["what"], one["why"]) for one in said] == [
        ("writes", "The database takes no writes", "its file may only be read")
    ]
