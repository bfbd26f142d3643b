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

from sqlalchemy import or_, select, text
from sqlalchemy.orm import Session

from ops_centre.auth.policy import Audience, rule_of
from ops_centre.clock import from_ms, to_ms
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.places import Gazetteer
from ops_centre.models import (
    Alert,
    Deployment,
    Enquiry,
    FeedRecord,
    Handling,
    Hazard,
    HazardMessage,
    LogEntry,
    Operation,
    Target,
    Tasking,
    Track,
    Unit,
)
from ops_centre.picture.operation_counts import Counts
from ops_centre.picture.past_tracks import Bounds, tracks_at
from ops_centre.picture.past_versions import Content, Kept, Known, ended_at, kept_at, known_of_craft, revived
from ops_centre.picture.present import NOTHING, SCOPED, Change, TrackTuple, feed_row, target_row, track_tuple, unit_row
from ops_centre.picture.shelves import (
    LOG_LINES_KEPT,
    alert_row,
    enquiry_row,
    hazard_row,
    log_line,
    operation_row,
    tasking_row,
)
from ops_centre.picture.watch_views import LogLine, WatchRow

ENDED_MOST = 60  # operations that had ended, of all boards: the newest
Extra = tuple[float | None, str | None]  # altitude in feet, squawk


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
    extras: list[Extra]  # of each of the change's tracks, in their order
    ended: list[tuple[Any, int]]  # operations that had ended, the newest first, each with its handling
    debriefs: list[tuple[Content, int]]  # those that were open


