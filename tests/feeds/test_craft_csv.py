"""Positions from CSV files: columns, units, files of every size and packing, and dirt by line number."""

import gzip
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ops_centre.domain.observations import Batch
from ops_centre.feeds.sources.craft_csv import KIND, CraftCsvSettings
from tests.feeds.situations import context, sample
from tests.support.clock import START, FakeClock

HEAD = "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName\n"
ROW = "512000123,2026-04-01T06:00:00,-41.0,174.0,8.8,272.7,270.0,SPECIMEN STAR\n"


def batches(path: Path, polls: int = 3, **settings: Any) -> list[Batch]:
    """What comes of a directory or file, poll by poll; a restart after each, as if the centre were stopped there."""
    cursor, found = None, []
    made = CraftCsvSettings.model_validate({"path": path} | settings)
    for _ in range(polls):
        feed = KIND.build(made, context(FakeClock()))
        feed.poll(cursor)
        batch = feed.poll(cursor)
        feed.close()
        cursor = batch.cursor or cursor
        found.append(batch)
    return found


def only(path: Path, text: str | bytes, name: str = "day.csv", **settings: Any) -> Batch:
    """What comes of one file."""
    (path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    first, *rest = batches(path, **settings)
    assert not any(batch.received for batch in rest), "a file is read once"
    return first


def test_the_sample_in_the_shape_of_noaa_is_read(tmp_path: Path) -> None:
    batch = only(tmp_path, sample("craft_csv.csv"))
    ship, moored, station = batch.crafts
    assert ship.fix is not None
    assert ship.particulars is not None
    assert (ship.key, ship.kind, ship.flag, ship.observed_at) == (
        "mmsi:512000123",
        "vessel",
        "NZ",
        START - timedelta(minutes=30),
    )
    assert (ship.fix.lat, ship.fix.lon, ship.fix.speed_kn, ship.fix.course_deg, ship.fix.nav_status) == (
        -41,
        174,
        8.8,
        272.7,
        8,
    )
    said = ship.particulars
    assert (said.name, said.imo, said.callsign, said.length_m, said.type_text) == (
        "SPECIMEN STAR", 9074729, "ZMXX", 208, "cargo ship",
    )  # fmt: skip
    assert moored.fix is not None
    assert (moored.fix.course_deg, moored.fix.heading_deg, moored.fix.speed_kn) == (None, None, None)
    assert (moored.caveats, station.kind) == (("impossible imo",), "base station")
    assert [refusal.reason for refusal in batch.refusals] == ["day.csv, line 5: lat 95, lon 174 is no place on earth"]


def test_any_header_and_unit_can_be_mapped(tmp_path: Path) -> None:
    columns = {
        "icao": "Hex", "time": {"column": "Epoch", "unit": "ms"}, "lat": "Y", "lon": "X",
        "speed": {"column": "Speed", "unit": "km/h"}, "altitude": {"column": "Height", "unit": "m"}, "squawk": "Code",
    }  # fmt: skip
    epoch = int(START.timestamp() * 1000) - 1000
    batch = only(tmp_path, f"Hex;Epoch;Y;X;Speed;Height;Code\nC81A2B;{epoch};-41;190;185.2;1000;7700\n",
                 columns=columns, delimiter=";", craft="aircraft")  # fmt: skip
    fix = batch.crafts[0].fix
    assert fix is not None
    assert (fix.lon, round(fix.speed_kn or 0, 3), round(fix.altitude_ft or 0), fix.squawk) == (-170, 100, 3281, "7700")
    assert batch.crafts[0].observed_at == START - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("512000123,2026-04-01T06:00:00\n", "2 cells where 8"),
        (ROW.replace("512000123", ""), "it has no mmsi"),
        (ROW.replace("512000123", "5120001234"), "mmsi '5120001234' is no whole number"),
        (ROW.replace("-41.0", "south"), "lat 'south' is no number"),
        (ROW.replace("-41.0", "inf"), "lat 'inf' is no number"),
        (ROW.replace(",174.0", ","), "lat and lon belong together"),
        (ROW.replace("2026-04-01T06", "2026-04-31T06"), "is no time such as"),
        (ROW.replace("2026", "2027"), "lies ahead of our clock"),
        (ROW.replace("SPECIMEN", '"SPECIMEN'), "unexpected end of data"),
        (ROW.replace("SPECIMEN", "X" * 30_000), "longer than"),
        (ROW.encode().replace(b"SPECIMEN", b"\xff"), "no UTF-8"),
    ],
)
def test_a_broken_row_is_refused_alone_by_its_line(tmp_path: Path, row: str | bytes, reason: str) -> None:
    body = row if isinstance(row, bytes) else row.encode()
    batch = only(tmp_path, HEAD.encode() + ROW.encode() + body + ROW.encode())
    assert (len(batch.crafts), len(batch.refusals)) == (2, 1)
    assert batch.refusals[0].reason.startswith("day.csv, line 3: ")
    assert reason in batch.refusals[0].reason


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("a.csv", b"MMSI,LAT,LON\n", "line 1: there is no column 'BaseDateTime'"),
        ("a.csv", b"", "line 1: there is no column 'MMSI'"),
        ("a.csv.gz", b"no gzip", "Not a gzipped file"),
        ("a.csv.gz", gzip.compress(HEAD.encode() + ROW.encode() * 9)[:-12], "ended before"),
        ("a.zip", b"no zip", "not a zip file"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_not_read_again(
    tmp_path: Path, name: str, body: bytes, reason: str
) -> None:
    batch = only(tmp_path, body, name)
    assert reason in batch.refusals[0].reason


@pytest.mark.parametrize(
    ("encoding", "settings"),
    [("utf-16", {}), ("utf-16-be", {}), ("windows-1252", {"encoding": "windows-1252"}), ("utf-8-sig", {})],
)
def test_a_file_of_another_encoding_is_read_and_goes_on_where_it_was_left(
    tmp_path: Path, encoding: str, settings: dict[str, Any]
) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    text = mark + HEAD + ROW * 3 + ROW.replace("STAR", "ÉTOILE") * 2
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode(encoding)))
    found = batches(tmp_path, polls=4, batch_rows=2, **settings)
    assert [len(batch.crafts) for batch in found] == [2, 2, 1, 0]
    assert found[2].crafts[0].particulars.name == "SPECIMEN ÉTOILE"
    assert not any(batch.refusals for batch in found)


