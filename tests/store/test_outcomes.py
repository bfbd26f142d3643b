"""Outcomes: what is asked for, what they close, how a later one takes the place of an earlier, on both databases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain.tasking import NotExamined, Result, TaskingState
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import LogEntry, Outcome, Target, Tasking
from ops_centre.services.outcomes import Finding
from ops_centre.services.taskings import Report
from tests import factories
from tests.store.dispatching import LIAISON, OFFICER, OTHER_LIAISON, TARGETER, Scene, scene
from tests.support.clock import START

S = TaskingState
KILOS = {"finding": "Cocaine", "quantity": 12.5, "quantity_unit": "kg"}


def on_scene(here: Scene, *units: Any) -> int:
    """Number of a tasking whose unit is on scene."""
    number = here.tasked(*units)
    for state in (S.ACCEPTED, S.ON_SCENE):
        here.ops.taskings.report(OFFICER, number, state, Report())
    return number


def target(here: Scene) -> Target:
    with here.ops.db.reading() as session:
        return session.get_one(Target, here.target.id)


def last_words(ops: Any) -> str:
    with ops.db.reading() as session:
        return session.scalars(select(LogEntry.text).order_by(LogEntry.seq.desc()).limit(1)).one()


def test_a_finding_closes_tasking_and_target(ops: Any) -> None:
    here = scene(ops)
    number = on_scene(here)
    found = Finding(Result.POSITIVE, number, note="In the engine room", completes=True, **KILOS)
    answer = ops.outcomes.report(here.field, found)
    assert answer["outcome"] == 1
    assert last_words(ops) == (
        "Outcome of CAP MANUEL, examined by HAWK 1: positive, Cocaine, 12.5 kg. In the engine room (field page)."
    )
    assert (target(here).status, target(here).decided_status) == ("encountered", "encountered")
    view = ops.dispatch_reads.tasking(OFFICER, number)
    assert (view.row.state, view.row.outcome_owed) == ("complete", False)
    ops.picture.live.start()
    assert ops.picture.taskings(OFFICER) == []
    assert ops.picture.targets(OFFICER) == []


def test_a_complete_tasking_owes_its_outcome_until_it_is_reported(ops: Any) -> None:
    here = scene(ops)
    number = on_scene(here)
    ops.taskings.report(here.field, number, S.COMPLETE, Report())
    assert ops.dispatch_reads.tasking(OFFICER, number).row.outcome_owed
    ops.outcomes.report(here.field, Finding(Result.NEGATIVE, number, completes=True))
    assert not ops.dispatch_reads.tasking(OFFICER, number).row.outcome_owed


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"result": Result.POSITIVE}, "what was found"),
        ({"result": Result.NEGATIVE, "finding": "Tobacco"}, "choose positive"),
        ({"result": Result.NOT_EXAMINED}, "why it was not examined"),
        ({"result": Result.NOT_EXAMINED, "reason": NotExamined.OTHER}, "in a note"),
        ({"result": Result.NEGATIVE, "reason": NotExamined.WEATHER}, "Only what was not examined"),
        ({"result": Result.POSITIVE, "finding": "x", "quantity": 3.0}, "needs its unit"),
        ({"result": Result.POSITIVE, "finding": "x", "quantity": -3.0, "quantity_unit": "kg"}, "more than nothing"),
        (
            {"result": Result.POSITIVE, "finding": "x", "quantity": float("nan"), "quantity_unit": "kg"},
            "more than nothing",
        ),
        ({"result": Result.NEGATIVE, "target_id": 1}, "of a tasking or of a target"),
    ],
)
def test_what_is_missing_is_asked_for(sqlite_ops: Any, given: dict[str, Any], said: str) -> None:
    here = scene(sqlite_ops)
    number = on_scene(here)
    with pytest.raises(Invalid, match=said):
        sqlite_ops.outcomes.report(OFFICER, Finding(**({"tasking_id": number} | given)))
    with sqlite_ops.db.reading() as session:
        assert session.scalars(select(Outcome)).all() == []


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (NotExamined.NO_UNIT, "missed"),
        (NotExamined.WEATHER, "missed"),
        (NotExamined.ARRIVED_EARLY, "missed"),
        (NotExamined.RELEASED_IN_ERROR, "released"),
    ],
)
def test_a_target_without_a_tasking_gets_its_outcome_directly(
    sqlite_ops: Any, reason: NotExamined, status: str
) -> None:
    here = scene(sqlite_ops)
    sqlite_ops.outcomes.report(TARGETER, Finding(Result.NOT_EXAMINED, target_id=here.target.id, reason=reason))
    assert target(here).decided_status == status
    assert f"not examined, {reason.value}" in last_words(sqlite_ops)


def test_a_later_outcome_takes_the_place_of_an_earlier_one_which_stays(ops: Any) -> None:
    here = scene(ops)
    ops.outcomes.report(OFFICER, Finding(Result.NOT_EXAMINED, target_id=here.target.id, reason=NotExamined.WEATHER))
    assert target(here).status == "missed"
    ops.outcomes.report(OFFICER, Finding(Result.NEGATIVE, target_id=here.target.id))
    assert target(here).status == "encountered"
    later, earlier = ops.dispatch_reads.outcomes(OFFICER, target_id=here.target.id)
    assert (later.result, later.superseded_by) == ("negative", None)
    assert (earlier.result, earlier.superseded_by) == ("not examined", later.id)
    assert f"It takes the place of outcome {earlier.id}" in last_words(ops)


def test_a_source_cannot_undo_what_an_outcome_decided(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    sqlite_ops.outcomes.report(OFFICER, Finding(Result.NEGATIVE, target_id=here.target.id))
    assert target(here).decided_status == "encountered"


def test_a_miss_does_not_close_a_target_while_another_unit_is_on_its_way(ops: Any) -> None:
    here = scene(ops)
    decision = here.decide(*here.units, reason="Both")
    first, second = ops.dispatch_reads.decision(OFFICER, decision).taskings
    ops.taskings.report(OFFICER, first.id, S.ACCEPTED, Report())
    ops.outcomes.report(OFFICER, Finding(Result.NOT_EXAMINED, first.id, reason=NotExamined.WEATHER, completes=True))
    assert target(here).status == "issued"
    with ops.db.reading() as session:
        assert session.get_one(Tasking, first.id).state == "cancelled"
    for state in (S.ACCEPTED, S.ON_SCENE):
        ops.taskings.report(OFFICER, second.id, state, Report())
    ops.outcomes.report(OFFICER, Finding(Result.POSITIVE, second.id, **KILOS))
    assert target(here).status == "encountered"


def test_nothing_is_examined_by_who_was_not_on_scene(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    number = here.tasked()
    with pytest.raises(Conflict, match="has not accepted"):
        sqlite_ops.outcomes.report(OFFICER, Finding(Result.NOT_EXAMINED, number, reason=NotExamined.WEATHER))
    sqlite_ops.taskings.report(OFFICER, number, S.ACCEPTED, Report())
    with pytest.raises(Conflict, match="not reported on scene"):
        sqlite_ops.outcomes.report(here.field, Finding(Result.NEGATIVE, number))


def test_an_outcome_keeps_the_time_at_which_it_was_found(ops: Any, frozen_clock: Any) -> None:
    here = scene(ops)
    number = on_scene(here)
    found_at = frozen_clock.advance(minutes=10)
    frozen_clock.advance(hours=3)
    ops.outcomes.report(here.field, Finding(Result.NEGATIVE, number, examined_at=found_at, completes=True))
    (outcome,) = ops.dispatch_reads.outcomes(OFFICER, tasking_id=number)
    assert (outcome.examined_at, outcome.recorded_at) == (found_at, START + timedelta(minutes=190))
    assert "recorded late" in last_words(ops)
    with ops.db.reading() as session:
        assert session.get_one(Tasking, number).ended_at == found_at


def test_only_who_may_speak_for_it_reports_an_outcome(ops: Any) -> None:
    here = scene(ops)
    number = on_scene(here)
    finding, direct = Finding(Result.NEGATIVE, number), Finding(Result.NEGATIVE, target_id=here.target.id)
    with pytest.raises(NotFound):
        ops.outcomes.report(factories.actor(Role.FIELD_UNIT, agency="CUS", user_id=999), finding)
    with pytest.raises(NotPermitted, match="HAWK 1 is of CUS"):
        ops.outcomes.report(OTHER_LIAISON, finding)
    with pytest.raises(NotPermitted, match="target's own agency"):
        ops.outcomes.report(OTHER_LIAISON, direct)
    with pytest.raises(NotPermitted):
        ops.outcomes.report(here.field, direct)
    for role in (Role.WALL, Role.ADMINISTRATOR):
        with pytest.raises(NotPermitted):
            ops.outcomes.report(factories.actor(role), finding)
    ops.outcomes.report(LIAISON, direct)


def test_criteria_learn_what_their_hits_brought(ops: Any) -> None:
    here = scene(ops)
    with ops.db.begin() as session:
        feed = factories.make_feed(session, "targets")
        others = [factories.make_target(session, feed) for _ in range(3)]
        factories.make_restricted_target(session, feed)
    ops.outcomes.report(OFFICER, Finding(Result.POSITIVE, target_id=here.target.id, **KILOS))
    ops.outcomes.report(OFFICER, Finding(Result.NEGATIVE, target_id=others[0].id))
    ops.outcomes.report(OFFICER, Finding(Result.NOT_EXAMINED, target_id=others[1].id, reason=NotExamined.NO_UNIT))
    (row,) = ops.dispatch_reads.criteria(OFFICER)
    assert (row.criterion, row.version, row.hits, row.targets) == ("Rule 7", "3", 4, 4)
    assert (row.examined, row.positive, row.negative, row.not_examined, row.undecided) == (2, 1, 1, 1, 1)
    assert row.share == 0.5
    ops.outcomes.report(OFFICER, Finding(Result.NEGATIVE, target_id=here.target.id))
    (row,) = ops.dispatch_reads.criteria(OFFICER)
    assert (row.positive, row.negative, row.share) == (0, 2, 0.0)


def test_who_may_not_report_steps_does_not_end_a_tasking_by_its_outcome(ops: Any) -> None:
    here = scene(ops)
    number = on_scene(here)
    with pytest.raises(NotPermitted):
        ops.outcomes.report(TARGETER, Finding(Result.NEGATIVE, number, completes=True))
    ops.outcomes.report(TARGETER, Finding(Result.NEGATIVE, number))
    with ops.db.reading() as session:
        assert session.get_one(Tasking, number).state == "on scene"
