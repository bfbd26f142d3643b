"""Versions of things as the history keeps them: what was known of a kind at a moment, and what one reader may see of it.

A reader sees a version when both the handling of then and the handling of the thing as it stands now allow it: what was
marked stricter since, or whose release was withdrawn, is not found again in the past. Of a thing that is gone, the handling of
then decides.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Boolean, text
from sqlalchemy.orm import Session

from ops_centre.auth.policy import Audience
from ops_centre.clock import from_ms, to_ms
from ops_centre.models import Instant
from ops_centre.models.history import SPANS_MS

Content = dict[str, Any]
Kept = dict[int, tuple[Content, int]]  # by thing: its columns, its handling
Known = tuple[str | None, str | None, str | None, str | None]  # name, flight, callsign, squawk of a craft
EVERYBODYS = 0  # handling of what has none
_HANDLED = frozenset({"targets", "units", "taskings", "alerts", "enquiries", "operations", "debriefs"})
_CHUNK = 500


def kept_at(session: Session, kind: str, at: datetime, seen: Audience | None = None) -> Kept:
    """What was known at ``at`` of the things of one kind that the picture held then.

    ``seen``: handlings the reader may see; None: nobody in particular asks, and everything is told.
    """
    # Versions are indexed by how long they held, so that of each length only those that can still hold are walked
    spans = zip((0, *SPANS_MS), (*SPANS_MS, None), strict=True)
    joined, scoped = _scope(kind, seen)
    parts = [
        f"SELECT h.id, h.thing, h.handling_id, h.content FROM history h{joined} "  # noqa: S608  (our own names and whole numbers)
        f"WHERE h.kind = :kind AND {_held(least, most)} AND h.from_at <= :at AND h.until_at > :at{scoped}"
        for least, most in spans
    ]
    rows = session.execute(text(" UNION ALL ".join(parts)), {"kind": kind, "at": to_ms(at)})
    newest = sorted(rows, key=lambda row: int(row[0]))
    return {thing: (parsed(content), handling or EVERYBODYS) for _id, thing, handling, content in newest}


def ended_at(session: Session, kind: str, at: datetime, seen: Audience | None, most: int) -> Kept:
    """Of the things of one kind that had left the picture by ``at``, those that left last."""
    joined, scoped = _scope(kind, seen)
    query = (
        f"SELECT h.thing, h.handling_id, h.content FROM {kind} every JOIN history h ON h.kind = :kind "  # noqa: S608  (our own names)
        f"AND h.thing = every.id AND h.until_at = (SELECT min(v.until_at) FROM history v WHERE v.kind = :kind "
        f"AND v.thing = every.id AND v.until_at > :at){joined} WHERE NOT h.shown AND h.from_at <= :at{scoped} "
        f"ORDER BY h.from_at DESC, h.id DESC LIMIT {int(most)}"
    )
    rows = session.execute(text(query), {"kind": kind, "at": to_ms(at)})
    return {thing: (parsed(content), handling or EVERYBODYS) for thing, handling, content in rows}


def hits_at(session: Session, target_id: int, at: datetime) -> list[Content]:
    """Hits of a target with their evidence as they were known at ``at``, the oldest first. Scope is the target's."""
    query = (
        "SELECT v.content FROM hits JOIN history v ON v.kind = 'hits' AND v.thing = hits.id "
        "WHERE hits.target_id = :target AND v.from_at <= :at AND v.until_at > :at ORDER BY hits.id"
    )
    rows = session.execute(text(query), {"target": target_id, "at": to_ms(at)}).scalars()
    return [parsed(content) for content in rows]


def thing_at(session: Session, kind: str, thing: int, at: datetime, seen: Audience) -> Content | None:
    """One thing as it was known at ``at``; None when it was not known then or is out of the reader's scope."""
    joined, scoped = _scope(kind, seen)
    query = (
        f"SELECT h.content FROM history h{joined} WHERE h.kind = :kind AND h.thing = :thing "  # noqa: S608  (our own names)
        f"AND h.from_at <= :at AND h.until_at > :at{scoped}"
    )
    found = session.execute(text(query), {"kind": kind, "thing": thing, "at": to_ms(at)}).scalar()
    return None if found is None else parsed(found)


def kept_since(session: Session) -> datetime | None:
    """The moment before which nothing but positions of craft is kept; None: nothing is."""
    first = session.execute(text("SELECT min(id) FROM history")).scalar()
    if first is None:
        return None
    return from_ms(session.execute(text("SELECT from_at FROM history WHERE id = :id"), {"id": first}).scalar_one())


def known_of_craft(session: Session, track_ids: Sequence[int], at: datetime) -> dict[int, Known]:
    """Name, flight, callsign and squawk of craft as they were known at ``at``."""
    found: dict[int, Known] = {}
    for start in range(0, len(track_ids), _CHUNK):
        things = ", ".join(str(int(number)) for number in track_ids[start : start + _CHUNK])
        query = (
            f"SELECT thing, content FROM history WHERE kind = 'tracks' AND thing IN ({things}) "  # noqa: S608  (whole numbers)
            "AND until_at > :at AND from_at <= :at"
        )
        for thing, content in session.execute(text(query), {"at": to_ms(at)}):
            one = parsed(content)
            found[thing] = (one["name"], one["flight"], one["callsign"], one.get("squawk"))
    return found


def parsed(content: Any) -> Content:
    """A version's columns, whichever database they come from."""
    columns: Content = orjson.loads(content) if isinstance(content, str) else content
    return columns


def revived(model: Any, content: Content, handling_id: int = EVERYBODYS) -> Any:
    """A row of ``model`` as its version has it; it belongs to no session. Columns that are not kept are None."""
    row = model()
    for column in model.__table__.columns:
        value = content.get(column.name)
        if value is not None and isinstance(column.type, Instant):
            value = from_ms(int(value))
        elif value is not None and isinstance(column.type, Boolean):
            value = bool(value)
        setattr(row, column.name, value)
    if hasattr(row, "handling_id"):
        row.handling_id = handling_id
    if hasattr(row, "revision"):
        row.revision = 0
    return row


def _held(least: int, most: int | None) -> str:
    """Versions that held at least and less than so many milliseconds, word for word as their index has it."""
    longer = f"h.until_at - h.from_at >= {least}"
    if most is None:
        return f"h.shown AND {longer}"
    return f"h.shown AND {longer} AND h.until_at - h.from_at < {most} AND h.from_at > :at - {most}"


def _scope(kind: str, seen: Audience | None) -> tuple[str, str]:
    """What is joined and asked so that only what ``seen`` allows, then and now, is found."""
    if seen is None or kind not in _HANDLED:
        return "", ""
    ids = ", ".join(str(int(number)) for number in sorted(seen)) or "NULL"
    joined = f" LEFT JOIN {kind} present ON present.id = h.thing"
    return joined, f" AND h.handling_id IN ({ids}) AND (present.id IS NULL OR present.handling_id IN ({ids}))"
