"""A deed: what somebody does to the centre, in one transaction with its log entries, its audit event and its revision.

A service opens a deed, loads, checks, changes and logs; leaving the block seals the log entries, takes the revision for
every row that was touched, and commits. An error leaves nothing behind. A deed under a request id is done once: when the
same request comes again, `Repeated` carries the first answer.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Protocol

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.clock import Clock
from ops_centre.db import Database, next_revision
from ops_centre.domain.duty_log import EntryKind, Link
from ops_centre.errors import Conflict, OpsError
from ops_centre.models import DoneRequest
from ops_centre.services import audit, duty_log
from ops_centre.services.audit import AuditKind

REQUESTS_KEPT = timedelta(days=3)
MAX_REQUEST_ID = 100
ASKED = ":"  # between a request id and the digest of what it asks for


class Repeated(OpsError):
    """The same request was carried out before; ``answer`` is what was answered then."""

    status = 200

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__("This was done already.")
        self.answer = answer


class Revisioned(Protocol):
    """A row of the picture."""

    revision: Any


class Deed:
    """What is being done. Only valid inside `Deeds.begin`."""

    def __init__(self, session: Session, now: datetime, actor: Actor | str, act: str) -> None:
        self.session = session
        self.now = now
        self.actor = actor
        self.act = act
        self.answer: dict[str, Any] = {}  # what the person is told; kept under the request id
        self.subject: str | None = None  # of the audit event, such as "alert 12"
        self._touched: dict[int, Revisioned] = {}
        self._logged: list[int] = []

    @property
    def by(self) -> str:
        """Sign-in name of whoever acts, or "system"."""
        return self.actor.name if isinstance(self.actor, Actor) else self.actor

    def log(
        self,
        kind: EntryKind,
        text: str,
        *,
        handling_id: int,
        links: Sequence[Link] = (),
        detail: dict[str, Any] | None = None,
        occurred_at: datetime | None = None,
        decider: str | None = None,
        corrects: int | None = None,
        typed: bool = False,
    ) -> int:
        """Append an entry now and return its sequence number. ``typed``: a person wrote the text."""
        entry = duty_log.Entry(
            kind, text, handling_id, links, detail or {}, occurred_at, decider, corrects, by_system=not typed
        )
        number = duty_log.append(self.session, self.now, self.actor, [entry])[0]
        self._logged.append(number)
        return number

    def touch(self, *rows: Revisioned) -> None:
        """These rows of the picture change: they get the revision of this deed."""
        for row in rows:
            self._touched[id(row)] = row

    def finish(self) -> None:
        """Stamp what was touched and write the audit event."""
        self.session.flush()
        if self._touched or self._logged:
            revision = next_revision(self.session)
            for row in self._touched.values():
                row.revision = revision
        if isinstance(self.actor, Actor):
            audit.record(
                self.session, self.now, AuditKind.ACT, self.actor, subject=self.subject, act=self.act, log=self._logged
            )


class Deeds:
    """Opens deeds."""

    def __init__(self, db: Database, clock: Clock, fence: Callable[[Connection], None] | None = None) -> None:
        """``fence`` raises when this process may no longer write (a worker that lost its lease)."""
        self.db = db
        self.clock = clock
        self.fence = fence

    @contextmanager
    def begin(self, actor: Actor | str, act: str, request_id: str | None = None) -> Iterator[Deed]:
        """A deed of ``actor`` ("system" for the worker), named ``act`` in the audit trail.

        Raises Repeated when ``request_id`` (of `request_of`) was done before, Conflict when something else was done under it.
        """
        with self.db.begin() as session:
            if self.fence is not None:
                self.fence(session.connection())
            deed = Deed(session, self.clock.now(), actor, act)
            claimed = _claim(session, deed, request_id) if request_id else None
            yield deed
            deed.finish()
            if claimed is not None:
                claimed.answer = deed.answer

    def forget_requests(self) -> int:
        """Drop requests done long ago. How many."""
        with self.db.begin() as session:
            gone = session.execute(delete(DoneRequest).where(DoneRequest.at < self.clock.now() - REQUESTS_KEPT))
        return int(gone.rowcount)  # type: ignore[attr-defined]


def request_of(request_id: str, asked: bytes) -> str:
    """``request_id`` together with what it asks for: under one id nothing else is ever taken for done."""
    return f"{request_id.replace(ASKED, '-')}{ASKED}{hashlib.sha256(asked).hexdigest()[:24]}"


def _claim(session: Session, deed: Deed, request_id: str) -> DoneRequest:
    """Take ``request_id`` for this deed; whoever else has it at the same time is waited for (PostgreSQL) or went first."""
    request_id, _, asked = request_id.partition(ASKED)
    key = f"{deed.by}:{request_id[:MAX_REQUEST_ID]}"
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"request_id": key, "act": deed.act, "asked": asked, "actor": deed.by, "at": deed.now, "answer": {}}
    taken = session.execute(
        insert(DoneRequest).values(**values).on_conflict_do_nothing().returning(DoneRequest.request_id)
    ).first()
    row = session.scalars(select(DoneRequest).where(DoneRequest.request_id == key)).one()
    if taken is None and row.act != deed.act:  # its answer would say that something else was done than was asked for
        raise Conflict("This request was used for another act already. Do it again.")
    if taken is None and row.asked is not None and row.asked != asked:
        raise Conflict(
            "This request came before with other words, which were carried out. Look what stands, then do it again."
        )
    if taken is None:
        raise Repeated(row.answer)
    return row
