"""Operations from proposal to closing: who may move what, what a move asks for, and that nobody learns what is not theirs."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.domain.operations import OperationKind, OperationState
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import Assignment, Debrief, Handling, LogEntry, Objective, Operation, OperationStep
from ops_centre.picture.operation_reads import OperationFilter
from ops_centre.services.operations import Changes, Proposal
from tests.factories import actor, make_feed, make_handling, make_restricted_target, make_target, make_unit, make_user
from tests.store.test_watches import at_once
from tests.support.clock import START, FakeClock
from tests.watch_factories import make_tasking

K, S = OperationKind, OperationState
LEAD = actor(Role.SHIFT_LEAD, name="lead", display_name="Lead")
COMMANDER = actor(Role.OPERATION_COMMANDER, name="com", display_name="Com")
DUTY = actor(name="duty", display_name="Duty")
POLICE = actor(Role.AGENCY_LIAISON, "POL", name="police")
FISHERIES = actor(Role.AGENCY_LIAISON, "BIO", name="fish")
WALL = actor(Role.WALL, name="wall")
WINDOW = {"starts_at": START + timedelta(hours=2), "ends_at": START + timedelta(hours=8)}


def accounts(ops: Any) -> None:
    """Whoever is to command needs an account."""
    with ops.db.begin() as session:
        make_user(session, Role.OPERATION_COMMANDER, "OPS", name="com", display_name="Com")
        make_user(session, Role.AGENCY_LIAISON, "POL", name="police", display_name="Police")


def proposal(**given: Any) -> Proposal:
    """Harbour watch, by the lead, with the police."""
    asked = Proposal(
        name="Harbour watch", purpose="Small craft run in by night.", agencies=("POL",), subjects=("vessel",)
    )
    return replace(asked, **given)


def propose(ops: Any, who: Actor = LEAD, **given: Any) -> int:
    return int(ops.operations.propose(who, proposal(**given))["operation"])


def planned(ops: Any) -> int:
    """Proposed by the lead, planned by its commander, with an objective."""
    accounts(ops)
    number = propose(ops, commander="com", **WINDOW)
    with ops.db.begin() as session:
        session.add(Objective(operation_id=number, position=1, text="Nobody lands unseen", measure="boats seen"))
    ops.operations.move(COMMANDER, number, S.PLANNED)
    return number


def test_a_plan_is_made_by_one_approved_by_another_run_and_closed(ops: Any, frozen_clock: FakeClock) -> None:
    number = planned(ops)
    with pytest.raises(Conflict, match="A second person must approve it: you put its plan forward"):
        ops.operations.move(COMMANDER, number, S.APPROVED)
    with pytest.raises(Conflict, match="you proposed it"):
        ops.operations.move(LEAD, number, S.APPROVED)
    second = actor(Role.SHIFT_LEAD, name="second", display_name="Second")
    ops.operations.move(second, number, S.APPROVED)
    frozen_clock.advance(minutes=5)
    ops.operations.move(COMMANDER, number, S.ACTIVE)
    with pytest.raises(Conflict, match="1 objective has no result"):
        ops.operations.move(COMMANDER, number, S.CLOSED, "done")
    with ops.db.begin() as session:
        session.scalars(select(Objective)).one().result = "successful"
    with pytest.raises(Invalid, match="how it ended"):
        ops.operations.move(COMMANDER, number, S.CLOSED)
    ops.operations.move(COMMANDER, number, S.CLOSED, "Nobody landed.")
    view = ops.operation_reads.one(LEAD, number)
    assert (view.approved_by, view.started_at, view.close_reason) == (
        "second",
        START + timedelta(minutes=5),
        "Nobody landed.",
    )
    assert [step.state for step in view.steps] == ["proposed", "planned", "approved", "active", "closed"]
    texts = [entry.text for entry in ops.operation_reads.log(LEAD, number)]
    assert texts[0] == "D26-001 Harbour watch: closed. How it ended: Nobody landed."
    assert "D26-001 Harbour watch: plan approved by Second." in texts


def test_it_is_debriefed_only_when_a_debrief_was_closed(sqlite_ops: Any) -> None:
    accounts(sqlite_ops)
    number = propose(sqlite_ops, commander="com", **WINDOW)
    with sqlite_ops.db.begin() as session:
        operation = session.get_one(Operation, number)
        operation.state = "closed"
        handling = operation.handling_id
    with pytest.raises(Conflict, match="Nobody has debriefed it"):
        sqlite_ops.operations.move(LEAD, number, S.DEBRIEFED)
    with sqlite_ops.db.begin() as session:
        session.add(
            Debrief(
                sort="hot", about_kind="operation", about_id=str(number), about_label="x", state="closed", meant="x",
                opened_by="lead", opened_at=START, handling_id=handling,
            )
        )  # fmt: skip
    sqlite_ops.operations.move(LEAD, number, S.DEBRIEFED)
    assert sqlite_ops.operation_reads.one(LEAD, number).moves == ()


def test_numbers_run_within_the_level_and_the_year_even_at_once(ops: Any) -> None:
    accounts(ops)
    came = at_once(lambda: propose(ops), lambda: propose(ops), lambda: propose(ops, kind=K.OVERWATCH))
    assert all(isinstance(one, int) for one in came)
    with ops.db.reading() as session:
        found = sorted(session.scalars(select(Operation.reference)))
    assert found == ["D26-001", "D26-002", "W26-001"]


def test_two_who_approve_at_once_are_one_approval_and_one_told_so(ops: Any) -> None:
    number = planned(ops)
    second, third = (actor(Role.SHIFT_LEAD, name=name) for name in ("second", "third"))
    came = at_once(
        lambda: ops.operations.move(second, number, S.APPROVED), lambda: ops.operations.move(third, number, S.APPROVED)
    )
    refused = [one for one in came if isinstance(one, Conflict)]
    assert len(refused) == 1
    assert "approved already" in str(refused[0])
    with ops.db.reading() as session:
        steps = session.scalars(select(OperationStep.state).where(OperationStep.operation_id == number)).all()
    assert list(steps).count("approved") == 1


def test_the_boards_offer_each_person_what_they_may_do_and_say_why_not(sqlite_ops: Any) -> None:
    number = planned(sqlite_ops)

    def moves(who: Actor) -> dict[str, Any]:
        card = sqlite_ops.operation_reads.boards(who).columns["deliberate"]["planned"][0]
        assert card.row.id == number
        return {move.state: move for move in card.moves}

    assert moves(DUTY)["approved"].why_not == "A duty officer may not approve plans."
    assert "you proposed it" in moves(LEAD)["approved"].why_not
    second = actor(Role.OPERATION_COMMANDER, name="second")
    assert moves(second)["approved"].allowed
    assert moves(second)["proposed"].needs_reason


def test_nobody_finds_an_operation_outside_their_scope(ops: Any) -> None:
    accounts(ops)
    number = propose(ops)
    assert ops.operation_reads.one(POLICE, number).row.reference == "D26-001"
    for outsider in (FISHERIES, WALL):
        boards = ops.operation_reads.boards(outsider)
        assert (boards.total, boards.shown) == (0, 0)
        assert ops.operation_reads.by_reference(outsider, "D26-001") is None
        with pytest.raises(NotFound):
            ops.operation_reads.one(outsider, number)
        with pytest.raises(NotFound):
            ops.operation_reads.log(outsider, number)
        with pytest.raises(NotFound):
            ops.operations.move(outsider, number, S.PLANNED)


def test_the_filter_narrows_and_counts_what_it_hides(sqlite_ops: Any) -> None:
    accounts(sqlite_ops)
    propose(sqlite_ops)
    propose(sqlite_ops, name="Night drill", is_exercise=True, agencies=("BIO",), commander="com")
    wanted = {
        "text": OperationFilter(text="night dri"), "agency": OperationFilter(agency="BIO"),
        "commander": OperationFilter(commander="com"), "exercise": OperationFilter(exercise=True),
    }  # fmt: skip
    for name, one in wanted.items():
        boards = sqlite_ops.operation_reads.boards(LEAD, one)
        assert [card.row.name for card in boards.columns["deliberate"]["proposed"]] == ["Night drill"], name
        assert (boards.shown, boards.total) == (1, 2)
    assert sqlite_ops.operation_reads.boards(LEAD, OperationFilter(kind="overwatch")).shown == 0


def test_an_edit_of_an_older_version_is_refused_with_who_changed_it(ops: Any) -> None:
    accounts(ops)
    number = propose(ops, commander="com")
    seen = ops.operation_reads.one(COMMANDER, number).version
    ops.operations.edit(LEAD, number, seen, Changes(name="Harbour night watch", required=(("Boat", 2),)))
    with pytest.raises(Conflict, match="was changed meanwhile by Lead at 06:30 UTC"):
        ops.operations.edit(COMMANDER, number, seen, Changes(name="Another name"))
    view = ops.operation_reads.one(COMMANDER, number)
    assert (view.row.name, view.row.required, view.requirements) == ("Harbour night watch", 2, (("boat", 2),))
    assert "name Harbour watch → Harbour night watch; units required none → 2 × boat" in (
        ops.operation_reads.log(LEAD, number)[0].text
    )


def test_an_approved_plan_is_not_changed_behind_the_second_persons_back(sqlite_ops: Any) -> None:
    number = planned(sqlite_ops)
    sqlite_ops.operations.move(actor(Role.SHIFT_LEAD, name="second"), number, S.APPROVED)
    version = sqlite_ops.operation_reads.one(LEAD, number).version
    later = Changes(ends_at=START + timedelta(hours=30))
    with pytest.raises(Conflict, match="take the approval back before its end changes"):
        sqlite_ops.operations.edit(LEAD, number, version, later)
    sqlite_ops.operations.edit(LEAD, number, version, Changes(name="Only a better name"))
    sqlite_ops.operations.move(LEAD, number, S.PLANNED, "It lasts longer")
    view = sqlite_ops.operation_reads.one(LEAD, number)
    assert view.approved_by is None
    sqlite_ops.operations.edit(LEAD, number, view.version, later)


def test_agencies_that_come_in_know_of_it_unless_something_linked_is_not_theirs_to_know(sqlite_ops: Any) -> None:
    accounts(sqlite_ops)
    with sqlite_ops.db.begin() as session:
        target = make_target(session, make_feed(session), handling=make_handling(session, "OPS", "AMBER", "POL"))
    number = propose(sqlite_ops, things=[("target", str(target.id))])
    assert sqlite_ops.operation_reads.one(POLICE, number).links[0].id == str(target.id)
    with pytest.raises(Invalid, match="not all of them may know of it"):
        sqlite_ops.operations.edit(LEAD, number, 1, Changes(agencies=("OPS", "POL", "BIO")))
    with pytest.raises(Invalid, match="Mark the operation so that nobody reads of it"):
        propose(sqlite_ops, agencies=("BIO",), things=[("target", str(target.id))])
    sqlite_ops.operations.unlink(LEAD, number, "target", str(target.id), "Another case")
    sqlite_ops.operations.edit(LEAD, number, 1, Changes(agencies=("OPS", "POL", "BIO")))
    assert sqlite_ops.operation_reads.one(FISHERIES, number).row.agencies == ("BIO", "OPS", "POL")


def test_assignments_follow_the_handling_of_their_operation(sqlite_ops: Any) -> None:
    number = propose(sqlite_ops)
    with sqlite_ops.db.begin() as session:
        unit = make_unit(
            session,
            make_feed(session),
            callsign="HAWK 1",
            agency="CUS",
            handling=make_handling(session, "CUS", "GREEN"),
        )
        given = {
            "unit_id": unit.id,
            "kind": "operation",
            "operation_id": number,
            "place": None,
            "lat": None,
            "lon": None,
        }
        when = {"starts_at": START, "ends_at": START + timedelta(hours=4), "crew": None, "note": None, "overrides": []}
        row = Assignment(
            **given,
            **when,
            assigned_by="lead",
            assigned_at=START,
            handling_id=session.get_one(Operation, number).handling_id,
        )
        session.add(row)
        session.flush()
    sqlite_ops.operations.edit(LEAD, number, 1, Changes(marking="RED", releases=(), agencies=("OPS",)))
    with sqlite_ops.db.reading() as session:
        after = session.get_one(Assignment, row.id)
        rule = session.get_one(Handling, after.handling_id)
    assert (rule.owner, rule.marking, rule.releases) == ("OPS", "RED", "CUS"), (
        "its own agency must know when it is wanted"
    )
    assert after.revision > row.revision


def test_a_link_is_made_once_and_only_to_what_the_actor_may_see(sqlite_ops: Any) -> None:
    accounts(sqlite_ops)
    number = propose(sqlite_ops, agencies=())
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session)
        own, hidden = make_target(session, feed), make_restricted_target(session, feed)
    sqlite_ops.operations.link(LEAD, number, [("target", str(own.id))])
    with pytest.raises(Conflict, match="linked to it already"):
        sqlite_ops.operations.link(LEAD, number, [("target", str(own.id))])
    for thing in (("target", str(hidden.id)), ("target", "999999"), ("target", "x")):
        with pytest.raises(NotFound):
            sqlite_ops.operations.link(LEAD, number, [thing])
    with pytest.raises(Invalid, match="not linked to a feed"):
        sqlite_ops.operations.link(LEAD, number, [("feed", "1")])
    assert sqlite_ops.operation_reads.one(LEAD, number).row.targets == 1


def test_only_who_could_lead_it_is_made_its_commander(sqlite_ops: Any) -> None:
    accounts(sqlite_ops)
    number = propose(sqlite_ops)
    with pytest.raises(Invalid, match="cannot command"):
        sqlite_ops.operations.set_commander(LEAD, number, "police")
    with pytest.raises(Invalid, match="Nobody signs in as"):
        sqlite_ops.operations.set_commander(LEAD, number, "nobody")
    sqlite_ops.operations.set_commander(LEAD, number, "COM")
    with pytest.raises(Conflict, match="Com commands it already"):
        sqlite_ops.operations.set_commander(LEAD, number, "com")
    assert sqlite_ops.operation_reads.one(LEAD, number).commander_name == "Com"
    assert [one.name for one in sqlite_ops.operation_reads.commanders(LEAD)] == ["com"]
    assert sqlite_ops.operation_reads.commanders(POLICE) == []


def test_what_ended_stays_as_it_is_and_what_runs_late_is_said(sqlite_ops: Any, frozen_clock: FakeClock) -> None:
    accounts(sqlite_ops)
    number = propose(sqlite_ops, commander="com", **WINDOW)
    at = START + timedelta(minutes=30)
    sqlite_ops.operations.set_next_event(COMMANDER, number, "Go or not", at)
    frozen_clock.advance(minutes=31)
    assert sqlite_ops.operation_reads.one(LEAD, number).overdue == ("Go or not was due",)
    with pytest.raises(Invalid, match="lies behind us"):
        sqlite_ops.operations.set_next_event(COMMANDER, number, "Go or not", at)
    sqlite_ops.operations.move(LEAD, number, S.CANCELLED, "The boats went elsewhere")
    with pytest.raises(Conflict, match="is cancelled: it stays as it is"):
        sqlite_ops.operations.set_next_event(COMMANDER, number, "Go", None)
    boards = sqlite_ops.operation_reads.boards(LEAD)
    assert boards.total == 0


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"name": " "}, "Give it a name"),
        ({"agencies": ("XYZ",)}, "no agency XYZ"),
        ({"place": "ATLANTIS"}, "no place with the code ATLANTIS"),
        ({"ends_at": START}, "an end but no beginning"),
        ({"kind": K.CONTINGENCY}, "opened from an alert"),
        ({"kind": K.OVERWATCH, "is_exercise": True}, "An exercise is a deliberate operation"),
        ({"required": (("boat", 0),)}, "a number from 1"),
        ({"marking": "PINK"}, "no TLP marking"),
        ({"next_event_at": START + timedelta(hours=1)}, "what the next decision"),
    ],
)
def test_a_proposal_that_cannot_be_says_why(sqlite_ops: Any, given: dict[str, Any], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        propose(sqlite_ops, **given)


def test_who_may_not_plan_proposes_nothing(sqlite_ops: Any) -> None:
    for who in (DUTY, POLICE, WALL):
        with pytest.raises(NotPermitted):
            propose(sqlite_ops, who)


def test_an_agency_says_how_it_carries_out_its_tasking_and_nobody_else_does(ops: Any) -> None:
    accounts(ops)
    number = propose(ops, commander="com")
    with ops.db.begin() as session:
        unit = make_unit(session, make_feed(session), agency="POL")
        tasking = make_tasking(session, unit, operation_id=number)
        before = session.get_one(Operation, number).revision
    with pytest.raises(NotPermitted, match="POL's own to say"):
        ops.taskings.write_execution(DUTY, tasking.id, "By boat.")
    ops.taskings.write_execution(POLICE, tasking.id, "By boat, two crews.")
    shown = ops.operation_reads.one(POLICE, number).taskings[0]
    assert (shown.execution, shown.may_write_execution) == ("By boat, two crews.", True)
    with ops.db.reading() as session:
        assert session.get_one(Operation, number).revision > before
        entry = session.scalars(select(LogEntry).order_by(LogEntry.seq.desc())).first()
    assert entry is not None
    assert entry.text.endswith("POL says how: By boat, two crews.")
    assert not ops.operation_reads.one(LEAD, number).taskings[0].may_write_execution
