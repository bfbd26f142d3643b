"""What the phone page of a unit shows: its own tasking and no more than it needs."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.tasking import TaskingState
from ops_centre.errors import NotFound
from ops_centre.models import Debrief, DebriefPoint, Outcome, Tasking, Unit, UnitCrew, User
from ops_centre.picture.debrief_subjects import open_to_unit
from ops_centre.picture.dispatch_reads import audience, moves_of
from ops_centre.picture.dispatch_views import FieldDebrief, FieldTasking, FieldUnit, FieldView

ENDED_SHOWN = timedelta(hours=2)  # so that a unit that had no line learns what became of its tasking


class FieldReads:
    """Reads of the phone page."""

    def __init__(self, db: Database, clock: Clock, settings: Settings) -> None:
        self.db, self.clock, self.settings = db, clock, settings

    def view(self, actor: Actor, unit_id: int | None = None) -> FieldView:
        """The page for a unit of the actor's: their only one, the chosen one, or the first under a tasking.

        An account in the field has the units it is crew of; a liaison all of their agency. Raises NotFound for another.
        """
        authorise(actor, Permission.TASKING_REPORT)
        now = self.clock.now()
        with self.db.reading() as session:
            units = _units(session, actor)
            unit = next((one for one in units if one.id == unit_id), None) if unit_id is not None else _first(units)
            if unit_id is not None and unit is None:
                raise NotFound("There is no such unit, or it is not yours.")
            taskings = _taskings(session, actor, unit.id, now) if unit is not None else []
            return FieldView(
                actor.name, actor.display_name, tuple(units), unit,
                tuple(_tasking(session, one) for one in taskings), self.settings.dispatch.contact or None, now,
                tuple(_debrief(session, one, unit) for one in open_to_unit(session, unit)) if unit is not None else (),
            )  # fmt: skip


def _units(session: Session, actor: Actor) -> list[FieldUnit]:
    query = select(Unit, Tasking.id).outerjoin(Tasking, (Tasking.unit_id == Unit.id) & Tasking.ended_at.is_(None))
    if actor.may(Permission.TASKING_VIEW):
        query = query.where(Unit.agency == actor.agency, Unit.handling_id.in_(audience(session, actor)))
    else:
        query = query.where(Unit.id.in_(select(UnitCrew.unit_id).where(UnitCrew.user_id == actor.user_id)))
    there = or_(Unit.withdrawn_at.is_(None), Tasking.id.is_not(None))  # a tasking outlasts a unit's line in a feed
    rows = session.execute(query.where(there).order_by(Unit.callsign))
    return [FieldUnit(unit.id, unit.callsign, unit.agency, unit.unit_type, number) for unit, number in rows]


def _first(units: list[FieldUnit]) -> FieldUnit | None:
    return next((unit for unit in units if unit.tasking_id is not None), units[0] if len(units) == 1 else None)


def _taskings(session: Session, actor: Actor, unit_id: int, now: datetime) -> list[Tasking]:
    query = select(Tasking).where(
        Tasking.unit_id == unit_id, or_(Tasking.ended_at.is_(None), Tasking.ended_at > now - ENDED_SHOWN)
    )
    if actor.may(Permission.TASKING_VIEW):
        query = query.where(Tasking.handling_id.in_(audience(session, actor)))
    return list(session.scalars(query.order_by(Tasking.ended_at.is_not(None), Tasking.id.desc()).limit(5)))


def _tasking(session: Session, tasking: Tasking) -> FieldTasking:
    result = session.scalars(
        select(Outcome).where(Outcome.tasking_id == tasking.id).order_by(Outcome.id.desc()).limit(1)
    ).first()
    who = session.scalar(select(User.display_name).where(User.name == tasking.requested_by)) or tasking.requested_by
    return FieldTasking(
        tasking.id, tasking.subject, tasking.intent, tasking.state, tasking.requested_at, who, tasking.meet_place,
        tasking.meet_lat, tasking.meet_lon, tasking.meet_at, tasking.accept_by, tasking.due_at, tasking.checked_in_at,
        tasking.ended_at, tasking.end_reason, moves_of(tasking),
        tasking.state == TaskingState.COMPLETE and result is None, _said(result),
        tasking.execution,
    )  # fmt: skip


def _debrief(session: Session, debrief: Debrief, unit: FieldUnit) -> FieldDebrief:
    own = select(DebriefPoint).where(
        DebriefPoint.debrief_id == debrief.id, DebriefPoint.by_unit == unit.callsign, DebriefPoint.struck_at.is_(None)
    )
    said = tuple((one.head, one.text, one.at) for one in session.scalars(own.order_by(DebriefPoint.id)))
    return FieldDebrief(debrief.id, debrief.sort, debrief.about_label, debrief.meant, debrief.due_at, said)


def _said(outcome: Outcome | None) -> str | None:
    if outcome is None:
        return None
    return ", ".join(part for part in (outcome.result, outcome.reason, outcome.finding) if part)
