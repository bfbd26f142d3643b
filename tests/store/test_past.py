"""The past is what the present was: every moment comes back as it was shown, to whom it was shown, and nothing later."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from ops_centre.auth.roles import Role
from ops_centre.db import next_revision
from ops_centre.domain.observations import Batch, Fix, Particulars, TrackKind
from ops_centre.errors import Invalid, NotFound, NotPermitted
from ops_centre.models import Debrief, Hit, Tasking, Version
from ops_centre.picture.past import Knowing
from ops_centre.picture.present import PresentPicture
from tests.factories import (
    actor,
    make_deployment,
    make_feed,
    make_handling,
    make_restricted_target,
    make_target,
    make_unit,
    vessel_report,
)
from tests.operation_factories import make_operation
from tests.support.clock import START
from tests.watch_factories import make_alert, make_enquiry, make_entry, make_outcome, make_tasking, make_watch

LEAD = actor(Role.SHIFT_LEAD, "OPS")
POLICE = actor(Role.AGENCY_LIAISON, "POL")
SHELVES = ("targets", "units", "alerts", "taskings", "enquiries", "operations")


def present(ops: Any) -> dict[str, Any]:
    """The present picture, loaded from nothing, without the numbers of revisions."""
    fresh = PresentPicture(ops.clock, ops.gazetteer)
    with ops.db.reading() as session:
        fresh.load(session)
    return plain(fresh.whole())


def past(ops: Any, at: datetime, knowing: Knowing = Knowing.THEN) -> dict[str, Any]:
    """The picture of ``at`` as the past has it."""
    with ops.db.reading() as session:
        return plain(ops.past.picture(session, at, knowing).change)


def plain(change: Any) -> dict[str, Any]:
    """What a change shows, in a form that compares."""
    from dataclasses import asdict

    rows = {
        name: sorted((asdict(row) | {"revision": 0} for row, _handling in change.rows[name]), key=lambda row: row["id"])
        for name in SHELVES
    }
    return {
        **rows,
        "tracks": sorted(track[:9] for track in change.tracks),
        # factories record the entries of decisions and outcomes at START, whenever they are made
        "log": [asdict(line) for line, _handling in change.log if line.kind == "note"],
        "watch": change.watch and asdict(change.watch),
        "feeds": sorted((row.id, row.name, row.light, row.paused, row.last_error) for row in change.feeds),
    }


def touch(ops: Any, row: Any, **values: Any) -> None:
    """Change a stored row as a service would."""
    with ops.db.begin() as session:
        stored = session.get_one(type(row), row.id)
        for name, value in values.items():
            setattr(stored, name, value)
        session.flush()
        stored.revision = next_revision(session)


def test_each_moment_comes_back_as_it_was_shown(ops: Any, frozen_clock: Any) -> None:
    shown: dict[datetime, dict[str, Any]] = {}

    def remember() -> None:
        shown[frozen_clock.now()] = present(ops)
        frozen_clock.advance(minutes=1)

    with ops.db.begin() as session:
        feed = make_feed(session)
        target, unit = make_target(session, feed), make_unit(session, feed)
        make_deployment(session, unit)
        next_revision(session)
    remember()
    with ops.db.begin() as session:
        watch, alert = make_watch(session), make_alert(session)
        make_enquiry(session)
        tasking = make_tasking(session, unit, target)
        first = make_entry(session, now=frozen_clock.now())
    with ops.db.begin() as session:
        area = [{"kind": "circle", "name": "", "points": [[-36.0, 179.9]], "radius_nm": 20.0}]
        operation = make_operation(session, required=[{"capability": "boarding", "count": 2}], area=area)
        session.get_one(Tasking, tasking.id).operation_id = operation.id
    for row in (watch, operation):  # as services do once somebody has joined, or a unit is sent
        touch(ops, row)
    remember()
    touch(ops, unit, lat=-36.5, position_at=frozen_clock.now(), reported_at=frozen_clock.now())
    touch(ops, target, severity="top", lrm_at=START + timedelta(hours=1))
    touch(ops, alert, acknowledged_at=frozen_clock.now(), acknowledged_by="duty")
    remember()
    touch(ops, tasking, state="complete", ended_at=frozen_clock.now(), on_scene_at=frozen_clock.now())
    touch(ops, operation, name="Operation renamed")
    touch(ops, unit, availability="out of service", out_of_service_reason="rest")
    with ops.db.begin() as session:
        make_entry(session, "It was another one.", corrects=first, now=frozen_clock.now())
        next_revision(session)
    remember()
    with ops.db.begin() as session:
        make_outcome(session, session.get_one(Tasking, tasking.id))
        next_revision(session)
    touch(ops, tasking)
    touch(ops, target, status="encountered")
    touch(ops, operation, state="closed", closed_at=frozen_clock.now())
    touch(ops, alert, cleared_at=frozen_clock.now())
    touch(ops, watch, state="handed over")
    touch(ops, unit, withdrawn_at=frozen_clock.now())
    remember()

    assert len(shown) == 5
    for at, picture in shown.items():
        assert past(ops, at) == picture
        assert past(ops, at + timedelta(seconds=59)) == picture


def test_tracks_come_back_with_the_names_and_places_known_then(sqlite_ops: Any, frozen_clock: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        feed_id = make_feed(session).id
    shown = {}
    for minute in range(4):
        at = frozen_clock.now()
        late = vessel_report(512_000_200, at - timedelta(minutes=2 * minute), fix=Fix(-36.0 + minute, 175.0))
        named = Particulars(name=f"NAME {minute // 2}")
        reports = [vessel_report(512_000_100, at, fix=Fix(-37.0 + minute / 100, 174.0), particulars=named), late]
        ops.ingest.take(feed_id, Batch(crafts=reports))
        shown[at] = present(ops)
        frozen_clock.advance(minutes=1)
    for at, picture in shown.items():
        assert past(ops, at)["tracks"] == picture["tracks"]
    long_after = START + timedelta(days=2)
    frozen_clock.set(long_after)
    assert past(ops, long_after)["tracks"] == []  # silent for longer than the picture keeps them


def test_what_came_in_later_is_known_now_and_was_not_known_then(sqlite_ops: Any, frozen_clock: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        feed_id = make_feed(session).id
        make_entry(session, "Written at once.", now=frozen_clock.now())
    then = START + timedelta(minutes=30)
    frozen_clock.advance(hours=2)
    ops.ingest.take(feed_id, Batch(crafts=[vessel_report(512_000_300, then)]))
    with ops.db.begin() as session:
        make_entry(session, "Written afterwards.", now=frozen_clock.now(), occurred_at=then)
    asked = then + timedelta(minutes=10)
    known_then, known_now = past(ops, asked), past(ops, asked, Knowing.NOW)
    assert known_then["tracks"] == []
    assert [line["text"] for line in known_then["log"]] == ["Written at once."]
    assert [track[6] for track in known_now["tracks"]] == ["VESSEL 300"]
    assert [line["text"] for line in known_now["log"]] == ["Written at once.", "Written afterwards."]


def test_what_was_marked_stricter_since_is_not_found_again_in_the_past(ops: Any, frozen_clock: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        target, unit = make_target(session, feed), make_unit(session, feed)
        make_tasking(session, unit, target)
        others = [make_alert(session), make_enquiry(session), make_operation(session)]
        secret = make_restricted_target(session, feed, "POL")
        ended = make_operation(session, state="closed", closed_at=frozen_clock.now())
        withdrawn = make_target(session, feed, handling=make_handling(session, "CUS", "AMBER", "POL"))
        own = make_handling(session, "CUS", "AMBER").id
    at = frozen_clock.now()
    frozen_clock.advance(hours=1)

    def seen(who: Any) -> dict[str, list[int]]:
        picture = json.loads(ops.past.columns(who, at, Knowing.THEN))
        shown = {name: [row["id"] for row in picture[name]] for name in SHELVES}
        return shown | {"ended": [row["id"] for row in picture["past"]["ended"]]}

    before = seen(LEAD)
    assert before["targets"] == [target.id]
    assert seen(POLICE)["targets"] == [target.id, secret.id, withdrawn.id]
    assert ops.past.hits(LEAD, target.id, at)[0]
    for row in (target, unit, *others, ended):
        touch(ops, row, handling_id=secret.handling_id)
    touch(ops, secret, handling_id=own)  # laxer for some, stricter for others
    touch(ops, withdrawn, handling_id=own)  # the release to the police is taken back
    tasking = before["taskings"]
    assert seen(LEAD) == {name: [] for name in (*SHELVES, "ended")} | {"taskings": tasking}
    assert seen(POLICE)["targets"] == [target.id]
    assert seen(POLICE)["units"] == before["units"]
    with pytest.raises(NotFound):
        ops.past.hits(LEAD, target.id, at)
    span = ops.past_export.spans.span(LEAD, at - timedelta(minutes=1), at + timedelta(minutes=1), Knowing.THEN)
    assert {name: list(rows) for name, rows in span.held.items() if rows} == {"taskings": tasking}


def test_hits_squawk_and_debriefs_come_back_as_they_were_known(ops: Any, frozen_clock: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        target = make_target(session, feed)
        hit = session.query(Hit).filter_by(target_id=target.id).one()
        said = hit.explanation
        debrief = Debrief(
            sort="hot", about_kind="watch", about_id="1", about_label="Day watch", state="open", meant="", opened_by="lead",
            opened_at=frozen_clock.now(), handling_id=target.handling_id,
        )  # fmt: skip
        session.add(debrief)

    def flew(fix: Fix) -> None:
        kind, now = TrackKind.AIRCRAFT, frozen_clock.now()
        seen = vessel_report(at=now, key="icao:c81a2b", kind=kind, fix=fix, particulars=Particulars(flight="NZ 1"))
        ops.ingest.take(feed.id, Batch(crafts=[seen]))

    flew(Fix(-36.0, 175.0, altitude_ft=31_000.0, squawk="1200"))
    then = frozen_clock.now()
    frozen_clock.advance(minutes=1)
    flew(Fix(-36.1, 175.0, altitude_ft=29_000.0, squawk="7700"))
    with ops.db.begin() as session:
        session.get_one(Hit, hit.id).explanation = "Mended since."
        session.get_one(Debrief, debrief.id).state = "closed"

    def held(at: datetime) -> Any:
        picture = json.loads(ops.past.columns(LEAD, at, Knowing.THEN))
        craft = (picture["tracks"]["altitude"], picture["tracks"]["squawk"])
        hits = [one["explanation"] for one in ops.past.hits(LEAD, target.id, at)[0]]
        return craft, hits, [row["about_label"] for row in picture["past"]["debriefs"]]

    assert held(then) == (([31_000.0], ["1200"]), [said], ["Day watch"])
    assert held(frozen_clock.now()) == (([29_000.0], ["7700"]), ["Mended since."], [])
    with ops.db.begin() as session:  # a hit from before the history kept hits
        session.query(Version).filter_by(kind="hits").delete()
    assert ops.past.hits(LEAD, target.id, then) == ([], 1)


def test_the_past_is_scoped_by_the_handling_of_then_and_by_permission(sqlite_ops: Any, frozen_clock: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        feed = make_feed(session)
        open_one, secret = make_target(session, feed), make_restricted_target(session, feed, "POL")
        entry = make_entry(session, "Police matter.", handling_id=secret.handling_id, now=frozen_clock.now())
    at = frozen_clock.now()
    frozen_clock.advance(hours=1)

    def ids(who: Any) -> list[int]:
        return [row["id"] for row in json.loads(ops.past.columns(who, at, Knowing.THEN))["targets"]]

    assert ids(LEAD) == [open_one.id]
    assert ids(POLICE) == [open_one.id, secret.id]
    span = (at - timedelta(hours=1), at + timedelta(minutes=1))
    assert [mark.seq for mark in ops.past.time_line(POLICE, *span).marks] == [entry]
    assert ops.past.time_line(LEAD, *span).marks == ()
    with pytest.raises(NotPermitted):
        ops.past.columns(actor(Role.WALL), at, Knowing.THEN)
    with pytest.raises(Invalid, match="lies ahead"):
        ops.past.columns(LEAD, frozen_clock.now() + timedelta(seconds=1), Knowing.THEN)


def test_a_revision_alone_or_a_moment_that_moves_a_little_makes_no_version(ops: Any, frozen_clock: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        target, unit = make_target(session, feed, lrm_at=START + timedelta(hours=2)), make_unit(session, feed)
    for second in range(1, 6):
        frozen_clock.advance(seconds=20)
        touch(ops, target, lrm_at=START + timedelta(hours=2, seconds=8 * second))
        touch(ops, unit, reported_at=frozen_clock.now())
    touch(ops, target, lrm_at=START + timedelta(hours=2, seconds=70))
    with ops.db.reading() as session:
        kept = session.query(Version).filter(Version.kind.in_(("targets", "units"))).order_by(Version.id).all()
    assert [(row.kind, row.thing) for row in kept] == [
        ("targets", target.id),
        ("units", unit.id),
        ("targets", target.id),
    ]


def test_history_goes_after_its_time_but_never_what_is_still_referred_to(sqlite_ops: Any, frozen_clock: Any) -> None:
    from ops_centre.domain.duty_log import ThingKind, link
    from ops_centre.services.history_keeping import HistoryKeeping

    ops = sqlite_ops
    with ops.db.begin() as session:
        feed = make_feed(session)
        told, untold, unit = make_target(session, feed), make_target(session, feed), make_unit(session, feed)
        make_entry(session, "About it.", links=[link(ThingKind.TARGET, told.id, "T")], now=frozen_clock.now())
    frozen_clock.advance(hours=1)
    for row in (told, untold):
        touch(ops, row, severity="top")
        with ops.db.begin() as session:
            session.query(Hit).filter_by(target_id=row.id).one().explanation = "Mended."
    touch(ops, unit, lat=-36.0)
    frozen_clock.advance(days=31)
    assert HistoryKeeping(ops.db, ops.clock, ops.settings).drop_old() >= 2
    with ops.db.reading() as session:
        kept = [row.thing for row in session.query(Version).filter_by(kind="targets").order_by(Version.id)]
        evidence = [
            row.content["target_id"] for row in session.query(Version).filter_by(kind="hits").order_by(Version.id)
        ]
    assert kept == [told.id, told.id, untold.id]
    assert sorted(evidence) == [told.id, told.id, untold.id]  # and the evidence with its target
