"""Units in the database: newest report wins, deployments as listed, withdrawal and return."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from ops_centre.db import Database
from ops_centre.domain.observations import DeploymentReport, UnitReport
from ops_centre.models import Deployment, Handling, Unit
from ops_centre.services.ingest_units import store_units
from tests.store.situations import Revisions, make_feed, unit
from tests.support.clock import START


class Store:
    """One feed of a database; a transaction for each call."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.begin() as session:
            self.feed_id = make_feed(session, "Deployments", "deployments")

    def take(self, *reports: UnitReport, complete: bool = False) -> tuple[int, int, int | None]:
        """How many were stored, how many were known, and the revision taken."""
        with self.database.begin() as session:
            revisions = Revisions(session)
            tally = store_units(session, self.feed_id, reports, now=START, revision=revisions, complete=complete)
            assert tally.stored + tally.duplicate + len(tally.refused) == len(reports)
            return tally.stored, tally.duplicate, revisions.taken

    def row(self, ref: str = "U-1") -> Unit:
        with self.database.reading() as session:
            return session.scalars(select(Unit).where(Unit.ref == ref)).one()

    def deployments(self) -> dict[str, tuple[str | None, str | None]]:
        with self.database.reading() as session:
            return {row.ref: (row.place, row.area) for row in session.scalars(select(Deployment))}


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


def test_a_new_unit_is_stored_with_its_deployments(store: Store) -> None:
    assert store.take(unit(lat=-36.8, lon=174.9, position_at=START, marking="AMBER", releases=("POL",))) == (1, 0, 1)
    row = store.row()
    assert (row.callsign, row.agency, row.capabilities, row.lat, row.position_at) == (
        "Hawk 1",
        "CUS",
        ["boarding"],
        -36.8,
        START,
    )
    assert (row.revision, row.withdrawn_at, store.deployments()) == (1, None, {"D-1": ("NZAKL", None)})
    with store.database.reading() as session:
        handling = session.get_one(Handling, row.handling_id)
        assert (handling.owner, handling.marking, handling.releases) == ("CUS", "AMBER", "POL")


def test_a_report_that_says_nothing_new_is_a_duplicate(store: Store) -> None:
    store.take(unit())
    assert store.take(unit(), unit()) == (0, 2, None)


def test_an_older_report_never_overwrites_a_newer(store: Store) -> None:
    store.take(unit(minutes=10))
    assert store.take(unit(minutes=5, availability="assigned", deployments=[])) == (0, 1, None)
    assert (store.row().availability, len(store.deployments())) == ("available", 1)


def test_a_newer_report_replaces_everything_that_the_unit_was(store: Store) -> None:
    store.take(unit(lat=-36.8, lon=174.9, note="Refuelling"))
    assert store.take(unit(minutes=1, availability="out of service", out_of_service_reason="rest")) == (1, 0, 2)
    row = store.row()
    assert (row.availability, row.out_of_service_reason, row.lat, row.note) == ("out of service", "rest", None, None)


def test_deployments_become_those_that_are_listed(store: Store) -> None:
    store.take(
        unit(deployments=[DeploymentReport("D-1", START, place="NZAKL"), DeploymentReport("D-2", START, area="Gulf")])
    )
    listed = [DeploymentReport("D-2", START, area="Inner gulf"), DeploymentReport("D-3", START, place="NZTRG")]
    assert store.take(unit(deployments=listed)) == (1, 0, 2), "the same report time, mended"
    assert store.deployments() == {"D-2": (None, "Inner gulf"), "D-3": ("NZTRG", None)}


def test_a_unit_absent_from_a_complete_list_is_withdrawn_and_comes_back_when_listed(store: Store) -> None:
    store.take(unit(), unit("U-2"), complete=True)
    assert store.take(unit(), complete=True) == (0, 1, 2)
    assert (store.row("U-2").withdrawn_at, store.row("U-2").revision, store.row().withdrawn_at) == (START, 2, None)
    assert store.take(unit(), complete=True) == (0, 1, None), "withdrawn once, not at every poll"
    assert store.take(unit(), unit("U-2"), complete=True) == (1, 1, 3)
    assert store.row("U-2").withdrawn_at is None


def test_a_complete_list_that_is_older_brings_a_unit_back_without_its_old_words(store: Store) -> None:
    store.take(unit(minutes=10))
    store.take(complete=True)
    assert store.take(unit(minutes=5, callsign="Old"), complete=True) == (1, 0, 3)
    assert (store.row().withdrawn_at, store.row().callsign) == (None, "Hawk 1")


def test_a_change_alone_withdraws_nobody_and_a_stale_one_brings_nobody_back(store: Store) -> None:
    store.take(unit(), unit("U-2"))
    store.take(unit(minutes=1))
    assert store.row("U-2").withdrawn_at is None
    store.take(unit(minutes=1), complete=True)
    assert store.take(unit("U-2")) == (0, 1, None)
    assert store.row("U-2").withdrawn_at == START
    assert store.take(unit("U-2", minutes=2)) == (1, 0, 4)
    assert store.row("U-2").withdrawn_at is None


def test_another_feeds_units_are_not_withdrawn(store: Store) -> None:
    store.take(unit())
    with store.database.begin() as session:
        other = make_feed(session, "Second", "deployments")
        store_units(session, other, [unit("U-9")], now=START, revision=Revisions(session), complete=True)
    assert store.row().withdrawn_at is None


def test_two_reports_of_one_new_unit_in_one_batch_end_at_the_newer(store: Store) -> None:
    older = [DeploymentReport("D-9", START - timedelta(days=1), area="Gulf")]
    assert store.take(unit(deployments=older), unit(minutes=1), unit(minutes=0.5, callsign="Old")) == (2, 1, 1)
    assert (store.row().callsign, store.deployments()) == ("Hawk 1", {"D-1": ("NZAKL", None)})
