"""Decisions: what is sealed, what is refused, what follows from one, on both databases."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain.option_sheets import options_from, seal_of
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import Alert, AlertEvent, AuditEvent, Decision, LogEntry, LogLink, Target, Tasking, Unit
from ops_centre.services.deeds import Repeated
from tests import factories, watch_factories
from tests.store.dispatching import LIAISON, OFFICER, OTHER_LIAISON, SECOND, TARGETER, WALL, scene
from tests.support.clock import START
from tests.support.options import options_about


def entries(ops: Any) -> list[LogEntry]:
    with ops.db.reading() as session:
        return list(session.scalars(select(LogEntry).order_by(LogEntry.seq)))


def row(ops: Any, model: Any, number: int) -> Any:
    with ops.db.reading() as session:
        return session.get_one(model, number)


def test_a_decision_seals_the_options_as_shown_and_asks_the_unit(ops: Any) -> None:
    here = scene(ops)
    shown = ops.dispatch.show(OFFICER, "target", str(here.target.id))
    number = here.decide(here.units[0])
    decision, (first, second) = row(ops, Decision, number), entries(ops)
    assert first.seq == decision.log_seq
    assert first.text == (
        "Decision on CAP MANUEL: HAWK 1 (option 1 of 2) is sent. Intent: Board and examine. Authority: Duty Officer."
    )
    assert first.detail["options_sha256"] == seal_of(shown.options.as_plain())
    assert [one["callsign"] for one in first.detail["options"]["able"]] == ["HAWK 1", "HAWK 2"]
    assert options_from(decision.options) == shown.options
    assert ["target", str(here.target.id), "CAP MANUEL"] in first.links
    assert second.text.startswith("HAWK 1 is asked to go to CAP MANUEL; to accept by 06:40 UTC.")
    assert row(ops, Target, here.target.id).claimed_by == "duty"


def test_the_tasking_is_on_the_picture_with_its_deadlines(ops: Any) -> None:
    here = scene(ops)
    here.decide(here.units[0])
    ops.picture.live.start()
    (tasking,) = ops.picture.taskings(OFFICER)
    assert (tasking.callsign, tasking.state, tasking.requested_by) == ("HAWK 1", "requested", "duty")
    assert tasking.accept_by == START + timedelta(minutes=10)
    assert tasking.due_at == START + timedelta(minutes=120)
    assert ops.picture.targets(OFFICER)[0].tasked == ("HAWK 1 requested",)
    assert {unit.callsign: unit.tasking_id for unit in ops.picture.units(OFFICER)}["HAWK 1"] == tasking.id


@pytest.mark.parametrize(("severity", "minutes"), [("top", 5), ("high", 10), ("normal", 20)])
def test_the_worse_the_target_the_sooner_the_unit_must_accept(sqlite_ops: Any, severity: str, minutes: int) -> None:
    here = scene(sqlite_ops, severity=severity)
    here.decide(here.units[0])
    with sqlite_ops.db.reading() as session:
        assert session.scalars(select(Tasking.accept_by)).one() == START + timedelta(minutes=minutes)


def test_the_officer_may_give_the_unit_more_time_or_less(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops, severity="top")
    here.decide(here.units[0], accept_within=timedelta(minutes=45))
    with sqlite_ops.db.reading() as session:
        assert session.scalars(select(Tasking.accept_by)).one() == START + timedelta(minutes=45)


def test_sending_nobody_is_a_decision_with_a_reason(ops: Any) -> None:
    here = scene(ops)
    with pytest.raises(Invalid, match="Nobody is sent: say why"):
        here.decide()
    decision = row(ops, Decision, here.decide(reason="The agent meets it anyway", intent=None))
    assert (decision.sends, decision.chosen) == (False, [])
    (entry,) = entries(ops)
    assert entry.text == (
        "Decision on CAP MANUEL: nobody is sent. Reason: The agent meets it anyway. Authority: Duty Officer."
    )
    with ops.db.reading() as session:
        assert session.scalars(select(Tasking)).all() == []


def test_another_than_the_first_option_needs_a_reason(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    with pytest.raises(Invalid, match="not the first option"):
        here.decide(here.units[1])
    with pytest.raises(Invalid, match="not the first option"):
        here.decide(*here.units)
    with pytest.raises(Invalid, match="WALKER cannot by the reckoning"):
        here.decide(here.cannot)
    here.decide(here.cannot, reason="It is at the gate already")
    assert "WALKER (listed as unable) is sent" in entries(sqlite_ops)[0].text
    assert "Reason: It is at the gate already" in entries(sqlite_ops)[0].text


def test_the_first_pair_needs_no_reason_when_none_can_alone(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    here.offer([], here.units, together=here.units)
    here.decide(*here.units)
    with sqlite_ops.db.reading() as session:
        assert len(session.scalars(select(Tasking)).all()) == 2


def test_intent_and_authority_are_asked_for(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    with pytest.raises(Invalid, match="what must be done"):
        here.decide(here.units[0], intent=None)
    with pytest.raises(Invalid, match="whose authority"):
        here.decide(here.units[0], authority="")
    assert entries(sqlite_ops) == []


def test_a_decision_is_only_taken_from_options_that_this_officer_was_shown(ops: Any, frozen_clock: Any) -> None:
    here = scene(ops)
    choice = here.choice(here.units[0])
    with pytest.raises(Invalid, match="not known here"):
        ops.dispatch.decide(SECOND, choice)
    with pytest.raises(Invalid, match="not known here"):
        ops.dispatch.decide(OFFICER, replace(choice, token="forged" * 10))
    frozen_clock.advance(minutes=16)
    with pytest.raises(Conflict, match="too old"):
        ops.dispatch.decide(OFFICER, choice)
    assert entries(ops) == []


def test_a_unit_that_was_not_shown_cannot_be_sent(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    here.offer(here.units[:1])
    with pytest.raises(Invalid, match="not among the options"):
        here.decide(here.units[1], reason="I like it")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"availability": "out of service", "out_of_service_reason": "rest"}, r"HAWK 1 is out of service \(rest\)"),
        ({"withdrawn_at": START}, "no longer listed"),
    ],
)
def test_a_unit_that_went_out_of_service_meanwhile_is_refused(
    sqlite_ops: Any, change: dict[str, Any], said: str
) -> None:
    here = scene(sqlite_ops)
    choice = here.choice(here.units[0])
    with sqlite_ops.db.begin() as session:
        unit = session.get_one(Unit, here.units[0].id)
        for name, value in change.items():
            setattr(unit, name, value)
    with pytest.raises(Conflict, match=said):
        sqlite_ops.dispatch.decide(OFFICER, choice)


def test_a_target_that_was_closed_meanwhile_is_refused(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    choice = here.choice(here.units[0])
    with sqlite_ops.db.begin() as session:
        session.get_one(Target, here.target.id).status = "released"
    with pytest.raises(Conflict, match="closed meanwhile"):
        sqlite_ops.dispatch.decide(OFFICER, choice)


def test_the_second_officer_is_told_who_was_first(ops: Any) -> None:
    here = scene(ops)
    with ops.db.begin() as session:
        factories.make_user(session, name="duty", display_name="Duty Officer")
    theirs = here.choice(here.units[0], actor=SECOND)
    here.decide(here.units[0])
    with pytest.raises(
        Conflict, match=r"HAWK 1 was tasked by Duty Officer at 06:30 UTC and is requested\. Choose again"
    ):
        ops.dispatch.decide(SECOND, theirs)
    assert len(entries(ops)) == 2


def test_a_decision_that_somebody_took_meanwhile_is_told_before_another_unit_is_sent(ops: Any) -> None:
    here = scene(ops)
    theirs = here.choice(here.units[1], actor=SECOND, reason="It is nearer")
    first = here.decide(here.units[0])
    with pytest.raises(
        Conflict, match=rf"duty decided about CAP MANUEL at 06:30 UTC \(decision {first}\)\. Look again"
    ):
        ops.dispatch.decide(SECOND, theirs)
    assert here.decide(here.units[1], actor=SECOND, reason="Two are needed") > first


def test_of_officers_who_send_the_same_unit_at_once_exactly_one_succeeds(ops: Any) -> None:
    here, rounds, officers = scene(ops), 12, 4
    for _round in range(rounds):
        people = [replace(OFFICER, name=f"officer{n}", user_id=100 + n) for n in range(officers)]
        choices = [here.choice(here.units[0], actor=one) for one in people]
        start, results = threading.Barrier(officers), []

        def press(
            n: int, start: Any = start, people: Any = people, choices: Any = choices, results: Any = results
        ) -> None:
            start.wait()
            try:
                results.append(ops.dispatch.decide(people[n], choices[n]))
            except Exception as refused:
                results.append(refused)

        threads = [threading.Thread(target=press, args=(n,)) for n in range(officers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(type(one).__name__ for one in results) == ["Conflict"] * (officers - 1) + ["dict"]
        assert all("was tasked by" in str(one) for one in results if isinstance(one, Conflict))
        with ops.db.reading() as session:
            (number,) = session.scalars(select(Tasking.id).where(Tasking.ended_at.is_(None)))
        ops.taskings.cancel(OFFICER, number, "next round")
    with ops.db.reading() as session:
        assert len(session.scalars(select(Decision.id)).all()) == rounds
        seqs = list(session.scalars(select(LogEntry.seq).order_by(LogEntry.seq)))
    assert seqs == list(range(1, 3 * rounds + 1))


def test_the_index_is_the_last_word_even_where_the_check_was_passed(ops: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    here = scene(ops)
    here.decide(here.units[0])
    monkeypatch.setattr("ops_centre.services.units_to_send._check_free", lambda *_: None)
    with pytest.raises(Conflict, match="tasked by somebody else a moment ago"):
        here.decide(here.units[0])
    assert len(entries(ops)) == 2


def test_a_double_press_decides_once(ops: Any) -> None:
    here = scene(ops)
    choice = here.choice(here.units[0])
    first = ops.dispatch.decide(OFFICER, choice, "press-0001")
    with pytest.raises(Repeated) as again:
        ops.dispatch.decide(OFFICER, choice, "press-0001")
    assert again.value.answer == first
    assert len(entries(ops)) == 2


def test_the_alerts_about_the_target_are_seen_by_deciding(ops: Any) -> None:
    here = scene(ops)
    with ops.db.begin() as session:
        own = watch_factories.make_alert(session, subject_kind="target", subject_id=str(here.target.id))
        other = watch_factories.make_alert(session)
    here.decide(here.units[0])
    seen = row(ops, Alert, own.id)
    assert (seen.acknowledged_by, seen.acknowledged_at) == ("duty", START)
    assert row(ops, Alert, other.id).acknowledged_at is None
    with ops.db.reading() as session:
        assert [event.what for event in session.scalars(select(AlertEvent))] == ["acknowledged"]
        assert session.scalars(select(AuditEvent).where(AuditEvent.kind == "act")).one().subject == "decision 1"


def test_a_decision_taken_from_an_alert_or_an_entry_points_back_to_it(sqlite_ops: Any) -> None:
    ops, here = sqlite_ops, scene(sqlite_ops)
    with ops.db.begin() as session:
        alert = watch_factories.make_alert(session, subject_kind="target", subject_id=str(here.target.id))
        seq = watch_factories.make_entry(session, "Vessel turned off its lights.")
    here.offer(here.units, about_kind="alert", about_id=str(alert.id))
    assert row(ops, Decision, here.decide(here.units[0])).alert_id == alert.id
    here.offer(here.units[1:], about_kind="entry", about_id=str(seq))
    assert row(ops, Decision, here.decide(here.units[1])).from_seq == seq
    with ops.db.reading() as session:
        assert session.scalars(select(LogLink.seq).where(LogLink.kind == "entry", LogLink.thing == str(seq))).all()


def test_a_bare_track_can_be_answered_too(sqlite_ops: Any) -> None:
    ops, here = sqlite_ops, scene(sqlite_ops)
    with ops.db.begin() as session:
        track = factories.make_vessel(session, factories.make_feed(session))
    here.offer(here.units, target_id=None, track_id=track.id, about_kind="track", about_id=str(track.id), label="TERN")
    decision = row(ops, Decision, here.decide(here.units[0]))
    assert (decision.track_id, decision.target_id, decision.about_label) == (track.id, None, "TERN")


def test_the_unit_s_agency_comes_to_know_of_what_it_is_sent_to(ops: Any) -> None:
    """Handling follows the subject; what widens it is said in the log, and nobody else learns of it."""
    with ops.db.begin() as session:
        amber = factories.make_handling(session, "POL", "AMBER", "OPS")
    here = scene(ops, handling=amber)
    number = here.decide(here.units[0])
    text = entries(ops)[0].text
    assert text.endswith("Released to CUS for this.")
    assert ops.dispatch_reads.decision(LIAISON, number).about_label == "CAP MANUEL"
    with pytest.raises(NotFound):
        ops.dispatch_reads.decision(OTHER_LIAISON, number)
    with pytest.raises(NotFound):
        ops.dispatch_reads.decision(WALL, number)
    ops.picture.live.start()
    assert ops.picture.taskings(OTHER_LIAISON) == []
    assert [line.text for line in ops.picture.newest_log(OTHER_LIAISON)] == []


def test_a_restricted_unit_among_the_options_is_not_told_to_readers_of_the_entry(ops: Any) -> None:
    here = scene(ops)
    with ops.db.begin() as session:
        amber = factories.make_handling(session, "POL", "AMBER", "OPS")
        shy = factories.make_unit(
            session, factories.make_feed(session), callsign="SHADOW", agency="POL", handling=amber
        )
    here.offer([*here.units, shy])
    number = here.decide(here.units[0])
    detail = entries(ops)[0].detail
    assert "SHADOW" not in str(detail)
    assert detail["options_withheld"] == 1
    assert detail["options_sha256"] == seal_of(row(ops, Decision, number).options)
    theirs = ops.dispatch_reads.decision(LIAISON, number)
    assert theirs.withheld == 1
    assert "SHADOW" not in str(theirs.options)
    assert "SHADOW" in str(ops.dispatch_reads.decision(OFFICER, number).options)


def test_what_is_outside_the_scope_is_neither_decided_on_nor_sent(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        secret = factories.make_handling(session, "POL", "RED")
    here = scene(ops, handling=secret)
    with pytest.raises(NotFound):
        here.decide(here.units[0])
    with ops.db.begin() as session:
        session.get_one(Target, here.target.id).handling_id = here.units[1].handling_id
        session.get_one(Unit, here.units[0].id).handling_id = secret.id
    with pytest.raises(NotFound):
        here.decide(here.units[0])


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.DUTY_OFFICER, Role.OPERATION_COMMANDER, Role.SHIFT_LEAD)]
)
def test_only_the_desks_decide(sqlite_ops: Any, role: Role) -> None:
    here = scene(sqlite_ops)
    choice = here.choice(here.units[0])
    with pytest.raises(NotPermitted):
        sqlite_ops.dispatch.decide(factories.actor(role, user_id=OFFICER.user_id), choice)
    with pytest.raises(NotPermitted):
        sqlite_ops.dispatch.show(factories.actor(role), "target", "1")


def test_options_come_back_from_json_as_they_went_in(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    options = options_about(here.target, here.units, [here.cannot], together=here.units)
    assert options_from(options.as_plain()) == options


def test_a_targeter_may_read_what_was_decided(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    here.decide(here.units[0])
    (decision,) = sqlite_ops.dispatch_reads.decisions(TARGETER, target_id=here.target.id)
    assert decision.chosen_callsigns == ("HAWK 1",)


def test_what_is_to_be_complete_in_the_past_is_refused(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    with pytest.raises(Invalid, match="lies behind us"):
        here.decide(here.units[0], due_at=sqlite_ops.clock.now())
