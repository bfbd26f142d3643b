"""What is asked of the duty log: pages, one entry, counts, walks for exports. All in the reader's scope."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import audience_of, rule_of
from ops_centre.db import Database
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.log_filter import LogFilter
from ops_centre.errors import NotFound
from ops_centre.models import Handling, LogEntry
from ops_centre.picture.log_search import Span, matching
from ops_centre.picture.log_views import Counted, LogEntryCard, LogEntryView

PAGE_AT_MOST = 500
COUNTED_TO = 1000
CHAIN_AT_MOST = 50  # corrections of corrections that are followed
WALK_STEP = 500
MAX_SEQ = 2**62
NO_ENTRY = "There is no such entry, or it is not released to you."


class LogReads:
    """Reads of the duty log."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def page(
        self,
        actor: Actor,
        wanted: LogFilter | None = None,
        before: int | None = None,
        limit: int = 100,
        after: int | None = None,
    ) -> list[LogEntryView]:
        """The newest entries that match, newest first: below ``before`` and above ``after``, at most ``limit``."""
        authorise(actor, Permission.LOG_VIEW)
        span = Span((after or 0) + 1, MAX_SEQ if before is None else before - 1)
        with self.db.reading() as session:
            audience = _audience(session, actor)
            found = matching(session, wanted or LogFilter(), audience.narrow, span, max(1, min(limit, PAGE_AT_MOST)))
            return _views(session, found, audience)

    def walk(self, actor: Actor, wanted: LogFilter | None = None) -> Iterator[LogEntryView]:
        """Every entry that matches, newest first, read in pieces: what is written meanwhile is not among them."""
        before: int | None = None
        while True:
            rows = self.page(actor, wanted, before, WALK_STEP)
            yield from rows
            if len(rows) < WALK_STEP:
                return
            before = rows[-1].seq

    def count(self, actor: Actor, wanted: LogFilter | None = None) -> Counted:
        """How many entries match, counted to 1,000."""
        authorise(actor, Permission.LOG_VIEW)
        with self.db.reading() as session:
            audience = _audience(session, actor)
            found = matching(session, wanted or LogFilter(), audience.narrow, Span(), COUNTED_TO + 1)
        return Counted(min(len(found), COUNTED_TO), len(found) > COUNTED_TO)

    def entry(self, actor: Actor, seq: int) -> LogEntryView:
        """One entry. Raises NotFound for one that is not there and for one outside the actor's scope alike."""
        authorise(actor, Permission.LOG_VIEW)
        with self.db.reading() as session:
            found = _views(session, [seq] if 0 < seq < MAX_SEQ else [], _audience(session, actor))
        if not found:
            raise NotFound(NO_ENTRY)
        return found[0]

    def card(self, actor: Actor, seq: int) -> LogEntryCard:
        """One entry opened, with its corrections and neighbours. Raises NotFound as `entry`."""
        entry = self.entry(actor, seq)
        with self.db.reading() as session:
            audience = _audience(session, actor)
            chain = _chain(session, entry, audience)
            older = matching(session, LogFilter(), audience.narrow, Span(0, seq - 1), 1)
            newer = _next_visible(session, seq, audience)
        why_not = why_not_corrected(actor, entry)
        return LogEntryCard(entry, chain, older[0] if older else None, newer, why_not is None, why_not)


def why_not_corrected(actor: Actor, entry: LogEntryView) -> str | None:
    """Why ``actor`` may not correct ``entry``; None when they may. Their own, or any for whoever leads a watch."""
    if not actor.may(Permission.LOG_WRITE):
        return f"{actor.role.value.capitalize()} may not write in the log."
    if entry.author_id != actor.user_id and not actor.may(Permission.WATCH_LEAD):
        return "An entry is corrected by its author or by a shift lead."
    if entry.corrected_by:
        return f"Entry {entry.seq} was corrected by entry {entry.corrected_by[-1]}; correct that one."
    return None


class _Audience:
    """The handlings a reader may see."""

    def __init__(self, seen: Collection[int], rules: dict[int, HandlingRule]) -> None:
        self.seen = seen
        self.rules = rules

    @property
    def narrow(self) -> Collection[int] | None:
        """For the search: None where the reader may see everything."""
        return None if len(self.seen) == len(self.rules) else self.seen


def _audience(session: Session, actor: Actor) -> _Audience:
    handlings = list(session.scalars(select(Handling)))
    return _Audience(audience_of(actor, handlings), {row.id: rule_of(row) for row in handlings})


def _views(session: Session, seqs: Sequence[int], audience: _Audience) -> list[LogEntryView]:
    """The entries, in the order of ``seqs``. Scope is asked again: an index is no authority."""
    if not seqs:
        return []
    wanted = select(LogEntry).where(LogEntry.seq.in_(seqs), LogEntry.handling_id.in_(audience.seen))
    rows = {row.seq: row for row in session.scalars(wanted)}
    mended: dict[int, list[int]] = defaultdict(list)
    corrections = (
        select(LogEntry.corrects, LogEntry.seq)
        .where(LogEntry.corrects.in_(seqs), LogEntry.handling_id.in_(audience.seen))
        .order_by(LogEntry.seq)
    )
    for old, new in session.execute(corrections):
        mended[old or 0].append(new)
    return [_view(rows[seq], audience.rules, tuple(mended[seq])) for seq in seqs if seq in rows]


def _view(row: LogEntry, rules: dict[int, HandlingRule], corrected_by: tuple[int, ...]) -> LogEntryView:
    rule = rules[row.handling_id]
    return LogEntryView(
        row.seq, row.recorded_at, row.occurred_at, row.kind, row.by_system, row.author, row.author_name, row.author_role,
        row.agency, row.decider, row.text, rule.owner, rule.marking.value, tuple(sorted(rule.releases)), row.corrects,
        corrected_by, tuple((kind, thing, label) for kind, thing, label in row.links), dict(row.detail), row.salt,
        row.leaf_hash.hex(), row.chain_hash.hex(), row.author_id,
    )  # fmt: skip


def _chain(session: Session, entry: LogEntryView, audience: _Audience) -> tuple[LogEntryView, ...]:
    """All entries that the corrections of ``entry`` lead through, back to the first and on to the last."""
    known = {entry.seq: entry}
    due = [*entry.corrected_by, *([entry.corrects] if entry.corrects else [])]
    while due and len(known) < CHAIN_AT_MOST:
        for found in _views(session, [due.pop()], audience):
            known[found.seq] = found
            ahead = [*found.corrected_by, *([found.corrects] if found.corrects else [])]
            due += [seq for seq in ahead if seq not in known]
    return tuple(known[seq] for seq in sorted(known)) if len(known) > 1 else ()


def _next_visible(session: Session, seq: int, audience: _Audience) -> int | None:
    ask = select(LogEntry.seq).where(LogEntry.seq > seq, LogEntry.handling_id.in_(audience.seen)).order_by(LogEntry.seq)
    return session.scalar(ask.limit(1))