class Picturing:
    """Puts one moment together."""

    def __init__(
        self,
        session: Session,
        at: datetime,
        knowing: Knowing,
        bounds: Bounds,
        gazetteer: Gazetteer,
        seen: Audience | None = None,
    ) -> None:
        """``seen``: handlings the reader may see, then and now; None: nobody in particular asks."""
        self.session, self.at, self.knowing = session, at, knowing
        self.bounds, self.gazetteer, self.seen = bounds, gazetteer, seen
        self.rules = {row.id: rule_of(row) for row in session.scalars(select(Handling))}

    def past(self) -> Past:
        """All of it."""
        change = Change(NOTHING, 0)
        feeds = {
            thing: revived(FeedRecord, with_counters(kept)) for thing, (kept, _rule) in self._kept("feeds").items()
        }
        change.feeds = [feed_row(record) for record in feeds.values()]
        change.tracks, extras = self._tracks(feeds)
        taskings, units = self._rows("taskings", Tasking), self._rows("units", Unit)
        change.rows = {name: [] for name in SCOPED}  # what has no history is not shown
        change.rows |= {
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
            "operations": self._operation_rows(self._kept("operations")),
        }
        change.rows["hazards"] = self._hazards()
        change.log = log_lines_at(self.session, self.at, self.knowing, self.rules, self.seen)
        change.watch = self._watch()
        replays = {record.id for record in feeds.values() if record.is_replay}
        replay = any(track[7] in replays for track in change.tracks)
        ended = ended_at(self.session, "operations", self.at, self.seen, ENDED_MOST)
        debriefs = list(self._kept("debriefs").values())
        return Past(change, self.rules, replay, extras, self._operation_rows(ended), debriefs)

    def _kept(self, kind: str) -> Kept:
        return kept_at(self.session, kind, self.at, self.seen)

    def _rows(self, kind: str, model: Any) -> list[tuple[Any, Content]]:
        """Rows of one kind with what was kept of them."""
        return [(revived(model, kept, handling), kept) for kept, handling in self._kept(kind).values()]

    def _tracks(self, feeds: Mapping[int, FeedRecord]) -> tuple[list[TrackTuple], list[Extra]]:
        offsets = {number: record.clock_offset_ms for number, record in feeds.items()}
        newest = tracks_at(self.session, self.at, self.bounds, offsets, later=self.knowing is Knowing.NOW)
        known, today = self._known([row.id for row in newest])
        found, extras = [], []
        for row in newest:
            name, flight, callsign, squawk = known.get(row.id, (None, None, None, None))
            name, flight, callsign = today.get(row.id, (name, flight, callsign))
            seen = from_ms(row.observed_at)
            parts = (row.id, row.lat, row.lon, row.course_deg, row.speed_kn, row.kind, name, flight, callsign)
            track = track_tuple((*parts, row.feed_id, seen, 0, None))
            if track is not None:
                found.append(track)
                extras.append((row.altitude_ft, squawk))
        return found, extras

    def _known(self, track_ids: Sequence[int]) -> tuple[dict[int, Known], dict[int, tuple[Any, Any, Any]]]:
        """What was known of craft then and, when what is known now is asked for, their names of today."""
        then = known_of_craft(self.session, track_ids, self.at)
        if self.knowing is Knowing.THEN:
            return then, {}
        wanted = frozenset(track_ids)
        rows = self.session.execute(select(Track.id, Track.name, Track.flight, Track.callsign))
        return then, {row[0]: (row[1], row[2], row[3]) for row in rows if row[0] in wanted}

    def _targets(self, taskings: Iterable[tuple[Tasking, Content]], units: Iterable[tuple[Unit, Content]]) -> list[Any]:
        callsigns = {number: unit.callsign for number, unit in self._sent(taskings, units).items()}
        tasked: dict[int, tuple[str, ...]] = {}
        for tasking, _kept in sorted(taskings, key=lambda one: one[0].id):
            if tasking.target_id is not None and tasking.ended_at is None:
                words = f"{callsigns[tasking.unit_id]} {tasking.state}"
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
        by_id = self._sent(taskings, units)
        return [
            (
                tasking_row(
                    row, by_id[row.unit_id], self.rules[row.handling_id], outcome_owed=bool(kept["outcome_owed"])
                ),
                row.handling_id,
            )
            for row, kept in taskings
        ]

    def _sent(
        self, taskings: Iterable[tuple[Tasking, Content]], units: Iterable[tuple[Unit, Content]]
    ) -> dict[int, Unit]:
        """Units as they were, and those that the picture did not hold but that were sent: a tasking names its unit."""
        by_id = {unit.id: unit for unit, _kept in units}
        missing = {tasking.unit_id for tasking, _kept in taskings} - by_id.keys()
        return by_id | {unit.id: unit for unit in self.session.scalars(select(Unit).where(Unit.id.in_(missing)))}

    def _operation_rows(self, kept: Kept) -> list[Any]:
        rows = [(revived(Operation, columns, handling), columns) for columns, handling in kept.values()]
        return [
            (
                operation_row(row, self.rules[row.handling_id], Counts(columns["assigned"], columns["targets"])),
                row.handling_id,
            )
            for row, columns in rows
        ]

    def _hazards(self) -> list[Any]:
        """Warnings that had come and had not ended: they say both themselves, and nothing else of them ever changes."""
        query = (
            select(Hazard, HazardMessage)
            .join(HazardMessage, HazardMessage.id == Hazard.message_id)
            .where(HazardMessage.received_at <= self.at, or_(Hazard.ended_at.is_(None), Hazard.ended_at > self.at))
            .order_by(Hazard.id)
        )
        if self.seen is not None:
            query = query.where(Hazard.handling_id.in_(self.seen))
        return [
            (hazard_row(row, message, self.rules[row.handling_id]), row.handling_id)
            for row, message in self.session.execute(query)
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
    session: Session, at: datetime, knowing: Knowing, rules: Mapping[int, HandlingRule], seen: Audience | None = None
) -> list[tuple[LogLine, int]]:
    """The newest lines of the log as it stood at ``at``; known now, as it stands today about what had occurred by then."""
    query = select(LogEntry) if seen is None else select(LogEntry).where(LogEntry.handling_id.in_(seen))
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
