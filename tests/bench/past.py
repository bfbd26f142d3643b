"""The past: how long a moment takes to open, anywhere in thirty days of 2,000 tracks, from nothing in memory.

OPS_BENCH_POSITIONS sets how many positions there are (20 million unless told; 1 million gives the same figures but for what
the disk adds), OPS_BENCH_VERSIONS how many versions each of the 5,000 targets has. Beside it: how many bytes an answer
has, and a reference, the same number of single seeks in the table.
"""

import os
import random
import statistics
import tempfile
import time
from pathlib import Path

import orjson
from sqlalchemy import text

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.bootstrap import OpsCentre, bootstrap
from ops_centre.clock import from_ms, to_ms
from ops_centre.config import load
from ops_centre.db import next_revision
from ops_centre.picture.past import Knowing
from ops_centre.services.handlings import handling_id
from ops_centre.services.schema import upgrade

POSITIONS = int(os.environ.get("OPS_BENCH_POSITIONS", "20000000"))
VERSIONS = int(os.environ.get("OPS_BENCH_VERSIONS", "12"))
TRACKS, DAYS, TARGETS, MOMENTS = 2000, 30, 5000, 40
DAY_MS = 86_400_000
READER = Actor(1, "bench", "Bench", Role.SHIFT_LEAD, "OPS")


def measure() -> list[str]:
    """Lines of the report."""
    with tempfile.TemporaryDirectory() as name:
        ops = bootstrap(load({"OPS_DATA_DIR": name}))
        upgrade(ops.db)
        began = time.perf_counter()
        now = to_ms(ops.clock.now())
        _fill(ops, now)
        filled_s = time.perf_counter() - began
        size_gb = (Path(name) / "ops.db").stat().st_size / 1e9
        lines = [
            f"{POSITIONS:,} positions of {TRACKS:,} tracks in {DAYS} days, {TARGETS * VERSIONS:,} versions of targets: "
            f"{size_gb:.1f} GB, filled in {filled_s:.0f} s"
        ]
        lines += [_opened(ops, now, knowing) for knowing in Knowing]
        lines.append(_seeks(ops, now))
        ops.close()
    return lines


def _opened(ops: OpsCentre, now: int, knowing: Knowing) -> str:
    chosen, took, length, craft = random.Random(7), [], 0, []
    for _moment in range(MOMENTS):
        at = from_ms(now - int(chosen.uniform(0.02, DAYS - 0.5) * DAY_MS))
        ops.db.dispose()  # nothing in this process's memory
        began = time.perf_counter()
        body = ops.past.columns(READER, at, knowing)
        took.append(time.perf_counter() - began)
        length = max(length, len(body))
        craft.append(len(orjson.loads(body)["tracks"]["id"]))
    took.sort()
    nearly = took[round(0.95 * (MOMENTS - 1))]
    return (
        f"known {knowing.value}: opened in {statistics.median(took) * 1000:,.0f} ms, p95 {nearly * 1000:,.0f} ms, "
        f"worst {took[-1] * 1000:,.0f} ms; at most {length / 1000:,.0f} kB, about {statistics.median(craft):,.0f} craft"
    )


def _seeks(ops: OpsCentre, now: int) -> str:
    chosen = random.Random(9)
    with ops.db.reading() as session:
        began = time.perf_counter()
        for number in range(1, TRACKS + 1):
            values = {"id": number, "at": now - int(chosen.uniform(0.1, DAYS - 1) * DAY_MS)}
            query = "SELECT lat FROM positions WHERE track_id = :id AND observed_at <= :at ORDER BY observed_at DESC LIMIT 1"
            session.execute(text(query), values).first()
    return f"reference: {TRACKS:,} single seeks {(time.perf_counter() - began) * 1000:,.0f} ms"


def _fill(ops: OpsCentre, now: int) -> None:
    with ops.db.begin() as session:
        feed = session.execute(
            text(
                "INSERT INTO feeds (name, kind, agency, configured, paused, is_replay, clock_offset_ms, light, late_after_ms, "
                "lost_after_ms, received, stored, duplicate, quarantined, passed_over, revision) VALUES "
                "('AIS', 'ais', 'OPS', 1, 0, 0, 0, 'live', 30000, 120000, 0, 0, 0, 0, 0, 1) RETURNING id"
            )
        ).scalar_one()
        handling = handling_id(session, "OPS", "GREEN")
        next_revision(session)
    each = POSITIONS // TRACKS
    step = DAYS * DAY_MS // each
    with ops.db.connect_writing() as connection:
        _tracks(connection, feed, now)
        _positions(connection, feed, now, each, step)
        _versions(connection, feed, handling, now)


def _tracks(connection: object, feed: int, now: int) -> None:
    rows = [
        (n, f"mmsi:{512000000 + n}", "vessel", feed, 512000000 + n, "", now, now, now, 1) for n in range(1, TRACKS + 1)
    ]
    connection.exec_driver_sql(  # type: ignore[attr-defined]
        "INSERT INTO tracks (id, key, kind, feed_id, mmsi, caveats, heard_at, observed_at, received_at, revision) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    named = [(f"VESSEL {n}", n) for n in range(1, TRACKS + 1)]
    connection.exec_driver_sql("UPDATE tracks SET name = ? WHERE id = ?", named)  # type: ignore[attr-defined]
    connection.exec_driver_sql("UPDATE history SET from_at = ? WHERE kind = 'tracks'", (now - DAYS * DAY_MS,))  # type: ignore[attr-defined]


def _positions(connection: object, feed: int, now: int, each: int, step: int) -> None:
    # in the order they lie in, which is how a table looks that was written by time and read back from the disk
    connection.exec_driver_sql(  # type: ignore[attr-defined]
        "INSERT INTO positions (track_id, observed_at, lat, lon, received_at, recorded_at, course_deg, speed_kn, feed_id) "
        "WITH RECURSIVE place(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM place WHERE n + 1 < ?) "
        "SELECT t.id, ? - (? - n) * ? - t.id * 7, -34.0 - (t.id % 1400) / 100.0, 165.0 + (t.id % 1500 + n % 100) / 110.0, "
        "? - (? - n) * ? - t.id * 7, ? - (? - n) * ? - t.id * 7 + 900, 45.0, 12.0, ? "
        "FROM tracks t CROSS JOIN place ORDER BY 1, 2",
        (each, *((now, each, step) * 3), feed),
    )


def _versions(connection: object, feed: int, handling: int, now: int) -> None:
    rng, rows = random.Random(3), []
    content = (
        '{"id":%d,"feed_id":1,"ref":"T","subject_kind":"vessel","label":"SUBJECT %d","severity":"high","score":null,'
        '"status":"issued","decided_status":null,"claimed_by":null,"lrm_at":%d,"lrm_note":null,"reason":"Rule 7: called at a '
        'listed port","action":null,"place":"NZAKL","place_name":"Auckland","place_lat":-36.84,"place_lon":174.77,'
        '"arrives_at":%d,"track_id":null,"issued_at":%d,"updated_at":%d}'
    )
    for thing in range(1, TARGETS + 1):
        opened = now - int(rng.uniform(0.5, DAYS) * DAY_MS)
        for version in range(VERSIONS):
            begin, end = opened + version * DAY_MS // 24, opened + (version + 1) * DAY_MS // 24
            said = content % (thing, thing, end, end, opened, begin)
            rows.append(("targets", thing, begin, end, True, handling, said))
    connection.exec_driver_sql(  # type: ignore[attr-defined]
        "INSERT INTO history (kind, thing, from_at, until_at, shown, handling_id, content) VALUES (?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
