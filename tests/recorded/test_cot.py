"""Cursor on Target as real devices and servers send it: what each recorded event is to the centre, or why it is refused."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ops_centre.domain.field_reports import Drawing
from ops_centre.feeds.cot.events import EventError, read_event
from ops_centre.feeds.cot.framing import EventSplitter
from ops_centre.feeds.cot.reports import Handling, report_of

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


NOWHERE = "it draws something and says nowhere where"
REPORTS: dict[str, dict[str, int]] = {
    "atak_examples": {"circle": 3, "polygon": 2, "line": 2, "point": 4, "route": 1},
    "node_cot_xml": {
        "DevicePosition": 7, "Emergency": 1, "circle": 3, "polygon": 3, "point": 11, "route": 2, "passed over": 3,
        "it has no type": 1, NOWHERE: 1,
    },
    "takpacket_xml": {
        "DevicePosition": 5, "CraftReport": 2, "FieldMessage": 2, "Emergency": 2, "circle": 4, "polygon": 3, "line": 2,
        "point": 6, "route": 1, "passed over": 2,
    },
}  # fmt: skip


def reports(folder: Path) -> Counter[str]:
    """What the events of one folder report to the centre."""
    found: Counter[str] = Counter()
    for path in sorted(folder.iterdir()):
        for piece in EventSplitter().feed(path.read_bytes()):
            try:
                report = report_of(read_event(piece), datetime(2026, 11, 1, tzinfo=UTC), Handling("CUS", "AMBER"))
            except EventError as refused:
                found[str(refused)] += 1
                continue
            kind = type(report).__name__ if report else "passed over"
            found[report.kind.value if isinstance(report, Drawing) else kind] += 1
    return found


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


@pytest.mark.parametrize("folder", REPORTS)
def test_every_recorded_event_is_reported_passed_over_or_refused_in_words(realdata: Path, folder: str) -> None:
    assert reports(realdata / "cot" / folder) == REPORTS[folder]
