"""Targets in the database: versions, evidence, places, handling, and the track of their subject."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from ops_centre.db import Database
from ops_centre.domain.observations import TargetReport
from ops_centre.domain.places import Gazetteer, Place, PlaceKind
from ops_centre.models import Handling, Hit, Target, Track
from ops_centre.services.handlings import handling_id
from ops_centre.services.ingest_targets import attach_waiting_targets, store_targets, sweep_waiting_targets
from tests.store.situations import Revisions, hit, make_feed, make_track, target
from tests.support.clock import START

PLACES = Gazetteer(
    [
        Place("NZAKL", "Auckland", PlaceKind.PORT, -36.84, 174.77),
        Place("NZAA", "Auckland Airport", PlaceKind.AIRPORT, -37.0, 174.79, ("AKL",)),
    ]
)


class Store:
    """One feed of a database and what is stored for it; a transaction for each call."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.begin() as session:
            self.feed_id = make_feed(session)

    def take(self, *reports: TargetReport) -> tuple[int, int, int | None]:
        """How many were stored, how many were known, and the revision taken."""
        with self.database.begin() as session:
            revisions = Revisions(session)
            tally = store_targets(session, self.feed_id, reports, now=START, revision=revisions, gazetteer=PLACES)
            assert tally.stored + tally.duplicate + len(tally.refused) == len(reports)
            return tally.stored, tally.duplicate, revisions.taken

    def track(self, key: str, **columns: Any) -> int:
        with self.database.begin() as session:
            return make_track(session, self.feed_id, key, **columns)

    def change(self, track_id: int, **columns: Any) -> int:
        """Change a track; how many targets were attached anew or let go."""
        with self.database.begin() as session:
            for name, value in columns.items():
                setattr(session.get_one(Track, track_id), name, value)
            session.flush()
            return attach_waiting_targets(session, [track_id], Revisions(session))

    def sweep(self) -> int:
        with self.database.begin() as session:
            return sweep_waiting_targets(session, Revisions(session))

    def row(self, ref: str = "T-1") -> Target:
        with self.database.reading() as session:
            return session.scalars(select(Target).where(Target.ref == ref)).one()

    def hits(self) -> dict[str, Hit]:
        with self.database.reading() as session:
            return {row.ref: row for row in session.scalars(select(Hit))}


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


@pytest.fixture
def sqlite_store(sqlite_database: Database) -> Store:
    return Store(sqlite_database)


def test_a_new_target_is_stored_with_its_hits_and_handling(store: Store) -> None:
    assert store.take(target(hits=[hit(), hit("H-2", kind="watchlist", criterion="VOI", criterion_version="")])) == (
        1,
        0,
        1,
    )
    row = store.row()
    assert (row.ref_version, row.label, row.identifiers, row.revision) == (1, "SPECIMEN STAR", {"mmsi": 512000123}, 1)
    assert row.reason == "Watchlist VOI · Crew member on list (+1)"
    assert store.hits()["H-1"].source_message == "ANA/1"
    with store.database.reading() as session:
        handling = session.get_one(Handling, row.handling_id)
        assert (handling.owner, handling.marking, handling.releases) == ("CUS", "AMBER", "IMM")


def test_a_lower_or_equal_version_is_a_duplicate_and_changes_nothing(store: Store) -> None:
    store.take(target(version=2))
    assert store.take(target(version=2, label="Other"), target(version=1, label="Other")) == (0, 2, None)
    assert store.row().label == "SPECIMEN STAR"


def test_a_higher_version_replaces_and_keeps_earlier_evidence(store: Store) -> None:
    store.take(target(hits=[hit(), hit("H-2")]))
    assert store.take(target(version=2, severity="top", hits=[hit("H-2", explanation="Mended"), hit("H-3")])) == (
        1,
        0,
        2,
    )
    assert {ref: row.explanation for ref, row in store.hits().items()} == {
        "H-1": "Crew member on list",
        "H-2": "Mended",
        "H-3": "Crew member on list",
    }
    assert (store.row().severity, store.row().revision) == ("top", 2)


def test_two_versions_in_one_batch_count_both_and_keep_the_evidence_of_both(store: Store) -> None:
    assert store.take(target(), target(version=2, label="Later", hits=[hit("H-2")]), target()) == (2, 1, 1)
    assert (store.row().label, set(store.hits())) == ("Later", {"H-1", "H-2"})


