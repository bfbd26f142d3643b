"""Conditions of targets: new, worse, last responsible moment near or passed, outcome owed by one that arrived.

Only open targets whose arrival is not long past are looked at, through the index of open targets. A target that somebody
claimed or decided on is no longer new; one with a unit on its way, or that nobody shall be sent to, has no last moment.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, exists, or_, select

from ops_centre.domain.alerting import AlertCause, Condition
from ops_centre.domain.targeting import OPEN_STATUSES, Severity
from ops_centre.domain.tasking import TaskingState
from ops_centre.models import Decision, Outcome, Target, Tasking
from ops_centre.models.targets import OPEN
from ops_centre.services.alert_conditions import Look, at_words

DEAD_BAND = timedelta(minutes=5)  # of a last responsible moment, which moves as units move
LOOKED_BACK = timedelta(days=7)  # arrivals before that are history
RAISED_FOR = timedelta(hours=24)  # an outcome is asked for the first time within so long
_COLUMNS = (
    Target.id, Target.label, Target.subject_kind, Target.severity, Target.reason, Target.place_name, Target.arrives_at,
    Target.lrm_at, Target.claimed_by, Target.decided_status, Target.worse_at, Target.handling_id, Target.status,
    Target.updated_at,
)  # fmt: skip
_GOING = (TaskingState.DECLINED.value, TaskingState.CANCELLED.value)  # nobody goes, or went, under such a tasking
_OPEN_WORDS = frozenset(status.value for status in OPEN_STATUSES)

TargetLine = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Taken:
    """What the centre did about targets: the last decision of each, and those that a unit goes or went to."""

    decided: dict[int, tuple[datetime, bool]]  # by target: when, and whether anybody is sent
    sent: frozenset[int]

    def up(self, target: TargetLine) -> bool:
        """Whether somebody claimed the target or decided on it."""
        return target.claimed_by is not None or target.decided_status is not None or target.id in self.decided

    def cares(self, target: TargetLine) -> bool:
        """Whether a unit is tasked, or it was decided that none shall be."""
        return target.id in self.sent or not self.decided.get(target.id, (None, True))[1]


def of_targets(look: Look) -> Iterator[Condition]:
    """Everything about open targets."""
    recent = or_(Target.arrives_at.is_(None), Target.arrives_at > look.now - LOOKED_BACK)
    targets = look.session.execute(select(*_COLUMNS).where(OPEN, recent)).all()
    if not targets:
        return
    taken = _taken(look)
    for target in targets:
        yield from _new(look, target, taken)
        yield from _worse(look, target, taken)
        yield from _last_moment(look, target, taken)


def of_outcomes_owed(look: Look) -> Iterator[Condition]:
    """Targets that were taken up, have arrived or are closed, and of which nobody has said what was found."""
    rule = look.rule(AlertCause.OUTCOME_OWED)
    sent_for = select(Decision.target_id).where(Decision.sends, Decision.decided_at > look.now - LOOKED_BACK)
    ours = or_(Target.id.in_(sent_for), Target.id.in_(select(Target.id).where(OPEN, Target.claimed_by.is_not(None))))
    answered = or_(
        exists().where(Outcome.target_id == Target.id),
        exists().where(Tasking.target_id == Target.id, Tasking.state.not_in(_GOING)),
    )
    for target in look.session.execute(select(*_COLUMNS).where(ours, ~answered)):
        over = target.arrives_at if target.status in _OPEN_WORDS else target.updated_at
        if over is None or not over + rule.span <= look.now < over + LOOKED_BACK:
            continue
        yield _about(
            target,
            AlertCause.OUTCOME_OWED,
            rule.severity_of("normal"),
            f"Nobody has said what was found, or why there was no examination. Over since {at_words(over)}.",
            due_at=over + rule.span,
            raises=look.now - over < RAISED_FOR,
        )


def _new(look: Look, target: TargetLine, taken: Taken) -> Iterator[Condition]:
    rule = look.rule(AlertCause.TARGET_NEW)
    if taken.up(target) or _is_over(target, look.now, rule.span):
        return
    due_at = target.lrm_at or target.arrives_at
    severity = rule.severity_of(target.severity)
    yield _about(target, AlertCause.TARGET_NEW, severity, f"{_kind(target)}. {target.reason}", due_at=due_at)


def _worse(look: Look, target: TargetLine, taken: Taken) -> Iterator[Condition]:
    decided_at = taken.decided.get(target.id, (None, True))[0]
    if target.worse_at is None or (decided_at is not None and decided_at >= target.worse_at):
        return
    if _is_over(target, look.now, look.rule(AlertCause.TARGET_NEW).span):
        return
    severity = look.rule(AlertCause.TARGET_WORSE).severity_of(target.severity)
    text = f"{_kind(target)}, {target.severity} since {at_words(target.worse_at)}. {target.reason}"
    due_at = target.lrm_at or target.arrives_at
    yield _about(target, AlertCause.TARGET_WORSE, severity, text, due_at=due_at, since=target.worse_at)


def _last_moment(look: Look, target: TargetLine, taken: Taken) -> Iterator[Condition]:
    grace = look.rule(AlertCause.TARGET_NEW).span
    if target.lrm_at is None or taken.cares(target) or _is_over(target, look.now, grace):
        return
    left, near = target.lrm_at - look.now, look.rule(AlertCause.LRM_NEAR).span
    at = at_words(target.lrm_at)
    if timedelta(0) < left <= near + DEAD_BAND:
        severity = look.rule(AlertCause.LRM_NEAR).severity_of(target.severity)
        text = f"{_kind(target)}. Last responsible moment {at}; no unit is tasked."
        yield _about(target, AlertCause.LRM_NEAR, severity, text, due_at=target.lrm_at, raises=left <= near)
    if left <= DEAD_BAND:
        severity = look.rule(AlertCause.LRM_PASSED).severity_of(target.severity)
        text = f"{_kind(target)}. The last responsible moment was {at}; no unit is tasked."
        yield _about(
            target, AlertCause.LRM_PASSED, severity, text, due_at=target.arrives_at, raises=left <= timedelta(0)
        )


def _taken(look: Look) -> Taken:
    """Decisions and taskings about open targets."""
    is_open = select(Target.id).where(OPEN)
    decisions = select(Decision.target_id, Decision.decided_at, Decision.sends).where(Decision.target_id.in_(is_open))
    taskings = select(Tasking.target_id).where(Tasking.target_id.in_(is_open), Tasking.state.not_in(_GOING))
    rows = look.session.execute(decisions.order_by(Decision.decided_at, Decision.id))
    decided = {row.target_id: (row.decided_at, row.sends) for row in rows if row.target_id is not None}
    return Taken(decided, frozenset(number for number in look.session.scalars(taskings) if number is not None))


def _is_over(target: TargetLine, now: datetime, grace: timedelta) -> bool:
    return target.arrives_at is not None and now > target.arrives_at + grace


def _kind(target: TargetLine) -> str:
    return f"{str(target.subject_kind).capitalize()}{f' for {target.place_name}' if target.place_name else ''}"


def _about(target: TargetLine, cause: AlertCause, severity: Severity, text: str, **more: Any) -> Condition:
    return Condition(cause, "target", str(target.id), severity, target.label, text, target.handling_id, **more)
