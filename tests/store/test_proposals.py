"""Proposals of the solver: asked for, worked out by the worker, edited, approved; nothing breaks a rule of the plan."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.domain.planning import BookingKind
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import Assignment, PlanProposal
from ops_centre.services.plan_asking import Wanted
from ops_centre.services.proposal_runs import ProposalRuns, StoppedError
from ops_centre.services.proposals import Asked
from tests.factories import actor, make_deployment, make_feed, make_target, make_unit, make_user
from tests.support.clock import START

HOUR = timedelta(hours=1)


def commander(session: Any, agency: str = "OPS", role: Role = Role.OPERATION_COMMANDER) -> Actor:
    """An account that may plan."""
    user = make_user(session, role, agency)
    return actor(role, agency, user_id=user.id, name=user.name, display_name=user.display_name)


def runs(ops: Any, holder: str = "worker 1") -> ProposalRuns:
    """A worker's duty."""
    return ProposalRuns(ops.db, ops.clock, ops.settings, ops.gazetteer, ops.deeds, holder)


def a_shortfall(session: Any) -> tuple[Actor, Any, Any]:
    """Who plans, and two customs teams near Auckland that could cover the target there; one is nearer."""
    feed = make_feed(session, "targeting")
    make_target(session, feed, place="NZAKL", severity="top", arrives_at=START + 14 * HOUR, action=None)
    make_target(session, feed, place="NZBLU", severity="normal", arrives_at=START + 14 * HOUR, action=None)
    near = make_unit(session, feed, capabilities=["boarding"], lat=None, lon=None)
    far = make_unit(session, feed, capabilities=["boarding"], lat=None, lon=None)
    for unit, place in ((near, "NZONE"), (far, "NZTRG")):
        make_deployment(session, unit, place=place, starts_at=START - HOUR, ends_at=START + 30 * HOUR, duty_hours=None)
    return commander(session), near, far


SECOND = actor(Role.SHIFT_LEAD, name="second")


