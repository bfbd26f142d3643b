"""What screens ask of lessons: those owed and those learned, their figures, and those put before a planner."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, case, cast, func, or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.operation_rights import may_work
from ops_centre.auth.permissions import Permission
from ops_centre.auth.roles import roles_holding
from ops_centre.clock import Clock
from ops_centre.db import Database
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.lessons import MOVES, OWED, LessonState, is_overdue, share
from ops_centre.domain.operations import ENDED, OperationState
from ops_centre.errors import NotFound
from ops_centre.models import Debrief, Lesson, LessonTaken, Operation, User
from ops_centre.picture.brief_gathering import rules_in_scope
from ops_centre.picture.debrief_views import (
    LessonAnswer,
    LessonCard,
    LessonFigures,
    LessonOwner,
    LessonsPut,
    LessonView,
    PutLesson,
)
from ops_centre.picture.lesson_putting import answered_by, put_before
from ops_centre.picture.scope import scope_of

MAX_ID = 2**63 - 1
MOST = 500
ACTED = (LessonState.ACTED_ON.value, LessonState.PROVEN.value, LessonState.NOT_PROVEN.value)


@dataclass(frozen=True, slots=True)
class LessonFilter:
    """What is looked for; empty parts do not narrow. ``state``: one of the words, or "overdue", "mine", "owed"."""

    text: str = ""
    state: str | None = None
    criterion: str | None = None


class LessonReads:
    """Reads of lessons."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock

    def found(self, actor: Actor, wanted: LessonFilter | None = None, limit: int = 100) -> list[LessonView]:
        """Lessons that match: those owed lead, the one due first before the others; then the newest."""
        authorise(actor, Permission.DEBRIEF_VIEW)
        now = self.clock.now()
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            query = _filtered(wanted or LessonFilter(), actor, now).where(Lesson.handling_id.in_(rules))
            owed = Lesson.state.in_([state.value for state in OWED])
            rank = case((owed, 0), (Lesson.state == LessonState.ACTED_ON.value, 1), else_=2)
            due = case((owed, Lesson.due_at))
            rows = list(session.scalars(query.order_by(rank, due, Lesson.id.desc()).limit(min(limit, MOST))))
            return list(lesson_views(session, actor, rows, rules, now))

    def one(self, actor: Actor, lesson_id: int) -> LessonCard:
        """One lesson with what planners said of it. Raises NotFound, also outside the scope."""
        authorise(actor, Permission.DEBRIEF_VIEW)
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            lesson = session.get(Lesson, lesson_id) if 0 < lesson_id <= MAX_ID else None
            if lesson is None or lesson.handling_id not in rules:
                raise NotFound("There is no such lesson, or it is not released to you.")
            view = lesson_views(session, actor, [lesson], rules, self.clock.now())[0]
            query = select(LessonTaken, Operation).join(Operation, Operation.id == LessonTaken.operation_id)
            query = query.where(LessonTaken.lesson_id == lesson.id, Operation.handling_id.in_(rules))
            answers = session.execute(query.order_by(LessonTaken.at.desc()).limit(50))
            return LessonCard(view, tuple(_answer(taken, operation) for taken, operation in answers))

    def put_before(self, actor: Actor, operation_id: int) -> LessonsPut:
        """The lessons before the planner of an operation, as this reader sees them. Raises NotFound."""
        authorise(actor, Permission.DEBRIEF_VIEW)
        authorise(actor, Permission.OPERATION_VIEW)
        now = self.clock.now()
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            operation = session.get(Operation, operation_id) if 0 < operation_id <= MAX_ID else None
            if operation is None or operation.handling_id not in rules:
                raise NotFound("There is no such operation, or it is not released to you.")
            answers = answered_by(session, [operation.id]).get(operation.id, {})
            put = put_before(session, operation, rules.keys(), answers.keys())
            views = lesson_views(session, actor, [one.lesson for one in put], rules, now)
            shown = tuple(
                PutLesson(
                    view,
                    one.likeness.points,
                    one.likeness.reasons,
                    one.asked,
                    _answer(answers[view.id], operation) if view.id in answers else None,
                )
                for one, view in zip(put, views, strict=True)
            )
            ended = OperationState(operation.state) in ENDED
            may = (
                not ended and actor.may(Permission.LESSON_EDIT) and may_work(actor, operation.kind, operation.commander)
            )
            return LessonsPut(operation.id, operation.reference, shown, may, ended)

    def figures(self, actor: Actor) -> LessonFigures:
        """How lessons stand, of those the reader may see."""
        authorise(actor, Permission.DEBRIEF_VIEW)
        now = self.clock.now()
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            mine = Lesson.handling_id.in_(rules)
            late = case((Lesson.state.in_([one.value for one in OWED]) & (Lesson.due_at <= now), 1))
            rows = session.execute(
                select(Lesson.state, func.count(), func.count(late)).where(mine).group_by(Lesson.state)
            ).all()
            answers = _answers_in_scope(session, rules)
        counted = {state: number for state, number, _late in rows}
        of = {state: counted.get(state.value, 0) for state in LessonState}
        total = sum(of.values()) - of[LessonState.DROPPED]
        acted = sum(counted.get(state, 0) for state in ACTED)
        return LessonFigures(
            total, of[LessonState.OPEN], sum(row[2] for row in rows), of[LessonState.ACTED_ON], of[LessonState.PROVEN],
            of[LessonState.NOT_PROVEN], of[LessonState.DROPPED], answers.get(True, 0), answers.get(False, 0),
            share(acted, total), share(of[LessonState.PROVEN], total),
        )  # fmt: skip

    def owners(self, actor: Actor) -> list[LessonOwner]:
        """Who may own a lesson, by agency and name."""
        authorise(actor, Permission.LESSON_EDIT)
        roles = [role.value for role in roles_holding(Permission.LESSON_EDIT)]
        with self.db.reading() as session:
            query = select(User).where(User.role.in_(roles), User.disabled_at.is_(None))
            users = session.scalars(query.order_by(User.agency, User.display_name))
            return [LessonOwner(user.name, user.display_name, user.agency) for user in users]


