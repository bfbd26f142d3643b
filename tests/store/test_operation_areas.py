"""Areas of operations: drawn as a whole, never over somebody else's drawing unseen, with what lies inside in one's scope."""

from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain.shapes import digest
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import LogEntry, Operation
from tests.factories import actor, make_feed, make_target
from tests.operation_factories import make_operation

COMMANDER = actor(Role.OPERATION_COMMANDER, name="commander", display_name="Commander")
OFFICER = actor(name="duty", display_name="Duty")
SEAM = {"kind": "polygon", "name": "East", "points": [[-36, 179], [-36, -179], [-37, -179], [-37, 179]]}
RING = {"kind": "circle", "name": "", "points": [[-36.84, 174.78]], "radius_nm": 12}
NOTHING = digest([])


def operation(ops: Any, **given: Any) -> int:
    with ops.db.begin() as session:
        return int(make_operation(session, **given).id)


def test_an_area_is_drawn_logged_and_told_to_every_screen(ops: Any) -> None:
    number = operation(ops)
    said = ops.operation_areas.put(COMMANDER, number, NOTHING, [SEAM, RING])
    with ops.db.reading() as session:
        row = session.get_one(Operation, number)
        entry = session.scalars(select(LogEntry)).one()
    assert row.revision > 0
    assert [one["kind"] for one in row.area] == ["polygon", "circle"]
    assert entry.text.endswith("drawn: East: polygon of 4 corners; circle of 12 nm (6,249 nm²).")
    assert entry.detail["area"][0]["points"][1] == ["-36", "181"]
    view = ops.area_reads.one(COMMANDER, number)
    assert (view.basis, view.may_draw, len(view.shapes)) == (said["basis"], True, 2)


def test_who_draws_from_an_older_area_is_told_who_changed_it(sqlite_ops: Any) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops)
    ops.operation_areas.put(COMMANDER, number, NOTHING, [SEAM])
    with pytest.raises(Conflict, match="changed by Commander at"):
        ops.operation_areas.put(COMMANDER, number, NOTHING, [RING])


def test_an_approved_plan_changes_its_area_with_a_reason_and_a_closed_one_never(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    approved, closed = operation(ops, state="approved"), operation(ops, state="closed")
    with pytest.raises(Invalid, match="say why"):
        ops.operation_areas.put(COMMANDER, approved, NOTHING, [SEAM])
    ops.operation_areas.put(COMMANDER, approved, NOTHING, [SEAM], "The wind turned.")
    with pytest.raises(Conflict, match="is closed"):
        ops.operation_areas.put(COMMANDER, closed, NOTHING, [SEAM])


def test_a_contingency_is_drawn_by_a_duty_officer_and_nothing_else_is(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    contingency, deliberate = operation(ops, kind="contingency", state="responding"), operation(ops)
    ops.operation_areas.put(OFFICER, contingency, NOTHING, [RING])
    with pytest.raises(NotPermitted):
        ops.operation_areas.put(OFFICER, deliberate, NOTHING, [RING])
    assert "draw it" in (ops.area_reads.one(OFFICER, deliberate).why_not or "")


def test_another_agencys_operation_has_no_area_for_anybody_else(sqlite_ops: Any) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops, owner="POL")
    with pytest.raises(NotFound):
        ops.area_reads.one(COMMANDER, number)
    with pytest.raises(NotFound):
        ops.operation_areas.put(COMMANDER, number, NOTHING, [RING])


def test_open_targets_inside_are_told_only_to_who_may_know_of_them(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    auckland = {"place": "NZAKL", "place_lat": -36.84, "place_lon": 174.78}
    with ops.db.begin() as session:
        feed = make_feed(session)
        make_target(session, feed, label="OPEN", **auckland)
        make_target(session, feed, label="FAR", place="NZTIU", place_lat=-44.4, place_lon=171.25)
    number = operation(ops)
    ops.operation_areas.put(COMMANDER, number, NOTHING, [RING])
    with ops.db.reading() as session:
        ops.picture.live.present.load(session)
    assert [one.label for one in ops.area_reads.one(COMMANDER, number).targets] == ["OPEN"]


def test_positions_are_read_as_typed_and_a_fault_names_shape_and_line(sqlite_ops: Any) -> None:
    checked = sqlite_ops.operation_areas.check([{"kind": "lane", "text": "35 S 178 E\n35 S 178 W", "width_nm": 10}])
    assert checked["shapes"][0]["points"] == [[-35, 178], [-35, 182]]
    assert checked["shapes"][0]["described"] == "Lane 10 nm wide, 197 nm long"
    typing = {"kind": "lane", "name": "North", "text": "35 S 178 E\nhere", "width_nm": 10}
    assert "North: line 2: “here” is no position" in sqlite_ops.operation_areas.check([typing])["fault"]
