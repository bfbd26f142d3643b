"""Sufficiency from what is stored, each reader in their own scope."""

from datetime import timedelta
from typing import Any

import pytest

from ops_centre.auth.roles import Role
from ops_centre.errors import NotPermitted
from ops_centre.models import Assignment
from tests.factories import (
    actor,
    make_deployment,
    make_feed,
    make_handling,
    make_restricted_target,
    make_target,
    make_unit,
    make_vessel,
)
from tests.support.clock import START

COMMANDER = actor(Role.OPERATION_COMMANDER, "OPS")


def cell_at(view: Any, code: str, hours: float) -> Any:
    """The cell of a place that holds the moment so many hours after the start."""
    at = START + timedelta(hours=hours)
    block = next(n for n, one in enumerate(view.blocks) if one.starts_at <= at < one.ends_at)
    row = next((row for row in view.places if row.code == code), None)
    return row.cells[block] if row else None


def test_a_place_is_short_until_somebody_who_can_is_there(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session, "targeting")
        make_target(session, feed, subject_kind="vessel", place="NZAKL", action=None, severity="top")
        unit = make_unit(session, feed, capabilities=["boarding"], agency="CUS")
        make_deployment(session, unit, place="NZTRG", ends_at=START + timedelta(hours=40))
    short = cell_at(ops.sufficiency.matrix(COMMANDER), "NZAKL", 3)
    assert (short.state, short.wanted, short.covered) == ("short", 1, 0)
    assert short.needs[0].causes[0].severity == "top"
    assert {row.place: (row.state, row.short) for row in ops.sufficiency.rings(COMMANDER)} == {"NZAKL": ("short", 1)}
    with ops.db.begin() as session:
        session.add(
            Assignment(
                unit_id=unit.id, kind="deployment", place="NZAKL", starts_at=START, ends_at=START + timedelta(hours=5),
                overrides=[], assigned_by="lead", assigned_at=START, handling_id=unit.handling_id,
            )
        )  # fmt: skip
    ops.clock.advance(minutes=1)
    covered = cell_at(ops.sufficiency.matrix(COMMANDER), "NZAKL", 3)
    assert (covered.state, covered.units) == ("sufficient", (unit.callsign,))
    assert [row.state for row in ops.sufficiency.rings(COMMANDER)] == ["sufficient"]


def test_what_a_reader_may_not_see_changes_nothing_they_are_told(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        feed = make_feed(session, "targeting")
        make_restricted_target(session, feed, "POL", place="NZAKL")
        hidden = make_unit(session, feed, agency="POL", handling=make_handling(session, "POL", "RED"))
        make_deployment(session, hidden)
    police, wall = actor(Role.DUTY_OFFICER, "POL"), actor(Role.WALL, "OPS")
    assert [row.place for row in ops.sufficiency.rings(police)] == ["NZAKL"]
    assert ops.sufficiency.rings(wall) == ()
    assert ops.sufficiency.matrix(COMMANDER).places == ()
    with pytest.raises(NotPermitted):
        ops.sufficiency.matrix(wall)
    with pytest.raises(NotPermitted):
        ops.sufficiency.rings(actor(Role.FIELD_UNIT, "CUS"))


def test_craft_bound_for_a_place_count_as_arrivals_once(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    eta = START + timedelta(hours=10)
    with ops.db.begin() as session:
        feed = make_feed(session)
        make_vessel(session, feed, destination="NZTRG", eta_at=eta)
        make_vessel(session, feed, destination="SOMEWHERE", eta_at=eta)
        targeted = make_vessel(session, feed, destination="NZNSN", eta_at=eta)
        make_target(session, feed, track_id=targeted.id, place="NZNSN", arrives_at=eta, severity="normal")
        make_target(session, feed, place=None, place_lat=None, place_lon=None, arrives_at=None)
    view = ops.sufficiency.matrix(COMMANDER)
    told = {row.code: [(n.severity, n.hours) for cell in row.cells for n in cell.needs] for row in view.places}
    assert told == {"NZTRG": [("arrival", 0.5)], "NZNSN": [("normal", 1.0)]}
    assert view.unplaced == 1
    assert len(view.rules) >= 6
