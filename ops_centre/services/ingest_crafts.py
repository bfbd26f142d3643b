"""Store reports of craft: history first, then the newest good position of each on its track (`domain.fusion` says which).

Order is decided in SQL (`observed_at < new`), so an older observation never moves a newer position whoever else writes at
the same time; the memory kept here (`Known`) saves work and knows what leapt. After a rollback it may be wrong: call `forget`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Connection, Table, func, select

from ops_centre.clock import to_ms
from ops_centre.domain.fusion import AHEAD_MS, LIVE_HOLDS_MS, Place, Source
from ops_centre.domain.observations import CraftReport, TrackKind
from ops_centre.domain.zones import Zones
from ops_centre.models import FeedRecord, Position, Track
from ops_centre.services import bulk, ingest_doubts, ingest_sources
from ops_centre.services.ingest_news import PARTICULARS, Known, News
from ops_centre.services.ingest_sources import Behind

BY_IMO = "imo:"
_CHUNK = 500
_MAX_KNOWN = 500_000

_TRACKS = cast(Table, Track.__table__)
_MOVED = (
    "feed_id", "lat", "lon", "course_deg", "speed_kn", "heading_deg", "altitude_ft", "nav_status", "squawk", "on_ground",
    "geometric_altitude_ft", "zone", "caveats", "observed_at", "received_at", "revision", "id",
)  # fmt: skip
_DESCRIBED = (*PARTICULARS, "caveats", "particulars_at", "revision", "left_at", "id")
_HEARD_LATER = "CASE WHEN tracks.heard_at < {0} THEN {0} ELSE tracks.heard_at END"

_NEW_TRACK = bulk.insert(_TRACKS, ("key", "kind", "feed_id", "mmsi", "flag", "caveats", "heard_at", "revision"))
_POSITION = bulk.insert(
    cast(Table, Position.__table__),
    ("track_id", "observed_at", "lat", "lon", "received_at", "recorded_at", "course_deg", "speed_kn", "heading_deg",
     "altitude_ft", "feed_id"),
)  # fmt: skip
_SETS = ", ".join(f"{name} = {{{name}}}" for name in _MOVED[:-1])
_SET_BACK = "tracks.received_at > {left_at}"  # of a clock that has been set back since (domain.fusion, rule 6)
_SETS_BY_REPLAY = _SETS + ", left_at = NULL, heard_at = " + _HEARD_LATER.format("{observed_at}")
_SETS += (
    ", left_at = NULL, heard_at = CASE WHEN tracks.heard_at < {observed_at} OR "
    + _SET_BACK
    + " THEN {observed_at} ELSE tracks.heard_at END"
)
_BY_REPLAY = "tracks.feed_id IN (SELECT id FROM feeds WHERE is_replay)"
_NEWER = "tracks.observed_at IS NULL OR tracks.observed_at < {observed_at}"
_TIE = "tracks.observed_at = {observed_at} AND tracks.feed_id <> {feed_id}"  # memory has judged by priority
_MOVE = bulk.update(  # `left_at` carries the time after which we cannot have received anything yet
    _TRACKS,
    (*_MOVED[:-1], "left_at", "id"),
    _SETS,
    f"({_NEWER} OR ({_TIE}) OR {_BY_REPLAY} OR {_SET_BACK})",
)
_MOVE_BY_REPLAY = bulk.update(  # `left_at` carries the time before which a live source's position holds no longer
    _TRACKS,
    (*_MOVED[:-1], "left_at", "id"),
    _SETS_BY_REPLAY,
    f"(({_NEWER}) AND {_BY_REPLAY} OR tracks.observed_at IS NULL OR tracks.received_at < {{left_at}} AND NOT {_BY_REPLAY})",
)
_DESCRIBE = bulk.update(  # `left_at` carries the time that nothing can be from yet, but by a clock set back since
    _TRACKS,
    _DESCRIBED,
    ", ".join(f"{name} = COALESCE({{{name}}}, tracks.{name})" for name in PARTICULARS)
    + ", caveats = {caveats}, particulars_at = {particulars_at}, revision = {revision}",
    "(tracks.particulars_at IS NULL OR tracks.particulars_at <= {particulars_at} OR tracks.particulars_at > {left_at})",
)
_SQUAWK = bulk.update(  # only a change; a craft that left the picture comes back with an emergency alone
    _TRACKS,
    ("squawk", "heard_at", "revision", "id"),
    "squawk = {squawk}, revision = {revision}, "
    "left_at = CASE WHEN {squawk} IN ('7500', '7600', '7700') THEN NULL ELSE tracks.left_at END",
    "tracks.heard_at <= {heard_at} AND COALESCE(tracks.squawk, '') <> {squawk}",
)
_HEARD = bulk.update(_TRACKS, ("heard_at", "id"), "heard_at = {heard_at}", "tracks.heard_at < {heard_at}")


@dataclass(frozen=True, slots=True)
class CraftTally:
    """What became of a batch. `renewed`: ids of tracks that are new, or whose identity was learned or changed."""

    stored: int
    duplicate: int
    renewed: tuple[int, ...] = ()


class CraftStore:
    """Stores reports of craft; one per process that ingests, for all its feeds, one batch at a time."""

    def __init__(self, zones: Zones) -> None:
        self.zones = zones
        self._known: dict[str, Known] = {}
        self._sources: dict[int, Source] = {}
        self._behind = Behind()

    def forget(self) -> None:
        """The transaction was rolled back: nothing that was learned in it may be believed."""
        self._known.clear()
        self._behind.clear()

    def store(
        self, connection: Connection, feed_id: int, reports: Sequence[CraftReport], *, recorded_ms: int, revise: Any
    ) -> CraftTally:
        """Store ``reports`` of one feed. ``revise()`` gives the transaction's revision; it is called only on a change."""
        if not reports:
            return CraftTally(0, 0)
        tracks, created = self._tracks(connection, feed_id, reports, recorded_ms)
        news = News(self._source(connection, feed_id), recorded_ms, self._behind)
        for report in reports:
            news.add(tracks[report.key], report)
        news.positions.sort(key=itemgetter(0, 1))  # as they lie in the table
        if news.set_back:
            ingest_doubts.doubt_times_to_come(connection, news.set_back, recorded_ms)
        inserted = _POSITION.run(connection, news.positions)
        for late, words in ingest_doubts.leaps_among(connection, list(news.late.values())):
            news.doubt_late(late, words)
        if news.newest:
            self._move(connection, news, revise)
        if news.described:
            revision = revise()
            latest = recorded_ms + AHEAD_MS
            described = [(*said, t.caveats, at, revision, latest, t.id) for t, at, said in news.described.values()]
            _DESCRIBE.run(connection, described)
        self._say_squawks(connection, news, revise)
        _HEARD.run(connection, [(at, track_id) for track_id, at in news.heard.items()])
        ingest_sources.stamp(connection, news.sources.values(), recorded_ms)
        ingest_sources.stamp(connection, self._behind.due(recorded_ms), recorded_ms)
        ingest_sources.note(connection, feed_id, news.anomalies.values(), recorded_ms)
        ingest_sources.doubt(connection, news.doubted)
        return CraftTally(
            stored=inserted + news.of_use,
            duplicate=len(news.positions) - inserted + news.of_no_use,
            renewed=tuple({*created, *news.described}),
        )

    def _say_squawks(self, connection: Connection, news: News, revise: Any) -> None:
        """Write squawks that no move of a track has written. Where none changed nothing is written, and no revision taken."""
        changed = [(squawk, at, track) for squawk, at, track in news.squawks.values() if track.squawk != squawk]
        if changed:
            revision = revise()
            _SQUAWK.run(connection, [(squawk, at, revision, track.id) for squawk, at, track in changed])
        for squawk, _at, track in changed:
            track.squawk = squawk

    def _source(self, connection: Connection, feed_id: int) -> Source:
        """The feed as fusion sees it. Its priority is read once: it changes with the configuration, at a start."""
        source = self._sources.get(feed_id)
        if source is None:
            asked = select(FeedRecord.priority, FeedRecord.is_replay).where(FeedRecord.id == feed_id)
            priority, is_replay = connection.execute(asked).one()
            source = self._sources[feed_id] = Source(feed_id, priority, is_replay)
        return source

    def _move(self, connection: Connection, news: News, revise: Any) -> None:
        newest, source = news.newest, news.source
        fixes = [report.fix for _at, report, _track in newest.values()]
        zones = self.zones.locate([fix.lon for fix in fixes if fix], [fix.lat for fix in fixes if fix])
        revision = revise()
        rows = []
        for (track_id, (at, report, track)), zone in zip(newest.items(), zones, strict=True):
            fix = report.fix
            assert fix is not None  # noqa: S101  (only reports with a fix are in `newest`)
            rows.append(
                (source.id, fix.lat, fix.lon, fix.course_deg, fix.speed_kn, fix.heading_deg, fix.altitude_ft, fix.nav_status,
                 fix.squawk, fix.on_ground, fix.geometric_altitude_ft, zone, track.caveats, at, to_ms(report.received_at),
                 revision, track_id)
            )  # fmt: skip
        if source.is_replay:
            held = news.recorded_ms - LIVE_HOLDS_MS
            _MOVE_BY_REPLAY.run(connection, [(*row[:-1], held, row[-1]) for row in rows])
        else:
            latest = news.recorded_ms + AHEAD_MS
            _MOVE.run(connection, [(*row[:-1], latest, row[-1]) for row in rows])

    def _tracks(
        self, connection: Connection, feed_id: int, reports: Sequence[CraftReport], now_ms: int
    ) -> tuple[dict[str, Known], list[int]]:
        """Every track named in the reports, and the ids of those that had to be created."""
        if len(self._known) > _MAX_KNOWN:
            self._known.clear()
        known = self._known
        for report in reports:
            if report.key.startswith(BY_IMO):
                known.pop(report.key, None)  # whose number it is may have changed
        missing = {report.key: report for report in reports if report.key not in known}
        if not missing:
            return known, []
        found = self._load(connection, missing, now_ms) | self._linked(connection, missing, now_ms)
        new = [report for key, report in missing.items() if key not in found]
        if new:
            rows = [
                (r.key, r.kind.value, feed_id, r.mmsi, r.flag, ",".join(r.caveats), to_ms(r.observed_at) - 1, 0)
                for r in new
            ]
            _NEW_TRACK.run(connection, rows)
            found |= self._load(connection, [report.key for report in new], now_ms)
        known |= found
        return known, [found[report.key].id for report in new]

    def _linked(self, connection: Connection, keys: Iterable[str], now_ms: int) -> dict[str, Known]:
        """Craft named by their IMO number alone that are known by an MMSI: the one track in the picture that sends it.

        Where none sends it, or two do, it stays a track of its own. A name or callsign never links anything.
        """
        wanted = {
            int(key[len(BY_IMO) :]): key for key in keys if key.startswith(BY_IMO) and key[len(BY_IMO) :].isdigit()
        }
        if not wanted:
            return {}
        asked = (
            select(Track.imo, func.min(Track.key))
            .where(Track.imo.in_(wanted), Track.mmsi.is_not(None), Track.left_at.is_(None))
            .group_by(Track.imo)
            .having(func.count() == 1)
        )
        of_imo = {row[0]: row[1] for row in connection.execute(asked) if row[0] is not None}
        unknown = [key for key in of_imo.values() if key not in self._known]
        self._known |= self._load(connection, unknown, now_ms)
        return {wanted[imo]: self._known[key] for imo, key in of_imo.items()}

    def _load(self, connection: Connection, keys: Iterable[str], now_ms: int) -> dict[str, Known]:
        columns: list[Any] = [
            Track.key, Track.id, Track.kind, Track.heard_at, Track.feed_id, Track.lat, Track.lon, Track.observed_at,
            Track.received_at, Track.particulars_at, Track.caveats,
        ]  # fmt: skip
        columns += [getattr(Track, name) for name in PARTICULARS]
        found: dict[str, Known] = {}
        wanted = list(keys)
        for start in range(0, len(wanted), _CHUNK):
            for row in connection.execute(select(*columns).where(Track.key.in_(wanted[start : start + _CHUNK]))):
                key, track_id, kind, heard_at, feed_id, lat, lon, observed_at, received_at, *rest = tuple[Any, ...](row)
                particulars_at, caveats, *particulars = rest
                found[key] = Known(
                    track_id,
                    TrackKind(kind),
                    to_ms(heard_at),
                    Place(self._source(connection, feed_id), lat, lon, to_ms(observed_at), to_ms(received_at))
                    if observed_at
                    else Place(),
                    to_ms(particulars_at) if particulars_at else -(2**62),
                    [
                        to_ms(value) if name == "eta_at" and value else value
                        for name, value in zip(PARTICULARS, particulars, strict=True)
                    ],
                    caveats,
                    {},
                )
        said = ingest_sources.said_before(connection, (track.id for track in found.values()))
        suspects = ingest_doubts.suspects_before(connection, (track.id for track in found.values()), now_ms)
        for track in found.values():
            track.said = said.get(track.id, track.said)
            leapt, placed_by = suspects.get(track.id), track.place.source
            if leapt and placed_by and placed_by.is_replay == self._source(connection, leapt[1]).is_replay:
                track.place.suspect_again(leapt[0])
        return found