def test_the_same_reference_of_another_feed_is_another_target(sqlite_store: Store) -> None:
    sqlite_store.take(target())
    with sqlite_store.database.begin() as session:
        other = make_feed(session, "Second")
        store_targets(session, other, [target()], now=START, revision=Revisions(session), gazetteer=PLACES)
        assert session.scalar(select(func.count()).select_from(Target)) == 2


def test_the_place_comes_from_the_gazetteer_and_the_sources_own_coordinates_win(sqlite_store: Store) -> None:
    sqlite_store.take(
        target("A", place="AKL"),
        target("B", place="NZAKL", place_name="Jellicoe Wharf", place_lat=-36.85, place_lon=174.8),
        target("C", place="NZXXX"),
    )
    rows = [sqlite_store.row(ref) for ref in "ABC"]
    assert [(r.place, r.place_name, r.place_lat, r.place_lon) for r in rows] == [
        ("NZAA", "Auckland Airport", -37.0, 174.79),
        ("NZAKL", "Jellicoe Wharf", -36.85, 174.8),
        ("NZXXX", None, None, None),
    ]


@pytest.mark.parametrize(
    ("identifiers", "track", "columns"),
    [
        ({"mmsi": 512000123}, "mmsi:512000123", {}),
        ({"imo": 9074729}, "mmsi:512000123", {"imo": 9074729}),
        ({"icao24": "c81a2b"}, "icao:c81a2b", {}),
        ({"registration": "zkokm"}, "icao:c81a2b", {"registration": "ZK-OKM"}),
        ({"registration": "ZK-OKM"}, "icao:c81a2b", {"registration": "ZKOKM"}),
        ({"flight": "NZ 0289"}, "icao:c81a2b", {"flight": "ANZ289"}),
        ({"flight": "ANZ289"}, "icao:c81a2b", {"flight": "NZ289"}),
        ({"flight": "nz289"}, "icao:c81a2b", {"callsign": "ANZ289"}),
        ({"flight": "QF1"}, "icao:c81a2b", {"flight": "QFA001"}),
        ({"flight": "EK448", "callsign": "UAE4KQ"}, "icao:c81a2b", {"flight": "UAE4KQ"}),
        ({"name": "SPECIMEN ONE", "flight": "NZ289"}, "icao:c81a2b", {"flight": "ANZ289"}),
        ({"container": "MSKU9070323", "imo": 9074729}, "mmsi:512000123", {"imo": 9074729}),
    ],
)
def test_a_target_finds_the_track_of_its_subject_whichever_comes_first(
    sqlite_store: Store, identifiers: dict[str, Any], track: str, columns: dict[str, Any]
) -> None:
    sqlite_store.take(target("before", identifiers=identifiers))
    assert sqlite_store.row("before").track_id is None
    track_id = sqlite_store.track(track, **columns)
    sqlite_store.take(target("after", identifiers=identifiers))
    assert sqlite_store.row("after").track_id == track_id
    assert sqlite_store.change(track_id) == 1
    assert sqlite_store.row("before").track_id == track_id
    assert sqlite_store.row("before").revision > 1


@pytest.mark.parametrize(
    ("identifiers", "columns"),
    [
        ({"flight": "NZ28"}, {"flight": "ANZ289"}),
        ({"flight": "QF289"}, {"flight": "ANZ289"}),
        ({"mmsi": 512000124, "callsign": "ANZ289"}, {"flight": "ANZ289"}),
        ({"registration": "ZK-OKN"}, {"registration": "ZK-OKM"}),
        ({"container": "MSKU9070323"}, {"flight": "ANZ289"}),
        ({}, {}),
    ],
)
def test_a_target_stays_off_tracks_of_others(
    sqlite_store: Store, identifiers: dict[str, Any], columns: dict[str, Any]
) -> None:
    track_id = sqlite_store.track("icao:c81a2b", **columns)
    sqlite_store.take(target(identifiers=identifiers))
    assert sqlite_store.change(track_id) == 0
    assert sqlite_store.row().track_id is None


@pytest.mark.parametrize(("hours", "attached"), [(2, True), (19, True), (21, False), (-5, True), (-7, False)])
def test_a_flight_number_counts_only_near_its_arrival(sqlite_store: Store, hours: int, attached: bool) -> None:
    sqlite_store.track("icao:c81a2b", flight="ANZ289")
    sqlite_store.take(target(identifiers={"flight": "NZ289"}, arrives_at=START + timedelta(hours=hours)))
    assert (sqlite_store.row().track_id is not None) is attached


