"""People and goods of movements in the database: once each, replaced and withdrawn, assessed, traced, forgotten in time."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.domain.movements import ManifestReport, SubjectReport
from ops_centre.domain.observations import Batch
from ops_centre.errors import Conflict, Invalid, NotFound, NotPermitted
from ops_centre.models import AuditEvent, Hit, LogEntry, ManifestSubject, Movement, Target
from ops_centre.picture import manifest_reads
from ops_centre.services.housekeeping import Housekeeping
from tests.factories import actor, make_feed
from tests.support.clock import START

OFFICER = actor(Role.TARGETER, "IMM")


def person(name: str, **told: Any) -> SubjectReport:
    particulars = {"surname": name, "documents": [{"kind": "passport", "number": f"P{name}"}], **told}
    return SubjectReport("person", f"digest of {name}", f"{name}, A", particulars, f"NAD+FL+++{name}:A")


def listed(number: int, *names: str, **given: Any) -> ManifestReport:
    values: dict[str, Any] = {
        "message": f"ABC/77/{number}", "document": "745", "digest": f"digest {number}", "form": "PAXLST",
        "function": "original", "movement": "flight|NZ102|2026-04-01|SYD|AKL", "kind": "flight", "number": "NZ102",
        "carrier": "NZ", "craft_name": "", "identifiers": {"flight": "NZ102"}, "origin": "SYD", "destination": "AKL",
        "departs_at": START, "arrives_at": START + timedelta(hours=3), "received_at": START, "marking": "AMBER+STRICT",
        "subjects": [person(name) for name in names],
    }  # fmt: skip
    return ManifestReport(**values | given)


class Desk:
    """A centre with a feed of passenger lists of the immigration service."""

    def __init__(self, ops: Any) -> None:
        self.ops = ops
        with ops.db.begin() as session:
            self.feed_id = make_feed(session, "edifact", agency="IMM").id

    def take(self, *reports: ManifestReport) -> tuple[int, int]:
        taken = self.ops.ingest.take(self.feed_id, Batch(manifests=list(reports)))
        assert taken.received == taken.stored + taken.duplicate
        return taken.stored, taken.duplicate

    def states(self) -> dict[str, str]:
        with self.ops.db.reading() as session:
            return {row.label[0]: row.state for row in session.scalars(select(ManifestSubject))}

    def id_of(self, name: str) -> int:
        with self.ops.db.reading() as session:
            wanted = select(ManifestSubject.id).where(ManifestSubject.label == f"{name}, A")
            return session.scalars(wanted).one()

    def movement(self, who: Actor = OFFICER) -> Any:
        (row,) = self.ops.manifest_reads.movements(who)
        return row

    def rows(self, model: Any) -> list[Any]:
        with self.ops.db.reading() as session:
            return list(session.scalars(select(model)))


@pytest.fixture
def desk(sqlite_ops: Any) -> Desk:
    return Desk(sqlite_ops)


def test_a_list_is_taken_once_on_either_database(ops: Any) -> None:
    desk = Desk(ops)
    assert desk.take(listed(1, "A", "B"), listed(1, "A", "B")) == (1, 1)
    assert desk.take(listed(1, "A", "B")) == (0, 1)
    assert desk.take(listed(2, "B", "C")) == (1, 0)
    row = desk.movement()
    assert (row.number, row.persons, row.awaiting, row.marking) == ("NZ102", 3, 3, "AMBER+STRICT")
    answer = ops.manifests.make_target(OFFICER, desk.id_of("C"), "high", "Known to travel for others.", "request-1")
    assert (
        ops.manifests.clear(OFFICER, [desk.id_of("A"), desk.id_of("B")], "Crew of old")["said"] == "Cleared 2 persons."
    )
    row = desk.movement()
    assert (row.awaiting, row.targets, answer["target"]) == (0, 1, 1)
    assert Housekeeping(ops.db, ops.clock, ops.settings).purge_manifests() == 0
    ops.clock.advance(days=31)
    assert Housekeeping(ops.db, ops.clock, ops.settings).purge_manifests() == 2
    assert desk.states() == {"C": "target"}


def test_a_replacement_withdraws_whom_it_does_not_name_of_the_same_list(desk: Desk) -> None:
    desk.take(listed(1, "A", "B"), listed(2, "X", document="250"))
    desk.take(listed(3, "B", "C", function="replacement"))
    assert desk.states() == {"A": "withdrawn", "B": "awaiting", "C": "awaiting", "X": "awaiting"}


def test_a_cancellation_withdraws_whom_it_names_or_everybody(desk: Desk) -> None:
    desk.take(listed(1, "A", "B", "C"), listed(2, "A", function="cancellation"))
    assert desk.states() == {"A": "withdrawn", "B": "awaiting", "C": "awaiting"}
    desk.take(listed(3, function="cancellation"))
    assert set(desk.states().values()) == {"withdrawn"}


def test_who_was_cleared_and_is_then_told_of_differently_awaits_again_and_a_target_stays_one(desk: Desk) -> None:
    desk.take(listed(1, "A", "B"))
    desk.ops.manifests.clear(OFFICER, [desk.id_of("A")], "Nothing known")
    desk.ops.manifests.make_target(OFFICER, desk.id_of("B"), "normal", "Ticket paid in cash")
    changed = [person("A", nationality="XXA"), person("B", nationality="XXA")]
    desk.take(listed(2, subjects=changed, function="change"))
    assert desk.states() == {"A": "awaiting", "B": "target"}
    desk.take(listed(3, function="cancellation"))
    assert desk.states() == {"A": "withdrawn", "B": "target"}


def test_a_target_leads_back_to_its_message(desk: Desk) -> None:
    desk.take(listed(1, "A"))
    desk.ops.manifests.make_target(OFFICER, desk.id_of("A"), "top", "Matches a request")
    (target,), (hit,) = desk.rows(Target), desk.rows(Hit)
    assert (target.subject_kind, target.severity, target.status, target.place) == ("person", "top", "new", "NZAA")
    assert target.identifiers["documents"] == ["PA"]
    assert (hit.kind, hit.explanation, hit.source_message) == ("manual", "Matches a request", "ABC/77/1")
    assert hit.source_text == "NAD+FL+++A:A"
    with desk.ops.db.reading() as session:
        rule = desk.ops.picture.live.present
        rule.load(session)
    assert [row.marking for row in desk.ops.picture.targets(OFFICER)] == ["AMBER+STRICT"]
    assert desk.ops.picture.targets(actor(Role.TARGETER, "POL")) == []


def test_every_look_is_recorded_and_says_nothing_of_what_was_sought(desk: Desk) -> None:
    desk.take(listed(1, "A", "B"))
    view = desk.ops.manifests.look(OFFICER, desk.movement().id, "pb")
    assert [row.label for row in view.subjects] == ["B, A"]
    events = [event for event in desk.rows(AuditEvent) if event.kind == "manifest seen"]
    assert [(event.subject, event.detail) for event in events] == [("movement 1", {"shown": 1, "searched": True})]


def test_the_log_counts_and_names_nobody_who_was_cleared(desk: Desk) -> None:
    desk.take(listed(1, "ANNA"))
    desk.ops.manifests.clear(OFFICER, [desk.id_of("ANNA")], "Anna is the pilot's wife")
    texts = " ".join(f"{entry.text} {entry.detail}" for entry in desk.rows(LogEntry))
    assert "Assessed 1 person of flight NZ102: cleared." in texts
    assert "ANNA" not in texts.upper()


def test_nobody_else_sees_a_movement_and_a_wall_sees_none(desk: Desk) -> None:
    desk.take(listed(1, "A"))
    assert desk.ops.manifest_reads.movements(actor(Role.TARGETER, "POL")) == []
    with pytest.raises(NotFound):
        desk.ops.manifests.look(actor(Role.TARGETER, "POL"), 1)
    with pytest.raises(NotFound):
        desk.ops.manifests.clear(actor(Role.TARGETER, "POL"), [desk.id_of("A")], "no")
    with pytest.raises(NotPermitted):
        desk.ops.manifest_reads.movements(actor(Role.WALL, "IMM"))
    with pytest.raises(NotPermitted):
        desk.ops.manifests.clear(actor(Role.AGENCY_LIAISON, "IMM"), [1], "no")


def test_an_assessment_needs_a_word_and_is_made_once(desk: Desk) -> None:
    desk.take(listed(1, "A"))
    number = desk.id_of("A")
    with pytest.raises(Invalid):
        desk.ops.manifests.clear(OFFICER, [number], "  ")
    with pytest.raises(Invalid):
        desk.ops.manifests.make_target(OFFICER, number, "awful", "because")
    desk.ops.manifests.clear(OFFICER, [number], "Nothing known")
    with pytest.raises(Conflict):
        desk.ops.manifests.make_target(OFFICER, number, "high", "because")
    with desk.ops.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Movement)) == 1


def test_a_list_prepared_before_its_cancellation_brings_nobody_back(desk: Desk) -> None:
    early, late = START - timedelta(hours=2), START - timedelta(hours=1)
    desk.take(listed(1, "A", function="cancellation", prepared_at=late, subjects=[person("A")]))
    desk.take(listed(2, "A", "B", prepared_at=early))  # came in after it was cancelled
    assert desk.states() == {"A": "withdrawn", "B": "awaiting"}
    desk.take(listed(3, function="cancellation", prepared_at=START))
    desk.take(listed(4, "A", "B", "C", prepared_at=early))
    assert desk.states() == {"A": "withdrawn", "B": "withdrawn", "C": "withdrawn"}
    desk.take(listed(5, "B", prepared_at=START + timedelta(minutes=1)))
    assert desk.states()["B"] == "awaiting"


def test_a_list_prepared_before_its_replacement_neither_adds_nor_changes_anybody(desk: Desk) -> None:
    early, late = START - timedelta(hours=2), START - timedelta(hours=1)
    desk.take(listed(1, function="replacement", prepared_at=late, subjects=[person("A", born="1964-07-12")]))
    desk.take(listed(2, prepared_at=early, subjects=[person("A", born="1946-07-12"), person("B")]))
    assert desk.states() == {"A": "awaiting", "B": "withdrawn"}
    assert {row.particulars.get("born") for row in desk.rows(ManifestSubject) if row.state == "awaiting"} == {
        "1964-07-12"
    }


def test_the_list_begins_with_who_comes_next_and_says_how_many_it_leaves_off(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest_reads, "MOST_MOVEMENTS", 2)
    for place, hours in enumerate((-4, 5, 2, -1)):
        at = {"movement": f"m{place}", "number": f"NZ{hours}", "arrives_at": START + timedelta(hours=hours)}
        desk.take(ManifestReport(**{**asdict(listed(place)), **at, "subjects": [person("A")]}))
    reads = desk.ops.manifest_reads
    assert [row.number for row in reads.movements(OFFICER)] == ["NZ2", "NZ5"]
    assert (reads.count(OFFICER).movements, reads.count(OFFICER).awaiting, reads.count(OFFICER, "NZ-1").movements) == (
        4,
        4,
        1,
    )
