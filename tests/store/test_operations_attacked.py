"""Operations, plan and debriefs under people who try: gates gone round, numbers guessed, files made to break the reader."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import icalendar
import pytest
from sqlalchemy import update

from ops_centre.auth.roles import Role
from ops_centre.domain.debriefs import DebriefOf, DebriefSort, PointHead
from ops_centre.domain.operations import OperationState
from ops_centre.domain.planning import BookingKind
from ops_centre.errors import Conflict, NotFound
from ops_centre.models import Operation
from ops_centre.services.debriefs import Opening, Said
from ops_centre.services.operations import Changes
from ops_centre.services.plan_asking import Wanted
from tests.factories import actor, make_feed, make_handling, make_unit
from tests.operation_factories import make_operation
from tests.support.clock import START

Ops = Any
HOUR = timedelta(hours=1)
LEAD = actor(Role.SHIFT_LEAD, name="lead", display_name="Lead")
SECOND = actor(Role.SHIFT_LEAD, name="second", display_name="Second")
THIRD = actor(Role.SHIFT_LEAD, name="third", display_name="Third")
POLICE = actor(Role.SHIFT_LEAD, "POL", name="police")
HEAD = "id,version,action,callsign,kind,operation,place,starts,ends,crew,note"


def operation(ops: Ops, owner: str = "OPS", marking: str = "AMBER", **given: Any) -> int:
    with ops.db.begin() as session:
        return int(make_operation(session, owner, marking, **given).id)


def unit(ops: Ops, callsign: str = "KEA 1") -> int:
    with ops.db.begin() as session:
        given = {"callsign": callsign, "agency": "CUS", "handling": make_handling(session, "CUS", "GREEN")}
        return int(make_unit(session, make_feed(session, "deployments"), lat=None, lon=None, **given).id)


def planned(ops: Ops) -> int:
    """A plan put forward, for a second person to approve."""
    window = {"starts_at": START + HOUR, "ends_at": START + 8 * HOUR}
    number = operation(ops, **window, commander="lead", proposed_by="lead")
    ops.objectives.add(LEAD, number, "Nobody lands unseen", "boats seen")
    ops.operations.move(LEAD, number, OperationState.PLANNED)
    return number


CHANGES: tuple[Callable[[Ops, int], Any], ...] = (
    lambda ops, number: ops.operations.edit(SECOND, number, 1, Changes(ends_at=START + 9 * HOUR)),
    lambda ops, number: ops.objectives.add(SECOND, number, "Another thing", "by eye"),
)


@pytest.mark.parametrize("change", CHANGES, ids=("window", "objective"))
def test_whoever_changed_a_plan_that_was_put_forward_does_not_approve_it(
    sqlite_ops: Ops, change: Callable[[Ops, int], Any]
) -> None:
    number = planned(sqlite_ops)
    change(sqlite_ops, number)
    with pytest.raises(Conflict, match="you changed its plan"):
        sqlite_ops.operations.move(SECOND, number, OperationState.APPROVED)
    steps = sqlite_ops.operation_reads.one(LEAD, number).steps
    assert [(step.state, step.by) for step in steps][-1] == ("planned", "second")
    sqlite_ops.operations.move(THIRD, number, OperationState.APPROVED)
    with pytest.raises(Conflict, match="take the approval back before what it is to reach changes"):
        sqlite_ops.objectives.drop(LEAD, 1, "Nobody asks any more")
    part = sqlite_ops.operation_parts.objectives(LEAD, number)
    assert (part.may_change, part.approved) == (False, True)


def test_a_debrief_is_closed_to_whom_its_operation_is_closed_later(sqlite_ops: Ops) -> None:
    ops = sqlite_ops
    number = operation(ops, marking="GREEN", state="active", started_at=START)
    hot, own = (
        ops.debriefs.open(LEAD, Opening(sort, DebriefOf.OPERATION, number, marking=marking))["debrief"]
        for sort, marking in (
            (DebriefSort.HOT, None),
            (next(s for s in DebriefSort if s is not DebriefSort.HOT), "RED"),
        )
    )
    assert ops.debrief_reads.one(POLICE, hot).row.id == hot
    ops.operations.edit(LEAD, number, 1, Changes(marking="AMBER"))
    with pytest.raises(NotFound):
        ops.debrief_reads.one(POLICE, hot)
    assert ops.debrief_reads.found(POLICE) == []
    assert [ops.debrief_reads.one(LEAD, one).row.marking for one in (hot, own)] == ["AMBER", "RED"]


def test_a_number_that_is_guessed_looks_the_same_whether_or_not_something_stands_under_it(sqlite_ops: Ops) -> None:
    ops = sqlite_ops
    number = operation(ops, marking="RED", state="closed", started_at=START, closed_at=START)
    file = ops.attachments.add(LEAD, number, "a.txt", "text/plain", b"hello")["attachment"]
    report = ops.situation_reports.draft(LEAD, number, ["OPS"])["report"]
    debrief = ops.debriefs.open(LEAD, Opening(DebriefSort.HOT, DebriefOf.OPERATION, number))["debrief"]
    point = ops.debriefs.contribute(LEAD, debrief, Said(PointHead.HAPPENED, "They left."))["point"]
    acts: list[tuple[int, Callable[[int], Any]]] = [
        (file, lambda one: ops.attachments.remove(POLICE, one, "Why not")),
        (report, lambda one: ops.situation_reports.discard(POLICE, one, 1)),
        (point, lambda one: ops.debriefs.strike(POLICE, one)),
    ]
    for known, act in acts:
        said = set()
        for one in (known, 999, 2**63):
            with pytest.raises(NotFound) as refused:
                act(one)
            said.add(str(refused.value))
        assert len(said) == 1, said


def test_undoing_puts_nobody_back_into_an_operation_that_has_ended(sqlite_ops: Ops) -> None:
    ops, number = sqlite_ops, operation(sqlite_ops, marking="GREEN", state="active")
    wanted = Wanted(unit(ops), BookingKind.OPERATION, START + HOUR, START + 5 * HOUR, operation_id=number)
    assigned = ops.plans.assign(LEAD, [wanted], {"": "agreed"})["assignments"][0]
    ops.plans.cancel(LEAD, assigned, 1)
    with ops.db.begin() as session:
        session.execute(update(Operation).values(state="closed"))
    with pytest.raises(Conflict, match="is closed: nobody is assigned to it any more"):
        ops.plans.undo(LEAD)


@pytest.mark.parametrize(
    "line",
    [
        f"{'9' * 5000},,,KEA 1,deployment,,NZAKL,2026-04-02 06:00,2026-04-02 08:00,,",
        ",,,KEA 1,deployment,,NZAKL,9999-12-30 08:00,9999-12-31 11:00,,",
        ",,,KEA 1,deployment,,NZAKL,0001-01-02 08:00,0001-01-03 23:00,,",
    ],
    ids=("number", "year 9999", "year 1"),
)
def test_a_line_of_a_plan_that_no_calendar_holds_is_a_fault_of_that_line(sqlite_ops: Ops, line: str) -> None:
    unit(sqlite_ops)
    good = ",,,KEA 1,deployment,,NZAKL,2026-04-02 06:00,2026-04-02 08:00,,"
    told = sqlite_ops.plan_imports.preview(LEAD, "\n".join((HEAD, line, good)))
    assert [row["does"] for row in told["rows"]] == ["fault", "new"]


def test_a_name_in_a_calendar_stays_one_line_for_every_reader(sqlite_ops: Ops) -> None:
    ops = sqlite_ops
    number = operation(ops, "CUS", "GREEN", state="active", name="A\r\nX:1\rY:1\x0bZ:1\u2028END:VEVENT\x85V\x01W")
    wanted = Wanted(unit(ops), BookingKind.OPERATION, START + HOUR, START + 5 * HOUR, operation_id=number)
    ops.plans.assign(LEAD, [wanted], {"": "agreed"})
    made = ops.plan_calendars.make(LEAD, "CUS", "desk")
    body = ops.plan_calendars.read(made.address.removeprefix("/calendar/").removesuffix(".ics"), "10.0.0.1")
    event = icalendar.Calendar.from_ical(body).walk("VEVENT")[0]
    assert str(event["summary"]).endswith("A X:1 Y:1 Z:1 END:VEVENT V W")
    assert len(body.decode().splitlines()) == body.count(b"\r\n")
