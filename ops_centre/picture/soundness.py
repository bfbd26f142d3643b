"""How sound the centre is, as one web process finds out: a thread that looks each second and tries to write when in doubt.

Properties: it never writes while everything is well, for the worker's lease proves each two seconds that the database takes
writes; it says nothing that has not held for `DOUBTFUL_LEASES` leases; nothing here raises; what never answers (a network
share that hangs, a server that was stopped) is itself a trouble, told to whoever asks while the thread waits for it. Spans
are measured by the time that passes, for the system's clock is one of the things that may be wrong.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.troubles import CLOCK_APART, UNREACHED, Fault, Seen, Trouble, troubles, why_unusable
from ops_centre.models import Lease, LogEntry, LogHead
from ops_centre.picture.room import Room

LOOK_S = 1.0
TRY_AGAIN_S = 2.0  # how often a write is tried while it is in doubt
DOUBTFUL_LEASES = 2  # a lease that stands still for so many of its lengths is nobody's
HANGS_S = 10.0  # what has not answered for so long hangs
STEADY_S = 5.0  # writes must have worked for so long before it is said that they do
FORGET_S = 3600.0  # a clock that was wrong and stands right for so long is not held against it any longer
WORKER = "worker"  # the lease of the active worker (services.leases)
_READING, _TRYING = "reading", "trying"
_NO_ANSWER = "it has not answered since; its disk, network share or server hangs"
_TRY = text("UPDATE picture_clock SET revision = revision WHERE id = 1")  # written and committed; nothing changes

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Written:
    """What the database says of its own latest times."""

    lease: tuple[int, datetime] | None  # term and last renewal
    logged_at: datetime | None  # of the newest entry of the duty log


def fault_of(error: BaseException) -> str | None:
    """Why the database is unusable by this error; None when it is not about the database as such."""
    if not isinstance(error, DBAPIError):
        return UNREACHED if isinstance(error, SQLAlchemyError) and "another one" in str(error) else None
    state = getattr(error.orig, "sqlstate", None)
    is_lost = error.connection_invalidated or (
        type(error.orig).__name__ == "OperationalError" and "onnect" in str(error.orig)
    )
    return why_unusable(str(error.orig), state, lost=is_lost)


class Soundness:
    """Looks from `start` to `stop`; `troubles` is what it found."""

    def __init__(
        self, db: Database, clock: Clock, settings: Settings, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        """Opens nothing yet. ``ticks``: seconds that passed, whatever the clock says."""
        self.db, self.clock, self.settings, self._ticks = db, clock, settings, ticks
        self._told: tuple[Trouble, ...] = ()
        self._room = Room(self._places(), ticks)
        self._waits: tuple[str, float] | None = None  # for what of the database the thread waits, since which tick
        self._seen = Seen(clock.now(), warn_bytes=int(settings.database.warn_free_mb * 1e6))
        self._guard = threading.Lock()
        self._lease: tuple[int, datetime] | None = None
        self._lease_ticks = ticks()
        self._tried_ticks = float("-inf")
        self._worked_ticks: float | None = None  # since when writes work again, while they are said not to
        self._behind_ticks: float | None = None
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        db.on_fault = self.note_failed_write

    @property
    def troubles(self) -> tuple[Trouble, ...]:
        """What is wrong. Asked at any time, also while the thread waits for what does not answer."""
        waits, waited = self._waits, 0.0
        if waits is not None:
            waited = self._ticks() - waits[1]
        if waits is None or waited <= HANGS_S:
            return self._told
        seen, now = self._seen, self.clock.now()
        fault = Fault(now - timedelta(seconds=waited), _NO_ANSWER)
        if waits[0] == _TRYING:
            return troubles(replace(seen, now=now, writes=seen.writes or fault))
        return troubles(replace(seen, now=now, reads=seen.reads or fault))

    def start(self) -> None:
        """Look each second on a thread of its own. Does nothing when it has begun."""
        with self._guard:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="soundness", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """No further looks."""
        self._stopped.set()

    def note_failed_write(self, error: BaseException) -> None:
        """A unit of work of this process failed: is it the database? Called by whoever met it, on its thread."""
        why = fault_of(error)
        if why is not None:
            with self._guard:
                self._fail_writes(why)
                self._judge()

    def _run(self) -> None:
        while not self._stopped.wait(LOOK_S):
            try:
                self.look()
            except Exception as error:  # it must go on whatever happens
                log.error("soundness.look_failed", error=f"{type(error).__name__}: {error}".splitlines()[0])

    def look(self) -> None:
        """Look once: read, try to write when in doubt, and say what is wrong."""
        written, why = self._read()
        with self._guard:
            self._take(written, why)
            is_doubtful = why is None and (self._seen.writes is not None or self._stands_still())
        if is_doubtful and self._ticks() - self._tried_ticks >= TRY_AGAIN_S:
            failed = self._try()
            with self._guard:
                self._take_try(failed)
        self._look_at_room()
        with self._guard:
            self._seen = replace(self._seen, no_worker_since=self._no_worker_since())
            self._judge()

    def _read(self) -> tuple[_Written | None, str | None]:
        self._waits = (_READING, self._ticks())
        try:
            with self.db.reading() as session:
                lease = session.execute(select(Lease.term, Lease.renewed_at).where(Lease.name == WORKER)).one_or_none()
                newest = select(LogEntry.recorded_at).join(LogHead, LogHead.seq == LogEntry.seq)
                return _Written((lease[0], lease[1]) if lease else None, session.scalar(newest)), None
        except SQLAlchemyError as error:
            return None, fault_of(error) or "it answers with an error"
        finally:
            self._waits = None

    def _take(self, written: _Written | None, why: str | None) -> None:
        now, seen = self.clock.now(), self._seen
        if written is None:
            fault = Fault(seen.reads.since if seen.reads else now, why or UNREACHED)
            self._lease_ticks = self._ticks()  # of the lease nothing is known meanwhile
            self._seen = replace(seen, now=now, reads=fault)
            return
        if written.lease != self._lease:
            self._lease, self._lease_ticks = written.lease, self._ticks()
            if written.lease:
                seen = replace(seen, written_at=max(seen.written_at or written.lease[1], written.lease[1]))
        self._seen = replace(seen, now=now, reads=None, read_at=now, never_worked=written.lease is None)
        self._take_times(now, written)

    def _take_times(self, now: datetime, written: _Written) -> None:
        """The latest time of all: that we have shown, and that the database holds of its own writing."""
        stored = max((at for at in (written.logged_at, written.lease[1] if written.lease else None) if at), default=now)
        latest = max(self._seen.latest or now, stored, now)
        is_behind = latest - now > CLOCK_APART
        if is_behind and self._behind_ticks is None:
            self._behind_ticks = self._ticks()
            self._seen = replace(self._seen, behind_since=now)
            log.warning("clock.behind", by_s=round((latest - now).total_seconds()))
        elif not is_behind:
            self._behind_ticks = None
        elif stored - now <= CLOCK_APART and self._ticks() - (self._behind_ticks or 0) > FORGET_S:
            latest = now
        self._seen = replace(self._seen, latest=latest)

    def _stands_still(self) -> bool:
        """Whether nobody has renewed the worker's lease for too long."""
        return self._ticks() - self._lease_ticks > DOUBTFUL_LEASES * self.settings.worker.lease_seconds

    def _no_worker_since(self) -> datetime | None:
        if not self._stands_still() or self._seen.reads is not None:
            return None
        return min(self._lease[1], self._seen.now) if self._lease else self._seen.now

    def _try(self) -> str | None:
        """Write something and commit it: why that failed, None when it worked."""
        self._tried_ticks = self._ticks()
        self._waits = (_TRYING, self._tried_ticks)
        try:
            with self.db.connect_writing() as connection:
                connection.execute(_TRY)
        except SQLAlchemyError as error:
            return fault_of(error) or "it answers with an error"
        finally:
            self._waits = None
        return None

    def _take_try(self, failed: str | None) -> None:
        if failed is not None:
            self._fail_writes(failed)
            return
        self._seen = replace(self._seen, written_at=self.clock.now())
        if self._seen.writes is None:
            return
        self._worked_ticks = self._worked_ticks or self._ticks()
        if self._ticks() - self._worked_ticks >= STEADY_S:
            self._seen, self._worked_ticks = replace(self._seen, writes=None), None

    def _fail_writes(self, why: str) -> None:
        standing = self._seen.writes
        self._worked_ticks = None
        self._seen = replace(self._seen, writes=Fault(standing.since if standing else self.clock.now(), why))

    def _places(self) -> list[Path]:
        """Where the centre writes."""
        places = [self.settings.data_dir]
        if self.db.is_sqlite and self.db.url.database:
            places.append(Path(self.db.url.database).parent)
        return places

    def _look_at_room(self) -> None:
        self._room.ask()
        silent = self._room.silent_s()
        since = self.clock.now() - timedelta(seconds=silent) if silent > HANGS_S else None
        with self._guard:
            before = self._seen.folder_silent_since
            self._seen = replace(
                self._seen, free_bytes=self._room.free_bytes, folder_silent_since=(before or since) if since else None
            )

    def _judge(self) -> None:
        before, self._told = self._told, troubles(self._seen)
        for trouble in self._told:
            if trouble.kind not in {one.kind for one in before}:
                log.warning("centre.trouble", said=trouble.sentence())
        for trouble in before:
            if trouble.kind not in {one.kind for one in self._told}:
                log.info("centre.trouble_over", said=trouble.what)
