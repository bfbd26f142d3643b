"""What screens ask of debriefs: the lists, one with its points and its part of the duty log, what waits for one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import Clock
from ops_centre.db import Database
from ops_centre.domain.debriefs import DebriefOf, DebriefState, lacking
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.log_filter import operation_id
from ops_centre.domain.operations import OperationState
from ops_centre.errors import NotFound
from ops_centre.models import Debrief, DebriefPoint, Lesson, LogEntry, LogLink, Operation, Tasking, Watch
from ops_centre.picture.brief_gathering import rules_in_scope
from ops_centre.picture.debrief_subjects import MODELS, about_of
from ops_centre.picture.debrief_views import About, DebriefRow, DebriefView, PointView, Subject, TimelineEntry
from ops_centre.picture.lesson_reads import lesson_views
from ops_centre.picture.scope import scope_of

MAX_ID = 2**63 - 1
MOST = 200
MOST_TIMELINE = 300
WAITS_FOR = timedelta(days=7)  # how long a tasking or a watch is offered for a debrief
MOST_WAITING = 12  # of each kind
NONE = "There is no such debrief, or it is not released to you."
_LEARNING = (EntryKind.DEBRIEF.value, EntryKind.LESSON.value)  # what a timeline leaves out: it tells what happened


@dataclass(frozen=True, slots=True)
class DebriefFilter:
    """What is looked for; empty parts do not narrow."""

    text: str = ""
    state: str | None = None
    about: tuple[str, str] | None = None  # kind and id of what is debriefed


class DebriefReads:
    """Reads of debriefs."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db = db
        self.clock = clock

    def found(self, actor: Actor, wanted: DebriefFilter | None = None, limit: int = 60) -> list[DebriefRow]:
        """Debriefs that match: open ones by when they are due, then closed ones, newest first."""
        authorise(actor, Permission.DEBRIEF_VIEW)
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            query = _filtered(wanted or DebriefFilter()).where(Debrief.handling_id.in_(rules))
            first = case((Debrief.state == DebriefState.OPEN.value, 0), else_=1)
            rows = list(session.scalars(query.order_by(first, Debrief.opened_at.desc()).limit(min(limit, MOST))))
            return debrief_rows(session, rows, rules, self.clock.now())

    def one(self, actor: Actor, debrief_id: int) -> DebriefView:
        """One debrief in full. Raises NotFound, also for one outside the actor's scope."""
        authorise(actor, Permission.DEBRIEF_VIEW)
        now = self.clock.now()
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            debrief = session.get(Debrief, debrief_id) if 0 < debrief_id <= MAX_ID else None
            if debrief is None or debrief.handling_id not in rules:
                raise NotFound(NONE)
            timeline = _timeline(session, debrief, rules) if actor.may(Permission.LOG_VIEW) else ()
            learned = list(session.scalars(select(Lesson).where(Lesson.debrief_id == debrief.id).order_by(Lesson.id)))
            points = _points(session, actor, debrief)
            return DebriefView(
                debrief_rows(session, [debrief], rules, now)[0], debrief.meant, debrief.summary, debrief.version, points,
                timeline[:MOST_TIMELINE], len(timeline) > MOST_TIMELINE,
                lesson_views(session, actor, learned, rules, now),
                tuple(lacking(debrief.meant, [one.head for one in points if one.struck_at is None], "-")),
                actor.may(Permission.DEBRIEF_CONTRIBUTE) and debrief.state == DebriefState.OPEN,
                actor.may(Permission.DEBRIEF_LEAD) and debrief.state == DebriefState.OPEN,
                actor.may(Permission.LESSON_EDIT),
                actor.may(Permission.DEBRIEF_LEAD) and actor.agency == rules[debrief.handling_id].owner,
            )  # fmt: skip

    def printed(self, actor: Actor, debrief_id: int) -> tuple[DebriefView, bool]:
        """One debrief, and whether what it is about is an exercise. Raises NotFound."""
        view = self.one(actor, debrief_id)
        number = int(view.row.about_id)
        with self.db.reading() as session:
            if view.row.about_kind == DebriefOf.TASKING:
                number = session.get_one(Tasking, number).operation_id or 0
            its = session.get(Operation, number) if view.row.about_kind != DebriefOf.WATCH else None
            return view, its is not None and its.is_exercise

    def about(self, actor: Actor, kind: str, thing: str) -> About:
        """The facts of what is debriefed, as far as the actor may know of it. Raises NotFound."""
        authorise(actor, Permission.DEBRIEF_VIEW)
        none = NotFound(f"There is no such {kind}, or it is not released to you.")
        if kind not in tuple(DebriefOf) or not thing.isdigit():
            raise none
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            row = session.get(MODELS[DebriefOf(kind)], int(thing)) if int(thing) <= MAX_ID else None
            if row is None or getattr(row, "handling_id", None) not in {*rules, None}:
                raise none
            return about_of(session, DebriefOf(kind), row)

    def waiting(self, actor: Actor) -> list[Subject]:
        """What nobody has debriefed yet: closed operations, and taskings and watches that ended lately."""
        authorise(actor, Permission.DEBRIEF_VIEW)
        since = self.clock.now() - WAITS_FOR
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            told: list[Subject] = []
            if actor.may(Permission.OPERATION_VIEW):
                told += _subjects(session, DebriefOf.OPERATION, _closed_operations(rules))
            if actor.may(Permission.WATCH_VIEW):
                told += _subjects(session, DebriefOf.WATCH, _lately(Watch, Watch.closed_at, since))
            if actor.may(Permission.TASKING_VIEW):
                ended = _lately(Tasking, Tasking.ended_at, since)
                ended = ended.where(Tasking.on_scene_at.is_not(None), Tasking.handling_id.in_(rules))
                told += _subjects(session, DebriefOf.TASKING, ended)
            return told


