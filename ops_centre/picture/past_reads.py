"""The past as one reader may see it: a moment in the form of the present picture, its time line, how far back it goes.

A reader sees what both the handling of then and the handling of now allow, by their role and agency of today
(`ops_centre.picture.past_versions`). Entries of the log never change their handling.
"""

from datetime import datetime, timedelta

import orjson
from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import Audience, audience_of
from ops_centre.clock import Clock, from_ms, to_ms
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.places import Gazetteer
from ops_centre.errors import Invalid, NotFound
from ops_centre.models import Handling, Hit, LogEntry
from ops_centre.picture import encoding
from ops_centre.picture.past import Knowing, Past, Picturing
from ops_centre.picture.past_plans import OrderThen, PlannedThen, orders_at, planned_at
from ops_centre.picture.past_tracks import Bounds
from ops_centre.picture.past_versions import Content, hits_at, kept_since, thing_at
from ops_centre.picture.past_views import Mark, Reach, TimeLine
from ops_centre.picture.scope import Scope, scope_of, sees

LONGEST_LINE = timedelta(days=8)
MOST_MARKS = 1500
MARK_TEXT = 160


class PastReads:
    """Reads of the past. Nothing here changes anything."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, gazetteer: Gazetteer) -> None:
        self.db, self.clock, self.settings, self.gazetteer = db, clock, settings, gazetteer

    def columns(self, actor: Actor, at: datetime, knowing: Knowing) -> bytes:
        """The whole picture of ``at`` in the column form of `/api/v1/picture`, with ``past`` saying of when it is.

        Raises NotPermitted without past:view, Invalid for a moment that lies ahead.
        """
        authorise(actor, Permission.PAST_VIEW)
        self._must_have_passed(at)
        scope = scope_of(actor)
        with self.db.reading() as session:
            past = self.picture(session, at, knowing, audience_of(actor, session.scalars(select(Handling))))
            since = self.kept_since(session)
        body = encoding.compact(
            past.change, scope, past.handlings, _track_columns(past), boards={}, now=at,
            exercise=self.settings.is_exercise, replay=past.replay,
        )  # fmt: skip
        said = {"at": to_ms(at), "known": knowing.value, "kept_since": since and to_ms(since), **_beside(past, scope)}
        return body[:-1] + b',"past":' + orjson.dumps(said) + b"}"

    def picture(self, session: Session, at: datetime, knowing: Knowing, seen: Audience | None = None) -> Past:
        """The picture of ``at`` of what ``seen`` allows; None: for nobody in particular."""
        return Picturing(session, at, knowing, Bounds.of(self.settings), self.gazetteer, seen).past()

    def hits(self, actor: Actor, target_id: int, at: datetime) -> tuple[list[Content], int]:
        """Hits of a target with their evidence as known at ``at``; how many more there were that are not kept as they stood.

        Raises NotPermitted without past:view and target:view, NotFound for a target that was not known then or is out of scope,
        Invalid for a moment that lies ahead.
        """
        authorise(actor, Permission.PAST_VIEW)
        authorise(actor, Permission.TARGET_VIEW)
        self._must_have_passed(at)
        with self.db.reading() as session:
            seen = audience_of(actor, session.scalars(select(Handling)))
            if thing_at(session, "targets", target_id, at, seen) is None:
                raise NotFound("No such target was known at that moment.")
            found = hits_at(session, target_id, at)
            there_were = select(func.count()).select_from(Hit).where(Hit.target_id == target_id, Hit.received_at <= at)
            return found, max(0, (session.scalar(there_were) or 0) - len(found))

    def plans(self, actor: Actor, at: datetime) -> tuple[list[PlannedThen] | None, int, list[OrderThen] | None]:
        """What units were to do and which orders were in force, as known at ``at``; how much of the plan is left off.

        None for what the reader's role does not see. Raises NotPermitted without past:view, Invalid for a moment that lies
        ahead.
        """
        authorise(actor, Permission.PAST_VIEW)
        self._must_have_passed(at)
        with self.db.reading() as session:
            seen = audience_of(actor, session.scalars(select(Handling)))
            orders = orders_at(session, at, seen) if actor.may(Permission.OPERATION_VIEW) else None
            if not actor.may(Permission.PLAN_VIEW):
                return None, 0, orders
            return *planned_at(session, at, seen, actor.agency, self.gazetteer), orders

    def reach(self, actor: Actor) -> Reach:
        """How far back one can go. Raises NotPermitted."""
        authorise(actor, Permission.PAST_VIEW)
        with self.db.reading() as session:
            # The first of each craft stand together in the table: the oldest of some of them is near enough and cheap
            firsts = (
                "SELECT min(first) FROM (SELECT (SELECT p.recorded_at FROM positions p WHERE p.track_id = t.id "
                "ORDER BY p.observed_at LIMIT 1) AS first FROM tracks t ORDER BY t.id LIMIT 200) AS some"
            )
            oldest = session.execute(text(firsts)).scalar()
            return Reach(self.clock.now(), self.kept_since(session), None if oldest is None else from_ms(oldest))

    def time_line(self, actor: Actor, since: datetime, until: datetime) -> TimeLine:
        """Log entries recorded in a span: those of people and decisions first, those of the centre while there is room.

        Raises NotPermitted, Invalid for a span that is longer than `LONGEST_LINE` or ends before it begins.
        """
        authorise(actor, Permission.PAST_VIEW)
        if not timedelta(0) < until - since <= LONGEST_LINE:
            raise Invalid(f"A time line reaches over at most {LONGEST_LINE.days} days.")
        if not scope_of(actor).log:
            return TimeLine(since, until, (), 0)
        with self.db.reading() as session:
            seen = audience_of(actor, session.scalars(select(Handling)))
            span = (LogEntry.recorded_at.between(since, until), LogEntry.handling_id.in_(seen))
            ours = LogEntry.by_system.is_(False) | (LogEntry.kind == EntryKind.DECISION.value)
            marks = _marks(session, (*span, ours), MOST_MARKS)
            room = MOST_MARKS - len(marks)
            rest = _marks(session, (*span, ~ours), room) if room else []
            there_are = session.scalar(select(func.count()).select_from(LogEntry).where(*span, ~ours)) or 0
        return TimeLine(since, until, tuple(sorted((*marks, *rest), key=lambda mark: mark.seq)), there_are - len(rest))

    def kept_since(self, session: Session) -> datetime | None:
        """From when on everything is kept; single versions that something refers to may be older."""
        first = kept_since(session)
        return first and max(first, self.clock.now() - timedelta(days=self.settings.past.keep_days))

    def _must_have_passed(self, at: datetime) -> None:
        if at > self.clock.now():
            raise Invalid("That moment lies ahead. Choose one that has passed.")


def _track_columns(past: Past) -> bytes:
    """As the present picture's, with the altitude and the squawk of each craft."""
    altitudes, squawks = zip(*past.extras, strict=True) if past.extras else ((), ())
    more = {"altitude": altitudes, "squawk": squawks}
    return encoding.columns(past.change.tracks)[:-1] + b"," + orjson.dumps(more)[1:]


