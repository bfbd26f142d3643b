"""The plan: assigned, changed, cancelled and undone; by whom; and by two at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.domain.planning import BookingKind
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import Assignment, LogEntry, Operation, Unit
from ops_centre.services.plan_asking import Wanted
from ops_centre.services.plan_changes import plain
from tests.factories import actor, make_deployment, make_feed, make_handling, make_unit
from tests.operation_factories import make_operation
from tests.support.clock import START
from tests.watch_factories import make_outcome, make_tasking

Ops = Any
LEAD = actor(Role.SHIFT_LEAD, name="lead")


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def a_unit(ops: Ops, owner: str = "CUS", marking: str = "GREEN", **given: Any) -> int:
    """One of which nobody knows where it is now, unless that is given."""
    given = {"lat": None, "lon": None} | given
    with ops.db.begin() as session:
        feed = make_feed(session, "deployments")
        return make_unit(session, feed, handling=make_handling(session, owner, marking), agency=owner, **given).id


def wanted(unit: int, starts: float, ends: float, **given: Any) -> Wanted:
    kind = given.pop("kind", BookingKind.DEPLOYMENT)
    if kind is BookingKind.DEPLOYMENT:
        given.setdefault("place", "NZAKL")
    return Wanted(unit, kind, at(starts), at(ends), **given)


def assign(ops: Ops, unit: int, starts: float, ends: float, by: Actor = LEAD, **given: Any) -> int:
    return int(ops.plans.assign(by, [wanted(unit, starts, ends, **given)], {"": "agreed"})["assignments"][0])


def stored(ops: Ops) -> dict[int, dict[str, Any]]:
    with ops.db.reading() as session:
        return {row.id: plain(row) for row in session.scalars(select(Assignment))}


def standing(ops: Ops) -> dict[int, dict[str, Any]]:
    return {number: row for number, row in stored(ops).items() if row["cancelled_at"] is None}


def test_two_planners_who_want_the_same_unit_at_once_get_one_success_and_one_clear_refusal(ops: Ops) -> None:
    unit, gate = a_unit(ops), Barrier(2)

    def book(name: str) -> str:
        gate.wait(timeout=20)
        try:
            return str(ops.plans.assign(actor(Role.SHIFT_LEAD, name=name), [wanted(unit, 2, 6)])["said"])
        except Conflict as refused:
            return f"refused: {refused}"

    with ThreadPoolExecutor(2) as both:
        said = sorted(both.map(book, ("ana", "ben")))
    assert said[0].startswith("Assigned: CUSTOMS")
    assert "booked already: Auckland" in said[1]
    assert "assigned by" in said[1]
    assert len(standing(ops)) == 1


def test_an_assignment_to_an_operation_counts_for_it_and_is_logged(ops: Ops) -> None:
    unit = a_unit(ops)
    with ops.db.begin() as session:
        operation = make_operation(session, marking="GREEN", agencies=["CUS"])
        number, revision = operation.id, operation.revision
    done = ops.plans.assign(LEAD, [wanted(unit, 2, 6, kind=BookingKind.OPERATION, operation_id=number)])
    with ops.db.reading() as session:
        assert session.get_one(Operation, number).revision > revision
        entry = session.scalars(select(LogEntry).order_by(LogEntry.seq.desc())).first()
        assert entry is not None
        assert (entry.kind, entry.text) == ("plan", done["said"])
    ((row, bar),) = ops.plan_reads.of_operation(LEAD, number)
    assert (row.unit_id, bar.operation_id, bar.kind, bar.may_edit) == (unit, number, "assignment", True)


def test_a_reason_is_asked_for_kept_and_shown(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    told = sqlite_ops.plans.check(LEAD, wanted(unit, 2, 20))
    assert [one["kind"] for one in told["conflicts"]] == ["duty hours"]
    assert not told["forbidden"]
    assert stored(sqlite_ops) == {}
    with pytest.raises(Conflict, match=r"18 h 00 min of duty .* reason"):
        sqlite_ops.plans.assign(LEAD, [wanted(unit, 2, 20)])
    done = sqlite_ops.plans.assign(LEAD, [wanted(unit, 2, 20)], {"duty hours": "two crews"})
    _row, bar = sqlite_ops.plan_reads.assignment(LEAD, done["assignments"][0])
    assert [(one.kind, one.accepted) for one in bar.conflicts] == [("duty hours", "two crews")]


def test_no_reason_lets_a_unit_be_booked_twice(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    assign(sqlite_ops, unit, 2, 6)
    with pytest.raises(Conflict, match="booked already"):
        sqlite_ops.plans.assign(LEAD, [wanted(unit, 5, 8)], {"": "whatever", "double booking": "whatever"})
    with pytest.raises(Conflict, match="booked already"):  # nor within one request
        sqlite_ops.plans.assign(LEAD, [wanted(unit, 10, 12), wanted(unit, 11, 13)], {"": "whatever"})


def test_a_change_is_made_on_the_version_that_was_seen(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    number = assign(sqlite_ops, unit, 2, 6)
    sqlite_ops.plans.change(LEAD, number, 1, wanted(unit, 3, 7))
    with pytest.raises(Conflict, match="changed by lead"):
        sqlite_ops.plans.change(LEAD, number, 1, wanted(unit, 4, 8))
    with pytest.raises(Conflict, match="changed by lead"):
        sqlite_ops.plans.cancel(LEAD, number, 1)


def test_a_unit_of_another_agency_is_not_a_liaisons_to_plan(sqlite_ops: Ops) -> None:
    mine, theirs = a_unit(sqlite_ops), a_unit(sqlite_ops, "POL")
    liaison = actor(Role.AGENCY_LIAISON, "CUS", name="liaison")
    number = assign(sqlite_ops, mine, 2, 6, by=liaison)
    with pytest.raises(NotPermitted, match="units of CUS only"):
        assign(sqlite_ops, theirs, 2, 6, by=liaison)
    with pytest.raises(NotPermitted):  # nor by moving one's own assignment over
        sqlite_ops.plans.change(liaison, number, 1, wanted(theirs, 2, 6))
    others = assign(sqlite_ops, theirs, 2, 6)
    with pytest.raises(NotPermitted):
        sqlite_ops.plans.cancel(liaison, others, 1)
    rows = sqlite_ops.plan_reads.plan(liaison, at(0), at(24)).rows
    assert {row.unit_id: row.may_edit for row in rows} == {mine: True, theirs: False}


def test_a_unit_that_is_not_released_cannot_be_planned_nor_seen(sqlite_ops: Ops) -> None:
    secret = a_unit(sqlite_ops, "POL", "RED")
    with pytest.raises(NotFound):
        assign(sqlite_ops, secret, 2, 6)
    assert sqlite_ops.plan_reads.plan(LEAD, at(0), at(24)).units == 0


def test_a_unit_booked_for_what_one_may_not_know_of_is_refused_without_saying_what(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    with sqlite_ops.db.begin() as session:
        hidden = make_operation(session, "POL", "AMBER", agencies=["CUS"], name="Black tide").id
    police = actor(Role.OPERATION_COMMANDER, "POL", name="police")
    number = assign(sqlite_ops, unit, 2, 6, by=police, kind=BookingKind.OPERATION, operation_id=hidden)
    with pytest.raises(Conflict, match="booked already: something that is not released to you") as refused:
        assign(sqlite_ops, unit, 3, 5)
    assert "tide" not in str(refused.value)
    assert sqlite_ops.plan_reads.plan(LEAD, at(0), at(24)).rows[0].bars == ()
    # the unit's own agency must know when it is wanted, but not for what
    customs = actor(Role.AGENCY_LIAISON, "CUS", name="customs")
    _row, bar = sqlite_ops.plan_reads.assignment(customs, number)
    assert (bar.label, bar.operation_id, bar.operation) == ("an operation", None, None)


def test_an_operation_that_has_ended_gets_nobody(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    with sqlite_ops.db.begin() as session:
        closed = make_operation(session, state="closed").id
    with pytest.raises(Conflict, match="is closed"):
        assign(sqlite_ops, unit, 2, 6, kind=BookingKind.OPERATION, operation_id=closed)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"place": "NOWHERE"}, "no place"),
        ({"place": None}, "where it is deployed"),
        ({"kind": BookingKind.OPERATION}, "Name the operation"),
        ({"kind": BookingKind.AGENCY}, "cannot be planned"),
        ({"place": None, "lat": 91.0, "lon": 0.0}, "no position"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_would(sqlite_ops: Ops, given: dict[str, Any], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        assign(sqlite_ops, a_unit(sqlite_ops), 2, 6, **given)


def test_what_was_is_not_planned_nor_changed(sqlite_ops: Ops, frozen_clock: Any) -> None:
    unit = a_unit(sqlite_ops)
    with pytest.raises(Invalid, match="lies behind us"):
        assign(sqlite_ops, unit, -4, -2)
    number = assign(sqlite_ops, unit, 2, 6)
    frozen_clock.advance(hours=7)
    with pytest.raises(Conflict, match="It is over"):
        sqlite_ops.plans.cancel(LEAD, number, 1)
    with pytest.raises(Conflict, match="Part of it is over"):
        sqlite_ops.plans.undo(LEAD)


def test_undo_puts_back_what_was_and_only_ones_own(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    number = assign(sqlite_ops, unit, 2, 6)
    before = stored(sqlite_ops)
    sqlite_ops.plans.change(LEAD, number, 1, wanted(unit, 8, 12, place="NZWLG", note="later"))
    with pytest.raises(NotFound, match="no change of yours"):
        sqlite_ops.plans.undo(actor(Role.SHIFT_LEAD, name="other"))
    sqlite_ops.plans.undo(LEAD)
    assert stored(sqlite_ops) == before
    sqlite_ops.plans.undo(LEAD)
    assert standing(sqlite_ops) == {}
    with pytest.raises(NotFound):
        sqlite_ops.plans.undo(LEAD)


def test_what_somebody_changed_since_is_not_undone(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    number = assign(sqlite_ops, unit, 2, 6)
    sqlite_ops.plans.change(actor(Role.SHIFT_LEAD, name="other"), number, 1, wanted(unit, 3, 7))
    with pytest.raises(Conflict, match="changed since"):
        sqlite_ops.plans.undo(LEAD)


def test_a_cancelled_assignment_does_not_come_back_over_another(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    sqlite_ops.plans.cancel(LEAD, assign(sqlite_ops, unit, 2, 6), 1)
    assign(sqlite_ops, unit, 4, 8, by=actor(Role.SHIFT_LEAD, name="other"))
    with pytest.raises(Conflict, match=r"cannot be undone.*booked already"):
        sqlite_ops.plans.undo(LEAD)


acts = st.lists(
    st.tuples(st.sampled_from(["assign", "change", "cancel"]), st.integers(0, 3), st.integers(0, 60)), max_size=8
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(acts)
def test_undoing_everything_restores_every_plan_on_the_way_exactly(sqlite_ops: Ops, asked: Any) -> None:
    planner = actor(Role.SHIFT_LEAD, name="planner")
    units = [a_unit(sqlite_ops) for _ in range(2)]
    untouched, plans = standing(sqlite_ops), []
    mine: list[int] = []
    for act, which, start in asked:
        before = standing(sqlite_ops)
        unit, spot = units[which % 2], start / 2
        try:
            _carry_out(
                sqlite_ops, planner, act, mine, wanted(unit, spot + 1, spot + 5, place=None, lat=-36.8, lon=174.8)
            )
        except (Conflict, IndexError):
            continue
        plans.append(before)
    for before in reversed(plans):
        sqlite_ops.plans.undo(planner)
        assert standing(sqlite_ops) == before
    assert standing(sqlite_ops) == untouched


def _carry_out(ops: Ops, planner: Actor, act: str, mine: list[int], want: Wanted) -> None:
    reasons = {"": "for the test"}
    if act == "assign":
        mine.extend(ops.plans.assign(planner, [want], reasons)["assignments"])
        return
    number = mine[-1]
    with ops.db.reading() as session:
        version = session.get_one(Assignment, number).version
    if act == "change":
        ops.plans.change(planner, number, version, want, reasons)
    else:
        ops.plans.cancel(planner, number, version)


def test_deployments_and_taskings_are_shown_and_counted_beside_the_plan(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    with sqlite_ops.db.begin() as session:
        row = session.get_one(Unit, unit)
        make_deployment(session, row)
        make_tasking(session, row, handling_id=make_handling(session, "OPS", "GREEN").id)
    assign(sqlite_ops, unit, 5, 6)
    (found,) = sqlite_ops.plan_reads.plan(LEAD, at(0), at(24)).rows
    assert [(bar.kind, bar.version > 0) for bar in found.bars] == [
        ("deployment", False),
        ("tasking", False),
        ("assignment", True),
    ]
    assert (found.deployed_h, found.booked_h, found.place) == (7.0, 1.0, "NZAKL")


def test_a_pattern_is_booked_as_one_and_ends_as_one(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    assign(sqlite_ops, unit, 24, 26)
    pattern = sqlite_ops.plan_patterns.read(frozenset(range(7)), "18:00", "22:00", "2026-04-02", "2026-04-08")
    with pytest.raises(Conflict, match="booked already"):
        sqlite_ops.plan_patterns.make(LEAD, pattern, wanted(unit, 0, 1))
    made = sqlite_ops.plan_patterns.make(LEAD, pattern, wanted(unit, 0, 1), {"": "agreed"}, skip_booked=True)
    assert (len(made["assignments"]), made["left_out"]) == (6, 1)
    (view,) = sqlite_ops.plan_reads.patterns(LEAD)
    assert view.to_come == 6
    sqlite_ops.plan_patterns.end(LEAD, view.id)
    assert len(standing(sqlite_ops)) == 1
    assert sqlite_ops.plan_reads.patterns(LEAD) == []
    sqlite_ops.plans.undo(LEAD)
    assert sqlite_ops.plan_reads.patterns(LEAD)[0].to_come == 6


def test_only_those_who_plan_may_plan(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    with pytest.raises(NotPermitted):
        assign(sqlite_ops, unit, 2, 6, by=actor(Role.TARGETER))
    with pytest.raises(NotPermitted):
        sqlite_ops.plans.check(actor(Role.WALL), wanted(unit, 2, 6))
    with pytest.raises(NotPermitted):
        sqlite_ops.plan_reads.plan(actor(Role.WALL), at(0), at(24))


def test_an_ended_tasking_is_shown_as_it_went_and_counts_for_hours_but_against_nothing(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    with sqlite_ops.db.begin() as session:
        feed_unit = session.get_one(Unit, unit)
        times = {"requested_at": at(-6), "en_route_at": at(-5), "ended_at": at(-1)}
        gone = make_tasking(session, feed_unit, state="complete", handling_id=feed_unit.handling_id, **times)
        hidden = make_handling(session, "POL", "RED").id
        make_tasking(session, feed_unit, state="cancelled", handling_id=hidden, **times)
        make_outcome(session, gone, result="negative", handling_id=feed_unit.handling_id)
    assert sqlite_ops.plans.check(LEAD, wanted(unit, -5, 2))["conflicts"] == []
    (row,) = sqlite_ops.plan_reads.plan(LEAD, at(-24), at(24)).rows
    assert [(bar.kind, bar.label, bar.starts_at, bar.ends_at, bar.conflicts) for bar in row.bars] == [
        ("ended tasking", "negative: CAP MANUEL", at(-6), at(-1), ())
    ]
    assert (row.week_h, row.week_limit_h, row.flying_h) == (4.0, 60.0, None)


def test_a_week_that_is_too_full_is_told_on_the_bar_and_asks_for_a_reason(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops)
    for day in range(6):
        assign(sqlite_ops, unit, day * 24 + 1, day * 24 + 11)
    assert sqlite_ops.plan_reads.plan(LEAD, at(0), at(168)).conflicts == 0
    with pytest.raises(Conflict, match=r"66 h of duty in the seven days .* at most 60 h .* reason"):
        sqlite_ops.plans.assign(LEAD, [wanted(unit, 145, 151)])
    last = assign(sqlite_ops, unit, 145, 151)
    _row, bar = sqlite_ops.plan_reads.assignment(LEAD, last)
    assert [(one.kind, one.accepted) for one in bar.conflicts] == [("week's hours", "agreed")]
    (row,) = sqlite_ops.plan_reads.plan(LEAD, at(0), at(168)).rows
    assert (row.week_h, row.unaccepted) == (66.0, 0)  # accepted of one, accepted of the week


def test_the_first_assignment_is_judged_by_where_the_unit_was_just_seen(sqlite_ops: Ops) -> None:
    unit = a_unit(sqlite_ops, lat=-41.28, lon=174.78)  # Wellington
    (found,) = sqlite_ops.plans.check(LEAD, wanted(unit, 2, 6))["conflicts"]
    assert (found["kind"], found["with"]) == ("travel", f"now:{unit}")
    assert found["words"].endswith("only 2 h 00 min for it: from where it is now")
    assert sqlite_ops.plans.check(LEAD, wanted(unit, 20, 24))["clear"]
    with sqlite_ops.db.begin() as session:
        session.get_one(Unit, unit).position_at = at(-5)
    (told,) = sqlite_ops.plans.check(LEAD, wanted(unit, 20, 24))["conflicts"]
    assert (told["kind"], told["weight"]) == ("stale position", "note")