def test_the_strongest_identifier_decides(sqlite_store: Store) -> None:
    by_mmsi = sqlite_store.track("mmsi:512000123")
    sqlite_store.track("mmsi:512000999", imo=9074729)
    sqlite_store.take(target(identifiers={"imo": 9074729, "mmsi": 512000123}))
    assert sqlite_store.row().track_id == by_mmsi


def test_of_two_tracks_with_one_imo_number_the_one_heard_last_is_taken(sqlite_store: Store) -> None:
    sqlite_store.track("mmsi:512000001", imo=9074729, heard_at=START - timedelta(hours=1))
    newer = sqlite_store.track("mmsi:512000002", imo=9074729)
    sqlite_store.track("mmsi:512000003", imo=9074729, heard_at=START + timedelta(hours=1), left_at=START)
    sqlite_store.take(target(identifiers={"imo": 9074729}))
    assert sqlite_store.row().track_id == newer


def test_a_target_leaves_an_aircraft_that_flies_as_another_flight_now(sqlite_store: Store) -> None:
    track_id = sqlite_store.track("icao:c81a2b", flight="ANZ289")
    sqlite_store.take(target(identifiers={"flight": "NZ289"}), target("kept", identifiers={"icao24": "c81a2b"}))
    assert sqlite_store.change(track_id, flight="ANZ290") == 1
    assert (sqlite_store.row().track_id, sqlite_store.row("kept").track_id) == (None, track_id)


def test_a_later_version_keeps_the_track_unless_its_identifiers_changed(sqlite_store: Store) -> None:
    track_id = sqlite_store.track("icao:c81a2b", flight="ANZ289")
    sqlite_store.take(target(identifiers={"flight": "NZ289"}))
    sqlite_store.change(track_id, left_at=START)
    sqlite_store.take(target(version=2, identifiers={"flight": "NZ289"}))
    assert sqlite_store.row().track_id == track_id
    sqlite_store.take(target(version=3, identifiers={"flight": "NZ777"}))
    assert sqlite_store.row().track_id is None


def test_a_closed_target_waits_for_no_track(sqlite_store: Store) -> None:
    sqlite_store.take(target(status="missed"))
    assert sqlite_store.change(sqlite_store.track("mmsi:512000123")) == 0


def test_a_sweep_attaches_the_flight_whose_arrival_drew_near(sqlite_store: Store) -> None:
    track_id = sqlite_store.track("icao:c81a2b", flight="ANZ289")
    sqlite_store.track("mmsi:512000123")
    sqlite_store.take(target(identifiers={"flight": "NZ289"}, arrives_at=START + timedelta(hours=30)))
    assert sqlite_store.sweep() == 0
    assert sqlite_store.change(track_id, heard_at=START + timedelta(hours=28), flight=None) == 0
    with sqlite_store.database.begin() as session:
        session.get_one(Track, track_id).flight = "ANZ289"
    assert (sqlite_store.sweep(), sqlite_store.sweep()) == (1, 0)
    assert sqlite_store.row().track_id == track_id


def test_no_tracks_attach_nothing(sqlite_store: Store) -> None:
    with sqlite_store.database.begin() as session:
        assert attach_waiting_targets(session, [], Revisions(session)) == 0


def test_a_handling_is_made_once_whatever_the_order_of_its_releases(store: Store) -> None:
    with store.database.begin() as session:
        first = handling_id(session, "CUS", "AMBER", ["POL", "IMM"])
        assert handling_id(session, "CUS", "AMBER", ("IMM", "POL", "CUS")) == first
        assert handling_id(session, "CUS", "RED", ("IMM", "POL")) != first
        with pytest.raises(ValueError, match="SECRET"):
            handling_id(session, "CUS", "SECRET")


def test_a_thousand_targets_are_stored_in_one_go(store: Store) -> None:
    reports = [target(f"T-{n}", identifiers={"flight": f"NZ{n}", "registration": f"ZK-{n}"}) for n in range(1200)]
    assert store.take(*reports)[:2] == (1200, 0)
    assert store.take(*reports)[:2] == (0, 1200)
