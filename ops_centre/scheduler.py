"""The worker's jobs: one for each feed on a thread of its own, and the deadlines. APScheduler runs them, here and nowhere else.

One feed that hangs, floods or lies delays no other: each has its own executor with a single thread, and a poll that
overruns its patience is reported while it hangs. Runs missed are made up for once, never dropped.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import ThreadPoolExecutor as PoolExecutor
from datetime import datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from ops_centre.clock import Clock, to_ms
from ops_centre.db import Database
from ops_centre.domain.feeds import FeedLight
from ops_centre.domain.observations import Batch
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.base import Feed
from ops_centre.models import JobRun
from ops_centre.picture.soundness import fault_of
from ops_centre.services.feed_records import FeedRecords
from ops_centre.services.ingest import Ingest
from ops_centre.services.leases import LeaseLost

CLOCK_STEP = timedelta(seconds=2)  # the system's clock was set when it moved so much apart from the time that passed

log = structlog.get_logger(__name__)


class Every(BaseTrigger):  # type: ignore[misc]
    """Fires at an interval. Turns that were missed count as one, also after the clock was set forward by years.

    APScheduler's own interval lists every turn missed, one by one, before it runs the job once.
    """

    def __init__(self, interval: timedelta) -> None:
        self.interval = interval

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """After ``previous_fire_time``, and never one that has passed already."""
        following = (previous_fire_time or now) + self.interval
        return following if following > now else now + self.interval


class FeedRun:
    """Runs one feed: a poll a turn, or, for a listening feed, polls without a pause until told to stop."""

    def __init__(self, feed_id: int, name: str, feed: Feed, records: FeedRecords, ingest: Ingest, clock: Clock) -> None:
        self.feed_id = feed_id
        self.name = name
        self.feed = feed
        self.records = records
        self.ingest = ingest
        self.clock = clock
        self.stopping = threading.Event()
        self.paused = threading.Event()  # by a person; a poll under way ends, a listening feed lets go of its source
        self._held: deque[Batch] = (
            deque()
        )  # read from a source that sends nothing twice, not stored so far: two at most
        self.polling_since: float | None = None  # of time.monotonic: the clock may be set while a poll hangs

    def turn(self) -> None:
        """One scheduled run. Every failure is written down; only the loss of the lease is passed on."""
        try:
            cursor, is_paused = self.records.place(self.feed_id)
            if is_paused:
                return
            if self.feed.manifest.listens:
                self._listen(cursor)
            elif not self.stopping.is_set():
                self._store(self._poll(cursor))
        except FeedUnavailable as unavailable:
            self._failed(str(unavailable))
        except LeaseLost:
            raise
        except SQLAlchemyError as error:
            log.error("feed.store_failed", feed=self.name, error=str(error))
            self._failed(f"The database did not take what came: {type(error).__name__}")
        except Exception as error:
            log.exception("feed.broke", feed=self.name)
            self._failed(f"The feed's own program failed: {type(error).__name__}: {error}")

    def _listen(self, cursor: str | None) -> None:
        """Poll without a pause; a batch is stored while the next one is read.

        What the database could not take while it was away is held and stored first at the next turn; nothing is read before.
        """
        storing: Future[object] | None = None
        self._store_held()
        with PoolExecutor(1, thread_name_prefix=f"store {self.name}") as writer:
            try:
                while not self.stopping.is_set() and not self.paused.is_set():
                    batch = self._poll(cursor)
                    cursor = batch.cursor or cursor
                    self._held.append(batch)
                    if storing is not None:
                        storing.result()
                    storing = writer.submit(self._store_held)
            finally:
                if self.paused.is_set():
                    self.feed.close()
                if storing is not None:
                    storing.result()

    def _poll(self, cursor: str | None) -> Batch:
        self.polling_since = time.monotonic()
        try:
            return self.feed.poll(cursor)
        finally:
            self.polling_since = None

    def _store_held(self) -> None:
        """Store what is held, in its order. What the database refuses for another reason than its own state is let go."""
        while self._held:
            try:
                self._store(self._held[0])
            except Exception as failed:
                if not (isinstance(failed, LeaseLost | OperationalError) or fault_of(failed)):
                    self._held.popleft()
                raise
            self._held.popleft()

    def _store(self, batch: Batch) -> None:
        self.ingest.take(self.feed_id, batch, quiet_is_good=not self.feed.manifest.listens)

    def _failed(self, reason: str) -> None:
        if self.stopping.is_set() or self.paused.is_set():
            return  # we let go of the source ourselves
        try:
            self.records.note_failure(self.feed_id, reason)
        except SQLAlchemyError as error:
            log.error("feed.failure_not_noted", feed=self.name, reason=reason, error=str(error))

    def overdue(self) -> timedelta | None:
        """By how much the present poll has outrun the feed's patience."""
        since = self.polling_since
        if since is None:
            return None
        over = timedelta(seconds=time.monotonic() - since) - self.feed.manifest.patience
        return over if over > timedelta(0) else None

    def stop(self) -> None:
        """Ask the run to end and let go of the source."""
        self.stopping.set()
        self.feed.close()


