"""The NOAA MarineCadastre recording: every row is a report, and what the rows say is counted."""

from collections import Counter
from pathlib import Path

import pytest

from ops_centre.feeds.sources.craft_csv import KIND, CraftCsvSettings
from tests.feeds.situations import context
from tests.support.clock import FakeClock

pytestmark = pytest.mark.recorded


def test_every_row_of_the_recording_is_a_report(realdata: Path) -> None:
    path = realdata / "ais" / "noaa_marinecadastre_2023-01-11_1000rows.csv"
    feed = KIND.build(CraftCsvSettings(path=path), context(FakeClock()))
    feed.poll(None)
    batch = feed.poll(None)
    feed.close()
    crafts = batch.crafts
    said = [craft.particulars for craft in crafts if craft.particulars]
    fixes = [craft.fix for craft in crafts if craft.fix]
    assert (len(crafts), batch.refusals, len(fixes), len({craft.key for craft in crafts})) == (1000, [], 1000, 1000)
    assert sum(one.course_deg is not None for one in fixes) == 910
    assert sum(one.heading_deg is not None for one in fixes) == 574
    assert sum(one.nav_status is not None for one in fixes) == 867
    assert sum(one.imo is not None for one in said) == 387
    assert sum(one.name is not None for one in said) == 998
    assert Counter(caveat for craft in crafts for caveat in craft.caveats) == {"impossible imo": 33, "bad mmsi": 1}
    assert Counter(craft.flag for craft in crafts).most_common(2) == [("US", 836), ("CA", 43)]
