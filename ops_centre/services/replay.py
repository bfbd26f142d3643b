"""Play a recording through the ordinary feed and ingest, under a feed of its own that says it is a replay.

Times are shifted as one, so that the first sentence was received now and every delay is kept; or left as recorded. How far
the replay's time then is from the wall's is noted on its feed, so that ages on screen are those of the recording.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ops_centre.clock import Clock
from ops_centre.domain.observations import Batch
from ops_centre.services.feed_records import FeedRecords
from ops_centre.services.ingest import Ingest, Taken

NOTE_OFFSET_EVERY = timedelta(seconds=1)

Recording = Iterable[tuple[datetime | None, Batch]]  # receipt time of each chunk, as recorded


@dataclass(slots=True)
class Played:
    """What became of a recording."""

    received: int = 0
    stored: int = 0
    duplicate: int = 0
    quarantined: int = 0
    passed_over: int = 0

    def add(self, taken: Taken, batch: Batch) -> None:
        """Count a chunk."""
        self.received += taken.received
        self.stored += taken.stored
        self.duplicate += taken.duplicate
        self.quarantined += taken.quarantined
        self.passed_over += batch.passed_over


class Replay:
    """Plays recordings. ``speed`` 1 is as it was, 10 ten times as fast, 0 as fast as it goes."""

    def __init__(self, records: FeedRecords, ingest: Ingest, clock: Clock) -> None:
        self.records = records
        self.ingest = ingest
        self.clock = clock

    def play(
        self,
        recording: Recording,
        *,
        name: str,
        kind: str,
        agency: str,
        speed: float,
        as_recorded: bool,
        stopping: threading.Event,
    ) -> Played:
        """Play until the end or until ``stopping`` is set; what became of it. Raises Conflict when a feed has ``name``."""
        feed_id = self.records.open_replay(name, kind, agency)
        played, began = Played(), self.clock.now()
        first: datetime | None = None
        noted = began - NOTE_OFFSET_EVERY
        offset = timedelta(0)
        try:
            for received_at, batch in recording:
                if received_at is not None:
                    first = first or received_at
                    self._await(began + (received_at - first) / speed if speed else began, stopping)
                    shift = timedelta(0) if as_recorded else began - first
                    _shift(batch, shift)
                    offset = received_at + shift - self.clock.now()
                if stopping.is_set():
                    break
                if self.clock.now() - noted >= NOTE_OFFSET_EVERY:
                    noted = self.clock.now()
                    self.records.set_clock_offset(feed_id, offset)
                played.add(self.ingest.take(feed_id, batch), batch)
        finally:
            self.records.set_clock_offset(feed_id, offset)
            self.records.end_replay(feed_id)
        return played

    def _await(self, moment: datetime, stopping: threading.Event) -> None:
        wait_s = (moment - self.clock.now()).total_seconds()
        if wait_s > 0:
            stopping.wait(wait_s)


def _shift(batch: Batch, by: timedelta) -> None:
    """Move every time in the batch."""
    if not by:
        return
    for craft in batch.crafts:
        craft.observed_at += by
        craft.received_at += by
        if craft.particulars is not None and craft.particulars.eta_at is not None:
            craft.particulars.eta_at += by
    for refusal in batch.refusals:
        refusal.received_at += by
