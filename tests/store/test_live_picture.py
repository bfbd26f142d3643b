"""The loader thread: it wakes on a commit by another process, survives a database that goes away, and bounds its memory."""

import threading
from typing import Any

from sqlalchemy.exc import OperationalError

from ops_centre.auth.roles import Role
from ops_centre.domain.observations import Batch, Fix
from ops_centre.picture.live import FRAMES_KEPT, LivePicture
from ops_centre.services.ingest import Ingest
from tests.factories import actor, make_feed, vessel_report

OFFICER = actor(Role.DUTY_OFFICER, "OPS")


def wait_until(true: Any, timeout_s: float = 10) -> bool:
    """Whether ``true()`` comes within the time."""
    tick = threading.Event()
    for _ in range(int(timeout_s * 100)):
        if true():
            return True
        tick.wait(0.01)
    return False


def test_a_commit_elsewhere_reaches_the_frames_within_a_second(ops: Any) -> None:
    with ops.db.begin() as session:
        feed_id = make_feed(session).id
    live = ops.picture.live
    live.start()
    writer = Ingest(ops.db, ops.clock, ops.zones, ops.gazetteer)
    writer.take(feed_id, Batch(crafts=[vessel_report(fix=Fix(-36.5, 174.9))]))
    assert wait_until(lambda: len(live.present.tracks) == 1, 2)
    frames = live.frames_after(0, 1)
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
    frame = live.frames_after(0, 1)[0]  # type: ignore[index]
    for number in range(2, FRAMES_KEPT + 3):
        frame.number = number
        live._frames.append(type(frame)(number, frame.change, frame.tracks, frame.boards, frame.made_at))
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


def _scope() -> Any:
    from ops_centre.picture.scope import scope_of

    return scope_of(OFFICER)
