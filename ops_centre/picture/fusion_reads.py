"""Sources and anomalies of one craft: a few rows by their key."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.clock import to_ms
from ops_centre.domain.fusion import leaps
from ops_centre.domain.geo import distance_nm
from ops_centre.domain.observations import TrackKind
from ops_centre.models import FeedRecord, Track, TrackAnomaly, TrackSource
from ops_centre.picture.fusion_views import AnomalyRow, SourceRow
from ops_centre.picture.views import TrailPoint

MOST_ANOMALIES = 50


def sources_of(session: Session, track: Track) -> tuple[SourceRow, ...]:
    """What each feed last said of the craft, the one that draws it first, then the most lately heard."""
    asked = select(TrackSource, FeedRecord).join(FeedRecord, FeedRecord.id == TrackSource.feed_id)
    rows = [_source(said, feed, track) for said, feed in session.execute(asked.where(TrackSource.track_id == track.id))]
    return tuple(sorted(rows, key=lambda row: (not row.draws, -row.heard_at.timestamp(), row.feed)))


def _source(said: TrackSource, feed: FeedRecord, track: Track) -> SourceRow:
    draws = track.feed_id == feed.id and track.observed_at is not None
    where, observed_at = (said.lat, said.lon), said.observed_at
    if draws:  # the track is never behind
        where, observed_at = (track.lat, track.lon), track.observed_at
    apart = None
    if where[0] is not None and where[1] is not None and track.lat is not None and track.lon is not None:
        apart = distance_nm(where[0], where[1], track.lat, track.lon)
    received_at = track.received_at if draws and track.received_at else said.received_at
    return SourceRow(
        feed.id, feed.name, feed.is_replay, draws, feed.clock_offset_ms, said.heard_at, received_at, observed_at, *where,
        apart, said.reports, said.name, said.imo, said.callsign,
    )  # fmt: skip


def anomalies_of(session: Session, track_id: int) -> tuple[AnomalyRow, ...]:
    """What cannot be true of the craft and when it was silent, the latest first."""
    asked = (
        select(TrackAnomaly, FeedRecord)
        .join(FeedRecord, FeedRecord.id == TrackAnomaly.feed_id)
        .where(TrackAnomaly.track_id == track_id)
        .order_by(TrackAnomaly.last_at.desc(), TrackAnomaly.id.desc())
        .limit(MOST_ANOMALIES)
    )
    return tuple(
        AnomalyRow(
            one.id, one.kind, one.about, one.first_at, one.last_at, one.times, one.evidence, feed.name,
            feed.clock_offset_ms, one.lat, one.lon, one.other_id, one.ended_at,
        )
        for one, feed in session.execute(asked)
    )  # fmt: skip


def trail_points(rows: Sequence[Any], kind: TrackKind, most: int) -> list[TrailPoint]:
    """Rows (lat, lon, observed_at, speed, course, doubt), oldest first, as a trail of about ``most`` points.

    A doubted position stands alone. A point is joined to the one before unless the craft leapt anywhere in between.
    """
    step = max(1, -(-len(rows) // most))
    points: list[TrailPoint] = []
    is_broken = False
    for place, (row, leapt) in enumerate(_with_leaps(rows, kind)):
        is_broken = is_broken or leapt
        if place % step == 0 or place == len(rows) - 1 or row.doubt:
            lat, lon, observed_at, speed, course, doubt = row
            points.append(TrailPoint(lat, lon, observed_at, speed, course, not is_broken, doubt))
            is_broken = is_broken and bool(row.doubt)
    return points


def _with_leaps(rows: Iterable[Any], kind: TrackKind) -> Iterable[tuple[Any, bool]]:
    """Each row with whether it leaps from the last one that is not doubted."""
    before = None
    for row in rows:
        if row.doubt:
            yield row, False
            continue
        at_ms = to_ms(row.observed_at)
        yield row, before is not None and leaps(*before, row.lat, row.lon, at_ms, kind)
        before = row.lat, row.lon, at_ms
