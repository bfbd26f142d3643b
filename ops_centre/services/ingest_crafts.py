"""Store reports of craft: history first, then the newest of each on its track.

Order is decided in SQL (`observed_at < new`), so an older observation never moves a newer position whoever else writes at
the same time; the memory kept here (`_Known`) only saves work. After a rollback it may be wrong: call `forget`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Connection, Table, select

from ops_centre.clock import to_ms
from ops_centre.domain.identity import BAD_MMSI, IMPOSSIBLE_IMO
from ops_centre.domain.observations import CraftReport, Fix, Particulars
from ops_centre.domain.zones import Zones
from ops_centre.models import Position, Track
from ops_centre.services import bulk

PARTICULARS = tuple(field.name for field in fields(Particulars))
LASTING = frozenset({BAD_MMSI, IMPOSSIBLE_IMO, "virtual aid"})
_CHUNK = 500
_MAX_KNOWN = 500_000

_TRACKS = cast(Table, Track.__table__)
_MOVED = (
    "feed_id", "lat", "lon", "course_deg", "speed_kn", "heading_deg", "altitude_ft", "nav_status", "squawk", "on_ground",
    "zone", "caveats", "observed_at", "received_at", "revision", "id",
)  # fmt: skip
_DESCRIBED = (*PARTICULARS, "caveats", "particulars_at", "revision", "id")
_HEARD_LATER = "CASE WHEN tracks.heard_at < {0} THEN {0} ELSE tracks.heard_at END"

_NEW_TRACK = bulk.insert(_TRACKS, ("key", "kind", "feed_id", "mmsi", "flag", "caveats", "heard_at", "revision"))
_POSITION = bulk.insert(
    cast(Table, Position.__table__),
    ("track_id", "observed_at", "lat", "lon", "received_at", "recorded_at", "course_deg", "speed_kn", "heading_deg",
     "altitude_ft", "feed_id"),
)  # fmt: skip
_MOVE = bulk.update(
    _TRACKS,
    _MOVED,
    ", ".join(f"{name} = {{{name}}}" for name in _MOVED[:-1])
    + ", left_at = NULL, heard_at = "
    + _HEARD_LATER.format("{observed_at}"),
    "(tracks.observed_at IS NULL OR tracks.observed_at < {observed_at})",
)
_DESCRIBE = bulk.update(
    _TRACKS,
    _DESCRIBED,
    ", ".join(f"{name} = COALESCE({{{name}}}, tracks.{name})" for name in PARTICULARS)
    + ", caveats = {caveats}, particulars_at = {particulars_at}, revision = {revision}",
    "(tracks.particulars_at IS NULL OR tracks.particulars_at <= {particulars_at})",
)
_HEARD = bulk.update(_TRACKS, ("heard_at", "id"), "heard_at = {heard_at}", "tracks.heard_at < {heard_at}")


@dataclass(slots=True)
class _Known:
    """What this process knows of a track."""

    id: int
    heard_ms: int
    observed_ms: int
    particulars_ms: int
    particulars: list[Any]
    caveats: str


@dataclass(frozen=True, slots=True)
class CraftTally:
    """What became of a batch. `renewed`: ids of tracks that are new, or whose identity was learned or changed."""

    stored: int
    duplicate: int
    renewed: tuple[int, ...] = ()


class CraftStore:
    """Stores reports of craft; one per process that ingests."""

    def __init__(self, zones: Zones) -> None:
        self.zones = zones
        self._known: dict[str, _Known] = {}

    def forget(self) -> None:
        """The transaction was rolled back: nothing that was learned in it may be believed."""
        self._known.clear()

    def store(
        self, connection: Connection, feed_id: int, reports: Sequence[CraftReport], *, recorded_ms: int, revise: Any
    ) -> CraftTally:
        """Store ``reports`` of one feed. ``revise()`` gives the transaction's revision; it is called only on a change."""
        if not reports:
            return CraftTally(0, 0)
        tracks, created = self._tracks(connection, feed_id, reports)
        news = _News(feed_id, recorded_ms)
        for report in reports:
            news.add(tracks[report.key], report)
        news.positions.sort(key=itemgetter(0, 1))  # as they lie in the table
        inserted = _POSITION.run(connection, news.positions)
        if news.newest:
            self._move(connection, feed_id, news.newest, revise)
        if news.described:
            revision = revise()
            described = [(*said, t.caveats, at, revision, t.id) for t, at, said in news.described.values()]
            _DESCRIBE.run(connection, described)
        _HEARD.run(connection, [(at, track_id) for track_id, at in news.heard.items()])
        return CraftTally(
            stored=inserted + news.of_use,
            duplicate=len(news.positions) - inserted + news.of_no_use,
            renewed=tuple({*created, *news.described}),
        )

    def _move(
        self, connection: Connection, feed_id: int, newest: dict[int, tuple[int, CraftReport, _Known]], revise: Any
    ) -> None:
        fixes = [report.fix for _at, report, _track in newest.values()]
        zones = self.zones.locate([fix.lon for fix in fixes if fix], [fix.lat for fix in fixes if fix])
        revision = revise()
        rows = []
        for (track_id, (at, report, track)), zone in zip(newest.items(), zones, strict=True):
            fix = report.fix
            assert fix is not None  # noqa: S101  (only reports with a fix are in `newest`)
            rows.append(
                (feed_id, fix.lat, fix.lon, fix.course_deg, fix.speed_kn, fix.heading_deg, fix.altitude_ft, fix.nav_status,
                 fix.squawk, fix.on_ground, zone, track.caveats, at, to_ms(report.received_at), revision, track_id)
            )  # fmt: skip
        _MOVE.run(connection, rows)

    def _tracks(
        self, connection: Connection, feed_id: int, reports: Sequence[CraftReport]
    ) -> tuple[dict[str, _Known], list[int]]:
        """Every track named in the reports, and the ids of those that had to be created."""
        if len(self._known) > _MAX_KNOWN:
            self._known.clear()
        known = self._known
        missing = {report.key: report for report in reports if report.key not in known}
        if not missing:
            return known, []
        found = self._load(connection, missing)
        new = [report for key, report in missing.items() if key not in found]
        if new:
            rows = [
                (r.key, r.kind.value, feed_id, r.mmsi, r.flag, ",".join(r.caveats), to_ms(r.observed_at) - 1, 0)
                for r in new
            ]
            _NEW_TRACK.run(connection, rows)
            found |= self._load(connection, [report.key for report in new])
        known |= found
        return known, [found[report.key].id for report in new]

    @staticmethod
    def _load(connection: Connection, keys: Iterable[str]) -> dict[str, _Known]:
        columns: list[Any] = [
            Track.key,
            Track.id,
            Track.heard_at,
            Track.observed_at,
            Track.particulars_at,
            Track.caveats,
        ]
        columns += [getattr(Track, name) for name in PARTICULARS]
        found: dict[str, _Known] = {}
        wanted = list(keys)
        for start in range(0, len(wanted), _CHUNK):
            for row in connection.execute(select(*columns).where(Track.key.in_(wanted[start : start + _CHUNK]))):
                key, track_id, heard_at, observed_at, particulars_at, caveats, *particulars = tuple[Any, ...](row)
                found[key] = _Known(
                    track_id,
                    to_ms(heard_at),
                    to_ms(observed_at) if observed_at else -(2**62),
                    to_ms(particulars_at) if particulars_at else -(2**62),
                    [
                        to_ms(value) if name == "eta_at" and value else value
                        for name, value in zip(PARTICULARS, particulars, strict=True)
                    ],
                    caveats,
                )
        return found


