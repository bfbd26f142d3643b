"""Which operations stand on the boards: the order of each column, and the ones at its top in full.

All that match are counted and put in order by a few of their columns; only those that are drawn are read in full and asked
how they stand, as that is what a board of hundreds costs.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlalchemy.orm import Session

from ops_centre.domain.operation_moves import Allowed
from ops_centre.domain.operations import ENDED, RUNNING, STATES
from ops_centre.models import Operation
from ops_centre.picture.operation_standing import overdue_of

COLUMN_MOST = 300  # cards of one column, at most
ENDED_MOST = 40  # of one that has ended, unless more are asked for: the newest
_STATES = sorted({state.value for states in STATES.values() for state in states})
_LIVE = [state for state in _STATES if state not in ENDED]
_GONE = [state for state in _STATES if state in ENDED]
_OF_ORDER = (
    Operation.id, Operation.kind, Operation.state, Operation.state_at, Operation.reference, Operation.starts_at,
    Operation.ends_at, Operation.started_at, Operation.next_event, Operation.next_event_at,
)  # fmt: skip

Lane = tuple[str, str]  # kind and state


@dataclass(frozen=True, slots=True)
class LaneSizes:
    """How many cards of each column are wanted; the others are counted."""

    live: int = COLUMN_MOST
    ended: int = ENDED_MOST
    opened: Mapping[Lane, int] = field(default_factory=dict)  # columns of which somebody wants more

    def of(self, lane: Lane) -> int:
        """Of one column."""
        usual = self.ended if lane[1] in ENDED else self.live
        return min(max(usual, self.opened.get(lane, 0)), COLUMN_MOST)


@dataclass(frozen=True, slots=True)
class Standings:
    """What stands on the boards of one reader."""

    top: Mapping[Lane, Sequence[int]]  # operations of each column, by number, as far as they are wanted
    late: Mapping[int, tuple[str, ...]]  # what is overdue of each that was looked at, in words
    counts: Mapping[Lane, int]  # of all that match
    total: int  # before the filter
    running: Mapping[str, int]  # by kind: operations that people are at
    overdue: Mapping[str, int]  # by kind: operations of which something is overdue


def standing(
    session: Session,
    mine: ColumnElement[bool],
    conditions: Sequence[ColumnElement[bool]],
    sizes: LaneSizes,
    now: datetime,
    allowed: Allowed,
) -> Standings:
    """What stands on the boards. ``mine``: what the reader may know of; ``conditions``: what they look for."""
    rows = [*session.execute(_live(mine, conditions)), *session.execute(_ended(mine, conditions, sizes))]
    late = overdue_of(session, rows, now, allowed)
    lanes: defaultdict[Lane, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        lanes[row.kind, row.state].append(row)
    for (_kind, state), lane in lanes.items():
        if state not in ENDED:
            lane.sort(key=lambda row: (not late[row.id], _next_at(row), row.reference))
    top = {lane: [row.id for row in found[: sizes.of(lane)]] for lane, found in lanes.items()}
    counts = _counts(session, [mine, *conditions])
    running: Counter[str] = Counter()
    for (kind, state), number in counts.items():
        running[kind] += number if state in RUNNING else 0
    total = sum((_counts(session, [mine]) if conditions else counts).values())
    return Standings(top, late, counts, total, running, Counter(row.kind for row in rows if late[row.id]))


def _counts(session: Session, conditions: Sequence[ColumnElement[bool]]) -> dict[Lane, int]:
    query = select(Operation.kind, Operation.state, func.count()).where(Operation.state.in_(_STATES), *conditions)
    found = session.execute(query.group_by(Operation.kind, Operation.state))
    return {(kind, state): number for kind, state, number in found}


def _live(mine: ColumnElement[bool], conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    """All that is prepared or running."""
    return _of_order().where(mine, Operation.state.in_(_LIVE), *conditions)


def _ended(mine: ColumnElement[bool], conditions: Sequence[ColumnElement[bool]], sizes: LaneSizes) -> Select[Any]:
    """The newest of each column that has ended, newest first."""
    newest = (Operation.state_at.desc(), Operation.id.desc())
    place = func.row_number().over(partition_by=(Operation.kind, Operation.state), order_by=newest).label("place")
    ranked = _of_order().add_columns(place).where(mine, Operation.state.in_(_GONE), *conditions).subquery()
    most = max(
        sizes.of((kind.value, state.value)) for kind, states in STATES.items() for state in states if state in ENDED
    )
    return select(ranked).where(ranked.c.place <= most).order_by(ranked.c.place)


def _of_order() -> Select[Any]:
    return select(*_OF_ORDER)  # type: ignore[return-value]


def _next_at(row: Row[Any]) -> float:
    moments = [one.timestamp() for one in (row.next_event_at, row.starts_at, row.ends_at) if one is not None]
    return min(moments, default=float("inf"))
