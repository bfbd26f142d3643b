"""One active worker at a time, and none that writes after it was taken over."""

from datetime import timedelta
from typing import Any

import pytest

from ops_centre.services.leases import Lease, LeaseLost


def lease(database: Any, clock: Any, holder: str) -> Lease:
    """The worker's lease as ``holder`` sees it."""
    return Lease(database, clock, "worker", holder, timedelta(seconds=6))


def test_only_one_of_two_holds_it(database: Any, frozen_clock: Any) -> None:
    first, second = lease(database, frozen_clock, "a"), lease(database, frozen_clock, "b")
    assert first.acquire()
    assert not second.acquire()
    frozen_clock.advance(seconds=5)
    first.renew()
    frozen_clock.advance(seconds=5)
    assert not second.acquire()


def test_a_dead_holder_is_taken_over_when_the_lease_ends_and_may_write_no_more(
    database: Any, frozen_clock: Any
) -> None:
    first, second = lease(database, frozen_clock, "a"), lease(database, frozen_clock, "b")
    assert first.acquire()
    frozen_clock.advance(seconds=6)
    assert second.acquire()
    assert second.term == 2
    with database.connect_writing() as connection:
        second.fence(connection)
        with pytest.raises(LeaseLost):
            first.fence(connection)
    with pytest.raises(LeaseLost):
        first.renew()


def test_a_holder_that_stops_gives_it_up_at_once(database: Any, frozen_clock: Any) -> None:
    first, second = lease(database, frozen_clock, "a"), lease(database, frozen_clock, "b")
    first.acquire()
    first.release()
    assert second.acquire()


def test_a_former_holder_that_comes_back_has_a_new_term(database: Any, frozen_clock: Any) -> None:
    first, second = lease(database, frozen_clock, "a"), lease(database, frozen_clock, "b")
    first.acquire()
    frozen_clock.advance(seconds=7)
    second.acquire()
    frozen_clock.advance(seconds=7)
    assert first.acquire()
    assert first.term == 3


def test_the_lease_of_a_dead_holder_ends_although_the_clock_was_set_back(
    database: Any, frozen_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticks = [0.0]
    monkeypatch.setattr("ops_centre.services.leases.time.monotonic", lambda: ticks[0])
    first, second = lease(database, frozen_clock, "a"), lease(database, frozen_clock, "b")
    assert first.acquire()
    frozen_clock.advance(hours=-1)
    assert not second.acquire()
    ticks[0] += 4
    first.renew()
    ticks[0] += 4
    assert not second.acquire(), "it was renewed meanwhile"
    ticks[0] += 7
    assert second.acquire()
    with pytest.raises(LeaseLost):
        first.renew()
