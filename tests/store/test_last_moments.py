"""The duty that keeps last responsible moments: true, quiet, and silent about units its readers need not know of."""

from datetime import timedelta
from typing import Any

from ops_centre.models import LogEntry, Target
from ops_centre.services.last_moments import LastMoments
from tests.factories import make_deployment, make_feed, make_handling, make_stood_down_unit, make_target, make_unit
from tests.support.clock import START


def duty(ops: Any) -> LastMoments:
    return LastMoments(ops.db, ops.clock, ops.settings, ops.gazetteer, ops.deeds)


def stored(ops: Any, target: Target) -> Target:
    with ops.db.reading() as session:
        return session.get_one(Target, target.id)


def test_the_moment_is_arrival_less_travel_less_preparation_of_the_best_unit(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        make_deployment(session, make_unit(session, feed, lat=-37.65, lon=176.18))
        near = make_unit(session, feed, lat=-36.84, lon=174.77)
        make_deployment(session, near)
        target = make_target(session, feed, action="Board on arrival")
    assert duty(ops).refresh() == 1
    kept = stored(ops, target)
    assert kept.lrm_unit_id == near.id
    assert kept.lrm_at is not None
    assert abs(kept.lrm_at - (START + timedelta(hours=2, minutes=50))) < timedelta(minutes=1)


def test_a_moment_that_did_not_move_touches_nothing_and_logs_nothing(ops: Any, frozen_clock: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        make_deployment(session, make_unit(session, feed))
        target = make_target(session, feed, action="Board on arrival")
    duty(ops).refresh()
    revision = stored(ops, target).revision
    frozen_clock.advance(minutes=5)
    assert duty(ops).refresh() == 0
    assert stored(ops, target).revision == revision
    with ops.db.reading() as session:
        assert session.query(LogEntry).count() == 0


def test_a_moment_that_has_passed_stays(sqlite_ops: Any, frozen_clock: Any) -> None:
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session)
        make_deployment(session, make_unit(session, feed))
        target = make_target(session, feed, action="Board on arrival")
    duty(sqlite_ops).refresh()
    before = stored(sqlite_ops, target).lrm_at
    frozen_clock.advance(hours=2, minutes=55)
    assert duty(sqlite_ops).refresh() == 0
    frozen_clock.advance(hours=4)
    assert duty(sqlite_ops).refresh() == 0
    assert stored(sqlite_ops, target).lrm_at == before


def test_without_a_unit_the_note_says_why_and_names_none(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session)
        make_stood_down_unit(session, feed, capabilities=["interview"], callsign="SECRET 1")
        target = make_target(session, feed, action="Board on arrival")
        nowhere = make_target(session, feed, place_lat=None, place_lon=None, arrives_at=None)
    duty(sqlite_ops).refresh()
    kept = stored(sqlite_ops, target)
    assert kept.lrm_at is None
    assert kept.lrm_note == "No unit can: none has boarding or vessel search."
    assert stored(sqlite_ops, nowhere).lrm_note == "No place and time of arrival are known."


def test_a_unit_the_centre_may_not_know_of_is_not_reckoned_with(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session)
        make_deployment(session, make_unit(session, feed, handling=make_handling(session, "POL", "RED")))
        target = make_target(session, feed, action="Board on arrival")
    duty(sqlite_ops).refresh()
    assert stored(sqlite_ops, target).lrm_at is None
