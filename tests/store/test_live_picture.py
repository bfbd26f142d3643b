"""The loader thread: it wakes on a commit by another process, survives a database that goes away, and bounds its memory."""

import threading
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from ops_centre.auth.roles import Role
from ops_centre.db import next_revision
from ops_centre.domain.observations import Batch, Fix
from ops_centre.models import Track
from ops_centre.picture.live import FRAMES_KEPT, LivePicture
from ops_centre.services.ingest import Ingest
from tests.factories import actor, make_feed, make_vessel, vessel_report

OFFICER = actor(Role.DUTY_OFFICER, "OPS")


def wait_until(true: Any, timeout_s: float = 10) -> bool:
    """Whether ``true()`` comes within the time."""
    tick = threading.Event()
    for _ in range(int(timeout_s * 100)):
        if true():
            return True
        tick.wait(0.01)
    return False


def test_a_commit_elsewhere_reaches_the_frames(ops: Any) -> None:
    with ops.db.begin() as session:
        feed_id = make_feed(session).id
    live = ops.picture.live
    live.start()
    writer = Ingest(ops.db, ops.clock, ops.zones, ops.gazetteer)
    writer.take(feed_id, Batch(crafts=[vessel_report(fix=Fix(-36.5, 174.9))]))
    assert wait_until(lambda: len(live.present.tracks) == 1, 10)
    frames = live.frames_after(0, 10)
    assert frames
    assert b"-36.5" in b"".join(live.encoded(frame, _scope()) for frame in frames)


def test_a_reader_far_behind_is_told_to_begin_anew(ops: Any) -> None:
    with ops.db.begin() as session:
        feed_id = make_feed(session).id
    live: LivePicture = ops.picture.live
    live.start()
    frame = None
    ops.ingest.take(feed_id, Batch(crafts=[vessel_report(fix=Fix(-36.5, 174.9))]))
    assert wait_until(lambda: live.last_frame > 0)
    frame = live.frames_after(0, 10)[0]  # type: ignore[index]
    for number in range(2, FRAMES_KEPT + 3):
        frame.number = number
        live._frames.append(type(frame)(number, frame.change, frame.tracks, frame.moves, frame.made_at))
    assert len(live._frames) == FRAMES_KEPT
    assert live.frames_after(0, 0) is None


def test_when_the_database_goes_away_the_age_grows_and_it_comes_back_by_itself(
    sqlite_ops: Any, monkeypatch: Any
) -> None:
    live = sqlite_ops.picture.live
    live.start()
    assert wait_until(lambda: live.checked_at is not None)
    broken = threading.Event()
    load = live.present.load

    def failing(session: Any) -> Any:
        if broken.is_set():
            raise OperationalError("SELECT", {}, Exception("disk I/O error"))
        return load(session)

    monkeypatch.setattr(live.present, "load", failing)
    broken.set()
    sqlite_ops.clock.advance(seconds=30)
    before = live.checked_at
    assert not wait_until(lambda: live.checked_at != before, 1.5)
    broken.clear()
    assert wait_until(lambda: live.checked_at == sqlite_ops.clock.now(), 5)


def test_a_load_that_breaks_off_loses_no_departure(sqlite_ops: Any, monkeypatch: Any) -> None:
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session)
        vessel = make_vessel(session, feed)
        next_revision(session)
    live = sqlite_ops.picture.live
    live.start()
    assert wait_until(lambda: vessel.id in live.present.tracks)
    seen, broken = live.last_frame, threading.Event()

    def breaks_off(_self: Any, _session: Any, _change: Any) -> None:
        broken.set()
        raise OperationalError("SELECT", {}, Exception("the connection was lost"))

    with monkeypatch.context() as patch:
        patch.setattr("ops_centre.picture.present.PresentPicture._load_units", breaks_off)
        with sqlite_ops.db.begin() as session:
            left = session.get_one(Track, vessel.id)
            left.left_at, left.revision = sqlite_ops.clock.now(), next_revision(session)
        assert broken.wait(5)
    assert wait_until(lambda: live.frames_after(seen, 0) is None), "streams must be told to begin anew"
    assert vessel.id not in live.present.tracks
    assert live.changes(OFFICER, left.revision - 1) is None


def test_a_database_that_was_put_back_is_shown_as_it_is(sqlite_ops: Any) -> None:
    with sqlite_ops.db.begin() as session:
        feed = make_feed(session)
        vessel = make_vessel(session, feed)
        next_revision(session)
        next_revision(session)
    live = sqlite_ops.picture.live
    live.start()
    assert wait_until(lambda: vessel.id in live.present.tracks)
    seen = live.last_frame
    with sqlite_ops.db.begin() as session:
        session.execute(text("DELETE FROM tracks"))
        session.execute(text("UPDATE picture_clock SET revision = 1"))
    assert wait_until(lambda: live.present.revision == 1)
    assert live.present.tracks == {}
    assert live.frames_after(seen, 0) is None


def test_a_flood_keeps_fewer_frames_and_not_more_memory(ops: Any, monkeypatch: Any) -> None:
    with ops.db.begin() as session:
        feed_id = make_feed(session).id
    monkeypatch.setattr("ops_centre.picture.live.FRAME_BYTES_KEPT", 1_000)
    live: LivePicture = ops.picture.live
    live._load()
    for number in range(20):
        ops.ingest.take(feed_id, Batch(crafts=[vessel_report(512_000_000 + number, fix=Fix(-36.5, 174.9))]))
        live._load()
    assert live.last_frame == 20
    assert sum(len(frame.tracks) for frame in live._frames) <= 1_000
    assert live.frames_after(0, 0) is None
    kept = [frame.number for frame in live._frames]
    assert [frame.number for frame in live.frames_after(kept[1], 0) or []] == kept[2:]


def _scope() -> Any:
    from ops_centre.picture.scope import scope_of

    return scope_of(OFFICER)
