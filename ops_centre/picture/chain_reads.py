"""The chain: criterion, hit, target, alert, log entry, decision, tasking, outcome, debrief, lesson, walked in both directions
in one call.

Every link is a question to the database in the reader's scope, so what the reader may not know of is absent and nothing is
reached through it. A log entry is an end: it shows where it was written, and what was decided from it. So is an operation that
is met on the way: its other targets and taskings are shown where one asks for the operation itself. And so is a criterion,
which a lesson leads back to.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.db import Database
from ops_centre.domain.duty_log import ThingKind
from ops_centre.errors import NotFound
from ops_centre.models import (
    Alert,
    Debrief,
    Decision,
    Hit,
    Lesson,
    LessonTaken,
    LogEntry,
    LogLink,
    Operation,
    OperationLink,
    Outcome,
    Target,
    Tasking,
    Track,
    Unit,
)
from ops_centre.picture.chain_things import NEEDS, thing_of
from ops_centre.picture.dispatch_reads import audience
from ops_centre.picture.dispatch_views import ChainThing, ChainView

MAX_ID = 2**63 - 1
MOST_OF_A_KIND = 60  # newest, for each link; a target has a handful, a craft may have years of entries
K = ThingKind
ORDER = (
    K.CRITERION, K.HIT, K.TRACK, K.TARGET, K.ALERT, K.ENTRY, K.OPERATION, K.DECISION, K.TASKING, K.OUTCOME, K.DEBRIEF,
    K.LESSON,
)  # fmt: skip
MODELS: dict[ThingKind, Any] = {
    K.HIT: Hit, K.TRACK: Track, K.TARGET: Target, K.ALERT: Alert, K.ENTRY: LogEntry, K.DECISION: Decision,
    K.TASKING: Tasking, K.OUTCOME: Outcome, K.UNIT: Unit, K.OPERATION: Operation,
    K.DEBRIEF: Debrief, K.LESSON: Lesson, K.CRITERION: Hit,
}  # fmt: skip
ENDS = frozenset({K.OPERATION, K.CRITERION})  # nothing is reached through these, but from themselves
Key = tuple[ThingKind, int]
NOTHING = "There is nothing of that name in the chain."


class ChainReads:
    """Reads of the chain."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def of(self, actor: Actor, kind: str, thing_id: int | str) -> ChainView:
        """The thing, all it came from and all that came of it. Raises NotFound, also outside the actor's scope."""
        sort = _sort_of(kind)
        authorise(actor, NEEDS[sort])
        with self.db.reading() as session:
            number = _first_hit(session, str(thing_id)) if sort is K.CRITERION else _number_of(thing_id)
            walk = Walk(session, actor, audience(session, actor))
            first = walk.load((sort, number))
            if first is None:
                raise NotFound(f"There is no such {sort.value}, or it is not released to you.")
            before = walk.all_from((sort, number), BEFORE)
            after = walk.all_from((sort, number), AFTER)
            return ChainView(
                thing_of(session, sort, first), walk.told(before), walk.told(key for key in after if key not in before)
            )


def _sort_of(kind: str) -> ThingKind:
    if kind not in {sort.value for sort in MODELS}:
        raise NotFound(NOTHING)
    return ThingKind(kind)


def _number_of(thing_id: int | str) -> int:
    text = str(thing_id)
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound(NOTHING)
    return int(text)


def _first_hit(session: Session, criterion: str | None) -> int:
    """A criterion is known by its hits alone; the first of them stands for it. 0: it has none."""
    return session.scalar(select(func.min(Hit.id)).where(Hit.criterion == criterion)) or 0 if criterion else 0


