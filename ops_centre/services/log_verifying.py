"""Verification of the duty log in the database: everything is worked out again, and the first wrong place is named.

Bytes of each entry to its leaf hash, leaf hash to chain, chain to head, leaves to tree, tree to every checkpoint outside the
database and to their copies inside; links beside what was sealed of them; kept nodes; no gap. Memory stays flat.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ops_centre.domain import sealing
from ops_centre.domain.log_tree import Edge, Node
from ops_centre.domain.signed_notes import BadNote, PublicKey, open_note, parse_checkpoint
from ops_centre.models import LogCheckpoint, LogEntry, LogHead, LogLink, LogNode
from ops_centre.services import log_rows
from ops_centre.services.checkpoints import Checkpoints

MOST_FAULTS = 50
IN_DATABASE = "the database"


@dataclass(slots=True)
class Verdict:
    """What verification found. Sound when there are no ``faults``."""

    entries: int = 0
    checkpoints: int = 0  # notes whose root was compared
    covered: int = 0  # entries under a checkpoint outside the database
    signed_at: datetime | None = None  # when the last of those was signed
    keys: tuple[PublicKey, ...] = ()
    faults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def blame(self, fault: str) -> None:
        """Note a fault; of very many, the first."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)


@dataclass(frozen=True, slots=True)
class _Signed:
    """A signed statement about the log's first so many entries."""

    root: bytes
    chain: bytes
    at: datetime
    where: str


class _Walk:
    """One pass over the log."""

    def __init__(self, session: Session, verdict: Verdict, signed: dict[int, list[_Signed]]) -> None:
        self.session = session
        self.verdict = verdict
        self.signed = signed
        self.edge = Edge()
        self.chain = sealing.GENESIS
        self.sound_until = 0  # size of the last checkpoint that fitted
        self._known = log_rows.handlings(session)
        self._nodes = _kept_nodes(session)
        self._kept_until = session.scalar(select(func.max(LogCheckpoint.size))) or 0

    def run(self, upto: int) -> None:
        """Check the entries up to ``upto``."""
        expected = 1
        for piece in log_rows.rows(self.session, 0, upto):
            links = self._links(piece[0].seq, piece[-1].seq)
            for row in piece:
                if row.seq != expected:
                    self.verdict.blame(_gap(expected, row.seq - 1))
                self._entry(row)
                if links.get(row.seq, frozenset()) != {(one[0], one[1]) for one in row.links}:
                    self.verdict.blame(f"Entry {row.seq}: its links in the table are not those that were sealed.")
                expected = row.seq + 1
        if expected <= upto:
            self.verdict.blame(_gap(expected, upto) + " The log's head still counts them.")

    def _entry(self, row: Any) -> None:
        stored = bytes(row.leaf_hash)
        leaf = log_rows.leaf_of(row, self._known)
        if leaf != stored:
            self.verdict.blame(f"Entry {row.seq} was changed: what stands there is not what was sealed.")
        self.chain = sealing.chain_hash(self.chain, stored)
        if self.chain != bytes(row.chain_hash):
            self.verdict.blame(f"Entry {row.seq} does not follow from the entry before it: the chain is broken here.")
            self.chain = bytes(row.chain_hash)
        for level, place, node in self.edge.add(stored):
            if (place + 1) << level <= self._kept_until and next(self._nodes, None) != (level, place, node):
                self._blame_node(level, place)
        self.verdict.entries += 1
        for one in self.signed.pop(self.edge.size, ()):
            self._compare(one)

    def _blame_node(self, level: int, place: int) -> None:
        first, last = (place << level) + 1, (place + 1) << level
        self.verdict.blame(f"The kept hash of entries {first} to {last} (table log_nodes) is wrong or missing.")
        self._kept_until = 0  # what follows cannot be told apart any more

    def _compare(self, one: _Signed) -> None:
        size = self.edge.size
        if (one.root, one.chain) == (self.edge.root(), self.chain):
            self.verdict.checkpoints += 1
            self.sound_until = size
        else:
            self.verdict.blame(
                f"The checkpoint of {size} entries signed at {_at(one.at)} ({one.where}) does not fit: between entry "
                f"{self.sound_until + 1} and entry {size} something was changed, put in, taken out or moved."
            )

    def _links(self, first: int, last: int) -> dict[int, set[tuple[str, str]]]:
        found: dict[int, set[tuple[str, str]]] = defaultdict(set)
        wanted = select(LogLink.seq, LogLink.kind, LogLink.thing).where(LogLink.seq.between(first, last))
        for seq, kind, thing in self.session.execute(wanted):
            found[seq].add((kind, thing))
        return found


