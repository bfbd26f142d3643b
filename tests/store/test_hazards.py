"""Hazards in the database: what ends what in whichever order it comes, what runs out, who sees it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.domain.hazards import HazardPart, HazardReport, reference_of
from ops_centre.domain.observations import Batch
from ops_centre.errors import NotFound
from ops_centre.models import Alert, Hazard, LogEntry
from ops_centre.services.alert_sweep import AlertSweep
from ops_centre.services.housekeeping import Housekeeping
from tests.factories import actor, make_feed, make_handling, make_unit
from tests.support.clock import START

SQUARE = {"kind": "polygon", "points": [[-36.0, 174.0], [-36.0, 176.0], [-38.0, 176.0], [-38.0, 174.0]]}


def report(number: int = 1, *, of: int | None = None, hours: float = 12, **given: Any) -> HazardReport:
    """Message ``number``, sent so many minutes after the first; ``of``: the one it refers to."""
    part = HazardPart(
        event="Gale", category="Met", urgency="Expected", severity=given.pop("severity", "Severe"), certainty="Likely",
        effective_at=START, expires_at=START + timedelta(hours=hours), headline=f"Gale {number}",
        areas=[{"name": "Hauraki Gulf", "shapes": [SQUARE], "geocodes": []}],
    )  # fmt: skip
    sent = START + timedelta(minutes=number)
    values: dict[str, Any] = {
        "ref": ref(number), "sender": "met", "identifier": str(number), "kind": "Alert", "status": "Actual",
        "scope": "Public", "sent_at": sent, "received_at": START, "marking": "GREEN", "parts": [part],
        "references": (ref(of),) if of else (),
    }  # fmt: skip
    return HazardReport(**values | given)


def ref(number: int) -> str:
    return reference_of("met", str(number), START + timedelta(minutes=number))


class Met:
    """A centre with a feed of warnings."""

    def __init__(self, ops: Any) -> None:
        self.ops = ops
        with ops.db.begin() as session:
            self.feed_id = make_feed(session, "cap", agency="MAR").id

    def take(self, *reports: HazardReport) -> tuple[int, int]:
        taken = self.ops.ingest.take(self.feed_id, Batch(hazards=list(reports)))
        return taken.stored, taken.duplicate

    def shown(self, who: Actor | None = None) -> list[str]:
        with self.ops.db.reading() as session:
            self.ops.picture.live.present.load(session)
        return [row.headline for row in self.ops.picture.hazards(who or actor())]

    def states(self) -> dict[str, str]:
        with self.ops.db.reading() as session:
            return {row.headline: row.state for row in session.scalars(select(Hazard))}


@pytest.fixture
def met(sqlite_ops: Any) -> Met:
    return Met(sqlite_ops)


def test_an_update_replaces_and_a_cancel_ends_on_either_database(ops: Any) -> None:
    met = Met(ops)
    assert met.take(report()) == (1, 0)
    assert met.shown() == ["Gale 1"]
    assert met.take(report(2, of=1, kind="Update"), report()) == (1, 1)
    assert met.shown() == ["Gale 2"]
    assert met.take(report(3, of=2, kind="Cancel")) == (1, 0)
    assert met.shown() == []
    assert met.states() == {"Gale 1": "replaced", "Gale 2": "cancelled", "Gale 3": "cancelled"}


def test_what_comes_out_of_order_ends_the_same(met: Met) -> None:
    met.take(report(3, of=2, kind="Cancel"))
    met.take(report(2, of=1, kind="Update"))
    met.take(report())
    assert met.shown() == []
    assert met.states() == {"Gale 1": "replaced", "Gale 2": "cancelled", "Gale 3": "cancelled"}


def test_an_exercise_never_ends_what_is_real(met: Met) -> None:
    met.take(report(), report(2, of=1, kind="Cancel", status="Exercise"))
    assert met.shown() == ["Gale 1"]


def test_an_acknowledgement_is_kept_in_the_chain_and_shows_nothing(met: Met) -> None:
    met.take(report(), report(2, of=1, kind="Ack", parts=[], note="received"))
    assert met.shown() == ["Gale 1"]
    with met.ops.db.reading() as session:
        number = session.scalars(select(Hazard.id)).one()
    card = met.ops.hazard_reads.card(actor(), number)
    assert [(step.kind, step.is_own) for step in card.steps] == [("Alert", True), ("Ack", False)]


def test_a_hazard_leaves_when_it_runs_out(met: Met) -> None:
    house = Housekeeping(met.ops.db, met.ops.clock, met.ops.settings)
    met.take(report(hours=1), report(2, hours=-1))
    assert met.shown() == ["Gale 1"]
    assert house.end_hazards() == 0
    met.ops.clock.advance(hours=1)
    assert house.end_hazards() == 1
    assert met.shown() == []
    assert set(met.states().values()) == {"expired"}


def test_who_may_not_see_a_hazard_sees_nothing_of_it(met: Met) -> None:
    met.take(report(marking="AMBER"))
    liaison = actor(Role.AGENCY_LIAISON, "POL")
    assert met.shown(liaison) == []
    assert met.shown(actor(Role.DUTY_OFFICER, "MAR")) == ["Gale 1"]
    with pytest.raises(NotFound):
        met.ops.hazard_reads.card(liaison, 1)


def test_the_log_tells_of_grave_hazards_alone(met: Met) -> None:
    met.take(report(), report(2, severity="Minor"))
    with met.ops.db.reading() as session:
        texts = list(session.scalars(select(LogEntry.text).where(LogEntry.kind == "hazard")))
    assert texts == ["Hazard issued: Gale 1 (Severe, Expected), Hauraki Gulf"]


def test_an_alert_is_raised_where_a_grave_hazard_lies_over_a_unit_that_may_be_told_of(met: Met) -> None:
    ops = met.ops
    with ops.db.begin() as session:
        feed = make_feed(session, "deployments", name="Units")
        make_unit(session, feed, callsign="HAWK 2", lat=-37.0, lon=-185.0 + 360.0)
        secret = make_handling(session, "POL", "AMBER")
        make_unit(session, feed, handling=secret, callsign="GHOST", lat=-37.0, lon=175.0)
        make_unit(session, feed, callsign="HAWK 3", lat=-40.0, lon=175.0)
    met.take(report(), report(2, severity="Minor"), report(3, status="Exercise"))
    sweep = AlertSweep(ops.deeds, ops.settings)
    sweep.sweep()
    (alert,) = near(ops)
    assert (alert.subject_kind, alert.title, alert.severity) == ("hazard", "Severe: Gale 1", "high")
    assert alert.text.startswith("It lies over HAWK 2. In force until 18:30 UTC.")
    met.take(report(4, of=1, kind="Cancel"))
    sweep.sweep()
    assert near(ops) == []


def near(ops: Any) -> list[Alert]:
    with ops.db.reading() as session:
        standing = Alert.cause == "hazard near", Alert.cleared_at.is_(None)
        return list(session.scalars(select(Alert).where(*standing)))


def test_times_are_told_apart_by_the_moment_not_the_zone() -> None:
    assert reference_of("a", "b", datetime(2026, 4, 1, tzinfo=UTC)) == "a,b,2026-04-01T00:00:00Z"
