"""A deed is whole or nothing: its rows, its log entries, its audit event and its revision, once for one request."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from ops_centre.db import Database
from ops_centre.domain import sealing
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.errors import Conflict
from ops_centre.models import Alert, AuditEvent, Handling, LogEntry, LogHead, LogLink
from ops_centre.services.deeds import Deeds, Repeated, request_of
from ops_centre.services.duty_log import content
from tests.factories import actor, make_handling
from tests.support.clock import FakeClock
from tests.watch_factories import make_alert


def test_a_deed_seals_its_entry_stamps_what_it_touched_and_is_audited(
    database: Database, frozen_clock: FakeClock
) -> None:
    with database.begin() as session:
        alert = make_alert(session, revision=0)
        handling = alert.handling_id
    with Deeds(database, frozen_clock).begin(actor(), "try it") as deed:
        kept = deed.session.merge(alert)
        kept.assigned_to = deed.by
        deed.touch(kept)
        first = deed.log(
            EntryKind.ALERT, "Claimed.", handling_id=handling, links=[link(ThingKind.ALERT, alert.id, alert.title)]
        )
        second = deed.log(EntryKind.NOTE, "Kōrero\0", handling_id=handling, detail={"eta_s": 1.25}, typed=True)
    assert (first, second) == (1, 2)
    with database.reading() as session:
        entries = list(session.scalars(select(LogEntry).order_by(LogEntry.seq)))
        owner = session.get_one(Handling, handling)
        chain = sealing.GENESIS
        for entry in entries:
            leaf = sealing.leaf_hash(sealing.canonical(content(entry, owner)))
            chain = sealing.chain_hash(chain, leaf)
            assert (entry.leaf_hash, entry.chain_hash) == (leaf, chain)
        assert session.get_one(LogHead, 1).chain_hash == chain
        assert entries[1].text == "Kōrero "
        assert entries[1].detail == {"eta_s": "1.25"}
        assert session.scalars(select(LogLink.thing)).all() == [str(alert.id)]
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 1
        assert session.get_one(Alert, alert.id).revision == 1


def test_a_deed_that_fails_leaves_nothing(database: Database, frozen_clock: FakeClock) -> None:
    with database.begin() as session:
        handling = make_handling(session).id

    def fail() -> None:
        with Deeds(database, frozen_clock).begin(actor(), "try it", "request-1") as deed:
            deed.log(EntryKind.NOTE, "Lost.", handling_id=handling)
            raise RuntimeError("the officer changed their mind")

    with pytest.raises(RuntimeError):
        fail()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(LogEntry)) == 0
        assert session.get_one(LogHead, 1).seq == 0


def test_the_same_request_is_done_once(database: Database, frozen_clock: FakeClock) -> None:
    deeds = Deeds(database, frozen_clock)
    with database.begin() as session:
        handling = make_handling(session).id
    with deeds.begin(actor(), "try it", "request-1") as deed:
        deed.answer = {"seq": deed.log(EntryKind.NOTE, "Once.", handling_id=handling)}
    with pytest.raises(Repeated) as again, deeds.begin(actor(), "try it", "request-1"):
        raise AssertionError("done twice")
    assert again.value.answer == {"seq": 1}


def test_another_request_under_the_same_id_is_never_taken_for_done(database: Database, frozen_clock: FakeClock) -> None:
    deeds = Deeds(database, frozen_clock)
    first, other = request_of("request-1", b"send HAWK 2"), request_of("request-1", b"send HAWK 5")
    with deeds.begin(actor(), "try it", first) as deed:
        deed.answer = {"said": "HAWK 2 is sent."}
    with pytest.raises(Conflict, match="other words"), deeds.begin(actor(), "try it", other):
        raise AssertionError("done under the request of another")
    with pytest.raises(Repeated), deeds.begin(actor(), "try it", first):
        raise AssertionError("done twice")


@pytest.mark.parametrize(
    "act", ["UPDATE log_entries SET text = 'x'", "DELETE FROM log_entries", "DELETE FROM log_links"]
)
def test_the_database_refuses_to_change_the_log(database: Database, frozen_clock: FakeClock, act: str) -> None:
    with database.begin() as session:
        handling = make_handling(session).id
    with Deeds(database, frozen_clock).begin("system", "try it") as deed:
        deed.log(EntryKind.NOTE, "Stays.", handling_id=handling, links=[link(ThingKind.TARGET, 1, "x")])
    with pytest.raises(DBAPIError, match="append only"), database.connect_writing() as connection:
        connection.exec_driver_sql(act)


def test_a_request_that_was_another_act_is_not_answered_as_done(database: Database, frozen_clock: FakeClock) -> None:
    deeds = Deeds(database, frozen_clock)
    with deeds.begin(actor(), "join the watch", "request-1") as deed:
        deed.answer = {"said": "You are on the watch."}
    with pytest.raises(Conflict, match="another act"), deeds.begin(actor(), "send a unit", "request-1"):
        raise AssertionError("done under the request of another act")
