"""Two workers on one database: one active, the other takes over when it is killed, and a stop gives way at once."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.clock import SystemClock
from ops_centre.config import ROOT
from ops_centre.models import Lease

Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def start_worker(database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Starts worker processes and kills what is left of them."""
    config = tmp_path / "config.toml"
    config.write_text('[worker]\nlease_seconds = 3\nrenew_seconds = 1\n[centre]\nmode = "live"\n')
    environment = {
        "PATH": os.environ["PATH"],
        "OPS_CONFIG": str(config),
        "OPS_DATA_DIR": str(tmp_path),
        "OPS_DATABASE_URL": database_url,
    }
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-m", "ops_centre.worker"], cwd=ROOT, env=environment))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def term_when(database: Any, true: Callable[[Lease], bool], timeout_s: float) -> int:
    """The lease's term as soon as ``true(lease)``. Fails after ``timeout_s``."""
    tick = threading.Event()
    for _ in range(int(timeout_s * 20)):
        with database.reading() as session:
            lease = session.scalars(select(Lease)).one_or_none()
        if lease is not None and true(lease):
            return lease.term
        tick.wait(0.05)
    pytest.fail(f"not within {timeout_s} s")


def pid_of(lease: Lease) -> int:
    """Process of the lease's holder."""
    return int(lease.holder.split(":")[1])


def test_a_killed_worker_is_taken_over_within_ten_seconds(database: Any, start_worker: Start) -> None:
    first = start_worker()
    assert term_when(database, lambda lease: pid_of(lease) == first.pid, 20) == 1
    second = start_worker()
    first.send_signal(signal.SIGKILL)
    assert term_when(database, lambda lease: pid_of(lease) == second.pid, 20) == 2


def test_a_stopped_worker_gives_way_and_ends_cleanly(database: Any, start_worker: Start) -> None:
    first = start_worker()
    term_when(database, lambda lease: pid_of(lease) == first.pid, 20)
    first.send_signal(signal.SIGTERM)
    assert first.wait(15) == 0
    with database.reading() as session:
        lease = session.scalars(select(Lease)).one()
    assert lease.expires_at <= SystemClock().now()
