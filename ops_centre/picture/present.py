"""The present picture, in memory: loaded whole once, then only what changed.

One loader thread per process writes; readers take references that are never changed in place. What is not in here is not
on any screen. Nothing here knows who is asking: `encoding` filters by scope.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from ops_centre.auth.policy import rule_of
from ops_centre.clock import Clock
from ops_centre.domain.feeds import FeedLight, light_of
from ops_centre.domain.handling import HandlingRule, release_text
from ops_centre.domain.observations import TrackKind
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.targeting import OPEN_STATUSES
from ops_centre.domain.tasking import DOING, TaskingState
from ops_centre.domain.units import Availability
from ops_centre.models import Deployment, FeedRecord, Handling, LogHead, Target, Tasking, Track, Unit, Watch
from ops_centre.picture.scope import Scope, sees
from ops_centre.picture.shelves import LOG_LINES_KEPT, MOVERS, SHELVES, handlings_moved, newest_lines, present_watch
from ops_centre.picture.views import FeedRow, TargetRow, UnitRow
from ops_centre.picture.watch_views import LogLine, WatchRow

KIND_CODE = {
    TrackKind.VESSEL: 0,
    TrackKind.AIRCRAFT: 1,
    TrackKind.VEHICLE: 2,
    TrackKind.BASE_STATION: 3,
    TrackKind.AID: 4,
}
NOTHING = -1  # the revision before any
GONE_KEPT = 50_000  # departures remembered; a reader further behind gets the whole picture

SCOPED = ("targets", "units", *SHELVES)  # shelves of things with a handling
BOARDS = (*SCOPED, "feeds", "log", "watch", *MOVERS)
Shelved = dict[int, tuple[Any, int, int]]  # by id: view, handling id, revision
Moves = dict[str, dict[int | None, int]]  # board -> handling (None: everybody's) -> revision at which it last moved

# id, lat, lon, course, speed, kind code, name, feed id, observed (s), 9: revision
TrackTuple = tuple[int, float, float, float | None, float | None, int, str | None, int, int, int]
Gone = tuple[str, int, int | None]  # kind, id, handling it was last seen under (None: everybody's)


@dataclass(slots=True)
class Change:
    """What one load found changed, between two revisions."""

    since: int
    revision: int
    tracks: list[TrackTuple] = field(default_factory=list)
    rows: dict[str, list[tuple[Any, int]]] = field(
        default_factory=lambda: {name: [] for name in SCOPED}
    )  # with handling
    feeds: list[FeedRow] = field(default_factory=list)
    log: list[tuple[LogLine, int]] = field(default_factory=list)
    watch: WatchRow | None = None
    gone: list[Gone] = field(default_factory=list)


class PresentPicture:
    """Tracks, open targets, units, feeds and what the watch has before it, as of `revision`."""

    def __init__(self, clock: Clock, gazetteer: Gazetteer) -> None:
        self.clock = clock
        self.gazetteer = gazetteer
        self.revision = NOTHING
        self.broke_off = False  # a load changed something here and then failed: nobody was told, begin anew
        self.complete_since = 0  # changes since an older revision cannot be told
        self.tracks: dict[int, TrackTuple] = {}
        self.shelves: dict[str, Shelved] = {name: {} for name in SCOPED}
        self.log: deque[tuple[LogLine, int, int]] = deque(maxlen=LOG_LINES_KEPT)  # line, handling id, revision
        self.log_seq = 0
        self.watch: WatchRow | None = None
        self.feeds: dict[int, tuple[FeedRow, int]] = {}
        self.handlings: dict[int, HandlingRule] = {}
        self.gone: deque[tuple[int, Gone]] = deque(maxlen=GONE_KEPT)
        self.moves: Moves = {name: {} for name in BOARDS}

    @property
    def targets(self) -> Shelved:
        """Open targets."""
        return self.shelves["targets"]

    @property
    def units(self) -> Shelved:
        """Units that are not withdrawn."""
        return self.shelves["units"]

    def load(self, session: Session) -> Change | None:
        """Read what changed since the last load; None when nothing did."""
        present = int(session.execute(text("SELECT revision FROM picture_clock WHERE id = 1")).scalar_one())
        if present == self.revision:
            return None
        self.broke_off = True
        if present < self.revision:
            raise RuntimeError(f"the database went back from revision {self.revision} to {present}")
        first = self.revision == NOTHING
        change = Change(self.revision, present)
        self._load_handlings(session)
        self._load_tracks(session, change, first=first)
        self._load_targets(session, change, first=first)
        self._load_units(session, change)
        for name in SHELVES:
            self._load_shelf(session, change, name, first=first)
        self._load_log(session, change)
        self._load_watch(session, change)
        self._load_feeds(session, change)
        for board in MOVERS:
            for handling in handlings_moved(session, board, self.revision):
                self._moved(board, handling, change)
        self.gone.extend((present, gone) for gone in change.gone)
        if first:
            self.complete_since = present
        elif len(self.gone) == GONE_KEPT:
            self.complete_since = max(self.complete_since, self.gone[0][0])
        self.revision = present
        self.broke_off = False
        return change

    def since(self, revision: int) -> Change | None:
        """Everything that changed after ``revision``; None when that is too long ago to tell."""
        if revision < self.complete_since or revision > self.revision:
            return None
        change = Change(revision, self.revision)
        change.tracks = [track for track in list(self.tracks.values()) if track[9] > revision]
        for name, shelf in self.shelves.items():
            change.rows[name] = [(row, handling) for row, handling, at in list(shelf.values()) if at > revision]
        change.feeds = [row for row, at in list(self.feeds.values()) if at > revision]
        change.log = [(line, handling) for line, handling, at in list(self.log) if at > revision]
        change.watch = self.watch
        change.gone = list(dict.fromkeys(gone for at, gone in list(self.gone) if at > revision))
        return change

    def whole(self) -> Change:
        """Everything."""
        rows = {name: [(row, at[0]) for row, *at in list(shelf.values())] for name, shelf in self.shelves.items()}
        return Change(
            NOTHING,
            self.revision,
            list(self.tracks.values()),
            rows,
            [row for row, _at in list(self.feeds.values())],
            [(line, handling) for line, handling, _at in list(self.log)],
            self.watch,
        )

    def moves_now(self) -> Moves:
        """When each board last moved, as it stands now."""
        return {name: dict(moved) for name, moved in self.moves.items()}

    def boards_of(self, scope: Scope, moves: Moves | None = None) -> dict[str, int]:
        """The revision at which each board last moved for a reader of ``scope``: what is hidden from them moves nothing."""
        return {
            name: max(
                (at for handling, at in moved.items() if handling is None or sees(scope, self.handlings[handling])),
                default=0,
            )
            for name, moved in (moves or self.moves_now()).items()
            if getattr(scope, name)
        }

    def _moved(self, board: str, handling: int | None, change: Change) -> None:
        self.moves[board][handling] = change.revision

    def _shelve(self, name: str, thing: int, view: Any | None, handling: int, at: int, change: Change) -> None:
        """Put a view on its shelf, or take it away; whoever may no longer see it must lose it."""
        shelf = self.shelves[name]
        before = shelf.get(thing)
        if view is not None:
            shelf[thing] = (view, handling, at)
            change.rows[name].append((view, handling))
            self._moved(name, handling, change)
            if before is None or before[1] == handling:
                return
        elif before is None:
            return
        shelf.pop(thing, None) if view is None else None
        change.gone.append((name, thing, before[1]))
        self._moved(name, before[1], change)

    @property
    def is_replay(self) -> bool:
        """Whether anything on the picture comes from a recording: one that plays, or a track that one left behind."""
        replays = {row.id: row.light for row, _at in list(self.feeds.values()) if row.is_replay}
        if not replays:
            return False
        plays = any(light is not FeedLight.ENDED for light in replays.values())
        return plays or any(track[7] in replays for track in list(self.tracks.values()))

    def _load_handlings(self, session: Session) -> None:
        last = max(self.handlings, default=0)
        for handling in session.scalars(select(Handling).where(Handling.id > last)):
            self.handlings[handling.id] = rule_of(handling)

    def _load_tracks(self, session: Session, change: Change, *, first: bool) -> None:
        query = select(
            Track.id, Track.lat, Track.lon, Track.course_deg, Track.speed_kn, Track.kind, Track.name, Track.flight,
            Track.callsign, Track.feed_id, Track.observed_at, Track.revision, Track.left_at,
        ).where(Track.revision > self.revision)  # fmt: skip
        if first:
            query = query.where(Track.left_at.is_(None), Track.observed_at.is_not(None))
        for row in session.connection().execute(query):
            track = track_tuple(row)
            if track is not None:
                self.tracks[track[0]] = track
                change.tracks.append(track)
            elif self.tracks.pop(row[0], None) is not None:
                change.gone.append(("tracks", row[0], None))

    def _load_targets(self, session: Session, change: Change, *, first: bool) -> None:
        query = select(Target).where(Target.revision > self.revision)
        if first:
            query = query.where(Target.status.in_(OPEN_STATUSES))
        targets = list(session.scalars(query))
        tasked = callsigns_tasked(session, [target.id for target in targets])
        for target in targets:
            row = None
            if target.status in OPEN_STATUSES:
                row = target_row(target, self.handlings[target.handling_id], tasked.get(target.id, ()))
            self._shelve("targets", target.id, row, target.handling_id, target.revision, change)

    def _load_units(self, session: Session, change: Change) -> None:
        units = list(session.scalars(select(Unit).where(Unit.revision > self.revision)))
        unit_ids = [unit.id for unit in units]
        deployments, taskings = deployments_of(session, unit_ids), open_taskings(session, unit_ids)
        now = self.clock.now()
        for unit in units:
            row = None
            if unit.withdrawn_at is None:
                rule, planned = self.handlings[unit.handling_id], deployments.get(unit.id, [])
                row = unit_row(unit, rule, planned, now, self.gazetteer, taskings.get(unit.id))
            self._shelve("units", unit.id, row, unit.handling_id, unit.revision, change)

    def _load_shelf(self, session: Session, change: Change, name: str, *, first: bool) -> None:
        shelf = SHELVES[name]
        query = select(shelf.model).where(shelf.model.revision > self.revision)
        if first:
            query = query.where(shelf.shown)
        rows = list(session.scalars(query))
        at = {row.id: row.revision for row in rows}
        for thing, view, handling in shelf.views(session, rows, self.handlings):
            self._shelve(name, thing, view, handling, at[thing], change)

    def _load_log(self, session: Session, change: Change) -> None:
        head = session.scalar(select(LogHead.seq)) or 0
        if head == self.log_seq:
            return
        for line, handling in newest_lines(session, self.log_seq, self.handlings):
            self.log.append((line, handling, change.revision))
            change.log.append((line, handling))
            self._moved("log", handling, change)
            if line.corrects is not None:
                self._strike(line.corrects)
        self.log_seq = head

    def _strike(self, seq: int) -> None:
        """Show an entry as corrected."""
        for place, (line, handling, at) in enumerate(self.log):
            if line.seq == seq:
                self.log[place] = (replace(line, corrected=True), handling, at)

    def _load_watch(self, session: Session, change: Change) -> None:
        moved = session.scalar(select(func.max(Watch.revision))) or 0
        if moved > self.revision:
            self.watch = present_watch(session)
            self._moved("watch", None, change)
        change.watch = self.watch

    def _load_feeds(self, session: Session, change: Change) -> None:
        for record in session.scalars(select(FeedRecord).where(FeedRecord.revision > self.revision)):
            if record.configured:
                row = feed_row(record)
                before = self.feeds.get(record.id)
                self.feeds[record.id] = (row, record.revision)
                change.feeds.append(row)
                if before is None or before[0].light != row.light or before[0].last_error != row.last_error:
                    self._moved("feeds", None, change)
            else:
                self.feeds.pop(record.id, None)
                self._moved("feeds", None, change)


def track_tuple(row: Any) -> TrackTuple | None:
    """A stored track as the picture holds it; None when it has left or has no position."""
    track_id, lat, lon, course, speed, kind, name, flight, callsign, feed_id, observed_at, revision, left_at = row
    if left_at is not None or observed_at is None or lat is None:
        return None
    if kind == TrackKind.AIRCRAFT:
        name = flight or callsign or name
    return (
        track_id,
        round(lat, 5),
        round(lon, 5),
        None if course is None else round(course, 1),
        None if speed is None else round(speed, 1),
        KIND_CODE[TrackKind(kind)],
        name,
        feed_id,
        int(observed_at.timestamp()),
        revision,
    )


def callsigns_tasked(session: Session, target_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """By target, the units under a tasking about it, as ``"HAWK 2 en route"``."""
    query = (
        select(Tasking.target_id, Unit.callsign, Tasking.state)
        .join(Unit, Unit.id == Tasking.unit_id)
        .where(Tasking.target_id.in_(list(target_ids)), Tasking.ended_at.is_(None))
        .order_by(Tasking.id)
    )
    found: dict[int, tuple[str, ...]] = {}
    for target_id, callsign, state in session.execute(query):
        found[target_id or 0] = (*found.get(target_id or 0, ()), f"{callsign} {state}")
    return found


def open_taskings(session: Session, unit_ids: Iterable[int]) -> dict[int, Tasking]:
    """The tasking each unit is under, by unit."""
    query = select(Tasking).where(Tasking.unit_id.in_(list(unit_ids)), Tasking.ended_at.is_(None))
    return {tasking.unit_id: tasking for tasking in session.scalars(query)}


def target_row(target: Target, rule: HandlingRule, tasked: tuple[str, ...] = ()) -> TargetRow:
    """The view of a stored target."""
    return TargetRow(
        target.id, target.subject_kind, target.label, target.severity, target.status, target.reason, target.action,
        target.score, target.place, target.place_name, target.place_lat, target.place_lon, target.arrives_at, target.track_id,
        rule.owner, rule.marking.value, tuple(release_text(rule.releases).split(",")) if rule.releases else (),
        target.feed_id, target.issued_at, target.updated_at, target.revision, target.lrm_at, target.lrm_note,
        target.claimed_by, tasked,
    )  # fmt: skip


def deployments_of(session: Session, unit_ids: Iterable[int]) -> dict[int, list[Deployment]]:
    """Deployments by unit, soonest first."""
    query = select(Deployment).where(Deployment.unit_id.in_(list(unit_ids)))
    found: dict[int, list[Deployment]] = {}
    for deployment in session.scalars(query.order_by(Deployment.starts_at, Deployment.id)):
        found.setdefault(deployment.unit_id, []).append(deployment)
    return found


def unit_row(
    unit: Unit,
    rule: HandlingRule,
    deployments: list[Deployment],
    now: datetime,
    gazetteer: Gazetteer,
    tasking: Tasking | None = None,
) -> UnitRow:
    """The view of a stored unit, with the deployment that is on now. One under a tasking of ours is assigned and does
    what the tasking says, whatever its agency last reported; what is out of service stays so."""
    availability, status = unit.availability, unit.status
    if tasking is not None and availability != Availability.OUT_OF_SERVICE:
        availability, status = Availability.ASSIGNED.value, DOING[TaskingState(tasking.state)] or status
    current = next((d for d in deployments if d.starts_at <= now and (d.ends_at is None or now < d.ends_at)), None)
    place = gazetteer.get(current.place) if current else None
    return UnitRow(
        unit.id, unit.callsign, unit.agency, unit.unit_type, tuple(unit.capabilities), availability,
        unit.out_of_service_reason, status, unit.note, unit.crew, unit.lat, unit.lon, unit.course_deg, unit.speed_kn,
        unit.position_at, current.place if current else None,
        place.name if place else (current.place or current.area if current else None),
        current.starts_at if current else None, current.ends_at if current else None,
        rule.marking.value, unit.feed_id, unit.reported_at, tasking.id if tasking else None,
    )  # fmt: skip


def feed_row(record: FeedRecord) -> FeedRow:
    """The view of a stored feed."""
    return FeedRow(
        record.id, record.name, record.kind, record.agency, FeedLight(record.light), record.light_since, record.last_good_at,
        record.last_record_at, record.last_error, record.last_error_at, record.received, record.stored, record.duplicate,
        record.quarantined, record.passed_over, record.is_replay, record.clock_offset_ms, record.paused, record.late_after_ms,
        record.lost_after_ms,
    )  # fmt: skip


def row_now(row: FeedRow, now: datetime) -> FeedRow:
    """The row with the light it deserves now. The stored one stands still when no worker is there to change it."""
    if row.paused or row.is_replay or row.last_good_at is None:
        return row
    light = light_of(
        row.last_good_at,
        None,
        now,
        late_after=timedelta(milliseconds=row.late_after_ms),
        lost_after=timedelta(milliseconds=row.lost_after_ms),
    )
    worse = (FeedLight.LATE, FeedLight.LOST)
    return replace(row, light=light, light_since=now) if light in worse and light is not row.light else row
