"""Signed checkpoints of the duty log, outside the database: whoever rewrites the log cannot rewrite them.

A checkpoint is signed only over entries that follow from the one before, read again and worked out anew; anything else is
refused loudly (`LogBroken`). First the files, then the copy in the database: an entry counts as covered only when a
checkpoint stands outside. A folder that cannot be written is named at every turn until it can, and then brought up to date.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.orm import Session

from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain import sealing
from ops_centre.domain.log_tree import Edge, Node
from ops_centre.domain.signed_notes import BadNote, Checkpoint, PublicKey, open_note, parse_checkpoint, sign
from ops_centre.errors import OpsError
from ops_centre.models import LogCheckpoint, LogEntry, LogHead, LogNode
from ops_centre.services import locks, log_rows
from ops_centre.services.log_files import NoteFile, note_files
from ops_centre.services.log_keys import KeyUnusable, LogKeys, SigningKey

AT_ONCE = 20_000  # entries of one turn, so that no transaction grows long
CLOCKS_DIFFER = timedelta(seconds=5)  # an entry from so far ahead was written by another machine
log = structlog.get_logger(__name__)


class LogBroken(OpsError):
    """The log does not follow from its last checkpoint: nothing further is signed until that is looked into."""

    status = 409


class NotWritten(OpsError):
    """A folder of checkpoints could not be written."""


@dataclass(slots=True)
class _Turn:
    """What one turn found and is to write."""

    base: int  # size of the last checkpoint
    signed: list[tuple[Checkpoint, str]] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    more: bool = False  # entries are left for another turn


class Checkpoints:
    """Signs what is due. Any process that has the key may; the database decides who was first."""

    def __init__(
        self, db: Database, clock: Clock, settings: Settings, fence: Callable[[Connection], None] | None = None
    ) -> None:
        """``fence`` raises when this process may no longer write (a worker that lost its lease)."""
        self.db = db
        self.clock = clock
        self.keys = LogKeys(settings)
        self.files = note_files(settings)
        self._every = timedelta(seconds=settings.log.checkpoint_seconds)
        self._entries = settings.log.checkpoint_entries
        self._fence = fence

    def head(self) -> Checkpoint | None:
        """The newest checkpoint; None before the first."""
        with self.db.reading() as session:
            row = _last(session)
        return _plain(row) if row else None

    def public_keys(self) -> list[PublicKey]:
        """Every key that may have signed a checkpoint of this log: our own and those listed beside the checkpoints."""
        own, listed = self.keys.present(), []
        for file in self.files:
            try:
                listed += file.public_keys()
            except KeyUnusable as wrong:  # a disk that fails must not keep the other from being written
                log.error("checkpoints.keys_unreadable", error=str(wrong))
        return list(dict.fromkeys([*listed, *([own.public] if own else [])]))

    def sign_due(self) -> str | None:
        """Worker duty: sign when enough entries or enough time has gone by. What was done, in words.

        Raises LogBroken, KeyUnusable, NotWritten.
        """
        count = 0
        while True:
            turn = self._turn(at_once=False)
            count += len(turn.signed)
            if not turn.more:
                break
        refilled = self.refill()
        said = [f"signed {count}"] if count else []
        said += [f"brought {file} up to date" for file in refilled]
        return "; ".join(said) or None

    def sign_now(self) -> Checkpoint | None:
        """A checkpoint of the log as it is now; None for an empty log. Raises as `sign_due`."""
        while self._turn(at_once=True).more:
            pass
        return self.head()

    def signing_key(self) -> SigningKey:
        """The key; made when this log was never signed. Raises KeyUnusable."""
        key = self.keys.present()
        if key is None:
            if self.head() is not None:
                raise KeyUnusable(
                    f"The signing key {self.keys.path} is missing. Put it back from its backup, or begin a new one: "
                    "python -m ops_centre log key --new"
                )
            key = self.keys.make()
        for file in self.files:
            _try(file, lambda file=file: file.list_key(key.public))  # type: ignore[misc]
        return key

    def renew_key(self) -> SigningKey:
        """Put the present key aside and begin a new one; the old public key stays listed."""
        self.keys.retire()
        key = self.keys.make()
        for file in self.files:
            file.list_key(key.public)
        return key

    def _turn(self, *, at_once: bool) -> _Turn:
        with self.db.reading() as session:
            last, head = _last(session), session.get_one(LogHead, 1)
            base = last.size if last else 0
            self._check_outside(session, base, head)
            if head.seq < base:
                raise LogBroken(f"The log was cut: {base} entries were signed for, its head says {head.seq}.")
            if head.seq == base or not (at_once or self._is_due(session, base, head)):
                return _Turn(base)
            turn = self._prepare(session, last, head, self.signing_key())
        if not self._commit(turn):
            turn.signed.clear()
            turn.more = True  # somebody else signed meanwhile: look again
        return turn

    def _is_due(self, session: Session, base: int, head: LogHead) -> bool:
        if head.seq - base >= self._entries:
            return True
        oldest = session.scalar(select(LogEntry.recorded_at).where(LogEntry.seq == base + 1))
        now = self.clock.now()
        return oldest is None or oldest <= now - self._every or oldest > now + CLOCKS_DIFFER  # the clock was set back

    def _check_outside(self, session: Session, base: int, head: LogHead) -> None:
        """Refuse when a file knows of a longer log, or of another one."""
        keys = self.public_keys()
        for file in self.files:
            try:
                outside = file.last(keys)
            except OSError:
                continue  # named where it is to be written
            if outside is None:
                continue
            if outside.size > head.seq:
                raise LogBroken(
                    f"The log was cut: {file.path} holds a checkpoint of {outside.size} entries, "
                    f"signed {outside.at:%Y-%m-%d %H:%M:%S}Z; the log now ends at {head.seq}."
                )
            copy = session.get(LogCheckpoint, outside.size) if outside.size <= base else None
            if copy is not None and bytes(copy.root_hash) != outside.root:
                raise LogBroken(f"{file.path} and the database hold different checkpoints of {outside.size} entries.")

    def _prepare(self, session: Session, last: LogCheckpoint | None, head: LogHead, key: SigningKey) -> _Turn:
        """Read the entries after ``last`` and sign. Raises LogBroken."""
        turn, edge, chain = _Turn(last.size if last else 0), self._base(session, last), sealing.GENESIS
        if last:
            chain = bytes(last.chain_hash)
        known = log_rows.handlings(session)
        upto = min(head.seq, turn.base + AT_ONCE)
        for piece in log_rows.rows(session, turn.base, upto):
            for row in piece:
                chain = _follow(row, edge.size + 1, chain, log_rows.leaf_of(row, known))
                turn.nodes += edge.add(bytes(row.leaf_hash))
                if edge.size % self._entries == 0 and edge.size < upto:
                    turn.signed.append(self._signed(key, edge, chain))
        if edge.size != upto:
            raise LogBroken(f"Entry {edge.size + 1} is missing: the log's head says {head.seq}.")
        if upto == head.seq and chain != bytes(head.chain_hash):
            raise LogBroken("The log's head does not agree with its last entry.")
        turn.signed.append(self._signed(key, edge, chain))
        turn.more = upto < head.seq
        return turn

    def _base(self, session: Session, last: LogCheckpoint | None) -> Edge:
        """The tree at the last checkpoint. Raises LogBroken unless it has the root that was signed."""
        if last is None:
            return Edge()
        try:
            signed = parse_checkpoint(open_note(last.note, self.public_keys())[0])
            edge = log_rows.edge_at(session, last.size)
        except (BadNote, ValueError) as broken:
            raise LogBroken(f"The last checkpoint ({last.size} entries) cannot be built upon: {broken}.") from broken
        if (signed.size, signed.root) != (last.size, edge.root()) or signed.chain != bytes(last.chain_hash):
            raise LogBroken(
                f"The first {last.size} entries are not those that were signed for at {last.signed_at:%Y-%m-%d %H:%M:%S}Z."
                " See: python -m ops_centre log verify"
            )
        return edge

    def _signed(self, key: SigningKey, edge: Edge, chain: bytes) -> tuple[Checkpoint, str]:
        made = Checkpoint(key.name, edge.size, edge.root(), chain, self.clock.now())
        return made, sign(made.text, key.name, key.private)

    def _commit(self, turn: _Turn) -> bool:
        """Write the files, then the copies; False when somebody else signed meanwhile. Raises NotWritten."""
        failed: list[str] = []
        with self.db.begin() as session:
            locks.hold(session, locks.Lock.CHECKPOINTS)
            if self._fence is not None:
                self._fence(session.connection())
            if (session.scalar(select(func.max(LogCheckpoint.size))) or 0) != turn.base:
                return False
            notes = [note for _checkpoint, note in turn.signed]
            failed = [said for file in self.files if (said := _try(file, lambda file=file: file.append(notes)))]  # type: ignore[misc]
            if len(failed) == len(self.files):
                raise NotWritten("; ".join(failed))
            _store(session, turn)
        if failed:
            raise NotWritten("; ".join(failed))
        return True

    def refill(self) -> list[str]:
        """Bring files up to date that lack checkpoints of the database. Which. Raises NotWritten."""
        keys, done, failed = self.public_keys(), [], []
        for file in self.files:
            try:
                if self._refill_one(file, keys):
                    done.append(str(file.path))
            except (OSError, KeyUnusable) as error:
                failed.append(_words(file, error))
        if failed:
            raise NotWritten("; ".join(failed))
        return done

    def _refill_one(self, file: NoteFile, keys: Sequence[PublicKey]) -> bool:
        last = file.last(keys)
        with self.db.reading() as session:
            newest = session.scalar(select(func.max(LogCheckpoint.size))) or 0
            if newest <= (last.size if last else 0):
                return False
            wanted = select(LogCheckpoint.note).where(LogCheckpoint.size > (last.size if last else 0))
            notes = list(session.scalars(wanted.order_by(LogCheckpoint.size)))
        log.warning("checkpoints.refilled", file=str(file.path), checkpoints=len(notes))
        for key in keys:
            file.list_key(key)
        file.append(notes)
        return True


def _follow(row: object, expected: int, chain: bytes, leaf: bytes | None) -> bytes:
    """The chain hash after an entry. Raises LogBroken unless the entry follows."""
    seq, stored = row.seq, bytes(row.leaf_hash)  # type: ignore[attr-defined]
    if seq != expected:
        raise LogBroken(f"Entry {expected} is missing.")
    if leaf != stored:
        raise LogBroken(f"Entry {seq} was changed after it was written.")
    following = sealing.chain_hash(chain, stored)
    if following != bytes(row.chain_hash):  # type: ignore[attr-defined]
        raise LogBroken(f"Entry {seq} does not follow from the entry before it.")
    return following


def _store(session: Session, turn: _Turn) -> None:
    if turn.nodes:
        rows = [{"level": level, "place": place, "node_hash": node} for level, place, node in turn.nodes]
        session.execute(insert(LogNode), rows)
    session.execute(
        insert(LogCheckpoint),
        [
            {"size": made.size, "signed_at": made.at, "root_hash": made.root, "chain_hash": made.chain, "note": note}
            for made, note in turn.signed
        ],
    )


def _last(session: Session) -> LogCheckpoint | None:
    return session.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)).one_or_none()


def _plain(row: LogCheckpoint) -> Checkpoint:
    return parse_checkpoint(row.note.rpartition("\n\n")[0] + "\n")


def _try(file: NoteFile, write: Callable[[], None]) -> str | None:
    try:
        write()
    except (OSError, KeyUnusable) as error:
        log.error("checkpoints.not_written", file=str(file.path), error=str(error))
        return _words(file, error)
    return None


def _words(file: NoteFile, error: Exception) -> str:
    return f"Checkpoints cannot be written to {file.path}: {getattr(error, 'strerror', None) or error}"
