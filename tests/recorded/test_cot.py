"""Cursor on Target as real devices and servers send it: what each recorded event is to the centre, or why it is refused."""

from collections import Counter
from pathlib import Path

import pytest

from ops_centre.feeds.cot.events import EventError, read_event
from ops_centre.feeds.cot.framing import EventSplitter

pytestmark = pytest.mark.recorded

COUNTS: dict[str, dict[str, int]] = {
    "atak_examples": {"shape": 8, "marker": 3, "route": 1},
    "node_cot_xml": {
        "unit": 7, "marker": 11, "shape": 7, "route": 2, "emergency": 1, "other": 3, "it has no type": 1,
    },
    "takpacket_xml": {
        "unit": 5, "craft": 2, "marker": 6, "shape": 9, "route": 1, "chat": 2, "emergency": 2, "other": 2,
    },
}  # fmt: skip


def natures(folder: Path) -> Counter[str]:
    """What the events of one folder are, all of them sent as one stream."""
    stream = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    splitter = EventSplitter()
    found: Counter[str] = Counter()
    for piece in splitter.feed(stream) + splitter.finish():
        try:
            found[str(read_event(piece).nature)] += 1
        except EventError as refused:
            found[str(refused)] += 1
    return found


@pytest.mark.parametrize("folder", COUNTS)
def test_every_recorded_event_is_known_for_what_it_is_or_refused_in_words(realdata: Path, folder: str) -> None:
    assert natures(realdata / "cot" / folder) == COUNTS[folder]
