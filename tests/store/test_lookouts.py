"""Lookouts: asked for in words that can be followed, matched to craft, ended by people or by themselves."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from ops_centre.auth.roles import Role
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import LogEntry, Lookout, Track
from ops_centre.services.lookouts import NewLookout
from tests.factories import actor, make_feed, make_vessel
from tests.support.clock import START, FakeClock

Ops = Any
OFFICER = actor(name="duty.officer")


def wanted(**given: Any) -> NewLookout:
    values: dict[str, Any] = {
        "subject_kind": "vessel",
        "label": "TERN",
        "identifiers": {"mmsi": 512_000_999},
        "severity": "high",
        "reason": "Overdue yacht",
        "expires_at": START + timedelta(days=2),
        "zones": ["24nm"],
    }
    return NewLookout(**(values | given))


def texts(ops: Ops) -> list[str]:
    with ops.db.reading() as session:
        return list(session.scalars(select(LogEntry.text).order_by(LogEntry.seq)))


def first(ops: Ops) -> Lookout:
    with ops.db.reading() as session:
        return session.scalars(select(Lookout)).one()


def test_a_lookout_is_listed_and_logged(ops: Ops) -> None:
    ops.lookouts.add(OFFICER, wanted())
    (view,) = ops.lookouts.list(OFFICER)
    assert (view.label, view.created_by, view.zones, view.owner) == ("TERN", "duty.officer", ("24nm",), "OPS")
    assert texts(ops) == ["Lookout for TERN until 03 Apr 06:30 UTC: entering 24nm. Reason: Overdue yacht"]


def test_a_restricted_lookout_is_its_agencys_alone(ops: Ops) -> None:
    ops.lookouts.add(OFFICER, wanted(marking="RED"))
    stranger = actor(agency="CUS")
    assert ops.lookouts.list(stranger) == []
    with pytest.raises(NotFound):
        ops.lookouts.end(stranger, first(ops).id, "not needed")


def test_only_who_edits_lookouts_may(ops: Ops) -> None:
    with pytest.raises(NotPermitted):
        ops.lookouts.add(actor(Role.AGENCY_LIAISON), wanted())


@pytest.mark.parametrize(
    "wrong",
    [
        {"identifiers": {}},
        {"identifiers": {"vessel_name": "TERN"}},
        {"identifiers": {"imo": 1_234_566}},
        {"zones": []},
        {"zones": ["moon"]},
        {"expires_at": START},
        {"expires_at": START + timedelta(days=400)},
        {"reason": " "},
        {"severity": "urgent"},
        {"marking": "SECRET"},
        {"dark_after_minutes": 0},
    ],
    ids=lambda wrong: f"{next(iter(wrong))} {next(iter(wrong.values()))}",
)
def test_what_cannot_be_followed_is_refused(sqlite_ops: Ops, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="cannot be a lookout"):
        sqlite_ops.lookouts.add(OFFICER, wanted(**wrong))
    assert texts(sqlite_ops) == []


def test_a_craft_that_appears_is_found_and_followed(ops: Ops) -> None:
    ops.lookouts.add(OFFICER, wanted())
    assert ops.lookouts.follow() == 0
    with ops.db.begin() as session:
        track = make_vessel(session, make_feed(session), key="mmsi:512000999", mmsi=512_000_999, zone="outside")
    assert [ops.lookouts.follow(), ops.lookouts.follow()] == [1, 0]
    assert (first(ops).track_id, first(ops).seen["depth"]) == (track.id, 0)
    at = START + timedelta(minutes=5)
    with ops.db.begin() as session:
        session.execute(update(Track).where(Track.id == track.id).values(zone="12 nm", observed_at=at))
    ops.lookouts.follow()
    assert (first(ops).seen["depth"], first(ops).seen["since"]) == (2, int(at.timestamp() * 1000))
    assert ops.lookouts.list(OFFICER)[0].zone == "12 nm"


def test_a_lookout_ends_by_itself_with_an_entry(ops: Ops, frozen_clock: FakeClock) -> None:
    ops.lookouts.add(OFFICER, wanted())
    frozen_clock.advance(days=2)
    assert [ops.lookouts.follow(), ops.lookouts.follow()] == [1, 0]
    assert first(ops).ended_by == "system"
    assert texts(ops)[-1] == "Lookout for TERN is over: its time has passed."


def test_a_lookout_is_ended_once_with_a_reason(ops: Ops) -> None:
    ops.lookouts.add(OFFICER, wanted())
    number = first(ops).id
    with pytest.raises(Invalid):
        ops.lookouts.end(OFFICER, number, " ")
    ops.lookouts.end(OFFICER, number, "Found at its mooring")
    with pytest.raises(Conflict, match="ended at"):
        ops.lookouts.end(OFFICER, number, "Found at its mooring")
    assert texts(ops)[-1] == "Lookout for TERN ended. Reason: Found at its mooring"
