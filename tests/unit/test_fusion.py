"""Which position of a craft is drawn, by the rules of `domain.fusion` alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_centre.domain.fusion import (
    HOLD_MS,
    LIVE_HOLDS_MS,
    MOVES,
    Place,
    Source,
    Verdict,
    distance_nm,
    is_ahead,
    leap_words,
    leaps,
    span_words,
)
from ops_centre.domain.geo import distance_nm as exact_nm
from ops_centre.domain.identity_conflicts import changed, is_telling, pair
from ops_centre.domain.observations import TrackKind

HERE, SATELLITE, REPLAY = Source(1, priority=1), Source(2), Source(3, is_replay=True)
VESSEL, MINUTE = TrackKind.VESSEL, 60_000


def heard(
    place: Place, minute: float, lat: float, source: Source = HERE, kind: TrackKind = VESSEL, now: int = 0
) -> Verdict:
    """A position of the meridian 174° E so many minutes on."""
    return place.judge(lat, 174.0, int(minute * MINUTE), now, source, kind)


def test_the_newest_is_drawn_and_an_older_one_is_late() -> None:
    place = Place()
    assert heard(place, 0, -36.0) is Verdict.DRAWN
    assert heard(place, 10, -36.1) is Verdict.DRAWN
    assert heard(place, 5, -36.05, SATELLITE) is Verdict.LATE
    assert (place.lat, place.source) == (-36.1, HERE)


def test_of_one_moment_the_source_with_priority_is_drawn() -> None:
    place = Place()
    heard(place, 0, -36.0, SATELLITE)
    assert heard(place, 0, -36.001, HERE) is Verdict.DRAWN
    assert heard(place, 0, -36.0, SATELLITE) is Verdict.LATE


def test_a_leap_is_not_drawn_until_a_second_position_agrees() -> None:
    place = Place()
    heard(place, 0, -36.0)
    assert heard(place, 1, -40.0) is Verdict.LEAP
    assert place.lat == -36.0
    assert heard(place, 2, -40.01) is Verdict.CONFIRMED
    assert place.lat == -40.01


def test_a_lone_leap_leaves_no_trace_on_what_is_drawn() -> None:
    place = Place()
    verdicts = [
        heard(place, minute, lat) for minute, lat in ((0, -36.0), (1, 0.0), (2, -36.01), (90, 0.0), (91, -36.2))
    ]
    assert [verdict in MOVES for verdict in verdicts] == [True, False, True, False, True]


def test_two_streams_that_both_go_on_are_two_places_and_nothing_zigzags() -> None:
    place = Place()
    drawn = []
    for minute in range(0, 20, 2):
        heard(place, minute, -36.0)
        drawn.append(place.lat)
        verdict = heard(place, minute + 1, -40.0, SATELLITE)
        drawn.append(place.lat)
    assert verdict is Verdict.TWO_PLACES
    assert set(drawn) == {-36.0}


def test_the_other_place_is_drawn_once_the_first_has_been_silent_for_long_enough() -> None:
    place = Place()
    for minute, lat in ((0, -36.0), (1, -40.0), (2, -36.0), (3, -40.0)):
        heard(place, minute, lat)
    after = 2 + HOLD_MS / MINUTE
    assert heard(place, after, -40.0) is Verdict.TWO_PLACES
    assert heard(place, after + 1, -40.0) is Verdict.CONFIRMED


def test_a_recording_never_moves_what_a_live_source_placed_until_that_is_long_ago() -> None:
    place = Place()
    heard(place, 0, -36.0, HERE)
    assert heard(place, 500, -36.1, REPLAY, now=LIVE_HOLDS_MS - 1) is Verdict.YIELDS
    assert heard(place, 500, -36.1, REPLAY, now=LIVE_HOLDS_MS) is Verdict.DRAWN
    assert heard(place, 20, -36.2, HERE, now=LIVE_HOLDS_MS) is Verdict.DRAWN


@pytest.mark.parametrize(
    ("kind", "knots", "is_leap"),
    [(VESSEL, 59, False), (VESSEL, 62, True), (TrackKind.AIRCRAFT, 780, False), (TrackKind.AIRCRAFT, 810, True)],
)
def test_what_is_too_fast_depends_on_the_kind(kind: TrackKind, knots: float, is_leap: bool) -> None:
    assert leaps(-36.0, 174.0, 0, -36.0 + knots / 60, 174.0, 60 * MINUTE, kind) is is_leap


def test_after_our_clock_was_set_back_craft_go_on_and_what_was_stamped_before_holds_nothing() -> None:
    place, hour = Place(), 60 * MINUTE
    assert heard(place, 60, -36.0, now=hour) is Verdict.DRAWN
    assert heard(place, 1, -36.4, now=MINUTE) is Verdict.DRAWN  # set back by an hour
    assert heard(place, 2, -36.41, now=2 * MINUTE) is Verdict.DRAWN
    assert heard(place, 1.5, -36.405, SATELLITE, now=2 * MINUTE) is Verdict.LATE
    assert heard(place, 61, -36.8, now=61 * MINUTE) is Verdict.DRAWN  # and forward again


def test_across_the_antimeridian_nothing_leaps() -> None:
    assert not leaps(-40.0, 179.99, 0, -40.0, -179.99, 2 * MINUTE, VESSEL)


def test_a_clock_that_runs_a_minute_ahead_is_a_difference_and_more_is_a_fault() -> None:
    assert not is_ahead(60_000, 0)
    assert is_ahead(60_001, 0)


streams = st.lists(
    st.lists(st.tuples(st.integers(0, 600), st.integers(0, 3)), max_size=8).map(sorted), min_size=1, max_size=3
)


@given(streams, st.randoms(use_true_random=False))
def test_sources_that_agree_end_in_the_same_place_in_whatever_order_they_come(streams: list, rng: object) -> None:
    """Each source in its own order, the sources mixed anyhow: one vessel that goes 0.05° an hour, reported with an error."""
    ends = set()
    for _time in range(2):
        place, waiting = Place(), [list(stream) for stream in streams]
        while any(waiting):
            number = rng.choice([place for place, stream in enumerate(waiting) if stream])  # type: ignore[attr-defined]
            minute, error = waiting[number].pop(0)
            source = Source(number, priority=number)
            assert heard(place, minute, -36.0 - minute / 1200 - error * 1e-4, source) in {Verdict.DRAWN, Verdict.LATE}
        ends.add((place.at_ms, place.source.id if place.source else None))
    assert len(ends) == 1


@given(st.lists(st.tuples(st.integers(0, 60), st.floats(-60, 60)), max_size=30))
def test_whatever_comes_no_drawn_step_is_a_leap_that_nothing_confirmed(said: list[tuple[int, float]]) -> None:
    place = Place()
    for minute, lat in said:
        before = (place.source, place.lat, place.at_ms)
        verdict = heard(place, minute, lat)
        moved = (place.source, place.lat, place.at_ms) != before
        assert moved is (verdict in MOVES)
        if verdict is Verdict.DRAWN and before[0] is not None:
            assert not leaps(before[1], 174.0, before[2], lat, 174.0, minute * MINUTE, VESSEL)


@given(st.floats(-80, 80), st.floats(-180, 179), st.floats(-80, 80), st.floats(-180, 179))
def test_the_quick_distance_is_near_enough(lat1: float, lon1: float, lat2: float, lon2: float) -> None:
    assert distance_nm(lat1, lon1, lat2, lon2) == pytest.approx(exact_nm(lat1, lon1, lat2, lon2), rel=0.0065, abs=0.01)


def test_evidence_is_in_words() -> None:
    assert leap_words(-36.0, 174.0, 0, -36.6, 174.0, 2 * MINUTE) == "36 nm in 2 min, 1,081 kn"
    assert [span_words(s * 1000) for s in (40, 3599, 8040, 273_600)] == ["40 s", "59 min", "2 h 14 min", "3 d 4 h"]


@pytest.mark.parametrize(
    ("before", "after", "is_change"),
    [("KAIKA", "ROA", True), ("KAIKA", "KAIKA ", False), ("M.V. KAIKA", "MV KAIKA", False), (None, "ROA", False),
     ("KAIKA", "0000000", False), (9074729, 9075345, True), (9074729, None, False)],
)  # fmt: skip
def test_a_change_of_identity_is_one_that_says_something(before: object, after: object, is_change: bool) -> None:
    assert changed(before, after) is is_change


def test_names_that_go_back_and_forth_are_one_pair() -> None:
    assert pair("ROA", "KAIKA") == pair("KAIKA", "ROA") == "KAIKA / ROA"
    assert not is_telling("TEST1234")
