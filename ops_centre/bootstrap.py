"""Joins the parts. The one place that knows them all; nothing runs until a part's `start` is called."""

import logging
import os
import sys
from dataclasses import dataclass

import structlog

from ops_centre.clock import Clock, SystemClock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.places import Gazetteer, load_gazetteer
from ops_centre.domain.zones import Zones
from ops_centre.picture.reads import Picture
from ops_centre.services.accounts import Accounts
from ops_centre.services.feed_records import FeedRecords
from ops_centre.services.ingest import Ingest
from ops_centre.services.saved_views import SavedViews


@dataclass(slots=True)
class OpsCentre:
    """The centre, joined."""

    settings: Settings
    clock: Clock
    db: Database
    zones: Zones
    gazetteer: Gazetteer
    accounts: Accounts
    saved_views: SavedViews
    feeds: FeedRecords
    ingest: Ingest
    picture: Picture

    def close(self) -> None:
        """Stop what runs and close the database."""
        self.picture.live.stop()
        self.db.dispose()


def bootstrap(settings: Settings, clock: Clock | None = None) -> OpsCentre:
    """The centre for ``settings``. Opens the database but changes nothing in it. Raises ConfigError."""
    clock = clock or SystemClock()
    db = Database(settings.database_url)
    zones = Zones.load(settings.zones_path)
    gazetteer = load_gazetteer()
    return OpsCentre(
        settings=settings,
        clock=clock,
        db=db,
        zones=zones,
        gazetteer=gazetteer,
        accounts=Accounts(db, clock, settings),
        saved_views=SavedViews(db, clock),
        feeds=FeedRecords(db, clock),
        ingest=Ingest(db, clock, zones, gazetteer),
        picture=Picture(db, clock, settings, gazetteer),
    )


def log_to_terminal() -> None:
    """Plain log lines on standard error; ``OPS_LOG=debug`` says more."""
    level = logging.DEBUG if os.environ.get("OPS_LOG", "").lower() == "debug" else logging.INFO
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
