"""Words of watches, handovers and enquiries."""

from enum import StrEnum


class WatchState(StrEnum):
    """Where a watch stands."""

    PLANNED = "planned"
    OPEN = "open"
    HANDOVER_PENDING = "handover pending"
    HANDED_OVER = "handed over"


class Head(StrEnum):
    """SMEAC heads of a handover brief, in order."""

    SITUATION = "situation"
    MISSION = "mission"
    EXECUTION = "execution"
    ADMINISTRATION = "administration and logistics"
    COMMAND = "command and signals"


class EnquiryState(StrEnum):
    """Where an enquiry stands."""

    OPEN = "open"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class AskerKind(StrEnum):
    """Who asks."""

    UNIT = "unit"
    AGENCY = "agency"
    ABROAD = "abroad"


ON = (WatchState.OPEN, WatchState.HANDOVER_PENDING)  # the watch is on


def leaves(asker_kind: AskerKind, asker: str, agencies: frozenset[str], *, said: bool = False) -> bool:
    """Whether an answer leaves the room, so that a legal basis is needed: abroad always, an agency that is not in the room
    (``agencies``: codes and names, case folded), and whatever the officer says does."""
    outside = asker_kind is AskerKind.AGENCY and asker.casefold() not in agencies
    return said or asker_kind is AskerKind.ABROAD or outside
