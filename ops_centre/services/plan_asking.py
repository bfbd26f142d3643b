"""What is asked of the plan, and whether it makes sense at all, whatever else is booked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ops_centre.auth.actor import Actor
from ops_centre.auth.plan_rights import may_plan
from ops_centre.config import Planning
from ops_centre.domain import geo
from ops_centre.domain.places import Gazetteer
from ops_centre.domain.planning import OWN, BookingKind
from ops_centre.errors import Invalid, NotPermitted

LONGEST = timedelta(days=400)
SHORTEST = timedelta(minutes=5)
MOST_CREW = 500
MOST_NOTE = 2000

Reasons = Mapping[str, str]  # by kind of conflict; under "" for all of them


@dataclass(frozen=True, slots=True)
class Wanted:
    """An assignment as it is asked for. A place (code), a position, or neither: where its operation is."""

    unit_id: int
    kind: BookingKind
    starts_at: datetime
    ends_at: datetime
    operation_id: int | None = None
    place: str | None = None
    lat: float | None = None
    lon: float | None = None
    crew: int | None = None
    note: str | None = None
    needs: tuple[str, ...] = ()  # capabilities, any one of which is asked for beside what the operation asks for


def check_sense(wanted: Wanted, gazetteer: Gazetteer, limits: Planning, now: datetime) -> None:
    """Raises Invalid, saying what would be right."""
    if wanted.kind not in OWN:
        raise Invalid(f"{wanted.kind} cannot be planned; only {', '.join(sorted(OWN))}.")
    if wanted.ends_at - wanted.starts_at < SHORTEST:
        raise Invalid("It must end at least five minutes after it begins.")
    if wanted.ends_at - wanted.starts_at > LONGEST or wanted.ends_at > now + timedelta(days=limits.ahead_days):
        raise Invalid(f"Nothing is planned further ahead than {limits.ahead_days} days.")
    if wanted.ends_at <= now:
        raise Invalid("That time lies behind us.")
    if (wanted.operation_id is None) == (wanted.kind is BookingKind.OPERATION):
        raise Invalid("Name the operation for an assignment to one, and for no other.")
    _check_where(wanted, gazetteer)
    if wanted.crew is not None and not 1 <= wanted.crew <= MOST_CREW:
        raise Invalid(f"A crew is 1 to {MOST_CREW} people.")
    if len(wanted.note or "") > MOST_NOTE:
        raise Invalid(f"A note has at most {MOST_NOTE} characters.")


def _check_where(wanted: Wanted, gazetteer: Gazetteer) -> None:
    if wanted.place is not None and gazetteer.get(wanted.place) is None:
        raise Invalid(f"There is no place {wanted.place[:40]!r}; use its code, such as NZAKL.")
    if (wanted.lat is None) != (wanted.lon is None):
        raise Invalid("A position is a latitude and a longitude.")
    if wanted.lat is not None and wanted.lon is not None:
        if wanted.place is not None:
            raise Invalid("Give a place or a position, not both.")
        if not (abs(wanted.lat) <= 90 and -180 <= wanted.lon < 180 and geo.is_position(wanted.lat, wanted.lon)):
            raise Invalid("That is no position: latitude -90 to 90, longitude -180 to 180.")
    elif wanted.kind is BookingKind.DEPLOYMENT and wanted.place is None:
        raise Invalid("Say where it is deployed: a place or a position.")


def check_may_plan(actor: Actor, callsign: str, agency: str) -> None:
    """Raises NotPermitted."""
    if not may_plan(actor, agency):
        raise NotPermitted(f"{callsign} is {agency}'s: you may plan units of {actor.agency} only.")