@dataclass(slots=True)
class Walk:
    """One reader's walk along the chain."""

    session: Session
    actor: Actor
    seen: frozenset[int]

    def load(self, key: Key) -> Any | None:
        """The row, if the reader may know of it."""
        kind, number = key
        if not self.actor.may(NEEDS[kind]) or not 0 < number <= MAX_ID:
            return None
        row = self.session.get(MODELS[kind], number)
        if row is None or (kind is K.HIT and self.load((K.TARGET, row.target_id)) is None):
            return None
        if kind is K.CRITERION:
            return row if self._matched(row.criterion) else None
        return row if getattr(row, "handling_id", None) in self.seen or kind in (K.HIT, K.TRACK) else None

    def _matched(self, criterion: str) -> bool:
        """Whether a criterion matched something that the reader may know of."""
        query = select(Hit.id).join(Target, Target.id == Hit.target_id)
        query = query.where(Hit.criterion == criterion, Target.handling_id.in_(self.seen))
        return self.session.scalar(query.limit(1)) is not None

    def all_from(self, start: Key, links: "Links") -> dict[Key, Any]:
        """Everything that is reached from ``start``, without itself."""
        found: dict[Key, Any] = {}
        waiting = [start]
        while waiting:
            key = waiting.pop(0)
            if key[0] in ENDS and key != start:
                continue
            row = found[key] if key in found else self.load(key)
            for step in links.get(key[0], ()):
                for further in step(self, row):
                    if further == start or further in found or (thing := self.load(further)) is None:
                        continue
                    found[further] = thing
                    waiting.append(further)
        return found

    def told(self, keys: Iterable[Key]) -> tuple[ChainThing, ...]:
        """Views in the order of the chain, each kind oldest first."""
        things = [(kind, number, thing_of(self.session, kind, self.load((kind, number)))) for kind, number in keys]
        things.sort(key=lambda one: (_place(one[0]), one[2].at.timestamp() if one[2].at else 0.0, one[1]))
        return tuple(thing for _kind, _number, thing in things)

    def where(self, kind: ThingKind, *conditions: Any) -> list[Key]:
        """Numbers of the newest things that meet the conditions, in the reader's scope."""
        if not self.actor.may(NEEDS[kind]):
            return []
        model = MODELS[kind]
        query = select(model.id).where(*conditions)
        if kind is not K.HIT:
            query = query.where(model.handling_id.in_(self.seen))
        return [
            (kind, number) for number in self.session.scalars(query.order_by(model.id.desc()).limit(MOST_OF_A_KIND))
        ]

    def entries_on(self, kind: ThingKind, number: int) -> list[Key]:
        """Newest log entries that refer to a thing."""
        if not self.actor.may(Permission.LOG_VIEW):
            return []
        query = (
            select(LogEntry.seq)
            .join(LogLink, LogLink.seq == LogEntry.seq)
            .where(LogLink.kind == kind.value, LogLink.thing == str(number), LogEntry.handling_id.in_(self.seen))
            .order_by(LogEntry.seq.desc())
            .limit(MOST_OF_A_KIND)
        )
        return [(K.ENTRY, seq) for seq in self.session.scalars(query)]


def _place(kind: ThingKind) -> int:
    return ORDER.index(kind) if kind in ORDER else len(ORDER)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _subject(alert: Alert) -> list[Key]:
    kinds = {sort.value: sort for sort in (K.TARGET, K.TRACK, K.TASKING, K.LESSON)}
    return [(kinds[alert.subject_kind], _number(alert.subject_id))] if alert.subject_kind in kinds else []


def _linked(_walk: Walk, entry: LogEntry) -> list[Key]:
    """What an entry refers to; not other entries, which it would lead to in turn."""
    kinds = {sort.value: sort for sort in ORDER if sort is not K.ENTRY}
    return [(kinds[kind], _number(thing)) for kind, thing, _label in entry.links if kind in kinds]


def _of_operation(walk: Walk, operation: Operation) -> list[Key]:
    """What an operation is linked to."""
    kinds = {sort.value: sort for sort in (K.TARGET, K.TRACK, K.ALERT, K.ENTRY)}
    query = select(OperationLink.kind, OperationLink.thing).where(OperationLink.operation_id == operation.id)
    rows = walk.session.execute(query.order_by(OperationLink.id).limit(MOST_OF_A_KIND))
    return [(kinds[kind], _number(thing)) for kind, thing in rows if kind in kinds]


def _operations_on(kind: ThingKind) -> "Step":
    """Operations that are linked to a thing."""

    def step(walk: Walk, row: Any) -> list[Key]:
        number = row.seq if kind is K.ENTRY else row.id
        linked = select(OperationLink.operation_id).where(
            OperationLink.kind == kind.value, OperationLink.thing == str(number)
        )
        return walk.where(K.OPERATION, Operation.id.in_(linked))

    return step


def _debriefs_on(kind: ThingKind) -> "Step":
    return lambda walk, row: walk.where(K.DEBRIEF, Debrief.about_kind == kind.value, Debrief.about_id == str(row.id))


def _debriefed(_walk: Walk, debrief: Debrief) -> list[Key]:
    kinds = {sort.value: sort for sort in (K.OPERATION, K.TASKING)}
    return [(kinds[debrief.about_kind], _number(debrief.about_id))] if debrief.about_kind in kinds else []


def _criterion_of(walk: Walk, row: Any) -> list[Key]:
    """The criterion of a hit, or the one a lesson is about."""
    first = _first_hit(walk.session, row.criterion)
    return [(K.CRITERION, first)] if first else []


def _taken_into(walk: Walk, lesson: Lesson) -> list[Key]:
    taken = select(LessonTaken.operation_id).where(LessonTaken.lesson_id == lesson.id, LessonTaken.taken.is_(True))
    return walk.where(K.OPERATION, Operation.id.in_(taken))