def _beside(past: Past, scope: Scope) -> dict[str, list[dict[str, object]]]:
    """What the page of the past shows and the present picture has no shelf for: operations that had ended, open debriefs."""
    found: dict[str, list[dict[str, object]]] = {}
    if scope.operations:
        ended = [row for row, handling in past.ended if sees(scope, past.handlings[handling])]
        found["ended"] = [encoding.plain(row) for row in ended]
    if scope.debriefs:
        found["debriefs"] = [
            columns | {"owner": past.handlings[handling].owner, "marking": past.handlings[handling].marking.value}
            for columns, handling in past.debriefs
            if sees(scope, past.handlings[handling])
        ]
    return found


def _marks(session: Session, where: tuple[ColumnElement[bool], ...], most: int) -> list[Mark]:
    columns = (LogEntry.recorded_at, LogEntry.seq, LogEntry.kind, LogEntry.by_system, LogEntry.text)
    query = select(*columns).where(*where).order_by(LogEntry.recorded_at.desc(), LogEntry.seq.desc()).limit(most)
    return [Mark(row[0], row[1], row[2], row[3], _short(row[4])) for row in session.execute(query)]


def _short(words: str) -> str:
    return words if len(words) <= MARK_TEXT else f"{words[: MARK_TEXT - 1].rstrip()}…"
