"""Recurring assignments keep their hours on the wall clock."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_centre.domain.patterns import Pattern, pattern_of

AUCKLAND = ZoneInfo("Pacific/Auckland")
EVERY = frozenset(range(7))
# of every day these hours exist once: clocks change between 02:00 and 03:00 there
times = st.times(time(3), time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))


def nights(since: date, until: date, **given: object) -> Pattern:
    return Pattern(EVERY, time(22), time(6), since, until, "Pacific/Auckland", **given)  # type: ignore[arg-type]


@given(times, times, st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 40))
def test_a_change_of_daylight_saving_keeps_the_local_times(starts: time, ends: time, since: date, days: int) -> None:
    until = date.fromordinal(since.toordinal() + days)
    pattern = Pattern(EVERY, starts, ends, since, until, "Pacific/Auckland")
    found = list(pattern.spans())
    assert len(found) == days + 1
    for span in found:
        local = span.starts_at.astimezone(AUCKLAND), span.ends_at.astimezone(AUCKLAND)
        assert (local[0].time(), local[1].time()) == (starts, ends)
        assert span.starts_at < span.ends_at


def test_a_night_across_the_end_of_daylight_saving_lasts_an_hour_longer() -> None:
    found = list(nights(date(2026, 4, 3), date(2026, 4, 5)).spans())
    assert [span.hours for span in found] == [8, 9, 8]
    assert [span.hours for span in nights(date(2026, 9, 26), date(2026, 9, 26)).spans()] == [7]


def test_an_assignment_within_the_hour_that_is_left_out_keeps_its_length() -> None:
    pattern = Pattern(EVERY, time(2, 15), time(3), date(2026, 9, 27), date(2026, 9, 27), "Pacific/Auckland")
    assert [span.hours for span in pattern.spans()] == [0.75]


def test_every_other_week_is_counted_from_the_first() -> None:
    pattern = Pattern(frozenset({0}), time(6), time(14), date(2026, 4, 1), date(2026, 5, 5), "Pacific/Auckland", 2)
    days = [span.starts_at.astimezone(AUCKLAND).date().isoformat() for span in pattern.spans()]
    assert days == ["2026-04-13", "2026-04-27"]


def test_a_pattern_is_stored_and_read_as_it_was() -> None:
    pattern = nights(date(2026, 4, 1), date(2026, 4, 30))
    assert pattern_of(pattern.as_plain()) == pattern
    assert pattern.words == "every day 22:00-06:00, 2026-04-01 to 2026-04-30"


def test_a_pattern_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after it begins"):
        nights(date(2026, 4, 2), date(2026, 4, 1))
