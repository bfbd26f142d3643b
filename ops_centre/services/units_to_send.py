"""Whether the units that an officer chose can be sent now, as the database knows them under the lock."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.domain.options import Option, Options
from ops_centre.domain.units import Availability
from ops_centre.errors import Conflict, Invalid
from ops_centre.models import Tasking, Unit, User
from ops_centre.services.in_scope import in_scope


@dataclass(frozen=True, slots=True)
class Chosen:
    """One unit that is sent, with the option it was shown as."""

    unit: Unit
    option: Option


def units_to_send(session: Session, actor: Actor, options: Options, unit_ids: tuple[int, ...]) -> list[Chosen]:
    """The chosen units, in the order chosen.

    Raises Invalid for one that was not shown, NotFound outside the actor's scope, Conflict for one that is out of service
    or under a tasking.
    """
    if len(set(unit_ids)) != len(unit_ids):
        raise Invalid("A unit was chosen twice.")
    return [_one(session, actor, options, number) for number in unit_ids]


def _one(session: Session, actor: Actor, options: Options, number: int) -> Chosen:
    option = options.of(number)
    if option is None:
        raise Invalid("One of the units was not among the options that were shown.")
    unit = in_scope(session, actor, Unit, number, "unit")
    if unit.withdrawn_at is not None:
        raise Conflict(f"{unit.callsign} is no longer listed by its agency. Choose again.")
    if unit.availability == Availability.OUT_OF_SERVICE:
        why = f" ({unit.out_of_service_reason})" if unit.out_of_service_reason else ""
        raise Conflict(f"{unit.callsign} is out of service{why}. Choose again.")
    _check_free(session, unit)
    return Chosen(unit, option)


def _check_free(session: Session, unit: Unit) -> None:
    under = session.scalars(select(Tasking).where(Tasking.unit_id == unit.id, Tasking.ended_at.is_(None))).first()
    if under is None:
        return
    who = session.scalar(select(User.display_name).where(User.name == under.requested_by)) or under.requested_by
    raise Conflict(
        f"{unit.callsign} was tasked by {who} at {under.requested_at:%H:%M} UTC and is {under.state}. Choose again."
    )
