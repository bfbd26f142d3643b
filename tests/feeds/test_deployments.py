"""Units as agencies send them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ops_centre.domain.observations import Batch
from ops_centre.feeds.sources.deployments import KIND, DeploymentsSettings
from tests.feeds.situations import context, envelope, sample, sample_records
from tests.support.clock import FakeClock
from tests.support.source import Answer, answer, source

SCHEMA = "deployments/1.0"


def poll(*answers: Answer, cursor: str | None = None) -> Batch:
    with source(*answers) as server:
        return KIND.build(DeploymentsSettings(url=server.url), context(FakeClock())).poll(cursor)


def test_the_sample_is_read_whole() -> None:
    batch = poll(answer(sample("deployments.json")))
    boat, dog = batch.units
    assert (boat.ref, boat.callsign, boat.agency, boat.unit_type, boat.crew) == ("CUS-7", "Hawk 1", "CUS", "vessel", 6)
    assert (boat.capabilities, boat.availability, boat.status) == (("boarding", "search"), "assigned", "en route")
    assert (boat.lat, boat.lon, boat.course_deg, boat.speed_kn) == (-36.8, -175.5, 95.5, 22)
    assert (boat.marking, boat.releases) == ("AMBER", ("POL",))
    assert [(d.ref, d.place, d.area, d.duty_hours) for d in boat.deployments] == [
        ("D-1", "NZAKL", None, 12),
        ("D-2", None, "Hauraki Gulf", None),
    ]
    assert boat.deployments[0].ends_at == datetime(2026, 4, 1, 12, tzinfo=UTC)
    assert (dog.availability, dog.out_of_service_reason, dog.marking, dog.lat) == (
        "out of service",
        "rest",
        "GREEN",
        None,
    )
    assert batch.complete_units


@pytest.mark.parametrize(
    ("unit", "record", "reason"),
    [
        ({"agency": "FBI"}, {}, "agency FBI is not among"),
        ({"availability": "out of service"}, {}, "needs an out_of_service_reason"),
        ({"type": "submarine"}, {}, "unit.type"),
        ({"position": {"lat": -36.8, "lon": 361, "at": "2026-04-01T06:28:00Z"}}, {}, "unit.position.lon"),
        ({"position": {"lat": -36.8, "lon": 174}}, {}, "unit.position.at"),
        ({}, {"reported_at": "2026-04-01T09:00:00Z"}, "ahead of our clock"),
        ({}, {"deployments": [{"ref": "D", "from": "2026-04-01T00:00:00Z"}]}, "needs a place or an area"),
        (
            {},
            {"deployments": [{"ref": "D", "area": "x", "from": "2026-04-01T02:00:00Z", "to": "2026-04-01T01:00:00Z"}]},
            "must end after it begins",
        ),
    ],
)
def test_a_unit_that_cannot_be_used_is_refused_alone(unit: dict[str, Any], record: dict[str, Any], reason: str) -> None:
    boat, dog = sample_records("deployments.json")
    bad = boat | {"unit": boat["unit"] | unit} | record
    batch = poll(answer(envelope(SCHEMA, [bad, dog])))
    assert [found.ref for found in batch.units] == ["BIO-2"]
    assert reason in batch.refusals[0].reason


def test_a_list_with_a_refused_unit_withdraws_nobody() -> None:
    boat, dog = sample_records("deployments.json")
    batch = poll(answer(envelope(SCHEMA, [boat, dog | {"unit": {}}], complete=True)))
    assert (len(batch.units), batch.complete_units) == (1, False)


def test_a_list_is_complete_only_when_every_page_of_it_says_so_and_came() -> None:
    boat, dog = sample_records("deployments.json")
    first = answer(envelope(SCHEMA, [boat], complete=True, next_cursor="2"))
    last = answer(envelope(SCHEMA, [dog], complete=True))
    assert poll(first, last).complete_units
    assert not poll(first, answer(envelope(SCHEMA, [dog]))).complete_units
    assert not poll(first, answer(b"", status="500 Oops")).complete_units
    assert not poll(last, cursor='{"cursor": "2", "etag": null}').complete_units
    assert not poll(answer(b"", status="304 Not Modified"), cursor='{"cursor": null, "etag": "e"}').complete_units
