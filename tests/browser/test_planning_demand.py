"""Sufficiency and proposals in a real browser: a place runs short, the solver proposes, a person chooses and approves."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from ops_centre.db import Database, next_revision
from ops_centre.models import Assignment, FeedRecord, Unit
from tests.browser.test_dispatch import go
from tests.factories import make_target, make_unit
from tests.support.browser import Watched
from tests.support.product import PASSWORD, Product

SPOTS = {"NZTIU": ("COVER SOUTH", -44.30, 171.20), "NZGIS": ("COVER NORTH", -38.60, 177.95)}


def two_places_run_short(product: Product) -> None:
    """A top target arrives at Timaru and at Gisborne in ten hours; near each waits a team whose roster nobody knows."""
    database, now = Database(product.settings.database_url), datetime.now(UTC)
    try:
        with database.begin() as session:
            feed = session.scalars(select(FeedRecord).where(FeedRecord.name == "Targeting")).one()
            told = {"issued_at": now, "received_at": now, "updated_at": now, "arrives_at": now + timedelta(hours=10)}
            for code, (callsign, lat, lon) in SPOTS.items():
                make_target(session, feed, ref=f"cover-{code}", label=f"{code} VESSEL", place=code, severity="top",
                            action=None, place_lat=None, place_lon=None, place_name=None, **told)  # fmt: skip
                make_unit(session, feed, ref=callsign, callsign=callsign, position_at=now, reported_at=now, received_at=now,
                          capabilities=["boarding"], lat=lat, lon=lon, revision=0)  # fmt: skip
            session.flush()
            revision = next_revision(session)
            for row in session.identity_map.values():
                if hasattr(row, "revision"):
                    row.revision = revision
    finally:
        database.dispose()


def assigned(product: Product) -> list[tuple[str, str | None]]:
    """Callsign and place of what came out of proposals."""
    database = Database(product.settings.database_url)
    try:
        with database.reading() as session:
            query = select(Unit.callsign, Assignment.place).join(Unit, Unit.id == Assignment.unit_id)
            return [tuple(row) for row in session.execute(query.where(Assignment.proposal_id.is_not(None)))]
    finally:
        database.dispose()


@pytest.mark.timeout(240)
def test_a_shortfall_is_covered_by_a_proposal_that_a_person_chose_from(
    centre: Product, open_page: Callable[..., Watched]
) -> None:
    centre.add_user("test.proposer", "operation commander", "OPS")
    two_places_run_short(centre)
    watched = open_page(centre)
    watched.sign_in("test.proposer", PASSWORD)
    watched.wait_for_picture()
    page = watched.page

    go(page, "/planning/sufficiency")
    timaru = page.locator("#planning-sufficiency tbody tr", has_text="NZTIU")
    expect(timaru.locator("summary.demand-short").first).to_contain_text("short")
    page.get_by_role("button", name="Propose how to cover it").click()
    expect(page.locator("#shell-said")).to_contain_text("is being worked out")

    go(page, "/planning/proposals")
    changes = page.locator("#planning-proposals .proposal-changes tbody")
    south, north = (changes.locator("tr", has_text=name) for name in ("COVER SOUTH", "COVER NORTH"))
    expect(south.first).to_contain_text("Timaru", timeout=60_000)
    while north.get_by_role("button", name=re.compile("Leave out")).count():
        left = north.get_by_role("button", name=re.compile("Leave out")).count()
        north.get_by_role("button", name=re.compile("Leave out")).first.click()
        expect(north.get_by_role("button", name=re.compile("Leave out"))).to_have_count(left - 1)
    expect(north.first).to_contain_text("left out by test.proposer")

    page.get_by_role("button", name=re.compile(r"Approve \d+ change")).click()
    page.locator("#shell-ask").get_by_role("button", name="Yes").click()
    expect(page.locator("#planning-proposals .proposal")).to_contain_text("It was approved by test.proposer")
    made = assigned(centre)
    assert ("COVER SOUTH", "NZTIU") in made
    assert "COVER NORTH" not in dict(made)

    go(page, "/planning/sufficiency")
    expect(timaru).to_contain_text("COVER SOUTH")
    assert watched.faults() == []
