"""What must be done so that the standing alerts agree with the conditions that hold. Plain rules, no I/O.

The same conditions settled twice give nothing the second time, so a sweep that broke off is simply made again. On-delay
and off-delay are remembered in `Delays`, which only one sweep at a time uses; losing it makes an alert some seconds later.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ops_centre.domain.alerting import OF_A_TARGET, OFF_DELAY, ON_DELAY, AlertCause, Condition
from ops_centre.domain.targeting import SEVERITY_ORDER, Severity

DUE_MOVED = timedelta(minutes=1)  # a countdown that moved by less is left as it is
SWITCHED_OFF = "The rule was switched off."


@dataclass(frozen=True, slots=True)
class Standing:
    """A standing alert, as far as settling needs it."""

    id: int
    key: str
    cause: AlertCause
    subject: str
    severity: Severity
    mark: int
    title: str
    text: str
    due_at: datetime | None
    handling_id: int
    announced_at: datetime
    acknowledged: bool
    shelved_until: datetime | None
    escalated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Raise:
    """A condition has no alert yet."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Announce:
    """An alert asks to be noticed again."""

    id: int
    condition: Condition
    why: str
    unshelves: bool = False


@dataclass(frozen=True, slots=True)
class Amend:
    """An alert says something else now, which is no news."""

    id: int
    condition: Condition


@dataclass(frozen=True, slots=True)
class Clear:
    """The condition has gone. ``because``: in words; ``by_another``: another alert of the subject speaks for it now."""

    id: int
    cause: AlertCause
    subject: str
    because: str
    by_another: bool = False


@dataclass(frozen=True, slots=True)
class Escalate:
    """Nobody acknowledged in time."""

    id: int
    after: timedelta


Step = Raise | Announce | Amend | Clear | Escalate


class Delays:
    """Since when a condition has held without an alert, or been gone under a standing one."""

    def __init__(self) -> None:
        self._since: dict[tuple[str, str], datetime] = {}

    def over(self, what: str, key: str, delay: timedelta | None, now: datetime) -> bool:
        """Whether ``what`` ("on" or "off") has been so for as long as ``delay``, counted from the first time asked."""
        if not delay:
            return True
        return now - self._since.setdefault((what, key), now) >= delay

    def forget(self, what: str, keys: Collection[str]) -> None:
        """Keep only what is counted for ``keys``: for all others it is no longer so."""
        for known in [one for one in self._since if one[0] == what and one[1] not in keys]:
            del self._since[known]


def settle(
    conditions: Iterable[Condition],
    standing: Sequence[Standing],
    delays: Delays,
    now: datetime,
    *,
    enabled: Collection[AlertCause],
    escalate_after: Mapping[Severity, timedelta],
) -> list[Step]:
    """The steps from ``standing`` to what ``conditions`` ask for. A severity without a span is never escalated."""
    stands = {alert.key: alert for alert in standing}
    holding = {condition.key: condition for condition in foremost(conditions, stands)}
    steps: list[Step] = []
    waiting = [one for key, one in holding.items() if key not in stands and one.raises]
    delays.forget("on", {condition.key for condition in waiting})
    delays.forget("off", stands.keys() - holding.keys())
    steps += [Raise(one) for one in waiting if delays.over("on", one.key, ON_DELAY.get(one.cause), now)]
    speaking = {condition.subject: condition for condition in holding.values() if condition.cause in OF_A_TARGET}
    for key, alert in stands.items():
        condition = holding.get(key)
        if condition is None:
            step = _gone(alert, speaking.get(alert.subject), delays, now, is_on=alert.cause in enabled)
        else:
            step = _held(alert, condition, now) or _unheard(alert, escalate_after.get(alert.severity), now)
        if step is not None:
            steps.append(step)
    return steps


def foremost(conditions: Iterable[Condition], stands: Collection[str]) -> list[Condition]:
    """The conditions without those of a target for which another one speaks.

    A condition within its dead-band speaks only when its alert stands already.
    """
    others: list[Condition] = []
    of_target: dict[str, Condition] = {}
    for condition in conditions:
        if condition.cause not in OF_A_TARGET:
            others.append(condition)
        elif condition.raises or condition.key in stands:
            known = of_target.get(condition.subject)
            if known is None or OF_A_TARGET.index(condition.cause) < OF_A_TARGET.index(known.cause):
                of_target[condition.subject] = condition
    return others + list(of_target.values())


