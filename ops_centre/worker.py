"""The worker process: `python -m ops_centre.worker`. Polls feeds and keeps deadlines while it holds the lease.

Any number may run; one is active, the others stand by and take over within the lease's length when it dies. A worker that
loses its lease stops writing at once (the lease fences every transaction) and stands by again.
"""

import os
import signal
import socket
import sys
import threading
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from ops_centre import config
from ops_centre.bootstrap import OpsCentre, bootstrap, log_to_terminal
from ops_centre.errors import ConfigError, OpsError
from ops_centre.feeds.base import Feed
from ops_centre.feeds.registry import build_feed
from ops_centre.scheduler import FeedRun, Scheduler, disable_noise, tell_lights
from ops_centre.services import schema
from ops_centre.services.alert_sweep import AlertSweep
from ops_centre.services.backup_runs import BackupRuns
from ops_centre.services.backups import Backups
from ops_centre.services.checkpoints import Checkpoints
from ops_centre.services.craft_watch import CraftWatch
from ops_centre.services.deeds import Deeds
from ops_centre.services.exercise_operations import ExerciseOperations
from ops_centre.services.history_keeping import HistoryKeeping
from ops_centre.services.housekeeping import Housekeeping
from ops_centre.services.ingest import Ingest
from ops_centre.services.last_moments import LastMoments
from ops_centre.services.leases import WORKER, Lease, LeaseLost
from ops_centre.services.lookouts import Lookouts
from ops_centre.services.notices import Notices
from ops_centre.services.position_keeping import PositionsKeeping
from ops_centre.services.proposal_runs import ProposalRuns
from ops_centre.services.restore_telling import Telling
from ops_centre.services.watches import Watches

log = structlog.get_logger(__name__)