class _News:
    """What a batch brings, sorted by what must be written; the memory of each track is brought up to date on the way."""

    def __init__(self, feed_id: int, recorded_ms: int) -> None:
        self._feed_id = feed_id
        self._recorded_ms = recorded_ms
        self.positions: list[tuple[Any, ...]] = []
        self.newest: dict[int, tuple[int, CraftReport, _Known]] = {}
        self.described: dict[int, tuple[_Known, int, list[Any]]] = {}
        self.heard: dict[int, int] = {}
        self.of_use = 0  # reports without a position that told something
        self.of_no_use = 0  # and those that did not

    def add(self, track: _Known, report: CraftReport) -> None:
        """Take one report."""
        observed_ms = to_ms(report.observed_at)
        told = report.particulars is not None and _merge(track, report, observed_ms)
        if told:
            said = self.described.get(track.id, (track, 0, [None] * len(PARTICULARS)))[2]
            for place, name in enumerate(PARTICULARS):  # only what was said, so that another feed's word is not undone
                if getattr(report.particulars, name) is not None:
                    said[place] = track.particulars[place]
            self.described[track.id] = (track, observed_ms, said)
        if report.fix is not None:
            self._add_fix(track, report, report.fix, observed_ms)
        elif told or observed_ms > track.heard_ms:
            self.of_use += 1
        else:
            self.of_no_use += 1
        if observed_ms > track.heard_ms:
            track.heard_ms = self.heard[track.id] = observed_ms

    def _add_fix(self, track: _Known, report: CraftReport, fix: Fix, observed_ms: int) -> None:
        self.positions.append(
            (track.id, observed_ms, fix.lat, fix.lon, to_ms(report.received_at), self._recorded_ms, fix.course_deg,
             fix.speed_kn, fix.heading_deg, fix.altitude_ft, self._feed_id)
        )  # fmt: skip
        if observed_ms <= track.observed_ms:
            return
        track.observed_ms = observed_ms
        if report.caveats or track.caveats:
            track.caveats = _caveats(track, report)
        self.newest[track.id] = (observed_ms, report, track)
        if observed_ms > track.heard_ms:  # the statement that moves the track writes this too
            track.heard_ms = observed_ms
            self.heard.pop(track.id, None)


def _merge(track: _Known, report: CraftReport, observed_ms: int) -> bool:
    """Take what the report says of its craft into what is known; whether anything came of it."""
    said = report.particulars
    assert said is not None  # noqa: S101  (callers have looked)
    if observed_ms < track.particulars_ms:
        return False
    changed = False
    for place, name in enumerate(PARTICULARS):
        value = getattr(said, name)
        if value is None:
            continue
        if name == "eta_at":
            value = to_ms(value)
        if value != track.particulars[place]:
            track.particulars[place] = value
            changed = True
    caveats = _caveats(track, report)
    if caveats != track.caveats:
        track.caveats = caveats
        changed = True
    if changed:
        track.particulars_ms = observed_ms
    return changed


def _caveats(track: _Known, report: CraftReport) -> str:
    """What is doubtful about a track after ``report``: doubts about who it is last, those about one report go with it."""
    kept = {word for word in track.caveats.split(",") if word in LASTING}
    if report.particulars is not None and report.particulars.imo is not None:
        kept.discard(IMPOSSIBLE_IMO)
    return ",".join(sorted(kept | set(report.caveats)))
