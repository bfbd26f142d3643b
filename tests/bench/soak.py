"""Half an hour of 2,000 observations a second, one screen open: memory minute by minute, what was lost, what it takes on disk.

``OPS_SOAK_MINUTES`` sets how long. Memory is flat when its later half does not rise: the slope is told in MB an hour.
"""

import os
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from tests.bench.centre import Centre, ais_from, centre, free_port, wait_for
from tests.bench.fleet import positions, statics
from tests.bench.latency import access_token
from tests.bench.rest import watch_stream

VESSELS, PER_SECOND = 4000, 2000
MINUTES = float(os.environ.get("OPS_SOAK_MINUTES", "30"))
ROUND_S = VESSELS / PER_SECOND


@dataclass
class Course:
    """What was measured along the way: minutes since the beginning, MB of each process."""

    minutes: list[float] = field(default_factory=list)
    megabytes: dict[str, list[float]] = field(default_factory=dict)

    def note(self, minute: float, usage: dict[str, tuple[float, float]]) -> None:
        """One look."""
        self.minutes.append(minute)
        for name, (_share, memory) in usage.items():
            self.megabytes.setdefault(name, []).append(memory)

    def slope(self, name: str) -> float:
        """MB an hour over the later half."""
        half = len(self.minutes) // 2
        return float(np.polyfit(self.minutes[half:], self.megabytes[name][half:], 1)[0] * 60)


def measure() -> Iterator[str]:
    """Lines of the report."""
    port = free_port()
    with socket.create_server(("127.0.0.1", port)) as server, centre(ais_from(port)) as running:
        running.start_worker()
        peer, _address = server.accept()
        token = access_token(running)
        running.start_web()
        seconds = MINUTES * 60
        threading.Thread(target=watch_stream, args=(running.address, token, seconds * 2), daemon=True).start()
        sending = threading.Thread(target=_send, args=(peer, seconds), daemon=True)
        sending.start()
        course, began = Course(), time.monotonic()
        while sending.is_alive():
            course.note((time.monotonic() - began) / 60, running.usage(min(30.0, seconds / 6)))
        sent = 2 * VESSELS + int(seconds / ROUND_S) * VESSELS
        wait_for("what was sent", lambda: _sum(running, "received") >= sent - VESSELS, timeout_s=60)
        yield from _told(running, course, time.monotonic() - began)


def _send(peer: socket.socket, seconds: float) -> None:
    peer.sendall(b"".join(statics(VESSELS)))
    rounds = int(seconds / ROUND_S)
    lines, began = positions(VESSELS, rounds), time.monotonic()
    for second in range(int(rounds * ROUND_S)):
        peer.sendall(b"".join(next(lines) for _ in range(PER_SECOND)))
        time.sleep(max(0.0, began + second + 1 - time.monotonic()))


def _told(running: Centre, course: Course, took: float) -> Iterator[str]:
    received, stored, duplicate, refused = (
        _sum(running, one) for one in ("received", "stored", "duplicate", "quarantined")
    )
    yield (
        f"{MINUTES:.0f} minutes: {received:,} records, {received / took:,.0f}/s; stored {stored:,}, repeated {duplicate:,}, "
        f"refused {refused:,}; {received - stored - duplicate - refused} unaccounted for"
    )
    for name, memory in course.megabytes.items():
        yield (
            f"{name:<8} {memory[0]:>5.0f} MB at first, {max(memory):>5.0f} at most, {memory[-1]:>5.0f} at last; "
            f"later half {course.slope(name):+.1f} MB an hour"
        )
    on_disk = sum(path.stat().st_size for path in (running.folder / "var").glob("ops.db*"))
    yield f"on disk {on_disk / 1e6:,.0f} MB: {on_disk / max(1, stored) * 1e6 / 1e6:,.0f} MB a million observations stored"


def _sum(running: Centre, column: str) -> int:
    connection = sqlite3.connect(f"file:{running.folder / 'var' / 'ops.db'}?mode=ro", uri=True)
    try:
        return int(connection.execute(f"SELECT coalesce(sum({column}), 0) FROM feeds").fetchone()[0])
    finally:
        connection.close()