def test_packed_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress((HEAD + ROW * 2).encode()))
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("b.csv", HEAD + ROW)
        archive.writestr("readme.txt", "x")
    assert sorted(len(batch.crafts) for batch in batches(tmp_path)) == [0, 1, 2]


def test_a_large_file_comes_in_batches_and_goes_on_where_it_was_left(tmp_path: Path) -> None:
    rows = [ROW.replace("512000123", str(512000100 + number)) for number in range(25)]
    (tmp_path / "day.csv").write_text(HEAD + "".join(rows))
    found = batches(tmp_path / "day.csv", polls=5, batch_rows=10)
    assert [len(batch.crafts) for batch in found] == [10, 10, 5, 0, 0]
    assert len({craft.key for batch in found for craft in batch.crafts}) == 25


@pytest.mark.parametrize(
    "columns",
    [
        {"mmsi": "A", "lat": "B", "lon": "C"},
        {"time": "T", "lat": "B", "lon": "C"},
        {"mmsi": "A", "time": "T", "lat": "B", "lon": "C", "colour": "D"},
        {"mmsi": "A", "time": "T", "lat": "B", "lon": "C", "speed": {"column": "S", "unit": "furlongs"}},
    ],
)
def test_a_mapping_that_cannot_serve_is_a_fault(columns: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CraftCsvSettings.model_validate({"path": "x", "columns": columns})
