"""Reads what sufficiency is reckoned from, as one reader may know of it: arrivals, and units with what they are to do.

What the reader may not see is not counted, neither as demand nor as supply. Two readers may so be told different numbers of
one place; nobody can tell from a number, a ring or a word that there is a target, a unit or an assignment they may not see.
A few queries of columns; rows are never changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ops_centre.config import Settings
from ops_centre.domain.authority import AuthorityRule, Demand, NeedRule, demand_of
from ops_centre.domain.crewing import Duty
from ops_centre.domain.places import Gazetteer, Place
from ops_centre.domain.sufficiency import Expected, Holder, Rules, Span, laid_over
from ops_centre.domain.targeting import OPEN_STATUSES
from ops_centre.domain.units import Availability, OutOfService
from ops_centre.models import Assignment, Deployment, Operation, Target, Tasking, Track, Unit

Seen = Callable[[int], bool]  # whether the reader may see what is handled so (id of the handling)
LASTS = timedelta(hours=2)  # what is taken of a tasking that does not say when it ends
HEARD_WITHIN = timedelta(days=7)  # a craft silent for longer is not expected by its own word
_OPEN = tuple(status.value for status in OPEN_STATUSES)


@dataclass(frozen=True, slots=True)
class Needs:
    """What arrivals ask for, from the settings."""

    rules: Rules
    needs: tuple[NeedRule, ...]
    authority: tuple[AuthorityRule, ...]
    arrivals: tuple[tuple[str, tuple[str, ...], float], ...]  # kind of craft nobody targeted, capabilities, hours
    out_lasts: timedelta  # how long a unit out of service is taken to be so
    places: tuple[str, ...]  # how the codes of our own places begin

    def is_ours(self, place: Place) -> bool:
        """Whether the centre looks after a place."""
        return not self.places or place.code.startswith(self.places)

    def of_target(self, subject: str, action: str | None) -> Demand:
        """What a target asks for."""
        return demand_of(self.needs, self.authority, subject, action)


def needs_of(settings: Settings) -> Needs:
    """As configured."""
    block = settings.sufficiency
    return Needs(
        Rules(
            {"top": block.top_hours, "high": block.high_hours, "normal": block.normal_hours},
            block.post_hours,
            block.block_hours,
            block.present_share,
            timedelta(hours=block.overdue_hours),
        ),
        tuple(
            NeedRule(rule.subject, tuple(rule.words), tuple(tuple(need) for need in rule.needs))
            for rule in settings.needs
        ),
        tuple(AuthorityRule(rule.agency, rule.subject, tuple(rule.words)) for rule in settings.authority),
        tuple((one.subject, tuple(one.needs), one.hours) for one in settings.arrivals),
        timedelta(hours=settings.planning.out_of_service_hours),
        tuple(block.places),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What arrives, and how many open targets ask for nobody because nobody knows where and when they arrive."""

    expected: tuple[Expected, ...]
    unplaced: int


def wanted(session: Session, gazetteer: Gazetteer, needs: Needs, seen: Seen, now: datetime, until: datetime) -> Wanted:
    """Every arrival from ``needs.rules.overdue`` ago until ``until`` that the reader may know of."""
    since = now - needs.rules.overdue
    expected: list[Expected] = []
    followed: set[int] = set()
    unplaced = 0
    for row in session.execute(_targets(since)):
        if row.track_id is not None and seen(row.handling_id):
            followed.add(row.track_id)  # its craft is no further arrival
        if not seen(row.handling_id):
            continue
        place = gazetteer.get(row.place) or gazetteer.get(row.destination)
        at = row.arrives_at or (row.eta_at if place else None)
        if place is None or at is None:
            unplaced += 1
        elif since <= at < until and needs.is_ours(place):
            demand = needs.of_target(row.subject_kind, row.action)
            expected.append(Expected("target", row.id, row.label, place.code, at, row.severity, demand))
    expected.extend(_crafts(session, gazetteer, needs, followed, now, until))
    return Wanted(tuple(expected), unplaced)


def _targets(since: datetime) -> Any:
    return (
        select(
            Target.id, Target.label, Target.subject_kind, Target.severity, Target.action, Target.place, Target.arrives_at,
            Target.track_id, Target.handling_id, Track.destination, Track.eta_at,
        )
        .outerjoin(Track, Track.id == Target.track_id)
        .where(Target.status.in_(_OPEN), or_(Target.arrives_at.is_(None), Target.arrives_at >= since))
    )  # fmt: skip


