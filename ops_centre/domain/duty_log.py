"""Words of the duty log, and how the kind of an entry is guessed from its text."""

from dataclasses import dataclass
from enum import StrEnum


class EntryKind(StrEnum):
    """What an entry tells of."""

    # typed by people
    NOTE = "note"
    OBSERVATION = "observation"
    CALL = "call"
    REPORT = "report"
    REQUEST = "request"
    # written beside a deed or a change of state
    DECISION = "decision"
    TASKING = "tasking"
    OUTCOME = "outcome"
    ALERT = "alert"
    TARGET = "target"
    LOOKOUT = "lookout"
    ENQUIRY = "enquiry"
    WATCH = "watch"
    UNIT = "unit"
    FEED = "feed"
    RULE = "rule"
    OPERATION = "operation"
    ORDER = "order"
    SITUATION_REPORT = "situation report"
    PLAN = "plan"
    DEBRIEF = "debrief"
    LESSON = "lesson"
    EXPORT = "export"
    HAZARD = "hazard"


TYPED = (EntryKind.NOTE, EntryKind.OBSERVATION, EntryKind.CALL, EntryKind.REPORT, EntryKind.REQUEST)


class ThingKind(StrEnum):
    """What an entry, an enquiry or a card may refer to: the links of the chain."""

    HIT = "hit"
    TARGET = "target"
    TRACK = "track"
    ALERT = "alert"
    ENTRY = "entry"
    DECISION = "decision"
    TASKING = "tasking"
    OUTCOME = "outcome"
    UNIT = "unit"
    OPERATION = "operation"
    WATCH = "watch"
    HANDOVER = "handover"
    ENQUIRY = "enquiry"
    LOOKOUT = "lookout"
    FEED = "feed"
    PLACE = "place"
    DEBRIEF = "debrief"
    LESSON = "lesson"
    CRITERION = "criterion"
    HAZARD = "hazard"


@dataclass(frozen=True, slots=True)
class Link:
    """A reference to a thing, with what it was called at the time."""

    kind: ThingKind
    id: str
    label: str

    def plain(self) -> list[str]:
        """As it is stored and sealed: ``[kind, id, label]``."""
        return [self.kind.value, self.id, self.label]


def link(kind: ThingKind, thing: int | str, label: str) -> Link:
    """A link; ids are texts so that numbers and codes look alike."""
    return Link(kind, str(thing), label)
