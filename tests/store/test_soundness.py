"""What a web process finds out about the centre itself: database, worker, clock, disk. Recovery needs no hand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partialmethod
from types import SimpleNamespace
from typing import Any

import pytest

from ops_centre.clock import to_ms
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.troubles import TroubleKind
from ops_centre.models import Lease
from ops_centre.picture.room import Room
from ops_centre.picture.soundness import Soundness
from ops_centre.services.handlings import handling_id
from tests.conftest import migrate
from tests.support.postgres import Cluster


class Ticks:
    """Time that passes, whatever the clock says."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


def soundness_of(ops: Any, ticks: Ticks) -> Soundness:
    made = Soundness(ops.db, ops.clock, ops.settings, ticks)
    made._stopped.set()  # the test looks, no thread does
    return made


def renew(ops: Any) -> None:
    now = ops.clock.now()
    with ops.db.begin() as session:
        session.merge(Lease(name="worker", holder="a", term=1, renewed_at=now, expires_at=now + timedelta(seconds=6)))


def kinds(found: Soundness) -> list[TroubleKind]:
    return [one.kind for one in found.troubles]


def pass_time(ops: Any, ticks: Ticks, seconds: float) -> None:
    ops.clock.advance(seconds=seconds)
    ticks.now += seconds


def test_no_active_worker_is_said_with_since_when_and_goes_by_itself(sqlite_ops: Any, ticks: Ticks) -> None:
    found = soundness_of(sqlite_ops, ticks)
    renew(sqlite_ops)
    last = sqlite_ops.clock.now()
    found.look()
    assert found.troubles == ()
    pass_time(sqlite_ops, ticks, 20)
    found.look()
    assert kinds(found) == [TroubleKind.WORKER]
    assert found.troubles[0].since == last
    renew(sqlite_ops)
    found.look()
    assert found.troubles == ()


def test_a_file_that_may_only_be_read_is_said_acts_are_refused_and_it_goes_by_itself(
    sqlite_ops: Any, ticks: Ticks, web_client: Any
) -> None:
    client = web_client("duty officer")
    found = soundness_of(sqlite_ops, ticks)
    renew(sqlite_ops)
    found.look()
    _read_only(sqlite_ops, 1)
    act = {
        "json": {"text": "Boat 3 reports", "request_id": "boat-three-reports"},
        "headers": {"Origin": "http://localhost"},
    }
    refused = client.post("/api/v1/acts/log/write", **act)
    assert refused.status_code == 503
    assert refused.get_json()["error"] == (
        "Not done: the database takes nothing at present, its file may only be read. What you typed stays here; "
        "try again later."
    )
    assert kinds(found) == [TroubleKind.WRITES]  # at once, not at the next look
    assert client.get("/api/v1/picture").status_code == 200  # reading goes on
    pass_time(sqlite_ops, ticks, 20)
    found.look()
    assert kinds(found) == [TroubleKind.WRITES]  # no word of the worker, which cannot renew its lease either
    _read_only(sqlite_ops, 0)
    for _look in range(4):
        pass_time(sqlite_ops, ticks, 3)
        found.look()
    renew(sqlite_ops)
    found.look()
    assert found.troubles == ()
    assert client.post("/api/v1/acts/log/write", **act).status_code == 200


def _read_only(ops: Any, on: int) -> None:
    """As SQLite finds a file system that was mounted read-only: every write fails."""
    with ops.db.write.connect() as connection:
        connection.connection.driver_connection.execute(f"PRAGMA query_only={on}")


def test_a_clock_set_back_is_said_until_it_has_caught_up(sqlite_ops: Any, ticks: Ticks) -> None:
    found = soundness_of(sqlite_ops, ticks)
    renew(sqlite_ops)
    found.look()
    sqlite_ops.clock.advance(hours=-1)
    renew(sqlite_ops)
    found.look()
    assert kinds(found) == [TroubleKind.CLOCK]
    assert found.troubles[0].since == sqlite_ops.clock.now()
    sqlite_ops.clock.advance(hours=1)
    renew(sqlite_ops)
    found.look()
    assert found.troubles == ()


