"""What is asked for when an operation is proposed, changed or opened, and whether that can be: words, times, codes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ops_centre.config import Settings
from ops_centre.domain.handling import Marking
from ops_centre.domain.operations import OperationKind
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.targeting import SubjectKind
from ops_centre.errors import Invalid

MOST_LINKS = 100
MOST_NAME, MOST_WORDS = 120, 2000
LONGEST = timedelta(days=366 * 2)
MOST_UNITS = 500
Required = tuple[tuple[str, int], ...]  # capability, how many units


@dataclass(frozen=True, slots=True)
class Proposal:
    """An operation or overwatch as it is proposed. ``things``: (kind, id) of what it is about."""

    name: str
    purpose: str
    kind: OperationKind = OperationKind.DELIBERATE
    is_exercise: bool = False
    commander: str | None = None  # sign-in name
    agencies: Sequence[str] = ()  # who take part, beside the proposer's
    subjects: Sequence[str] = ()
    place: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    required: Required = ()
    next_event: str | None = None
    next_event_at: datetime | None = None
    marking: str = Marking.AMBER.value
    releases: Sequence[str] = ()  # beyond those who take part
    things: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """Changes of the head. None leaves a part as it is; what is to be emptied stands in ``emptied`` (EMPTIABLE)."""

    name: str | None = None
    purpose: str | None = None
    agencies: Sequence[str] | None = None
    subjects: Sequence[str] | None = None
    place: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    required: Required | None = None
    marking: str | None = None
    releases: Sequence[str] | None = None
    emptied: frozenset[str] = field(default_factory=frozenset)
    reason: str | None = None  # asked for once it runs


EMPTIABLE = frozenset({"place", "starts_at", "ends_at"})


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a contingency is opened from: an alert, a target, a track or a log entry."""

    kind: str
    id: str
    name: str | None = None  # None: as what it is about is called
    purpose: str | None = None
    agencies: Sequence[str] = ()
    next_event: str | None = None
    next_event_at: datetime | None = None
    anyway: bool = False  # although another contingency is open about it


class Checks:
    """Whether what is asked for can be. Every fault is named at once."""

    def __init__(self, settings: Settings, gazetteer: Gazetteer) -> None:
        self.agencies = {agency.code for agency in settings.agencies}
        self.gazetteer = gazetteer

    def proposal(self, asked: Proposal, now: datetime) -> None:
        """Raises Invalid."""
        faults = _words(asked.name, asked.purpose)
        faults += self._codes(asked.agencies, asked.releases, asked.subjects, asked.place)
        faults += _times(asked.starts_at, asked.ends_at)
        faults += _required(asked.required) + _event(asked.next_event, asked.next_event_at, now)
        if asked.kind is OperationKind.CONTINGENCY:
            faults.append("A contingency is opened from an alert, a target, a track or a log entry, not proposed.")
        if asked.is_exercise and asked.kind is not OperationKind.DELIBERATE:
            faults.append("An exercise is a deliberate operation.")
        if len(asked.things) > MOST_LINKS:
            faults.append(f"At most {MOST_LINKS} links.")
        _refuse(faults)

    def changed(self, operation: Any, changes: Changes) -> None:
        """``operation``: as it would be. Raises Invalid."""
        unknown = changes.emptied - EMPTIABLE
        faults = [f"{', '.join(sorted(unknown))} cannot be empty."] if unknown else []
        faults += _words(operation.name, operation.purpose)
        faults += self._codes(operation.agencies, changes.releases or (), operation.subjects, operation.place)
        faults += _times(operation.starts_at, operation.ends_at)
        faults += _required([(one["capability"], one["count"]) for one in operation.required])
        _refuse(faults)

    def trigger(self, asked: Trigger, now: datetime) -> None:
        """Raises Invalid."""
        faults = self._codes(asked.agencies, (), (), None) + _event(asked.next_event, asked.next_event_at, now)
        if asked.name is not None and len(asked.name) > MOST_NAME:
            faults.append(f"A name has at most {MOST_NAME} characters.")
        _refuse(faults)

    def _codes(
        self, agencies: Sequence[str], releases: Sequence[str], subjects: Sequence[str], place: str | None
    ) -> list[str]:
        unknown = sorted({*agencies, *releases} - self.agencies)
        faults = [f"There is no agency {', '.join(unknown)} in the room."] if unknown else []
        others = sorted(set(subjects) - {one.value for one in SubjectKind})
        faults += [f"{', '.join(others)}: a subject is one of {', '.join(SubjectKind)}."] if others else []
        if place is not None and self.gazetteer.get(place) is None:
            faults.append(f"There is no place with the code {place[:20]}.")
        return faults


def event_faults(words: str | None, at: datetime | None, now: datetime) -> None:
    """Raise Invalid for a next event that cannot be."""
    _refuse(_event(words, at, now))


def _refuse(faults: list[str]) -> None:
    if faults:
        raise Invalid(" ".join(faults))


def _words(name: str, purpose: str) -> list[str]:
    faults = [] if name.strip() else ["Give it a name."]
    faults += [] if purpose.strip() else ["Say what it is for (purpose)."]
    faults += [f"A name has at most {MOST_NAME} characters."] if len(name.strip()) > MOST_NAME else []
    faults += [f"A purpose has at most {MOST_WORDS} characters."] if len(purpose.strip()) > MOST_WORDS else []
    return faults


def _times(starts_at: datetime | None, ends_at: datetime | None) -> list[str]:
    if ends_at is None or starts_at is None:
        return ["It has an end but no beginning."] if ends_at is not None else []
    if ends_at <= starts_at:
        return ["Its end lies before its beginning."]
    return ["A window is at most two years long."] if ends_at - starts_at > LONGEST else []


def _event(words: str | None, at: datetime | None, now: datetime) -> list[str]:
    if at is not None and not (words or "").strip():
        return ["Say what the next decision or event is."]
    if words is not None and len(words) > MOST_NAME * 2:
        return [f"The next decision has at most {MOST_NAME * 2} characters."]
    return ["The next decision lies behind us."] if at is not None and at <= now else []


def _required(required: Sequence[tuple[str, int]]) -> list[str]:
    wrong = [name for name, count in required if not name.strip() or len(name) > 60 or not 1 <= count <= MOST_UNITS]
    twice = len({name.strip().lower() for name, _count in required}) != len(required)
    faults = [f"Units required: a capability and a number from 1 to {MOST_UNITS}."] if wrong else []
    return [*faults, "Units required: a capability stands twice."] if twice else faults
