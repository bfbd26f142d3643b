"""What the duty log tells of a target that its source reports: that it came, got worse, was closed, or was opened again."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.targeting import OPEN_STATUSES, SEVERITY_ORDER, Severity
from ops_centre.models import Decision, Target
from ops_centre.services.duty_log import Entry

_OPEN = frozenset(status.value for status in OPEN_STATUSES)


@dataclass(frozen=True, slots=True)
class Before:
    """What matters of a target before a report was written over it."""

    severity: str
    status: str


def as_it_was(target: Target) -> Before | None:
    """The target now; None: it is new."""
    return None if target.id is None else Before(target.severity, target.status)


def change_of(before: Before | None, target: Target) -> str | None:
    """The change of state in words; None when there is none to tell."""
    kind, label = target.subject_kind, target.label
    if before is None:
        place = f" for {target.place_name}" if target.place_name else ""
        return f"New target {label}, {kind}{place}, {target.severity}, {target.status}. {target.reason}"
    if before.status in _OPEN and target.status not in _OPEN:
        return f"Target {label} closed by its source: {target.status}."
    if before.status not in _OPEN and target.status in _OPEN:
        return f"Target {label} opened again by its source: {target.status}, {target.severity}."
    if is_worse(before, target):
        return f"Target {label} is now {target.severity}; it was {before.severity}. {target.reason}"
    return None


def is_worse(before: Before | None, target: Target) -> bool:
    """Whether the severity rose."""
    if before is None:
        return False
    return SEVERITY_ORDER[Severity(target.severity)] < SEVERITY_ORDER[Severity(before.severity)]


def note_worse(session: Session, target: Target, before: Before | None, now: datetime) -> None:
    """Note when a target got worse that somebody had taken up already; of one nobody took up its first alert tells."""
    if not is_worse(before, target):
        return
    decided = select(exists().where(Decision.target_id == target.id))
    if target.claimed_by is not None or session.scalar(decided):
        target.worse_at = now


def entry_of(target: Target, words: str) -> Entry:
    """The entry. Its reader may know of the target, and of all that it says."""
    things = [link(ThingKind.TARGET, target.id, target.label)]
    if target.track_id is not None:
        things.append(link(ThingKind.TRACK, target.track_id, target.label))
    detail = {"ref": target.ref, "version": target.ref_version, "severity": target.severity, "status": target.status}
    return Entry(EntryKind.TARGET, words, target.handling_id, things, detail)
