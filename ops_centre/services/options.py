"""Options of a dispatch: gathers what is known of a subject and of every unit the asker may see, and has them reckoned.

Read from the database, not from the present picture, so that what a decision seals is what was stored. A subject may be
asked for by a target, a track, an alert or log entry about one, or a place.
"""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import audience_of
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.authority import AuthorityRule, NeedRule
from ops_centre.domain.landmass import load_coast
from ops_centre.domain.options import Options
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.ranking import Arrival, Bounds, Reckoning
from ops_centre.domain.sea import load_sea
from ops_centre.domain.targeting import OPEN_STATUSES
from ops_centre.domain.travel import Travel
from ops_centre.models import Handling, Target
from ops_centre.picture.plan_rules import paces_of
from ops_centre.services.subjects import Subjects
from ops_centre.services.units_now import units_now

ABOUT = ("target", "track", "alert", "entry", "place")


class UnitOptions:
    """Which units could do it."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, gazetteer: Gazetteer) -> None:
        self.db, self.clock, self.settings, self.gazetteer = db, clock, settings, gazetteer

    def options(self, actor: Actor, kind: str, thing_id: str, /) -> Options:
        """Every unit the actor may see beside one subject, best first.

        Raises NotPermitted without tasking:decide, NotFound (also for what is out of the actor's scope), and Invalid when
        the thing is about nothing that a unit could be sent to.
        """
        authorise(actor, Permission.TASKING_DECIDE)
        with self.db.reading() as session:
            now = self.clock.now()
            revision = int(session.execute(text("SELECT revision FROM picture_clock WHERE id = 1")).scalar_one())
            subject = Subjects(session, self.gazetteer, actor).subject(kind, str(thing_id))
            seen = audience_of(actor, session.scalars(select(Handling)))
            units = units_now(session, self.gazetteer, now, seen.__contains__)
            units = [unit for unit in units if unit.id != subject.unit_id]
            arrivals = _arrivals(session, now, seen)
        return reckoning(self.settings).options(subject, units, arrivals, now, revision)


def _arrivals(session: Session, now: datetime, seen: frozenset[int]) -> list[Arrival]:
    """Where and when open targets that the actor sees arrive."""
    open_ = tuple(status.value for status in OPEN_STATUSES)
    query = select(Target.place, Target.arrives_at, Target.handling_id).where(
        Target.status.in_(open_), Target.arrives_at >= now, Target.place.is_not(None)
    )
    return [(row.place, row.arrives_at) for row in session.execute(query) if row.handling_id in seen]


def reckoning(settings: Settings) -> Reckoning:
    """The reckoning as configured; sea and coast are loaded once in a process."""
    return _reckoning(settings.model_dump_json(include={"options", "needs", "authority"}))


@lru_cache(maxsize=4)
def _reckoning(configured: str) -> Reckoning:
    settings = Settings.model_validate_json(configured)
    block = settings.options
    bounds = Bounds(
        on_scene_min=block.on_scene_minutes,
        stale_after_min=block.stale_after_minutes,
        thin_slack_min=block.thin_slack_minutes,
        shortfall_min=block.shortfall_minutes,
        frees_min=block.frees_within_minutes,
        horizon_h=block.horizon_hours,
        needs=tuple(
            NeedRule(rule.subject, tuple(rule.words), tuple(tuple(need) for need in rule.needs))
            for rule in settings.needs
        ),
        authority=tuple(AuthorityRule(rule.agency, rule.subject, tuple(rule.words)) for rule in settings.authority),
    )
    return Reckoning(Travel(load_coast(), load_sea(), block.road_detour), paces_of(block), bounds)
