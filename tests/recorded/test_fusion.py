"""What the rules of fusion make of real recordings: how many positions are drawn, late, or leap, each count written out."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ops_centre.clock import to_ms
from ops_centre.domain.fusion import DOUBTED, Place, Source, Verdict, is_ahead
from ops_centre.domain.observations import CraftReport, TrackKind
from ops_centre.models import Position, TrackAnomaly, TrackSource
from tests.recorded.test_ais_recordings import COUNTS, NZ, play
from tests.recorded.test_replay import play as play_through

pytestmark = pytest.mark.recorded

LEAPS = {  # MMSI: what is wrong with it
    NZ: {1193046},  # the default of a transponder nobody set up, sent by two hulls
    "europe_dma_stream_example_2010-06-11.txt": {111111111},
    "indianocean_malacca_exactearth_2012-01-31.txt": {273000000, 412000000},  # a country's digits and six noughts
    "usa_uscg_2006-07-15.ais": {366831000, 3669974},  # sent from two coasts
}


def judged(reports: list[CraftReport]) -> tuple[Counter[str], set[int | None]]:
    """How many positions came to each verdict, and the MMSI of those doubted."""
    places: dict[str, Place] = {}
    verdicts: Counter[str] = Counter()
    doubted: set[int | None] = set()
    source = Source(1)
    for report in reports:
        if report.fix is None:
            continue
        at = to_ms(report.observed_at)
        assert not is_ahead(at, to_ms(report.received_at))
        place = places.setdefault(report.key, Place())
        verdict = place.judge(report.fix.lat, report.fix.lon, at, 0, source, report.kind)
        verdicts[verdict.value] += 1
        if verdict in DOUBTED:
            doubted.add(report.mmsi)
    return verdicts, doubted


@pytest.mark.parametrize("name", COUNTS)
def test_of_real_ais_only_numbers_that_two_hulls_send_leap(realdata: Path, name: str) -> None:
    verdicts, doubted = judged(play(realdata / "ais" / name).crafts)
    assert doubted == LEAPS.get(name, set())
    assert verdicts.total() == COUNTS[name].positions


def test_the_counts_of_the_reference_recording(realdata: Path) -> None:
    verdicts, _doubted = judged(play(realdata / "ais" / NZ).crafts)
    assert verdicts == {"drawn": 660, "late": 2244, "leap": 2, "confirmed": 1}


def test_an_aircraft_that_was_heard_all_day_never_leaps(realdata: Path) -> None:
    trace = json.loads(gzip.decompress((realdata / "adsb" / "readsb_trace_full_ac671b.json.gz").read_bytes()))
    place, verdicts = Place(), Counter[Verdict]()
    for after, lat, lon, *_rest in trace["trace"]:
        at = int((trace["timestamp"] + after) * 1000)
        verdicts[place.judge(lat, lon, at, at, Source(1), TrackKind.AIRCRAFT)] += 1
    assert verdicts == {Verdict.DRAWN: 2499, Verdict.LATE: 1}


def test_the_reference_recording_leaves_its_sources_and_its_doubts_in_the_database(
    sqlite_ops: Any, realdata: Path
) -> None:
    play_through(sqlite_ops, realdata / "ais" / NZ)
    with sqlite_ops.db.reading() as session:
        doubts = session.execute(select(Position.doubt, func.count()).group_by(Position.doubt)).all()
        sources = session.scalar(select(func.count()).select_from(TrackSource))
        reports = session.scalar(select(func.sum(TrackSource.reports)))
        kinds = dict(session.execute(select(TrackAnomaly.kind, func.count()).group_by(TrackAnomaly.kind)).all())
    assert dict(doubts)["leap"] == 4  # of one number that two hulls send; two of them came late
    assert sources == 603
    assert 603 <= (reports or 0) <= 4309  # what came in the last seconds is not written yet
    assert kinds == {}
