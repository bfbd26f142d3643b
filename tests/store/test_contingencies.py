"""A contingency is opened from what happened, in one act, with what hangs on it, and as closely held as that is."""

from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.roles import Role
from ops_centre.domain.duty_log import ThingKind, link
from ops_centre.domain.operations import OperationState
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import Alert, Target
from ops_centre.services.operations import Trigger
from tests.factories import (
    actor,
    make_feed,
    make_handling,
    make_restricted_target,
    make_target,
    make_unit,
    make_user,
    make_vessel,
)
from tests.watch_factories import make_alert, make_entry, make_tasking

S = OperationState
DUTY = actor(name="duty", display_name="Duty")
LEAD = actor(Role.SHIFT_LEAD, name="lead", display_name="Lead")
POLICE = actor(Role.AGENCY_LIAISON, "POL", name="police")
CUSTOMS = actor(Role.AGENCY_LIAISON, "CUS", name="customs")


def target_with_craft(session: Any, **given: Any) -> Target:
    """A target of a vessel on the map."""
    feed = make_feed(session)
    return make_target(session, feed, track_id=make_vessel(session, feed).id, **given)


def opened(ops: Any, kind: str, thing: int, **given: Any) -> Any:
    number = int(ops.operations.open_contingency(DUTY, Trigger(kind, str(thing), **given))["operation"])
    return ops.operation_reads.one(DUTY, number)


def test_an_alert_becomes_a_contingency_with_its_target_and_craft_under_whoever_opened_it(ops: Any) -> None:
    with ops.db.begin() as session:
        target = target_with_craft(session, place="NZAKL")
        alert = make_alert(session, subject_kind="target", subject_id=str(target.id), title="New target")
    view = opened(ops, "alert", alert.id)
    assert (view.row.reference, view.row.state, view.row.commander) == ("C26-001", "triggered", "duty")
    assert {(one.kind, one.id) for one in view.links} == {
        ("alert", str(alert.id)), ("target", str(target.id)), ("track", str(target.track_id)),
    }  # fmt: skip
    assert (view.row.name, view.row.place, view.row.subjects) == (target.label, "NZAKL", ("vessel",))
    entry = ops.operation_reads.log(DUTY, view.row.id)[0]
    assert entry.text == f"C26-001 {target.label}: contingency opened from New target."
    with ops.db.reading() as session:
        assert session.get_one(Alert, alert.id).acknowledged_by == "duty"
    chain = ops.chain.of(DUTY, "operation", view.row.id)
    assert {one.kind for one in chain.before} >= {"alert", "target", "track"}


def test_an_entry_and_a_late_tasking_bring_what_they_are_about(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        target = target_with_craft(session)
        unit = make_unit(session, make_feed(session))
        tasking = make_tasking(session, unit, target)
        late = make_alert(session, subject_kind="tasking", subject_id=str(tasking.id))
    assert {one.kind for one in opened(sqlite_ops, "alert", late.id).links} == {"alert", "target", "track"}
    with sqlite_ops.db.begin() as session:
        seq = make_entry(session, "Smoke seen.", links=[link(ThingKind.TARGET, target.id, target.label)])
    view = opened(sqlite_ops, "entry", seq, name="Smoke", anyway=True)
    assert (view.row.name, {one.kind for one in view.links}) == ("Smoke", {"entry", "target", "track"})


def test_it_is_held_as_closely_as_what_it_is_about(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        shared = make_target(session, feed, handling=make_handling(session, "CUS", "AMBER", "OPS"))
        hidden = make_restricted_target(session, feed)
    view = opened(ops, "target", shared.id)
    assert (view.row.owner, view.row.marking, view.row.releases) == ("CUS", "AMBER", ("OPS",))
    assert ops.operation_reads.one(CUSTOMS, view.row.id).row.id == view.row.id
    with pytest.raises(NotFound):
        ops.operation_reads.one(POLICE, view.row.id)
    with pytest.raises(NotFound):
        opened(ops, "target", hidden.id)
    with pytest.raises(Invalid, match="not released to POL"):
        opened(ops, "target", shared.id, agencies=("POL",), anyway=True)


def test_a_second_one_about_the_same_thing_is_meant_or_refused(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        target = make_target(session, make_feed(session))
    opened(sqlite_ops, "target", target.id)
    with pytest.raises(Conflict, match=r"C26-001 .* is open about this already, under duty"):
        opened(sqlite_ops, "target", target.id)
    assert opened(sqlite_ops, "target", target.id, anyway=True).row.reference == "C26-002"


def test_the_one_who_opens_it_runs_it_and_a_liaison_does_not(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        target = make_target(session, make_feed(session))
    view = opened(sqlite_ops, "target", target.id)
    with pytest.raises(NotPermitted):
        sqlite_ops.operations.move(POLICE, view.row.id, S.RESPONDING)
    sqlite_ops.operations.move(DUTY, view.row.id, S.RESPONDING)
    sqlite_ops.operations.move(DUTY, view.row.id, S.STABILISED)
    sqlite_ops.operations.move(DUTY, view.row.id, S.RESPONDING, "It flared up again")
    sqlite_ops.operations.move(DUTY, view.row.id, S.CLOSED, "A false alarm")
    with pytest.raises(NotPermitted):
        sqlite_ops.operations.open_contingency(POLICE, Trigger("target", str(target.id)))


def test_it_is_promoted_once_to_a_deliberate_operation_with_its_links(ops: Any) -> None:
    with ops.db.begin() as session:
        make_user(session, Role.OPERATION_COMMANDER, "OPS", name="com")
        target = target_with_craft(session)
    view = opened(ops, "target", target.id)
    with pytest.raises(NotPermitted):
        ops.operations.promote(DUTY, view.row.id)
    number = int(ops.operations.promote(LEAD, view.row.id)["operation"])
    new, old = ops.operation_reads.one(LEAD, number), ops.operation_reads.one(LEAD, view.row.id)
    assert (new.row.kind, new.row.state, new.promoted_from.reference) == ("deliberate", "proposed", "C26-001")
    assert [one.reference for one in old.promoted_to] == ["D26-001"]
    assert {(one.kind, one.id) for one in new.links} == {(one.kind, one.id) for one in old.links}
    with pytest.raises(Conflict, match="was made D26-001 already"):
        ops.operations.promote(LEAD, view.row.id)
    with pytest.raises(Conflict, match="Only a contingency"):
        ops.operations.promote(LEAD, number)
    with ops.db.reading() as session:
        assert session.scalars(select(Target)).one().status == "issued"