class Worker:
    """Stands by until it holds the lease, then works until it is stopped or loses it."""

    def __init__(self, ops: OpsCentre) -> None:
        self.ops = ops
        self.stopping = threading.Event()
        self._lost = threading.Event()
        settings = ops.settings.worker
        holder = f"{socket.gethostname()}:{os.getpid()}:{os.urandom(4).hex()}"
        self.lease = Lease(ops.db, ops.clock, WORKER, holder, timedelta(seconds=settings.lease_seconds))

    def run(self) -> None:
        """Until `stopping` is set."""
        standing_by = False
        while not self.stopping.is_set():
            try:
                if self.lease.acquire():
                    standing_by = False
                    self._work()
                elif not standing_by:
                    standing_by = True
                    log.info("worker.standing_by", holder=self.lease.holder)
            except SQLAlchemyError as error:
                log.error("worker.database_lost", error=str(error).splitlines()[0])
            self.stopping.wait(1.0)

    def _work(self) -> None:
        ops, settings = self.ops, self.ops.settings
        self._lost.clear()
        log.info("worker.active", holder=self.lease.holder, term=self.lease.term)
        scheduler = Scheduler(ops.db, ops.clock, self.lease.holder, self._lost.set)
        try:
            self._add_feeds(scheduler)
            self._add_duties(scheduler)
            scheduler.start()
            while not self.stopping.is_set() and not self._lost.is_set():
                self.stopping.wait(settings.worker.renew_seconds)
                self._renew()
                scheduler.keep_time()
                self._report_hanging(scheduler)
        finally:
            scheduler.stop()
            if not self._lost.is_set():
                self.lease.release()
            log.info("worker.inactive", lost=self._lost.is_set())

    def _renew(self) -> None:
        try:
            self.lease.renew()
        except LeaseLost:
            self._lost.set()

    def _add_feeds(self, scheduler: Scheduler) -> None:
        ops = self.ops
        built: list[tuple[config.FeedBlock, Feed]] = [
            (block, build_feed(block, ops.settings, ops.clock)) for block in ops.settings.feeds if block.enabled
        ]
        ids = ops.feeds.register([(block, feed.manifest) for block, feed in built])
        ingest = Ingest(ops.db, ops.clock, ops.zones, ops.gazetteer, fence=self.lease.fence)
        for block, feed in built:
            scheduler.add_feed(FeedRun(ids[block.name], block.name, feed, ops.feeds, ingest, ops.clock))

    def _add_duties(self, scheduler: Scheduler) -> None:
        ops = self.ops
        house = Housekeeping(ops.db, ops.clock, ops.settings)
        keep, days = ops.settings.worker.quarantine_keep, ops.settings.worker.quarantine_days
        scheduler.add_duty("feed lights", lambda: tell_lights(ops.feeds), timedelta(seconds=1))
        scheduler.add_duty("heed pauses", lambda: scheduler.heed_pauses(ops.feeds), timedelta(seconds=1))
        self._add_alerting(scheduler)
        scheduler.add_duty("retire tracks", house.retire_tracks, timedelta(seconds=20))
        craft = CraftWatch(ops.db, ops.clock, ops.settings, Deeds(ops.db, ops.clock, fence=self.lease.fence))
        scheduler.add_duty("note position gaps", craft.note_gaps, timedelta(seconds=20))
        scheduler.add_duty("compare identities", craft.compare, timedelta(seconds=30))
        scheduler.add_duty("end hazards", house.end_hazards, timedelta(seconds=10))
        scheduler.add_duty("end drawings", house.end_drawings, timedelta(seconds=10))
        scheduler.add_duty("turn deployments", house.turn_deployments, timedelta(seconds=30))
        scheduler.add_duty("attach targets", house.attach_targets, timedelta(seconds=30))
        scheduler.add_duty("trim quarantine", lambda: ops.feeds.trim_quarantine(keep, days), timedelta(minutes=1))
        watches = Watches(ops.db, ops.clock, ops.settings, Deeds(ops.db, ops.clock, fence=self.lease.fence))
        scheduler.add_duty("plan the roster", watches.plan_ahead, timedelta(minutes=1))
        scheduler.add_duty("watch overran", watches.note_overrun, timedelta(seconds=20))
        checkpoints = Checkpoints(ops.db, ops.clock, ops.settings, fence=self.lease.fence)
        scheduler.add_duty("sign checkpoints", checkpoints.sign_due, timedelta(seconds=3))
        scheduler.add_duty("purge manifests", house.purge_manifests, timedelta(hours=1))
        scheduler.add_duty("purge field reports", house.purge_field_reports, timedelta(hours=1))
        scheduler.add_duty("drop old", house.drop_old, timedelta(hours=1))
        positions = PositionsKeeping(ops.db, ops.clock, ops.settings)
        scheduler.add_duty("thin positions", positions.run, timedelta(minutes=2), own_thread=True)
        solving = Deeds(ops.db, ops.clock, fence=self.lease.fence)
        proposals = ProposalRuns(ops.db, ops.clock, ops.settings, ops.gazetteer, solving, self.lease.holder)
        scheduler.add_duty("work out proposals", proposals.run_next, timedelta(seconds=1), own_thread=True)
        history = HistoryKeeping(ops.db, ops.clock, ops.settings)
        scheduler.add_duty("drop old history", history.drop_old, timedelta(hours=1))
        backups = Backups(ops.db, ops.clock, ops.settings, ops.checkpoints)
        runs = BackupRuns(backups, lambda: self.stopping.is_set() or self._lost.is_set())
        scheduler.add_duty("back up", runs.make_due, timedelta(minutes=1), own_thread=True)
        rest = Telling(ops.clock, ops.settings, backups)
        after = Deeds(ops.db, ops.clock, fence=self.lease.fence)
        scheduler.add_duty("finish a restore", lambda: rest.finish(after), timedelta(minutes=1), own_thread=True)
        if ops.settings.is_exercise:
            scheduler.add_duty("exercise crew", ops.crews.ensure_exercise_crew, timedelta(seconds=5))
        if ops.settings.is_exercise and ops.settings.exercise.operations:
            fenced = Deeds(ops.db, ops.clock, fence=self.lease.fence)
            seeds = ExerciseOperations(ops.db, ops.clock, ops.settings, ops.gazetteer, fenced)
            scheduler.add_duty("exercise operations", seeds.ensure, timedelta(seconds=5))

    def _add_alerting(self, scheduler: Scheduler) -> None:
        ops, deeds = self.ops, Deeds(self.ops.db, self.ops.clock, fence=self.lease.fence)
        sweep = AlertSweep(deeds, ops.settings)
        lookouts, notices = Lookouts(ops.db, deeds), Notices(ops.db, deeds, ops.settings)
        scheduler.add_duty("settle alerts", sweep.sweep, timedelta(seconds=1))
        scheduler.add_duty("follow lookouts", lookouts.follow, timedelta(seconds=5))
        moments = LastMoments(ops.db, ops.clock, ops.settings, ops.gazetteer, deeds)
        scheduler.add_duty("last moments", moments.refresh, timedelta(seconds=ops.settings.options.refresh_seconds))
        scheduler.add_duty("send notices", notices.send_due, timedelta(seconds=1))

    def _report_hanging(self, scheduler: Scheduler) -> None:
        for run in scheduler.runs:
            over = run.overdue()
            if over is not None:
                waited = (over + run.feed.manifest.patience).total_seconds()
                self.ops.feeds.note_failure(run.feed_id, f"The source has not answered for {waited:.0f} s.")


def check_feeds(settings: config.Settings, ops: OpsCentre) -> None:
    """Build every feed once, to find all faults of their blocks together. Raises ConfigError."""
    faults: list[str] = []
    for block in settings.feeds:
        try:
            build_feed(block, settings, ops.clock).close()
        except ConfigError as wrong:
            faults += wrong.faults
    if faults:
        raise ConfigError(faults)


def main() -> int:
    """Entry point; exit status 0 after a stop, 2 when the configuration cannot be used."""
    log_to_terminal()
    disable_noise()
    try:
        settings = config.load()
        ops = bootstrap(settings)
        check_feeds(settings, ops)
        schema.upgrade(ops.db)
    except ConfigError as wrong:
        for fault in wrong.faults:
            print(f"config: {fault}", file=sys.stderr)  # noqa: T201
        return 2
    except OpsError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    except (SQLAlchemyError, OSError) as error:
        print(f"The database cannot be used: {str(error).splitlines()[0]}", file=sys.stderr)  # noqa: T201
        return 1
    worker = Worker(ops)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: worker.stopping.set())
    worker.run()
    ops.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
