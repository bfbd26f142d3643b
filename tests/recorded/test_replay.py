"""The reference recording, played through the command line, against a plain pass of pyais over the same lines."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pyais.exceptions import AISBaseException
from pyais.queue import NMEAQueue
from sqlalchemy import func, select

from ops_centre.cli.replay import run
from ops_centre.models import Position, QuarantinedRecord, Track

pytestmark = pytest.mark.recorded

NZ = "ais/nz_exactearth_2012-02-02.txt"


def play(ops: Any, path: Path, *, as_recorded: bool = False) -> None:
    """What `python -m ops_centre replay FILE --speed 0` does."""
    from argparse import Namespace

    assert run(Namespace(file=path, kind="ais", speed=0.0, as_recorded=as_recorded, name=None), ops) == 0


def plain_pass(path: Path) -> tuple[set[int], set[int], int]:
    """MMSI heard, MMSI with a valid position, and how many position reports, by pyais alone."""
    heard, placed, reports = set(), set(), 0
    queue = NMEAQueue()
    for line in path.read_text("latin-1").splitlines():
        if line.startswith("!"):
            try:
                queue.put_line(re.sub(r",\d{10,13}$", "", line).encode())
            except AISBaseException:
                continue
        while True:
            sentence = queue.get_or_none()
            if sentence is None:
                break
            try:
                message = sentence.decode()
            except AISBaseException:
                continue
            heard.add(int(message.mmsi))
            if message.msg_type in (1, 2, 3, 4, 9, 11, 18, 19, 21, 27):
                if -90 <= message.lat <= 90 and -180 <= message.lon <= 180:
                    placed.add(int(message.mmsi))
                if message.msg_type in (1, 2, 3, 18, 19, 9, 27):
                    reports += 1
    return heard, placed, reports


def test_the_picture_holds_exactly_the_craft_that_pyais_finds_with_a_position(sqlite_ops: Any, realdata: Path) -> None:
    heard, placed, _reports = plain_pass(realdata / NZ)
    play(sqlite_ops, realdata / NZ)
    with sqlite_ops.db.reading() as session:
        known = set(session.scalars(select(Track.mmsi)))
        sqlite_ops.picture.live.present.load(session)
        on_picture = set(
            session.scalars(select(Track.mmsi).where(Track.id.in_(list(sqlite_ops.picture.live.present.tracks))))
        )
    assert len(heard) == 603
    assert known == heard
    assert on_picture == placed


def test_everything_received_is_accounted_for_and_eight_sentences_are_refused(sqlite_ops: Any, realdata: Path) -> None:
    play(sqlite_ops, realdata / NZ)
    record = sqlite_ops.feeds.all()[0]
    assert record.received == 4317
    assert record.received == record.stored + record.duplicate + record.quarantined
    rows = sqlite_ops.feeds.quarantine()
    assert len(rows) == record.quarantined == 8
    assert all(row.raw.startswith(b"!") and row.reason for row in rows)


def test_ages_are_the_satellite_delays_of_the_recording(sqlite_ops: Any, realdata: Path) -> None:
    for as_recorded in (False, True):
        play(sqlite_ops, realdata / NZ, as_recorded=as_recorded)
    with sqlite_ops.db.reading() as session:
        delays = session.execute(select(Position.received_at, Position.observed_at)).all()
    minutes = sorted((received - observed) / timedelta(minutes=1) for received, observed in delays)
    assert minutes[len(minutes) // 100] >= 19
    assert minutes[-len(minutes) // 100] <= 125


def test_playing_it_again_as_recorded_adds_no_position(sqlite_ops: Any, realdata: Path) -> None:
    counts = []
    for _time in range(2):
        play(sqlite_ops, realdata / NZ, as_recorded=True)
        with sqlite_ops.db.reading() as session:
            counts.append(
                (
                    session.scalar(select(func.count()).select_from(Position)),
                    session.scalar(select(func.count()).select_from(Track)),
                )
            )
    assert counts[0] == counts[1]


def test_the_salvage_at_astrolabe_reef_is_visible_as_what_it_is(sqlite_ops: Any, realdata: Path) -> None:
    play(sqlite_ops, realdata / NZ)
    with sqlite_ops.db.reading() as session:
        bound = session.scalars(
            select(Track).where(Track.destination.ilike("%RENA%") | Track.destination.ilike("%ASTROLABE%"))
        ).all()
    off_tauranga = [t for t in bound if t.lat is not None and -37.8 < t.lat < -37.3 and 176 < (t.lon or 0) < 176.8]
    assert off_tauranga
    assert all(track.name and track.zone in ("12 nm", "port:Tauranga") for track in off_tauranga)


def test_other_recordings_are_accounted_for_and_leave_no_gap(sqlite_ops: Any, realdata: Path) -> None:
    files = [path for path in sorted((realdata / "ais").iterdir()) if path.suffix not in (".csv", ".json")]
    for path in files:
        play(sqlite_ops, path, as_recorded=True)
    records = sqlite_ops.feeds.all()
    assert len(records) == len(files)
    for record in records:
        assert record.received == record.stored + record.duplicate + record.quarantined, record.name
    with sqlite_ops.db.reading() as session:
        refused = session.scalar(select(func.count()).select_from(QuarantinedRecord))
    assert refused == sum(record.quarantined for record in records)
