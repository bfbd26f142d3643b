"""Appending to the duty log: gapless, under a lock, each entry sealed to the one before.

The one place that writes entries. An entry is written in the transaction of the deed it tells of. In a transaction that
also takes a revision, the log comes first: both are rows that everybody locks, and must be locked in one order.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.domain import sealing
from ops_centre.domain.duty_log import EntryKind, Link
from ops_centre.models import Handling, LogEntry, LogLink

SYSTEM = "system"
MAX_TEXT = 8000
_INSERT_ENTRY, _INSERT_LINK = insert(LogEntry), insert(LogLink)
_HANDLINGS = select(Handling.id, Handling.owner, Handling.marking, Handling.releases)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written. ``detail`` holds plain JSON values; see `sealing.sealable` for numbers and times."""

    kind: EntryKind
    text: str
    handling_id: int
    links: Sequence[Link] = ()
    detail: dict[str, Any] = field(default_factory=dict)
    occurred_at: datetime | None = None  # None: now
    decider: str | None = None
    corrects: int | None = None
    by_system: bool = True  # False: a person typed it


def lock_log(session: Session) -> tuple[int, bytes]:
    """Lock the end of the log until commit; sequence number and chain hash of the last entry.

    Call it before `next_revision` in any transaction that may do both. Locking twice does no harm.
    """
    row = session.execute(text("UPDATE log_head SET seq = seq WHERE id = 1 RETURNING seq, chain_hash")).one()
    return int(row[0]), bytes(row[1])


def append(session: Session, now: datetime, author: Actor | str, entries: Sequence[Entry]) -> list[int]:
    """Append ``entries`` in order, written at ``now`` by ``author`` (an actor, or "system"); their sequence numbers."""
    if not entries:
        return []
    seq, chain = lock_log(session)
    handlings = _handlings(session, entries)
    rows = []
    for number, entry in enumerate(entries, start=seq + 1):
        rows.append(_sealed(number, now, author, entry, handlings[entry.handling_id], chain))
        chain = rows[-1]["chain_hash"]
    numbers = [row["seq"] for row in rows]
    session.execute(
        text("UPDATE log_head SET seq = :seq, chain_hash = :chain WHERE id = 1"), {"seq": numbers[-1], "chain": chain}
    )
    session.execute(_INSERT_ENTRY, rows)
    links = [
        {"seq": row["seq"], "kind": kind, "thing": thing}
        for row in rows
        for kind, thing in dict.fromkeys((kind, thing) for kind, thing, _label in row["links"])
    ]
    if links:
        session.execute(_INSERT_LINK, links)
    return numbers


def _handlings(session: Session, entries: Sequence[Entry]) -> dict[int, Any]:
    wanted = _HANDLINGS.where(Handling.id.in_({entry.handling_id for entry in entries}))
    return {row.id: row for row in session.execute(wanted)}


def content(entry: Any, handling: Any) -> dict[str, Any]:
    """What is sealed of a stored entry; both may be rows with the columns of `LogEntry` and `Handling`."""
    return sealing.content_of(
        seq=entry.seq,
        recorded_at=entry.recorded_at,
        occurred_at=entry.occurred_at,
        kind=entry.kind,
        by_system=entry.by_system,
        author=entry.author,
        author_name=entry.author_name,
        author_role=entry.author_role,
        agency=entry.agency,
        decider=entry.decider,
        text=entry.text,
        owner=handling.owner,
        marking=handling.marking,
        releases=[code for code in handling.releases.split(",") if code],
        corrects=entry.corrects,
        links=entry.links,
        detail=entry.detail,
        salt=entry.salt,
    )


def _sealed(seq: int, now: datetime, author: Actor | str, entry: Entry, handling: Any, chain: bytes) -> dict[str, Any]:
    """The row of one entry."""
    person = author if isinstance(author, Actor) else None
    plain = sealing.plain_text
    row: dict[str, Any] = {
        "seq": seq,
        "recorded_at": now,
        "occurred_at": entry.occurred_at or now,
        "kind": entry.kind.value,
        "by_system": entry.by_system,
        "author": plain(person.name if person else str(author)),
        "author_name": plain(person.display_name if person else "The centre"),
        "author_role": person.role.value if person else SYSTEM,
        "agency": person.agency if person else handling.owner,
        "decider": plain(entry.decider) if entry.decider else None,
        "text": plain(entry.text)[:MAX_TEXT],
        "corrects": entry.corrects,
        "links": [[plain(part) for part in one.plain()] for one in entry.links],
        "detail": sealing.sealable(entry.detail),
        "salt": secrets.token_hex(16),
    }
    releases = [code for code in handling.releases.split(",") if code]
    content = sealing.content_of(**row, owner=handling.owner, marking=handling.marking, releases=releases)
    leaf = sealing.leaf_hash(sealing.canonical(content))
    hashes = {"leaf_hash": leaf, "chain_hash": sealing.chain_hash(chain, leaf)}
    return row | hashes | {"author_id": person.user_id if person else None, "handling_id": entry.handling_id}
