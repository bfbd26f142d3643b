"""The present picture: what changed is loaded, what may not be seen is absent, in every form it leaves in."""

import json
from datetime import timedelta
from typing import Any

import pytest

from ops_centre.auth.roles import Role
from ops_centre.db import next_revision
from ops_centre.domain.observations import Batch, Fix
from ops_centre.errors import NotFound, NotPermitted
from ops_centre.models import Handling, Target, Track, Unit
from tests.factories import (
    actor,
    make_aircraft,
    make_deployment,
    make_feed,
    make_handling,
    make_restricted_target,
    make_target,
    make_unit,
    make_vessel,
    vessel_report,
)
from tests.support.clock import START

OFFICER = actor(Role.DUTY_OFFICER, "OPS")
POLICE = actor(Role.AGENCY_LIAISON, "POL")
CUSTOMS = actor(Role.AGENCY_LIAISON, "CUS")
WALL = actor(Role.WALL, "OPS")
ADMINISTRATOR = actor(Role.ADMINISTRATOR, "OPS")


def load(ops: Any) -> Any:
    """What a web process would do on a new revision."""
    with ops.db.reading() as session:
        return ops.picture.live.present.load(session)


def change(ops: Any, *things: Any, **values: Any) -> None:
    """Change stored things as a service would, under the next revision."""
    with ops.db.begin() as session:
        revision = next_revision(session)
        for thing in things:
            row = session.get_one(type(thing), thing.id)
            for name, value in {**values, "revision": revision}.items():
                setattr(row, name, value)


def columns(ops: Any, who: Any) -> Any:
    """The whole picture as the browser of ``who`` gets it."""
    return json.loads(ops.picture.live.whole(who)[1])


def test_only_what_changed_is_loaded_again(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        vessels = [make_vessel(session, feed) for _ in range(3)]
        next_revision(session)
    load(ops)
    change(ops, vessels[1], lat=-35.0)
    seen = load(ops)
    assert [track[0] for track in seen.tracks] == [vessels[1].id]
    assert load(ops) is None


def test_changes_since_a_revision_are_those_after_it_and_no_others(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        vessels = [make_vessel(session, feed) for _ in range(4)]
        next_revision(session)
    load(ops)
    started = ops.picture.live.present.revision
    for vessel in vessels[:3]:
        change(ops, vessel, lat=-35.0)
        load(ops)
    body = json.loads(ops.picture.live.changes(OFFICER, started + 1))
    assert sorted(body["tracks"]["id"]) == [vessels[1].id, vessels[2].id]
    assert body["since"] == started + 1
    assert ops.picture.live.changes(OFFICER, started + 99) is None
    assert ops.picture.live.changes(OFFICER, started - 1) is None


def test_a_track_that_left_is_gone_from_the_picture(ops: Any) -> None:
    with ops.db.begin() as session:
        vessel = make_vessel(session, make_feed(session))
        next_revision(session)
    load(ops)
    started = ops.picture.live.present.revision
    change(ops, vessel, left_at=START)
    load(ops)
    assert json.loads(ops.picture.live.changes(OFFICER, started))["gone"]["tracks"] == [vessel.id]
    assert columns(ops, OFFICER)["tracks"]["id"] == []


def test_a_process_that_starts_late_sees_the_same_picture(ops: Any) -> None:
    from ops_centre.picture.present import PresentPicture

    with ops.db.begin() as session:
        feed = make_feed(session)
        vessels = [make_vessel(session, feed) for _ in range(3)]
        make_target(session, feed, track_id=vessels[0].id)
        next_revision(session)
    load(ops)
    change(ops, vessels[0], left_at=START)
    change(ops, vessels[1], lat=-30.0)
    load(ops)
    fresh = PresentPicture(ops.clock, ops.gazetteer)
    with ops.db.reading() as session:
        fresh.load(session)
    followed = ops.picture.live.present
    assert fresh.tracks == followed.tracks
    assert fresh.targets == followed.targets
    assert fresh.feeds == followed.feeds


@pytest.fixture
def mixed(ops: Any) -> dict[str, Any]:
    """Targets and units of several handlings, loaded."""
    with ops.db.begin() as session:
        feed = make_feed(session)
        vessel = make_vessel(session, feed)
        released = make_handling(session, "CUS", "AMBER", "OPS")
        strict = make_handling(session, "CUS", "AMBER+STRICT")
        things = {
            "vessel": vessel,
            "open": make_target(session, feed, track_id=vessel.id, label="OPEN ONE"),
            "released": make_target(session, feed, handling=released, track_id=vessel.id, label="RELEASED ONE"),
            "strict": make_target(session, feed, handling=strict, track_id=vessel.id, label="STRICT ONE"),
            "red": make_restricted_target(
                session, feed, track_id=vessel.id, label="RED ONE", identifiers={"container": "MSKU1"}
            ),
            "unit": make_unit(session, feed),
            "secret unit": make_unit(session, feed, handling=strict, callsign="SHADOW 1"),
        }
        next_revision(session)
    load(ops)
    return things


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (OFFICER, {"open", "released"}),
        (CUSTOMS, {"open", "released", "strict"}),
        (POLICE, {"open", "red"}),
        (WALL, {"open"}),
    ],
)
def test_each_sees_what_its_handling_allows_and_nothing_tells_of_the_rest(
    ops: Any, mixed: dict[str, Any], who: Any, seen: set[str]
) -> None:
    targets = {name: thing for name, thing in mixed.items() if isinstance(thing, Target)}
    expected = {targets[name].id for name in seen}
    hidden = [name for name in targets if name not in seen]
    assert {row.id for row in ops.picture.targets(who)} == expected
    assert {row["id"] for row in columns(ops, who)["targets"]} == expected
    layers = json.loads(ops.picture.live.geojson(who))["layers"]
    assert {feature["id"] for feature in layers["targets"]["features"]} == expected
    assert ops.picture.header(who).counts["targets"] == len(expected)
    card = ops.picture.track_card(who, mixed["vessel"].id)
    assert {row.id for row in card.targets} == expected
    assert {r.id for r in ops.picture.search(who, "ONE") if r.kind == "target"} == expected
    everything = json.dumps(columns(ops, who)) + json.dumps(layers)
    for name in hidden:
        assert targets[name].label not in everything
        with pytest.raises(NotFound):
            ops.picture.target_card(who, targets[name].id)


