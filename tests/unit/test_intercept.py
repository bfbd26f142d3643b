"""Intercepts: unit and subject are at the meeting point at the same time, by geodesics reckoned here on their own."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from ops_centre.domain.intercept import CLOSE_NM, Passage, along, earliest, on_course

WGS84 = Geod(ellps="WGS84")
lats, lons = st.floats(-50, -20), st.floats(165, 195)
ship_kn, unit_kn = st.floats(4, 24), st.floats(5, 250)


def first_h(passage: Passage, lat: float, lon: float, kn: float, prepare_h: float = 0.0) -> float:
    one = [np.array([value]) for value in (lat, lon, kn, prepare_h)]
    return float(earliest(passage, *one)[0])


def gap_nm(lat: float, lon: float, course: float, ship: float, unit: tuple[float, float], hours: float) -> float:
    """How far from each other they are when both have gone for so long; worked out by forward geodesics alone."""
    there_lon, there_lat, _ = WGS84.fwd(lon, lat, course, ship * hours * 1852.0)
    return float(WGS84.inv(unit[1], unit[0], there_lon, there_lat)[2]) / 1852.0


@given(lats, lons, st.floats(0, 359.9), ship_kn, lats, lons, unit_kn, st.floats(0, 1))
@settings(max_examples=150, deadline=None)
def test_both_are_at_the_meeting_point_at_the_same_time(
    lat: float, lon: float, course: float, ship: float, unit_lat: float, unit_lon: float, kn: float, prepare_h: float
) -> None:
    met = first_h(on_course(lat, lon, course, ship, 24.0), unit_lat, unit_lon, kn, prepare_h)
    if math.isnan(met):
        return
    needed_h = prepare_h + gap_nm(lat, lon, course, ship, (unit_lat, unit_lon), met) / kn
    assert needed_h <= met + 2 * CLOSE_NM / kn + 1e-6
    if met > prepare_h + 0.01:  # the very first time: a little earlier it is out of reach
        early = met - 0.005
        assert prepare_h + gap_nm(lat, lon, course, ship, (unit_lat, unit_lon), early) / kn > early - 2 * CLOSE_NM / kn


@given(lats, st.floats(-5, 5), st.floats(0, 359.9), ship_kn, lats, st.floats(-5, 5), unit_kn)
@settings(max_examples=80, deadline=None)
def test_a_shift_in_longitude_changes_nothing_also_across_the_antimeridian(
    lat: float, off: float, course: float, ship: float, unit_lat: float, unit_off: float, kn: float
) -> None:
    here = first_h(on_course(lat, 100 + off, course, ship, 24.0), unit_lat, 100 + unit_off, kn)
    across = first_h(on_course(lat, 180 + off, course, ship, 24.0), unit_lat, 180 + unit_off, kn)
    wrapped = first_h(on_course(lat, -180 + off, course, ship, 24.0), unit_lat, -180 + unit_off, kn)
    assert across == pytest.approx(here, abs=1e-3, nan_ok=True)
    assert wrapped == pytest.approx(here, abs=1e-3, nan_ok=True)


@given(lats, lons, st.floats(0, 359.9), ship_kn, lats, lons, unit_kn, st.floats(1.0, 3.0))
@settings(max_examples=100, deadline=None)
def test_a_faster_unit_never_meets_it_later(
    lat: float, lon: float, course: float, ship: float, unit_lat: float, unit_lon: float, kn: float, factor: float
) -> None:
    passage = on_course(lat, lon, course, ship, 24.0)
    slow, fast = first_h(passage, unit_lat, unit_lon, kn), first_h(passage, unit_lat, unit_lon, kn * factor)
    assert math.isnan(slow) or fast <= slow + 1e-3


def test_a_head_on_meeting_halves_the_way() -> None:
    met = first_h(on_course(-36.0, 179.0, 90.0, 10.0, 24.0), *_along_the_course(2.0), 10.0)
    assert met == pytest.approx(1.0, abs=0.01)


def _along_the_course(hours: float) -> tuple[float, float]:
    lon, lat, _ = WGS84.fwd(179.0, -36.0, 90.0, 10.0 * hours * 1852.0)
    return lat, lon


def test_what_runs_away_as_fast_is_never_met() -> None:
    assert math.isnan(first_h(on_course(-30.0, 170.0, 0.0, 15.0, 12.0), -31.0, 170.0, 14.9))


def test_it_is_met_on_each_leg_of_its_lane_and_at_the_end_while_it_waits() -> None:
    lane = along([(-36.0, 179.5), (-36.0, -179.5), (-37.0, -179.5)], 12.0, until_h=20.0)
    assert lane.ends_h == 20.0
    at_end = first_h(lane, -39.0, -179.5, 12.0, prepare_h=5.0)
    assert at_end == pytest.approx(5.0 + 120 / 12, rel=0.01)
    lat, lon = lane.at(np.array([at_end]))
    assert (float(lat[0]), float(lon[0])) == pytest.approx((-37.0, -179.5))


@pytest.mark.parametrize("wrong", [math.nan, math.inf, 0.0, -5.0])
def test_hostile_speeds_and_positions_meet_nothing(wrong: float) -> None:
    passage = on_course(-36.0, 175.0, 90.0, 10.0, 12.0)
    assert math.isnan(first_h(passage, -36.5, 175.0, wrong))
    if not math.isfinite(wrong):
        assert math.isnan(first_h(passage, wrong, 175.0, 20.0))
        with pytest.raises(ValueError, match="course needs numbers"):
            on_course(wrong, 175.0, 90.0, 10.0, 12.0)


def test_a_passage_without_speed_or_with_one_point_is_refused() -> None:
    with pytest.raises(ValueError, match="two points"):
        along([(-36.0, 175.0), (-37.0, 175.0)], 0.0)
    with pytest.raises(ValueError, match="two points"):
        along([(-36.0, 175.0)], 10.0)
