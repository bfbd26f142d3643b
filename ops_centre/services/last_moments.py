"""Keeps the last responsible moment of every open target true, for the wall, for the alerts and for whoever sorts by it.

Properties: a target is touched only when its moment moved by more than `MOVED`, or its unit or note changed; a moment that
has passed stays as it was until a later one turns up; nothing is reckoned for what arrived. It is reckoned from units that
the centre itself may see, and a note names no unit, for a target's readers need not know of the unit.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.policy import rule_of
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.geo import Point
from ops_centre.domain.handling import may_see
from ops_centre.domain.landmass import Floats
from ops_centre.domain.meeting import Subject, meeting_of
from ops_centre.domain.moments import Moment, Roster, moved
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.ranking import Reckoning
from ops_centre.domain.targeting import OPEN_STATUSES
from ops_centre.domain.travel import UnitNow
from ops_centre.models import Handling, Target, Track
from ops_centre.services.chunks import chunks
from ops_centre.services.deeds import Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.options import reckoning
from ops_centre.services.subjects import subject_of
from ops_centre.services.units_now import units_now

MOVED = timedelta(seconds=30)
_OPEN = tuple(status.value for status in OPEN_STATUSES)
NO_ARRIVAL = "No place and time of arrival are known."


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is stored of one target."""

    subject: Subject
    lrm_at: datetime | None
    unit_id: int | None
    note: str | None


class LastMoments:
    """The worker's duty."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, gazetteer: Gazetteer, deeds: Deeds) -> None:
        self.db, self.clock, self.settings, self.gazetteer, self.deeds = db, clock, settings, gazetteer, deeds

    def refresh(self) -> int:
        """Reckon all of them anew and store those that changed. How many."""
        now = self.clock.now()
        with self.db.reading() as session:
            kept = self._targets(session)
            seen = self._seen(session)
            units = units_now(session, self.gazetteer, now, seen.__contains__)
        changed = {
            number: moment
            for number, moment in _Moments(reckoning(self.settings), units, now).of(kept)
            if _is_news(kept[number], moment, now)
        }
        return self._store(changed) if changed else 0

    def _seen(self, session: Session) -> frozenset[int]:
        agency = self.settings.centre.agency
        rules = ((row.id, rule_of(row)) for row in session.scalars(select(Handling)))
        return frozenset(number for number, rule in rules if may_see(rule, agency=agency, sees_restricted=False))

    def _targets(self, session: Session) -> dict[int, _Kept]:
        targets = list(session.scalars(select(Target).where(Target.status.in_(_OPEN))))
        for some in chunks({target.track_id for target in targets if target.track_id is not None}):
            list(session.scalars(select(Track).where(Track.id.in_(some))))  # in the session from here on
        list(session.scalars(select(Handling)))
        return {
            target.id: _Kept(
                subject_of(session, target, ("target", str(target.id)), self.gazetteer),
                target.lrm_at,
                target.lrm_unit_id,
                target.lrm_note,
            )
            for target in targets
        }

    def _store(self, changed: dict[int, Moment]) -> int:
        stored = 0
        with self.deeds.begin("system", "last moments") as deed:
            lock_log(deed.session)  # whoever changes targets goes in one order, though nothing is logged here
            for some in chunks(changed):
                for target in deed.session.scalars(select(Target).where(Target.id.in_(some), Target.status.in_(_OPEN))):
                    moment = changed[target.id]
                    target.lrm_at, target.lrm_unit_id, target.lrm_note = moment.at, moment.unit_id, moment.note
                    deed.touch(target)
                    stored += 1
        return stored


class _Moments:
    """The moments of many targets: each place is measured once."""

    def __init__(self, reckoning: Reckoning, units: list[UnitNow], now: datetime) -> None:
        self.reckoning, self.units, self.now = reckoning, units, now
        self.roster = Roster(units, reckoning.prepares(units), now)
        self._speeds = reckoning.speeds(units)
        self._travel: dict[Point, Floats] = {}

    def of(self, kept: dict[int, _Kept]) -> list[tuple[int, Moment]]:
        """By target."""
        return [(number, self._moment(one.subject)) for number, one in kept.items() if not self._is_over(one)]

    def _is_over(self, one: _Kept) -> bool:
        arrival = one.subject.arrives_at
        return arrival is not None and arrival < self.now and (one.lrm_at is not None or one.note is not None)

    def _moment(self, subject: Subject) -> Moment:
        spot = subject.spot
        if spot is None:
            return Moment(None, None, NO_ARRIVAL)
        bounds = self.reckoning.bounds
        meeting = meeting_of(subject, self.now, self.reckoning.travel.sea, bounds.horizon_h)
        if not meeting.bound or meeting.until is None:
            return Moment(None, None, NO_ARRIVAL)
        return self.reckoning.moment(self.roster, subject, self._travel_min(spot), meeting.until)

    def _travel_min(self, spot: Point) -> Floats:
        if spot not in self._travel:
            with np.errstate(invalid="ignore"):
                self._travel[spot] = self.reckoning.to_spot(self.units, spot) / self._speeds * 60.0
        return self._travel[spot]


def _is_news(kept: _Kept, moment: Moment, now: datetime) -> bool:
    passed = kept.lrm_at is not None and kept.lrm_at < now
    if passed and (moment.at is None or moment.at < now):
        return False
    same = (kept.unit_id, kept.note) == (moment.unit_id, moment.note)
    return not same or moved(kept.lrm_at, moment.at, by=MOVED)
