"""How units travel: roads do not cross straits, ships go round land, speeds are believed only when they can be true."""

import math

import numpy as np
import pytest

from ops_centre.domain import geo
from ops_centre.domain.landmass import NOWHERE, load_coast
from ops_centre.domain.places import load_gazetteer
from ops_centre.domain.sea import load_sea
from ops_centre.domain.travel import Manner, Paces, Travel, UnitNow
from ops_centre.domain.units import UnitType

PLACES = load_gazetteer()
TRAVEL = Travel(load_coast(), load_sea(), 1.35)
PACES = Paces({"vessel": 20.0, "aircraft": 200.0, "team": 30.0, "helicopter": 120.0}, {"vessel": 20.0}, 2.0, 1.35)


def spot(code: str) -> tuple[float, float]:
    place = PLACES.get(code)
    assert place is not None
    return place.lat, place.lon


def go(manner: Manner, one: str, two: str) -> float:
    lat, lon = spot(one)
    return float(TRAVEL.distances_nm(manner, *spot(two), [lat], [lon])[0])


def unit(kind: UnitType = UnitType.VESSEL, **given: object) -> UnitNow:
    values: dict[str, object] = {
        "id": 1, "callsign": "HAWK 2", "agency": "CUS", "unit_type": kind, "capabilities": (), "availability": "available",
    }  # fmt: skip
    return UnitNow(**(values | given))  # type: ignore[arg-type]


def test_no_road_leads_from_one_island_to_the_other() -> None:
    assert math.isnan(go(Manner.ROAD, "NZWLG", "NZPCN"))
    assert math.isnan(go(Manner.ROAD, "NZAKL", "NZLYT"))
    assert math.isnan(go(Manner.ROAD, "NZAKL", "NZCHT"))


def test_a_road_is_longer_than_the_direct_way() -> None:
    direct = geo.distance_nm(*spot("NZAKL"), *spot("NZWLG"))
    assert go(Manner.ROAD, "NZAKL", "NZWLG") == pytest.approx(1.35 * direct)


def test_wharves_stand_on_the_mainland() -> None:
    north = load_coast().mass_at(*zip(*[spot(c) for c in ("NZAKL", "NZTRG", "NZWLG", "NZNPE", "NZAA")], strict=True))
    south = load_coast().mass_at(*zip(*[spot(c) for c in ("NZNSN", "NZLYT", "NZBLU", "NZDUD", "NZCH")], strict=True))
    assert len(set(north.tolist())) == len(set(south.tolist())) == 1
    assert north[0] != south[0]


def test_the_open_sea_is_on_no_land_and_off_the_chart_nothing_is_known() -> None:
    assert load_coast().mass_at([-40.0, 51.5, math.nan], [-175.0, 0.0, 174.0]).tolist() == [NOWHERE] * 3


def test_an_aircraft_goes_direct_and_a_ship_round_the_land() -> None:
    direct = geo.distance_nm(*spot("NZNPE"), *spot("NZWLG"))
    assert go(Manner.AIR, "NZNPE", "NZWLG") == pytest.approx(direct)
    assert go(Manner.SEA, "NZNPE", "NZWLG") > 1.2 * direct


@pytest.mark.parametrize(
    ("own", "expected"), [(None, 20.0), (22.0, 22.0), (3.0, 20.0), (400.0, 20.0), (0.0, 20.0), (math.nan, 20.0)]
)
def test_a_units_own_speed_is_believed_when_it_is_plausible(own: float | None, expected: float) -> None:
    assert PACES.speed_of(unit(speed_kn=own)) == expected


def test_a_helicopter_has_its_own_speed() -> None:
    assert PACES.speed_of(unit(UnitType.AIRCRAFT, capabilities=("helicopter", "winch"))) == 120.0


def test_a_unit_on_patrol_is_under_way_at_once() -> None:
    assert PACES.prepare_of(unit(status="on patrol")) == 2.0
    assert PACES.prepare_of(unit(status="standby")) == 20.0


@pytest.mark.parametrize("manner", list(Manner))
def test_what_is_no_position_has_no_way(manner: Manner) -> None:
    assert np.isnan(TRAVEL.distances_nm(manner, -36.84, 174.78, [math.nan, 91.0], [174.0, 174.0])).all()
    assert TRAVEL.distances_nm(manner, -36.84, 174.78, [], []).shape == (0,)
