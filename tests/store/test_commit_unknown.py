"""A PostgreSQL server that goes away while it commits: whoever asks again under the same request id is told what was done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from ops_centre.domain.observations import Batch
from ops_centre.models import FeedRecord, LogEntry, Position
from ops_centre.services.audit import COMMAND_LINE
from tests.conftest import PASSWORD, on_database
from tests.factories import make_feed, vessel_report

ORIGIN = {"Origin": "http://localhost"}


@pytest.fixture
def centre(postgresql_url: str, settings: Any, centre_of: Callable[..., Any]) -> Any:
    """A centre on PostgreSQL."""
    return centre_of(on_database(settings, postgresql_url))


@contextmanager
def going_away(ops: Any, *, before: bool) -> Iterator[None]:
    """The server breaks the next connection that asks it to commit, before it has committed or after."""
    dialect, true = ops.db.write.dialect, ops.db.write.dialect.do_commit

    def commit(connection: Any) -> None:
        dialect.do_commit = true
        if not before:
            true(connection)
        connection.driver_connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    dialect.do_commit = commit
    try:
        yield
    finally:
        dialect.do_commit = true


@pytest.mark.parametrize("before", [True, False], ids=["nothing was done", "all was done"])
def test_an_act_whose_commit_was_not_answered_is_not_called_undone_and_is_done_once(centre: Any, before: bool) -> None:
    from app import create_app

    client = create_app(centre).server.test_client()
    centre.accounts.add_user(COMMAND_LINE, "duty", "Duty", "duty officer", "OPS", PASSWORD)
    client.post("/sign-in", data={"name": "duty", "password": PASSWORD}, headers=ORIGIN)
    act = {"json": {"text": "Boat 3 reports", "request_id": "boat-three-reports"}, "headers": ORIGIN}
    with going_away(centre, before=before):
        unknown = client.post("/api/v1/acts/log/write", **act)
    assert unknown.status_code == 503
    assert unknown.get_json()["error"].startswith(
        "The database went away while this was being written: it may be done or not."
    )
    again = client.post("/api/v1/acts/log/write", **act)
    assert (again.status_code, again.get_json().get("repeated", False)) == (200, not before)
    with centre.db.reading() as session:
        assert session.scalar(select(func.count()).where(LogEntry.text == "Boat 3 reports")) == 1


@pytest.mark.parametrize("before", [True, False], ids=["nothing was stored", "all was stored"])
def test_a_batch_whose_commit_was_not_answered_is_stored_once(centre: Any, before: bool) -> None:
    with centre.db.begin() as session:
        feed_id = make_feed(session).id
    batch = Batch(crafts=[vessel_report()], cursor="page 1")
    with going_away(centre, before=before), pytest.raises(OperationalError):
        centre.ingest.take(feed_id, batch)
    centre.ingest.take(feed_id, batch)
    with centre.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Position)) == 1
        feed = session.get_one(FeedRecord, feed_id)
        assert feed.received == feed.stored + feed.duplicate
