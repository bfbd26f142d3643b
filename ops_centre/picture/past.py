"""The picture at a moment that has passed, put together from what was kept (docs/past.md).

*Known then*: what the centre had recorded by that moment, and nothing that came later. *Known now*: where craft and units
were observed at that moment and what the log says had happened by then, whenever it came in; what the centre itself held
(states of targets, alerts, taskings, operations) stays what it was then. Stored rows are built anew from their versions and
go through the same functions as the present picture's, so that the past cannot look different from how it was shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Boolean, select, text
from sqlalchemy.orm import Session

from ops_centre.auth.policy import rule_of
from ops_centre.clock import from_ms, to_ms
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.places import Gazetteer
from ops_centre.models import (
    Alert,
    Deployment,
    Enquiry,
    FeedRecord,
    Handling,
    Instant,
    LogEntry,
    Operation,
    Target,
    Tasking,
    Track,
    Unit,
)
from ops_centre.picture.past_tracks import Bounds, tracks_at
from ops_centre.picture.present import NOTHING, Change, TrackTuple, feed_row, target_row, track_tuple, unit_row
from ops_centre.picture.shelves import (
    LOG_LINES_KEPT,
    alert_row,
    enquiry_row,
    log_line,
    operation_row,
    tasking_row,
)
from ops_centre.picture.watch_views import LogLine, WatchRow

Content = dict[str, Any]
Kept = dict[int, tuple[Content, int]]  # by thing: its columns, its handling
EVERYBODYS = 0  # handling of what has none
_CHUNK = 500


class Knowing(StrEnum):
    """From when the knowledge is."""

    THEN = "then"
    NOW = "now"


@dataclass(frozen=True, slots=True)
class Past:
    """The picture of a moment, for nobody in particular: `encoding` filters it by scope."""

    change: Change
    handlings: dict[int, HandlingRule]
    replay: bool  # something on it comes from a recording


def kept_at(session: Session, kind: str, at: datetime) -> Kept:
    """What was known at ``at`` of the things of one kind that the picture held then."""
    moment = to_ms(at)
    near_end = moment > _middle(session)
    # the side with fewer versions is walked along its index; the plus keeps the database from walking the other one
    sides = "until_at > :at AND +from_at <= :at" if near_end else "from_at <= :at AND +until_at > :at"
    query = f"SELECT thing, handling_id, content FROM history WHERE kind = :kind AND {sides} AND shown ORDER BY id"  # noqa: S608
    rows = session.execute(text(query), {"kind": kind, "at": moment})
    return {thing: (_parsed(content), handling or EVERYBODYS) for thing, handling, content in rows}


def kept_since(session: Session) -> datetime | None:
    """The moment before which nothing but positions of craft is kept; None: nothing is."""
    first = session.execute(text("SELECT min(id) FROM history")).scalar()
    if first is None:
        return None
    return from_ms(session.execute(text("SELECT from_at FROM history WHERE id = :id"), {"id": first}).scalar_one())


def _middle(session: Session) -> int:
    """About the middle of the kept time, from the first and the last version."""
    ends = "SELECT from_at FROM history WHERE id IN ((SELECT min(id) FROM history), (SELECT max(id) FROM history))"
    found = list(session.execute(text(ends)).scalars())
    return sum(found) // len(found) if found else 0


def _parsed(content: Any) -> Content:
    parsed: Content = orjson.loads(content) if isinstance(content, str) else content
    return parsed


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


class Picturing:
    """Puts one moment together."""

    def __init__(self, session: Session, at: datetime, knowing: Knowing, bounds: Bounds, gazetteer: Gazetteer) -> None:
        self.session, self.at, self.knowing = session, at, knowing
        self.bounds, self.gazetteer = bounds, gazetteer
        self.rules = {row.id: rule_of(row) for row in session.scalars(select(Handling))}

    def past(self) -> Past:
        """All of it."""
        change = Change(NOTHING, 0)
        feeds = {
            thing: revived(FeedRecord, with_counters(kept)) for thing, (kept, _rule) in self._kept("feeds").items()
        }
        change.feeds = [feed_row(record) for record in feeds.values()]
        change.tracks = self._tracks(feeds)
        taskings, units = self._rows("taskings", Tasking), self._rows("units", Unit)
        change.rows = {
            "targets": self._targets(taskings, units),
            "units": self._units(taskings, units),
            "alerts": [
                (alert_row(row, self.rules[row.handling_id]), row.handling_id) for row, _ in self._rows("alerts", Alert)
            ],
            "taskings": self._taskings(taskings, units),
            "enquiries": [
                (enquiry_row(row, self.rules[row.handling_id]), row.handling_id)
                for row, _ in self._rows("enquiries", Enquiry)
            ],
            "operations": self._operations(),
        }
        change.log = log_lines_at(self.session, self.at, self.knowing, self.rules)
        change.watch = self._watch()
        replays = {record.id for record in feeds.values() if record.is_replay}
        return Past(change, self.rules, any(track[7] in replays for track in change.tracks))

    def _kept(self, kind: str) -> Kept:
        return kept_at(self.session, kind, self.at)

    def _rows(self, kind: str, model: Any) -> list[tuple[Any, Content]]:
        """Rows of one kind with what was kept of them."""
        return [(revived(model, kept, handling), kept) for kept, handling in self._kept(kind).values()]

    def _tracks(self, feeds: Mapping[int, FeedRecord]) -> list[TrackTuple]:
        offsets = {number: record.clock_offset_ms for number, record in feeds.items()}
        newest = tracks_at(self.session, self.at, self.bounds, offsets, later=self.knowing is Knowing.NOW)
        names = self._names([row.id for row in newest])
        found = []
        for row in newest:
            name, flight, callsign = names.get(row.id, (None, None, None))
            seen = from_ms(row.observed_at)
            parts = (row.id, row.lat, row.lon, row.course_deg, row.speed_kn, row.kind, name, flight, callsign)
            track = track_tuple((*parts, row.feed_id, seen, 0, None))
            if track is not None:
                found.append(track)
        return found

    def _names(self, track_ids: Sequence[int]) -> dict[int, tuple[Any, Any, Any]]:
        if self.knowing is Knowing.NOW:
            wanted = frozenset(track_ids)
            rows = self.session.execute(select(Track.id, Track.name, Track.flight, Track.callsign))
            return {row[0]: (row[1], row[2], row[3]) for row in rows if row[0] in wanted}
        return names_at(self.session, track_ids, self.at)

    def _targets(self, taskings: Iterable[tuple[Tasking, Content]], units: Iterable[tuple[Unit, Content]]) -> list[Any]:
        callsigns = {unit.id: unit.callsign for unit, _kept in units}
        tasked: dict[int, tuple[str, ...]] = {}
        for tasking, _kept in sorted(taskings, key=lambda one: one[0].id):
            if tasking.target_id is not None and tasking.ended_at is None:
                words = f"{callsigns.get(tasking.unit_id, '?')} {tasking.state}"
                tasked[tasking.target_id] = (*tasked.get(tasking.target_id, ()), words)
        return [
            (target_row(row, self.rules[row.handling_id], tasked.get(row.id, ())), row.handling_id)
            for row, _kept in self._rows("targets", Target)
        ]

    def _units(self, taskings: Iterable[tuple[Tasking, Content]], units: Iterable[tuple[Unit, Content]]) -> list[Any]:
        under = {tasking.unit_id: tasking for tasking, _kept in taskings if tasking.ended_at is None}
        deployed: dict[int, list[Deployment]] = {}
        for one, _kept in sorted(self._rows("deployments", Deployment), key=lambda row: (row[0].starts_at, row[0].id)):
            deployed.setdefault(one.unit_id, []).append(one)
        spots = unit_positions_at(self.session, self.at, self.knowing)
        rows = []
        for unit, _kept in units:
            _place(unit, spots.get(unit.id))
            rule = self.rules[unit.handling_id]
            row = unit_row(unit, rule, deployed.get(unit.id, []), self.at, self.gazetteer, under.get(unit.id))
            rows.append((row, unit.handling_id))
        return rows

    def _taskings(
        self, taskings: Iterable[tuple[Tasking, Content]], units: Iterable[tuple[Unit, Content]]
    ) -> list[Any]:
        by_id = {unit.id: unit for unit, _kept in units}
        missing = {tasking.unit_id for tasking, _kept in taskings} - by_id.keys()
        by_id |= {unit.id: unit for unit in self.session.scalars(select(Unit).where(Unit.id.in_(missing)))}
        return [
            (
                tasking_row(
                    row, by_id[row.unit_id], self.rules[row.handling_id], outcome_owed=bool(kept["outcome_owed"])
                ),
                row.handling_id,
            )
            for row, kept in taskings
        ]

    def _operations(self) -> list[Any]:
        return [
            (
                operation_row(row, self.rules[row.handling_id], assigned=kept["assigned"], targets=kept["targets"]),
                row.handling_id,
            )
            for row, kept in self._rows("operations", Operation)
        ]

    def _watch(self) -> WatchRow | None:
        on = self._kept("watches")
        if not on:
            return None
        one = on[max(on)][0]
        opened = None if one["opened_at"] is None else from_ms(one["opened_at"])
        lead_name = one["lead_name"] or one["lead"]
        ends_at = from_ms(one["ends_at"])
        return WatchRow(
            one["id"], one["name"], one["state"], one["lead"], lead_name, opened, ends_at, one["officers"] or 0
        )


def names_at(session: Session, track_ids: Sequence[int], at: datetime) -> dict[int, tuple[Any, Any, Any]]:
    """Name, flight and callsign of craft as they were known at ``at``."""
    found: dict[int, tuple[Any, Any, Any]] = {}
    for start in range(0, len(track_ids), _CHUNK):
        things = ", ".join(str(int(number)) for number in track_ids[start : start + _CHUNK])
        query = (
            f"SELECT thing, content FROM history WHERE kind = 'tracks' AND thing IN ({things}) "  # noqa: S608  (whole numbers)
            "AND until_at > :at AND from_at <= :at"
        )
        for thing, content in session.execute(text(query), {"at": to_ms(at)}):
            one = _parsed(content)
            found[thing] = (one["name"], one["flight"], one["callsign"])
    return found


def with_counters(kept: Content) -> Content:
    """A feed's columns with nothing counted: of the past its health is known, not its counters."""
    return {"received": 0, "stored": 0, "duplicate": 0, "quarantined": 0, "passed_over": 0, **kept}


