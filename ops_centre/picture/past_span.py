"""A span of the past for an export: where craft and units went, and what was on the picture from when until when.

Positions are thinned and the rest is looked at in even steps, at most `MOST_STEPS` of them, through the same functions as a
single moment, so that an export shows no more and no other than the page does. The step is said in every file.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import audience_of
from ops_centre.clock import from_ms, to_ms
from ops_centre.domain.handling import Marking
from ops_centre.errors import Invalid
from ops_centre.models import Handling, LogEntry
from ops_centre.picture.encoding import KIND_WORDS, plain, scoped
from ops_centre.picture.past import Knowing, Past, Picturing
from ops_centre.picture.past_reads import PastReads
from ops_centre.picture.past_tracks import FOREVER, Bounds
from ops_centre.picture.past_versions import Content, Known, hits_at, known_of_craft
from ops_centre.picture.present import KIND_CODE
from ops_centre.picture.scope import Scope, scope_of, sees

MOST_STEPS = 180
LEAST_STEP = timedelta(seconds=10)
MOST_POINTS = 400_000
MOST_LINES = 3000
OPEN = (Marking.CLEAR, Marking.GREEN)
SHELVES = ("targets", "units", "alerts", "taskings", "operations", "hazards")
ENDED = "ended"  # operations that had ended, the newest of each moment

# observed ms, lat, lon, course, speed, recorded ms, altitude in feet
Point = tuple[int, float, float, float | None, float | None, int, float | None]
Held = tuple[int, int, dict[str, Any]]  # from ms, until ms, the row as the picture had it


@dataclass(frozen=True, slots=True)
class TrackSpan:
    """One craft."""

    id: int
    kind: int  # `KIND_CODE`
    kind_word: str
    name: str | None
    points: tuple[Point, ...]


@dataclass(slots=True)
class Span:
    """What an export holds."""

    since: datetime
    until: datetime
    step_s: int
    known: str
    centre: str
    time_zone: str
    exercise: bool
    made_by: str
    made_at: datetime
    leaves_after_s: dict[int, int]  # by kind of craft
    home: tuple[float, float, float] = (0.0, 0.0, 2.5)  # latitude, longitude and zoom that the map shows first
    kept_since: datetime | None = None  # before it nothing but positions of craft is kept
    tracks: list[TrackSpan] = field(default_factory=list)
    held: dict[str, dict[int, list[Held]]] = field(default_factory=lambda: {name: {} for name in (*SHELVES, ENDED)})
    hits: dict[int, list[Content]] = field(default_factory=dict)  # by target, as they were known when it was last seen
    log: list[dict[str, Any]] = field(default_factory=list)
    log_left_off: bool = False

    def marking(self) -> str:
        """The strictest marking of anything in it, which is what the whole is to be handled by."""
        there_are = {row["marking"] for rows in self.held.values() for one in rows.values() for _at, _until, row in one}
        there_are |= {entry["marking"] for entry in self.log}
        return max((Marking(one) for one in there_are), key=list(Marking).index, default=Marking.GREEN).value

    def owners(self) -> list[str]:
        """Agencies whose matters in it not everybody may know."""
        rows = [row for held in self.held.values() for one in held.values() for _at, _until, row in one]
        return sorted(
            {row.get("owner") or row["agency"] for row in (*rows, *self.log) if Marking(row["marking"]) not in OPEN}
        )


class SpanReads:
    """Reads spans."""

    def __init__(self, past: PastReads) -> None:
        self.past = past

    def span(self, actor: Actor, since: datetime, until: datetime, knowing: Knowing) -> Span:
        """Everything of a span that ``actor`` may see. Raises NotPermitted, Invalid when it is too much for a file."""
        authorise(actor, Permission.PAST_EXPORT)
        settings, scope = self.past.settings, scope_of(actor)
        step = max(LEAST_STEP, (until - since) / MOST_STEPS)
        bounds = Bounds.of(settings)
        span = Span(
            since, until, round(step.total_seconds()), knowing.value, settings.centre.name, settings.centre.time_zone,
            settings.is_exercise, actor.display_name, self.past.clock.now(),
            {KIND_CODE[kind]: int(limit.total_seconds()) for kind, limit in bounds.leaves_after.items()},
            home=(*settings.picture.centre, settings.picture.zoom),
        )  # fmt: skip
        with self.past.db.reading() as session:
            span.kept_since = self.past.kept_since(session)
            if scope.tracks:
                span.tracks = _tracks(session, span, knowing, max(bounds.leaves_after.values()))
            self._hold(session, span, actor, knowing, step)
            if scope.log:
                _log(session, span, actor, knowing)
        return span

    def _hold(self, session: Session, span: Span, actor: Actor, knowing: Knowing, step: timedelta) -> None:
        at, scope = span.since, scope_of(actor)
        seen = audience_of(actor, session.scalars(select(Handling)))
        # Craft are read apart: no kind of them is looked for here
        without = Bounds({})
        while at <= span.until:
            past = Picturing(session, at, knowing, without, self.past.gazetteer, seen).past()
            _keep(span, past, scope, at, at + step)
            at += step
        for number, rows in span.held["targets"].items():
            if found := hits_at(session, number, from_ms(rows[-1][1]) - step):
                span.hits[number] = found


def _keep(span: Span, past: Past, scope: Scope, at: datetime, until: datetime) -> None:
    shelves = {name: scoped(past.change, name, scope, past.handlings) for name in SHELVES}
    if scope.operations:
        shelves[ENDED] = [row for row, handling in past.ended if sees(scope, past.handlings[handling])]
    for name, views in shelves.items():
        for view in views:
            row, rows = plain(_still(view)), span.held[name].setdefault(view.id, [])
            if rows and rows[-1][2] == row and rows[-1][1] == to_ms(at):
                rows[-1] = (rows[-1][0], to_ms(until), row)
            else:
                rows.append((to_ms(at), to_ms(until), row))


def _still(view: Any) -> Any:
    """Without the number that only the present picture needs."""
    return replace(view, revision=0) if hasattr(view, "revision") else view


def _tracks(session: Session, span: Span, knowing: Knowing, before: timedelta) -> list[TrackSpan]:
    """Craft with their positions in the span and the last one before it, thinned to one for each step."""
    query = text(
        "SELECT observed_at, lat, lon, course_deg, speed_kn, recorded_at, altitude_ft FROM positions WHERE track_id = :id "
        "AND observed_at BETWEEN :since AND :until AND recorded_at <= :recorded AND doubt IS NULL "
        "ORDER BY observed_at, recorded_at DESC"
    )
    heard = text("SELECT id, kind FROM tracks WHERE heard_at >= :since ORDER BY id")
    begin = to_ms(span.since)
    values = {
        "since": begin - int(min(before, timedelta(hours=1)).total_seconds() * 1000),
        "until": to_ms(span.until),
        "recorded": to_ms(span.until) if knowing is Knowing.THEN else FOREVER,
    }
    craft = list(session.execute(heard, {"since": values["since"]}))
    names = known_of_craft(session, [row.id for row in craft], span.until)
    found, count = [], 0
    for row in craft:
        points = _thinned([tuple(one) for one in session.execute(query, values | {"id": row.id})], begin, span.step_s)
        count += len(points)
        if count > MOST_POINTS:
            raise Invalid("That span holds more than one file can. Choose a shorter one.")
        if points:
            code = KIND_CODE[row.kind]
            found.append(TrackSpan(row.id, code, KIND_WORDS[code], _name(code, names.get(row.id)), tuple(points)))
    return found


def _name(code: int, known: Known | None) -> str | None:
    name, flight, callsign, _squawk = known or (None, None, None, None)
    return flight or callsign or name if code == 1 else name


def _thinned(points: list[Any], begin: int, step_s: int) -> list[Point]:
    kept: list[Point] = []
    for at, lat, lon, course, speed, recorded, feet in points:
        one = (at, round(lat, 5), round(lon, 5), course and round(course, 1), speed and round(speed, 1), recorded, feet)
        if kept and (at < begin or at - kept[-1][0] < step_s * 1000):
            if at <= begin:
                kept[-1] = one  # of those before the span only the last counts
            continue
        kept.append(one)
    return kept


def _log(session: Session, span: Span, actor: Actor, knowing: Knowing) -> None:
    handlings = {row.id: row for row in session.scalars(select(Handling))}
    seen = audience_of(actor, handlings.values())
    clock = LogEntry.recorded_at if knowing is Knowing.THEN else LogEntry.occurred_at
    query = select(LogEntry).where(clock.between(span.since, span.until), LogEntry.handling_id.in_(seen))
    entries = list(session.scalars(query.order_by(LogEntry.seq.desc()).limit(MOST_LINES + 1)))
    span.log_left_off = len(entries) > MOST_LINES
    span.log = [
        {
            "seq": entry.seq,
            "at": to_ms(entry.recorded_at if knowing is Knowing.THEN else entry.occurred_at),
            "kind": entry.kind,
            "by_system": entry.by_system,
            "author": entry.author_name,
            "text": entry.text,
            "owner": handlings[entry.handling_id].owner,
            "marking": handlings[entry.handling_id].marking,
        }
        for entry in entries[:MOST_LINES][::-1]
    ]
