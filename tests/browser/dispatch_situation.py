"""A target that several units can meet, put into a running centre beside those of its exercise."""

from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy import select

from ops_centre.db import Database, next_revision
from ops_centre.models import FeedRecord, Hit
from tests.factories import make_target, make_unit
from tests.support.product import Product

_numbers = count(1)
SOURCE_TEXT = "<message><rule>7</rule><note>seals differ from the manifest</note></message>"


def make_situation(product: Product, units: int = 3, label: str = "") -> tuple[int, list[str]]:
    """A vessel that arrives at Auckland in three hours, and customs teams that wait there; its number, their callsigns."""
    database, number, now = Database(product.settings.database_url), next(_numbers), datetime.now(UTC)
    callsigns = [f"PIER {number}{letter}" for letter in "ABCDEFGH"[:units]]
    try:
        with database.begin() as session:
            feed = session.scalars(select(FeedRecord).where(FeedRecord.name == "Targeting")).one()
            told = {"issued_at": now, "received_at": now, "updated_at": now, "arrives_at": now + timedelta(hours=3)}
            target = make_target(session, feed, ref=f"test-{number}", label=label or f"TEST VESSEL {number}", **told)
            hit = session.scalars(select(Hit).where(Hit.target_id == target.id)).one()
            hit.source_text = SOURCE_TEXT
            for place, callsign in enumerate(callsigns):
                make_unit(
                    session, feed, ref=f"test-{callsign}", callsign=callsign, position_at=now, reported_at=now,
                    received_at=now, capabilities=["boarding", "vessel inspection"], lat=-36.84 - place / 50,
                    revision=0,
                )  # fmt: skip
            session.flush()
            revision = next_revision(session)
            for row in session.identity_map.values():
                if hasattr(row, "revision"):
                    row.revision = revision
            return target.id, callsigns
    finally:
        database.dispose()
