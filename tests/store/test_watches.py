"""The roster is planned and manned, exactly one watch is on, and people come and go."""

import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from ops_centre.auth.roles import Role
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted, OpsError
from ops_centre.models import LogEntry, Watch, WatchMember
from ops_centre.services.deeds import Repeated
from tests.factories import actor
from tests.support.clock import START, FakeClock
from tests.watch_factories import make_lead, make_officer, make_watch


def entries(ops: Any) -> list[str]:
    with ops.db.reading() as session:
        return list(session.scalars(select(LogEntry.text).order_by(LogEntry.seq)))


def watches(ops: Any, **by: Any) -> list[Watch]:
    with ops.db.reading() as session:
        return list(session.scalars(select(Watch).filter_by(**by).order_by(Watch.starts_at)))


def people(ops: Any) -> tuple[Any, Any, Any]:
    with ops.db.begin() as session:
        return make_lead(session), make_lead(session, "lead2"), make_officer(session)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What came of acts that began together: the answer, or the error."""
    gate = threading.Barrier(len(acts))
    came: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            came[place] = act()
        except OpsError as refused:
            came[place] = refused

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def test_the_roster_is_planned_once(ops: Any) -> None:
    assert ops.watches.plan_ahead() >= 14 * 3
    assert ops.watches.plan_ahead() == 0
    planned = watches(ops)
    assert all(before.ends_at == after.starts_at for before, after in pairwise(planned))
    assert planned[0].starts_at <= START < planned[0].ends_at


def test_the_roster_grows_with_the_days(ops: Any, frozen_clock: FakeClock) -> None:
    ops.watches.plan_ahead()
    frozen_clock.advance(days=1)
    assert ops.watches.plan_ahead() == 3


def test_what_the_pattern_no_longer_has_is_taken_off_unless_somebody_stands_there(ops: Any) -> None:
    lead, _second, _duty = people(ops)
    with ops.db.begin() as session:
        for days in (2, 3):
            start = START + timedelta(days=days)
            session.add(Watch(name="OLD", starts_at=start, ends_at=start + timedelta(hours=8), state="planned"))
    manned = watches(ops, name="OLD")[0]
    ops.watches.assign(lead, manned.id, "lead", [])
    ops.watches.plan_ahead()
    assert [watch.id for watch in watches(ops, name="OLD")] == [manned.id]


def test_a_lead_and_members_are_put_on_a_watch(ops: Any) -> None:
    lead, _second, _duty = people(ops)
    ops.watches.plan_ahead()
    tomorrow = watches(ops)[4]
    ops.watches.assign(lead, tomorrow.id, "lead2", [("duty", "Sea")])
    row = next(row for row in ops.watch_reads.view(lead).roster if row.id == tomorrow.id)
    assert (row.lead, [(one.name, one.desk) for one in row.members]) == ("lead2", [("duty", "Sea")])
    ops.watches.assign(lead, tomorrow.id, None, [])
    assert watches(ops, id=tomorrow.id)[0].lead is None
    assert len(entries(ops)) == 2


def test_somebody_who_would_stand_too_long_is_warned_of_and_still_put_there(ops: Any) -> None:
    lead, _second, _duty = people(ops)
    ops.watches.plan_ahead()
    first, second = watches(ops)[4:6]
    assert ops.watches.assign(lead, first.id, "lead2", [])["warnings"] == []
    assert ops.watches.assign(lead, second.id, "lead2", [])["warnings"] == ["lead2 stands 16 h without a break"]
    assert [clash.watch_ids for clash in ops.watch_reads.view(lead).clashes] == [(first.id, second.id)]


@pytest.mark.parametrize(
    ("on", "why"), [("nobody", "no account"), ("wall", "does not stand watches"), ("duty", "may not lead")]
)
def test_who_cannot_lead_is_refused(ops: Any, on: str, why: str) -> None:
    lead, _second, _duty = people(ops)
    with ops.db.begin() as session:
        from tests.factories import make_user

        make_user(session, Role.WALL, name="wall")
    ops.watches.plan_ahead()
    with pytest.raises(Invalid, match=why):
        ops.watches.assign(lead, watches(ops)[3].id, on, [])


def test_only_a_lead_plans_and_opens(ops: Any) -> None:
    _lead, _second, duty = people(ops)
    with pytest.raises(NotPermitted):
        ops.watches.assign(duty, 1, None, [])
    with pytest.raises(NotPermitted):
        ops.watches.open(duty, "first")
    with pytest.raises(NotPermitted):
        ops.watches.join(actor(Role.WALL))


def test_a_watch_that_is_not_there_cannot_be_manned(ops: Any) -> None:
    lead, _second, _duty = people(ops)
    with pytest.raises(NotFound):
        ops.watches.assign(lead, 99, None, [])


def test_the_first_watch_is_opened_with_a_reason_and_is_the_one_of_the_roster(ops: Any) -> None:
    lead, _second, _duty = people(ops)
    ops.watches.plan_ahead()
    with pytest.raises(Invalid, match="why"):
        ops.watches.open(lead, "  ")
    opened = ops.watches.open(lead, "The centre starts.")
    view = ops.watch_reads.view(lead)
    assert view.on is not None
    assert (view.on.id, view.on.lead, view.on.name) == (opened["watch"], "lead", "B")  # 18:30 in Auckland
    assert [one.name for one in view.on.present] == ["lead"]
    assert entries(ops) == ["Watch B opened without a handover: The centre starts."]


def test_without_a_roster_the_watch_still_has_its_hours(ops: Any) -> None:
    lead, _second, _duty = people(ops)
    ops.watches.open(lead, "The centre starts.")
    ends = watches(ops)[0].ends_at.astimezone(ZoneInfo("Pacific/Auckland"))
    assert f"{ends:%H:%M}" == "23:00"


def test_a_second_watch_is_refused_while_one_is_on(ops: Any) -> None:
    lead, second, _duty = people(ops)
    ops.watches.open(lead, "start")
    with pytest.raises(Conflict, match="ask for a handover"):
        ops.watches.open(second, "me too")
    with pytest.raises(Conflict, match="already"):
        ops.watches.open(lead, "again")


def test_two_leads_who_open_at_once_get_one_watch_and_one_refusal(ops: Any) -> None:
    lead, second, _duty = people(ops)
    ops.watches.plan_ahead()
    came = at_once(lambda: ops.watches.open(lead, "one"), lambda: ops.watches.open(second, "two"))
    assert sorted(isinstance(one, Conflict) for one in came) == [False, True]
    assert len(watches(ops, state="open")) == 1
    assert len(entries(ops)) == 1


def test_a_watch_left_behind_past_its_end_can_be_taken_without_a_handover(ops: Any, frozen_clock: FakeClock) -> None:
    lead, second, _duty = people(ops)
    ops.watches.plan_ahead()
    first = ops.watches.open(lead, "start")["watch"]
    frozen_clock.set(watches(ops, id=first)[0].ends_at + timedelta(minutes=31))
    taken = ops.watches.open(second, "lead went home ill")["watch"]
    assert [(watch.id, watch.state) for watch in watches(ops) if watch.opened_at] == [
        (first, "handed over"),
        (taken, "open"),
    ]
    with ops.db.reading() as session:
        still = select(func.count()).select_from(WatchMember).where(WatchMember.left_at.is_(None))
        assert session.scalar(still) == 1


def test_a_watch_that_overran_is_logged_once(ops: Any, frozen_clock: FakeClock) -> None:
    lead, _second, _duty = people(ops)
    ops.watches.plan_ahead()
    ops.watches.open(lead, "start")
    assert not ops.watches.note_overrun()
    frozen_clock.set(watches(ops, state="open")[0].ends_at)
    assert ops.watches.note_overrun()
    assert not ops.watches.note_overrun()
    assert "passed its planned end, 23:00" in entries(ops)[-1]


def test_people_come_on_the_watch_and_go_off_it(ops: Any, frozen_clock: FakeClock) -> None:
    lead, _second, duty = people(ops)
    with pytest.raises(Conflict, match="No watch is open"):
        ops.watches.join(duty)
    ops.watches.open(lead, "start")
    ops.watches.join(duty, "Sea")
    ops.watches.join(duty, "Air")
    assert [(one.name, one.desk) for one in ops.watch_reads.view(duty).on.present] == [("lead", None), ("duty", "Air")]
    frozen_clock.advance(hours=1)
    ops.watches.leave(duty)
    assert [one.name for one in ops.watch_reads.view(duty).on.present] == ["lead"]
    with pytest.raises(Conflict, match="not on"):
        ops.watches.leave(duty)
    with pytest.raises(Conflict, match="Hand it over"):
        ops.watches.leave(lead)
    assert len(entries(ops)) == 3  # opened, came, went: another desk is no entry


def test_who_is_on_shows_in_the_picture(ops: Any) -> None:
    lead, _second, duty = people(ops)
    with ops.db.begin() as session:
        make_watch(session, lead="lead")
    ops.watches.join(duty)
    with ops.db.reading() as session:
        ops.picture.live.present.load(session)
    assert ops.picture.watch(lead).officers == 2


def test_a_press_that_arrives_twice_acts_once(ops: Any) -> None:
    lead, _second, _duty = people(ops)
    ops.watches.open(lead, "start", "request-1")
    with pytest.raises(Repeated):
        ops.watches.open(lead, "start", "request-1")
