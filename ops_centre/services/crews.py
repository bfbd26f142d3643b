"""Who reports for which unit: the accounts in the field, liaisons for their agency, desks by radio."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.auth.roles import HOLDS, Role
from ops_centre.clock import Clock
from ops_centre.db import Database
from ops_centre.domain.tasking import Manner
from ops_centre.errors import Invalid, NotFound, NotPermitted
from ops_centre.models import Unit, UnitCrew, User
from ops_centre.services import audit
from ops_centre.services.account_rules import find_user, may_change_accounts, may_read_accounts
from ops_centre.services.audit import AuditKind
from ops_centre.services.in_scope import sees_handling

EXERCISE_FIELD_ACCOUNT = "field"


def reports_for_own_unit(actor: Actor) -> bool:
    """Whether somebody reports only for the units they are crew of: those who see no taskings but their own."""
    return actor.may(Permission.TASKING_REPORT) and not actor.may(Permission.TASKING_VIEW)


def is_bound_to_agency(actor: Actor) -> bool:
    """Whether somebody speaks only for what their agency owns: they report and do not decide."""
    return actor.may(Permission.TASKING_REPORT) and not actor.may(Permission.TASKING_DECIDE)


def crewed(session: Session, actor: Actor) -> list[int]:
    """Ids of the units whose crew the actor is."""
    return list(session.scalars(select(UnitCrew.unit_id).where(UnitCrew.user_id == actor.user_id)))


def check_speaks_for(session: Session, actor: Actor, unit: Unit, thing_handling: int, called: str) -> None:
    """Raise unless the actor may report for ``unit`` about a thing of that handling.

    NotFound where the actor may not know of the thing, NotPermitted where they may and it is another agency's.
    """
    if reports_for_own_unit(actor):
        if unit.id not in crewed(session, actor):
            raise NotFound(none_to_report(called))
        return
    if not sees_handling(session, actor, thing_handling):
        raise NotFound(none_to_report(called))
    if is_bound_to_agency(actor) and unit.agency != actor.agency:
        raise NotPermitted(f"{unit.callsign} is of {unit.agency}; only its own agency or the duty desk reports for it.")


def none_to_report(called: str) -> str:
    """What is answered about a thing that is not there and about one that somebody may not know of: word for word the same."""
    return f"There is no such {called}, or it is not yours to report on."


def manner_of(actor: Actor, manner: Manner) -> Manner:
    """How a report came: an officer of the centre writes down what a unit said by radio."""
    if actor.may(Permission.TASKING_DECIDE):
        return Manner.RADIO
    return Manner.FIELD if reports_for_own_unit(actor) else manner


class Crews:
    """Gives accounts in the field their units."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.db, self.clock = db, clock

    def assign(self, by: Actor | str, name: str, callsign: str) -> str:
        """Let the account ``name`` report for the unit ``callsign`` and no other; the callsign as it is written.

        ``by`` is an administrator, or `audit.COMMAND_LINE` / `audit.SYSTEM`. Raises NotFound, Invalid.
        """
        with self.db.begin() as session:
            may_change_accounts(session, by)
            user, unit = find_user(session, name), _unit_called(session, callsign)
            _check_crew(user, unit)
            session.execute(delete(UnitCrew).where(UnitCrew.user_id == user.id))
            _add(session, self.clock, by, user, unit)
            return unit.callsign

    def relieve(self, by: Actor | str, name: str) -> None:
        """Let the account report for no unit any more."""
        with self.db.begin() as session:
            may_change_accounts(session, by)
            user = find_user(session, name)
            session.execute(delete(UnitCrew).where(UnitCrew.user_id == user.id))
            audit.record(session, self.clock.now(), AuditKind.CREW_RELIEVED, by, subject=user.name)

    def of_accounts(self, by: Actor | str) -> dict[str, str]:
        """Callsign by sign-in name, for administrators."""
        may_read_accounts(by)
        query = (
            select(User.name, Unit.callsign)
            .join(UnitCrew, UnitCrew.user_id == User.id)
            .join(Unit, Unit.id == UnitCrew.unit_id)
        )
        with self.db.reading() as session:
            return {row.name: row.callsign for row in session.execute(query)}

    def callsigns(self, by: Actor | str) -> list[str]:
        """Callsigns of all units, for administrators."""
        may_read_accounts(by)
        with self.db.reading() as session:
            return sorted(session.scalars(select(Unit.callsign).where(Unit.withdrawn_at.is_(None))))

    def ensure_exercise_crew(self) -> None:
        """In an exercise: give the account "field" a unit of its agency as soon as one is known. Else nothing."""
        with self.db.reading() as session:
            user = session.scalars(select(User).where(User.name == EXERCISE_FIELD_ACCOUNT)).one_or_none()
            if user is None or session.scalars(select(UnitCrew.id).where(UnitCrew.user_id == user.id)).first():
                return
            unit = session.scalars(
                select(Unit)
                .where(Unit.agency == user.agency, Unit.withdrawn_at.is_(None))
                .order_by(Unit.unit_type.desc(), Unit.callsign)
            ).first()
        if unit is not None and _is_in_the_field(user):
            self.assign(audit.SYSTEM, user.name, unit.callsign)


def _is_in_the_field(user: User) -> bool:
    held = HOLDS[Role(user.role)]
    return Permission.TASKING_REPORT in held and Permission.TASKING_VIEW not in held


def _check_crew(user: User, unit: Unit) -> None:
    if not _is_in_the_field(user):
        raise Invalid(f"{user.name} is {user.role}; only a field unit's account reports for one unit.")
    if user.agency != unit.agency:
        raise Invalid(f"{unit.callsign} is of {unit.agency}, {user.name} of {user.agency}.")


def _unit_called(session: Session, callsign: str) -> Unit:
    wanted = " ".join(callsign.split()).upper()
    units = [
        u for u in session.scalars(select(Unit).where(Unit.withdrawn_at.is_(None))) if u.callsign.upper() == wanted
    ]
    if not units:
        raise NotFound(f"No unit is called {callsign!r}.")
    if len(units) > 1:
        raise Invalid(f"{len(units)} units are called {callsign!r}; their agencies must tell them apart first.")
    return units[0]


def _add(session: Session, clock: Clock, by: Actor | str, user: User, unit: Unit) -> None:
    now, name = clock.now(), by.name if isinstance(by, Actor) else by
    session.add(UnitCrew(user_id=user.id, unit_id=unit.id, given_at=now, given_by=name))
    audit.record(session, now, AuditKind.CREW_ASSIGNED, by, subject=user.name, unit=unit.callsign)
