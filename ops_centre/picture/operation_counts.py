"""How many units are on an operation and how many targets are linked to it: of those that may be known of.

A board is for one reader, who is told what they may know of. The present picture is one for all who may know of the
operation: it tells of what all of them may know of.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from ops_centre.domain.duty_log import ThingKind
from ops_centre.domain.handling import HandlingRule, covers
from ops_centre.models import Assignment, Operation, OperationLink, Target, Tasking, Unit

CHUNK = 10_000  # numbers in one query
Knows = Callable[[int, int], bool]  # operation, handling: whether that may be told of the operation


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one operation."""

    units: int = 0  # assigned to it, or under an open tasking of it
    targets: int = 0  # linked to it


NONE = Counts()


def counts_for(session: Session, operation_ids: Sequence[int], seen: Collection[int]) -> dict[int, Counts]:
    """As a reader who sees the handlings ``seen`` may know; operations without either are left out."""
    known = frozenset(seen)
    return _counts(session, operation_ids, lambda _operation, handling: handling in known)


def counts_for_all(
    session: Session, operations: Sequence[Operation], rules: Mapping[int, HandlingRule]
) -> dict[int, Counts]:
    """As everybody may know who may know of the operation. ``rules``: of all handlings."""
    of = {one.id: one.handling_id for one in operations}
    told: dict[tuple[int, int], bool] = {}

    def known(operation: int, handling: int) -> bool:
        pair = of[operation], handling
        if pair not in told:
            told[pair] = handling in rules and covers(rules[pair[0]], rules[handling])
        return told[pair]

    return _counts(session, list(of), known)


def _counts(session: Session, ids: Sequence[int], knows: Knows) -> dict[int, Counts]:
    if not ids:
        return {}
    units, targets = _units(session, ids, knows), _targets(session, ids, knows)
    return {one: Counts(len(units[one]), targets[one]) for one in units.keys() | targets.keys()}


def _units(session: Session, ids: Sequence[int], knows: Knows) -> defaultdict[int, set[int]]:
    both = union(
        *(
            select(one.operation_id, one.unit_id, one.handling_id, Unit.handling_id.label("of_unit"))
            .join(Unit, Unit.id == one.unit_id)
            .where(one.operation_id.in_(ids), ended.is_(None))
            for one, ended in ((Assignment, Assignment.cancelled_at), (Tasking, Tasking.ended_at))
        )
    )
    found: defaultdict[int, set[int]] = defaultdict(set)
    for operation, unit, handling, of_unit in session.execute(both):
        if operation is not None and knows(operation, handling) and knows(operation, of_unit):
            found[operation].add(unit)
    return found


def _targets(session: Session, ids: Sequence[int], knows: Knows) -> defaultdict[int, int]:
    query = select(OperationLink.operation_id, OperationLink.thing).where(
        OperationLink.operation_id.in_(ids), OperationLink.kind == ThingKind.TARGET.value
    )
    linked = [(operation, int(thing)) for operation, thing in session.execute(query)]
    handlings: dict[int, int] = {}
    numbers = sorted({target for _operation, target in linked})
    for at in range(0, len(numbers), CHUNK):
        some = select(Target.id, Target.handling_id).where(Target.id.in_(numbers[at : at + CHUNK]))
        handlings |= {row[0]: row[1] for row in session.execute(some)}
    found: defaultdict[int, int] = defaultdict(int)
    for operation, target in linked:
        if target in handlings and knows(operation, handlings[target]):
            found[operation] += 1
    return found
