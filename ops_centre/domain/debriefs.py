"""Debriefs: hot (at once) or cold (later), of operations, taskings and watches; what each must hold before it is closed."""

from collections.abc import Iterable
from enum import StrEnum


class DebriefSort(StrEnum):
    """When it is held."""

    HOT = "hot"  # at once, with whoever is still there
    COLD = "cold"  # later, when more is known


class DebriefState(StrEnum):
    """Contributions are taken while it is open."""

    OPEN = "open"
    CLOSED = "closed"


class DebriefOf(StrEnum):
    """What can be debriefed; the values are those of `ThingKind`."""

    OPERATION = "operation"
    TASKING = "tasking"
    WATCH = "watch"


class PointHead(StrEnum):
    """What a contribution speaks of. What was meant is one text of the whole debrief and stands before these."""

    HAPPENED = "happened"
    WHY = "why"
    KEEP = "keep"
    CHANGE = "change"


HEAD_WORDS = {
    PointHead.HAPPENED: "What happened",
    PointHead.WHY: "Why",
    PointHead.KEEP: "What to keep",
    PointHead.CHANGE: "What to change",
}


def lacking(meant: str, heads: Iterable[str], summary: str) -> list[str]:
    """What a debrief still needs before it can be closed, in the officer's words. ``heads``: of the points that stand."""
    there = set(heads)
    needs = {
        "what was meant": bool(meant.strip()),
        "what happened": PointHead.HAPPENED.value in there,
        "why": PointHead.WHY.value in there,
        "what to keep or to change": bool(there & {PointHead.KEEP.value, PointHead.CHANGE.value}),
        "a summary": bool(summary.strip()),
    }
    return [words for words, met in needs.items() if not met]
