"""The plan and the orders of a past moment are those that stood then, for those who might know of them then and now."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ops_centre.auth.roles import Role
from ops_centre.db import next_revision
from ops_centre.domain.planning import BookingKind
from ops_centre.errors import Invalid
from ops_centre.models import Assignment, Deployment, Operation
from ops_centre.services.plan_asking import Wanted
from tests.factories import actor, make_deployment, make_feed, make_handling, make_unit
from tests.operation_factories import make_operation
from tests.support.clock import START

LEAD = actor(Role.SHIFT_LEAD, name="lead")
CUSTOMS = actor(Role.AGENCY_LIAISON, "CUS", name="liaison")
WALL = actor(Role.WALL, name="wall")
HOUR = timedelta(hours=1)
WHY = {"": "agreed"}


def planned_now(ops: Any, who: Any, at: datetime) -> list[tuple[Any, ...]]:
    """As the page of the plan shows it."""
    rows = ops.plan_reads.plan(who, at, at + 48 * HOUR).rows
    bars = [(row.callsign, bar) for row in rows for bar in row.bars if bar.kind != "tasking"]
    return sorted((callsign, bar.starts_at, bar.ends_at, bar.place_name, bar.note) for callsign, bar in bars)


def planned_then(ops: Any, who: Any, at: datetime) -> list[tuple[Any, ...]]:
    found, left_off, _orders = ops.past.plans(who, at)
    assert left_off == 0
    return sorted((one.callsign, one.starts_at, one.ends_at, one.place, one.note) for one in found)


def wanted(unit: int, starts: float, **given: Any) -> Wanted:
    begins = START + starts * HOUR
    return Wanted(unit, BookingKind.DEPLOYMENT, begins, begins + 4 * HOUR, **({"place": "NZAKL"} | given))


def test_the_plan_of_each_moment_is_what_stood_then(ops: Any, frozen_clock: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session, "deployments")
        units = [make_unit(session, feed, lat=None, lon=None) for _ in range(2)]
        rostered = make_deployment(session, units[0]).id
        one, two = (unit.id for unit in units)
        next_revision(session)
    plans, moments = ops.plans, []

    def stood() -> None:
        moments.append((frozen_clock.now(), planned_now(ops, LEAD, frozen_clock.now())))
        frozen_clock.advance(minutes=5)

    stood()
    [first] = plans.assign(LEAD, [wanted(one, 10)], WHY)["assignments"]
    stood()
    plans.change(LEAD, first, 1, wanted(two, 12, note="with the dog", place="NZWLG"), WHY)
    stood()
    plans.undo(LEAD)
    stood()
    [second] = plans.assign(LEAD, [wanted(two, 20)], WHY)["assignments"]
    stood()
    plans.undo(LEAD)
    stood()
    with ops.db.begin() as session:
        session.get_one(Deployment, rostered).ends_at -= HOUR
        version = session.get_one(Assignment, first).version
        assert session.get_one(Assignment, second).cancelled_at is not None
        next_revision(session)
    stood()
    plans.cancel(LEAD, first, version)
    stood()
    for at, shown in moments:
        assert planned_then(ops, LEAD, at) == shown
    assert len({str(shown) for _at, shown in moments}) >= 5
    with pytest.raises(Invalid, match="lies ahead"):
        ops.past.plans(LEAD, frozen_clock.now() + HOUR)


def test_what_a_reader_might_not_know_then_or_may_not_know_now_is_in_no_plan_of_the_past(
    sqlite_ops: Any, frozen_clock: Any
) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        feed = make_feed(session, "deployments")
        theirs = make_unit(session, feed, lat=None, lon=None, handling=make_handling(session, "CUS", "GREEN")).id
        police = make_unit(session, feed, lat=None, lon=None, handling=make_handling(session, "POL", "RED")).id
        handling = make_handling(session, "CUS", "GREEN").id
        operation = make_operation(session, marking="RED", name="Night tide", state="active").id
        for unit, given in ((theirs, {"operation_id": operation, "kind": "operation"}), (police, {})):
            row = {"kind": "deployment", "handling_id": handling, "overrides": [], "assigned_by": "lead"} | given
            starts, ends = START + HOUR, START + 5 * HOUR
            session.add(Assignment(unit_id=unit, assigned_at=START, starts_at=starts, ends_at=ends, **row))
        next_revision(session)
    frozen_clock.advance(minutes=1)
    found, _left, orders = ops.past.plans(CUSTOMS, START)
    assert [(one.unit_id, one.operation) for one in found or ()] == [(theirs, "an operation")]
    assert orders == []
    with ops.db.begin() as session:
        session.get_one(Operation, operation).handling_id = make_handling(session, "OPS", "GREEN").id
        next_revision(session)
    assert [one.operation for one in ops.past.plans(CUSTOMS, START)[0]] == ["an operation"]


def test_the_order_in_force_is_the_last_that_was_issued_by_then(sqlite_ops: Any, frozen_clock: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        number = make_operation(session, name="Night tide", state="active", commander="lead").id
        next_revision(session)
    heads = {"mission": "Meet every yacht.", "execution": "Two teams."}
    frozen_clock.advance(minutes=5)
    for mission in ("Meet every yacht.", "Meet none."):
        version = len(ops.operation_parts.order(LEAD, number).issued) + 1
        ops.orders.issue(LEAD, number, version, 0, heads | {"mission": mission})
        frozen_clock.advance(minutes=5)
    told = [ops.past.plans(LEAD, START + timedelta(minutes=at))[2] for at in (4, 7, 11)]
    assert [[(one.version, dict(one.heads)["mission"]) for one in orders] for orders in told] == [
        [], [(1, "Meet every yacht.")], [(2, "Meet none.")],
    ]  # fmt: skip
