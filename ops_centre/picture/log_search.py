"""Which entries of the duty log match: one question to the search index (migration 0003), newest first.

The index holds each entry's words and its facets, the handling among them, so the reader's scope is part of the question
and not a sieve behind it. Nothing a person types reaches the index but as quoted words.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ops_centre.clock import to_ms
from ops_centre.domain.duty_log import ThingKind
from ops_centre.domain.log_filter import LogFilter, Phrase, operation_id, phrases_of
from ops_centre.models import LogEntry, Operation
from ops_centre.models.log import LATE_MS

LATE_STEP = 200  # entries written late that are asked about at a time
SLACK = timedelta(minutes=1)  # entries of one minute may stand in another order than their times


@dataclass(frozen=True, slots=True)
class Span:
    """Sequence numbers to look among: from ``least`` to ``most``."""

    least: int = 0
    most: int = 2**62


def matching(
    session: Session, wanted: LogFilter, audience: Collection[int] | None, span: Span, limit: int
) -> list[int]:
    """Sequence numbers of the newest ``limit`` entries within ``span``. ``audience``: handlings; None means all there are."""
    if audience is not None and not audience:
        return []
    bounds = _bounds(session, wanted)
    found: list[int] = []
    if wanted.until is not None and wanted.clock == "occurred":
        late = Span(max(span.least, bounds.most + 1, bounds.least), span.most)
        found = _written_late(session, wanted, audience, late, limit)
    within = Span(max(span.least, bounds.least), min(span.most, bounds.most))
    if len(found) < limit and within.least <= within.most:
        found += _asked(session, wanted, audience, within, limit - len(found))
    return found


def question(session: Session, wanted: LogFilter, audience: Collection[int] | None) -> str | None:
    """What the index is asked, in the language of its database; None when nothing is asked of it."""
    phrases = phrases_of(wanted.text)
    groups = _facets(session, wanted, audience)
    if not phrases and not groups:
        return None
    write = _postgres if session.get_bind().dialect.name == "postgresql" else _sqlite
    return write(phrases, groups)


def _facets(session: Session, wanted: LogFilter, audience: Collection[int] | None) -> list[list[str]]:
    """Groups of facets; an entry must have one of each group."""
    groups = [[f"k{kind}" for kind in wanted.kinds]] if wanted.kinds else []
    if wanted.author:
        groups.append([f"u{_hex(wanted.author)}"])
    if wanted.agency:
        groups.append([f"a{_hex(wanted.agency)}"])
    if wanted.by:
        groups.append(["bp" if wanted.by == "people" else "bs"])
    groups += [[f"l{kind}x{_hex(one[:100])}" for one in _called(session, kind, thing)] for kind, thing in wanted.things]
    if audience is not None:
        groups.append([f"h{one}" for one in sorted(audience)])
    return groups


def _called(session: Session, kind: str, thing: str) -> list[str]:
    """Everything that entries call a thing: an operation by its number, or by its reference where it was not known as one."""
    if kind != ThingKind.OPERATION:
        return [thing]
    same = Operation.id == int(thing) if thing.isdigit() and len(thing) < 19 else Operation.reference == thing.upper()
    found = session.execute(select(Operation.id, Operation.reference).where(same)).first()
    return [thing] if found is None else [str(found[0]), operation_id(found[1])]


def _hex(word: str) -> str:
    return word.encode("utf-8", "replace").hex()


def _sqlite(phrases: list[Phrase], groups: list[list[str]]) -> str:
    """FTS5's language."""
    said = [f'words : "{" ".join(one.words)}"{" *" if one.open else ""}' for one in phrases]
    said += ["facets : (" + " OR ".join(f'"{facet}"' for facet in group) + ")" for group in groups]
    return " AND ".join(f"({one})" for one in said)


def _postgres(phrases: list[Phrase], groups: list[list[str]]) -> str:
    """A tsquery."""
    said = []
    for one in phrases:
        words = [f"'{word}'" for word in one.words]
        words[-1] += ":*" if one.open else ""
        said.append(" <-> ".join(words))
    said += [" | ".join("'=" + facet.replace("'", "''") + "'" for facet in group) for group in groups]
    return " & ".join(f"({one})" for one in said)