def test_a_search_for_an_identifier_of_a_hidden_target_finds_nothing(ops: Any, mixed: dict[str, Any]) -> None:
    assert ops.picture.search(POLICE, "MSKU1")
    assert ops.picture.search(OFFICER, "MSKU1") == []


def test_a_hidden_unit_is_absent_everywhere(ops: Any, mixed: dict[str, Any]) -> None:
    assert [row.callsign for row in ops.picture.units(OFFICER)] == [mixed["unit"].callsign]
    assert ops.picture.search(OFFICER, "SHADOW") == []
    with pytest.raises(NotFound):
        ops.picture.unit_card(OFFICER, mixed["secret unit"].id)
    assert ops.picture.unit_card(CUSTOMS, mixed["secret unit"].id).row.callsign == "SHADOW 1"


def test_the_going_of_a_hidden_target_is_not_told(ops: Any, mixed: dict[str, Any]) -> None:
    started = ops.picture.live.present.revision
    change(ops, mixed["red"], mixed["open"], status="withdrawn")
    load(ops)
    gone = {name: json.loads(ops.picture.live.changes(who, started))["gone"]["targets"] for name, who in
            {"officer": OFFICER, "police": POLICE}.items()}  # fmt: skip
    assert gone["officer"] == [mixed["open"].id]
    assert sorted(gone["police"]) == sorted([mixed["open"].id, mixed["red"].id])


def test_a_target_whose_release_is_taken_back_leaves_the_screens_it_was_on(ops: Any, mixed: dict[str, Any]) -> None:
    started = ops.picture.live.present.revision
    with ops.db.begin() as session:
        strict = session.query(Handling).filter_by(marking="AMBER+STRICT").one().id
    change(ops, mixed["released"], handling_id=strict)
    load(ops)
    for_officer = json.loads(ops.picture.live.changes(OFFICER, started))
    for_customs = json.loads(ops.picture.live.changes(CUSTOMS, started))
    assert for_officer["gone"]["targets"] == [mixed["released"].id]
    assert for_officer["targets"] == []
    assert for_customs["gone"]["targets"] == []
    assert [row["id"] for row in for_customs["targets"]] == [mixed["released"].id]


def test_who_may_not_see_the_picture_gets_none_of_it(ops: Any, mixed: dict[str, Any]) -> None:
    body = columns(ops, ADMINISTRATOR)
    assert body["tracks"]["id"] == []
    assert not {"targets", "units", "alerts", "taskings", "enquiries", "log", "watch"} & body.keys()
    for read in (ops.picture.targets, ops.picture.units):
        with pytest.raises(NotPermitted):
            read(ADMINISTRATOR)
    with pytest.raises(NotPermitted):
        ops.picture.trail(ADMINISTRATOR, mixed["vessel"].id)
    assert ops.picture.search(ADMINISTRATOR, "ONE") == []


