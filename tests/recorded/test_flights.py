"""Recorded flights as a receiver would have told of them, poll by poll: every row is a report, and what fusion makes of the
positions is counted. They hold what clean tracks do not: taxiing, calibration zigzags, noise, a flight that draws a bird."""

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ops_centre.clock import to_ms
from ops_centre.domain.fusion import Place, Source
from ops_centre.domain.observations import Batch, CraftReport
from ops_centre.feeds.sources.adsb import Memory, read_sky
from ops_centre.feeds.sources.sbs import SbsParser, SbsSettings
from tests.support.clock import FakeClock

pytestmark = pytest.mark.recorded


@dataclass(frozen=True)
class Told:
    """What a recording of flights comes to."""

    rows: int
    aircraft: int
    refused: int
    duplicates: int
    verdicts: dict[str, int]


FLIGHTS = {
    "aircraft_carrier_2020-09-14.json.gz": Told(9024, 1, 0, 0, {"drawn": 7327, "leap": 5, "confirmed": 3}),
    "channel_GTEKV_border_patrol_2020-04-17.json.gz": Told(1465, 1, 0, 0, {"drawn": 1465}),
    "noisy_ground.json.gz": Told(924, 1, 0, 0, {"drawn": 924}),
    "noumea_calibration_2017-11-05.json.gz": Told(1176, 1, 0, 0, {"drawn": 1176}),
    "nz_ANZ4376_kiwi_2021-05-15.json.gz": Told(1491, 1, 0, 0, {"drawn": 1491}),
    "zurich_airport.json.gz": Told(17132, 10, 0, 2297, {"drawn": 14828, "late": 1, "leap": 3, "confirmed": 3}),
}


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Rows in the order they were recorded, whether kept by row or by column."""
    held = json.loads(gzip.decompress(path.read_bytes()))
    if isinstance(held, dict):
        held = [{name: column[key] for name, column in held.items()} for key in held["timestamp"]]
    return sorted(held, key=lambda row: int(row["timestamp"]))


def document(row: dict[str, Any]) -> bytes:
    """The row as the one aircraft of an ``aircraft.json``."""
    said = {
        "hex": row["icao24"], "flight": row.get("callsign"), "lat": row.get("latitude"), "lon": row.get("longitude"),
        "gs": row.get("groundspeed"), "track": row.get("track"), "baro_rate": row.get("vertical_rate"),
        "alt_baro": "ground" if row.get("onground") else row.get("altitude"), "squawk": row.get("squawk"),
        "seen": 0, "seen_pos": 0, "type": "adsb_icao",
    }  # fmt: skip
    aircraft = {name: value for name, value in said.items() if value is not None}
    return json.dumps({"now": row["timestamp"] / 1000, "aircraft": [aircraft]}).encode()


def polled(rows: list[dict[str, Any]]) -> Iterator[Batch]:
    memory = Memory()
    for row in rows:
        sky = read_sky(document(row))
        yield sky.batch(sky.now, memory)


def verdicts_of(crafts: list[CraftReport]) -> dict[str, int]:
    places: dict[str, Place] = {}
    found: Counter[str] = Counter()
    for craft in crafts:
        if craft.fix is not None:
            at = to_ms(craft.observed_at)
            place = places.setdefault(craft.key, Place())
            found[place.judge(craft.fix.lat, craft.fix.lon, at, at, Source(1), craft.kind).value] += 1
    return dict(found)


@pytest.mark.parametrize("name", FLIGHTS)
def test_every_row_of_a_flight_is_a_report_and_its_positions_are_judged(realdata: Path, name: str) -> None:
    rows = rows_of(realdata / "adsb" / name)
    batches = list(polled(rows))
    crafts = [craft for batch in batches for craft in batch.crafts]
    told = Told(
        len(rows),
        len({craft.key for craft in crafts}),
        sum(len(batch.refusals) for batch in batches),
        sum(batch.duplicates for batch in batches),
        verdicts_of(crafts),
    )
    assert told == FLIGHTS[name]
    assert len(crafts) + told.refused + told.duplicates == told.rows


@pytest.mark.parametrize(
    ("name", "lines", "begins"),
    [
        ("pymodes_df17_2016-03-14.csv", 2000, "'1457996400'"),
        ("losangeles_table_2022-01-29.dat", 310, "'| ACAE7C  | N916RR  '"),
    ],
)
def test_raw_mode_s_and_tables_are_no_stream_of_messages_and_each_line_is_refused_in_words(
    realdata: Path, name: str, lines: int, begins: str
) -> None:
    batch = Batch()
    parser = SbsParser(SbsSettings(address="receiver"), FakeClock())
    parser.take((realdata / "adsb" / name).read_bytes().splitlines(keepends=True), batch)
    assert (len(batch.crafts), len(batch.refusals), batch.received) == (0, lines, lines)
    assert f"the line begins with {begins}, not MSG" in {refusal.reason for refusal in batch.refusals}
