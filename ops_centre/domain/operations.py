"""Operations: the three levels of activity, the states of each, and which change of state follows which.

Deliberate operations are planned from a risk assessment, contingency operations answer an event, overwatch is standing or
temporary awareness of an area, lane, subject or event (docs/operations.md).
"""

from collections.abc import Mapping
from enum import StrEnum


class OperationKind(StrEnum):
    """The level of activity."""

    DELIBERATE = "deliberate"
    CONTINGENCY = "contingency"
    OVERWATCH = "overwatch"


class OperationState(StrEnum):
    """How far an operation is. Each kind has its own row of them: `STATES`."""

    PROPOSED = "proposed"
    PLANNED = "planned"
    APPROVED = "approved"
    ACTIVE = "active"
    TRIGGERED = "triggered"
    RESPONDING = "responding"
    STABILISED = "stabilised"
    WATCHING = "watching"
    CLOSED = "closed"
    DEBRIEFED = "debriefed"
    CANCELLED = "cancelled"


S = OperationState

# In the order of the columns of each board; a cancelled operation stands on none
STATES: Mapping[OperationKind, tuple[OperationState, ...]] = {
    OperationKind.DELIBERATE: (S.PROPOSED, S.PLANNED, S.APPROVED, S.ACTIVE, S.CLOSED, S.DEBRIEFED),
    OperationKind.CONTINGENCY: (S.TRIGGERED, S.RESPONDING, S.STABILISED, S.CLOSED, S.DEBRIEFED),
    OperationKind.OVERWATCH: (S.PROPOSED, S.WATCHING, S.CLOSED),
}

MOVES: Mapping[OperationKind, Mapping[OperationState, frozenset[OperationState]]] = {
    OperationKind.DELIBERATE: {
        S.PROPOSED: frozenset({S.PLANNED, S.CANCELLED}),
        S.PLANNED: frozenset({S.APPROVED, S.PROPOSED, S.CANCELLED}),
        S.APPROVED: frozenset({S.ACTIVE, S.PLANNED, S.CANCELLED}),
        S.ACTIVE: frozenset({S.CLOSED}),
        S.CLOSED: frozenset({S.DEBRIEFED}),
    },
    OperationKind.CONTINGENCY: {
        S.TRIGGERED: frozenset({S.RESPONDING, S.CLOSED}),
        S.RESPONDING: frozenset({S.STABILISED, S.CLOSED}),
        S.STABILISED: frozenset({S.RESPONDING, S.CLOSED}),
        S.CLOSED: frozenset({S.DEBRIEFED}),
    },
    OperationKind.OVERWATCH: {
        S.PROPOSED: frozenset({S.WATCHING, S.CANCELLED}),
        S.WATCHING: frozenset({S.CLOSED}),
    },
}

RUNNING = frozenset({S.ACTIVE, S.RESPONDING, S.STABILISED, S.TRIGGERED, S.WATCHING})  # people are at it
PREPARED = frozenset({S.PROPOSED, S.PLANNED, S.APPROVED})
ENDED = frozenset({S.CLOSED, S.DEBRIEFED, S.CANCELLED})

LETTER: Mapping[OperationKind, str] = {  # of a reference: D26-014
    OperationKind.DELIBERATE: "D",
    OperationKind.CONTINGENCY: "C",
    OperationKind.OVERWATCH: "W",
}


def reference(kind: OperationKind, year: int, number: int) -> str:
    """``D26-014``: the level, the year it was begun in, and its number among those."""
    return f"{LETTER[kind]}{year % 100:02d}-{number:03d}"
