"""Units asked for by operation or place are found by queries, and they are the same that their bars would name."""

from datetime import timedelta
from typing import Any

from ops_centre.auth.roles import Role
from ops_centre.domain.planning import BookingKind
from ops_centre.models import Unit
from ops_centre.picture.plan_reads import PlanFilter
from ops_centre.services.plan_asking import Wanted
from tests.factories import actor, make_deployment, make_feed, make_handling, make_unit
from tests.operation_factories import make_operation
from tests.support.clock import START

Ops = Any
LEAD = actor(Role.SHIFT_LEAD, name="lead")
WEEK = (START, START + timedelta(days=7))


def test_a_filter_by_operation_or_place_finds_every_unit_with_such_a_bar(sqlite_ops: Ops) -> None:
    with sqlite_ops.db.begin() as session:
        feed, green = make_feed(session, "deployments"), make_handling(session, "CUS", "GREEN")
        names = ("DEPLOYED", "ASSIGNED", "ON OPERATION", "IDLE")
        units = [make_unit(session, feed, handling=green, callsign=name, lat=None, lon=None) for name in names]
        deployed, assigned, on_operation, _idle = (unit.id for unit in units)
        make_deployment(session, session.get_one(Unit, deployed), place="nz wlg")
        operation = make_operation(session, marking="GREEN", agencies=[], place="NZWLG").id
    for unit, kind, given in (
        (assigned, BookingKind.DEPLOYMENT, {"place": "NZWLG"}),
        (on_operation, BookingKind.OPERATION, {"operation_id": operation}),
    ):
        want = Wanted(unit, kind, START + timedelta(hours=20), START + timedelta(hours=22), **given)
        sqlite_ops.plans.assign(LEAD, [want], {"": "agreed"})

    everything = sqlite_ops.plan_reads.plan(LEAD, *WEEK)
    there = sqlite_ops.plan_reads.plan(LEAD, *WEEK, PlanFilter(place="NZWLG"))
    on_it = sqlite_ops.plan_reads.plan(LEAD, *WEEK, PlanFilter(operation_id=operation))
    assert there.rows == tuple(row for row in everything.rows if row.unit_id in {deployed, assigned, on_operation})
    assert on_it.rows == tuple(row for row in everything.rows if row.unit_id == on_operation)
    assert (there.units, on_it.units, there.may_edit) == (3, 1, True)


def test_an_operation_that_a_reader_may_not_know_of_finds_no_unit(sqlite_ops: Ops) -> None:
    with sqlite_ops.db.begin() as session:
        feed, green = make_feed(session, "deployments"), make_handling(session, "CUS", "GREEN")
        unit = make_unit(session, feed, handling=green, callsign="KEA", lat=None, lon=None).id
        operation = make_operation(session, "OPS", "AMBER", agencies=[], place="NZWLG").id
    want = Wanted(unit, BookingKind.OPERATION, START + timedelta(hours=20), START + timedelta(hours=22), operation)
    sqlite_ops.plans.assign(LEAD, [want], {"": "agreed"})
    other = actor(Role.AGENCY_LIAISON, "CUS", name="liaison")
    assert sqlite_ops.plan_reads.plan(LEAD, *WEEK, PlanFilter(operation_id=operation)).units == 1
    assert sqlite_ops.plan_reads.plan(other, *WEEK, PlanFilter(operation_id=operation)).units == 0
