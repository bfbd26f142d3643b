"""Bytes of a change set with 1 % of the tracks changed, beside the whole picture; and how long the whole one takes."""

import gzip
import random
import statistics
import time

import brotli

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.clock import SystemClock
from ops_centre.db import Database
from ops_centre.domain.places import load_gazetteer
from ops_centre.picture import encoding
from ops_centre.picture.live import LivePicture
from ops_centre.picture.present import Change, TrackTuple

TRACKS = 10_000
ACTOR = Actor(1, "bench", "Bench", Role.DUTY_OFFICER, "OPS")


def measure() -> list[str]:
    """Lines of the report."""
    live = LivePicture(Database("sqlite://"), SystemClock(), load_gazetteer(), exercise=False)
    live.present.tracks = {track[0]: track for track in _tracks()}
    live.present.revision = 2
    live.present.complete_since = 1
    encode_ms = statistics.median(_timed(lambda: _whole_anew(live)) for _ in range(9))
    kept_ms = statistics.median(_timed(lambda: live.whole(ACTOR)) for _ in range(9))
    whole = live.whole(ACTOR)[1]
    compress_ms = statistics.median(_timed(lambda: brotli.compress(whole, quality=1)) for _ in range(9))
    changed = random.Random(3).sample(list(live.present.tracks.values()), TRACKS // 100)
    change = Change(2, 3, tracks=changed)
    part = live.compact(change, ACTOR, encoding.columns(change.tracks))
    rows = []
    for name, squeeze in (
        ("plain", bytes),
        ("gzip 1", lambda b: gzip.compress(b, 1)),
        ("brotli 1", lambda b: brotli.compress(b, quality=1)),
    ):
        big, small = len(squeeze(whole)), len(squeeze(part))
        rows.append(f"{name:<9} whole {big:>9,} bytes   change set of 1 % {small:>7,} bytes   {small / big:>6.2%}")
    rows.append(
        f"whole picture of {TRACKS:,} tracks: encoded {encode_ms:.1f} ms, again from memory {kept_ms:.2f} ms,"
        f" brotli 1 {compress_ms:.1f} ms"
    )
    return rows


def _whole_anew(live: LivePicture) -> None:
    live.forget_encoded()
    live.whole(ACTOR)


def _tracks() -> list[TrackTuple]:
    rng = random.Random(11)
    now = int(time.time())
    return [
        (
            n,
            round(rng.uniform(-48, -34), 5),
            round(rng.uniform(164, 180), 5),
            round(rng.uniform(0, 360), 1),
            round(rng.uniform(0, 22), 1),
            0,
            "".join(rng.choices("ABCDEFGHIJKLMNOPRSTUVW ", k=rng.randint(6, 18))),
            1,
            now - rng.randint(0, 1800),
            2,
        )
        for n in range(1, TRACKS + 1)
    ]


def _timed(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return (time.perf_counter() - began) * 1000
