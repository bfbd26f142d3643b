"""The chain: hit, target, alert, log entry, decision, tasking, outcome, walked in both directions in one call.

Every link is a question to the database in the reader's scope, so what the reader may not know of is absent and nothing is
reached through it. A log entry is an end: it shows where it was written, and what was decided from it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.db import Database
from ops_centre.domain.duty_log import ThingKind
from ops_centre.errors import NotFound
from ops_centre.models import Alert, Decision, Hit, LogEntry, LogLink, Outcome, Target, Tasking, Track, Unit
from ops_centre.picture.chain_things import NEEDS, thing_of
from ops_centre.picture.dispatch_reads import audience
from ops_centre.picture.dispatch_views import ChainThing, ChainView

MAX_ID = 2**63 - 1
MOST_OF_A_KIND = 60  # newest, for each link; a target has a handful, a craft may have years of entries
K = ThingKind
ORDER = (K.HIT, K.TRACK, K.TARGET, K.ALERT, K.ENTRY, K.DECISION, K.TASKING, K.OUTCOME)
MODELS: dict[ThingKind, Any] = {
    K.HIT: Hit, K.TRACK: Track, K.TARGET: Target, K.ALERT: Alert, K.ENTRY: LogEntry, K.DECISION: Decision,
    K.TASKING: Tasking, K.OUTCOME: Outcome, K.UNIT: Unit,
}  # fmt: skip
Key = tuple[ThingKind, int]


class ChainReads:
    """Reads of the chain."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def of(self, actor: Actor, kind: str, thing_id: int | str) -> ChainView:
        """The thing, all it came from and all that came of it. Raises NotFound, also outside the actor's scope."""
        sort, number = _named(kind, thing_id)
        authorise(actor, NEEDS[sort])
        with self.db.reading() as session:
            walk = Walk(session, actor, audience(session, actor))
            first = walk.load((sort, number))
            if first is None:
                raise NotFound(f"There is no such {sort.value}, or it is not released to you.")
            before = walk.all_from((sort, number), BEFORE)
            after = walk.all_from((sort, number), AFTER)
            return ChainView(
                thing_of(session, sort, first), walk.told(before), walk.told(key for key in after if key not in before)
            )


def _named(kind: str, thing_id: int | str) -> tuple[ThingKind, int]:
    text = str(thing_id)
    if kind not in {sort.value for sort in MODELS} or not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFound("There is nothing of that name in the chain.")
    return ThingKind(kind), int(text)


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
        return row if getattr(row, "handling_id", None) in self.seen or kind in (K.HIT, K.TRACK) else None

    def all_from(self, start: Key, links: "Links") -> dict[Key, Any]:
        """Everything that is reached from ``start``, without itself."""
        found: dict[Key, Any] = {}
        waiting = [start]
        while waiting:
            key = waiting.pop(0)
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
    kinds = {sort.value: sort for sort in (K.TARGET, K.TRACK, K.TASKING)}
    return [(kinds[alert.subject_kind], _number(alert.subject_id))] if alert.subject_kind in kinds else []


def _linked(_walk: Walk, entry: LogEntry) -> list[Key]:
    """What an entry refers to; not other entries, which it would lead to in turn."""
    kinds = {sort.value: sort for sort in ORDER if sort is not K.ENTRY}
    return [(kinds[kind], _number(thing)) for kind, thing, _label in entry.links if kind in kinds]


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
    K.TASKING: (lambda _w, row: _one(K.DECISION, row.decision_id), lambda _w, row: _one(K.TARGET, row.target_id)),
    K.DECISION: (
        lambda _w, row: _one(K.ALERT, row.alert_id),
        lambda _w, row: _one(K.ENTRY, row.from_seq),
        lambda _w, row: _one(K.ENTRY, row.log_seq),
        lambda _w, row: _one(K.TARGET, row.target_id),
        lambda _w, row: _one(K.TRACK, row.track_id),
    ),
    K.ENTRY: (_linked,),
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
        _entries_on(K.TRACK),
    ),
    K.TARGET: (
        _alerts_on(K.TARGET),
        lambda walk, row: walk.where(K.DECISION, Decision.target_id == row.id),
        lambda walk, row: walk.where(K.OUTCOME, Outcome.target_id == row.id),
        _entries_on(K.TARGET),
    ),
    K.ALERT: (lambda walk, row: walk.where(K.DECISION, Decision.alert_id == row.id), _entries_on(K.ALERT)),
    K.ENTRY: (lambda walk, row: walk.where(K.DECISION, Decision.from_seq == row.seq),),
    K.DECISION: (
        lambda walk, row: walk.where(K.TASKING, Tasking.decision_id == row.id),
        _entries_on(K.DECISION),
    ),
    K.TASKING: (
        lambda walk, row: walk.where(K.OUTCOME, Outcome.tasking_id == row.id),
        _alerts_on(K.TASKING),
        _entries_on(K.TASKING),
    ),
    K.OUTCOME: (_entries_on(K.OUTCOME),),
    K.UNIT: (lambda walk, row: walk.where(K.TASKING, Tasking.unit_id == row.id),),
}
