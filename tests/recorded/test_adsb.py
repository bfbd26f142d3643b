"""Real files of dump1090-fa and readsb: every entry is read, and what they say is counted."""

import random
from collections import Counter
from pathlib import Path

import pytest

from ops_centre.feeds.sources.adsb import Memory, read_sky
from ops_centre.feeds.transports.strict_json import JsonError

pytestmark = pytest.mark.recorded


@pytest.mark.parametrize(
    ("name", "entries", "positions", "on_ground", "not_icao", "with_flight"),
    [
        ("adelaide_claws_aircraft.json", 2, 1, 0, 0, 1),
        ("dover_channel_aircraft_2022-05-18.json", 83, 54, 0, 0, 50),
        ("losangeles_aircraft_2022-01-28.json", 170, 147, 52, 60, 104),
    ],
)
def test_every_entry_of_a_recording_is_a_report(
    realdata: Path, name: str, entries: int, positions: int, on_ground: int, not_icao: int, with_flight: int
) -> None:
    sky = read_sky((realdata / "adsb" / name).read_bytes())
    batch = sky.batch(sky.now, Memory())
    crafts = batch.crafts
    assert (len(crafts), batch.refusals, batch.duplicates) == (entries, [], 0)
    assert sum(craft.fix is not None for craft in crafts) == positions
    assert sum(craft.fix is not None and craft.fix.on_ground is True for craft in crafts) == on_ground
    assert sum("no ICAO address" in craft.caveats for craft in crafts) == not_icao
    assert (
        sum(craft.particulars is not None and craft.particulars.flight is not None for craft in crafts) == with_flight
    )
    assert all(craft.observed_at <= sky.now for craft in crafts)


def test_positions_that_the_aircraft_did_not_send_are_marked(realdata: Path) -> None:
    sky = read_sky((realdata / "adsb" / "losangeles_aircraft_2022-01-28.json").read_bytes())
    caveats = Counter(caveat for craft in sky.batch(sky.now, Memory()).crafts for caveat in craft.caveats)
    assert caveats["position by multilateration"] == 1
    assert caveats["position from a ground station (TIS-B)"] == 69


@pytest.mark.parametrize(
    ("name", "barometric", "geometric", "squawks"),
    [
        ("adelaide_claws_aircraft.json", 1, 1, 1),
        ("dover_channel_aircraft_2022-05-18.json", 54, 53, 52),
        ("losangeles_aircraft_2022-01-28.json", 94, 96, 59),
    ],
)
def test_the_two_altitudes_and_the_squawks_of_a_recording_are_counted(
    realdata: Path, name: str, barometric: int, geometric: int, squawks: int
) -> None:
    sky = read_sky((realdata / "adsb" / name).read_bytes())
    fixes = [craft.fix for craft in sky.batch(sky.now, Memory()).crafts if craft.fix]
    assert sum(fix.altitude_ft is not None for fix in fixes) == barometric
    assert sum(fix.geometric_altitude_ft is not None for fix in fixes) == geometric
    assert sum(fix.squawk is not None for fix in fixes) == squawks


@pytest.mark.parametrize("name", ["dover_channel_aircraft_2022-05-18.json", "losangeles_aircraft_2022-01-28.json"])
def test_a_recording_cut_or_mutated_anywhere_is_read_or_refused_and_accounted_for(realdata: Path, name: str) -> None:
    whole = (realdata / "adsb" / name).read_bytes()
    entries = len(read_sky(whole).document.records)
    chance = random.Random(20260401)
    read = 0
    for _ in range(150):
        raw = bytearray(whole[: chance.randrange(len(whole))] if chance.random() < 0.3 else whole)
        for _change in range(chance.randrange(1, 6)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        try:
            sky = read_sky(bytes(raw))
        except JsonError:
            continue
        batch = sky.batch(sky.now, Memory())
        assert batch.received == len(sky.document.records) <= entries
        assert all(refusal.raw and refusal.reason for refusal in batch.refusals)
        read += 1
    assert read > 20, "most single wrong bytes cost one aircraft, not the file"
