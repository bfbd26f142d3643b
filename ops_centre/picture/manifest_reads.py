"""Movements and manifests for screens. Who reads the people and goods of a movement does so through `services.manifests`,
which writes it into the audit trail."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import audience_of, rule_of
from ops_centre.clock import Clock
from ops_centre.db import Database
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.movements import SubjectKind, SubjectState
from ops_centre.errors import NotFound
from ops_centre.models import Handling, ManifestMessage, ManifestSubject, Movement, Track
from ops_centre.picture.manifest_views import ManifestView, MovementCount, MovementRow, SubjectRow

MOST_MOVEMENTS = 200
MOST_SUBJECTS = 300
LOOKED_BACK = timedelta(days=3)
_ORDER = {SubjectState.AWAITING.value: 0, SubjectState.TARGET.value: 1, SubjectState.CLEARED.value: 2}


class ManifestReads:
    """Reads in the scope of whoever asks."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db, self.clock = db, clock

    def movements(self, actor: Actor, wanted: str = "") -> list[MovementRow]:
        """Movements that arrive or arrived in the last days or have somebody awaiting: the next to arrive first, then
        those that arrived, the latest first; at most `MOST_MOVEMENTS`. ``wanted``: words of
        their number, carrier, craft or ports, never of who is on them. Raises NotPermitted."""
        authorise(actor, Permission.MANIFEST_VIEW)
        now = self.clock.now()
        coming = Movement.arrives_at > now
        order = (
            case((coming, 0), (Movement.arrives_at.is_not(None), 1), else_=2),
            case((coming, Movement.arrives_at)),
            Movement.arrives_at.desc(),
            Movement.id,
        )
        with self.db.reading() as session:
            query = select(Movement).where(*self._listed(session, actor, wanted))
            return _rows(session, session.scalars(query.order_by(*order).limit(MOST_MOVEMENTS)).all())

    def count(self, actor: Actor, wanted: str = "") -> MovementCount:
        """How many `movements` there are, shown or not, and how many on them await assessment. Raises NotPermitted."""
        authorise(actor, Permission.MANIFEST_VIEW)
        with self.db.reading() as session:
            listed = select(Movement.id).where(*self._listed(session, actor, wanted))
            movements = session.scalar(select(func.count()).select_from(listed.subquery())) or 0
            waits = select(func.count()).where(
                ManifestSubject.state == SubjectState.AWAITING.value, ManifestSubject.movement_id.in_(listed)
            )
            return MovementCount(movements, session.scalar(waits) or 0)

    def _listed(self, session: Session, actor: Actor, wanted: str) -> list[Any]:
        audience = audience_of(actor, session.scalars(select(Handling)))
        waits = select(ManifestSubject.movement_id).where(ManifestSubject.state == SubjectState.AWAITING.value)
        recent = or_(Movement.arrives_at > self.clock.now() - LOOKED_BACK, Movement.id.in_(waits))
        return [Movement.handling_id.in_(audience), recent, *(_holds(word) for word in wanted.split()[:8])]

    def manifest(self, session: Session, actor: Actor, movement_id: int, wanted: str = "") -> ManifestView:
        """One movement with its people and goods that hold every word. Raises NotFound. For `services.manifests`."""
        authorise(actor, Permission.MANIFEST_VIEW)
        movement = session.get(Movement, movement_id) if 0 < movement_id < 2**62 else None
        if movement is None or movement.handling_id not in audience_of(actor, session.scalars(select(Handling))):
            raise NotFound("There is no such movement, or it is not released to you.")
        messages = {
            one.id: one
            for one in session.scalars(select(ManifestMessage).where(ManifestMessage.movement_id == movement_id))
        }
        subjects = session.scalars(select(ManifestSubject).where(ManifestSubject.movement_id == movement_id))
        found = [row for row in subjects if _has(row, wanted)]
        found.sort(key=lambda row: (_ORDER.get(row.state, 3), row.kind, row.label.casefold(), row.id))
        return ManifestView(
            movement=_rows(session, [movement])[0],
            subjects=tuple(_subject(row, messages[row.message_id].ref) for row in found[:MOST_SUBJECTS]),
            found=len(found),
            caveats=tuple(dict.fromkeys(text for one in messages.values() for text in one.caveats)),
            may_assess=actor.may(Permission.MANIFEST_ASSESS),
        )


def _holds(word: str) -> Any:
    columns = (Movement.number, Movement.carrier, Movement.craft_name, Movement.origin, Movement.destination)
    return or_(*(column.icontains(word, autoescape=True) for column in columns))


def _has(row: ManifestSubject, wanted: str) -> bool:
    text = f"{row.label} {row.state} {' '.join(_texts(row.particulars.values()))}".casefold()
    return all(word in text for word in wanted.casefold().split())


def _texts(values: Iterable[Any]) -> Iterable[str]:
    for value in values:
        if isinstance(value, dict):
            yield from _texts(value.values())
        elif isinstance(value, list):
            yield from _texts(value)
        else:
            yield str(value)


def _rows(session: Session, movements: Sequence[Movement]) -> list[MovementRow]:
    ids = [movement.id for movement in movements]
    kind, state = ManifestSubject.kind, ManifestSubject.state

    def counted(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    here = state != SubjectState.WITHDRAWN.value
    query = select(
        ManifestSubject.movement_id,
        counted(here & (kind == SubjectKind.PERSON.value)),
        counted(here & (kind == SubjectKind.CONSIGNMENT.value)),
        counted(state == SubjectState.AWAITING.value),
        counted(state == SubjectState.TARGET.value),
    )
    counts = {
        row[0]: tuple(row[1:])
        for row in session.execute(
            query.where(ManifestSubject.movement_id.in_(ids)).group_by(ManifestSubject.movement_id)
        )
    }
    rules = {one.id: rule_of(one) for one in session.scalars(select(Handling))}
    return [_row(session, one, counts.get(one.id, (0, 0, 0, 0)), rules[one.handling_id]) for one in movements]


def _row(session: Session, one: Movement, counts: Sequence[Any], rule: HandlingRule) -> MovementRow:
    persons, consignments, awaiting, targets = (int(count) for count in counts)
    return MovementRow(
        one.id, one.kind, one.number, one.carrier, one.craft_name, one.origin, one.destination, one.departs_at,
        one.arrives_at, persons, consignments, awaiting, targets, _track(session, one.identifiers), rule.owner,
        rule.marking.value, one.received_at,
    )  # fmt: skip


def _track(session: Session, said: dict[str, Any]) -> int | None:
    """The craft in the picture that answers to what the message says of it; none where several do."""
    for name in ("imo", "flight", "callsign"):
        if said.get(name):
            found = session.scalars(
                select(Track.id).where(getattr(Track, name) == said[name], Track.left_at.is_(None)).limit(2)
            ).all()
            if len(found) == 1:
                return found[0]
    return None


def _subject(row: ManifestSubject, message: str) -> SubjectRow:
    return SubjectRow(
        row.id, row.kind, row.label, row.particulars, row.source_text, message, row.state, row.assessed_by, row.assessed_at,
        row.word, row.target_id, row.version,
    )  # fmt: skip
