"""Lessons: recorded, acted on by their owner, checked by somebody else, put before planners; every step is logged.

A lesson is handled as the debrief it came of. Its owning agency may let more people read it, so that others learn too:
neither the lesson nor its log entries then name what those may not know of.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.operation_rights import may_work
from ops_centre.auth.permissions import Permission
from ops_centre.config import Settings
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.handling import narrowest
from ops_centre.domain.lessons import LessonState, telling_words
from ops_centre.domain.operations import ENDED, OperationState
from ops_centre.errors import Conflict, Invalid, NotPermitted
from ops_centre.models import Debrief, Lesson, LessonTaken, Operation
from ops_centre.picture.lesson_putting import answered_by
from ops_centre.services.debrief_steps import check_due, check_version, rule_at
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.handlings import handling_id
from ops_centre.services.in_scope import in_scope
from ops_centre.services.lesson_steps import (
    check_concerns,
    check_move,
    check_owner,
    handling_of_lesson,
    lesson_to_change,
    log_lesson,
    on_day,
)


@dataclass(frozen=True, slots=True)
class Concerns:
    """What a lesson is about: by this it is found again when somebody plans."""

    kinds: Sequence[str] = ()
    subjects: Sequence[str] = ()
    places: Sequence[str] = ()
    agencies: Sequence[str] = ()
    words: str = ""  # beside those of the lesson itself
    criterion: str | None = None


@dataclass(frozen=True, slots=True)
class Learned:
    """A lesson as it is recorded or edited."""

    title: str
    cause: str
    action: str
    owner: str  # sign-in name
    due_at: datetime
    check_text: str
    concerns: Concerns = Concerns()


class Lessons:
    """Acts on lessons."""

    def __init__(self, deeds: Deeds, settings: Settings) -> None:
        self.deeds = deeds
        self.settings = settings

    def record(
        self,
        actor: Actor,
        learned: Learned,
        debrief_id: int | None = None,
        marking: str | None = None,
        releases: Sequence[str] = (),
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """Record one, of a debrief or of none. ``marking`` None: as the debrief is, or AMBER of one's own agency.

        Raises NotFound, NotPermitted, Invalid.
        """
        authorise(actor, Permission.LESSON_EDIT)
        with self.deeds.begin(actor, "record lesson", request_id) as deed:
            lock_log(deed.session)
            session = deed.session
            debrief = in_scope(session, actor, Debrief, debrief_id, "debrief") if debrief_id is not None else None
            handling = handling_of_lesson(session, self.settings, actor, debrief, marking, releases)
            check_due(learned.due_at, deed.now)
            lesson = Lesson(
                debrief_id=debrief_id,
                state=LessonState.OPEN.value,
                made_by=actor.name,
                made_at=deed.now,
                version=1,
                handling_id=handling,
            )
            self._fill(session, actor, lesson, learned)
            session.add(lesson)
            session.flush()
            words = f"Lesson {lesson.id}: {lesson.title}. Cause: {lesson.cause} Action: {lesson.action}"
            log_lesson(deed, lesson, f"{words} {lesson.owner} sees to it by {on_day(lesson.due_at)}.", typed=True)
            deed.answer = {"said": f"Lesson {lesson.id} is recorded.", "lesson": lesson.id}
        return deed.answer

    def edit(
        self, actor: Actor, lesson_id: int, version: int, learned: Learned, request_id: str | None = None
    ) -> dict[str, Any]:
        """Change it: its maker, its owner, or whoever leads debriefs. Raises NotFound, NotPermitted, Conflict, Invalid."""
        authorise(actor, Permission.LESSON_EDIT)
        with self.deeds.begin(actor, "edit lesson", request_id) as deed:
            lesson = lesson_to_change(deed, actor, lesson_id)
            if actor.name not in (lesson.made_by, lesson.owner) and not actor.may(Permission.DEBRIEF_LEAD):
                raise NotPermitted("A lesson is changed by its maker, its owner, or whoever leads debriefs.")
            check_version(deed.session, ThingKind.LESSON, lesson, version)
            if lesson.state not in (LessonState.OPEN, LessonState.NOT_PROVEN):
                raise Conflict(f"Lesson {lesson.id} is {lesson.state}: it stands as it is.")
            if learned.due_at != lesson.due_at:
                check_due(learned.due_at, deed.now)
            was = f"{lesson.title}. Action: {lesson.action} {lesson.owner} by {on_day(lesson.due_at)}."
            self._fill(deed.session, actor, lesson, learned)
            lesson.version += 1
            now = f"{lesson.title}. Action: {lesson.action} {lesson.owner} by {on_day(lesson.due_at)}."
            words = f"Lesson {lesson.id} is now: {now}" + (f" It was: {was}" if was != now else "")
            log_lesson(deed, lesson, words, typed=True)
            deed.answer = {"said": f"Lesson {lesson.id} is changed."}
        return deed.answer

    def act_on(self, actor: Actor, lesson_id: int, note: str, request_id: str | None = None) -> dict[str, Any]:
        """Say what its owner did. Raises NotFound, NotPermitted, Conflict, Invalid."""
        authorise(actor, Permission.LESSON_EDIT)
        with self.deeds.begin(actor, "act on lesson", request_id) as deed:
            lesson = lesson_to_change(deed, actor, lesson_id)
            if lesson.owner != actor.name:
                raise NotPermitted(f"{lesson.owner} owns lesson {lesson.id}. Give it another owner first.")
            check_move(lesson, LessonState.ACTED_ON, note, "Say what was done.")
            late = ", late" if deed.now > lesson.due_at else ""
            lesson.acted_at, lesson.acted_by, lesson.acted_note = deed.now, actor.name, note.strip()
            lesson.checked_at = lesson.checked_by = lesson.checked_note = None
            lesson.version += 1
            log_lesson(deed, lesson, f"Lesson {lesson.id} acted on{late}: {lesson.acted_note}", typed=True)
            deed.answer = {"said": f"Lesson {lesson.id} is acted on. Somebody else checks that it worked."}
        return deed.answer

    def check(
        self, actor: Actor, lesson_id: int, worked: bool, note: str, request_id: str | None = None
    ) -> dict[str, Any]:
        """Say whether it worked, as somebody who neither owns nor did it. Raises NotFound, NotPermitted, Conflict, Invalid."""
        authorise(actor, Permission.LESSON_EDIT)
        with self.deeds.begin(actor, "check lesson", request_id) as deed:
            lesson = lesson_to_change(deed, actor, lesson_id)
            if actor.name in (lesson.owner, lesson.acted_by):
                raise NotPermitted("Whether it worked is judged by somebody else than whoever owns the action.")
            state = LessonState.PROVEN if worked else LessonState.NOT_PROVEN
            check_move(lesson, state, note, "Say how it was seen.")
            lesson.checked_at, lesson.checked_by, lesson.checked_note = deed.now, actor.name, note.strip()
            lesson.version += 1
            log_lesson(deed, lesson, f"Lesson {lesson.id} is {state}: {lesson.checked_note}", typed=True)
            deed.answer = {"said": f"Lesson {lesson.id} is {state}."}
        return deed.answer

    def drop(self, actor: Actor, lesson_id: int, reason: str, request_id: str | None = None) -> dict[str, Any]:
        """Put it away, with a reason; it stays in the record. Raises NotFound, Conflict, Invalid."""
        authorise(actor, Permission.DEBRIEF_LEAD)
        with self.deeds.begin(actor, "drop lesson", request_id) as deed:
            lesson = lesson_to_change(deed, actor, lesson_id)
            check_move(lesson, LessonState.DROPPED, reason, "Say why it is dropped.")
            lesson.version += 1
            log_lesson(deed, lesson, f"Lesson {lesson.id} dropped: {reason.strip()}", typed=True)
            deed.answer = {"said": f"Lesson {lesson.id} is dropped."}
        return deed.answer

    def answer(
        self, actor: Actor, operation_id: int, lesson_id: int, taken: bool, word: str, request_id: str | None = None
    ) -> dict[str, Any]:
        """Say how a lesson is taken into account in an operation, or why it is set aside; a later word replaces an earlier.

        Raises NotFound, NotPermitted, Conflict, Invalid.
        """
        authorise(actor, Permission.LESSON_EDIT)
        if not word.strip():
            raise Invalid("Say how it is taken into account." if taken else "Say why it is set aside.")
        with self.deeds.begin(actor, "answer lesson", request_id) as deed:
            lock_log(deed.session)
            operation = in_scope(deed.session, actor, Operation, operation_id, "operation")
            lesson = in_scope(deed.session, actor, Lesson, lesson_id, "lesson")
            if not may_work(actor, operation.kind, operation.commander):
                raise NotPermitted(
                    f"The commander of {operation.reference} answers, or whoever may lead such operations."
                )
            if OperationState(operation.state) in ENDED:
                raise Conflict(f"{operation.reference} is {operation.state}.")
            _answer(deed, actor, operation, lesson, taken, word.strip())
            said = "taken into account" if taken else "set aside"
            deed.answer = {"said": f"Lesson {lesson.id} is {said} in {operation.reference}."}
        return deed.answer

    def _fill(self, session: Session, actor: Actor, lesson: Lesson, learned: Learned) -> None:
        texts = [learned.title, learned.cause, learned.action, learned.check_text]
        if not all(text.strip() for text in texts):
            raise Invalid("A lesson has a title, a cause, an action, and a check by which it is seen that it worked.")
        about = learned.concerns
        places = check_concerns(self.settings, about.kinds, about.subjects, about.places, about.agencies)
        check_owner(session, learned.owner, lesson.handling_id)
        lesson.title, lesson.cause, lesson.action, lesson.check_text = (text.strip() for text in texts)
        lesson.owner, lesson.due_at = learned.owner, learned.due_at
        lesson.kinds, lesson.subjects = list(dict.fromkeys(about.kinds)), list(dict.fromkeys(about.subjects))
        lesson.places, lesson.agencies = places, list(dict.fromkeys(about.agencies))
        lesson.words = telling_words(about.words, lesson.title, lesson.action, lesson.cause)
        lesson.criterion = (about.criterion or "").strip() or None


def _answer(deed: Deed, actor: Actor, operation: Operation, lesson: Lesson, taken: bool, word: str) -> None:
    """Write the answer and its log entry, which nobody reads who may not know of both."""
    session = deed.session
    rule = narrowest(
        rule_at(session, operation.handling_id), [rule_at(session, lesson.handling_id)], keeper=actor.agency
    )
    said = "taken into account" if taken else "set aside"
    seq = deed.log(
        EntryKind.LESSON,
        f"Lesson {lesson.id} “{lesson.title}” {said} in {operation.reference}: {word}",
        handling_id=handling_id(session, rule.owner, rule.marking.value, rule.releases),
        links=[
            link(ThingKind.OPERATION, operation.id, operation.reference),
            link(ThingKind.LESSON, lesson.id, f"Lesson {lesson.id}"),
        ],
        typed=True,
    )
    row = answered_by(session, [operation.id]).get(operation.id, {}).get(lesson.id)
    if row is None:
        row = LessonTaken(operation_id=operation.id, lesson_id=lesson.id)
        session.add(row)
    row.taken, row.word, row.by, row.at, row.log_seq = taken, word, actor.name, deed.now, seq
    deed.touch(operation, lesson)
    deed.subject = f"operation {operation.id}"
