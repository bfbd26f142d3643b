"""The sweep: each condition raises one alert, once; what gets worse is announced again; what has gone is cleared."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from ops_centre.domain.targeting import TargetStatus
from ops_centre.models import Alert, AlertEvent, FeedRecord, JobRun, LogEntry, Lookout, Tasking
from ops_centre.services.alert_sweep import AlertSweep
from tests.factories import (
    make_aircraft,
    make_feed,
    make_handling,
    make_lost_feed,
    make_target,
    make_unit,
    make_vessel,
)
from tests.support.clock import START, FakeClock
from tests.watch_factories import make_decision, make_enquiry, make_outcome, make_tasking, make_watch

Ops = Any


@pytest.fixture
def sweep(ops: Ops) -> AlertSweep:
    return AlertSweep(ops.deeds, ops.settings)


def steady_feed(session: Any) -> FeedRecord:
    """A feed that works for days to come."""
    return make_feed(session, last_good_at=START + timedelta(days=60))


def standing(ops: Ops) -> list[Alert]:
    with ops.db.reading() as session:
        return list(session.scalars(select(Alert).where(Alert.cleared_at.is_(None)).order_by(Alert.id)))


def causes(ops: Ops) -> list[str]:
    return [alert.cause for alert in standing(ops)]


def every(ops: Ops) -> list[Alert]:
    with ops.db.reading() as session:
        return list(session.scalars(select(Alert).order_by(Alert.id)))


def events(ops: Ops) -> list[str]:
    with ops.db.reading() as session:
        return list(session.scalars(select(AlertEvent.what).order_by(AlertEvent.id)))


def logged(ops: Ops, kind: str = "alert") -> list[str]:
    with ops.db.reading() as session:
        return list(session.scalars(select(LogEntry.text).where(LogEntry.kind == kind).order_by(LogEntry.seq)))


def change(ops: Ops, row: Any, **values: Any) -> None:
    with ops.db.begin() as session:
        session.execute(update(type(row)).where(type(row).id == row.id).values(**values))


def test_an_empty_centre_raises_nothing(ops: Ops, sweep: AlertSweep) -> None:
    assert sweep.sweep() == 0
    assert (every(ops), logged(ops)) == ([], [])


def test_a_new_target_raises_one_alert_of_its_severity_however_often_it_is_swept(ops: Ops, sweep: AlertSweep) -> None:
    with ops.db.begin() as session:
        handling = make_handling(session, "CUS", "AMBER", "OPS")
        target = make_target(session, steady_feed(session), handling=handling, label="CAP MANUEL")
    assert [sweep.sweep() for _ in range(3)] == [1, 0, 0]
    (alert,) = standing(ops)
    assert (alert.cause, alert.severity, alert.subject_id) == ("target new", "high", str(target.id))
    assert (alert.count, alert.handling_id, alert.due_at) == (1, handling.id, target.arrives_at)
    assert events(ops) == ["announced"]
    (text,) = logged(ops)
    assert text.startswith("Alert raised, high: CAP MANUEL, target new.")


def test_a_new_worker_raises_nothing_twice(ops: Ops, sweep: AlertSweep) -> None:
    with ops.db.begin() as session:
        make_target(session, steady_feed(session))
    sweep.sweep()
    assert AlertSweep(ops.deeds, ops.settings).sweep() == 0


def test_a_target_that_gets_worse_before_anybody_took_it_up_is_announced_again(
    ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock
) -> None:
    with ops.db.begin() as session:
        target = make_target(session, steady_feed(session))
    sweep.sweep()
    change(ops, standing(ops)[0], acknowledged_at=START, acknowledged_by="duty.officer")
    frozen_clock.advance(minutes=1)
    change(ops, target, severity="top")
    sweep.sweep()
    (alert,) = standing(ops)
    assert (alert.severity, alert.count, alert.acknowledged_at) == ("top", 2, None)
    assert alert.announced_at == frozen_clock.now()
    assert "announced again, now top" in logged(ops)[-1]


def test_a_target_that_gets_better_is_no_news(ops: Ops, sweep: AlertSweep) -> None:
    with ops.db.begin() as session:
        target = make_target(session, steady_feed(session))
    sweep.sweep()
    change(ops, target, severity="normal")
    sweep.sweep()
    (alert,) = standing(ops)
    assert (alert.severity, alert.count, len(logged(ops))) == ("normal", 1, 1)


@pytest.mark.parametrize(
    ("values", "missed"),
    [
        ({"claimed_by": "duty.officer"}, False),
        ({"status": TargetStatus.WITHDRAWN.value}, True),
        ({"arrives_at": START - timedelta(minutes=31)}, True),
    ],
    ids=["claimed", "closed by its source", "arrived"],
)
def test_a_target_alert_clears_and_was_missed_unless_somebody_acted(
    ops: Ops, sweep: AlertSweep, values: dict[str, Any], missed: bool
) -> None:
    with ops.db.begin() as session:
        target = make_target(session, steady_feed(session))
    sweep.sweep()
    change(ops, target, **values)
    sweep.sweep()
    (alert,) = every(ops)
    assert alert.cleared_at is not None
    assert alert.missed is missed
    assert alert.cleared_by == ("system" if missed else "duty.officer")
    assert events(ops) == ["announced", "cleared"]


def test_a_decision_ends_the_alert_of_a_new_target(ops: Ops, sweep: AlertSweep) -> None:
    with ops.db.begin() as session:
        target = make_target(session, steady_feed(session))
    sweep.sweep()
    with ops.db.begin() as session:
        make_decision(session, target_id=target.id, sends=False)
    sweep.sweep()
    (alert,) = every(ops)
    assert (alert.cleared_by, alert.missed) == ("duty.officer", False)


def test_targets_long_past_their_arrival_raise_nothing(ops: Ops, sweep: AlertSweep) -> None:
    with ops.db.begin() as session:
        feed = steady_feed(session)
        make_target(session, feed, arrives_at=START - timedelta(hours=2), lrm_at=START - timedelta(hours=3))
        make_target(session, feed, arrives_at=START - timedelta(days=40), claimed_by="duty.officer")
        make_target(session, feed, status="encountered")
    sweep.sweep()
    assert every(ops) == []


def test_a_target_somebody_works_on_that_gets_worse_says_so_until_it_is_cleared_by_hand(
    ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock
) -> None:
    with ops.db.begin() as session:
        make_target(session, steady_feed(session), severity="top", claimed_by="duty.officer", worse_at=START)
    sweep.sweep()
    assert causes(ops) == ["target worse"]
    change(ops, standing(ops)[0], cleared_at=frozen_clock.advance(minutes=1), cleared_by="duty.officer")
    for _ in range(3):
        frozen_clock.advance(hours=1)
        sweep.sweep()
    assert causes(ops) == []


def test_one_target_has_one_alert_that_follows_its_last_responsible_moment(
    ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock
) -> None:
    with ops.db.begin() as session:
        make_target(session, steady_feed(session), lrm_at=START + timedelta(hours=1))
    sweep.sweep()
    assert causes(ops) == ["target new"]
    frozen_clock.advance(minutes=31)
    sweep.sweep()
    assert causes(ops) == ["last moment near"]
    frozen_clock.advance(minutes=30)
    sweep.sweep()
    assert causes(ops) == ["last moment passed"]
    assert [alert.missed for alert in every(ops)] == [False, False, False]
    frozen_clock.advance(hours=2, minutes=20)
    sweep.sweep()
    assert causes(ops) == ["last moment passed"]
    frozen_clock.advance(minutes=20)
    sweep.sweep()
    assert causes(ops) == []
    assert every(ops)[-1].missed


def test_a_last_moment_that_wavers_about_its_limit_is_announced_once(
    ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock
) -> None:
    with ops.db.begin() as session:
        target = make_target(
            session, steady_feed(session), claimed_by="duty.officer", lrm_at=START + timedelta(minutes=30)
        )
    sweep.sweep()
    for step in range(6):
        frozen_clock.advance(seconds=1)
        change(ops, target, lrm_at=START + timedelta(minutes=30 + 3 * (step % 2)))
        sweep.sweep()
    (alert,) = every(ops)
    assert (alert.cause, alert.count) == ("last moment near", 1)


@pytest.mark.parametrize("sent", [True, False], ids=["a unit is tasked", "it was decided to send nobody"])
def test_a_target_that_is_cared_for_has_no_last_moment(ops: Ops, sweep: AlertSweep, sent: bool) -> None:
    with ops.db.begin() as session:
        feed = steady_feed(session)
        target = make_target(session, feed, lrm_at=START)
        decision = make_decision(session, target_id=target.id, sends=sent)
        if sent:
            make_tasking(session, make_unit(session, feed), target, decision_id=decision.id)
    sweep.sweep()
    assert causes(ops) == []


def test_a_tasking_that_was_declined_leaves_the_target_without_a_unit(ops: Ops, sweep: AlertSweep) -> None:
    with ops.db.begin() as session:
        feed = steady_feed(session)
        target = make_target(session, feed, lrm_at=START + timedelta(minutes=10))
        decision = make_decision(session, target_id=target.id)
        unit = make_unit(session, feed)
        make_tasking(session, unit, target, decision_id=decision.id, state="declined", ended_at=START)
    sweep.sweep()
    assert causes(ops) == ["last moment near"]


def test_a_lost_feed_is_raised_after_a_while_and_cleared_when_it_stays_back(
    ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock
) -> None:
    with ops.db.begin() as session:
        feed = make_lost_feed(session)
    sweep.sweep()
    assert causes(ops) == []
    frozen_clock.advance(seconds=20)
    sweep.sweep()
    assert causes(ops) == ["feed lost"]
    change(ops, feed, last_good_at=frozen_clock.now())
    sweep.sweep()
    frozen_clock.advance(seconds=59)
    sweep.sweep()
    assert causes(ops) == ["feed lost"]
    frozen_clock.advance(seconds=1)
    sweep.sweep()
    assert causes(ops) == []


def test_a_feed_that_flaps_is_announced_once(ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock) -> None:
    with ops.db.begin() as session:
        feed = make_lost_feed(session)
    sweep.sweep()
    frozen_clock.advance(seconds=20)
    sweep.sweep()
    for turn in range(40):
        frozen_clock.advance(seconds=10)
        lost_at = frozen_clock.now() - timedelta(hours=1)
        change(ops, feed, last_good_at=frozen_clock.now() if turn % 4 == 0 else lost_at)
        sweep.sweep()
    assert [(alert.cause, alert.count) for alert in every(ops)] == [("feed lost", 1)]


@pytest.mark.parametrize(
    "given",
    [{"configured": False}, {"is_replay": True}, {"paused": True}],
    ids=["no longer configured", "a replay", "paused"],
)
def test_a_feed_that_should_be_silent_is_not_lost(
    ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock, given: dict[str, Any]
) -> None:
    with ops.db.begin() as session:
        make_lost_feed(session, **given)
    sweep.sweep()
    frozen_clock.advance(minutes=1)
    sweep.sweep()
    assert causes(ops) == []


@pytest.mark.parametrize(("squawk", "severity"), [("7500", "top"), ("7600", "high"), ("7700", "top"), ("1200", None)])
def test_an_emergency_squawk_raises_an_alert_at_once(
    ops: Ops, sweep: AlertSweep, squawk: str, severity: str | None
) -> None:
    with ops.db.begin() as session:
        make_aircraft(session, steady_feed(session), squawk=squawk)
    sweep.sweep()
    assert [alert.severity for alert in standing(ops)] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("mmsi", "status", "raised"),
    [(970_123_456, 14, True), (972_123_456, None, True), (974_123_456, 14, True), (970_123_456, 15, False)],
    ids=["transmitter", "man overboard", "beacon", "under test"],
)
def test_a_distress_beacon_raises_an_alert_unless_it_is_tested(
    ops: Ops, sweep: AlertSweep, mmsi: int, status: int | None, raised: bool
) -> None:
    with ops.db.begin() as session:
        make_vessel(session, steady_feed(session), mmsi=mmsi, key=f"mmsi:{mmsi}", nav_status=status)
    sweep.sweep()
    assert causes(ops) == (["emergency"] if raised else [])


def test_an_emergency_long_unheard_raises_nothing(ops: Ops, sweep: AlertSweep) -> None:
    with ops.db.begin() as session:
        make_aircraft(session, steady_feed(session), squawk="7700", heard_at=START - timedelta(minutes=11))
    sweep.sweep()
    assert causes(ops) == []


def test_a_unit_that_does_not_accept_or_come_or_call_is_noticed(
    ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock
) -> None:
    with ops.db.begin() as session:
        tasking = make_tasking(session, make_unit(session, steady_feed(session), callsign="HAWEA"))
    sweep.sweep()
    assert causes(ops) == []
    frozen_clock.advance(minutes=5)
    sweep.sweep()
    assert [alert.title for alert in standing(ops)] == ["HAWEA has not accepted"]
    meet_at = frozen_clock.now() + timedelta(minutes=10)
    change(ops, tasking, state="accepted", accepted_at=frozen_clock.now(), meet_at=meet_at)
    sweep.sweep()
    assert causes(ops) == []
    frozen_clock.advance(minutes=20)
    sweep.sweep()
    assert causes(ops) == ["tasking overdue"]
    frozen_clock.advance(minutes=5)
    sweep.sweep()
    assert causes(ops) == ["tasking overdue", "check-in overdue"]
    change(ops, tasking, checked_in_at=frozen_clock.now(), state="on scene", on_scene_at=frozen_clock.now())
    sweep.sweep()
    assert causes(ops) == []


def test_an_outcome_owed_is_asked_for_until_it_is_reported(
    ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock
) -> None:
    with ops.db.begin() as session:
        feed = steady_feed(session)
        target = make_target(session, feed, claimed_by="duty.officer", arrives_at=START)
        tasking = make_tasking(session, make_unit(session, feed), target, state="complete", ended_at=START)
    frozen_clock.advance(minutes=59)
    sweep.sweep()
    assert causes(ops) == []
    frozen_clock.advance(minutes=1)
    sweep.sweep()
    assert [(alert.cause, alert.subject_kind) for alert in standing(ops)] == [("outcome owed", "tasking")]
    with ops.db.begin() as session:
        make_outcome(session, session.get_one(Tasking, tasking.id))
    sweep.sweep()
    assert causes(ops) == []


def test_a_target_that_was_taken_up_and_arrived_owes_an_outcome(
    ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock
) -> None:
    with ops.db.begin() as session:
        feed = steady_feed(session)
        make_target(session, feed, claimed_by="duty.officer", arrives_at=START)
        sent = make_target(session, feed, status="missed", arrives_at=START)
        decision = make_decision(session, target_id=sent.id)
        unit = make_unit(session, feed)
        make_tasking(session, unit, sent, decision_id=decision.id, state="cancelled", ended_at=START)
    frozen_clock.advance(minutes=60)
    sweep.sweep()
    assert [(alert.cause, alert.subject_kind) for alert in standing(ops)] == [("outcome owed", "target")] * 2


def test_an_enquiry_is_announced_again_once_it_is_overdue(ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock) -> None:
    with ops.db.begin() as session:
        make_enquiry(session)
    frozen_clock.advance(minutes=45)
    sweep.sweep()
    assert [(alert.severity, alert.count) for alert in standing(ops)] == [("normal", 1)]
    frozen_clock.advance(minutes=15)
    sweep.sweep()
    assert [(alert.severity, alert.count) for alert in standing(ops)] == [("high", 2)]


def test_a_watch_past_its_end_is_noticed(ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock) -> None:
    with ops.db.begin() as session:
        make_watch(session)
    frozen_clock.advance(hours=7, minutes=10)
    sweep.sweep()
    assert causes(ops) == ["handover due"]


def test_a_shelved_alert_comes_back_by_itself_unseen(ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock) -> None:
    with ops.db.begin() as session:
        make_target(session, steady_feed(session))
    sweep.sweep()
    until = START + timedelta(minutes=30)
    change(ops, standing(ops)[0], acknowledged_at=START, shelved_at=START, shelved_until=until, shelved_by="x")
    frozen_clock.advance(minutes=29)
    assert sweep.sweep() == 0
    frozen_clock.advance(minutes=1)
    sweep.sweep()
    (alert,) = standing(ops)
    assert (alert.shelved_until, alert.acknowledged_at, alert.count) == (None, None, 2)
    assert events(ops) == ["announced", "unshelved", "announced"]


def test_what_gets_worse_leaves_the_shelf(ops: Ops, sweep: AlertSweep) -> None:
    with ops.db.begin() as session:
        target = make_target(session, steady_feed(session))
    sweep.sweep()
    change(ops, standing(ops)[0], shelved_at=START, shelved_until=START + timedelta(hours=1))
    change(ops, target, severity="top")
    sweep.sweep()
    assert standing(ops)[0].shelved_until is None


def test_a_top_alert_nobody_acknowledges_escalates_once(ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock) -> None:
    with ops.db.begin() as session:
        make_target(session, steady_feed(session), severity="top")
    sweep.sweep()
    frozen_clock.advance(minutes=2)
    assert [sweep.sweep(), sweep.sweep()] == [1, 0]
    (alert,) = standing(ops)
    assert (alert.escalated_at, alert.count) == (frozen_clock.now(), 2)
    assert events(ops) == ["announced", "escalated", "announced"]
    frozen_clock.advance(hours=1)
    assert sweep.sweep() == 0


def test_an_acknowledged_or_normal_alert_does_not_escalate(
    ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock
) -> None:
    with ops.db.begin() as session:
        feed = steady_feed(session)
        make_target(session, feed, severity="normal", arrives_at=None)
        make_target(session, feed, severity="top", arrives_at=None)
    sweep.sweep()
    change(ops, standing(ops)[1], acknowledged_at=START)
    frozen_clock.advance(hours=3)
    assert sweep.sweep() == 0


def test_a_rule_that_is_switched_off_clears_its_alerts(ops: Ops, sweep: AlertSweep) -> None:
    from tests.factories import actor

    with ops.db.begin() as session:
        make_target(session, steady_feed(session))
    sweep.sweep()
    lead = actor(role=_lead())
    ops.alert_rules.change(lead, "target new", enabled=False, minutes=30)
    sweep.sweep()
    assert [alert.clear_reason for alert in every(ops)] == ["The rule was switched off."]
    ops.alert_rules.reset(lead, "target new")
    sweep.sweep()
    assert causes(ops) == ["target new"]


def _lead() -> Any:
    from ops_centre.auth.roles import Role

    return Role.SHIFT_LEAD


def test_a_sweep_of_a_worker_that_lost_its_lease_changes_nothing(ops: Ops) -> None:
    from ops_centre.services.deeds import Deeds

    def lost(_connection: object) -> None:
        raise RuntimeError("lost")

    with ops.db.begin() as session:
        make_target(session, steady_feed(session))
    with pytest.raises(RuntimeError, match="lost"):
        AlertSweep(Deeds(ops.db, ops.clock, fence=lost), ops.settings).sweep()
    assert every(ops) == []


def test_a_flood_is_taken_in_pieces(ops: Ops, sweep: AlertSweep) -> None:
    with ops.db.begin() as session:
        feed = steady_feed(session)
        for _ in range(230):
            make_target(session, feed)
    assert [sweep.sweep() for _ in range(3)] == [200, 30, 0]


def test_a_lookout_inside_its_zone_or_dark_is_noticed_but_not_when_its_feed_is_lost(
    ops: Ops, sweep: AlertSweep, frozen_clock: FakeClock
) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        vessel = make_vessel(session, feed, zone="12 nm")
        session.add(
            Lookout(
                subject_kind="vessel", label="TERN", identifiers={"mmsi": vessel.mmsi}, zones=["24nm", "port"],
                dark_after_minutes=60, severity="high", reason="Overdue yacht", created_at=START, created_by="someone",
                expires_at=START + timedelta(days=2), seen={}, handling_id=make_handling(session, "OPS").id,
            )
        )  # fmt: skip
    assert (ops.lookouts.follow(), ops.lookouts.follow()) == (1, 0)
    sweep.sweep()
    assert [(alert.cause, alert.mark) for alert in standing(ops)] == [("lookout entered", 2)]
    change(ops, vessel, zone="port:Auckland")
    ops.lookouts.follow()
    sweep.sweep()
    assert [(alert.mark, alert.count) for alert in standing(ops)] == [(4, 2)]
    change(ops, vessel, zone="EEZ", observed_at=START + timedelta(minutes=1))
    ops.lookouts.follow()
    frozen_clock.advance(hours=2)
    sweep.sweep()
    assert causes(ops) == ["lookout entered"], "its feed is silent: the craft is not dark, the feed is"
    change(ops, feed, last_good_at=frozen_clock.now())
    sweep.sweep()
    assert "lookout dark" in causes(ops)


def test_a_backup_that_failed_or_was_not_made_in_time_is_told_until_one_succeeds(
    sqlite_ops: Any, frozen_clock: FakeClock
) -> None:
    sweep = AlertSweep(sqlite_ops.deeds, sqlite_ops.settings)
    _note(sqlite_ops, "newest backup", START, "complete")
    _note(sqlite_ops, "back up", START, "complete")
    sweep.sweep()
    assert causes(sqlite_ops) == []
    _note(sqlite_ops, "back up", START + timedelta(hours=24), "failed")
    sweep.sweep()
    (alert,) = standing(sqlite_ops)
    assert (alert.title, alert.text) == (
        "Backup failed", "The newest whole one is of 01 Apr 06:30 UTC. The worker's duties say why.",
    )  # fmt: skip
    frozen_clock.advance(hours=24, minutes=721)
    sweep.sweep()
    assert [(alert.title, alert.count) for alert in standing(sqlite_ops)] == [("Backup overdue", 2)]
    _note(sqlite_ops, "newest backup", frozen_clock.now(), "complete")
    _note(sqlite_ops, "back up", frozen_clock.now(), "complete")
    sweep.sweep()
    assert causes(sqlite_ops) == []


def _note(ops: Any, name: str, at: Any, outcome: str) -> None:
    with ops.db.begin() as session:
        session.merge(JobRun(name=name, holder="", started_at=at, ended_at=at, outcome=outcome, detail=None))
