"""The chain, from a hit to its outcome and back, in the reader's scope, on both databases."""

from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.domain.tasking import Result, TaskingState
from ops_centre.errors import NotFound, NotPermitted
from ops_centre.models import Hit
from ops_centre.picture.dispatch_views import ChainView
from ops_centre.services.outcomes import Finding
from ops_centre.services.taskings import Report
from tests import factories, watch_factories
from tests.store.dispatching import LIAISON, OFFICER, OTHER_LIAISON, WALL, Scene, scene


def walked(here: Scene) -> dict[str, int]:
    """A target that went the whole way; the number of each link."""
    ops = here.ops
    with ops.db.begin() as session:
        alert = watch_factories.make_alert(
            session, subject_kind="target", subject_id=str(here.target.id), handling_id=here.target.handling_id
        )
        hit = session.scalars(select(Hit.id).where(Hit.target_id == here.target.id)).one()
    here.offer(here.units, about_kind="alert", about_id=str(alert.id))
    decision = here.decide(here.units[0])
    tasking = ops.dispatch_reads.decision(OFFICER, decision).taskings[0].id
    for state in (TaskingState.ACCEPTED, TaskingState.ON_SCENE):
        ops.taskings.report(OFFICER, tasking, state, Report())
    outcome = ops.outcomes.report(OFFICER, Finding(Result.NEGATIVE, tasking, completes=True))["outcome"]
    return {
        "hit": hit, "target": here.target.id, "alert": alert.id, "decision": decision, "tasking": tasking, "outcome": outcome
    }  # fmt: skip


def kinds(things: Any) -> set[str]:
    return {thing.kind for thing in things}


def test_from_an_outcome_one_call_leads_back_to_the_source_message(ops: Any) -> None:
    here = scene(ops)
    links = walked(here)
    view: ChainView = ops.chain.of(OFFICER, "outcome", links["outcome"])
    assert [thing.kind for thing in view.before if thing.kind != "entry"] == [
        "criterion",
        "hit",
        "target",
        "alert",
        "decision",
        "tasking",
    ]
    hit = view.before[1]
    with ops.db.reading() as session:
        message = session.get_one(Hit, links["hit"]).source_message
    assert f"message {message} of targeting" in hit.detail
    assert view.thing.title == "Outcome: negative"
    assert kinds(view.after) == {"entry"}


def test_from_a_hit_one_call_leads_on_to_the_outcome(ops: Any) -> None:
    here = scene(ops)
    links = walked(here)
    view = ops.chain.of(OFFICER, "hit", links["hit"])
    assert kinds(view.before) == {"criterion"}
    assert kinds(view.after) == {"target", "alert", "entry", "decision", "tasking", "outcome"}
    assert all(thing.href and thing.title and thing.at for thing in view.after)
    assert {thing.by for thing in view.after if thing.kind == "decision"} == {"duty"}


@pytest.mark.parametrize("kind", ["hit", "target", "alert", "decision", "tasking", "outcome"])
def test_every_link_knows_all_others(sqlite_ops: Any, kind: str) -> None:
    here = scene(sqlite_ops)
    links = walked(here)
    view = sqlite_ops.chain.of(OFFICER, kind, links[kind])
    met = [thing for thing in (*view.before, view.thing, *view.after) if thing.kind not in ("entry", "criterion")]
    around = {(thing.kind, int(thing.id)) for thing in met}
    assert around == set(links.items())
    assert not {thing.href for thing in view.before} & {thing.href for thing in view.after}


def test_a_log_entry_leads_to_what_was_decided_from_it(sqlite_ops: Any) -> None:
    ops, here = sqlite_ops, scene(sqlite_ops)
    with ops.db.begin() as session:
        seq = watch_factories.make_entry(session, "Vessel turned off its lights.")
    here.offer(here.units, about_kind="entry", about_id=str(seq))
    here.decide(here.units[0])
    view = ops.chain.of(OFFICER, "entry", seq)
    assert {"decision", "tasking"} <= kinds(view.after)
    assert "entry" in kinds(ops.chain.of(OFFICER, "tasking", 1).before)


def test_what_a_reader_may_not_know_of_is_absent_and_nothing_is_reached_through_it(ops: Any) -> None:
    with ops.db.begin() as session:
        amber = factories.make_handling(session, "POL", "AMBER", "OPS")
    here = scene(ops, handling=amber)
    links = walked(here)
    theirs = ops.chain.of(LIAISON, "tasking", links["tasking"])
    assert kinds(theirs.before) == {"decision", "entry"}
    assert "CAP MANUEL" in theirs.before[0].detail + theirs.before[0].title
    for kind, number in links.items():
        with pytest.raises(NotFound):
            ops.chain.of(OTHER_LIAISON, kind, number)
        with pytest.raises(NotFound):
            ops.chain.of(WALL, kind, number)


def test_kinds_of_thing_are_a_matter_of_permission(sqlite_ops: Any) -> None:
    here = scene(sqlite_ops)
    links = walked(here)
    for kind, number in links.items():
        with pytest.raises(NotPermitted):
            sqlite_ops.chain.of(here.field, kind, number)


@pytest.mark.parametrize(
    ("kind", "thing"),
    [
        ("target", "0"),
        ("target", "-1"),
        ("target", "9" * 40),
        ("target", "١"),
        ("feed", "1"),
        ("", ""),
        ("hit", "1;--"),
    ],
)
def test_what_names_nothing_is_not_found(sqlite_ops: Any, kind: str, thing: str) -> None:
    with pytest.raises(NotFound):
        sqlite_ops.chain.of(OFFICER, kind, thing)
