"""The duty log: entries that only ever grow in number, its head, its checkpoints and what an entry refers to.

Triggers refuse to change or remove an entry or a link (migration 0002). Written by `services.duty_log` alone.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from ops_centre.models.base import Base, BigId

LATE_MS = 3_600_000  # written so long after it happened that the order of the log does not tell when it was
_LATE = text(f"occurred_at < recorded_at - {LATE_MS}")

# The search index of the log (migration 0003): no mapped table, as SQLite and PostgreSQL each have their own kind
SEARCH_TABLES = {
    "sqlite": frozenset({"log_words", "log_words_config", "log_words_data", "log_words_idx"}),
    "postgresql": frozenset({"log_words"}),
}


class LogEntry(Base):
    """One entry. Everything but the two hashes and the ids is sealed by them (`domain.sealing`)."""

    __tablename__ = "log_entries"
    __table_args__ = (
        Index(None, "occurred_at"),
        Index(None, "recorded_at"),
        Index("ix_log_entries_late", "occurred_at", sqlite_where=_LATE, postgresql_where=_LATE),
        Index(None, "kind", "seq"),
        Index(None, "author", "seq"),
        Index(None, "corrects"),
    )

    seq: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)  # 1, 2, 3, … without a gap
    recorded_at: Mapped[datetime]
    occurred_at: Mapped[datetime]
    kind: Mapped[str]
    by_system: Mapped[bool]  # written by the centre itself beside a deed, not typed by a person
    author: Mapped[str]  # sign-in name, or "system"
    author_id: Mapped[int | None]
    author_name: Mapped[str]
    author_role: Mapped[str]
    agency: Mapped[str]  # of the author
    decider: Mapped[str | None]  # by whose authority, where that is somebody else
    text: Mapped[str]
    handling_id: Mapped[int] = mapped_column(ForeignKey("handlings.id"))
    corrects: Mapped[int | None] = mapped_column(BigId)  # seq of the entry that this one puts right
    links: Mapped[list[Any]] = mapped_column(JSON)  # [[kind, id as text, label], …]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    salt: Mapped[str]
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    chain_hash: Mapped[bytes] = mapped_column(LargeBinary)


class LogLink(Base):
    """What an entry refers to, to be found from the other side."""

    __tablename__ = "log_links"
    __table_args__ = (Index(None, "kind", "thing", "seq"), {"sqlite_with_rowid": False})

    seq: Mapped[int] = mapped_column(BigId, ForeignKey("log_entries.seq"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    thing: Mapped[str] = mapped_column(primary_key=True)


class LogHead(Base):
    """The end of the chain: one row, locked by whoever appends."""

    __tablename__ = "log_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigId)
    chain_hash: Mapped[bytes] = mapped_column(LargeBinary)


class LogNode(Base):
    """Hash of a full subtree of 2**level leaves (RFC 9162, section 2.1), kept so that proofs need not read the whole log."""

    __tablename__ = "log_nodes"
    __table_args__ = {"sqlite_with_rowid": False}

    level: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(BigId, primary_key=True)
    node_hash: Mapped[bytes] = mapped_column(LargeBinary)


class LogCheckpoint(Base):
    """A signed tree head, as it was written outside the database."""

    __tablename__ = "log_checkpoints"

    size: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    signed_at: Mapped[datetime]
    root_hash: Mapped[bytes] = mapped_column(LargeBinary)
    chain_hash: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str]  # the signed note itself
