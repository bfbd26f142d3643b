"""What is reported about a tasking: by whom, in what order, at what time, on both databases."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain.tasking import Manner, TaskingState
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import LogEntry, Tasking, Unit
from ops_centre.services.deeds import Repeated
from ops_centre.services.taskings import Report
from tests import factories
from tests.store.dispatching import LIAISON, OFFICER, OTHER_LIAISON, SECOND, scene
from tests.support.clock import START

S = TaskingState


def stored(ops: Any, number: int) -> Tasking:
    with ops.db.reading() as session:
        return session.get_one(Tasking, number)


def last_entry(ops: Any) -> LogEntry:
    with ops.db.reading() as session:
        return session.scalars(select(LogEntry).order_by(LogEntry.seq.desc()).limit(1)).one()


def test_a_tasking_goes_from_request_to_complete_each_step_logged(ops: Any, frozen_clock: Any) -> None:
    here = scene(ops)
    number = here.tasked()
    for state in (S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE, S.COMPLETE):
        frozen_clock.advance(minutes=5)
        ops.taskings.report(here.field, number, state, Report())
    tasking = stored(ops, number)
    times = [tasking.accepted_at, tasking.en_route_at, tasking.on_scene_at, tasking.ended_at]
    assert times == [START + timedelta(minutes=5 * n) for n in (1, 2, 3, 4)]
    view = ops.dispatch_reads.tasking(OFFICER, number)
    assert [step.state for step in view.steps] == ["requested", "accepted", "en route", "on scene", "complete"]
    assert {step.manner for step in view.steps[1:]} == {"field page"}
    assert all(earlier.log_seq < later.log_seq for earlier, later in pairwise(view.steps))
    assert view.row.outcome_owed
    assert last_entry(ops).text == "HAWK 1 completed the tasking to CAP MANUEL (field page)."


def test_the_picture_follows_each_step(ops: Any) -> None:
    here = scene(ops)
    number = here.tasked()
    ops.taskings.report(here.field, number, S.ACCEPTED, Report())
    ops.taskings.report(here.field, number, S.EN_ROUTE, Report(lat=-36.8, lon=174.8))
    ops.picture.live.start()
    assert ops.picture.targets(OFFICER)[0].tasked == ("HAWK 1 en route",)
    unit = next(unit for unit in ops.picture.units(OFFICER) if unit.callsign == "HAWK 1")
    assert (unit.availability, unit.status) == ("assigned", "en route")


def test_a_declined_tasking_says_why_and_frees_the_unit(ops: Any) -> None:
    here = scene(ops)
    number = here.tasked()
    with pytest.raises(Invalid, match="why the tasking is declined"):
        ops.taskings.report(here.field, number, S.DECLINED, Report())
    ops.taskings.report(here.field, number, S.DECLINED, Report(note="No crew"))
    assert (stored(ops, number).state, stored(ops, number).end_reason) == ("declined", "No crew")
    assert "declined the tasking to CAP MANUEL: No crew" in last_entry(ops).text
    assert here.tasked() != number


def test_the_centre_cancels_with_a_reason_and_the_unit_is_told_when_it_reports(ops: Any) -> None:
    here = scene(ops)
    number = here.tasked()
    with pytest.raises(Invalid, match="why the tasking is cancelled"):
        ops.taskings.cancel(OFFICER, number, "  ")
    ops.taskings.cancel(OFFICER, number, "Vessel turned back")
    with pytest.raises(Conflict, match="cancelled since 06:30 UTC: Vessel turned back"):
        ops.taskings.report(here.field, number, S.ACCEPTED, Report())
    with pytest.raises(Conflict, match="cancelled since"):
        ops.taskings.check_in(here.field, number, Report())
    with pytest.raises(Conflict):
        ops.taskings.cancel(OFFICER, number, "again")


@pytest.mark.parametrize(
    ("done", "wanted", "said"),
    [
        ([], S.ON_SCENE, "is requested; next can be accepted or declined, not on scene"),
        ([], S.COMPLETE, "not complete"),
        ([S.ACCEPTED], S.ACCEPTED, "was reported accepted already"),
        ([S.ACCEPTED], S.COMPLETE, "next can be en route or on scene, not complete"),
        ([S.ACCEPTED, S.EN_ROUTE], S.DECLINED, "not declined"),
    ],
)
def test_what_cannot_follow_is_refused_in_words(sqlite_ops: Any, done: list[S], wanted: S, said: str) -> None:
    here = scene(sqlite_ops)
    number = here.tasked()
    for state in done:
        sqlite_ops.taskings.report(here.field, number, state, Report())
    before = last_entry(sqlite_ops).seq
    with pytest.raises(Conflict, match=said):
        sqlite_ops.taskings.report(here.field, number, wanted, Report(note="now"))
    assert last_entry(sqlite_ops).seq == before


def test_en_route_may_be_passed_over(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    number = here.tasked()
    sqlite_ops.taskings.report(here.field, number, S.ACCEPTED, Report())
    sqlite_ops.taskings.report(here.field, number, S.ON_SCENE, Report())
    assert stored(sqlite_ops, number).en_route_at is None


def test_a_step_that_others_passed_over_is_recorded_late_with_its_own_time(ops: Any, frozen_clock: Any) -> None:
    """The phone had no line; the desk heard "on scene" by radio before the phone could say "en route"."""
    here = scene(ops)
    number = here.tasked()
    ops.taskings.report(here.field, number, S.ACCEPTED, Report())
    left = frozen_clock.advance(minutes=3)
    frozen_clock.advance(minutes=20)
    ops.taskings.report(OFFICER, number, S.ON_SCENE, Report())
    frozen_clock.advance(minutes=5)
    ops.taskings.report(here.field, number, S.EN_ROUTE, Report(at=left))
    tasking = stored(ops, number)
    assert (tasking.state, tasking.en_route_at) == ("on scene", left)
    entry = last_entry(ops)
    assert (entry.occurred_at, entry.recorded_at) == (left, frozen_clock.now())
    assert "recorded late" in entry.text
    steps = ops.dispatch_reads.tasking(OFFICER, number).steps
    assert [(step.state, step.late) for step in steps][2:] == [("en route", True), ("on scene", False)]
    with pytest.raises(Conflict, match="is on scene; next can be complete"):
        ops.taskings.report(here.field, number, S.EN_ROUTE, Report(at=left))


def test_a_desk_writes_down_what_was_said_by_radio_and_says_so(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    number = here.tasked()
    sqlite_ops.taskings.report(OFFICER, number, S.ACCEPTED, Report(manner=Manner.FIELD))
    assert last_entry(sqlite_ops).text == "HAWK 1 accepted the tasking to CAP MANUEL (by radio)."
    sqlite_ops.taskings.report(LIAISON, number, S.EN_ROUTE, Report())
    assert last_entry(sqlite_ops).text.endswith("(desk).")


def test_times_that_cannot_be_are_refused_and_clocks_that_differ_are_borne(ops: Any, frozen_clock: Any) -> None:
    here = scene(ops)
    number = here.tasked()
    with pytest.raises(Invalid, match="future"):
        ops.taskings.report(here.field, number, S.ACCEPTED, Report(at=START + timedelta(minutes=6)))
    with pytest.raises(Invalid, match="before the tasking was requested"):
        ops.taskings.report(here.field, number, S.ACCEPTED, Report(at=START - timedelta(minutes=6)))
    ops.taskings.report(here.field, number, S.ACCEPTED, Report(at=START - timedelta(minutes=4)))
    assert stored(ops, number).accepted_at == START
    ops.taskings.report(here.field, number, S.EN_ROUTE, Report(at=START + timedelta(minutes=4)))
    assert stored(ops, number).en_route_at == START
    frozen_clock.advance(days=4)
    with pytest.raises(Invalid, match="three days ago"):
        ops.taskings.report(here.field, number, S.ON_SCENE, Report(at=START))


def test_a_check_in_changes_no_state_and_may_bring_a_position(ops: Any, frozen_clock: Any) -> None:
    here = scene(ops)
    number = here.tasked()
    frozen_clock.advance(minutes=9)
    ops.taskings.check_in(here.field, number, Report(note="All well", lat=-36.5, lon=175.0))
    tasking = stored(ops, number)
    assert (tasking.state, tasking.checked_in_at) == ("requested", frozen_clock.now())
    with ops.db.reading() as session:
        unit = session.get_one(Unit, here.units[0].id)
    assert (unit.lat, unit.lon, unit.position_at) == (-36.5, 175.0, frozen_clock.now())
    ops.taskings.check_in(here.field, number, Report(at=START + timedelta(minutes=2), lat=-30.0, lon=170.0))
    assert stored(ops, number).checked_in_at == frozen_clock.now()
    with ops.db.reading() as session:
        assert session.get_one(Unit, here.units[0].id).lat == -36.5


@pytest.mark.parametrize(("lat", "lon"), [(91.0, 0.0), (float("nan"), 0.0), (0.0, float("inf")), (-36.0, None)])
def test_a_position_that_is_none_is_refused(lat: float, lon: float | None) -> None:
    with pytest.raises(Invalid, match="position"):
        Report(lat=lat, lon=lon)


def test_a_report_that_is_sent_twice_is_carried_out_once(ops: Any) -> None:
    here = scene(ops)
    number = here.tasked()
    first = ops.taskings.report(here.field, number, S.ACCEPTED, Report(), "queued-0001")
    seq = last_entry(ops).seq
    with pytest.raises(Repeated) as again:
        ops.taskings.report(here.field, number, S.ACCEPTED, Report(), "queued-0001")
    assert again.value.answer == first
    assert last_entry(ops).seq == seq


def test_only_who_speaks_for_the_unit_reports(ops: Any) -> None:
    here = scene(ops)
    number = here.tasked()
    stranger = factories.actor(Role.FIELD_UNIT, agency="CUS", user_id=9999)
    with pytest.raises(NotFound):
        ops.taskings.report(stranger, number, S.ACCEPTED, Report())
    with pytest.raises(NotFound):
        ops.taskings.check_in(stranger, number, Report())
    with pytest.raises(NotPermitted, match="HAWK 1 is of CUS"):
        ops.taskings.report(OTHER_LIAISON, number, S.ACCEPTED, Report())
    with pytest.raises(NotPermitted):
        ops.taskings.cancel(LIAISON, number, "no")
    for role in (Role.TARGETER, Role.WALL, Role.ADMINISTRATOR):
        with pytest.raises(NotPermitted):
            ops.taskings.report(factories.actor(role), number, S.ACCEPTED, Report())
    with pytest.raises(NotFound):
        ops.taskings.report(OFFICER, 2**70, S.ACCEPTED, Report())
    assert stored(ops, number).state == "requested"


def test_another_unit_s_tasking_is_not_the_crew_s_to_report(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    number = here.tasked(here.units[1])
    with pytest.raises(NotFound, match="not yours to report on"):
        sqlite_ops.taskings.report(here.field, number, S.ACCEPTED, Report())


def test_a_reader_is_offered_only_what_they_may_report(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    number = here.tasked()
    views = {
        actor.name: sqlite_ops.dispatch_reads.tasking(actor, number) for actor in (OFFICER, LIAISON, OTHER_LIAISON)
    }
    assert {name: view.moves for name, view in views.items()} == {
        "duty": ("accepted", "declined"),
        "liaison": ("accepted", "declined"),
        "maritime": (),
    }
    assert {name: view.may_cancel for name, view in views.items()} == {
        "duty": True,
        "liaison": False,
        "maritime": False,
    }


def test_the_history_of_taskings_is_read_page_by_page(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    for _ in range(3):
        sqlite_ops.taskings.cancel(SECOND, here.tasked(), "next")
    first = sqlite_ops.dispatch_reads.taskings(OFFICER, limit=2)
    rest = sqlite_ops.dispatch_reads.taskings(OFFICER, before=first[-1].row.id)
    assert [view.row.id for view in (*first, *rest)] == [3, 2, 1]


def test_a_clock_that_was_set_back_silences_nobody_in_the_field(ops: Any, frozen_clock: Any) -> None:
    here = scene(ops)
    number = here.tasked()
    frozen_clock.advance(hours=-1)
    now = frozen_clock.now()
    ops.taskings.report(here.field, number, S.ACCEPTED, Report(at=now - timedelta(minutes=10)))
    assert stored(ops, number).accepted_at == now - timedelta(minutes=10)
    ops.taskings.check_in(here.field, number, Report(at=now))
