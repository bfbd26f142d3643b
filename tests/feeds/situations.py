"""What feed tests start from: a context of the room's agencies on the frozen clock, recorded samples."""

import json
from pathlib import Path
from typing import Any

from ops_centre.feeds.base import FeedContext
from tests.support.clock import FakeClock

SAMPLES = Path(__file__).parent / "samples"
AGENCIES = frozenset({"OPS", "CUS", "IMM", "BIO", "MAR", "POL"})


def context(clock: FakeClock, agency: str = "OPS") -> FeedContext:
    """What a feed of `agency` is given."""
    return FeedContext("Feed", agency, AGENCIES, clock)


def sample(name: str) -> bytes:
    """A recorded sample."""
    return (SAMPLES / name).read_bytes()


def sample_records(name: str) -> list[dict[str, Any]]:
    """The records of a JSON sample."""
    records: list[dict[str, Any]] = json.loads(sample(name))["records"]
    return records


def envelope(schema: str, records: list[Any], **head: Any) -> bytes:
    """An envelope round these records."""
    return json.dumps({"schema": f"ops-centre/{schema}", "records": records, **head}).encode()