def _one(kind: ThingKind, number: int | None) -> list[Key]:
    return [(kind, number)] if number is not None else []


def _alerts_on(kind: ThingKind) -> "Step":
    return lambda walk, row: walk.where(K.ALERT, Alert.subject_kind == kind.value, Alert.subject_id == str(row.id))


def _entries_on(kind: ThingKind) -> "Step":
    return lambda walk, row: walk.entries_on(kind, row.id)


Step = Callable[[Walk, Any], list[Key]]
Links = dict[ThingKind, tuple[Step, ...]]

BEFORE: Links = {
    K.OUTCOME: (lambda _w, row: _one(K.TASKING, row.tasking_id), lambda _w, row: _one(K.TARGET, row.target_id)),
    K.TASKING: (
        lambda _w, row: _one(K.DECISION, row.decision_id),
        lambda _w, row: _one(K.TARGET, row.target_id),
        lambda _w, row: _one(K.OPERATION, row.operation_id),
    ),
    K.OPERATION: (_of_operation, lambda _w, row: _one(K.OPERATION, row.promoted_from)),
    K.DECISION: (
        lambda _w, row: _one(K.ALERT, row.alert_id),
        lambda _w, row: _one(K.ENTRY, row.from_seq),
        lambda _w, row: _one(K.ENTRY, row.log_seq),
        lambda _w, row: _one(K.TARGET, row.target_id),
        lambda _w, row: _one(K.TRACK, row.track_id),
        lambda _w, row: _one(K.OPERATION, row.operation_id),
    ),
    K.ENTRY: (_linked,),
    K.HIT: (_criterion_of,),
    K.DEBRIEF: (_debriefed,),
    K.LESSON: (lambda _w, row: _one(K.DEBRIEF, row.debrief_id),),
    K.ALERT: (lambda _w, row: _subject(row),),
    K.TARGET: (
        lambda walk, row: walk.where(K.HIT, Hit.target_id == row.id),
        lambda _w, row: _one(K.TRACK, row.track_id),
    ),
}
AFTER: Links = {
    K.HIT: (lambda _w, row: _one(K.TARGET, row.target_id),),
    K.TRACK: (
        lambda walk, row: walk.where(K.TARGET, Target.track_id == row.id),
        _alerts_on(K.TRACK),
        lambda walk, row: walk.where(K.DECISION, Decision.track_id == row.id),
        _operations_on(K.TRACK),
        _entries_on(K.TRACK),
    ),
    K.TARGET: (
        _alerts_on(K.TARGET),
        lambda walk, row: walk.where(K.DECISION, Decision.target_id == row.id),
        lambda walk, row: walk.where(K.OUTCOME, Outcome.target_id == row.id),
        _operations_on(K.TARGET),
        _entries_on(K.TARGET),
    ),
    K.ALERT: (
        lambda walk, row: walk.where(K.DECISION, Decision.alert_id == row.id),
        _operations_on(K.ALERT),
        _entries_on(K.ALERT),
    ),
    K.ENTRY: (lambda walk, row: walk.where(K.DECISION, Decision.from_seq == row.seq), _operations_on(K.ENTRY)),
    K.OPERATION: (
        lambda walk, row: walk.where(K.OPERATION, Operation.promoted_from == row.id),
        lambda walk, row: walk.where(K.DECISION, Decision.operation_id == row.id),
        lambda walk, row: walk.where(K.TASKING, Tasking.operation_id == row.id),
        _debriefs_on(K.OPERATION),
        _entries_on(K.OPERATION),
    ),
    K.DECISION: (
        lambda walk, row: walk.where(K.TASKING, Tasking.decision_id == row.id),
        _entries_on(K.DECISION),
    ),
    K.TASKING: (
        lambda walk, row: walk.where(K.OUTCOME, Outcome.tasking_id == row.id),
        _alerts_on(K.TASKING),
        _debriefs_on(K.TASKING),
        _entries_on(K.TASKING),
    ),
    K.DEBRIEF: (lambda walk, row: walk.where(K.LESSON, Lesson.debrief_id == row.id), _entries_on(K.DEBRIEF)),
    K.LESSON: (_criterion_of, _taken_into, _alerts_on(K.LESSON), _entries_on(K.LESSON)),
    K.CRITERION: (lambda walk, row: walk.where(K.LESSON, Lesson.criterion == row.criterion),),
    K.OUTCOME: (_entries_on(K.OUTCOME),),
    K.UNIT: (lambda walk, row: walk.where(K.TASKING, Tasking.unit_id == row.id),),
}
