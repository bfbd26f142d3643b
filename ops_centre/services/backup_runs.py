"""The worker's duty of backups: made by a process of its own, which takes no memory and no turn from the feeds."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta

from ops_centre.config import ROOT
from ops_centre.models import JobRun
from ops_centre.services.backup_files import BackupUnusable
from ops_centre.services.backups import Backups
from ops_centre.services.conditions_of_backups import NEWEST, NONE_YET

LOOK_S = 0.5
SETTLED = timedelta(minutes=10)  # after a start: what restarts again and again is not to write a backup each time
NICER = 10  # lower priority than the centre's own processes


class BackupRuns:
    """Starts the process when a backup is due."""

    def __init__(self, backups: Backups, is_over: Callable[[], bool]) -> None:
        """``is_over``: the worker is to stop; a backup under way is given up and leaves nothing behind."""
        self.backups = backups
        self.is_over = is_over
        self._from = backups.clock.now() + SETTLED
        self._noted: tuple[datetime, str] | None = None

    def make_due(self) -> str | None:
        """What was done; None when nothing was due. Raises BackupUnusable with what the process said."""
        try:
            return self._make_due()
        finally:
            self._note_newest()

    def _note_newest(self) -> None:
        """Write down which backup is the newest, for those that must not look into the folder themselves."""
        kept, db, now = self.backups.kept(), self.backups.db, self.backups.clock.now()
        found = (kept[0].made_at, "complete") if kept else (now, NONE_YET)
        if self._noted == found or (self._noted and self._noted[1] == found[1] == NONE_YET):
            return
        with db.begin() as session:
            row = session.get(JobRun, NEWEST)
            if row is None or not (row.outcome == found[1] == NONE_YET):
                name = kept[0].path.name if kept else None
                session.merge(
                    JobRun(name=NEWEST, holder="", started_at=found[0], ended_at=now, outcome=found[1], detail=name)
                )
        self._noted = found

    def _make_due(self) -> str | None:
        if self.backups.clock.now() < self._from or not self.backups.is_due():
            return None
        with subprocess.Popen(
            [sys.executable, "-m", "ops_centre", "backup", "--due"],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as running:  # fmt: skip
            os.setpriority(os.PRIO_PROCESS, running.pid, NICER)
            while True:
                try:
                    said, wrong = running.communicate(timeout=LOOK_S)
                    break
                except subprocess.TimeoutExpired:
                    if self.is_over():
                        running.terminate()
        if self.is_over():
            return None
        if running.returncode:
            raise BackupUnusable(_last_line(wrong) or "The process that makes backups failed without a word.")
        return _last_line(said)


def _last_line(said: str) -> str:
    return (said.strip().splitlines() or [""])[-1]