def test_targets_come_by_arrival_and_those_without_a_time_last(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        made = [
            make_target(session, feed, arrives_at=None, severity="top"),
            make_target(session, feed, arrives_at=START + timedelta(hours=5), severity="normal"),
            make_target(session, feed, arrives_at=START + timedelta(hours=2), severity="normal"),
            make_target(session, feed, arrives_at=START + timedelta(hours=2), severity="top"),
        ]
        next_revision(session)
    load(ops)
    assert [row.id for row in ops.picture.targets(OFFICER)] == [made[3].id, made[2].id, made[1].id, made[0].id]


def test_a_unit_shows_the_deployment_that_is_on_now(ops: Any) -> None:
    with ops.db.begin() as session:
        unit = make_unit(session, make_feed(session))
        make_deployment(session, unit, place="NZTRG", starts_at=START - timedelta(days=1), ends_at=START)
        make_deployment(session, unit, place="NZAKL", starts_at=START, ends_at=None)
        next_revision(session)
    load(ops)
    row = ops.picture.units(OFFICER)[0]
    assert (row.place, row.place_name) == ("NZAKL", "Auckland")
    assert [d.place for d in ops.picture.unit_card(OFFICER, unit.id).deployments] == ["NZTRG", "NZAKL"]


def test_search_finds_by_every_name_a_craft_has(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        vessel = make_vessel(session, feed, name="KAIMOANA STAR", mmsi=512345678, imo=9074729, callsign="ZMXY")
        aircraft = make_aircraft(session, feed, flight="ANZ89", registration="ZK-NZE")
        next_revision(session)
    for words, expected in {
        "kaimoana": vessel.id, "moana st": vessel.id, "512345678": vessel.id, "51234": vessel.id, "9074729": vessel.id,
        "zmxy": vessel.id, "anz89": aircraft.id, "zk-nz": aircraft.id,
    }.items():  # fmt: skip
        assert [r.id for r in ops.picture.search(OFFICER, words) if r.kind == "track"] == [expected], words
    assert ops.picture.search(OFFICER, "100%") == []
    assert ops.picture.search(OFFICER, "_") == []
    assert any(r.kind == "place" and r.id == "NZAKL" for r in ops.picture.search(OFFICER, "Auckland"))


def test_search_finds_a_person_whose_name_has_other_letters_than_english(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        target = make_target(session, feed, label="CREW 7", identifiers={"name": "Hēmi Ōtāne"})
        next_revision(session)
    assert [result.id for result in ops.picture.search(OFFICER, "mi Ōtā")] == [target.id]


def test_a_trail_is_what_was_observed_in_order_of_observation(ops: Any) -> None:
    with ops.db.begin() as session:
        feed_id = make_feed(session).id
    for minute in (0, 20, 10):
        at = START + timedelta(minutes=minute)
        ops.ingest.take(feed_id, Batch(crafts=[vessel_report(at=at, fix=Fix(-36 - minute / 100, 174.9))]))
    with ops.db.reading() as session:
        track_id = session.query(Track.id).scalar()
    assert [point.lat for point in ops.picture.trail(OFFICER, track_id)] == [-36.0, -36.1, -36.2]
    with pytest.raises(NotFound):
        ops.picture.trail(OFFICER, 999_999)


def test_the_age_of_a_replayed_position_is_that_of_the_recording(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session, is_replay=True, clock_offset_ms=-3600_000)
        vessel = make_vessel(session, feed, observed_at=START - timedelta(hours=2))
    assert ops.picture.track_card(OFFICER, vessel.id).age_s == 3600


def test_units_that_were_withdrawn_leave_and_their_return_is_seen(ops: Any) -> None:
    with ops.db.begin() as session:
        unit = make_unit(session, make_feed(session))
        next_revision(session)
    load(ops)
    change(ops, unit, withdrawn_at=START)
    load(ops)
    assert ops.picture.units(OFFICER) == []
    change(ops, unit, withdrawn_at=None)
    load(ops)
    assert [row.id for row in ops.picture.units(OFFICER)] == [unit.id]
    assert isinstance(unit, Unit)


@pytest.mark.parametrize("number", [0, -1, 2**31, 2**63, 10**30])
def test_a_number_that_no_thing_can_have_is_not_found(ops: Any, number: int) -> None:
    for read in (ops.picture.track_card, ops.picture.trail, ops.picture.target_card, ops.picture.unit_card):
        with pytest.raises(NotFound):
            read(OFFICER, number)


@pytest.mark.parametrize("words", ["x\0q", "\ud800\ud800", "%%", "__", "\\\\"])
def test_a_search_for_what_no_database_keeps_finds_nothing(ops: Any, mixed: dict[str, Any], words: str) -> None:
    assert ops.picture.search(OFFICER, words) == []


def test_a_feed_is_lost_for_scripts_too_when_no_worker_is_there_to_say_so(ops: Any) -> None:
    with ops.db.begin() as session:
        make_feed(session, light="live", last_good_at=START, late_after_ms=30_000, lost_after_ms=120_000)
        next_revision(session)
    load(ops)
    lights = []
    for _minute in range(3):
        layers = json.loads(ops.picture.live.geojson(OFFICER))["layers"]
        lights.append((ops.picture.feeds(OFFICER)[0].light, layers["feeds"][0]["light"]))
        ops.clock.advance(minutes=1)
    assert lights == [("live", "live"), ("late", "late"), ("lost", "lost")]


def test_the_screen_says_replay_until_nothing_of_the_recording_is_left(ops: Any) -> None:
    with ops.db.begin() as session:
        played = make_feed(session, is_replay=True, light="live")
        vessel = make_vessel(session, played)
        next_revision(session)
    load(ops)
    assert ops.picture.header(OFFICER).is_replay
    ops.feeds.end_replay(played.id)
    load(ops)
    assert ops.picture.header(OFFICER).is_replay, "its vessel is still there"
    change(ops, vessel, left_at=START)
    load(ops)
    assert not ops.picture.header(OFFICER).is_replay
