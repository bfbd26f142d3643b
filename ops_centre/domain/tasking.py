"""Taskings and outcomes: states, which may follow which, and who may say so."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from ops_centre.domain.options import Options
from ops_centre.domain.targeting import TargetStatus
from ops_centre.domain.units import WorkingStatus


class TaskingState(StrEnum):
    """Where a tasking stands."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EN_ROUTE = "en route"
    ON_SCENE = "on scene"
    COMPLETE = "complete"
    CANCELLED = "cancelled"


S = TaskingState  # the table below is read across

MOVES: dict[TaskingState, frozenset[TaskingState]] = {
    S.REQUESTED: frozenset({S.ACCEPTED, S.DECLINED, S.CANCELLED}),
    S.ACCEPTED: frozenset({S.EN_ROUTE, S.ON_SCENE, S.CANCELLED}),
    S.EN_ROUTE: frozenset({S.ON_SCENE, S.CANCELLED}),
    S.ON_SCENE: frozenset({S.COMPLETE, S.CANCELLED}),
    S.DECLINED: frozenset(),
    S.COMPLETE: frozenset(),
    S.CANCELLED: frozenset(),
}
OPEN_STATES = frozenset(state for state, following in MOVES.items() if following)
BY_THE_UNIT = frozenset({S.ACCEPTED, S.DECLINED, S.EN_ROUTE, S.ON_SCENE, S.COMPLETE})  # said by the unit or its agency
BY_THE_CENTRE = frozenset({S.CANCELLED})

DOING = {  # what a unit under such a tasking is doing
    S.REQUESTED: None,
    S.ACCEPTED: WorkingStatus.DISPATCHED,
    S.EN_ROUTE: WorkingStatus.EN_ROUTE,
    S.ON_SCENE: WorkingStatus.ON_SCENE,
}


class Manner(StrEnum):
    """How a step was reported."""

    FIELD = "field page"
    DESK = "desk"
    RADIO = "by radio"


class Result(StrEnum):
    """Result of an examination."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    NOT_EXAMINED = "not examined"


class NotExamined(StrEnum):
    """Why there was no examination."""

    NO_UNIT = "no unit"
    WEATHER = "weather"
    RELEASED_IN_ERROR = "released in error"
    ARRIVED_EARLY = "arrived early"
    OTHER = "other"


AHEAD = timedelta(minutes=5)  # clocks of phones and desks differ: so far ahead counts as now
LATE_AFTER = timedelta(minutes=2)  # recorded so long after it happened, a step is said to be late
OLDEST_REPORT = timedelta(days=3)  # as long as request ids are kept; what waited longer is told by voice

UNDER_WAY = (S.REQUESTED, S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE, S.COMPLETE)  # the order of one that goes well
QUANTITY_LIMIT = 1e12
QUANTITY_UNITS = ("kg", "g", "items", "persons", "litres", "NZD")  # offered; another may be typed


class UntimelyError(ValueError):
    """A report whose time cannot be; its text says why."""


def is_late_step(state: TaskingState, wanted: TaskingState, known: Mapping[TaskingState, datetime | None]) -> bool:
    """Whether ``wanted`` is an earlier step that nobody had reported: it is recorded and the state stays.

    A phone without a line may say "en route" after the desk wrote down "on scene".
    """
    if wanted not in (S.ACCEPTED, S.EN_ROUTE, S.ON_SCENE) or state not in UNDER_WAY[2:]:
        return False
    return UNDER_WAY.index(wanted) < UNDER_WAY.index(state) and known.get(wanted) is None


def moment_of(said: datetime | None, now: datetime, not_before: datetime) -> datetime:
    """When it happened, as far as it can be: not in the future, not before ``not_before``.

    Raises UntimelyError for a time further off than clocks differ.
    """
    if said is None:
        return now
    if said > now + AHEAD:
        raise UntimelyError("That time lies in the future.")
    if said < now - OLDEST_REPORT:
        raise UntimelyError("That is more than three days ago; tell the centre by voice.")
    if not_before > now:  # the centre's clock was set back since: nothing can be told from it
        return min(said, now)
    if said < not_before - AHEAD:
        raise UntimelyError("That lies before the tasking was requested.")
    return max(min(said, now), not_before)


def needs_reason(options: Options, unit_ids: Sequence[int]) -> str | None:
    """Why a reason is wanted for this choice, in words; None for the first option, or the first pair where none is able
    alone."""
    if not unit_ids:
        return "Nobody is sent: say why."
    cannot = [option.callsign for option in options.unable if option.unit_id in unit_ids]
    first = {options.able[0].unit_id} if options.able else set(options.together[0].unit_ids if options.together else ())
    if set(unit_ids) == first:
        return None
    if cannot:
        return f"{' and '.join(cannot)} cannot by the reckoning: say why it is sent all the same."
    return "This is not the first option: say why."


def faults_of_outcome(
    result: Result, reason: NotExamined | None, finding: str | None, quantity: float | None,
    quantity_unit: str | None, note: str | None,
) -> list[str]:  # fmt: skip
    """What is wrong with an outcome, in words; empty when nothing is."""
    faults = []
    if result is Result.NOT_EXAMINED:
        if reason is None:
            faults.append("Say why it was not examined.")
        if reason is NotExamined.OTHER and not note:
            faults.append("Say in a note why it was not examined.")
        if finding or quantity is not None:
            faults.append("What was not examined has no finding.")
    elif reason is not None:
        faults.append("Only what was not examined has such a reason.")
    if result is Result.POSITIVE and not finding:
        faults.append("Say what was found.")
    if result is Result.NEGATIVE and (finding or quantity is not None):
        faults.append("A negative outcome has no finding; choose positive.")
    if quantity is not None and not 0 < quantity < QUANTITY_LIMIT:
        faults.append("The quantity must be more than nothing.")
    if (quantity is None) != (not quantity_unit):
        faults.append("A quantity needs its unit, and a unit its quantity.")
    return faults


def status_after(standing: Iterable[tuple[Result, NotExamined | None]]) -> TargetStatus | None:
    """What the outcomes that stand make of their target; None when there is none."""
    outcomes = list(standing)
    if any(result is not Result.NOT_EXAMINED for result, _reason in outcomes):
        return TargetStatus.ENCOUNTERED
    if any(reason is NotExamined.RELEASED_IN_ERROR for _result, reason in outcomes):
        return TargetStatus.RELEASED
    return TargetStatus.MISSED if outcomes else None
