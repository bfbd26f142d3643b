"""Named locks held until the transaction ends, so that "look, then write" is one step across processes.

SQLite needs none: its writing transactions already queue one behind the other. PostgreSQL takes an advisory lock.
"""

from enum import IntEnum

from sqlalchemy import text
from sqlalchemy.orm import Session


class Lock(IntEnum):
    """What is being guarded."""

    SIGN_IN = 0x0B5C01
    ACCOUNTS = 0x0B5C02
    CHECKPOINTS = 0x0B5C03


def hold(session: Session, lock: Lock) -> None:
    """Wait for ``lock`` and hold it until commit. Call first in the transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": int(lock)})
