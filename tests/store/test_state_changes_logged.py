"""Every change of state that a source reports is in the duty log, once, under the handling of what it is about."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from ops_centre.domain.observations import Batch
from ops_centre.models import FeedRecord, LogEntry
from ops_centre.services.housekeeping import Housekeeping
from ops_centre.services.last_moments import LastMoments
from tests.factories import make_feed, make_vessel, target_report, unit_report, vessel_report
from tests.support.clock import START, FakeClock

Ops = Any
LATER = START + timedelta(hours=6)


def take(ops: Ops, feed_id: int, **given: Any) -> None:
    ops.ingest.take(feed_id, Batch(**given))


def feed(ops: Ops) -> int:
    with ops.db.begin() as session:
        return make_feed(session, "targeting").id


def texts(ops: Ops) -> list[str]:
    with ops.db.reading() as session:
        return list(session.scalars(select(LogEntry.text).order_by(LogEntry.seq)))


def test_a_target_that_comes_gets_worse_and_is_closed_is_told_of_once_each(ops: Ops) -> None:
    number = feed(ops)
    take(ops, number, targets=[target_report(label="TERN", severity="normal")])
    take(ops, number, targets=[target_report(label="TERN", severity="normal", ref_version=2)])
    take(ops, number, targets=[target_report(label="TERN", severity="top", ref_version=3)])
    take(ops, number, targets=[target_report(label="TERN", severity="top", ref_version=4, status="withdrawn")])
    take(ops, number, targets=[target_report(label="TERN", severity="top", ref_version=4, status="withdrawn")])
    assert [text.split(".")[0] for text in texts(ops)] == [
        "New target TERN, vessel, normal, issued",
        "Target TERN is now top; it was normal",
        "Target TERN closed by its source: withdrawn",
    ]


def test_a_unit_that_leaves_service_and_is_back_is_told_of(ops: Ops) -> None:
    number = feed(ops)
    resting = {"availability": "out of service", "out_of_service_reason": "rest"}
    for minute, given in enumerate([{}, resting, resting | {"crew": 3}, {}]):
        take(ops, number, units=[unit_report(at=START + timedelta(minutes=minute), **given)])
    assert texts(ops) == ["Unit CUSTOMS 1 is out of service, rest.", "Unit CUSTOMS 1 is back in service."]


def test_a_feed_that_is_lost_and_back_is_told_of(ops: Ops, frozen_clock: FakeClock) -> None:
    number = feed(ops)
    for minutes in (1, 2):
        frozen_clock.advance(minutes=minutes)
        ops.feeds.refresh_lights()
    take(ops, number, crafts=[vessel_report(at=frozen_clock.now())])
    ops.feeds.refresh_lights()
    ops.feeds.refresh_lights()
    assert [text.rsplit(" ", 2)[1:] for text in texts(ops)] == [["is", "lost."], ["is", "back."]]


def test_positions_alone_write_nothing_into_the_log(ops: Ops) -> None:
    take(ops, feed(ops), crafts=[vessel_report()])
    assert texts(ops) == []


@pytest.mark.parametrize("what", ["crafts", "waiting targets", "last moments"])
def test_whoever_changes_targets_takes_the_end_of_the_log_before_the_clock(ops: Ops, what: str) -> None:
    """Deeds lock the log, then rows, then the clock; whoever locks the clock first and then their rows would meet them."""
    number = feed(ops)
    take(ops, number, targets=[target_report(identifiers={"mmsi": 512000123}, place="NZAKL", arrives_at=LATER)])
    if what == "waiting targets":
        with ops.db.begin() as session:
            make_vessel(session, session.get_one(FeedRecord, number), mmsi=512000123, key="mmsi:512000123")
    if what == "last moments":
        take(ops, number, units=[unit_report(capabilities=("boarding",))])
    acts: dict[str, Callable[[], Any]] = {
        "crafts": lambda: take(ops, number, crafts=[vessel_report()]),
        "waiting targets": Housekeeping(ops.db, ops.clock, ops.settings).attach_targets,
        "last moments": LastMoments(ops.db, ops.clock, ops.settings, ops.gazetteer, ops.deeds).refresh,
    }
    with written(ops) as statements:
        acts[what]()
    locked = [table for table in statements if table in ("log_head", "picture_clock")]
    assert "targets" in statements
    assert locked[0] == "log_head"


@contextmanager
def written(ops: Ops) -> Iterator[list[str]]:
    """The tables that are updated meanwhile, in order."""
    tables: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("UPDATE "):
            tables.append(statement.split()[1])

    event.listen(ops.db.write, "before_cursor_execute", note)
    yield tables
    event.remove(ops.db.write, "before_cursor_execute", note)
