"""Who reports for which unit, and what the phone page shows them, on both databases."""

from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain.tasking import TaskingState
from ops_centre.errors import Invalid, NotFound, NotPermitted
from ops_centre.models import AuditEvent, Unit, UnitCrew
from ops_centre.services.audit import COMMAND_LINE
from ops_centre.services.taskings import Report
from tests import factories
from tests.store.dispatching import LIAISON, OFFICER, OTHER_LIAISON, scene


def test_an_account_in_the_field_reports_for_one_unit_at_a_time(ops: Any) -> None:
    here = scene(ops)
    assert ops.crews.assign(COMMAND_LINE, here.field.name, "hawk  2") == "HAWK 2"
    assert ops.crews.of_accounts(COMMAND_LINE) == {here.field.name: "HAWK 2"}
    assert [unit.callsign for unit in ops.field.view(here.field).units] == ["HAWK 2"]
    ops.crews.relieve(COMMAND_LINE, here.field.name)
    assert ops.field.view(here.field).unit is None
    with ops.db.reading() as session:
        kinds = list(session.scalars(select(AuditEvent.kind).order_by(AuditEvent.id)))
    assert kinds[-3:] == ["crew assigned", "crew assigned", "crew relieved"]


def test_only_field_accounts_of_the_unit_s_agency_become_its_crew(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    with sqlite_ops.db.begin() as session:
        officer = factories.make_user(session, Role.DUTY_OFFICER, "CUS")
        other = factories.make_user(session, Role.FIELD_UNIT, "MAR")
    with pytest.raises(Invalid, match="only a field unit's account"):
        sqlite_ops.crews.assign(COMMAND_LINE, officer.name, "HAWK 1")
    with pytest.raises(Invalid, match="HAWK 1 is of CUS"):
        sqlite_ops.crews.assign(COMMAND_LINE, other.name, "HAWK 1")
    with pytest.raises(NotFound, match="No unit is called 'GHOST'"):
        sqlite_ops.crews.assign(COMMAND_LINE, here.field.name, "GHOST")
    with pytest.raises(NotPermitted):
        sqlite_ops.crews.assign(OFFICER, here.field.name, "HAWK 1")


def test_the_exercise_s_field_account_gets_a_unit_once_one_is_known(ops: Any) -> None:
    with ops.db.begin() as session:
        user = factories.make_user(session, Role.FIELD_UNIT, "MAR", name="field")
        feed = factories.make_feed(session, "deployments")
        factories.make_unit(session, feed, callsign="HAWK 2")
    ops.crews.ensure_exercise_crew()
    with ops.db.begin() as session:
        assert session.scalars(select(UnitCrew)).all() == []
        factories.make_unit(session, feed, callsign="KAIKA", agency="MAR", unit_type="vessel")
    ops.crews.ensure_exercise_crew()
    ops.crews.ensure_exercise_crew()
    with ops.db.reading() as session:
        assert session.scalars(select(UnitCrew.user_id)).all() == [user.id]


def test_the_phone_page_shows_the_unit_s_own_tasking_and_what_may_follow(ops: Any) -> None:
    here = scene(ops)
    assert ops.field.view(here.field).taskings == ()
    number = here.tasked()
    here.tasked(here.units[1])
    (tasking,) = ops.field.view(here.field).taskings
    assert (tasking.id, tasking.subject, tasking.state) == (number, "CAP MANUEL", "requested")
    assert tasking.moves == ("accepted", "declined")
    ops.taskings.cancel(OFFICER, number, "Turned back")
    (ended,) = ops.field.view(here.field).taskings
    assert (ended.state, ended.end_reason, ended.moves) == ("cancelled", "Turned back", ())


def test_a_complete_tasking_says_that_it_owes_its_outcome(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    number = here.tasked()
    for state in (TaskingState.ACCEPTED, TaskingState.ON_SCENE, TaskingState.COMPLETE):
        sqlite_ops.taskings.report(here.field, number, state, Report())
    assert sqlite_ops.field.view(here.field).taskings[0].outcome_owed


def test_a_liaison_chooses_among_the_units_of_the_agency(ops: Any) -> None:
    here = scene(ops)
    assert [unit.callsign for unit in ops.field.view(LIAISON).units] == ["HAWK 1", "HAWK 2", "WALKER"]
    assert ops.field.view(LIAISON).unit is None
    here.tasked()
    assert ops.field.view(LIAISON).unit.callsign == "HAWK 1"
    assert ops.field.view(LIAISON, here.units[1].id).taskings == ()
    with pytest.raises(NotFound):
        ops.field.view(OTHER_LIAISON, here.units[0].id)
    with pytest.raises(NotFound):
        ops.field.view(here.field, here.units[1].id)


@pytest.mark.parametrize("role", [Role.TARGETER, Role.WALL, Role.ADMINISTRATOR])
def test_the_phone_page_is_for_those_who_report(sqlite_ops: Any, role: Role) -> None:
    with pytest.raises(NotPermitted):
        sqlite_ops.field.view(factories.actor(role))


def test_a_unit_that_its_feed_dropped_keeps_its_tasking_on_the_phone(ops: Any) -> None:
    here = scene(ops)
    number = here.tasked()
    with ops.db.begin() as session:
        session.get_one(Unit, here.units[0].id).withdrawn_at = ops.clock.now()
    assert [tasking.id for tasking in ops.field.view(here.field).taskings] == [number]
    ops.taskings.cancel(OFFICER, number, "Over")
    assert ops.field.view(here.field).units == ()