def _place(unit: Unit, spot: Any) -> None:
    """Put the unit where it was. One that never told a position of its own has none."""
    if spot is None:
        unit.reported_at = unit.received_at = from_ms(0)
        return
    unit.lat, unit.lon, unit.course_deg, unit.speed_kn = spot.lat, spot.lon, spot.course_deg, spot.speed_kn
    unit.position_at = from_ms(spot.observed_at) if spot.lat is not None else None
    unit.reported_at = from_ms(spot.reported_at)


def unit_positions_at(session: Session, at: datetime, knowing: Knowing) -> dict[int, Any]:
    """Where each unit was, by what had been recorded by ``at`` or, known now, by what was observed by then."""
    clock = "recorded_at" if knowing is Knowing.THEN else "observed_at"
    newest = (
        f"SELECT recorded_at FROM unit_positions WHERE unit_id = u.id AND {clock} <= :at ORDER BY {clock} DESC LIMIT 1"  # noqa: S608
    )
    query = f"SELECT p.* FROM units u JOIN unit_positions p ON p.unit_id = u.id AND p.recorded_at = ({newest})"  # noqa: S608
    return {row.unit_id: row for row in session.execute(text(query), {"at": to_ms(at)})}


def log_lines_at(
    session: Session, at: datetime, knowing: Knowing, rules: Mapping[int, HandlingRule]
) -> list[tuple[LogLine, int]]:
    """The newest lines of the log as it stood at ``at``; known now, as it stands today about what had occurred by then."""
    query = select(LogEntry)
    if knowing is Knowing.NOW:
        query = query.where(LogEntry.occurred_at <= at).order_by(LogEntry.occurred_at.desc(), LogEntry.seq.desc())
    else:
        query = query.where(LogEntry.recorded_at <= at).order_by(LogEntry.recorded_at.desc(), LogEntry.seq.desc())
    entries = list(session.scalars(query.limit(LOG_LINES_KEPT)))[::-1]
    corrections = select(LogEntry.corrects).where(LogEntry.corrects.in_([entry.seq for entry in entries]))
    if knowing is Knowing.THEN:
        corrections = corrections.where(LogEntry.recorded_at <= at)
    mended = set(session.scalars(corrections))
    return [
        (log_line(entry, rules[entry.handling_id], corrected=entry.seq in mended), entry.handling_id)
        for entry in entries
    ]
