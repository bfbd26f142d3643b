"""Operations where other parts meet them: tags in the log, their completion, decisions, the handover brief."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from ops_centre.auth.roles import Role
from ops_centre.domain.brief import write_brief
from ops_centre.domain.log_filter import LogFilter
from ops_centre.domain.tasking import TaskingState
from ops_centre.errors import Conflict, NotFound
from ops_centre.models import Alert, Decision, Operation
from ops_centre.picture.brief_gathering import gather
from ops_centre.services.alert_sweep import AlertSweep
from ops_centre.services.log_entries import NewEntry
from ops_centre.services.taskings import Report
from tests.factories import actor, make_feed, make_handling, make_restricted_target, make_target, make_user
from tests.operation_factories import make_operation
from tests.store.dispatching import OFFICER, scene
from tests.support.clock import START, FakeClock
from tests.watch_factories import make_alert, make_enquiry

DUTY = actor(name="duty", display_name="Duty")
CUSTOMS = actor(Role.OPERATION_COMMANDER, "CUS", name="cus")
POLICE = actor(Role.AGENCY_LIAISON, "POL", name="police")


def write(ops: Any, text: str, who: Any = DUTY) -> Any:
    return ops.log.entry(who, int(ops.entries.write(who, NewEntry(text))["seq"]))


def test_a_tag_that_is_a_reference_leads_to_the_operation_and_takes_its_marking(ops: Any) -> None:
    with ops.db.begin() as session:
        operation = make_operation(session, reference="D26-014", marking="AMBER")
    before = write(ops, "Boat seen off the heads #kahu #12")
    entry = write(ops, "Boat seen off the heads #d26-014")
    assert entry.links == (("operation", str(operation.id), "D26-014"),)
    assert (entry.owner, entry.marking) == ("OPS", "AMBER")
    assert before.links == (("operation", "kahu", "kahu"), ("operation", "tag-12", "12"))
    for wanted in (LogFilter(operation="#D26-014"), LogFilter(thing=("operation", str(operation.id)))):
        assert [one.seq for one in ops.log.page(DUTY, wanted)] == [entry.seq]
    assert [one.seq for one in ops.log.page(DUTY, LogFilter(operation="12"))] == [before.seq]
    assert [one.seq for one in ops.operation_reads.log(DUTY, operation.id)] == [entry.seq]


def test_a_reference_out_of_scope_is_a_word_like_any_other(ops: Any) -> None:
    with ops.db.begin() as session:
        make_operation(session, reference="D26-014", name="Harbour watch", marking="AMBER")
    entry = write(ops, "What is #D26-014 about?", POLICE)
    assert (entry.links, entry.marking) == ((("operation", "d26-014", "D26-014"),), "GREEN")
    offered = ops.log_completion.complete(POLICE, "#", "d26")
    assert [(one.label, one.detail) for one in offered] == [("D26-014", "used in the log")]
    own = ops.log_completion.complete(DUTY, "#", "d26")
    assert [(one.label, one.detail, one.marking) for one in own] == [("D26-014", "Harbour watch · proposed", "AMBER")]


def test_completion_offers_operations_by_name_those_at_work_first_and_then_old_tags(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        make_operation(session, reference="D26-001", name="Harbour watch", state="closed")
        make_operation(session, reference="D26-002", name="Harbour drill", is_exercise=True)
    write(sqlite_ops, "An old tag #harbourmaster, and one that is an operation #D26-002")
    offered = sqlite_ops.log_completion.complete(DUTY, "#", "harb")
    assert [(one.label, one.detail) for one in offered] == [
        ("D26-002", "Harbour drill · proposed · exercise"),
        ("D26-001", "Harbour watch · closed"),
        ("harbourmaster", "used in the log"),
    ]
    assert [one.label for one in sqlite_ops.log_completion.complete(DUTY, "#", "")][-1] == "harbourmaster"


def test_a_decision_for_an_operation_makes_its_tasking_part_of_it(ops: Any) -> None:
    here = scene(ops)
    with ops.db.begin() as session:
        operation = make_operation(session, marking="AMBER", reference="D26-001", state="active")
    number = here.decide(here.units[0], operation=operation.id)
    decision = ops.dispatch_reads.decision(OFFICER, number)
    assert (decision.operation.reference, decision.marking) == ("D26-001", "AMBER")
    assert "For D26-001." in ops.log.entry(OFFICER, decision.log_seq).text
    view = ops.operation_reads.one(OFFICER, operation.id)
    assert [(one.callsign, one.tasking_state) for one in view.units] == [("HAWK 1", "requested")]
    assert view.row.assigned == 1
    assert {move.state: move.why_not for move in view.moves}["closed"] == "A duty officer may not run operations."
    before = _revision(ops, operation.id)
    ops.taskings.report(OFFICER, view.taskings[0].id, TaskingState.ACCEPTED, Report())
    assert _revision(ops, operation.id) > before
    assert ops.operation_reads.log(OFFICER, operation.id)[0].text.startswith("HAWK 1 accepted")
    assert ops.dispatch_reads.tasking(OFFICER, view.taskings[0].id).operation.id == operation.id
    assert ops.operation_reads.about(OFFICER, [("target", str(here.target.id))]) is None


def _revision(ops: Any, number: int) -> int:
    with ops.db.reading() as session:
        return int(session.get_one(Operation, number).revision)


def test_a_decision_to_send_nobody_is_part_of_its_operation(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    with sqlite_ops.db.begin() as session:
        operation = make_operation(session, reference="D26-001", state="active")
    number = here.decide(operation=operation.id, reason="It turned back.")
    assert sqlite_ops.dispatch_reads.decision(OFFICER, number).operation.id == operation.id
    with sqlite_ops.db.reading() as session:
        assert session.get_one(Decision, number).operation_id == operation.id


def test_what_may_be_linked_is_found_by_name_words_and_number_and_only_in_scope(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        feed = make_feed(session)
        target = make_target(session, feed, handling=make_handling(session, "OPS", "GREEN"), label="BALTIC KESTREL")
        make_restricted_target(session, feed, label="KESTREL TWO")
        alert = make_alert(session, title="KESTREL went dark")
        enquiry = make_enquiry(session, question="Where is the Kestrel?")
    seq = int(write(ops, "Kestrel hailed on VHF 16").seq)
    with ops.db.reading() as session:
        ops.picture.live.present.load(session)

    def found(words: str) -> list[tuple[str, str]]:
        return [(one.kind, one.id) for one in ops.thing_completion.find(DUTY, words)]

    wanted = [("target", str(target.id)), ("alert", str(alert.id)), ("enquiry", str(enquiry.id)), ("entry", str(seq))]
    assert found("kestrel") == wanted
    assert ("entry", str(seq)) in found(str(seq))
    assert (found("k"), found("")) == ([], [])


def test_nobody_is_sent_under_an_operation_that_ended_or_is_not_theirs_to_know_of(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    with sqlite_ops.db.begin() as session:
        ended = make_operation(session, marking="GREEN", state="closed")
        hidden = make_operation(session, owner="POL", marking="RED")
    with pytest.raises(Conflict, match="is closed: nobody is sent under it"):
        here.decide(here.units[0], operation=ended.id)
    with pytest.raises(NotFound):
        here.decide(here.units[0], operation=hidden.id)


def test_the_brief_tells_which_operations_begin_soon_and_which_are_under_way(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        make_user(session, Role.DUTY_OFFICER, "OPS", name="duty")
        soon = make_operation(session, starts_at=START + timedelta(hours=3), name="Soon")
        make_operation(session, starts_at=START + timedelta(hours=30), name="Later")
        make_operation(session, state="active", starts_at=START - timedelta(hours=3), name="Now", is_exercise=True)
        found = gather(session, DUTY, START, sqlite_ops.gazetteer)
        hidden = gather(session, POLICE, START, sqlite_ops.gazetteer)
    told = {
        part.name: [fact.text for fact in part.facts]
        for part in write_brief(found, START, timedelta(hours=12)).sections
    }
    assert told["operations"] == [f"{soon.reference} Soon"]
    assert [text.split(" ")[1] for text in told["running"]] == ["Now"]
    assert not hidden.operations


def test_what_is_overdue_of_an_operation_raises_alerts_handled_as_it_is_until_it_is_done(
    sqlite_ops: Any, frozen_clock: FakeClock
) -> None:
    ops, sweep = sqlite_ops, AlertSweep(sqlite_ops.deeds, sqlite_ops.settings)
    hour = timedelta(hours=1)
    given = {
        "state": "approved",
        "starts_at": START + hour,
        "next_event": "Board or not",
        "next_event_at": START + hour,
    }
    with ops.db.begin() as session:
        number, handling = (one := make_operation(session, "CUS", "RED", name="Kelp", **given)).id, one.handling_id
    assert sweep.sweep() == 0
    frozen_clock.advance(minutes=50)
    assert _alerts(ops, sweep) == [("operation decision due", "normal")], "soon due"
    frozen_clock.advance(minutes=21)
    assert _alerts(ops, sweep) == [("operation decision due", "high"), ("operation overdue", "normal")]
    with ops.db.reading() as session:
        alert = session.scalars(select(Alert).where(Alert.cause == "operation overdue")).one()
    assert (alert.subject_kind, alert.subject_id, alert.handling_id) == ("operation", str(number), handling)
    assert "Kelp: it should have begun" in alert.title
    assert ops.operation_reads.one(CUSTOMS, number).overdue == ("Board or not was due", "it should have begun")
    values = {"state": "active", "started_at": frozen_clock.now(), "next_event": None, "next_event_at": None}
    with ops.db.begin() as session:
        session.execute(update(Operation).where(Operation.id == number).values(**values))
    assert _alerts(ops, sweep) == []
    frozen_clock.advance(hours=13)
    assert _alerts(ops, sweep) == [("operation overdue", "normal")], "no situation report for half a day"


def _alerts(ops: Any, sweep: AlertSweep) -> list[tuple[str, str]]:
    sweep.sweep()
    with ops.db.reading() as session:
        standing = select(Alert.cause, Alert.severity).where(Alert.cleared_at.is_(None)).order_by(Alert.cause)
        return [(cause, severity) for cause, severity in session.execute(standing)]
