"""A stream of AIS lines to a batch: the plain line fast, every other dialect right.

Properties: no bytes raise; every line is a report, part of one, a refusal, a repeat, or counted as passed over; a flood
of anything keeps memory bounded.
"""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime

from ops_centre.clock import Clock
from ops_centre.domain.observations import Batch, Refusal
from ops_centre.feeds.ais.assembly import Assembly
from ops_centre.feeds.ais.decoding import Decoder, PayloadError
from ops_centre.feeds.ais.sentences import (
    WHOLE,
    Said,
    Sentence,
    Unusable,
    Wrapper,
    checksum,
    read_line,
    read_trailing,
    tag_time_ms,
)
from ops_centre.feeds.ais.timing import Receipts, Timekeeper

GROUPS = 256  # tag block groups whose time is remembered


class AisParser:
    """Parses one stream; keeps between batches what the stream itself spreads over lines."""

    def __init__(self, clock: Clock, receipts: Receipts, recorded: datetime | None = None) -> None:
        """``recorded``: of what time a recording's records are until it gives one."""
        self._times = Timekeeper(clock, receipts, recorded)
        self._assembly = Assembly()
        self._decoder = Decoder()
        self._group_times: OrderedDict[bytes, int] = OrderedDict()
        self._line = 0

    @property
    def first_recorded(self) -> datetime | None:
        """The first receipt time that a recording gave."""
        return self._times.first_recorded

    def take(self, lines: Iterable[bytes], batch: Batch) -> None:
        """Add what ``lines`` hold to ``batch``."""
        times, report, append = self._times, self._decoder.report, batch.crafts.append
        times.begin()
        now, plain = times.now, times.is_plain
        for line in lines:
            self._line += 1
            whole = WHOLE(line)
            if whole is None:
                self._take_line(line, batch)
                plain = times.is_plain
                continue
            tag, body, payload, fill, check, trailing = whole.groups()
            if checksum(body) != int(check, 16):
                self._take_line(line, batch)
            elif plain and tag is None and trailing is None:
                try:
                    append(report(payload, int(fill), now, now))
                except PayloadError as fault:
                    batch.refusals.append(Refusal(line.strip(), str(fault), now))
            else:
                said = Said(tag_time_ms(tag) if tag is not None else None)
                if trailing is not None:
                    read_trailing(trailing, said)
                self._take_message(line, payload, int(fill), check, said, batch)
        if self._assembly:
            self._refuse(self._assembly.expire(now, self._line), batch)

    def finish(self, batch: Batch) -> None:
        """The stream ends here: what still waits for further parts is refused."""
        self._refuse(self._assembly.finish(), batch)

    def _take_line(self, line: bytes, batch: Batch) -> None:
        passed_over = True
        for piece in read_line(line):
            if isinstance(piece, Wrapper):
                self._times.wrapped(piece, self._line)
                continue
            passed_over = False
            if isinstance(piece, Sentence):
                self._take_sentence(piece, batch)
            else:
                self._refuse([piece], batch)
        batch.passed_over += passed_over

    def _take_sentence(self, sentence: Sentence, batch: Batch) -> None:
        if sentence.group:
            sentence.said.tag_ms = self._group_time(sentence.group, sentence.said.tag_ms)
        if sentence.parts == 1:
            self._take_message(sentence.raw, sentence.payload, sentence.fill, sentence.check, sentence.said, batch)
            return
        outcome = self._assembly.add(sentence, self._times.now, self._line)
        batch.duplicates += outcome.repeated
        self._refuse(outcome.refused, batch)
        if outcome.message is None:
            return
        parts = outcome.message
        raw, payload = b"\n".join(part.raw for part in parts), b"".join(part.payload for part in parts)
        self._take_message(raw, payload, sentence.fill, parts[0].check, _times_of(parts), batch)

    def _take_message(self, raw: bytes, payload: bytes, fill: int, check: bytes, said: Said, batch: Batch) -> None:
        observed_at, received_at, may_mend = self._times.times(said, check, self._line)
        try:
            report = self._decoder.report(payload, fill, observed_at, received_at)
        except PayloadError as fault:
            batch.refusals.append(Refusal(raw.strip(), str(fault), received_at))
            return
        batch.crafts.append(report)
        if may_mend:
            self._times.await_wrapper(check, report, self._line)

    def _group_time(self, group: bytes, tag_ms: int | None) -> int | None:
        """The time of a tag block group stands in its first block only."""
        if tag_ms is None:
            return self._group_times.get(group)
        self._group_times[group] = tag_ms
        if len(self._group_times) > GROUPS:
            self._group_times.popitem(last=False)
        return tag_ms

    def _refuse(self, unusable: Iterable[Unusable], batch: Batch) -> None:
        when = self._times.received_default
        batch.refusals.extend(Refusal(piece.raw, piece.reason, when) for piece in unusable)


def _times_of(parts: list[Sentence]) -> Said:
    """The times of a message in parts: of the first part that gives one; received with the last."""
    said = Said()
    for part in parts:
        said.tag_ms = part.said.tag_ms if said.tag_ms is None else said.tag_ms
        said.station_ms = part.said.station_ms if said.station_ms is None else said.station_ms
        said.receipt_ms = max(filter(None, (said.receipt_ms, part.said.receipt_ms)), default=None)
    return said
