"""Devices and messages from the field over HTTP: who may say what, and what is answered."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain.field_reports import DevicePosition, FieldMessage
from ops_centre.domain.observations import Batch
from ops_centre.models import FieldDevice, FieldNote
from tests.factories import make_feed, make_handling, make_unit
from tests.support.clock import START


def act(client: Any, name: str, **body: Any) -> Any:
    headers = {"Origin": "http://localhost"}
    return client.post(f"/api/v1/acts/{name}", json={"request_id": uuid.uuid4().hex} | body, headers=headers)


@pytest.fixture
def reported(sqlite_ops: Any) -> dict[str, int]:
    """One device that is no known unit, one message that waits, one unit: their numbers."""
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session, "cot", agency="OPS")
        unit, feed_id = make_unit(session, feed, handling=make_handling(session), callsign="HAWK 2").id, feed.id
    device = DevicePosition(
        "D-1", "phone 7", "a-f-G", START, START + timedelta(minutes=5), START, lat=-36.5, lon=174.5, marking="GREEN"
    )
    note = FieldMessage("M-1", "Boarding now.", START, START, "D-1", "phone 7", "Ops", marking="GREEN")
    sqlite_ops.ingest.take(feed_id, Batch(field_reports=[device, note]))
    with sqlite_ops.db.reading() as session:
        return {
            "unit": unit,
            "device": session.scalars(select(FieldDevice.id)).one(),
            "message": session.scalars(select(FieldNote.id)).one(),
        }


def test_a_device_is_identified_and_released(web_client: Any, reported: dict[str, int]) -> None:
    duty = web_client()
    said = act(duty, "devices/identify", device=reported["device"], unit=reported["unit"])
    assert (said.status_code, said.get_json()["said"]) == (200, "phone 7 is HAWK 2.")
    assert act(duty, "devices/release", device=reported["device"]).status_code == 200
    assert act(duty, "devices/release", device=reported["device"]).status_code == 409


def test_a_message_is_taken_once_and_set_aside_only_with_a_word(web_client: Any, reported: dict[str, int]) -> None:
    duty, note = web_client(), reported["message"]
    assert act(duty, "messages/set-aside", message=note, reason=" ").status_code == 422
    assert act(duty, "messages/take", message=note).status_code == 200
    assert act(duty, "messages/set-aside", message=note, reason="twice").status_code == 409


@pytest.mark.parametrize("name", ["devices/identify", "devices/release", "messages/take", "messages/set-aside"])
def test_who_only_looks_decides_nothing_of_the_field(web_client: Any, name: str) -> None:
    assert act(web_client(Role.WALL), name).status_code == 403