def _filtered(wanted: DebriefFilter) -> Any:
    query = select(Debrief)
    if wanted.state:
        query = query.where(Debrief.state == wanted.state)
    if wanted.about:
        query = query.where(Debrief.about_kind == wanted.about[0], Debrief.about_id == wanted.about[1])
    for word in wanted.text.replace("\0", " ").split()[:8]:
        texts = (Debrief.about_label, Debrief.meant, Debrief.summary, Debrief.opened_by)
        query = query.where(or_(*(text.icontains(word[:60], autoescape=True) for text in texts)))
    return query


def debrief_rows(
    session: Session, debriefs: Sequence[Debrief], rules: Mapping[int, HandlingRule], now: datetime
) -> list[DebriefRow]:
    """The views of loaded debriefs, with what they count."""
    numbers = [debrief.id for debrief in debriefs]
    counted = _counts(session, numbers)
    standing = Lesson.debrief_id.in_(numbers) & Lesson.handling_id.in_(rules)
    by_debrief = select(Lesson.debrief_id, func.count()).where(standing).group_by(Lesson.debrief_id)
    lessons = {row[0]: row[1] for row in session.execute(by_debrief)}
    return [
        _row(one, rules[one.handling_id], counted.get(one.id, (0, 0)), lessons.get(one.id, 0), now) for one in debriefs
    ]


def _row(one: Debrief, rule: HandlingRule, points: tuple[int, int], lessons: int, now: datetime) -> DebriefRow:
    late = one.state == DebriefState.OPEN and one.due_at is not None and one.due_at <= now
    return DebriefRow(
        one.id, one.sort, one.about_kind, one.about_id, one.about_label, one.state, one.opened_by, one.opened_at, one.due_at,
        late, one.closed_by, one.closed_at, *points, lessons, rule.owner, rule.marking.value, tuple(sorted(rule.releases)),
    )  # fmt: skip


def _counts(session: Session, numbers: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Points that stand and, of those, from the field, by debrief."""
    query = (
        select(DebriefPoint.debrief_id, func.count(), func.count(DebriefPoint.by_unit))
        .where(DebriefPoint.debrief_id.in_(numbers), DebriefPoint.struck_at.is_(None))
        .group_by(DebriefPoint.debrief_id)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(query)}


def _points(session: Session, actor: Actor, debrief: Debrief) -> tuple[PointView, ...]:
    query = select(DebriefPoint).where(DebriefPoint.debrief_id == debrief.id).order_by(DebriefPoint.at, DebriefPoint.id)
    is_open, leads = debrief.state == DebriefState.OPEN, actor.may(Permission.DEBRIEF_LEAD)
    return tuple(
        PointView(
            one.id, one.head, one.text, one.log_seq, one.by, one.by_unit, one.at, one.struck_by, one.struck_at,
            is_open and one.struck_at is None and (leads or one.by == actor.name),
        )
        for one in session.scalars(query)
    )  # fmt: skip


def _timeline(session: Session, debrief: Debrief, rules: Mapping[int, HandlingRule]) -> tuple[TimelineEntry, ...]:
    """What the duty log holds about it, oldest first: of a watch everything written during it, else what refers to it."""
    query = select(LogEntry).where(LogEntry.handling_id.in_(rules), LogEntry.kind.not_in(_LEARNING))
    if debrief.about_kind == DebriefOf.WATCH:
        watch = session.get_one(Watch, int(debrief.about_id))
        until = watch.closed_at or debrief.closed_at or datetime.max.replace(tzinfo=debrief.opened_at.tzinfo)
        query = query.where(LogEntry.occurred_at >= (watch.opened_at or watch.starts_at), LogEntry.occurred_at <= until)
    else:
        words = {debrief.about_id}
        if debrief.about_kind == DebriefOf.OPERATION:  # entries of people name it by its reference: #D26-014
            words.add(operation_id(session.get_one(Operation, int(debrief.about_id)).reference))
        refers = select(LogLink.seq).where(LogLink.kind == debrief.about_kind, LogLink.thing.in_(words))
        query = query.where(LogEntry.seq.in_(refers))
    found = session.scalars(query.order_by(LogEntry.occurred_at, LogEntry.seq).limit(MOST_TIMELINE + 1))
    return tuple(_entry(one, rules[one.handling_id]) for one in found)


def _entry(one: LogEntry, rule: HandlingRule) -> TimelineEntry:
    said = (one.seq, one.occurred_at, one.kind, one.author_name, one.text)
    return TimelineEntry(*said, rule.owner, rule.marking.value, tuple(sorted(rule.releases)))


def _closed_operations(rules: Mapping[int, HandlingRule]) -> Any:
    return (
        select(Operation)
        .where(Operation.state == OperationState.CLOSED.value, Operation.handling_id.in_(rules))
        .order_by(Operation.closed_at.desc())
    )


def _lately(model: Any, ended: Any, since: datetime) -> Any:
    return select(model).where(ended >= since).order_by(ended.desc())


def _subjects(session: Session, sort: DebriefOf, query: Any) -> list[Subject]:
    """Those of the query that were never debriefed."""
    rows = list(session.scalars(query.limit(MOST_WAITING * 3)))
    numbers = [str(row.id) for row in rows]
    begun = select(Debrief.about_id).where(Debrief.about_kind == sort.value, Debrief.about_id.in_(numbers))
    known = set(session.scalars(begun))
    told = [(row, about_of(session, sort, row)) for row in rows if str(row.id) not in known][:MOST_WAITING]
    return [Subject(sort.value, row.id, about.label, about.ended_at) for row, about in told if about.too_early is None]
