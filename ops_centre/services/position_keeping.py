"""The history of positions over its life: kept in full for some days, then thinned by a stated bound, then dropped.

Never of a craft that a target, tasking, operation or log entry refers to: its positions are evidence, and all of them stay. A
position in doubt stays as long as the others: it is what an anomaly was seen by.
"""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import String, and_, bindparam, cast, delete, or_, select, union
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.duty_log import ThingKind
from ops_centre.domain.thinning import keep
from ops_centre.models import LogLink, OperationLink, Position, PositionKeeping, Target, Tasking, Track
from ops_centre.services.duty_log import lock_log

AT_ONCE = 40  # tracks of one transaction
AGAIN = timedelta(hours=6)  # a track is looked through so often
KEY = (Position.track_id, Position.observed_at, Position.lat, Position.lon)


class PositionsKeeping:
    """The worker's duty. It may run at any time and twice without harm."""

    def __init__(self, db: Database, clock: Clock, settings: Settings) -> None:
        self.db, self.clock = db, clock
        self.block = settings.worker

    def run(self, budget_s: float = 5.0) -> str | None:
        """Look through the tracks whose turn it is, for so long at most. What was done, in words."""
        thinned = dropped = 0
        ends = time.monotonic() + budget_s
        while tracks := self._next_tracks():
            one_thinned, one_dropped = self._visit(tracks)
            thinned, dropped = thinned + one_thinned, dropped + one_dropped
            if time.monotonic() > ends:
                break
        return f"thinned {thinned}, dropped {dropped} positions" if thinned or dropped else None

    def _next_tracks(self) -> list[tuple[int, datetime | None]]:
        """Tracks not looked through for a while that nothing refers to, with how far each was thinned."""
        waits = or_(
            PositionKeeping.visited_at.is_(None),
            PositionKeeping.visited_at < self.clock.now() - AGAIN,
            PositionKeeping.visited_at > self.clock.now() + AGAIN,  # the clock was set back
        )
        query = (
            select(Track.id, PositionKeeping.thinned_until)
            .outerjoin(PositionKeeping, PositionKeeping.track_id == Track.id)
            .where(waits, *_unreferenced())
            .order_by(PositionKeeping.visited_at, Track.id)
            .limit(AT_ONCE)
        )
        with self.db.reading() as session:
            return [(row.id, row.thinned_until) for row in session.execute(query)]

    def _visit(self, tracks: Sequence[tuple[int, datetime | None]]) -> tuple[int, int]:
        now = self.clock.now()
        full_until = now - timedelta(days=self.block.positions_full_days)
        gone_until = now - timedelta(days=self.block.positions_keep_days)
        with self.db.reading() as session:
            surplus = [key for track, since in tracks for key in self._surplus(session, track, since, full_until)]
        with self.db.begin() as session:
            lock_log(session)  # whoever links something to a craft goes in one order: nothing is linked meanwhile
            referenced = and_(Track.id.in_([track for track, _ in tracks]), *_unreferenced())
            free = set(session.scalars(select(Track.id).where(referenced)))  # somebody may have linked one since
            going = [key for key in surplus if key["t"] in free]
            thinned = self._delete(session, going)
            old = and_(
                Position.track_id.in_(free), Position.observed_at < gone_until, Position.recorded_at < gone_until
            )
            dropped = session.execute(delete(Position).where(old)).rowcount  # type: ignore[attr-defined]
            self._note(session, [track for track, _ in tracks if track in free], now, full_until)
        return thinned, int(dropped)

    def _surplus(self, session: Session, track: int, since: datetime | None, until: datetime) -> list[dict[str, Any]]:
        """Keys of the positions of one track that may go."""
        window = [Position.track_id == track, Position.observed_at < until, Position.doubt.is_(None)]
        if since is not None:
            window.append(Position.observed_at >= self._anchor(session, track, since))
        rows = session.execute(
            select(Position.observed_at, Position.lat, Position.lon).where(*window).order_by(*KEY)
        ).all()
        if len(rows) < 3:  # nothing lies between
            return []
        times = np.array([row.observed_at.timestamp() for row in rows])
        lats, lons = np.array([row.lat for row in rows]), np.array([row.lon for row in rows])
        stays = keep(times, lats, lons, self.block.positions_bound_m, self.block.positions_gap_minutes * 60)
        return [
            {"t": track, "o": row.observed_at, "y": row.lat, "x": row.lon}
            for row, stay in zip(rows, stays, strict=True)
            if not stay
        ]

    @staticmethod
    def _anchor(session: Session, track: int, since: datetime) -> datetime:
        """The last position of what was thinned before: the next run begins there."""
        before = (
            select(Position.observed_at)
            .where(Position.track_id == track, Position.observed_at < since, Position.doubt.is_(None))
            .order_by(Position.observed_at.desc())
            .limit(1)
        )
        return session.scalar(before) or since

    @staticmethod
    def _delete(session: Session, keys: list[dict[str, Any]]) -> int:
        if keys:
            one = delete(Position).where(
                Position.track_id == bindparam("t"), Position.observed_at == bindparam("o"),
                Position.lat == bindparam("y"), Position.lon == bindparam("x"),
            )  # fmt: skip
            session.connection().execute(one, keys)
        return len(keys)

    @staticmethod
    def _note(session: Session, tracks: Sequence[int], now: datetime, until: datetime) -> None:
        if not tracks:
            return
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        put = insert(PositionKeeping)
        session.execute(
            put.on_conflict_do_update(
                index_elements=[PositionKeeping.track_id],
                set_={"visited_at": put.excluded.visited_at, "thinned_until": put.excluded.thinned_until},
            ),
            [{"track_id": track, "visited_at": now, "thinned_until": until} for track in tracks],
        )


def _unreferenced() -> list[Any]:
    """Conditions: nothing refers to the track."""
    pointed = union(*(select(one.track_id).where(one.track_id.is_not(None)) for one in (Target, Tasking)))
    named = [
        select(link.thing).where(link.kind == ThingKind.TRACK, link.thing == cast(Track.id, String)).exists()
        for link in (LogLink, OperationLink)
    ]
    return [Track.id.not_in(pointed), *(~one for one in named)]
