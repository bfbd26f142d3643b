"""kill -9 under load, both databases: nothing acknowledged is lost, nothing is half seen or doubled.

`make bench ARGS=crashes` does it a hundred times.
"""

import httpx
from sqlalchemy import select

from ops_centre.models import FeedRecord, Lease
from tests.support.hardship import Hardship, hardship
from tests.support.product import wait_for


def test_nothing_acknowledged_is_lost_when_processes_are_killed() -> None:
    with hardship() as centre:
        for _ in range(2):
            centre.strike()
        assert centre.settle() == []
        assert len(centre.ledger.acknowledged) > 2
        assert centre.ledger.refused == []


def picture(client: httpx.Client) -> dict[str, object]:
    """The picture as a web process gives it, less the moment it was asked; in the order of ids, not of its reading."""
    said = client.get("/api/v1/picture").raise_for_status().json()
    for layer in said["layers"].values():
        (layer["features"] if isinstance(layer, dict) else layer).sort(key=lambda one: str(one["id"]))
    return {key: value for key, value in said.items() if key != "generated_at"}


def test_two_workers_and_two_web_processes_are_one_centre(postgresql_url: str) -> None:
    with hardship(postgresql_url) as centre:
        one, other = centre.signed_in(centre.port), centre.signed_in(centre.add_processes())
        centre.kill("worker")
        centre.wait_for_progress("worker")  # the second has taken over, with no hand
        assert lease(centre).term == 2
        said = other.post("/api/v1/acts/log/write", json={"text": "entry from elsewhere", "request_id": "request-0001"})
        assert said.status_code == 200
        centre.ledger.asked.add("entry from elsewhere")
        centre.ledger.acknowledged.add("entry from elsewhere")
        centre.source.finish()
        centre.pause()
        wait_for(lambda: picture(one) == picture(other), "both web processes to show the same")
        with centre.db.reading() as session:
            assert session.scalars(select(FeedRecord)).one().duplicate == 0  # never polled by both
        for client in (one, other):
            client.close()
        assert centre.settle() == []


def lease(centre: Hardship) -> Lease:
    """The worker's."""
    with centre.db.reading() as session:
        return session.scalars(select(Lease)).one()
