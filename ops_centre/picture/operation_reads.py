"""What screens ask of operations: the boards and one operation. Every query is filtered by the handlings in scope."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, String, cast, func, or_, select, tuple_
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
    OperationView,
)
from ops_centre.picture.scope import scope_of
from ops_centre.picture.shelves import operation_row, targets_of, units_on

MAX_ID = 2**63 - 1
COLUMN_MOST = 300  # cards of one column that is prepared or running
ENDED_MOST = 40  # of one column that has ended: the newest
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

    def boards(self, actor: Actor, wanted: OperationFilter | None = None) -> OperationBoards:
        """The boards with a card for each operation, the one that begins or happens next first in its column."""
        authorise(actor, Permission.OPERATION_VIEW)
        wanted = wanted or OperationFilter()
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            mine = Operation.handling_id.in_(rules)
            rows = _of_boards(session, [mine, *_conditions(wanted)])
            cards = {card.row.id: card for card in self._cards(session, actor, rules, rows)}
            on_boards = [mine, Operation.state.in_({state.value for row in STATES.values() for state in row})]
            total = session.scalar(select(func.count()).select_from(Operation).where(*on_boards)) or 0
            counts = _counts(session, [*on_boards, *_conditions(wanted)])
        columns = {
            kind.value: {state.value: tuple(_of_column(cards, kind.value, state.value)) for state in states}
            for kind, states in STATES.items()
        }
        cut = {
            (kind, state): number - len(columns[kind][state])
            for (kind, state), number in counts.items()
            if state in columns.get(kind, {}) and number > len(columns[kind][state])
        }
        return OperationBoards(columns, sum(counts.values()), total, cut)

    def one(self, actor: Actor, operation_id: int) -> OperationView:
        """One operation in full. Raises NotFound, also for one outside the actor's scope."""
        authorise(actor, Permission.OPERATION_VIEW)
        with self.db.reading() as session:
            rules = rules_in_scope(session, scope_of(actor))
            operation = session.get(Operation, operation_id) if 0 < operation_id <= MAX_ID else None
            if operation is None or operation.handling_id not in rules:
                raise NotFound(NONE_SUCH)
            return self._view(session, actor, rules, operation)

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

    def _cards(self, session: Session, actor: Actor, rules: Rules, rows: Sequence[Operation]) -> list[OperationCard]:
        now, ids = self.clock.now(), [row.id for row in rows]
        assigned, targets = (units_on(session, ids), targets_of(session, ids)) if ids else ({}, {})
        stand = standings(session, rows)
        late = overdue_of(session, rows, now, self.allowed)
        return [
            OperationCard(
                operation_row(row, rules[row.handling_id], assigned=assigned.get(row.id, 0), targets=targets.get(row.id, 0)),
                row.version, late[row.id], moves_for(actor, stand[row.id], now),
            )
            for row in rows
        ]  # fmt: skip

    def _view(self, session: Session, actor: Actor, rules: Rules, row: Operation) -> OperationView:
        card = self._cards(session, actor, rules, [row])[0]
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


def _of_boards(session: Session, conditions: Sequence[ColumnElement[bool]]) -> list[Operation]:
    """What stands on the boards: all that are prepared or running within reason, and of the ended ones the newest."""
    found: list[Operation] = []
    for kind, states in STATES.items():
        for state in states:
            most = ENDED_MOST if state in ENDED else COLUMN_MOST
            query = select(Operation).where(Operation.kind == kind.value, Operation.state == state.value, *conditions)
            found += session.scalars(query.order_by(Operation.state_at.desc(), Operation.id.desc()).limit(most))
    return found


def _counts(session: Session, conditions: Sequence[ColumnElement[bool]]) -> dict[tuple[str, str], int]:
    query = select(Operation.kind, Operation.state, func.count()).where(*conditions)
    return {
        (kind, state): number
        for kind, state, number in session.execute(query.group_by(Operation.kind, Operation.state))
    }


def _of_column(cards: dict[int, OperationCard], kind: str, state: str) -> list[OperationCard]:
    """Overdue ones first, then by what comes next; ended ones newest first."""
    column = [card for card in cards.values() if card.row.kind == kind and card.row.state == state]
    if state in ENDED:
        return column
    return sorted(column, key=lambda card: (not card.overdue, _next_at(card), card.row.reference))


def _next_at(card: OperationCard) -> float:
    row = card.row
    moments = [one.timestamp() for one in (row.next_event_at, row.starts_at, row.ends_at) if one is not None]
    return min(moments, default=float("inf"))
