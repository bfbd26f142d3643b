"""The roster: local hours across changes of daylight saving, whose turn it is, and who stands too long."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from ops_centre.config import Watches
from ops_centre.domain.rostering import Assigned, Slot, clashes, read_pattern, slot_at, slots

AUCKLAND = ZoneInfo("Pacific/Auckland")
PATTERN = read_pattern(Watches().pattern)


def at(text: str) -> datetime:
    """A moment of the wall clock in Auckland."""
    return datetime.fromisoformat(text).replace(tzinfo=AUCKLAND).astimezone(UTC)


def hours(slot: Slot) -> float:
    return (slot.ends_at - slot.starts_at) / timedelta(hours=1)


def local(slot: Slot) -> str:
    return f"{slot.name} {slot.starts_at.astimezone(AUCKLAND):%d %H:%M}-{slot.ends_at.astimezone(AUCKLAND):%d %H:%M}"


def test_the_regular_watches_follow_each_other_without_a_gap() -> None:
    found = slots(PATTERN, AUCKLAND, at("2026-07-01 12:00"), at("2026-07-03 12:00"))
    assert [local(slot) for slot in found][:3] == ["A 01 07:00-01 15:00", "B 01 15:00-01 23:00", "C 01 23:00-02 07:00"]
    assert all(before.ends_at == after.starts_at for before, after in pairwise(found))


def test_the_night_in_which_clocks_go_forward_lasts_an_hour_less() -> None:
    night = slots(PATTERN, AUCKLAND, at("2026-09-26 23:30"), at("2026-09-27 06:00"))[0]
    assert (local(night), hours(night)) == ("C 26 23:00-27 07:00", 7)


def test_the_night_in_which_clocks_go_back_lasts_an_hour_more() -> None:
    night = slots(PATTERN, AUCKLAND, at("2026-04-04 23:30"), at("2026-04-05 06:00"))[0]
    assert (local(night), hours(night)) == ("C 04 23:00-05 07:00", 9)


def test_a_whole_year_has_no_gap_and_every_watch_starts_on_its_hour() -> None:
    found = slots(PATTERN, AUCKLAND, at("2026-01-01 00:00"), at("2026-12-31 00:00"))
    assert all(before.ends_at == after.starts_at for before, after in pairwise(found))
    assert {f"{slot.starts_at.astimezone(AUCKLAND):%H:%M}" for slot in found} == {"07:00", "15:00", "23:00"}
    assert sorted({hours(slot) for slot in found}) == [7, 8, 9]


def test_a_watch_that_starts_in_the_hour_that_is_left_out_still_stands() -> None:
    odd = read_pattern(["N 02:30-10:30"])
    found = slots(odd, AUCKLAND, at("2026-09-26 12:00"), at("2026-09-27 12:00"))
    assert [hours(slot) for slot in found] == [7]


def test_whoever_takes_over_shortly_before_the_hour_takes_the_next_watch() -> None:
    found = slots(PATTERN, AUCKLAND, at("2026-07-01 12:00"), at("2026-07-02 12:00"))
    overlap = timedelta(minutes=30)
    names = [slot_at(found, at(f"2026-07-01 {clock}"), overlap) for clock in ("14:29", "14:30", "15:10")]
    assert [slot.name for slot in names if slot] == ["A", "B", "B"]


def assigned(person: str, number: int, start: str, end: str) -> Assigned:
    return Assigned(person, number, at(start), at(end))


def test_two_watches_one_after_the_other_are_too_long() -> None:
    found = clashes(
        [
            assigned("lead", 1, "2026-07-01 07:00", "2026-07-01 15:00"),
            assigned("lead", 2, "2026-07-01 15:00", "2026-07-01 23:00"),
            assigned("duty", 1, "2026-07-01 07:00", "2026-07-01 15:00"),
        ],
        timedelta(hours=12),
    )
    assert [(one.words, one.watch_ids) for one in found] == [("lead stands 16 h without a break", (1, 2))]


def test_a_watch_between_is_rest_enough() -> None:
    stands = [
        assigned("lead", 1, "2026-07-01 07:00", "2026-07-01 15:00"),
        assigned("lead", 3, "2026-07-01 23:00", "2026-07-02 07:00"),
    ]
    assert clashes(stands, timedelta(hours=12)) == []


def test_nobody_stands_on_two_watches_at_once() -> None:
    stands = [
        assigned("lead", 1, "2026-07-01 07:00", "2026-07-01 15:00"),
        assigned("lead", 2, "2026-07-01 11:00", "2026-07-01 15:00"),
    ]
    assert [one.words for one in clashes(stands, timedelta(hours=12))] == ["lead stands on two watches at once"]


@pytest.mark.parametrize("line", ["A 7-15", "A 07:00-25:00", "07:00-15:00", "A B 07:00-15:00"])
def test_a_pattern_that_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        Watches(pattern=[line])


def test_a_name_stands_once_in_the_pattern() -> None:
    with pytest.raises(ValueError, match="each once"):
        Watches(pattern=["A 07:00-15:00", "A 15:00-07:00"])
