"""When an AIS message was observed and received, from what its stream says and what may be believed of it.

Observed: the time of a tag block or of the ``$PGHP`` wrapper that names the sentence, else the station's epoch behind
the checksum, else the wrapper near it, else the receipt behind the checksum, else the time it was received. A base
station's own report of the time (message 4) is not used: it is one station's clock.
Received: the centre's clock, unless the stream's receipt times are trusted (recordings, or by setting).
A time more than a minute after the receipt is not believed; the message then counts as observed when received.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from enum import StrEnum

from ops_centre.clock import Clock, from_ms
from ops_centre.domain.observations import CraftReport
from ops_centre.feeds.ais.sentences import Said, Wrapper

AHEAD_MS = 60_000  # clocks of stations differ; more than a minute ahead is a fault, not a difference
NAMED_LINES = 64  # relays reorder: a wrapper may stand so many lines before its sentence (measured: 20)
NEAR_LINES = 32  # a sentence no wrapper names is taken to be of the time of the last wrapper so near


class Receipts(StrEnum):
    """Whose receipt time counts."""

    CLOCK = "clock"  # the centre's: live feeds
    TRUSTED = "trusted"  # the stream's where it gives one, else the centre's
    RECORDED = "recorded"  # the stream's throughout, as far as it gives any time at all


class Timekeeper:
    """The times of one stream. Ask it for each message in the order of the stream."""

    def __init__(self, clock: Clock, receipts: Receipts, recorded: datetime | None = None) -> None:
        self._clock = clock
        self._receipts = receipts
        self._wrappers: OrderedDict[bytes, tuple[int, int]] = OrderedDict()  # checksum -> observed ms, line
        self._latest: tuple[int, int] | None = None
        self._awaiting: dict[bytes, tuple[CraftReport, int]] = {}
        self._recorded = recorded
        self.first_recorded: datetime | None = None
        self._made: dict[int, datetime] = {}
        self.now = clock.now()

    @property
    def is_plain(self) -> bool:
        """Whether a sentence that carries no time is simply observed and received now."""
        return self._latest is None and self._receipts is not Receipts.RECORDED

    @property
    def received_default(self) -> datetime:
        """When something without any time of its own was received."""
        return self._recorded or self.now if self._receipts is Receipts.RECORDED else self.now

    def begin(self) -> None:
        """A new batch: the clock is read once for it, and reports of the last one are no longer mended."""
        self.now = self._clock.now()
        self._awaiting.clear()

    def wrapped(self, wrapper: Wrapper, line: int) -> None:
        """Take in a wrapper. It may name a sentence that came just before it."""
        self._latest = (wrapper.observed_ms, line)
        if self._recorded is None or self.first_recorded is None:
            self._record(self._at(wrapper.observed_ms))
        if wrapper.check is None:
            return
        report, since = self._awaiting.pop(wrapper.check, (None, 0))
        if report is not None and line - since <= NEAR_LINES:
            report.observed_at = self._believed(wrapper.observed_ms, report.received_at)
            return
        self._wrappers[wrapper.check] = self._latest
        self._wrappers.move_to_end(wrapper.check)
        if len(self._wrappers) > NAMED_LINES:
            self._wrappers.popitem(last=False)

    def times(self, said: Said, check: bytes, line: int) -> tuple[datetime, datetime, bool]:
        """(observed, received, whether a wrapper that is still to come may know better) for the sentence ``check``."""
        observed_ms, may_mend = said.tag_ms, False
        if observed_ms is None and self._latest is not None:
            observed_ms = self._named(check, line)
            may_mend = observed_ms is None
        if observed_ms is None:
            observed_ms = said.station_ms
        if observed_ms is None and self._latest is not None and line - self._latest[1] <= NEAR_LINES:
            observed_ms = self._latest[0]
        if observed_ms is None:
            observed_ms = said.receipt_ms
        received = self._received(said.receipt_ms, observed_ms)
        return received if observed_ms is None else self._believed(observed_ms, received), received, may_mend

    def await_wrapper(self, check: bytes, report: CraftReport, line: int) -> None:
        """Mend the observed time of ``report`` when the wrapper that names it comes within the batch."""
        self._awaiting[check] = (report, line)

    def _named(self, check: bytes, line: int) -> int | None:
        named = self._wrappers.pop(check, None)
        return named[0] if named is not None and line - named[1] <= NAMED_LINES else None

    def _received(self, receipt_ms: int | None, observed_ms: int | None) -> datetime:
        if self._receipts is Receipts.CLOCK:
            return self.now
        if receipt_ms is None and self._receipts is Receipts.RECORDED:
            receipt_ms = observed_ms
        if receipt_ms is None:
            return self.received_default
        received = self._at(receipt_ms)
        self._record(received)
        return received if self._receipts is Receipts.RECORDED or received <= self.now else self.now

    def _record(self, received: datetime) -> None:
        if self._receipts is Receipts.RECORDED:
            self._recorded = received
            self.first_recorded = self.first_recorded or received

    def _believed(self, observed_ms: int, received: datetime) -> datetime:
        observed = self._at(observed_ms)
        return observed if observed - received <= _AHEAD else received

    def _at(self, ms: int) -> datetime:
        moment = self._made.get(ms)
        if moment is None:
            if len(self._made) > 256:
                self._made.clear()
            moment = self._made[ms] = from_ms(ms)
        return moment


_AHEAD = timedelta(milliseconds=AHEAD_MS)
