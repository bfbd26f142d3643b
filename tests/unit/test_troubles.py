"""What is wrong with the centre is said in words: what, since when, why, and what still works."""

from datetime import UTC, datetime, timedelta

import pytest

from ops_centre.domain.feeds import FeedLight, light_of
from ops_centre.domain.troubles import Fault, Seen, TroubleKind, troubles, why_unusable

NOON = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)


def test_a_sound_centre_says_nothing() -> None:
    assert troubles(Seen(NOON, latest=NOON, free_bytes=10**9, warn_bytes=10**8)) == ()


def test_a_full_disk_is_said_with_when_and_what_comes_of_acts() -> None:
    (one,) = troubles(
        Seen(NOON, writes=Fault(NOON, "its disk is full"), written_at=NOON - timedelta(minutes=1), no_worker_since=NOON)
    )
    assert one.sentence() == "The database takes no writes since 12:00 UTC: its disk is full."
    assert one.as_of == NOON - timedelta(minutes=1)
    assert "refused, not lost" in one.works
    assert one.plain()["since"] == int(NOON.timestamp() * 1000)


def test_the_worst_stands_first_and_what_follows_from_it_is_not_repeated() -> None:
    everything = Seen(
        NOON, reads=Fault(NOON, "it cannot be reached"), no_worker_since=NOON,
        latest=NOON + timedelta(hours=1), free_bytes=5_000_000, warn_bytes=10**8,
    )  # fmt: skip
    assert [one.kind for one in troubles(everything)] == [TroubleKind.READS, TroubleKind.CLOCK, TroubleKind.ROOM]


def test_a_clock_that_was_set_back_is_said_until_it_has_caught_up() -> None:
    (one,) = troubles(Seen(NOON, latest=NOON + timedelta(hours=1), behind_since=NOON))
    assert one.what == "The clock is 60 min behind times that were written already"
    assert troubles(Seen(NOON, latest=NOON + timedelta(seconds=20))) == ()


@pytest.mark.parametrize(
    ("said", "state", "lost", "why"),
    [
        ("database or disk is full", None, False, "its disk is full"),
        ("attempt to write a readonly database", None, False, "its file may only be read"),
        ("could not extend file: No space left on device", "53100", False, "its disk is full"),
        ("cannot execute UPDATE in a read-only transaction", "25006", False, "it may only be read"),
        ("terminating connection due to administrator command", "57P01", True, "it is shutting down or starting"),
        ("connection failed", None, True, "it cannot be reached"),
        ("canceling statement due to statement timeout", "57014", False, None),
        ("UNIQUE constraint failed: users.name", None, False, None),
    ],
)
def test_what_a_database_says_is_put_in_plain_words(said: str, state: str | None, lost: bool, why: str | None) -> None:
    assert why_unusable(said, state, lost=lost) == why


def test_a_feed_that_last_worked_by_a_clock_set_back_since_is_not_called_live() -> None:
    spans = {"late_after": timedelta(minutes=5), "lost_after": timedelta(minutes=10)}
    assert light_of(NOON + timedelta(seconds=40), None, NOON, **spans) is FeedLight.LIVE
    assert light_of(NOON + timedelta(hours=1), None, NOON, **spans) is FeedLight.LATE