def _held(alert: Standing, condition: Condition, now: datetime) -> Step | None:
    worse = SEVERITY_ORDER[condition.severity] < SEVERITY_ORDER[alert.severity]
    if worse or condition.mark > alert.mark:
        why = f"now {condition.severity.value}" if worse else "gone further"
        return Announce(alert.id, condition, why, unshelves=alert.shelved_until is not None)
    if alert.shelved_until is not None and alert.shelved_until <= now:
        return Announce(alert.id, condition, "its shelving is over", unshelves=True)
    return Amend(alert.id, condition) if _differs(alert, condition) else None


def _differs(alert: Standing, condition: Condition) -> bool:
    said = (alert.title, alert.text, alert.severity, alert.handling_id)
    if said != (condition.title, condition.text, condition.severity, condition.handling_id):
        return True
    if alert.due_at is None or condition.due_at is None:
        return alert.due_at is not condition.due_at
    return abs(alert.due_at - condition.due_at) >= DUE_MOVED


def _gone(alert: Standing, speaker: Condition | None, delays: Delays, now: datetime, *, is_on: bool) -> Step | None:
    if not is_on:
        return Clear(alert.id, alert.cause, alert.subject, SWITCHED_OFF)
    if alert.cause in OF_A_TARGET and speaker is not None:
        return Clear(alert.id, alert.cause, alert.subject, f"Now: {speaker.cause.value}.", by_another=True)
    delay = OFF_DELAY.get(alert.cause)
    if delay and alert.shelved_until is not None and alert.shelved_until > now:
        return None  # it may come back; whoever shelved it wants to hear nothing of that
    if not delays.over("off", alert.key, delay, now):
        return None
    return Clear(alert.id, alert.cause, alert.subject, GONE[alert.cause])


def _unheard(alert: Standing, span: timedelta | None, now: datetime) -> Step | None:
    """Escalation, once for each announcement."""
    if alert.acknowledged or alert.shelved_until is not None or not span:
        return None
    if alert.escalated_at is not None and alert.escalated_at >= alert.announced_at:
        return None
    return Escalate(alert.id, span) if now - alert.announced_at >= span else None


C = AlertCause  # the table below is read across
GONE = {
    C.TARGET_NEW: "The target is closed, or its arrival is over.",
    C.TARGET_WORSE: "The target is closed, or was decided on.",
    C.LOOKOUT_ENTERED: "The craft left the zone, or the lookout ended.",
    C.LOOKOUT_DARK: "The craft was heard again, or the lookout ended.",
    C.POSITION_GAP: "The craft sends positions again, or nobody watches it any more.",
    C.IDENTITY_CONFLICT: "The conflict was not seen again.",
    C.EMERGENCY: "The distress signal is no longer heard.",
    C.FEED_LOST: "The feed is back.",
    C.LRM_NEAR: "The last responsible moment is no longer near.",
    C.LRM_PASSED: "The target has arrived or is closed.",
    C.NOT_ACCEPTED: "The tasking was answered.",
    C.TASKING_OVERDUE: "The unit has reported, or the tasking ended.",
    C.CHECK_IN_OVERDUE: "The unit was heard of, or the tasking ended.",
    C.OUTCOME_OWED: "The outcome was reported.",
    C.ENQUIRY_DUE: "The enquiry was answered or withdrawn.",
    C.HANDOVER_DUE: "The watch has changed hands.",
    C.HAZARD_NEAR: "The hazard ended, or nothing of ours lies in it any more.",
    C.LESSON_OVERDUE: "The lesson was acted on, put off or dropped.",
    C.OPERATION_DUE: "The decision was made or put off, or the operation ended.",
    C.OPERATION_OVERDUE: "What was overdue is done, or the operation ended.",
    C.BACKUP_MISSING: "A backup was made, or none is asked for any more.",
}
