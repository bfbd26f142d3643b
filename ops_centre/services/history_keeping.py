"""Lets go of history past its time, a little at a time, and never of what the log, a target or a tasking still refers to."""

from datetime import timedelta

from sqlalchemy import text

from ops_centre.clock import Clock, to_ms
from ops_centre.config import Settings
from ops_centre.db import Database

BATCH = 2000  # rows of one transaction, so that nobody waits long for the lock
_KIND = (  # what the log calls the things of a table
    "CASE h.kind WHEN 'targets' THEN 'target' WHEN 'units' THEN 'unit' WHEN 'taskings' THEN 'tasking' "
    "WHEN 'alerts' THEN 'alert' WHEN 'operations' THEN 'operation' WHEN 'watches' THEN 'watch' "
    "WHEN 'enquiries' THEN 'enquiry' WHEN 'feeds' THEN 'feed' WHEN 'tracks' THEN 'track' WHEN 'debriefs' THEN 'debrief' "
    "ELSE h.kind END"
)
_VERSIONS = f"""
DELETE FROM history WHERE id IN (
    SELECT h.id FROM history h WHERE h.until_at < :horizon AND h.id > :after AND h.id <= :upto
    AND NOT EXISTS (SELECT 1 FROM log_links l WHERE l.kind = {_KIND} AND l.thing = CAST(h.thing AS varchar))
    AND NOT (h.kind = 'hits' AND EXISTS (SELECT 1 FROM hits JOIN log_links l ON l.kind = 'target'
        AND l.thing = CAST(hits.target_id AS varchar) WHERE hits.id = h.thing))
    AND NOT (h.kind = 'tracks' AND EXISTS (SELECT 1 FROM targets WHERE targets.track_id = h.thing))
    AND NOT (h.kind = 'tracks' AND EXISTS (SELECT 1 FROM taskings WHERE taskings.track_id = h.thing)))
"""  # noqa: S608  (constant parts)
_PLACES = """
DELETE FROM unit_positions WHERE unit_id = :unit AND recorded_at < :horizon AND NOT EXISTS (
    SELECT 1 FROM taskings t WHERE t.unit_id = unit_positions.unit_id AND t.requested_at <= unit_positions.recorded_at
    AND (t.ended_at IS NULL OR t.ended_at >= unit_positions.recorded_at))
"""


class HistoryKeeping:
    """The worker's duty."""

    def __init__(self, db: Database, clock: Clock, settings: Settings) -> None:
        self.db, self.clock, self.settings = db, clock, settings

    def drop_old(self) -> int:
        """Drop versions and positions of units that ended before the history's time. How many rows."""
        horizon = to_ms(self.clock.now() - timedelta(days=self.settings.past.keep_days))
        return self._versions(horizon) + self._places(horizon)

    def _versions(self, horizon: int) -> int:
        with self.db.reading() as session:
            first, last = session.execute(
                text("SELECT min(id), max(id) FROM history WHERE until_at < :horizon"), {"horizon": horizon}
            ).one()
        gone = 0
        for after in range((first or 0) - 1, last or -1, BATCH):
            with self.db.begin() as session:
                values = {"horizon": horizon, "after": after, "upto": after + BATCH}
                gone += int(session.execute(text(_VERSIONS), values).rowcount)  # type: ignore[attr-defined]
        return gone

    def _places(self, horizon: int) -> int:
        with self.db.reading() as session:
            units = session.execute(text("SELECT id FROM units")).scalars().all()
        gone = 0
        for unit in units:
            with self.db.begin() as session:
                values = {"unit": unit, "horizon": horizon}
                gone += int(session.execute(text(_PLACES), values).rowcount)  # type: ignore[attr-defined]
        return gone