def test_whoever_asked_for_a_proposal_or_re_timed_it_does_not_approve_it_unless_the_centre_says_so(
    sqlite_ops: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ops, third = sqlite_ops, actor(Role.SHIFT_LEAD, name="third")
    with ops.db.begin() as session:
        lead, _near, _far = a_shortfall(session)
    number = ops.proposals.ask(lead, Asked("shortfalls", 24))["proposal"]
    runs(ops).run_next()
    change = ops.proposal_reads.one(lead, number).changes[0]
    ops.proposals.retime(third, number, change.key, change.starts_at + HOUR, change.ends_at - HOUR)
    for who, did in ((lead, "asked for it"), (third, "re-timed a change of it")):
        assert ops.proposal_reads.one(who, number).second_needed == f"A second person must approve it: you {did}."
        with pytest.raises(Conflict, match=f"A second person must approve it: you {did}"):
            ops.proposals.approve(who, number)
    assert ops.proposal_reads.one(SECOND, number).second_needed is None
    alone = ops.settings.proposals.model_copy(update={"second_person": False})
    for part in (ops.proposals, ops.proposal_reads):
        monkeypatch.setattr(part, "settings", ops.settings.model_copy(update={"proposals": alone}))
    assert ops.proposal_reads.one(lead, number).second_needed is None
    assert "1 assignment" in ops.proposals.approve(lead, number)["said"]


def test_a_proposal_is_worked_out_edited_and_approved(ops: Any) -> None:
    with ops.db.begin() as session:
        lead, near, _far = a_shortfall(session)
    number = ops.proposals.ask(lead, Asked("shortfalls", 24))["proposal"]
    with pytest.raises(Conflict, match="still being worked out"):
        ops.proposals.ask(lead, Asked("shortfalls", 24))
    assert "would leave 1 of 2" in runs(ops).run_next()
    draft = ops.proposal_reads.one(lead, number)
    assert [(one.callsign, one.place, one.severity) for one in draft.changes] == [(near.callsign, "NZAKL", "top")]
    assert [(one.where, one.count) for one in draft.uncovered] == [("Bluff", 1)]
    assert "too far off" in draft.uncovered[0].why
    ops.proposals.choose(lead, number, draft.changes[0].key, dropped=True)
    with pytest.raises(Conflict, match="No change is left"):
        ops.proposals.approve(SECOND, number)
    ops.proposals.choose(lead, number, draft.changes[0].key, dropped=False)
    assert "1 assignment" in ops.proposals.approve(SECOND, number)["said"]
    with ops.db.reading() as session:
        row = session.scalars(select(Assignment)).one()
        assert (row.unit_id, row.place, row.proposal_id, row.note) == (near.id, "NZAKL", number, f"Proposal {number}")
    assert ops.proposal_reads.one(lead, number).row.state == "approved"
    covered = next(row for row in ops.sufficiency.matrix(lead).places if row.code == "NZAKL")
    assert sum(cell.short for cell in covered.cells) == 0


def test_what_arose_meanwhile_is_said_and_nothing_is_assigned(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        lead, near, _far = a_shortfall(session)
    number = ops.proposals.ask(lead, Asked("shortfalls", 24))["proposal"]
    runs(ops).run_next()
    change = ops.proposal_reads.one(lead, number).changes[0]
    ops.plans.assign(
        lead, [Wanted(near.id, BookingKind.REST, change.starts_at, change.ends_at)], {"": "agreed with its agency"}
    )
    assert "booked already" in ops.proposal_reads.one(lead, number).changes[0].against[0]
    with pytest.raises(Conflict, match=r"The plan has changed since.*booked already"):
        ops.proposals.approve(SECOND, number)
    assert ops.proposal_reads.one(lead, number).row.state == "draft"


def test_a_proposal_for_targets_sends_the_nearest_who_may_go(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        lead, near, _far = a_shortfall(session)
    number = ops.proposals.ask(lead, Asked("targets", 24))["proposal"]
    runs(ops).run_next()
    draft = ops.proposal_reads.one(lead, number)
    assert [(one.callsign, one.starts_at) for one in draft.changes] == [(near.callsign, START + 14 * HOUR)]
    assert draft.figures["proven"] == 1


def test_a_liaison_moves_units_of_their_own_agency_only(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        a_shortfall(session)
        liaison = commander(session, "BIO", Role.AGENCY_LIAISON)
        stranger = commander(session, "POL")
    number = ops.proposals.ask(liaison, Asked("shortfalls", 24))["proposal"]
    runs(ops).run_next()
    assert ops.proposal_reads.one(liaison, number).changes == ()
    with pytest.raises(NotFound):
        ops.proposal_reads.one(stranger, number)
    with pytest.raises(NotFound):
        ops.proposals.drop(stranger, number)


def test_a_worker_that_died_is_followed_by_another_and_a_late_answer_counts_for_nothing(ops: Any) -> None:
    with ops.db.begin() as session:
        lead, _near, _far = a_shortfall(session)
    number = ops.proposals.ask(lead, Asked("shortfalls", 24))["proposal"]
    dead = runs(ops, "worker that died")
    assert dead._take(number) is not None
    assert runs(ops, "worker 2").run_next() is None  # not yet: it may be at it
    ops.clock.advance(seconds=ops.settings.proposals.taken_over_seconds + 1)
    assert "would leave" in runs(ops, "worker 2").run_next()
    with pytest.raises(StoppedError):
        dead.note(number, 0.5, "Solving")
    assert ops.proposal_reads.one(lead, number).row.state == "draft"


def test_a_proposal_that_is_stopped_is_not_finished(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        lead, _near, _far = a_shortfall(session)
    number = ops.proposals.ask(lead, Asked("shortfalls", 24))["proposal"]
    worker = runs(ops)
    task = worker._take(number)
    assert "being stopped" in ops.proposals.drop(lead, number)["said"]
    assert ops.proposal_reads.one(lead, number).row.state == "stopping"  # until the solver has let go
    with pytest.raises(Conflict, match="being stopped already"):
        ops.proposals.drop(lead, number)
    with pytest.raises(StoppedError):
        worker._work(task)
    assert worker.run_next() is None
    assert ops.proposal_reads.one(lead, number).row.state == "dropped"


def test_one_whose_worker_died_while_it_was_stopping_is_dropped_by_the_next(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        lead, _near, _far = a_shortfall(session)
    number = ops.proposals.ask(lead, Asked("shortfalls", 24))["proposal"]
    runs(ops, "worker that died")._take(number)
    ops.proposals.drop(lead, number)
    ops.clock.advance(seconds=ops.settings.proposals.taken_over_seconds + 1)
    assert runs(ops, "worker 2").run_next() is None
    row = ops.proposal_reads.one(lead, number).row
    assert (row.state, row.ended_by) == ("dropped", lead.name)


def test_a_change_of_a_draft_is_given_another_time_and_judged_again(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        lead, near, _far = a_shortfall(session)
    number = ops.proposals.ask(lead, Asked("shortfalls", 24))["proposal"]
    runs(ops).run_next()
    change = ops.proposal_reads.one(lead, number).changes[0]
    later, ends = change.starts_at + HOUR, change.ends_at - HOUR
    with pytest.raises(Invalid, match="at least five minutes"):
        ops.proposals.retime(lead, number, change.key, ends, later)
    with pytest.raises(Conflict, match="of duty without a break"):
        ops.proposals.retime(lead, number, change.key, later, START + 31 * HOUR)
    assert ops.proposal_reads.one(lead, number).changes == (change,)
    ops.proposals.retime(lead, number, change.key, later, ends)
    moved = ops.proposal_reads.one(lead, number).changes[0]
    assert (moved.starts_at, moved.ends_at, moved.timed_by) == (later, ends, lead.name)
    assert (moved.first_starts_at, moved.first_ends_at) == (change.starts_at, change.ends_at)
    assert (moved.serves, moved.misses, moved.comes_from) == (change.serves, (), change.comes_from)
    ops.proposals.approve(SECOND, number)
    with ops.db.reading() as session:
        row = session.scalars(select(Assignment)).one()
        assert (row.unit_id, row.starts_at, row.ends_at) == (near.id, later, ends)
    with pytest.raises(Conflict, match="approved"):
        ops.proposals.retime(lead, number, change.key, later, ends)


def test_what_a_person_changes_in_a_draft_is_open_again_and_says_why(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        lead, near, _far = a_shortfall(session)
    number = ops.proposals.ask(lead, Asked("shortfalls", 24))["proposal"]
    runs(ops).run_next()
    draft = ops.proposal_reads.one(lead, number)
    change = draft.changes[0]
    said = ops.proposals.retime(lead, number, change.key, change.ends_at + HOUR, change.ends_at + 2 * HOUR)["said"]
    assert said.endswith(f"It no longer covers {', '.join(change.serves)}.")
    view = ops.proposal_reads.one(lead, number)
    assert (view.changes[0].serves, view.changes[0].misses) == ((), change.serves)
    assert view.row.uncovered == draft.row.uncovered + len(change.serves)
    assert view.uncovered[0].why == f"{near.callsign} was given other times by {lead.name}."
    ops.proposals.choose(lead, number, change.key, dropped=True)
    assert ops.proposal_reads.one(lead, number).uncovered[0].why == f"{near.callsign} was left out by {lead.name}."
    ops.proposals.choose(lead, number, change.key, dropped=False)
    ops.proposals.retime(lead, number, change.key, change.starts_at, change.ends_at)
    assert ops.proposal_reads.one(lead, number).row.uncovered == draft.row.uncovered


def test_a_change_after_another_one_of_its_unit_comes_from_where_that_ends(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        lead, near, _far = a_shortfall(session)
    number = ops.proposals.ask(lead, Asked("shortfalls", 24))["proposal"]
    runs(ops).run_next()
    change = ops.proposal_reads.one(lead, number).changes[0]
    first = Wanted(near.id, BookingKind.DEPLOYMENT, START + HOUR, START + 2 * HOUR, place="NZAKL")
    ops.plans.assign(lead, [first], {"": "agreed"})
    ops.proposals.retime(lead, number, change.key, change.starts_at, change.ends_at)
    moved = ops.proposal_reads.one(lead, number).changes[0]
    assert (moved.comes_from, moved.travel_min) == ("Auckland", 0.0)
    assert change.comes_from != "Auckland"


def test_a_proposal_goes_on_when_the_clock_was_set_back_while_its_worker_died(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        lead, _near, _far = a_shortfall(session)
    number = ops.proposals.ask(lead, Asked("shortfalls", 24))["proposal"]
    ops.clock.advance(hours=2)
    assert runs(ops, "worker that died")._take(number) is not None
    ops.clock.advance(hours=-2)
    assert "would leave" in runs(ops, "worker 2").run_next()


def test_a_failure_of_the_solver_is_told(sqlite_ops: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        lead, _near, _far = a_shortfall(session)
    number = ops.proposals.ask(lead, Asked("shortfalls", 24))["proposal"]

    def broken(*_given: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("ops_centre.services.proposal_runs.solve", broken)
    runs(ops).run_next()
    with ops.db.reading() as session:
        row = session.get_one(PlanProposal, number)
        assert (row.state, row.fault) == ("failed", "The solver's own program failed: ZeroDivisionError.")
