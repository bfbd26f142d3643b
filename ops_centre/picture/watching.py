"""How a process learns that the database has a new revision, without asking it for one.

PostgreSQL wakes the process (LISTEN/NOTIFY). SQLite cannot, but tells a connection cheaply whether another one has
committed (``PRAGMA data_version``, about 10 µs), which is asked every 20 ms.
"""

import threading
import time
from typing import Any, Protocol

from sqlalchemy import PoolProxiedConnection

from ops_centre.db import CHANNEL, Database

ASK_EVERY_S = 0.02


class Watch(Protocol):
    """Waits for a commit by anybody."""

    def wait(self, timeout_s: float) -> bool:
        """True as soon as something may have been committed since the last call, False after ``timeout_s``."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


class SqliteWatch:
    """Asks for the data version."""

    def __init__(self, db: Database, stopped: threading.Event) -> None:
        self._connection: PoolProxiedConnection = db.read.raw_connection()
        self._stopped = stopped
        self._version = self._ask()

    def wait(self, timeout_s: float) -> bool:
        """See `Watch.wait`."""
        until = time.monotonic() + timeout_s
        while not self._stopped.is_set():
            version = self._ask()
            if version != self._version:
                self._version = version
                return True
            if time.monotonic() >= until:
                break
            self._stopped.wait(ASK_EVERY_S)
        return False

    def close(self) -> None:
        """See `Watch.close`."""
        self._connection.close()

    def _ask(self) -> int:
        cursor = self._connection.cursor()
        try:
            return int(cursor.execute("PRAGMA data_version").fetchone()[0])
        finally:
            cursor.close()


class PostgresWatch:
    """Listens on the picture's channel."""

    def __init__(self, db: Database, stopped: threading.Event) -> None:
        self._pooled = db.read.raw_connection()
        driver: Any = self._pooled.driver_connection
        self._connection = driver
        self._stopped = stopped
        self._connection.autocommit = True
        self._connection.execute(f"LISTEN {CHANNEL}")

    def wait(self, timeout_s: float) -> bool:
        """See `Watch.wait`. Waits in short turns, so that a stop is noticed."""
        until = time.monotonic() + timeout_s
        while not self._stopped.is_set() and (left := until - time.monotonic()) > 0:
            for _notice in self._connection.notifies(timeout=min(left, 0.5), stop_after=1):
                return True
        return False

    def close(self) -> None:
        """See `Watch.close`. The connection listens, so it must not go back to the pool."""
        self._pooled.invalidate()


def watch(db: Database, stopped: threading.Event) -> Watch:
    """The watch for this database; the initial state counts as seen."""
    return SqliteWatch(db, stopped) if db.is_sqlite else PostgresWatch(db, stopped)