def verify(checkpoints: Checkpoints, keys: Sequence[PublicKey] | None = None) -> Verdict:
    """Check the whole log. ``keys``: the only ones whose signatures count (None: all that are known here)."""
    verdict = Verdict(keys=tuple(keys if keys is not None else checkpoints.public_keys()))
    signed: dict[int, list[_Signed]] = defaultdict(list)
    with checkpoints.db.reading() as session:
        outside = _outside(checkpoints, verdict, signed)
        _inside(session, verdict, signed, outside)
        head = session.get_one(LogHead, 1)
        walk = _Walk(session, verdict, signed)
        walk.run(head.seq)
        _end(session, verdict, head, walk)
    return verdict


def _outside(checkpoints: Checkpoints, verdict: Verdict, signed: dict[int, list[_Signed]]) -> dict[str, set[int]]:
    """Read the files; the sizes each holds."""
    found: dict[str, set[int]] = {}
    for file in checkpoints.files:
        where = str(file.path)
        found[where] = set()
        try:
            for line, note, whole in file.all():
                size = _take(verdict, signed, note, f"{where}, line {line}", whole=whole)
                if size is not None:
                    found[where].add(size)
        except FileNotFoundError:
            continue
        except OSError as error:
            verdict.blame(f"{where} cannot be read: {error.strerror or error}")
    return found


def _take(verdict: Verdict, signed: dict[int, list[_Signed]], note: str, where: str, *, whole: bool) -> int | None:
    if not whole:
        verdict.remarks.append(f"{where}: a checkpoint is torn (a write broke off); it counts as missing.")
        return None
    try:
        made = parse_checkpoint(open_note(note, verdict.keys)[0])
    except BadNote as bad:
        verdict.blame(f"{where}: a checkpoint cannot be trusted: {bad}.")
        return None
    signed[made.size].append(_Signed(made.root, made.chain, made.at, where))
    if made.size > verdict.covered and not where.startswith(IN_DATABASE):
        verdict.covered, verdict.signed_at = made.size, made.at
    return made.size


def _inside(session: Session, verdict: Verdict, signed: dict[int, list[_Signed]], outside: dict[str, set[int]]) -> None:
    """Compare the copies in the database with the files."""
    missing: dict[str, list[int]] = {where: [] for where in outside}
    for row in session.execute(select(LogCheckpoint.size, LogCheckpoint.note).order_by(LogCheckpoint.size)):
        size = _take(verdict, signed, row.note, f"{IN_DATABASE}, checkpoint of {row.size} entries", whole=True)
        if size is not None and size != row.size:
            verdict.blame(f"{IN_DATABASE.capitalize()} holds the checkpoint of {size} entries as one of {row.size}.")
        for where, sizes in outside.items():
            if row.size not in sizes:
                missing[where].append(row.size)
    for where, lacking in missing.items():
        if lacking:
            few = ", ".join(map(str, lacking[:10])) + (", …" if len(lacking) > 10 else "")
            verdict.blame(f"{where} lacks checkpoints that were signed ({len(lacking)}): those of {few} entries.")


def _end(session: Session, verdict: Verdict, head: LogHead, walk: _Walk) -> None:
    """The head row, what lies beyond it, checkpoints of a longer log, and what no checkpoint covers yet."""
    if walk.chain != bytes(head.chain_hash):
        verdict.blame("The log's head does not agree with its last entry.")
    newest = session.scalar(select(func.max(LogEntry.seq))) or 0
    if newest > head.seq:
        verdict.blame(f"Entries up to {newest} stand beyond the log's head ({head.seq}).")
    for size in sorted(walk.signed):
        for one in walk.signed[size][:1]:
            verdict.blame(
                f"The log was cut: at {_at(one.at)} it had {size} entries ({one.where}); now it has {verdict.entries}."
            )
    if verdict.entries > verdict.covered:
        oldest = session.scalar(select(LogEntry.recorded_at).where(LogEntry.seq == verdict.covered + 1))
        since = f", the first written at {_at(oldest)}" if oldest else ""
        verdict.remarks.append(
            f"{verdict.entries - verdict.covered} entries stand under no checkpoint outside the database yet{since}."
        )


def _kept_nodes(session: Session) -> Iterator[Node]:
    """The kept nodes (two for each 256 entries) as a growing tree makes them: by last entry, then level."""
    last = (LogNode.place + 1).op("<<")(LogNode.level)
    for row in session.execute(
        select(LogNode.level, LogNode.place, LogNode.node_hash).order_by(last, LogNode.level)
    ).all():
        yield row.level, row.place, bytes(row.node_hash)


def _gap(first: int, last: int) -> str:
    return f"Entry {first} is missing." if first == last else f"Entries {first} to {last} are missing."


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}Z"
