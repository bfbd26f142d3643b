"""The places that ship are found by every code people write, and each code means one of them."""

import json
from collections import Counter

import pytest

from ops_centre.domain import geo
from ops_centre.domain.places import DEFAULT_PATH, Gazetteer, PlaceKind, load_gazetteer
from ops_centre.domain.zones import Zones

GAZETTEER = load_gazetteer()
NEW_ZEALAND = [p for p in GAZETTEER.places if p.code.startswith("NZ") and p.code not in ("NZIR", "NZWD")]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("NZAKL", "NZAKL"),
        ("NZ AKL", "NZAKL"),
        ("nz akl", "NZAKL"),
        ("AKL", "NZAA"),  # the IATA code is the airport's, never the port's
        ("NZAA", "NZAA"),
        ("MT MAUNGANUI", "NZTRG"),
        ("pb-akl", "PB-AKL"),
        ("SUV", "NFNA"),
        ("FJSUV", "FJSUV"),
    ],
)
def test_a_place_is_found_by_what_people_write(written: str, code: str) -> None:
    place = GAZETTEER.get(written)
    assert place is not None
    assert place.code == code


@pytest.mark.parametrize("written", ["", None, "NZ", "ASTROLABE REEF", " "])
def test_what_is_no_place_is_none(written: str | None) -> None:
    assert GAZETTEER.get(written) is None


def test_every_code_and_alias_means_one_place() -> None:
    codes = Counter(code for place in GAZETTEER.places for code in (place.code, *place.aliases))
    assert [code for code, times in codes.items() if times > 1] == []


def test_every_place_is_found_by_its_own_codes() -> None:
    assert all(GAZETTEER.get(code) == place for place in GAZETTEER.places for code in (place.code, *place.aliases))


def test_every_place_is_somewhere() -> None:
    assert all(geo.is_position(place.lat, place.lon) for place in GAZETTEER.places)
    assert {place.rank for place in GAZETTEER.places} == {1, 2, 3}
    assert {place.kind for place in GAZETTEER.places} == set(PlaceKind)


def test_the_national_map_labels_a_handful_all_of_them_ours() -> None:
    first = [place for place in GAZETTEER.places if place.rank == 1]
    assert {"NZAKL", "NZTRG", "NZWLG", "NZLYT", "NZBLU"} <= {place.code for place in first}
    assert len(first) <= 12
    assert all(place in NEW_ZEALAND for place in first)


def test_every_new_zealand_port_lies_in_its_own_port_zone() -> None:
    zones = Zones.load()
    ports = [place for place in NEW_ZEALAND if place.kind is PlaceKind.PORT]
    assert [zones.locate_one(p.lat, p.lon) for p in ports] == [f"port:{p.name}" for p in ports]


def test_every_new_zealand_place_and_base_lies_within_12_nm() -> None:
    zones = Zones.load()
    near = [*NEW_ZEALAND, *(p for p in GAZETTEER.places if p.kind in (PlaceKind.BASE, PlaceKind.POST))]
    inland = {"NZQN", "NZHN", "NZRO", "NZOH", "NZPM"}
    found = {place.code: zones.locate_one(place.lat, place.lon) for place in near}
    strays = {code for code, zone in found.items() if zone != "12 nm" and not str(zone).startswith("port:")}
    assert strays - inland == set()


def test_the_file_says_where_it_is_from() -> None:
    source = json.loads(DEFAULT_PATH.read_text("utf-8"))["source"]
    assert "airportsdata" in source
    assert "sea-ports" in source


def test_an_empty_gazetteer_knows_nothing() -> None:
    assert Gazetteer([]).get("NZAKL") is None
