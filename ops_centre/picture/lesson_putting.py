"""Which lessons are put before whoever plans an operation, and what the two have in common.

The planner's answer is asked for lessons that everybody who sees the operation may see: the gate of the operation then asks
the same of each planner and tells nobody of a lesson they may not know of. What a reader sees beyond those is offered.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Row, Select, String, and_, cast, select
from sqlalchemy.orm import Session

from ops_centre.auth.policy import rule_of
from ops_centre.domain.debriefs import DebriefOf
from ops_centre.domain.geo import normalise_lon
from ops_centre.domain.handling import HandlingRule, covers
from ops_centre.domain.lessons import LessonState, Likeness, Spot, Traits, likeness, most_alike, telling_words
from ops_centre.domain.places import Gazetteer, load_gazetteer
from ops_centre.models import Debrief, Handling, Lesson, LessonTaken, Operation

MOST_CORNERS = 24  # of one shape that a place is measured to
MOST_KEPT = 2_000  # operations whose lessons are kept from read to read


@dataclass(frozen=True, slots=True)
class Put:
    """A lesson before the planner of an operation. ``asked``: an answer is waited for, or was given to that."""

    lesson: Lesson
    likeness: Likeness
    asked: bool


class Matching:
    """Which lessons are alike to which operation, by what each is about; what was found is kept from read to read.

    The key is the content itself, never a time or a number that somebody must remember to raise: one matching is for the
    same lessons under the same handlings (`_matching`), and what it keeps of an operation for the same operation.
    """

    def __init__(self, content: bytes, rows: Sequence[Any], rules: Mapping[int, HandlingRule]) -> None:
        self.content, self.rules = content, rules
        self._about = [(row.id, row.handling_id, row.about_id, traits_of_lesson(row)) for row in rows]
        self._kept: dict[int, tuple[bytes, list[tuple[int, Likeness]]]] = {}

    def asked(self, operation: Operation) -> list[tuple[int, Likeness]]:
        """What is asked of every planner of ``operation``: of the lessons that all who see it may see."""
        content = _content_of(operation)
        kept = self._kept.get(operation.id)
        if kept is not None and kept[0] == content:
            return kept[1]
        rule = self.rules[operation.handling_id]
        found = self.alike(operation, {number for number, its in self.rules.items() if covers(rule, its)})
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[operation.id] = content, found
        return found

    def alike(self, operation: Operation, handlings: Collection[int]) -> list[tuple[int, Likeness]]:
        """The most alike of the lessons under ``handlings`` that were not learned in it."""
        own = str(operation.id)
        others = (
            (number, traits)
            for number, handling, learned_in, traits in self._about
            if handling in handlings and learned_in != own
        )
        return most_alike(others, traits_of_operation(operation))


def put_before(session: Session, operation: Operation, seen: Collection[int], answered: Collection[int]) -> list[Put]:
    """What a reader who sees the handlings ``seen`` is shown: what is asked, then what only they see, then what was
    ``answered`` and is no longer among the most alike."""
    matching = _matching(session)
    pairs = [(*pair, True) for pair in matching.asked(operation)]
    pairs += [(*pair, False) for pair in matching.alike(operation, seen)]
    lessons = _standing(session, {*answered, *(number for number, _alike, _asked in pairs)}, seen)
    traits = traits_of_operation(operation)
    found: dict[int, Put] = {}
    for number, alike, is_asked in pairs:
        if number in lessons:
            found.setdefault(number, Put(lessons[number], alike, is_asked))
    for number in answered:
        if number in lessons and number not in found:
            its = lessons[number]
            found[number] = Put(its, likeness(traits_of_lesson(its), traits), asked=False)
    return list(found.values())


def _standing(session: Session, numbers: Collection[int], seen: Collection[int]) -> dict[int, Lesson]:
    """Lessons that stand and that the reader may know of."""
    query = select(Lesson).where(Lesson.id.in_(numbers), Lesson.handling_id.in_(seen))
    return {one.id: one for one in session.scalars(query.where(Lesson.state != LessonState.DROPPED.value))}


def unanswered(session: Session, operations: Sequence[Operation]) -> dict[int, int]:
    """How many of the lessons asked of each operation's planner have no answer; operations with none are left out."""
    if not operations:
        return {}
    matching, answers = _matching(session), answered_by(session, [one.id for one in operations])
    waiting = {
        one.id: sum(number not in answers.get(one.id, {}) for number, _alike in matching.asked(one))
        for one in operations
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


def traits_of_lesson(lesson: Lesson | Row[Any]) -> Traits:
    """What a lesson is about; a row needs the columns of that alone."""
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


_TRAITS = (Lesson.kinds, Lesson.places, Lesson.subjects, Lesson.agencies, Lesson.words)
_last: list[Matching] = []  # of this process: one, which the next replaces when a lesson or a handling changed


def _matching(session: Session) -> Matching:
    """The matching of the lessons that stand now: the last one as long as nothing it was made of has changed."""
    raw = session.execute(_about(*(cast(one, String) for one in _TRAITS))).all()  # as text: reading JSON takes its time
    rules, content = rules_of(session), orjson.dumps([tuple(row) for row in raw])
    for last in tuple(_last):
        if last.content == content and last.rules == rules:
            return last
    fresh = Matching(content, session.execute(_about(*_TRAITS)).all(), rules)
    _last[:] = [fresh]
    return fresh


def _about(*columns: Any) -> Select[Any]:
    """What each lesson that stands is about, and the operation it was learned in."""
    about_operation = and_(Debrief.id == Lesson.debrief_id, Debrief.about_kind == DebriefOf.OPERATION.value)
    query: Select[Any] = select(Lesson.id, Lesson.handling_id, Debrief.about_id, *columns)
    standing = query.outerjoin(Debrief, about_operation).where(Lesson.state != LessonState.DROPPED.value)
    return standing.order_by(Lesson.id)


def _content_of(operation: Operation) -> bytes:
    """Everything of an operation that decides which lessons are asked of its planner."""
    one = operation
    return orjson.dumps(
        (one.handling_id, one.kind, one.place, one.area, one.subjects, one.agencies, one.name, one.purpose)
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
