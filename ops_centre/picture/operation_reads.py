"""What screens ask of operations: the boards and one operation. Every query is filtered by the handlings in scope."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, String, cast, or_, select, tuple_
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.roles import HOLDS, Role
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.log_filter import LogFilter
from ops_centre.domain.operations import ENDED, RUNNING, STATES
from ops_centre.errors import NotFound
from ops_centre.models import Operation, OperationLink, User
from ops_centre.picture import operation_work
from ops_centre.picture.brief_gathering import Rules, rules_in_scope
from ops_centre.picture.log_reads import LogReads
from ops_centre.picture.log_views import LogEntryView
from ops_centre.picture.operation_boards import LaneSizes, standing
from ops_centre.picture.operation_counts import NONE, counts_for
from ops_centre.picture.operation_standing import (
    allowed,
    moves_for,
    overdue_of,
    standings,
    why_not_edit,
    why_not_promote,
)
from ops_centre.picture.operation_views import (
    CommanderChoice,
    OperationBoards,
    OperationCard,
    OperationRef,
    OperationRow,
    OperationView,
)
from ops_centre.picture.scope import scope_of
from ops_centre.picture.shelves import operation_row

MAX_ID = 2**63 - 1
Late = Mapping[int, tuple[str, ...]]  # what is overdue of each operation, in words
NONE_SUCH = "There is no such operation, or it is not released to you."


@dataclass(frozen=True, slots=True)
class OperationFilter:
    """Which operations; empty parts do not narrow."""

    kind: str | None = None
    text: str = ""
    agency: str | None = None  # takes part
    commander: str | None = None  # sign-in name
    exercise: bool | None = None  # only exercises, or none


class OperationReads:
    """Reads of operations."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, log: LogReads) -> None:
        self.db, self.clock, self.log_reads = db, clock, log
        self.allowed = allowed(settings.operations)

    def boards(
        self, actor: Actor, wanted: OperationFilter | None = None, sizes: LaneSizes | None = None
    ) -> OperationBoards:
        """The boards with the cards at the top of each column: overdue ones first, then the one that begins or happens next;
        of a column that has ended the newest."""
        authorise(actor, Permission.OPERATION_VIEW)
        now, sizes = self.clock.now(), sizes or LaneSizes()
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            mine, asked = Operation.handling_id.in_(rules), _conditions(wanted or OperationFilter())
            found = standing(session, mine, asked, sizes, now, self.allowed)
            ids = [number for lane in found.top.values() for number in lane]
            rows = session.scalars(select(Operation).where(Operation.id.in_(ids))).all() if ids else ()
            cards = {card.row.id: card for card in self._cards(session, actor, rules, rows, found.late)}
        columns = {
            kind.value: {
                state.value: tuple(cards[number] for number in found.top.get((kind.value, state.value), ()))
                for state in states
            }
            for kind, states in STATES.items()
        }
        cut = {
            (kind, state): number - len(columns[kind][state])
            for (kind, state), number in found.counts.items()
            if state in columns.get(kind, {}) and number > len(columns[kind][state])
        }
        return OperationBoards(
            columns, sum(found.counts.values()), found.total, cut, dict(found.running), dict(found.overdue)
        )

    def one(self, actor: Actor, operation_id: int) -> OperationView:
        """One operation in full. Raises NotFound, also for one outside the actor's scope."""
        authorise(actor, Permission.OPERATION_VIEW)
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            operation = session.get(Operation, operation_id) if 0 < operation_id <= MAX_ID else None
            if operation is None or operation.handling_id not in rules:
                raise NotFound(NONE_SUCH)
            return self._view(session, actor, rules, operation)

    def counted(self, actor: Actor, row: OperationRow) -> OperationRow:
        """A row of the present picture with the units and targets that this reader may know of."""
        authorise(actor, Permission.OPERATION_VIEW)
        with self.db.reading() as session:
            counts = counts_for(session, [row.id], rules_in_scope(session, scope_of(actor))).get(row.id, NONE)
        return replace(row, assigned=counts.units, targets=counts.targets)

    def by_reference(self, actor: Actor, reference: str) -> OperationRef | None:
        """The operation of this reference, whatever its case, if the actor may know of it."""
        authorise(actor, Permission.OPERATION_VIEW)
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            query = select(Operation).where(Operation.reference == reference.strip().lstrip("#").upper())
            row = session.scalars(query.where(Operation.handling_id.in_(rules))).first()
            return operation_work.ref(row) if row is not None else None

    def open_ones(self, actor: Actor, limit: int = 200) -> list[OperationRef]:
        """Operations that have not ended, by reference: what a tasking can be part of, or a form offers."""
        authorise(actor, Permission.OPERATION_VIEW)
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            query = select(Operation).where(Operation.handling_id.in_(rules), Operation.state.not_in(ENDED))
            return [
                operation_work.ref(row) for row in session.scalars(query.order_by(Operation.reference).limit(limit))
            ]

    def about(self, actor: Actor, things: Sequence[tuple[str, str]]) -> int | None:
        """The newest running operation that is linked to one of ``things`` (kind, id); None: none the actor may know of."""
        if not actor.may(Permission.OPERATION_VIEW) or not things:
            return None
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            query = (
                select(Operation.id)
                .join(OperationLink, OperationLink.operation_id == Operation.id)
                .where(Operation.handling_id.in_(rules), Operation.state.in_([state.value for state in RUNNING]))
                .where(tuple_(OperationLink.kind, OperationLink.thing).in_(list(things)))
            )
            return session.scalar(query.order_by(Operation.id.desc()).limit(1))

    def log(self, actor: Actor, operation_id: int, before: int | None = None, limit: int = 100) -> list[LogEntryView]:
        """Its part of the duty log, newest first. Raises NotFound as `one`."""
        self.one_ref(actor, operation_id)
        return self.log_reads.page(actor, LogFilter(thing=("operation", str(operation_id))), before, limit)

    def one_ref(self, actor: Actor, operation_id: int) -> OperationRef:
        """The operation by number. Raises NotFound as `one`."""
        authorise(actor, Permission.OPERATION_VIEW)
        with self.db.reading() as session:
            found = operation_work.ref_of(
                session, rules_in_scope(session, scope_of(actor)), operation_id if 0 < operation_id <= MAX_ID else None
            )
        if found is None:
            raise NotFound(NONE_SUCH)
        return found

    def commanders(self, actor: Actor) -> list[CommanderChoice]:
        """Who may command operations, for somebody who may name a commander."""
        if not (actor.may(Permission.OPERATION_PLAN) or actor.may(Permission.CONTINGENCY_RUN)):
            return []
        with self.db.reading() as session:
            users = session.scalars(select(User).where(User.disabled_at.is_(None)).order_by(User.display_name))
            return [
                CommanderChoice(user.name, user.display_name, user.agency)
                for user in users
                if HOLDS[Role(user.role)] & {Permission.OPERATION_RUN, Permission.CONTINGENCY_RUN}
            ]

    # Parts

    def _cards(
        self, session: Session, actor: Actor, rules: Rules, rows: Sequence[Operation], late: Late
    ) -> list[OperationCard]:
        now, counts = self.clock.now(), counts_for(session, [row.id for row in rows], rules)
        stand = standings(session, rows)
        return [
            OperationCard(
                operation_row(row, rules[row.handling_id], counts.get(row.id, NONE)), row.version, late[row.id],
                moves_for(actor, stand[row.id], now),
            )
            for row in rows
        ]  # fmt: skip

    def _view(self, session: Session, actor: Actor, rules: Rules, row: Operation) -> OperationView:
        late = overdue_of(session, [row], self.clock.now(), self.allowed)
        card = self._cards(session, actor, rules, [row], late)[0]
        name = session.scalar(select(User.display_name).where(User.name == row.commander)) if row.commander else None
        no_edit, no_promote = why_not_edit(actor, row), why_not_promote(actor, row)
        return OperationView(
            row=card.row, version=row.version, purpose=row.purpose, commander_name=name or row.commander,
            requirements=tuple((one["capability"], int(one["count"])) for one in row.required),
            proposed_by=row.proposed_by, proposed_at=row.proposed_at, approved_by=row.approved_by,
            approved_at=row.approved_at, started_at=row.started_at, closed_at=row.closed_at,
            close_reason=row.close_reason, promoted_from=operation_work.ref_of(session, rules, row.promoted_from),
            promoted_to=operation_work.promoted_to(session, rules, row.id), overdue=card.overdue, moves=card.moves,
            steps=operation_work.steps_of(session, row.id), links=operation_work.links_of(session, actor, rules, row.id),
            units=operation_work.units_of(session, actor, rules, row.id),
            taskings=operation_work.taskings_of(session, actor, rules, row.id), may_edit=no_edit is None,
            why_not_edit=no_edit, may_promote=no_promote is None, why_not_promote=no_promote,
        )  # fmt: skip


def _conditions(wanted: OperationFilter) -> list[ColumnElement[bool]]:
    """Every word must stand in one of the texts."""
    texts = (Operation.reference, Operation.name, Operation.purpose, Operation.next_event, Operation.commander)
    words = wanted.text.replace("\0", " ").encode("utf-8", "replace").decode().split()[:8]
    found: list[ColumnElement[bool]] = [
        or_(*(column.icontains(word[:60], autoescape=True) for column in texts)) for word in words
    ]
    if wanted.kind:
        found.append(Operation.kind == wanted.kind)
    if wanted.agency:
        found.append(cast(Operation.agencies, String).contains(f'"{wanted.agency[:20]}"', autoescape=True))
    if wanted.commander:
        found.append(Operation.commander == wanted.commander)
    if wanted.exercise is not None:
        found.append(Operation.is_exercise.is_(wanted.exercise))
    return found
