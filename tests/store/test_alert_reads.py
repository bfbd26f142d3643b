"""Alert load and history: counted within the reader's scope, for the officers that were there."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from ops_centre.auth.roles import Role
from ops_centre.errors import NotFound, NotPermitted
from ops_centre.models import Alert, AlertEvent, WatchMember
from tests.factories import actor, make_handling
from tests.support.clock import START, FakeClock
from tests.watch_factories import make_alert, make_watch

Ops = Any
OFFICER = actor(name="duty.officer")


def announce(ops: Ops, at: datetime, times: int = 1, **given: Any) -> Alert:
    with ops.db.begin() as session:
        alert = make_alert(session, raised_at=at, announced_at=at, **given)
        session.add_all(AlertEvent(alert_id=alert.id, at=at, what="announced", by="system") for _ in range(times))
    return alert


def test_nothing_is_an_acceptable_load(ops: Ops) -> None:
    load = ops.alert_reads.load(OFFICER)
    assert (load.per_10min, load.band, load.flood, load.officers) == (0, "acceptable", False, 1)
    assert (len(load.slots), load.median_seen_s, load.worst) == (72, None, ())
    assert load.slots[-1].at == START - timedelta(minutes=10)


def test_load_is_per_officer_on_the_watch(ops: Ops, frozen_clock: FakeClock) -> None:
    with ops.db.begin() as session:
        watch = make_watch(session)
        joined = START - timedelta(minutes=25)
        session.add(WatchMember(watch_id=watch.id, user_name="second", joined_at=joined))
        session.add(WatchMember(watch_id=watch.id, user_name="gone", joined_at=joined, left_at=START))
        session.add(WatchMember(watch_id=watch.id, user_name="planned"))
    announce(ops, START, times=6)
    announce(ops, START - timedelta(minutes=35), times=3)
    load = ops.alert_reads.load(OFFICER)
    assert (load.officers, load.per_10min, load.per_officer, load.band) == (2, 6, 3.0, "over-demanding")
    assert [slot.per_officer for slot in load.slots[-4:]] == [3.0, 0.0, 0.0, 3.0]
    assert load.announced == 9


def test_a_flood_lasts_until_fewer_than_five_in_ten_minutes(ops: Ops, frozen_clock: FakeClock) -> None:
    announce(ops, frozen_clock.now(), times=11)
    frozen_clock.advance(minutes=1)
    load = ops.alert_reads.load(OFFICER)
    assert load.flood
    rate = ops.alert_reads.rate(OFFICER)
    assert (rate.per_10min, rate.band, rate.flood) == (load.per_10min, load.band, True)
    assert START <= load.flood_since <= frozen_clock.now()
    announce(ops, frozen_clock.advance(minutes=6), times=5)
    frozen_clock.advance(minutes=6)
    assert ops.alert_reads.load(OFFICER).flood
    frozen_clock.advance(minutes=6)
    assert not ops.alert_reads.load(OFFICER).flood
    assert not ops.alert_reads.rate(OFFICER).flood


def test_what_is_out_of_scope_is_not_counted_anywhere(ops: Ops) -> None:
    with ops.db.begin() as session:
        red = make_handling(session, "POL", "RED").id
    hidden = announce(ops, START, times=4, handling_id=red, missed=True, cleared_at=START, cleared_by="system")
    load = ops.alert_reads.load(OFFICER)
    assert (load.per_10min, load.standing, load.announced, load.missed, load.worst) == (0, 0, 0, 0, ())
    assert ops.alert_reads.history(OFFICER, START - timedelta(hours=1), START + timedelta(hours=1)) == []
    with pytest.raises(NotFound):
        ops.alert_reads.card(OFFICER, hidden.id)
    assert ops.alert_reads.load(actor(agency="POL")).announced == 4


def test_standing_shelved_share_worst_and_time_to_acknowledge(ops: Ops, frozen_clock: FakeClock) -> None:
    first = announce(ops, START, severity="top", subject_id="3", title="AIS lost", times=3)
    announce(ops, START, severity="normal")
    announce(ops, START, shelved_until=START + timedelta(hours=1))
    frozen_clock.advance(seconds=40)
    ops.alerts.acknowledge(OFFICER, first.id)
    load = ops.alert_reads.load(OFFICER)
    assert (load.standing, load.unseen, load.shelved, load.median_seen_s) == (2, 1, 1, 40.0)
    assert load.share == {"top": 0.6, "high": 0.2, "normal": 0.2}
    assert [(one.subject, one.title, one.announced) for one in load.worst] == [("feed:3", "AIS lost", 3)]


def test_a_missed_alert_stays_findable(ops: Ops) -> None:
    missed = announce(ops, START, missed=True, cleared_at=START, cleared_by="system", clear_reason="The feed is back.")
    announce(ops, START, cause="enquiry due")
    since, until = START - timedelta(hours=1), START + timedelta(hours=1)
    (row,) = ops.alert_reads.history(OFFICER, since, until, missed_only=True)
    assert (row.alert.id, row.alert.state, row.missed, row.clear_reason) == (
        missed.id,
        "cleared",
        True,
        "The feed is back.",
    )
    assert [event.what for event in row.events] == ["announced"]
    assert len(ops.alert_reads.history(OFFICER, since, until)) == 2
    assert len(ops.alert_reads.history(OFFICER, since, until, "enquiry due")) == 1
    assert ops.alert_reads.history(OFFICER, until, until + timedelta(hours=1)) == []
    assert ops.alert_reads.load(OFFICER).missed == 1


def test_only_who_sees_alerts_reads_them(ops: Ops) -> None:
    with pytest.raises(NotPermitted):
        ops.alert_reads.load(actor(Role.FIELD_UNIT))