def _crafts(
    session: Session, gazetteer: Gazetteer, needs: Needs, followed: set[int], now: datetime, until: datetime
) -> list[Expected]:
    """Craft bound for a place by their own word."""
    asks: dict[str, list[tuple[Demand, float]]] = {}
    for kind, need, hours in needs.arrivals:
        asks.setdefault(kind, []).append((Demand((need,), None), hours))
    if not asks:
        return []
    query = select(
        Track.id, Track.key, Track.kind, Track.name, Track.flight, Track.callsign, Track.destination, Track.eta_at
    ).where(
        Track.left_at.is_(None), Track.kind.in_(asks), Track.eta_at >= now, Track.eta_at < until,
        Track.heard_at > now - HEARD_WITHIN,
    )  # fmt: skip
    found = []
    for row in session.execute(query):
        place = gazetteer.get(row.destination)
        if place is not None and needs.is_ours(place) and row.id not in followed:
            name = row.name or row.flight or row.callsign or row.key
            found += [
                Expected("track", row.id, name, place.code, row.eta_at, None, demand, hours)
                for demand, hours in asks[row.kind]
            ]
    return found


def holders(
    session: Session, gazetteer: Gazetteer, needs: Needs, seen: Seen, now: datetime, until: datetime
) -> tuple[Holder, ...]:
    """Units with where they are to be: out of service goes first, a tasking before the plan of the centre, that before the
    agency's deployment."""
    query = select(
        Unit.id,
        Unit.callsign,
        Unit.agency,
        Unit.capabilities,
        Unit.availability,
        Unit.out_of_service_reason,
        Unit.handling_id,
    )
    units = [
        row
        for row in session.execute(query.where(Unit.withdrawn_at.is_(None)).order_by(Unit.id))
        if seen(row.handling_id)
    ]
    taskings = _tasking_spans(session, gazetteer, seen, now)
    assigned = _assigned_spans(session, gazetteer, seen, now, until)
    deployed = _deployed_spans(session, gazetteer, now, until)
    return tuple(
        Holder(
            row.id,
            row.callsign,
            row.agency,
            tuple(str(word) for word in row.capabilities or ()),
            laid_over([_out(row, needs, now), *(layer.get(row.id, ()) for layer in (taskings, assigned, deployed))]),
        )
        for row in units
    )


def _out(row: Any, needs: Needs, now: datetime) -> list[Span]:
    """Out of service: people at rest come back as their roster says, but not at once; for anything else a time is taken."""
    if row.availability != Availability.OUT_OF_SERVICE:
        return []
    lasts = LASTS if row.out_of_service_reason == OutOfService.REST else needs.out_lasts
    return [Span(now, now + lasts, None)]


Spans = dict[int, list[Span]]  # by unit


def _tasking_spans(session: Session, gazetteer: Gazetteer, seen: Seen, now: datetime) -> Spans:
    """Open taskings: the unit is where its target arrives, from now until it is due. One without an end lasts `LASTS`."""
    query = (
        select(Tasking.unit_id, Tasking.handling_id, Tasking.due_at, Tasking.meet_at, Target.place)
        .outerjoin(Target, Target.id == Tasking.target_id)
        .where(Tasking.ended_at.is_(None))
    )
    found: Spans = {}
    for row in session.execute(query):
        if not seen(row.handling_id):
            continue
        end = max(row.due_at or now, (row.meet_at or now) + LASTS)
        place = gazetteer.get(row.place)
        found.setdefault(row.unit_id, []).append(Span(now, max(end, now + LASTS), place.code if place else None))
    return found


def _assigned_spans(session: Session, gazetteer: Gazetteer, seen: Seen, now: datetime, until: datetime) -> Spans:
    query = (
        select(
            Assignment.unit_id, Assignment.handling_id, Assignment.starts_at, Assignment.ends_at, Assignment.place,
            Operation.place.label("of_operation"), Assignment.kind, Operation.handling_id.label("operation_handling"),
        )
        .outerjoin(Operation, Operation.id == Assignment.operation_id)
        .where(Assignment.cancelled_at.is_(None), Assignment.ends_at > now, Assignment.starts_at < until)
    )  # fmt: skip
    found: Spans = {}
    for row in session.execute(query):
        if seen(row.handling_id):
            found.setdefault(row.unit_id, []).append(
                Span(row.starts_at, row.ends_at, _assigned_place(row, gazetteer, seen))
            )
    return found


def _assigned_place(row: Any, gazetteer: Gazetteer, seen: Seen) -> str | None:
    if row.kind in ("rest", "maintenance"):
        return None
    known = row.operation_handling is not None and seen(row.operation_handling)
    place = gazetteer.get(row.place) or (gazetteer.get(row.of_operation) if known else None)
    return place.code if place else None


def _deployed_spans(session: Session, gazetteer: Gazetteer, now: datetime, until: datetime) -> Spans:
    query = select(
        Deployment.unit_id, Deployment.starts_at, Deployment.ends_at, Deployment.duty_hours, Deployment.place
    ).where(or_(Deployment.ends_at.is_(None), Deployment.ends_at > now), Deployment.starts_at < until)
    found: Spans = {}
    for row in session.execute(query.order_by(Deployment.starts_at, Deployment.id)):
        end = Duty(row.starts_at, row.ends_at, row.duty_hours).works_until or until
        place = gazetteer.get(row.place)
        if end > row.starts_at:
            found.setdefault(row.unit_id, []).append(Span(row.starts_at, end, place.code if place else None))
    return found
