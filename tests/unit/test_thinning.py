"""Thinning of tracks: nothing left out lies beyond the bound, measured on the ellipsoid by another way than the rule's own."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from ops_centre.domain.thinning import keep

GEOD = Geod(ellps="WGS84")
BOUND_M, GAP_S = 50.0, 300.0
steps = st.tuples(st.integers(0, 900), st.floats(-0.004, 0.004), st.floats(-0.004, 0.004))


def track(
    begin: tuple[float, float], moves: list[tuple[int, float, float]]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    times = np.cumsum([0.0, *(move[0] for move in moves)])
    lats = begin[0] + np.cumsum([0.0, *(move[1] for move in moves)])
    lons = begin[1] + np.cumsum([0.0, *(move[2] for move in moves)])
    return times, lats, (lons + 180.0) % 360.0 - 180.0


def errors_m(times: np.ndarray, lats: np.ndarray, lons: np.ndarray, kept: np.ndarray) -> list[float]:
    """Geodesic distance of each position from the run between the kept ones at its own time."""
    unwrapped = np.unwrap(lons, period=360.0)
    found = []
    for at in np.flatnonzero(~kept):
        before, after = np.flatnonzero(kept[:at])[-1], at + 1 + np.flatnonzero(kept[at + 1 :])[0]
        span = times[after] - times[before]
        share = (times[at] - times[before]) / span if span else 0.0
        lat = lats[before] + share * (lats[after] - lats[before])
        lon = unwrapped[before] + share * (unwrapped[after] - unwrapped[before])
        found.append(GEOD.inv(lon, lat, unwrapped[at], lats[at])[2])
    return found


@given(st.tuples(st.floats(-70, 70), st.floats(-180, 179.9)), st.lists(steps, max_size=60))
def test_no_position_left_out_is_beyond_the_bound(
    begin: tuple[float, float], moves: list[tuple[int, float, float]]
) -> None:
    times, lats, lons = track(begin, moves)
    kept = keep(times, lats, lons, BOUND_M, GAP_S)
    assert kept[0]
    assert kept[-1]
    assert max(errors_m(times, lats, lons, kept), default=0.0) <= BOUND_M * 1.001


@given(st.lists(steps, max_size=60))
def test_kept_positions_are_never_further_apart_than_the_gap_unless_nothing_was_between(
    moves: list[tuple[int, float, float]],
) -> None:
    times, lats, lons = track((-41.0, 179.99), moves)
    kept = np.flatnonzero(keep(times, lats, lons, BOUND_M, GAP_S))
    for first, last in pairwise(kept):
        assert last == first + 1 or times[last] - times[first] <= GAP_S


def test_a_steady_run_across_the_antimeridian_keeps_its_ends_alone() -> None:
    times = np.arange(0.0, 300.0, 10.0)
    lons = (179.99 + times * 1e-4 + 180.0) % 360.0 - 180.0
    assert keep(times, np.full(30, -37.0), lons, BOUND_M, GAP_S).sum() == 2


def test_a_craft_that_stood_still_and_then_ran_keeps_the_moment_it_left() -> None:
    times = np.arange(0.0, 280.0, 10.0)
    lats = np.where(times < 140, -37.0, -37.0 + (times - 140) * 1e-4)
    kept = keep(times, lats, np.full(28, 174.0), BOUND_M, GAP_S)
    assert set(np.flatnonzero(kept)) >= {0, 27}
    assert any(120 <= time <= 160 for time in times[kept])


def test_a_zigzag_inside_the_bound_stays_inside_it_where_a_gap_asks_for_more_positions() -> None:
    times = np.arange(0.0, 3600.0, 10.0)
    lats = -37.0 + np.where(np.arange(360) % 2, 1, -1) * 20.0 / 111_320.0
    lons = np.full(360, 174.0)
    kept = keep(times, lats, lons, BOUND_M, GAP_S)
    assert kept.sum() < 360
    assert max(errors_m(times, lats, lons, kept)) <= BOUND_M * 1.001


def test_nothing_and_one_position_are_no_trouble() -> None:
    nothing = np.array([])
    assert keep(nothing, nothing, nothing, BOUND_M, GAP_S).tolist() == []
    assert keep(np.array([1.0]), np.array([0.0]), np.array([0.0]), BOUND_M, GAP_S).tolist() == [True]
