"""Lessons: how far one is, and how like a new operation is to what one was learned from.

A lesson is put before whoever plans an operation when enough speaks for it: the same kind of operation, the same or a near
place, the same subjects, agencies that take part in both, words in common. Each gives points; `LEAST` are needed, so that
neither the kind nor a single word is enough. Pure: nothing here asks a database.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ops_centre.domain.geo import distance_nm
from ops_centre.domain.log_filter import words_of

NEAR_NM = 60.0
LEAST = 4
MOST = 8  # lessons put before one operation: more would be waved through
MOST_WORDS_COUNTED = 3
KEPT_WORDS = 40  # of one lesson
SHORTEST_WORD = 4
Spot = tuple[float, float]  # latitude, longitude


class LessonState(StrEnum):
    """How far a lesson is."""

    OPEN = "open"
    ACTED_ON = "acted on"
    PROVEN = "proven"
    NOT_PROVEN = "not proven"
    DROPPED = "dropped"


OWED = frozenset({LessonState.OPEN, LessonState.NOT_PROVEN})  # its owner still has something to do
MOVES: dict[LessonState, frozenset[LessonState]] = {
    LessonState.OPEN: frozenset({LessonState.ACTED_ON, LessonState.DROPPED}),
    LessonState.ACTED_ON: frozenset({LessonState.PROVEN, LessonState.NOT_PROVEN, LessonState.DROPPED}),
    LessonState.NOT_PROVEN: frozenset({LessonState.ACTED_ON, LessonState.DROPPED}),
    LessonState.PROVEN: frozenset(),
    LessonState.DROPPED: frozenset(),
}

# Words that stand in every plan and every lesson tell nothing apart
COMMON = frozenset(
    words_of(
        """about after again against agencies agency also area because been before being between both centre could crew does
    done during each early every first from have having held into just kept later less longer made make more most much must
    never next next only operation operations order other over patrol place plan planned same shall should since some such
    target targets tasking taskings team than that their them then there these they this those time timed under unit units
    until upon very was watch were what when where which while will with within without would"""
    )
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What a lesson or an operation is about. ``spots``: where, as far as that is known."""

    kinds: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    spots: tuple[Spot, ...] = ()
    subjects: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How like two things are: points, and the reasons in words, the strongest first."""

    points: int = 0
    reasons: tuple[str, ...] = ()

    @property
    def is_enough(self) -> bool:
        """Whether the lesson is put before the planner."""
        return self.points >= LEAST


def likeness(lesson: Traits, operation: Traits) -> Likeness:
    """How like ``operation`` is to what the lesson is about."""
    points, reasons = 0, list[str]()
    if same := lesson.places & operation.places:
        points, reasons = points + 3, [*reasons, f"same place: {_told(same)}"]
    elif (nearest := _nearest(lesson.spots, operation.spots)) is not None and nearest <= NEAR_NM:
        points, reasons = points + 2, [*reasons, f"near place: {_told(lesson.places)}, {nearest:.0f} nm"]
    if same := lesson.kinds & operation.kinds:
        points, reasons = points + 2, [*reasons, f"same kind: {_told(same)}"]
    if same := lesson.subjects & operation.subjects:
        points, reasons = points + 2, [*reasons, f"same subject: {_told(same)}"]
    if same := lesson.agencies & operation.agencies:
        points, reasons = points + 1, [*reasons, f"agencies: {_told(same)}"]
    if same := lesson.words & operation.words:
        counted = min(len(same), MOST_WORDS_COUNTED)
        points, reasons = points + counted, [*reasons, f"words in common: {_told(same, 5)}"]
    return Likeness(points, tuple(reasons))


def most_alike(lessons: Iterable[tuple[int, Traits]], operation: Traits) -> list[tuple[int, Likeness]]:
    """The lessons that are put before the planner of ``operation``, by number: the most alike first, `MOST` of them."""
    found = [(number, likeness(traits, operation)) for number, traits in lessons if _may_be_enough(traits, operation)]
    enough = [pair for pair in found if pair[1].is_enough]
    return sorted(enough, key=lambda pair: (-pair[1].points, -pair[0]))[:MOST]


def _may_be_enough(lesson: Traits, operation: Traits) -> bool:
    """Whether the points could reach `LEAST`, told without measuring: most pairs fall here, and boards ask for many."""
    points = min(len(lesson.words & operation.words), MOST_WORDS_COUNTED)
    points += 2 * (not lesson.kinds.isdisjoint(operation.kinds)) + 2 * (
        not lesson.subjects.isdisjoint(operation.subjects)
    )
    points += not lesson.agencies.isdisjoint(operation.agencies)
    if points < LEAST and lesson.spots and operation.spots:
        points += 2
    return points >= LEAST or points + 3 * (not lesson.places.isdisjoint(operation.places)) >= LEAST


def telling_words(*texts: str) -> list[str]:
    """The words of ``texts`` that tell something, each once, in the order they are met; plural and singular are one."""
    found = dict.fromkeys(_stem(word) for text in texts for word in words_of(text))
    return [word for word in found if len(word) >= SHORTEST_WORD and word not in COMMON and not word.isdigit()]


def is_overdue(state: str, due_at: datetime, now: datetime) -> bool:
    """Whether the owner should have acted by now."""
    return state in OWED and due_at <= now


def share(part: int, whole: int) -> float | None:
    """``part`` of ``whole``; None of nothing."""
    return part / whole if whole else None


def _stem(word: str) -> str:
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > SHORTEST_WORD else word


def _nearest(ones: Sequence[Spot], others: Sequence[Spot]) -> float | None:
    """Nautical miles between the two that are closest, as far as they may be near."""
    worth_measuring = ((one, other) for one in ones for other in others if abs(one[0] - other[0]) <= NEAR_NM / 59.0)
    between = (distance_nm(*one, *other) for one, other in worth_measuring)
    return min(between, default=None)


def _told(words: Iterable[str], most: int = 4) -> str:
    told = sorted(words)
    return ", ".join(told[:most]) + (" …" if len(told) > most else "")