def _bounds(session: Session, wanted: LogFilter) -> Span:
    """Between which numbers the entries of the wanted time stand, those written late apart."""
    least, most = 0, 2**62
    if wanted.since is not None:  # nothing is written before it happened, clocks apart
        least = _first_at(session, wanted.since - SLACK)
    if wanted.until is not None:
        late = timedelta(milliseconds=LATE_MS) if wanted.clock == "occurred" else timedelta()
        most = _first_at(session, wanted.until + late + SLACK) - 1
    return Span(least, most)


def _first_at(session: Session, moment: Any) -> int:
    """The first entry recorded at or after ``moment``; a number beyond the last where there is none."""
    ask = select(LogEntry.seq).where(LogEntry.recorded_at >= moment).order_by(LogEntry.recorded_at, LogEntry.seq)
    return session.scalar(ask.limit(1)) or 2**62


def _written_late(
    session: Session, wanted: LogFilter, audience: Collection[int] | None, span: Span, limit: int
) -> list[int]:
    """Entries that stand later in the log than the time they tell of. They are few, and have an index of their own."""
    parts = [*_time_parts(wanted), f"e.occurred_at < e.recorded_at - {LATE_MS}", "+e.seq >= :least", "+e.seq <= :most"]
    # the plus signs keep both databases from going through all numbers instead of the index of late entries
    ask = f"SELECT e.seq FROM log_entries e WHERE {' AND '.join(parts)} ORDER BY +e.seq DESC"  # noqa: S608  (constant parts)
    late = [int(row[0]) for row in session.execute(text(ask), _values(wanted, span))]
    found: list[int] = []
    for place in range(0, len(late), LATE_STEP):
        some = late[place : place + LATE_STEP]
        found += _asked(session, wanted, audience, Span(some[-1], some[0]), limit - len(found), among=some)
        if len(found) >= limit:
            break
    return found


def _asked(
    session: Session,
    wanted: LogFilter,
    audience: Collection[int] | None,
    span: Span,
    limit: int,
    among: Sequence[int] | None = None,
) -> list[int]:
    """Ask the index, or the entries themselves where there is nothing to ask it. ``among``: only these."""
    asked = question(session, wanted, audience)
    is_postgres = session.get_bind().dialect.name == "postgresql"
    number = "w.seq" if is_postgres else "w.rowid"
    parts, values = _time_parts(wanted), _values(wanted, span) | {"limit": limit}
    if asked is None:
        number, tables = "e.seq", "log_entries e"
    else:
        values["asked"] = asked
        parts.insert(0, "w.words @@ CAST(:asked AS tsquery)" if is_postgres else "w.log_words MATCH :asked")
        # FTS5 must lead, in its own order; the entries are only looked at for their time
        joined = f" {'' if is_postgres else 'CROSS '}JOIN log_entries e ON e.seq = {number}" if len(parts) > 1 else ""
        tables = f"log_words w{joined}"
    if among is not None:
        parts.append(f"{number} IN ({', '.join(str(int(seq)) for seq in among)})")
    where = " AND ".join([*parts, f"{number} >= :least", f"{number} <= :most"])
    ask = f"SELECT {number} FROM {tables} WHERE {where} ORDER BY {number} DESC LIMIT :limit"  # noqa: S608  (constant parts, numbers)
    return [int(row[0]) for row in session.execute(text(ask), values)]


def _values(wanted: LogFilter, span: Span) -> dict[str, Any]:
    values: dict[str, Any] = {"least": span.least, "most": span.most}
    if wanted.since is not None:
        values["since"] = to_ms(wanted.since)
    if wanted.until is not None:
        values["until"] = to_ms(wanted.until)
    return values


def _time_parts(wanted: LogFilter) -> list[str]:
    column = "e.occurred_at" if wanted.clock == "occurred" else "e.recorded_at"
    parts = [f"{column} >= :since"] if wanted.since is not None else []
    return parts + ([f"{column} <= :until"] if wanted.until is not None else [])
