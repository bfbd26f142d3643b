"""Reading the duty log in order, a piece at a time, with everything that is sealed of each entry.

For checkpoints, verification and exports, which must see the whole log; whoever shows entries to people filters by scope.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.domain import sealing
from ops_centre.domain.log_tree import KEPT, Edge, full_subtrees, inclusion_proof
from ops_centre.models import Handling, LogEntry, LogNode
from ops_centre.services.duty_log import content

PIECE = 2_000  # rows at a time
_ENTRIES = select(*(column for column in LogEntry.__table__.columns if column.name != "author_id"))
_LEAVES = select(LogEntry.leaf_hash).order_by(LogEntry.seq)
_WIDTH = 1 << KEPT

Handlings = dict[int, Any]


def handlings(session: Session) -> Handlings:
    """Owner, marking and releases by id."""
    columns = select(Handling.id, Handling.owner, Handling.marking, Handling.releases)
    return {row.id: row for row in session.execute(columns)}


def rows(session: Session, after: int, upto: int) -> Iterator[Sequence[Any]]:
    """Rows of the entries after ``after`` up to ``upto`` in order, in pieces."""
    while True:
        piece = session.execute(
            _ENTRIES.where(LogEntry.seq > after, LogEntry.seq <= upto).order_by(LogEntry.seq).limit(PIECE)
        ).all()
        if not piece:
            return
        yield piece
        after = piece[-1].seq


def rows_of(session: Session, numbers: Sequence[int]) -> Sequence[Any]:
    """Rows of the entries with these numbers, in order."""
    return session.execute(_ENTRIES.where(LogEntry.seq.in_(numbers)).order_by(LogEntry.seq)).all()


def leaf_of(row: Any, known: Handlings) -> bytes | None:
    """The leaf hash that follows from what stands in ``row``; None when that cannot be an entry at all."""
    try:
        return sealing.leaf_hash(sealing.canonical_of_stored(content(row, known[row.handling_id])))
    except (ValueError, TypeError, KeyError, OverflowError):
        return None


def edge_at(session: Session, size: int) -> Edge:
    """The right edge of the tree of the first ``size`` entries, from the kept nodes and at most 255 leaves.

    Raises ValueError when nodes or entries are missing.
    """
    node_at = Nodes(session)
    return Edge(size, (node_at(level, place) for level, place in full_subtrees(size)))


class Nodes:
    """Hashes of full subtrees, for edges and proofs. Good for one read of a log that has a checkpoint of that size."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._large: dict[tuple[int, int], bytes] = {}
        self._tile: tuple[int, list[list[bytes]]] = (-1, [])  # the leaves last asked for, and the levels above them

    def __call__(self, level: int, place: int) -> bytes:
        """The hash. Raises ValueError when it cannot be told."""
        if level >= KEPT:
            return self._kept(level, place)
        first = place << level
        if self._tile[0] != first // _WIDTH:
            self._tile = (first // _WIDTH, self._levels(first // _WIDTH))
        try:
            return self._tile[1][level][place - (self._tile[0] * _WIDTH >> level)]
        except IndexError:
            raise ValueError(f"entries near {first + 1} are missing") from None

    def proof(self, seq: int, size: int) -> list[bytes]:
        """What proves entry ``seq`` in the log's first ``size`` entries."""
        return inclusion_proof(seq - 1, size, self)

    def _levels(self, tile: int) -> list[list[bytes]]:
        wanted = _LEAVES.where(LogEntry.seq > tile * _WIDTH, LogEntry.seq <= (tile + 1) * _WIDTH)
        levels = [list(self._session.scalars(wanted))]
        while len(levels[-1]) > 1:
            row = levels[-1]
            levels.append([sealing.node_hash(*row[at : at + 2]) for at in range(0, len(row) - 1, 2)])
        return levels

    def _kept(self, level: int, place: int) -> bytes:
        if (level, place) not in self._large:
            found = self._session.execute(
                select(LogNode.place, LogNode.node_hash).where(
                    LogNode.level == level, LogNode.place.between(place, place + _WIDTH)
                )
            )
            self._large.update({(level, row.place): bytes(row.node_hash) for row in found})
        try:
            return self._large[level, place]
        except KeyError:
            raise ValueError(
                f"the kept hash of entries {(place << level) + 1}-{(place + 1) << level} is missing"
            ) from None
