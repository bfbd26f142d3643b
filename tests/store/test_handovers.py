"""A watch changes hands only when somebody else accepts it, with its brief sealed into the log."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain import sealing
from ops_centre.domain.watches import Head
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import Alert, Handling, LogEntry, Watch
from ops_centre.services.duty_log import content
from ops_centre.services.handovers import Words
from tests.factories import actor, make_feed, make_handling, make_restricted_target, make_target
from tests.store.test_watches import at_once, entries, people
from tests.support.clock import FakeClock
from tests.watch_factories import make_alert, make_enquiry, make_lead

FULL = Words(dict.fromkeys(Head, "As told."))


def opened(ops: Any) -> tuple[Any, Any, Any]:
    """Lead, second lead and duty officer; the lead has the watch."""
    lead, second, duty = people(ops)
    ops.watches.plan_ahead()
    ops.watches.open(lead, "start")
    return lead, second, duty


def state(ops: Any) -> list[tuple[str, str | None]]:
    with ops.db.reading() as session:
        on = select(Watch).where(Watch.opened_at.is_not(None)).order_by(Watch.id)
        return [(watch.state, watch.lead) for watch in session.scalars(on)]


def test_an_offer_alone_changes_no_hands(ops: Any) -> None:
    lead, second, _duty = opened(ops)
    ops.handovers.offer(lead, FULL)
    assert state(ops) == [("handover pending", "lead")]
    assert ops.watch_reads.view(second).pending.handover.state == "offered"
    with pytest.raises(Conflict, match="offered already"):
        ops.handovers.offer(lead, FULL)


def test_accepting_closes_one_watch_and_opens_the_next_in_one_deed(ops: Any, frozen_clock: FakeClock) -> None:
    lead, second, duty = opened(ops)
    ops.watches.join(duty)
    frozen_clock.advance(hours=4, minutes=15)  # 22:45 in Auckland
    offer = ops.handovers.offer(lead, FULL)["handover"]
    answer = ops.handovers.accept(second, offer)
    assert state(ops) == [("handed over", "lead"), ("open", "lead2")]
    view = ops.watch_reads.view(second)
    assert (view.on.id, view.on.name, view.pending) == (answer["watch"], "C", None)
    assert [one.name for one in view.on.present] == ["lead2"]
    assert [one.name for one in view.past[0].present] == []


def test_a_lead_relieved_amid_a_watch_leaves_its_end_as_it_was(ops: Any, frozen_clock: FakeClock) -> None:
    lead, second, _duty = opened(ops)
    ends = ops.watch_reads.view(lead).on.ends_at
    frozen_clock.advance(hours=1)
    ops.handovers.accept(second, ops.handovers.offer(lead, FULL)["handover"])
    on = ops.watch_reads.view(second).on
    assert (on.name, on.starts_at, on.ends_at) == ("B", frozen_clock.now(), ends)


def test_the_whole_brief_is_sealed_into_the_log(ops: Any) -> None:
    lead, second, _duty = opened(ops)
    with ops.db.begin() as session:
        make_alert(session, title="Radar lost")
    offer = ops.handovers.offer(lead, FULL)["handover"]
    with ops.db.begin() as session:
        make_alert(session, title="Later still")
    seq = ops.handovers.accept(second, offer)["seq"]
    with ops.db.reading() as session:
        entry = session.get_one(LogEntry, seq)
        handling = session.get_one(Handling, entry.handling_id)
        assert entry.leaf_hash == sealing.leaf_hash(sealing.canonical(content(entry, handling)))
        assert (handling.owner, handling.marking) == ("OPS", "AMBER+STRICT")
        assert entry.detail["heads"][Head.SITUATION.value] == "As told."
        told = {part["name"]: [fact["text"] for fact in part["facts"]] for part in entry.detail["facts"]["sections"]}
        assert told["unseen"] == ["Radar lost"]
        assert [one["text"] for one in entry.detail["new_since_offered"]] == ["Later still"]
    assert "handed over by lead to Lead2" in entries(ops)[-2]


def test_two_who_accept_at_once_get_one_watch_and_one_refusal(ops: Any) -> None:
    lead, second, _duty = opened(ops)
    with ops.db.begin() as session:
        third = make_lead(session, "lead3")
    offer = ops.handovers.offer(lead, FULL)["handover"]
    came = at_once(lambda: ops.handovers.accept(second, offer), lambda: ops.handovers.accept(third, offer))
    assert sorted(isinstance(one, Conflict) for one in came) == [False, True]
    assert "has accepted this handover" in str(next(one for one in came if isinstance(one, Conflict)))
    assert len([word for word, _lead in state(ops) if word == "open"]) == 1


def test_accepting_and_withdrawing_at_once_leave_one_lead(ops: Any) -> None:
    lead, second, _duty = opened(ops)
    offer = ops.handovers.offer(lead, FULL)["handover"]
    came = at_once(lambda: ops.handovers.accept(second, offer), lambda: ops.handovers.withdraw(lead, offer))
    assert sorted(isinstance(one, Conflict) for one in came) == [False, True]
    assert len([word for word, _lead in state(ops) if word != "handed over"]) == 1


def test_nobody_accepts_their_own_offer(ops: Any) -> None:
    lead, _second, duty = opened(ops)
    offer = ops.handovers.offer(lead, FULL)["handover"]
    with pytest.raises(Conflict, match="Somebody else"):
        ops.handovers.accept(lead, offer)
    with pytest.raises(NotPermitted):
        ops.handovers.accept(duty, offer)
    with pytest.raises(NotFound):
        ops.handovers.accept(lead, 99)


def test_only_the_lead_of_the_watch_offers_it(ops: Any) -> None:
    _lead, second, _duty = opened(ops)
    with pytest.raises(Conflict, match="only the lead"):
        ops.handovers.offer(second, FULL)


def test_a_returned_offer_leaves_the_watch_where_it_was_and_says_why(ops: Any) -> None:
    lead, second, _duty = opened(ops)
    offer = ops.handovers.offer(lead, FULL)["handover"]
    with pytest.raises(Conflict, match="your own"):
        ops.handovers.send_back(lead, offer, "no")
    with pytest.raises(Invalid):
        ops.handovers.send_back(second, offer, " ")
    ops.handovers.send_back(second, offer, "Nothing stands there of HAWK 2.")
    assert state(ops) == [("open", "lead")]
    assert ops.watch_reads.view(lead).returned.return_reason == "Nothing stands there of HAWK 2."
    with pytest.raises(Conflict, match="returned"):
        ops.handovers.accept(second, offer)
    ops.handovers.accept(second, ops.handovers.offer(lead, FULL)["handover"])
    assert ops.watch_reads.view(lead).on.lead == "lead2"


def test_an_offer_is_withdrawn_by_who_made_it(ops: Any) -> None:
    lead, second, _duty = opened(ops)
    offer = ops.handovers.offer(lead, FULL)["handover"]
    with pytest.raises(Conflict, match="made this offer"):
        ops.handovers.withdraw(second, offer)
    ops.handovers.withdraw(lead, offer)
    assert state(ops) == [("open", "lead")]


def test_no_head_is_left_blank(ops: Any) -> None:
    lead, _second, _duty = opened(ops)
    with pytest.raises(Invalid, match="command and signals"):
        ops.handovers.offer(lead, Words({head: "x" for head in Head if head is not Head.COMMAND}))


def test_nothing_to_report_is_said_when_there_is_nothing(ops: Any) -> None:
    lead, second, _duty = opened(ops)
    offer = ops.handovers.offer(lead, Words({}, nothing_to_report=True))["handover"]
    ops.handovers.accept(second, offer)
    assert "nothing to report" in entries(ops)[-2]


def test_nothing_to_report_is_refused_while_facts_speak_against_it_unless_affirmed(ops: Any) -> None:
    lead, _second, _duty = opened(ops)
    with ops.db.begin() as session:
        make_enquiry(session)
    with pytest.raises(Invalid, match="Open enquiries: 1"):
        ops.handovers.offer(lead, Words({}, nothing_to_report=True))
    ops.handovers.offer(lead, Words({}, nothing_to_report=True, affirmation="Told by telephone at 18:00."))
    assert ops.watch_reads.view(lead).pending.handover.affirmation == "Told by telephone at 18:00."


def test_what_comes_up_after_the_offer_is_new(ops: Any) -> None:
    lead, second, _duty = opened(ops)
    with ops.db.begin() as session:
        first = make_alert(session)
    ops.handovers.offer(lead, FULL)
    with ops.db.begin() as session:
        later = make_alert(session)
        session.get_one(Alert, first.id).acknowledged_at = later.raised_at
    pending = ops.watch_reads.view(second).pending
    assert pending.new == {("unseen", f"alert:{later.id}")}


def test_a_reader_sees_only_what_is_theirs_in_the_brief_and_nothing_of_the_stored_one(ops: Any) -> None:
    lead, _second, _duty = opened(ops)
    with ops.db.begin() as session:
        feed = make_feed(session)
        make_restricted_target(session, feed, "OPS", label="SECRET OF OPS")
        make_restricted_target(session, feed, "POL", label="SECRET OF POL")
        make_target(session, feed, handling=make_handling(session, "CUS", "AMBER", "OPS"), label="RELEASED")
        make_target(session, feed, label="OPEN")
    ops.handovers.offer(lead, FULL)

    def labels(who: Any) -> set[str]:
        brief = ops.watch_reads.view(who).pending.now
        return {fact.text for section in brief.sections for fact in section.facts}

    assert {"SECRET OF OPS", "RELEASED", "OPEN"} == labels(lead) - {feed.name}
    police = actor(Role.AGENCY_LIAISON, "POL", name="police")
    assert labels(police) == {"SECRET OF POL", "OPEN"}
    assert labels(actor(Role.WALL, name="wall")) == {"OPEN"}
    for stranger in (police, actor(Role.WALL, name="wall")):
        offer = ops.watch_reads.view(stranger).pending.handover
        assert (offer.heads, offer.facts, offer.affirmation) == (None, None, None)
    card = ops.watch_reads.card(lead, ops.watch_reads.view(lead).on.id)
    assert {fact.text for section in card.handovers[0].facts.sections for fact in section.facts} >= {"SECRET OF OPS"}


def test_a_lead_who_may_not_read_the_brief_cannot_take_over(ops: Any) -> None:
    lead, _second, _duty = opened(ops)
    with ops.db.begin() as session:
        police = make_lead(session, "police.lead", "POL")
    offer = ops.handovers.offer(lead, FULL)["handover"]
    with pytest.raises(Conflict, match="not released to your agency"):
        ops.handovers.accept(police, offer)


def test_past_watches_keep_their_briefs(ops: Any, frozen_clock: FakeClock) -> None:
    lead, second, _duty = opened(ops)
    ops.handovers.accept(second, ops.handovers.offer(lead, FULL)["handover"])
    frozen_clock.advance(timedelta(hours=8))
    past = ops.watch_reads.view(lead).past[0]
    card = ops.watch_reads.card(lead, past.id)
    assert card.handovers[0].heads[0] == ("situation", "As told.")
    assert card.handovers[0].log_seq is not None
    with pytest.raises(NotFound):
        ops.watch_reads.card(lead, 999)
