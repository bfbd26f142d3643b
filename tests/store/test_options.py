"""Options for one subject: who could do it, best first, and why the others cannot; in the asker's scope."""

from datetime import timedelta
from typing import Any

import pytest

from ops_centre.auth.roles import Role
from ops_centre.domain.option_sheets import options_from
from ops_centre.domain.options import Options
from ops_centre.errors import Invalid, NotFound, NotPermitted
from tests.factories import (
    actor,
    make_deployment,
    make_feed,
    make_handling,
    make_restricted_target,
    make_stood_down_unit,
    make_target,
    make_unit,
    make_vessel,
)
from tests.support.clock import START
from tests.watch_factories import make_alert, make_entry, make_tasking

BOARD = "Board on arrival"
OFFICER = actor()


def board_target(session: Any, feed: Any, **given: Any) -> Any:
    return make_target(session, feed, **({"action": BOARD} | given))


def crewed(session: Any, feed: Any, **given: Any) -> Any:
    unit = make_unit(session, feed, **given)
    make_deployment(session, unit)
    return unit


def ask(ops: Any, kind: str, number: Any) -> Options:
    found = ops.options.options(OFFICER, kind, str(number))
    assert isinstance(found, Options)
    return found


def test_the_nearest_able_unit_comes_first_with_its_reasons(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        near, far = crewed(session, feed), crewed(session, feed, lat=-37.0, lon=174.79)
        target = board_target(session, feed)
    found = ask(ops, "target", target.id)
    assert [option.unit_id for option in found.able] == [near.id, far.id]
    assert [option.rank for option in found.able] == [1, 2]
    assert any("before it arrives" in said for said in found.able[0].reasons)
    assert found.lrm_at is not None
    assert abs(found.lrm_at - (START + timedelta(hours=2, minutes=50))) < timedelta(minutes=1)
    assert options_from(found.as_plain()) == found


def test_each_unit_that_cannot_says_why(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        rests = make_stood_down_unit(session, feed)
        busy, island, lacks = (crewed(session, feed) for _ in range(3))
        island.lat, island.lon = -43.605, 172.72
        lacks.capabilities = ["interview"]
        make_tasking(session, busy)
        lost = make_unit(session, feed, lat=None, lon=None, position_at=None)
        late = crewed(session, feed, lat=-41.28, lon=174.78)
        ends = make_unit(session, feed)
        make_deployment(session, ends, ends_at=START + timedelta(hours=1))
        strange = crewed(session, feed, agency="BIO")
        target = board_target(session, feed)
    why = {option.unit_id: option.why_not or "" for option in ask(ops, "target", target.id).unable}
    assert "out of service: rest" in why[rests.id]
    assert "under tasking" in why[busy.id]
    assert "on other land" in why[island.id]
    assert "lacks boarding" in why[lacks.id]
    assert "no position" in why[lost.id]
    assert "too late by" in why[late.id]
    assert "off duty" in why[ends.id]
    assert "no authority" in why[strange.id]


def test_a_stale_position_is_a_shortfall_and_not_a_refusal(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session)
        unit = crewed(session, feed, position_at=START - timedelta(hours=3))
        target = board_target(session, feed)
    (option,) = ask(sqlite_ops, "target", target.id).able
    assert option.unit_id == unit.id
    assert any("3 h 00 min old" in said for said in option.shortfalls)


def test_a_unit_without_a_position_stands_where_it_is_deployed_and_that_is_said(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session)
        crewed(session, feed, lat=None, lon=None, position_at=None)
        target = board_target(session, feed)
    (option,) = ask(sqlite_ops, "target", target.id).able
    assert option.position_age_min is None
    assert any("no position of its own" in said for said in option.shortfalls)


def test_a_launch_meets_a_ship_under_way_before_it_arrives(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session)
        crewed(session, feed, unit_type="vessel", lat=-36.83, lon=174.80)
        ship = make_vessel(session, feed, lat=-36.2, lon=175.1, course_deg=200.0, speed_kn=14.0)
        target = board_target(session, feed, track_id=ship.id)
    found = ask(sqlite_ops, "target", target.id)
    (option,) = found.able
    assert option.meet_place is None
    assert option.meet_at is not None
    assert found.arrives_at is not None
    assert START < option.meet_at < found.arrives_at
    assert (option.meet_lat, option.meet_lon) == (pytest.approx(-36.5, abs=0.4), pytest.approx(174.95, abs=0.3))


def test_two_units_do_together_what_none_has_alone(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session)
        boards = crewed(session, feed)
        searches = crewed(session, feed, agency="CUS", capabilities=["vessel search"])
        searches.capabilities = ["hull search", "vessel inspection"]
        target = make_target(session, feed, action="Inspect stores and hull, board on arrival")
    found = ask(sqlite_ops, "target", target.id)
    assert found.able == ()
    assert set(found.together[0].unit_ids) == {boards.id, searches.id}
    assert found.lrm_at is not None
    assert found.lrm_note == "Takes more than one unit."


def test_an_alert_an_entry_a_track_and_a_place_lead_to_their_subject(ops: Any) -> None:
    from ops_centre.domain.duty_log import ThingKind, link

    with ops.db.begin() as session:
        feed = make_feed(session)
        crewed(session, feed)
        ship = make_vessel(session, feed)
        target = board_target(session, feed)
        alert = make_alert(session, subject_kind="target", subject_id=str(target.id))
        silent = make_alert(session)
        entry = make_entry(session, links=[link(ThingKind.TARGET, target.id, "it")])
        bare = make_entry(session)
    assert ask(ops, "alert", alert.id).target_id == target.id
    assert ask(ops, "alert", alert.id).about_kind == "alert"
    assert ask(ops, "entry", entry).target_id == target.id
    assert ask(ops, "track", ship.id).track_id == ship.id
    assert ask(ops, "place", "NZAKL").label == "Auckland"
    for kind, number in (("alert", silent.id), ("entry", bare)):
        with pytest.raises(Invalid):
            ask(ops, kind, number)


@pytest.mark.parametrize("hostile", ["0", "-1", "99999999999999999999", "1; DROP TABLE units", "", "é"])
def test_what_is_not_there_is_not_found(sqlite_ops: Any, hostile: str) -> None:
    for kind in ("target", "track", "alert", "entry", "place"):
        with pytest.raises(NotFound):
            ask(sqlite_ops, kind, hostile)


def test_nobody_sees_options_about_or_with_what_is_not_released_to_them(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        hidden = make_unit(session, feed, handling=make_handling(session, "POL", "RED"))
        shown = crewed(session, feed)
        target, secret = board_target(session, feed), make_restricted_target(session, feed)
    found = ask(ops, "target", target.id)
    assert {option.unit_id for option in (*found.able, *found.unable)} == {shown.id}
    assert hidden.callsign not in str(found.as_plain())
    with pytest.raises(NotFound):
        ask(ops, "target", secret.id)
    with pytest.raises(NotPermitted):
        ops.options.options(actor(Role.WALL), "target", str(target.id))


def test_a_script_asks_for_options_over_the_api(sqlite_ops: Any, web_client: Any) -> None:
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session)
        crewed(session, feed)
        target = board_target(session, feed)
    answer = web_client().get(f"/api/v1/options?about=target:{target.id}")
    assert answer.status_code == 200
    assert len(answer.get_json()["able"]) == 1
    assert web_client().get("/api/v1/options?about=moon:1").status_code == 422
    assert web_client(role=Role.WALL).get(f"/api/v1/options?about=target:{target.id}").status_code == 403
