"""Jobs of the worker: no feed holds up another, no failure looks like silence, a lost lease stops the writing."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DataError, OperationalError

from ops_centre.clock import SystemClock
from ops_centre.config import FeedBlock
from ops_centre.domain.observations import Batch
from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.base import FeedManifest
from ops_centre.scheduler import Every, FeedRun, Scheduler
from ops_centre.services.feed_records import FeedRecords
from ops_centre.services.ingest import Ingest
from ops_centre.services.leases import LeaseLost
from tests.factories import vessel_report


class Source:
    """A feed that does what the test says."""

    def __init__(self, poll: Any, *, listens: bool = False, patience: timedelta = timedelta(seconds=20)) -> None:
        self.manifest = FeedManifest(
            timedelta(seconds=0.1), timedelta(seconds=30), timedelta(seconds=120), listens=listens, patience=patience
        )
        self.poll = poll
        self.polls = 0
        self.closed = False

    def close(self) -> None:
        """See `Feed.close`."""
        self.closed = True


@pytest.fixture
def runs(sqlite_database: Any, centre_of: Any, settings: Any) -> Any:
    """Makes a run of a source, with real time."""
    ops = centre_of(
        settings.model_copy(update={"database": settings.database.model_copy(update={"url": str(sqlite_database.url)})})
    )
    clock = SystemClock()
    records = FeedRecords(ops.db, clock)
    ingest = Ingest(ops.db, clock, ops.zones, ops.gazetteer)

    def run(name: str, source: Source) -> FeedRun:
        known = [(FeedBlock(name=record.name, kind="ais", agency="OPS"), source.manifest) for record in records.all()]
        ids = records.register([*known, (FeedBlock(name=name, kind="ais", agency="OPS"), source.manifest)])
        return FeedRun(ids[name], name, source, records, ingest, clock)  # type: ignore[arg-type]

    run.records = records  # type: ignore[attr-defined]
    run.db = ops.db  # type: ignore[attr-defined]
    return run


def record(runs: Any, name: str) -> Any:
    """The feed as the database has it."""
    return next(record for record in runs.records.all() if record.name == name)


def test_a_feed_that_hangs_floods_or_breaks_delays_no_other(runs: Any) -> None:
    release, enough, failed = threading.Event(), threading.Event(), threading.Event()
    good_polls: list[int] = []

    def hang(_cursor: Any) -> Batch:
        release.wait(20)
        return Batch()

    def flood(_cursor: Any) -> Batch:
        return Batch(crafts=[vessel_report(512_000_000 + n) for n in range(200)])

    broken_polls: list[int] = []

    def broken(_cursor: Any) -> Batch:
        broken_polls.append(1)
        if len(broken_polls) > 1:  # the first failure has been written down
            failed.set()
        raise ZeroDivisionError("the feed's author did not think of this")

    def good(_cursor: Any) -> Batch:
        good_polls.append(1)
        if len(good_polls) >= 5:
            enough.set()
        return Batch(crafts=[vessel_report(512_999_999)])

    scheduler = Scheduler(runs.db, SystemClock(), "test", lambda: None)
    made = {name: runs(name, Source(poll, listens=poll is flood)) for name, poll in
            {"hanging": hang, "flooding": flood, "broken": broken, "good": good}.items()}  # fmt: skip
    for run in made.values():
        scheduler.add_feed(run)
    scheduler.start()
    try:
        assert enough.wait(15), "the good feed was not polled five times"
        assert failed.wait(15), "the broken feed was not run"
        assert record(runs, "hanging").last_good_at is None
    finally:
        release.set()
        scheduler.stop()
    assert record(runs, "broken").last_error.startswith("The feed's own program failed: ZeroDivisionError")
    assert record(runs, "broken").last_good_at is None
    assert record(runs, "good").received >= 4  # the fifth may be on its way


def test_a_poll_that_outruns_its_patience_is_seen_while_it_hangs(runs: Any) -> None:
    release, hanging = threading.Event(), threading.Event()

    def hang(_cursor: Any) -> Batch:
        hanging.set()
        release.wait(20)
        return Batch()

    run = runs("hanging", Source(hang, patience=timedelta(0)))
    thread = threading.Thread(target=run.turn, daemon=True)
    thread.start()
    assert hanging.wait(5)
    assert run.overdue() is not None
    release.set()
    thread.join(5)
    assert run.overdue() is None


def test_an_unavailable_source_is_a_failure_and_never_an_empty_answer(runs: Any) -> None:
    def refuse(_cursor: Any) -> Batch:
        raise FeedUnavailable("connection refused by 127.0.0.1:1")

    run = runs("absent", Source(refuse))
    run.turn()
    seen = record(runs, "absent")
    assert (seen.last_error, seen.last_good_at, seen.received) == ("connection refused by 127.0.0.1:1", None, 0)


def test_the_cursor_goes_on_where_the_last_committed_batch_ended(runs: Any) -> None:
    asked: list[Any] = []

    def pages(cursor: Any) -> Batch:
        asked.append(cursor)
        return Batch(crafts=[vessel_report(512_000_000 + len(asked))], cursor=f"page {len(asked)}")

    for _start in range(3):
        runs("paged", Source(pages)).turn()
    assert asked == [None, "page 1", "page 2"]


def test_a_lost_lease_ends_the_run_and_is_told_to_the_worker(runs: Any) -> None:
    def news(_cursor: Any) -> Batch:
        return Batch(crafts=[vessel_report()])

    def fence(_connection: Any) -> None:
        raise LeaseLost("taken over")

    run = runs("fenced", Source(news, listens=True))
    run.ingest.fence = fence
    lost = threading.Event()
    scheduler = Scheduler(runs.db, SystemClock(), "test", lost.set)
    scheduler.add_feed(run)
    scheduler.start()
    assert lost.wait(10)
    scheduler.stop()
    assert record(runs, "fenced").received == 0


def test_a_listening_feed_is_asked_again_and_again_until_it_is_stopped(runs: Any) -> None:
    enough = threading.Event()
    source = Source(None, listens=True)

    def news(_cursor: Any) -> Batch:
        source.polls += 1
        if source.polls == 20:
            enough.set()
        return Batch(crafts=[vessel_report(512_000_000 + source.polls)])

    source.poll = news
    run = runs("listening", source)
    thread = threading.Thread(target=run.turn, daemon=True)
    thread.start()
    assert enough.wait(10)
    run.stop()
    thread.join(5)
    assert not thread.is_alive()
    assert source.closed


def test_what_a_listening_feed_has_read_is_held_while_the_database_is_away(runs: Any, monkeypatch: Any) -> None:
    source = Source(None, listens=True)

    def news(_cursor: Any) -> Batch:
        source.polls += 1
        if source.polls == 4:
            run.stopping.set()
        return Batch(crafts=[vessel_report(512_000_000 + source.polls)])

    def away(*_taken: Any, **_how: Any) -> None:
        raise OperationalError("INSERT", {}, Exception("the server is away"))

    source.poll = news
    run = runs("listening", source)
    with monkeypatch.context() as patched:
        patched.setattr(run.ingest, "take", away)
        for _turn in range(3):
            run.turn()
    assert source.polls == 2  # one that was not stored, and the one read meanwhile
    run.turn()
    assert record(runs, "listening").stored == source.polls == 4


def test_what_the_database_refuses_for_what_it_holds_keeps_no_feed_from_going_on(runs: Any, monkeypatch: Any) -> None:
    source = Source(None, listens=True)

    def news(_cursor: Any) -> Batch:
        source.polls += 1
        run.stopping.set()
        return Batch(crafts=[vessel_report(512_000_000 + source.polls)])

    def refusing(*_taken: Any, **_how: Any) -> None:
        raise DataError("INSERT", {}, Exception("value out of range"))

    source.poll = news
    run = runs("listening", source)
    with monkeypatch.context() as patched:
        patched.setattr(run.ingest, "take", refusing)
        run.turn()
    run.stopping.clear()
    run.turn()
    assert record(runs, "listening").stored == 1


def test_jobs_go_on_at_once_when_the_systems_clock_is_set_back(runs: Any, frozen_clock: Any) -> None:
    scheduler = Scheduler(runs.db, frozen_clock, "test", lambda: None)
    scheduler.add_duty("look", lambda: None, timedelta(seconds=1))
    scheduler._jobs.start(paused=True)
    try:
        frozen_clock.advance(hours=-1)
        scheduler.keep_time()
        assert [job.next_run_time for job in scheduler._jobs.get_jobs()] == [frozen_clock.now()]
    finally:
        scheduler.stop()


def test_turns_missed_while_the_clock_jumped_by_years_are_made_up_for_once() -> None:
    every, before = Every(timedelta(seconds=2)), SystemClock().now()
    now = before + timedelta(days=20_000)
    assert every.get_next_fire_time(before, now) == now + timedelta(seconds=2)
    assert every.get_next_fire_time(before, before + timedelta(seconds=1)) == before + timedelta(seconds=2)