class Scheduler:
    """All jobs of the active worker."""

    def __init__(self, db: Database, clock: Clock, holder: str, on_lease_lost: Callable[[], None]) -> None:
        self.db = db
        self.clock = clock
        self.holder = holder
        self.on_lease_lost = on_lease_lost
        self.runs: list[FeedRun] = []
        self._jobs = BackgroundScheduler(
            timezone="UTC",
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
            executors={"default": ThreadPoolExecutor(2)},
        )
        self._clock_ahead = self._ahead()
        self._noted: dict[str, str] = {}  # outcome last written down of each duty

    def add_feed(self, run: FeedRun) -> None:
        """Poll a feed on its own thread. For a listening feed the interval restarts it when it has ended."""
        executor = f"feed {run.feed_id}"
        self._jobs.add_executor(ThreadPoolExecutor(1), executor)
        self.runs.append(run)
        self._add(f"feed {run.name}", run.turn, run.feed.manifest.every, executor)

    def add_duty(self, name: str, duty: Callable[[], object], every: timedelta, *, own_thread: bool = False) -> None:
        """Run a deadline job every so often; its last run is kept in `job_runs`. ``own_thread``: one that takes seconds and
        must not keep the others waiting."""
        executor = f"duty {name}" if own_thread else "default"
        if own_thread:
            self._jobs.add_executor(ThreadPoolExecutor(1), executor)
        self._add(name, lambda: self._recorded(name, duty), every, executor)

    def start(self) -> None:
        """Begin."""
        self._jobs.start()

    def stop(self) -> None:
        """End all runs; a poll that hangs is not waited for."""
        for run in self.runs:
            run.stop()
        self._jobs.shutdown(wait=False)

    def heed_pauses(self, records: FeedRecords) -> None:
        """Let go of feeds that somebody paused, and poll those at once that were resumed."""
        paused = records.paused()
        for run in self.runs:
            if run.feed_id in paused:
                run.paused.set()
            elif run.paused.is_set():
                run.paused.clear()
                job = self._jobs.get_job(f"feed {run.name}")
                if job is not None:
                    job.modify(next_run_time=self.clock.now())

    def keep_time(self) -> None:
        """Call every few seconds: when the system's clock was set back, jobs would wait until it has caught up again."""
        ahead = self._ahead()
        if abs(ahead - self._clock_ahead) < CLOCK_STEP:
            return
        log.warning("scheduler.clock_was_set", by_s=round((ahead - self._clock_ahead).total_seconds(), 1))
        self._clock_ahead = ahead
        for job in self._jobs.get_jobs():
            job.modify(next_run_time=self.clock.now())

    def _ahead(self) -> timedelta:
        """How far the clock is ahead of the time that passes."""
        return timedelta(milliseconds=to_ms(self.clock.now())) - timedelta(seconds=time.monotonic())

    def _add(self, name: str, job: Callable[[], object], every: timedelta, executor: str) -> None:
        self._jobs.add_job(
            lambda: self._guarded(job),
            Every(every),
            id=name,
            name=name,
            executor=executor,
            next_run_time=self.clock.now(),
        )

    def _guarded(self, job: Callable[[], object]) -> None:
        try:
            job()
        except LeaseLost:
            self.on_lease_lost()

    def _recorded(self, name: str, duty: Callable[[], object]) -> None:
        started = self.clock.now()
        try:
            result = duty()
        except LeaseLost:
            raise
        except Exception as error:
            log.exception("duty.failed", duty=name)
            self._note(name, started, "failed", f"{type(error).__name__}: {error}"[:500])
        else:
            if result or self._noted.get(name) != "complete":  # the first, and one that works again after a failure
                self._note(name, started, "complete", str(result or "nothing to do")[:500])

    def _note(self, name: str, started: datetime, outcome: str, detail: str) -> None:
        try:
            with self.db.begin() as session:
                session.merge(
                    JobRun(
                        name=name,
                        holder=self.holder,
                        started_at=started,
                        ended_at=self.clock.now(),
                        outcome=outcome,
                        detail=detail,
                    )
                )
            self._noted[name] = outcome
        except SQLAlchemyError as error:
            log.error("duty.not_noted", duty=name, error=str(error))


def tell_lights(records: FeedRecords) -> str | None:
    """Bring the lights up to date and say once that a source was lost, and once that it is back."""
    changed = records.refresh_lights()
    for name, before, light in changed:
        say = log.warning if light in (FeedLight.LATE, FeedLight.LOST) else log.info
        say("feed.light", feed=name, before=str(before), now=str(light))
    return None


def disable_noise() -> None:
    """A listening feed's run lasts on purpose; APScheduler need not warn that it is still running."""
    import logging  # noqa: PLC0415  (only here)

    logging.getLogger("apscheduler.scheduler").setLevel(logging.ERROR)
    logging.getLogger("apscheduler.executors").setLevel(logging.CRITICAL)