def test_a_clock_set_back_before_the_start_is_told_by_the_log(sqlite_ops: Any, ticks: Ticks) -> None:
    with sqlite_ops.deeds.begin("system", "test") as deed:
        deed.log(EntryKind.RULE, "Written at noon", handling_id=handling_id(deed.session, "OPS", "GREEN"))
    sqlite_ops.clock.advance(hours=-3)
    renew(sqlite_ops)
    found = soundness_of(sqlite_ops, ticks)
    found.look()
    assert kinds(found) == [TroubleKind.CLOCK]
    assert found.troubles[0].what.startswith("The clock is 3 h 0 min behind")


def test_little_room_on_the_disk_is_said_before_it_is_full(sqlite_ops: Any, ticks: Ticks, monkeypatch: Any) -> None:
    found = soundness_of(sqlite_ops, ticks)
    renew(sqlite_ops)
    monkeypatch.setattr("shutil.disk_usage", lambda _place: SimpleNamespace(free=43_000_000))
    found.look()
    assert [one.what for one in found.troubles] == ["The disk of the centre has 43 MB left"]


def test_a_server_that_went_away_is_said_and_found_again(centre_of: Any, settings: Any, ticks: Ticks) -> None:
    cluster = Cluster()
    try:
        url = cluster.create("away")
        migrate(url)
        block = settings.database.model_copy(update={"url": url})
        ops = centre_of(settings.model_copy(update={"database": block}))
        found = soundness_of(ops, ticks)
        renew(ops)
        found.look()
        assert found.troubles == ()
        gone_at = ops.clock.now()
        cluster.stop()
        pass_time(ops, ticks, 30)
        found.look()
        assert kinds(found) == [TroubleKind.READS]
        assert found.troubles[0].why == "it cannot be reached"
        assert found.troubles[0].plain()["as_of"] == to_ms(gone_at)
        cluster.start()
        found.look()
        assert found.troubles == ()
        ops.close()
    finally:
        cluster.remove()


def test_a_data_folder_that_hangs_is_said_and_the_looking_goes_on(
    sqlite_ops: Any, ticks: Ticks, monkeypatch: Any
) -> None:
    found, answered = soundness_of(sqlite_ops, ticks), threading.Event()
    monkeypatch.setattr("shutil.disk_usage", lambda _place: answered.wait(60) and SimpleNamespace(free=10**12))
    monkeypatch.setattr("ops_centre.picture.soundness.Room.ask", partialmethod(Room.ask, patience_s=0))
    renew(sqlite_ops)
    found.look()
    hung_at = sqlite_ops.clock.now()
    assert found.troubles == ()
    pass_time(sqlite_ops, ticks, 11)
    renew(sqlite_ops)
    found.look()  # does not wait for it
    assert [(one.kind, one.what, one.since) for one in found.troubles] == [
        (TroubleKind.ROOM, "The data folder does not answer", hung_at)
    ]
    monkeypatch.undo()
    asking = next(thread for thread in threading.enumerate() if thread.name == "room")
    answered.set()
    asking.join()
    found.look()
    assert found.troubles == ()


def test_a_database_that_never_answers_is_said_while_the_look_still_waits_for_it(
    sqlite_ops: Any, ticks: Ticks, monkeypatch: Any
) -> None:
    found = soundness_of(sqlite_ops, ticks)
    renew(sqlite_ops)
    found.look()
    hung_at, said = sqlite_ops.clock.now(), []

    @contextmanager
    def hang() -> Iterator[Any]:
        pass_time(sqlite_ops, ticks, 11)
        said.extend(found.troubles)  # as a stream asks with its beat meanwhile
        with reading() as session:
            yield session

    reading = sqlite_ops.db.reading
    monkeypatch.setattr(sqlite_ops.db, "reading", hang)
    found.look()
    assert [(one.kind, one.since) for one in said] == [(TroubleKind.READS, hung_at)]
    assert "hangs" in said[0].why
    monkeypatch.undo()
    renew(sqlite_ops)
    found.look()
    assert found.troubles == ()
