"""The past of the reference recording: at random moments it equals a picture made from scratch of what had come in by then."""

import random
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ops_centre.clock import from_ms
from ops_centre.feeds.base import FeedContext
from ops_centre.feeds.replaying import open_recording
from ops_centre.models import Position
from ops_centre.picture.past import Knowing
from ops_centre.picture.present import PresentPicture
from ops_centre.services.housekeeping import Housekeeping
from tests.conftest import on_database
from tests.recorded.test_replay import NZ

pytestmark = pytest.mark.recorded

MOMENTS = 4


def received(ops: Any, path: Path) -> list[tuple[Any, Any]]:
    """The recording's batches, each with the moment it had come in by."""
    context = FeedContext("recording", "OPS", frozenset({"OPS"}), ops.clock)
    parts, latest = [], None
    for at, batch in open_recording(path, "ais", context, timedelta(minutes=1)):
        latest = at if latest is None else max(latest, at)
        parts.append((latest, batch))
    return parts


def take(ops: Any, clock: Any, parts: list[tuple[Any, Any]]) -> None:
    """Take batches in at the moments they came."""
    feed_id = ops.feeds.open_replay("recording", "ais", "OPS")
    for at, batch in parts:
        clock.set(at)
        ops.ingest.take(feed_id, batch)


def on_picture(ops: Any) -> list[Any]:
    """The craft of the present picture, loaded from nothing after silent ones were taken out."""
    Housekeeping(ops.db, ops.clock, ops.settings).retire_tracks()
    fresh = PresentPicture(ops.clock, ops.gazetteer)
    with ops.db.reading() as session:
        fresh.load(session)
    return sorted(track[:7] + track[8:9] for track in fresh.tracks.values())


def test_random_moments_equal_a_picture_made_from_what_had_come_in_by_then(
    sqlite_ops: Any, centre_of: Any, frozen_clock: Any, migrated_file: Path, realdata: Path, tmp_path: Path
) -> None:
    start = frozen_clock.now()
    parts = received(sqlite_ops, realdata / NZ)
    took_in = parts[-1][0]
    take(sqlite_ops, frozen_clock, parts)
    with sqlite_ops.db.reading() as session:
        assert (session.scalar(select(func.count()).select_from(Position)) or 0) > 1000
    chosen = random.Random(20120202)
    first, last = parts[0][0].timestamp(), took_in.timestamp()
    for number in range(MOMENTS):
        at = from_ms(int(chosen.uniform(first, last)) * 1000)
        with sqlite_ops.db.reading() as session:
            past = sqlite_ops.past.picture(session, at, Knowing.THEN).change.tracks
        shutil.copyfile(migrated_file, tmp_path / f"{number}.db")
        frozen_clock.set(start)
        scratch = centre_of(on_database(sqlite_ops.settings, f"sqlite:///{tmp_path / f'{number}.db'}"))
        take(scratch, frozen_clock, [(came, batch) for came, batch in parts if came <= at])
        frozen_clock.set(at)
        expected = on_picture(scratch)
        assert expected
        assert sorted(track[:7] + track[8:9] for track in past) == expected