def of_criteria(session: Session, seen: Any) -> dict[str, list[tuple[int, str]]]:
    """Lessons that stand, by the criterion they are about: number and title."""
    query = select(Lesson.criterion, Lesson.id, Lesson.title).where(
        Lesson.criterion.is_not(None), Lesson.state != LessonState.DROPPED.value, Lesson.handling_id.in_(seen)
    )
    found: dict[str, list[tuple[int, str]]] = {}
    for criterion, number, title in session.execute(query.order_by(Lesson.id.desc())):
        found.setdefault(str(criterion), []).append((number, title))
    return found


def _filtered(wanted: LessonFilter, actor: Actor, now: datetime) -> Any:
    query = select(Lesson)
    owed = Lesson.state.in_([state.value for state in OWED])
    if wanted.state == "overdue":
        query = query.where(owed, Lesson.due_at <= now)
    elif wanted.state == "mine":
        query = query.where(Lesson.owner == actor.name)
    elif wanted.state == "owed":
        query = query.where(owed)
    elif wanted.state:
        query = query.where(Lesson.state == wanted.state)
    if wanted.criterion:
        query = query.where(Lesson.criterion == wanted.criterion)
    for word in wanted.text.replace("\0", " ").split()[:8]:
        texts = (
            Lesson.title, Lesson.cause, Lesson.action, Lesson.owner, Lesson.criterion, cast(Lesson.places, String),
            cast(Lesson.words, String),
        )  # fmt: skip
        query = query.where(or_(*(text.icontains(word[:60], autoescape=True) for text in texts)))
    return query


def lesson_views(
    session: Session, actor: Actor, lessons: Sequence[Lesson], rules: Mapping[int, HandlingRule], now: datetime
) -> tuple[LessonView, ...]:
    """The views of loaded lessons whose handlings are all in ``rules``."""
    seen = {one.id: one for one in lessons if one.handling_id in rules}
    of = {one.debrief_id for one in seen.values() if one.debrief_id}
    debriefs = {
        one.id: one
        for one in session.scalars(select(Debrief).where(Debrief.id.in_(of), Debrief.handling_id.in_(rules)))
    }
    answers = _answers_by_lesson(session, list(seen), rules)
    return tuple(
        _view(actor, one, rules[one.handling_id], debriefs.get(one.debrief_id or 0), answers.get(one.id, {}), now)
        for one in seen.values()
    )


def _view(
    actor: Actor, one: Lesson, rule: HandlingRule, debrief: Debrief | None, answers: Mapping[bool, int], now: datetime
) -> LessonView:
    state, learns = LessonState(one.state), actor.may(Permission.LESSON_EDIT)
    leads = actor.may(Permission.DEBRIEF_LEAD)
    return LessonView(
        one.id, one.title, one.cause, one.action, one.owner, one.due_at, one.check_text, one.state,
        is_overdue(one.state, one.due_at, now), one.acted_at, one.acted_by, one.acted_note, one.checked_at, one.checked_by,
        one.checked_note, one.criterion, tuple(one.kinds), tuple(one.subjects), tuple(one.places), tuple(one.agencies),
        tuple(one.words), one.made_by, one.made_at, one.version, debrief.id if debrief else None,
        debrief.about_label if debrief else None, answers.get(True, 0), answers.get(False, 0),
        learns and one.owner == actor.name and state in OWED,
        learns and state is LessonState.ACTED_ON and actor.name not in (one.owner, one.acted_by),
        learns and state in OWED and (leads or actor.name in (one.owner, one.made_by)),
        leads and LessonState.DROPPED in MOVES[state], rule.owner, rule.marking.value, tuple(sorted(rule.releases)),
    )  # fmt: skip


def _answers_by_lesson(
    session: Session, numbers: Sequence[int], rules: Mapping[int, HandlingRule]
) -> dict[int, dict[bool, int]]:
    query = (
        select(LessonTaken.lesson_id, LessonTaken.taken, func.count())
        .join(Operation, Operation.id == LessonTaken.operation_id)
        .where(LessonTaken.lesson_id.in_(numbers), Operation.handling_id.in_(rules))
        .group_by(LessonTaken.lesson_id, LessonTaken.taken)
    )
    found: dict[int, dict[bool, int]] = {}
    for lesson, taken, number in session.execute(query):
        found.setdefault(lesson, {})[bool(taken)] = number
    return found


def _answers_in_scope(session: Session, rules: Mapping[int, HandlingRule]) -> dict[bool, int]:
    """How many answers took a lesson and how many set one aside, where the reader may know of both."""
    query = (
        select(LessonTaken.taken, func.count())
        .join(Lesson, Lesson.id == LessonTaken.lesson_id)
        .join(Operation, Operation.id == LessonTaken.operation_id)
        .where(Lesson.handling_id.in_(rules), Operation.handling_id.in_(rules))
        .group_by(LessonTaken.taken)
    )
    return {bool(row[0]): row[1] for row in session.execute(query)}


def _answer(taken: LessonTaken, operation: Operation) -> LessonAnswer:
    called = f"{operation.reference} {operation.name}"
    return LessonAnswer(taken.taken, taken.word, taken.by, taken.at, operation.id, called, taken.log_seq)
