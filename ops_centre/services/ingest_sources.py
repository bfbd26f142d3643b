"""What each source said of a craft, and what of it cannot be true: kept in memory, written seldom.

A row of `track_sources` is written when its feed said something new of who the craft is, else every `STAMP_MS` at most: what a
card shows of a source is about so far behind at most, and a craft heard ten times a second costs one row in `STAMP_MS`.
What a craft said last before it fell silent is written with a later batch of any craft (`Behind`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

from sqlalchemy import Connection, Table, bindparam, select, update

from ops_centre.clock import to_ms
from ops_centre.domain.fusion import AHEAD_MS, is_ahead
from ops_centre.domain.identity_conflicts import AnomalyKind
from ops_centre.domain.observations import CraftReport
from ops_centre.models import Position, TrackAnomaly, TrackSource
from ops_centre.services import bulk

STAMP_MS = 10_000
NEVER = -(2**62)
_LOOK_MS, _MOST_DUE = 1000, 2000
IDENTITY = ("name", "imo", "callsign")
_CHUNK = 500
_POSITIONS = cast(Table, Position.__table__)
_SOURCES = cast(Table, TrackSource.__table__)
_ANOMALIES = cast(Table, TrackAnomaly.__table__)

_SOURCE = (
    "track_id", "feed_id", "first_at", "heard_at", "received_at", "observed_at", "lat", "lon", "reports", *IDENTITY,
)  # fmt: skip
_SET_BACK = f"track_sources.received_at > excluded.received_at + {AHEAD_MS}"  # by a clock that has been set back since
_LATER = (
    f"CASE WHEN excluded.{{0}} > track_sources.{{0}} OR {_SET_BACK} THEN excluded.{{0}} ELSE track_sources.{{0}} END"
)
_NEWER_PLACE = (
    "CASE WHEN excluded.observed_at IS NULL OR track_sources.observed_at > excluded.observed_at "
    f"AND NOT {_SET_BACK} "
    "THEN track_sources.{0} ELSE excluded.{0} END"
)
_STAMP = bulk.Bulk(
    f"INSERT INTO track_sources ({', '.join(_SOURCE)}) VALUES",
    bulk.types_of(_SOURCES, _SOURCE),
    " ON CONFLICT (track_id, feed_id) DO UPDATE SET "
    + f"heard_at = {_LATER.format('heard_at')}, received_at = {_LATER.format('received_at')}, "
    + ", ".join(f"{name} = {_NEWER_PLACE.format(name)}" for name in ("observed_at", "lat", "lon"))
    + ", reports = track_sources.reports + excluded.reports, "
    + ", ".join(f"{name} = COALESCE(excluded.{name}, track_sources.{name})" for name in IDENTITY),
)
_ANOMALY = (
    "track_id", "kind", "about", "first_at", "last_at", "noted_at", "times", "evidence", "feed_id", "lat", "lon", "other_id",
)  # fmt: skip
_NOTE = bulk.Bulk(
    f"INSERT INTO track_anomalies ({', '.join(_ANOMALY)}) VALUES",
    bulk.types_of(_ANOMALIES, _ANOMALY),
    " ON CONFLICT (track_id, kind, about) DO UPDATE SET times = track_anomalies.times + excluded.times, "
    "last_at = CASE WHEN excluded.last_at > track_anomalies.last_at THEN excluded.last_at ELSE track_anomalies.last_at END, "
    "ended_at = NULL, "
    "noted_at = excluded.noted_at, "
    + ", ".join(
        f"{name} = CASE WHEN excluded.last_at >= track_anomalies.last_at OR track_anomalies.noted_at > excluded.noted_at "
        f"+ {AHEAD_MS} THEN excluded.{name} ELSE track_anomalies.{name} END"
        for name in ("evidence", "feed_id", "lat", "lon")
    ),
)
_DOUBT = (
    update(_POSITIONS)
    .where(
        _POSITIONS.c.track_id == bindparam("track"),
        _POSITIONS.c.observed_at == bindparam("at"),
        _POSITIONS.c.lat == bindparam("north"),
        _POSITIONS.c.lon == bindparam("east"),
    )
    .values(doubt=bindparam("word"))
)


@dataclass(slots=True)
class Said:
    """What one feed said of one craft."""

    track_id: int
    feed_id: int
    first_ms: int
    heard_ms: int = NEVER
    received_ms: int = 0
    observed_ms: int = NEVER
    lat: float | None = None
    lon: float | None = None
    reports: int = 0  # since the row was last written
    name: str | None = None
    imo: int | None = None
    callsign: str | None = None
    due_ms: int = 0  # when the row is to be written again, by our clock

    def hear(self, report: CraftReport, observed_ms: int, received_ms: int) -> None:
        """Take when and where this report was."""
        self.reports += 1
        if is_ahead(self.received_ms, received_ms):  # our clock was set back
            self.heard_ms = self.observed_ms = NEVER
        if observed_ms > self.heard_ms:
            self.heard_ms, self.received_ms = observed_ms, received_ms
        fix = report.fix
        if fix is not None and observed_ms > self.observed_ms:
            self.observed_ms, self.lat, self.lon = observed_ms, fix.lat, fix.lon

    def row(self, now_ms: int) -> tuple[Any, ...]:
        """The row to write now."""
        reports, self.reports, self.due_ms = self.reports, 0, now_ms + STAMP_MS
        observed = None if self.observed_ms == NEVER else self.observed_ms
        return (
            self.track_id, self.feed_id, self.first_ms, self.heard_ms, self.received_ms, observed, self.lat, self.lon,
            reports, self.name, self.imo, self.callsign,
        )  # fmt: skip


class Behind:
    """What was said but is not written yet, the longest waiting first."""

    def __init__(self) -> None:
        self._said: dict[int, Said] = {}
        self._looked_ms = 0

    def clear(self) -> None:
        """Nothing waits."""
        self._said.clear()

    def wait(self, said: Said) -> None:
        """It is not yet time to write this."""
        self._said[id(said)] = said

    def written(self, said: Said) -> None:
        """This is written."""
        self._said.pop(id(said), None)

    def due(self, now_ms: int) -> list[Said]:
        """What is to be written now: a few at a time, so that no batch waits for long."""
        if 0 <= now_ms - self._looked_ms < _LOOK_MS:  # less than nothing: our clock was set back
            return []
        self._looked_ms = now_ms
        found = [
            said for said in islice(self._said.values(), _MOST_DUE) if not now_ms < said.due_ms <= now_ms + STAMP_MS
        ]
        for said in found:
            del self._said[id(said)]
        return found


@dataclass(slots=True)
class Anomaly:
    """One anomaly as a batch brought it, perhaps several times."""

    track_id: int
    kind: AnomalyKind
    about: str
    first_ms: int
    last_ms: int
    evidence: str
    lat: float | None = None
    lon: float | None = None
    other_id: int | None = None
    times: int = 1


def stamp(connection: Connection, said: Iterable[Said], now_ms: int) -> None:
    """Write what sources said."""
    _STAMP.run(connection, sorted(one.row(now_ms) for one in said))


def note(connection: Connection, feed_id: int, anomalies: Iterable[Anomaly], now_ms: int) -> None:
    """Write anomalies: a new row for each, or once more on the row that stands. No two of one (track, kind, about)."""
    rows = [
        (a.track_id, a.kind.value, a.about, a.first_ms, a.last_ms, now_ms, a.times, a.evidence, feed_id, a.lat, a.lon,
         a.other_id)
        for a in anomalies
    ]  # fmt: skip
    _NOTE.run(connection, sorted(rows, key=lambda row: row[:3]))


def doubt(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Flag positions that were stored: rows of ``track``, ``at`` (datetime), ``north``, ``east`` and ``word``."""
    if rows:
        connection.execute(_DOUBT, rows)


def said_before(connection: Connection, track_ids: Iterable[int]) -> dict[int, dict[int, Said]]:
    """What feeds have said of these tracks so far, by track and feed."""
    found: dict[int, dict[int, Said]] = {}
    wanted = list(track_ids)
    for start in range(0, len(wanted), _CHUNK):
        query = select(_SOURCES).where(_SOURCES.c.track_id.in_(wanted[start : start + _CHUNK]))
        for row in connection.execute(query):
            found.setdefault(row.track_id, {})[row.feed_id] = Said(
                row.track_id, row.feed_id, to_ms(row.first_at), to_ms(row.heard_at), to_ms(row.received_at),
                to_ms(row.observed_at) if row.observed_at else NEVER, row.lat, row.lon, 0, row.name, row.imo, row.callsign,
            )  # fmt: skip
    return found
