"""AIS sentences a second through the whole path, beside bare pyais decoding in the same run.

The whole path: written to the feed's TCP socket, read, checked, decoded, deduplicated, placed in zones, stored with history
by the worker process on SQLite, and loaded into the picture of another process. Time counts from the first byte written
until the last position is in that picture.
"""

import socket
import statistics
import threading
import time

from pyais import decode

from ops_centre.clock import SystemClock
from ops_centre.db import Database
from ops_centre.domain.places import load_gazetteer
from ops_centre.picture.live import LivePicture
from tests.bench.centre import ais_from, centre, free_port, wait_for
from tests.bench.fleet import positions, statics

VESSELS, ROUNDS, RUNS = 10_000, 20, 3


def measure() -> list[str]:
    """Lines of the report."""
    lines = list(positions(VESSELS, ROUNDS))
    head = b"".join(statics(VESSELS))
    figures = [_run(lines, head) for _ in range(RUNS)]
    stored = statistics.median(rate for rate, _bare in figures)
    bare = statistics.median(bare for _rate, bare in figures)
    return [
        f"AIS, stored and in the picture (SQLite)   {stored:>10,.0f} sentences/s"
        f"   ({VESSELS * ROUNDS:,} sentences, {VESSELS:,} vessels)",
        f"bare pyais decoding, same sentences       {bare:>10,.0f} sentences/s",
        f"share                                     {stored / bare:>10.0%}",
    ]


def _run(lines: list[bytes], head: bytes) -> tuple[float, float]:
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as server, centre(ais_from(port)) as running:
        db = Database(f"sqlite:///{running.folder / 'var' / 'ops.db'}")
        live = LivePicture(db, SystemClock(), load_gazetteer(), exercise=False)
        live.start()
        running.start_worker()
        peer, _address = server.accept()
        peer.sendall(head)
        wait_for("the statics", lambda: _received(db) >= VESSELS)
        body = b"".join(lines)
        wanted = _received(db) + len(lines)
        began = time.perf_counter()
        threading.Thread(target=peer.sendall, args=(body,), daemon=True).start()
        wait_for("the positions", lambda: _received(db) >= wanted, timeout_s=120, every_s=0.02)
        revision = _revision(db)
        wait_for("the picture", lambda: live.present.revision >= revision, every_s=0.005)
        took = time.perf_counter() - began
        shown = len(live.present.tracks)
        live.stop()
        db.dispose()
        peer.close()
        if shown != VESSELS:
            raise RuntimeError(f"{shown} tracks in the picture instead of {VESSELS}")
    return len(lines) / took, _bare(lines[:40_000])


def _bare(lines: list[bytes]) -> float:
    began = time.perf_counter()
    for line in lines:
        decode(line)
    return len(lines) / (time.perf_counter() - began)


def _received(db: Database) -> int:
    with db.read.connect() as connection:
        return int(connection.exec_driver_sql("SELECT coalesce(sum(received), 0) FROM feeds").scalar_one())


def _revision(db: Database) -> int:
    with db.read.connect() as connection:
        return int(connection.exec_driver_sql("SELECT revision FROM picture_clock").scalar_one())
