"""Which lessons are put before whoever plans an operation, and what the two have in common.

The planner's answer is asked for lessons that everybody who sees the operation may see: the gate of the operation then asks
the same of each planner and tells nobody of a lesson they may not know of. What a reader sees beyond those is offered.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from ops_centre.auth.policy import rule_of
from ops_centre.domain.debriefs import DebriefOf
from ops_centre.domain.geo import normalise_lon
from ops_centre.domain.handling import HandlingRule, covers
from ops_centre.domain.lessons import LessonState, Likeness, Spot, Traits, likeness, most_alike, telling_words
from ops_centre.domain.places import Gazetteer, load_gazetteer
from ops_centre.models import Debrief, Handling, Lesson, LessonTaken, Operation

MOST_CORNERS = 24  # of one shape that a place is measured to


@dataclass(frozen=True, slots=True)
class Put:
    """A lesson before the planner of an operation. ``asked``: an answer is waited for, or was given to that."""

    lesson: Lesson
    likeness: Likeness
    asked: bool


class LessonShelf:
    """All lessons that stand, read once: with what each is about, its handling, and where it was learned."""

    def __init__(self, session: Session) -> None:
        about_operation = and_(Debrief.id == Lesson.debrief_id, Debrief.about_kind == DebriefOf.OPERATION.value)
        query = select(Lesson, Debrief.about_id).outerjoin(Debrief, about_operation)
        rows = session.execute(query.where(Lesson.state != LessonState.DROPPED.value)).all()
        self._lessons = {lesson.id: lesson for lesson, _operation in rows}
        self._learned_in = {lesson.id: operation for lesson, operation in rows}
        self._traits = {number: traits_of_lesson(lesson) for number, lesson in self._lessons.items()}
        self._rules = {handling.id: rule_of(handling) for handling in session.scalars(select(Handling))}

    def asked(self, operation: Operation) -> list[Put]:
        """What is put before every planner of ``operation``."""
        rule = self._rules[operation.handling_id]
        open_to = {number for number, its in self._rules.items() if covers(rule, its)}
        return [self._put(number, alike, asked=True) for number, alike in self._alike(operation, open_to)]

    def put_before(self, operation: Operation, seen: Collection[int], answered: Collection[int]) -> list[Put]:
        """What a reader who sees the handlings ``seen`` is shown: what is asked, then what only they see, then what was
        answered and is no longer among the most alike."""
        found = {put.lesson.id: put for put in self.asked(operation) if put.lesson.handling_id in seen}
        for number, alike in self._alike(operation, seen):
            found.setdefault(number, self._put(number, alike, asked=False))
        traits = traits_of_operation(operation)
        for number in answered:
            lesson = self._lessons.get(number)
            if lesson is not None and lesson.handling_id in seen and number not in found:
                found[number] = self._put(number, likeness(self._traits[number], traits), asked=False)
        return list(found.values())

    def _alike(self, operation: Operation, handlings: Collection[int]) -> list[tuple[int, Likeness]]:
        own = str(operation.id)
        others = (
            (number, self._traits[number])
            for number, lesson in self._lessons.items()
            if lesson.handling_id in handlings and self._learned_in[number] != own
        )
        return most_alike(others, traits_of_operation(operation))

    def _put(self, number: int, alike: Likeness, *, asked: bool) -> Put:
        return Put(self._lessons[number], alike, asked)


def unanswered(session: Session, operations: Sequence[Operation]) -> dict[int, int]:
    """How many of the lessons asked of each operation's planner have no answer; operations with none are left out."""
    if not operations:
        return {}
    shelf, answers = LessonShelf(session), answered_by(session, [one.id for one in operations])
    waiting = {
        one.id: sum(put.lesson.id not in answers.get(one.id, {}) for put in shelf.asked(one)) for one in operations
    }
    return {number: count for number, count in waiting.items() if count}


def answered_by(session: Session, operation_ids: Iterable[int]) -> Mapping[int, Mapping[int, LessonTaken]]:
    """The answers given for each operation, by lesson."""
    found: dict[int, dict[int, LessonTaken]] = {}
    for answer in session.scalars(select(LessonTaken).where(LessonTaken.operation_id.in_(list(operation_ids)))):
        found.setdefault(answer.operation_id, {})[answer.lesson_id] = answer
    return found


def rules_of(session: Session) -> dict[int, HandlingRule]:
    """The rules of all handlings."""
    return {handling.id: rule_of(handling) for handling in session.scalars(select(Handling))}


def traits_of_lesson(lesson: Lesson) -> Traits:
    """What a lesson is about."""
    return Traits(
        frozenset(lesson.kinds),
        frozenset(lesson.places),
        _spots(lesson.places),
        frozenset(lesson.subjects),
        frozenset(lesson.agencies),
        frozenset(lesson.words),
    )


def traits_of_operation(operation: Operation) -> Traits:
    """What an operation is about; where it is: its place, or else the middle and the corners of its area."""
    places = [operation.place] if operation.place else []
    return Traits(
        frozenset({operation.kind}),
        frozenset(places),
        _spots(places) or tuple(spot for shape in operation.area for spot in _spots_of(shape)),
        frozenset(operation.subjects),
        frozenset(operation.agencies),
        frozenset(telling_words(operation.name, operation.purpose)),
    )


def _spots(codes: Iterable[str]) -> tuple[Spot, ...]:
    places = (gazetteer().get(code) for code in codes)
    return tuple((place.lat, place.lon) for place in places if place is not None)


def _spots_of(shape: Mapping[str, Any]) -> list[Spot]:
    points = [(float(lat), float(lon)) for lat, lon in shape.get("points", ())]
    if not points:
        return []
    middle = sum(lat for lat, _ in points) / len(points), sum(lon for _, lon in points) / len(points)
    return [(lat, normalise_lon(lon)) for lat, lon in (middle, *points[:MOST_CORNERS])]


@cache
def gazetteer() -> Gazetteer:
    """The places that ship with the product, read once."""
    return load_gazetteer()
