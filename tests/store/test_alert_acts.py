"""What people do about alerts: once each, in their scope, with an event and a log entry; and the rules they may change."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import Alert, AlertEvent, AuditEvent, LogEntry, LogLink, Target
from ops_centre.services.deeds import Repeated
from tests.factories import actor, make_feed, make_handling, make_target, make_user
from tests.support.clock import START, FakeClock
from tests.watch_factories import make_alert

Ops = Any
OFFICER = actor(name="duty.officer")
OTHER = actor(name="second.officer", user_id=2)
LEAD = actor(Role.SHIFT_LEAD, name="shift.lead")


def stored(ops: Ops, alert_id: int) -> Alert:
    with ops.db.reading() as session:
        return session.get_one(Alert, alert_id)


def new_alert(ops: Ops, **given: Any) -> int:
    with ops.db.begin() as session:
        return make_alert(session, **given).id


def entries(ops: Ops) -> list[LogEntry]:
    with ops.db.reading() as session:
        return list(session.scalars(select(LogEntry).order_by(LogEntry.seq)))


def steps(ops: Ops, alert_id: int) -> list[tuple[str, str]]:
    with ops.db.reading() as session:
        events = session.scalars(select(AlertEvent).where(AlertEvent.alert_id == alert_id).order_by(AlertEvent.id))
        return [(event.what, event.by) for event in events]


def test_acknowledging_says_who_and_when_in_row_event_log_and_audit(ops: Ops) -> None:
    alert_id = new_alert(ops, title="AIS lost", revision=0)
    said = ops.alerts.acknowledge(OFFICER, alert_id, "press-0001")
    alert = stored(ops, alert_id)
    assert said == "Alert acknowledged: AIS lost, feed lost."
    assert (alert.acknowledged_at, alert.acknowledged_by) == (START, "duty.officer")
    assert alert.revision > 0
    assert steps(ops, alert_id) == [("acknowledged", "duty.officer")]
    (entry,) = entries(ops)
    assert (entry.author, entry.kind, entry.text) == ("duty.officer", "alert", said)
    with ops.db.reading() as session:
        assert session.scalars(select(AuditEvent.subject)).all() == [f"alert {alert_id}"]
        assert {link.kind for link in session.scalars(select(LogLink))} == {"alert", "feed"}


def test_a_press_that_comes_twice_acts_once(ops: Ops) -> None:
    alert_id = new_alert(ops)
    ops.alerts.acknowledge(OFFICER, alert_id, "press-0001")
    with pytest.raises(Repeated) as again:
        ops.alerts.acknowledge(OFFICER, alert_id, "press-0001")
    assert again.value.answer["said"].startswith("Alert acknowledged")
    assert len(entries(ops)) == 1


def test_the_second_to_acknowledge_is_told_who_was_first(ops: Ops) -> None:
    alert_id = new_alert(ops)
    ops.alerts.acknowledge(OFFICER, alert_id)
    assert ops.alerts.acknowledge(OTHER, alert_id) == "duty.officer has acknowledged it already."
    assert len(entries(ops)) == 1


def test_what_is_outside_the_scope_cannot_be_acted_on_and_looks_absent(ops: Ops) -> None:
    with ops.db.begin() as session:
        alert_id = make_alert(session, handling_id=make_handling(session, "POL", "RED").id).id
    for act in (ops.alerts.acknowledge, ops.alerts.claim, ops.alerts.unshelve):
        with pytest.raises(NotFound):
            act(OFFICER, alert_id)
    with pytest.raises(NotFound):
        ops.alerts.shelve(OFFICER, alert_id, 10, "no reason")
    assert entries(ops) == []


def test_only_who_handles_alerts_may(ops: Ops) -> None:
    alert_id = new_alert(ops)
    with pytest.raises(NotPermitted):
        ops.alerts.acknowledge(actor(Role.WALL), alert_id)
    with pytest.raises(NotPermitted):
        ops.alert_rules.change(OFFICER, "feed lost", enabled=False, severity="high", minutes=0)


def test_claiming_takes_the_target_along(ops: Ops) -> None:
    with ops.db.begin() as session:
        target = make_target(session, make_feed(session), worse_at=START)
        alert_id = make_alert(session, cause="target new", subject_kind="target", subject_id=str(target.id)).id
    ops.alerts.claim(OFFICER, alert_id)
    alert = stored(ops, alert_id)
    assert (alert.assigned_to, alert.acknowledged_by) == ("duty.officer", "duty.officer")
    with ops.db.reading() as session:
        held = session.get_one(Target, target.id)
        assert (held.claimed_by, held.worse_at, held.revision) == ("duty.officer", None, alert.revision)


def test_an_alert_is_given_only_to_somebody_who_handles_alerts_and_may_see_it(ops: Ops) -> None:
    with ops.db.begin() as session:
        make_user(session, name="colleague")
        make_user(session, name="stranger", agency="CUS")
        make_user(session, role=Role.WALL, name="wall")
        alert_id = make_alert(session, handling_id=make_handling(session, "OPS", "AMBER").id).id
    for name in ("stranger", "wall", "nobody"):
        with pytest.raises(NotFound):
            ops.alerts.claim(OFFICER, alert_id, name)
    ops.alerts.claim(OFFICER, alert_id, "colleague")
    assert stored(ops, alert_id).assigned_to == "colleague"


def test_shelving_needs_a_reason_and_an_end_within_bounds(ops: Ops, frozen_clock: FakeClock) -> None:
    alert_id = new_alert(ops)
    with pytest.raises(Invalid, match="reason"):
        ops.alerts.shelve(OFFICER, alert_id, 10, " ")
    with pytest.raises(Invalid, match="1 to 480 min"):
        ops.alerts.shelve(OFFICER, alert_id, 481, "Known to its owner")
    ops.alerts.shelve(OFFICER, alert_id, 480, "Known to its owner")
    alert = stored(ops, alert_id)
    assert (alert.shelved_until, alert.shelve_reason) == (START + timedelta(hours=8), "Known to its owner")
    ops.alerts.unshelve(OTHER, alert_id)
    assert stored(ops, alert_id).shelved_until is None
    assert ops.alerts.unshelve(OTHER, alert_id) == "It is not shelved."
    assert [what for what, _by in steps(ops, alert_id)] == ["shelved", "unshelved"]


def test_a_top_alert_is_shelved_for_minutes_only(ops: Ops) -> None:
    alert_id = new_alert(ops, severity="top")
    with pytest.raises(Invalid, match="1 to 15 min"):
        ops.alerts.shelve(OFFICER, alert_id, 16, "Known to its owner")
    ops.alerts.shelve(OFFICER, alert_id, 15, "Known to its owner")


def test_what_clears_by_itself_is_not_cleared_by_hand(ops: Ops) -> None:
    alert_id = new_alert(ops)
    with pytest.raises(Conflict, match="clears by itself"):
        ops.alerts.clear(OFFICER, alert_id, "I am tired of it")
    assert entries(ops) == []


def test_an_emergency_is_cleared_by_hand_with_a_reason_and_then_stays_cleared(ops: Ops) -> None:
    alert_id = new_alert(ops, cause="emergency", subject_kind="track")
    ops.alerts.clear(OFFICER, alert_id, "Beacon on a workbench, owner told")
    alert = stored(ops, alert_id)
    assert (alert.cleared_by, alert.missed, alert.acknowledged_by) == ("duty.officer", False, "duty.officer")
    with pytest.raises(Conflict, match="was cleared"):
        ops.alerts.acknowledge(OTHER, alert_id)


def test_all_of_one_cause_are_acknowledged_together_but_never_top_ones_or_those_of_others(ops: Ops) -> None:
    with ops.db.begin() as session:
        amber, red = make_handling(session, "OPS", "AMBER"), make_handling(session, "POL", "RED")
        mine = [make_alert(session).id, make_alert(session, handling_id=amber.id).id]
        others = [
            make_alert(session, severity="top").id,
            make_alert(session, handling_id=red.id).id,
            make_alert(session, cause="enquiry due").id,
        ]
    assert ops.alerts.acknowledge_cause(OFFICER, "feed lost") == "2 acknowledged: feed lost."
    assert all(stored(ops, alert_id).acknowledged_by == "duty.officer" for alert_id in mine)
    assert all(stored(ops, alert_id).acknowledged_by is None for alert_id in others)
    assert sorted(entry.handling_id for entry in entries(ops)) == sorted(
        {stored(ops, alert_id).handling_id for alert_id in mine}
    )
    with pytest.raises(Invalid):
        ops.alerts.acknowledge_cause(OFFICER, "weather")


def test_a_rule_is_changed_with_what_it_was_in_log_and_audit_and_can_be_put_back(ops: Ops) -> None:
    said = ops.alert_rules.change(LEAD, "last moment near", enabled=True, severity="high", minutes=45)
    assert said == "Alert rule “last moment near”: on, high, 45 min; it was on, severity as its subject, 30 min."
    view = next(rule for rule in ops.alert_rules.rules(OFFICER) if rule.cause == "last moment near")
    assert (view.severity, view.minutes, view.changed_by, view.is_default) == ("high", 45, "shift.lead", False)
    assert "45 min" in view.says
    ops.alert_rules.reset(LEAD, "last moment near")
    view = next(rule for rule in ops.alert_rules.rules(OFFICER) if rule.cause == "last moment near")
    assert (view.severity, view.minutes, view.is_default) == (None, 30, True)
    assert [(entry.kind, entry.author) for entry in entries(ops)] == [("rule", "shift.lead")] * 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"cause": "weather", "minutes": 1},
        {"cause": "feed lost", "minutes": 0},
        {"cause": "feed lost", "minutes": -1, "severity": "high"},
        {"cause": "feed lost", "minutes": None, "severity": "high"},
        {"cause": "target worse", "minutes": 5},
        {"cause": "target new", "minutes": 5, "severity": "urgent"},
    ],
    ids=["no cause", "no severity", "too small", "no minutes", "no threshold", "no such severity"],
)
def test_a_rule_that_cannot_be_is_refused(sqlite_ops: Ops, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        sqlite_ops.alert_rules.change(LEAD, wrong.pop("cause"), enabled=True, **wrong)
    assert entries(sqlite_ops) == []


def test_of_officers_who_press_at_once_one_acknowledges_and_the_others_are_told(ops: Ops) -> None:
    alert_id = new_alert(ops)
    with ThreadPoolExecutor(6) as room:
        said = list(room.map(lambda n: ops.alerts.acknowledge(actor(name=f"officer.{n}"), alert_id), range(6)))
    assert sum(words.startswith("Alert acknowledged") for words in said) == 1
    assert len(entries(ops)) == 1
    assert [what for what, _by in steps(ops, alert_id)] == ["acknowledged"]
