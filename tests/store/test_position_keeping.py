"""The life of position history: in full, thinned by a bound, dropped; and what is referred to stays whole."""

import itertools
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select

from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.models import Position, Track
from ops_centre.services import duty_log
from ops_centre.services.position_keeping import PositionsKeeping
from tests.factories import make_feed, make_handling, make_target, make_vessel
from tests.support.clock import START


def straight_run(session: Any, vessel: Track, begins: datetime, count: int = 100, **more: Any) -> None:
    """A position every ten seconds on a straight course across 180°."""
    rows = [
        {
            "track_id": vessel.id, "observed_at": begins + timedelta(seconds=10 * n), "lat": -37.0 + n * 1e-4,
            "lon": (179.995 + n * 1e-4 + 180.0) % 360.0 - 180.0, "received_at": begins, "recorded_at": begins,
            "feed_id": vessel.feed_id, **more,
        }
        for n in range(count)
    ]  # fmt: skip
    session.execute(insert(Position), rows)


def counts(ops: Any) -> dict[int, int]:
    with ops.db.reading() as session:
        return dict(session.execute(select(Position.track_id, func.count()).group_by(Position.track_id)).all())


def keeping(ops: Any) -> PositionsKeeping:
    return PositionsKeeping(ops.db, ops.clock, ops.settings)


def test_what_is_old_is_thinned_to_the_line_and_what_is_older_still_is_dropped(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        new, old, older = (make_vessel(session, feed) for _ in range(3))
        straight_run(session, new, START - timedelta(days=1))
        straight_run(session, old, START - timedelta(days=10))
        straight_run(session, older, START - timedelta(days=40))
    assert "dropped" in str(keeping(ops).run())
    found = counts(ops)
    assert found[new.id] == 100
    assert 4 <= found[old.id] <= 6  # 990 s, one at least every five minutes, and its ends
    assert older.id not in found
    assert keeping(ops).run() is None


def test_what_is_referred_to_stays_whole(ops: Any) -> None:
    with ops.db.begin() as session:
        feed = make_feed(session)
        wanted, noted = make_vessel(session, feed), make_vessel(session, feed)
        make_target(session, feed, track_id=wanted.id)
        entry = duty_log.Entry(
            EntryKind.NOTE, "Seen.", make_handling(session, "OPS").id, [link(ThingKind.TRACK, noted.id, "a vessel")]
        )
        duty_log.append(session, START, duty_log.SYSTEM, [entry])
        for vessel in (wanted, noted):
            straight_run(session, vessel, START - timedelta(days=10))
            straight_run(session, vessel, START - timedelta(days=40))
    keeping(ops).run()
    assert counts(ops) == {wanted.id: 200, noted.id: 200}


def test_a_position_in_doubt_stays_as_evidence(ops: Any) -> None:
    with ops.db.begin() as session:
        vessel = make_vessel(session, make_feed(session))
        straight_run(session, vessel, START - timedelta(days=10), doubt="leap")
    keeping(ops).run()
    assert counts(ops) == {vessel.id: 100}


def test_thinning_day_after_day_comes_to_the_same_as_thinning_at_once(sqlite_ops: Any) -> None:
    ops = sqlite_ops
    with ops.db.begin() as session:
        vessel = make_vessel(session, make_feed(session))
        straight_run(session, vessel, START - timedelta(days=7), count=4000)
    for _ in range(8):
        ops.clock.advance(hours=7)
        keeping(ops).run()
    with ops.db.reading() as session:
        times = session.scalars(select(Position.observed_at).order_by(Position.observed_at)).all()
    assert len(times) <= 140  # 40,000 s in pieces of five minutes
    assert max(after - before for before, after in itertools.pairwise(times)) <= timedelta(minutes=5)
