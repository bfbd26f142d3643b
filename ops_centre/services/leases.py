"""A lease: the right to be the one active worker, held in the database and fenced by its term.

A holder that cannot renew loses it when it expires; whoever takes it over raises the term, and a write by the former holder
is refused by `Lease.fence` inside its own transaction. Expiry is judged by the clock of whoever looks, so the clocks of two
workers may differ by less than the lease lasts; and by the time that passes while nobody renews it, so that a clock that was
set back leaves no lease of a dead worker standing.
"""

import time
from datetime import datetime, timedelta

from sqlalchemy import Connection, select, update

from ops_centre.clock import Clock
from ops_centre.db import Database
from ops_centre.errors import Conflict
from ops_centre.models import Lease as LeaseRow

WORKER = "worker"  # the lease of the active worker


class LeaseLost(Conflict):
    """This process no longer holds the lease: it must stop writing at once."""


class Lease:
    """One named lease as one process sees it."""

    def __init__(self, db: Database, clock: Clock, name: str, holder: str, lasts: timedelta) -> None:
        self.db = db
        self.clock = clock
        self.name = name
        self.holder = holder
        self.lasts = lasts
        self.term: int | None = None  # of the lease held; None: not held
        self._seen: tuple[int, datetime] | None = None  # the other holder's term and last renewal as first seen
        self._seen_since = 0.0  # of time.monotonic

    def acquire(self) -> bool:
        """Take the lease if it is free, expired or already ours."""
        now = self.clock.now()
        with self.db.begin() as session:
            row = session.get(LeaseRow, self.name, with_for_update=True)
            if row is None:
                row = LeaseRow(name=self.name, holder=self.holder, term=1, renewed_at=now, expires_at=now + self.lasts)
                session.add(row)
            elif row.holder != self.holder:
                if row.expires_at > now and not self._stands_still(row):
                    return False
                row.holder, row.term = self.holder, row.term + 1
            row.renewed_at, row.expires_at = now, now + self.lasts
            session.flush()
            self.term = row.term
        return True

    def _stands_still(self, row: LeaseRow) -> bool:
        """Whether we have watched the lease for as long as it lasts without its holder renewing it."""
        if self._seen != (row.term, row.renewed_at):
            self._seen, self._seen_since = (row.term, row.renewed_at), time.monotonic()
        return time.monotonic() - self._seen_since > self.lasts.total_seconds()

    def renew(self) -> None:
        """Hold on to the lease. Raises LeaseLost when somebody else has it."""
        now = self.clock.now()
        with self.db.begin() as session:
            renewed = session.execute(
                update(LeaseRow)
                .where(LeaseRow.name == self.name, LeaseRow.holder == self.holder, LeaseRow.term == self.term)
                .values(renewed_at=now, expires_at=now + self.lasts)
            )
        if not renewed.rowcount:  # type: ignore[attr-defined]
            self.term = None
            raise LeaseLost(f"The lease {self.name!r} was taken over by another process.")

    def release(self) -> None:
        """Give the lease up, so that the next process need not wait for its end."""
        if self.term is None:
            return
        with self.db.begin() as session:
            session.execute(
                update(LeaseRow)
                .where(LeaseRow.name == self.name, LeaseRow.holder == self.holder)
                .values(expires_at=self.clock.now())
            )
        self.term = None

    def fence(self, connection: Connection) -> None:
        """Refuse the transaction unless the lease is still ours. Raises LeaseLost."""
        row = connection.execute(select(LeaseRow.holder, LeaseRow.term).where(LeaseRow.name == self.name)).one_or_none()
        if row is None or row.holder != self.holder or row.term != self.term:
            raise LeaseLost(f"The lease {self.name!r} was taken over by another process.")


def last_renewal(db: Database, name: str) -> datetime | None:
    """When a lease was last renewed by its holder; None when nobody has held it yet."""
    with db.reading() as session:
        return session.scalar(select(LeaseRow.renewed_at).where(LeaseRow.name == name))
