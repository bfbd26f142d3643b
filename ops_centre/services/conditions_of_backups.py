"""Conditions of the schedule's backups: the last one failed, or none was made in time.

They are told by what the worker wrote down, never by a look into the folder: a share that hangs must not keep alerts waiting.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta

from ops_centre.domain.alerting import AlertCause, Condition
from ops_centre.models import JobRun
from ops_centre.services.alert_conditions import Look, at_words

DUTY = "back up"  # the worker's duty
NEWEST = "newest backup"  # where it writes down which the newest whole one is; begun: when that was made
NONE_YET = "none"  # its outcome while there is none; begun: since when that is known
FAILED, OVERDUE = 1, 2


def backups_every(hours: float) -> Callable[[Look], Iterator[Condition]]:
    """The finder for a schedule of one in so many hours; 0: none is asked for."""

    def of_backups(look: Look) -> Iterator[Condition]:
        """The one alert of a backup that is missing."""
        newest = look.session.get(JobRun, NEWEST)
        if not hours or newest is None:
            return
        rule, duty = look.rule(AlertCause.BACKUP_MISSING), look.session.get(JobRun, DUTY)
        is_overdue = look.now - newest.started_at > timedelta(hours=hours) + rule.span
        if not is_overdue and (duty is None or duty.outcome != "failed"):
            return
        made = f"{newest.started_at:%d %b} {at_words(newest.started_at)}"
        which = "There is none yet" if newest.outcome == NONE_YET else f"The newest whole one is of {made}"
        yield Condition(
            AlertCause.BACKUP_MISSING, "backup", "schedule", rule.severity_of("high"),
            "Backup overdue" if is_overdue else "Backup failed", f"{which}. The worker's duties say why.",
            look.centre_handling, mark=OVERDUE if is_overdue else FAILED,
        )  # fmt: skip

    return of_backups
