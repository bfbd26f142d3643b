"""Recordings, read through the very code of the live feed, with the times they were recorded at.

For `services.replay`, which paces and shifts: a `Recording` gives ``(received_at, batch)`` in the order of the file.
``received_at`` is when the first record of the batch was received; None throughout when the recording holds no time at
all: every record is then of the present. Within a batch no record was received later than ``span`` after the first, so
that delays can be kept; with ``span=None`` batches are only bounded by their number of lines. Times may step back where
the recording does. Each report and refusal carries its recorded times; shifting them is the caller's.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from ops_centre.domain.observations import Batch, CraftReport, Refusal
from ops_centre.errors import FeedUnavailable, Invalid
from ops_centre.feeds.ais.parsing import AisParser
from ops_centre.feeds.ais.sentences import MAX_LINE
from ops_centre.feeds.ais.timing import Receipts
from ops_centre.feeds.base import FeedContext
from ops_centre.feeds.transports.splitting import LineSplitter
from ops_centre.feeds.transports.tcp import why

CHUNK_LINES = 5_000
SPAN = timedelta(milliseconds=100)
STEP_BACK = timedelta(seconds=5)  # stations deliver a little out of order; that is no reason for a batch of its own
READ_BYTES = 262_144

Played = tuple[datetime | None, Batch]


class Recording:
    """One recorded AIS stream. ``first_received_at`` is known at once; None: it holds no times."""

    def __init__(self, path: Path, context: FeedContext, span: timedelta | None = SPAN) -> None:
        self._path = path
        self._context = context
        self._span = span
        self.first_received_at = self._find_first()

    def __iter__(self) -> Iterator[Played]:
        """Batches in the order of the file. Raises FeedUnavailable when it can no longer be read."""
        parser = AisParser(self._context.clock, Receipts.RECORDED, self.first_received_at)
        for lines in self._chunks():
            batch = Batch()
            parser.take(lines, batch)
            yield from self._parts(batch)
        rest = Batch()
        parser.finish(rest)
        if rest:
            yield from self._parts(rest)

    def _parts(self, batch: Batch) -> Iterator[Played]:
        timed = self.first_received_at is not None
        parts = [batch] if self._span is None or not timed else in_spans(batch, self._span)
        for part in parts:
            yield (_first_receipt(part) if timed else None), part

    def _find_first(self) -> datetime | None:
        """The first time that the recording gives; records before it are taken to be of that time."""
        scout = AisParser(self._context.clock, Receipts.RECORDED)
        for lines in self._chunks():
            scout.take(lines, Batch())
            if scout.first_recorded is not None:
                return scout.first_recorded
        return None

    def _chunks(self) -> Iterator[list[bytes]]:
        splitter, lines = LineSplitter(MAX_LINE), list[bytes]()
        try:
            with self._path.open("rb") as file:
                while data := file.read(READ_BYTES):
                    lines += splitter.feed(data)
                    while len(lines) >= CHUNK_LINES:
                        yield lines[:CHUNK_LINES]
                        del lines[:CHUNK_LINES]
        except OSError as failed:
            raise FeedUnavailable(f"cannot read {self._path}: {why(failed)}") from failed
        lines += splitter.finish()
        if lines:
            yield lines


_KINDS: dict[str, Callable[[Path, FeedContext, timedelta | None], Recording]] = {"ais": Recording}


def open_recording(path: Path, kind: str, context: FeedContext, span: timedelta | None = SPAN) -> Recording:
    """The recording in ``path`` for a feed of ``kind``.

    Raises Invalid for a kind that cannot be replayed, FeedUnavailable when the file cannot be read.
    """
    if kind not in _KINDS:
        raise Invalid(f"recordings of kind {kind!r} cannot be replayed; these can: {', '.join(sorted(_KINDS))}")
    return _KINDS[kind](path, context, span)


def in_spans(batch: Batch, span: timedelta) -> list[Batch]:
    """``batch`` cut into batches of records received within ``span``; what is only counted goes with the first."""
    parts: list[Batch] = []
    starts: list[datetime] = []

    def part_of(record: CraftReport | Refusal) -> Batch:
        if not starts or not -STEP_BACK <= record.received_at - starts[-1] <= span:
            starts.append(record.received_at)
            parts.append(Batch())
        return parts[-1]

    for record in sorted_records(batch):
        part = part_of(record)
        if isinstance(record, CraftReport):
            part.crafts.append(record)
        else:
            part.refusals.append(record)
    if not parts:
        return [batch]
    parts[0].duplicates, parts[0].passed_over = batch.duplicates, batch.passed_over
    return parts


def sorted_records(batch: Batch) -> list[CraftReport | Refusal]:
    """Crafts in their order, each refusal before the first craft that was received later than it."""
    records: list[CraftReport | Refusal] = []
    refusals = iter(batch.refusals)
    refusal = next(refusals, None)
    for craft in batch.crafts:
        while refusal is not None and refusal.received_at < craft.received_at:
            records.append(refusal)
            refusal = next(refusals, None)
        records.append(craft)
    return [*records, *([refusal] if refusal is not None else []), *refusals]


def _first_receipt(batch: Batch) -> datetime | None:
    first = [records[0].received_at for records in (batch.crafts, batch.refusals) if records]
    return min(first, default=None)
