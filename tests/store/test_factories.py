"""The factories make rows that both databases accept."""

from datetime import timedelta

from sqlalchemy import func, select

from ops_centre.db import Database
from ops_centre.models import Handling, Hit, Position
from tests import factories
from tests.support.clock import START


def test_every_named_situation_can_be_stored(database: Database) -> None:
    with database.begin() as session:
        feed, lost = factories.make_feed(session), factories.make_lost_feed(session)
        vessel = factories.make_vessel(session, feed)
        factories.make_aircraft(session, feed)
        factories.make_stale_vessel(session, lost)
        factories.make_vessel_across_the_antimeridian(session, feed)
        factories.make_trail(session, vessel, [START - timedelta(minutes=m) for m in range(3)])
        factories.make_target(session, feed, track_id=vessel.id)
        factories.make_restricted_target(session, feed)
        factories.make_deployment(session, factories.make_unit(session, feed))
        factories.make_stood_down_unit(session, feed)
        factories.make_user(session)
    with database.reading() as session:
        counted = [session.scalar(select(func.count()).select_from(table)) for table in (Position, Hit, Handling)]
    assert counted == [3, 2, 2]
