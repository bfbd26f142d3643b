"""AIS lines as receivers send them, made from what they say."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import reduce
from operator import xor
from typing import Any

from pyais.encode import encode_dict

from ops_centre.domain.observations import Batch, CraftReport
from ops_centre.feeds.ais.parsing import AisParser
from ops_centre.feeds.ais.timing import Receipts
from tests.support.clock import FakeClock

NOW = FakeClock().now()
SHIP = 512_000_123


def lines(**said: Any) -> list[bytes]:
    """The sentences of one message: ``lines(type=1, mmsi=SHIP, lat=-36.8, lon=174.8)``."""
    message = {"mmsi": SHIP, "msg_type": said["type"], **said}
    return [
        text.encode() for text in encode_dict(message, radio_channel="A", talker_id="AI", sentence_type="VDM", seq_id=3)
    ]


def line(**said: Any) -> bytes:
    """The only sentence of one message."""
    (only,) = lines(**said)
    return only


def position(**said: Any) -> bytes:
    """A class A position off Auckland, under way."""
    report = {"type": 1, "lat": -36.8, "lon": 174.8, "speed": 12.3, "course": 45.6, "heading": 44, "status": 0}
    return line(**{**report, **said})


def sealed(body: bytes, start: bytes = b"!") -> bytes:
    """``body`` as a sentence with its right checksum."""
    return start + body + b"*%02X" % reduce(xor, body)


def tagged(block: bytes, sentence: bytes) -> bytes:
    """``sentence`` behind a tag block with its right checksum."""
    return b"\\" + block + b"*%02X" % reduce(xor, block) + b"\\" + sentence


def with_fields(sentence: bytes, **fields: bytes) -> bytes:
    """``sentence`` with some of its fields changed, sealed anew."""
    names = ("address", "parts", "part", "sequence", "channel", "payload", "fill")
    before = dict(zip(names, sentence[1:].partition(b"*")[0].split(b","), strict=True))
    return sealed(b",".join({**before, **fields}.values()))


def parse(given: Iterable[bytes], receipts: Receipts = Receipts.CLOCK, clock: FakeClock | None = None) -> Batch:
    """What a stream of these lines gives, to its end."""
    batch = Batch()
    parser = AisParser(clock or FakeClock(), receipts)
    parser.take(given, batch)
    parser.finish(batch)
    return batch


def only_report(given: Iterable[bytes], receipts: Receipts = Receipts.CLOCK) -> CraftReport:
    """The one report that these lines give, and nothing else."""
    batch = parse(given, receipts)
    assert [refusal.reason for refusal in batch.refusals] == []
    (report,) = batch.crafts
    return report


def reasons(*given: bytes) -> list[str]:
    """Why these lines are refused."""
    return [refusal.reason for refusal in parse(given).refusals]


def utc(*parts: int) -> datetime:
    """An aware time."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]
