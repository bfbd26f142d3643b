"""How the worker's duties last went and how old the newest backup is. Silence never looks like calm."""

from datetime import timedelta

from sqlalchemy import func, select

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.models import JobRun, Lease
from ops_centre.picture.feed_views import BackupState, DutyRow, WorkerState
from ops_centre.services.backups import Backups
from ops_centre.services.conditions_of_backups import NEWEST

OVERDUE_AFTER = 2  # intervals of the schedule


class WorkerDuties:
    """Reads for administrators."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, backups: Backups) -> None:
        self.db, self.clock, self.settings, self.backups = db, clock, settings, backups

    def state(self, actor: Actor) -> WorkerState:
        """Duties, those that failed first, and the state of the backups. Raises NotPermitted."""
        authorise(actor, Permission.METRICS_VIEW)
        with self.db.reading() as session:
            alive_at = session.scalar(select(func.max(Lease.renewed_at)))
            runs = session.scalars(select(JobRun).where(JobRun.name != NEWEST).order_by(JobRun.name)).all()
        duties = [DutyRow(run.name, run.started_at, run.ended_at, run.outcome, run.detail) for run in runs]
        duties.sort(key=lambda duty: (duty.outcome != "failed", duty.name))
        return WorkerState(alive_at, tuple(duties), self.backup())

    def backup(self) -> BackupState:
        """The newest backup of the schedule."""
        every = self.settings.backup.every_hours
        kept = self.backups.kept()
        newest = kept[0] if kept else None
        limit = timedelta(hours=OVERDUE_AFTER * every)
        overdue = bool(every) and (newest is None or self.clock.now() - newest.made_at > limit)
        return BackupState(every, len(kept), newest.made_at if newest else None, newest.bytes if newest else 0, overdue)
