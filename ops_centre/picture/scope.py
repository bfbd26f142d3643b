"""What an actor sees of the picture: kinds of thing by permission, things by handling."""

from dataclasses import dataclass

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.domain.handling import HandlingRule, may_see


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything that decides what is visible. Actors with an equal scope share encoded bytes."""

    agency: str
    restricted: bool
    tracks: bool
    targets: bool
    units: bool
    feeds: bool
    alerts: bool
    taskings: bool
    enquiries: bool
    log: bool
    watch: bool
    operations: bool
    plan: bool
    debriefs: bool
    hazards: bool
    movements: bool
    devices: bool
    drawings: bool
    messages: bool


def scope_of(actor: Actor) -> Scope:
    """The scope of an actor."""
    return Scope(
        agency=actor.agency,
        restricted=actor.may(Permission.RESTRICTED_VIEW),
        tracks=actor.may(Permission.PICTURE_VIEW),
        targets=actor.may(Permission.TARGET_VIEW),
        units=actor.may(Permission.UNIT_VIEW),
        feeds=actor.may(Permission.FEED_VIEW),
        alerts=actor.may(Permission.ALERT_VIEW),
        taskings=actor.may(Permission.TASKING_VIEW),
        enquiries=actor.may(Permission.ENQUIRY_VIEW),
        log=actor.may(Permission.LOG_VIEW),
        watch=actor.may(Permission.WATCH_VIEW),
        operations=actor.may(Permission.OPERATION_VIEW),
        plan=actor.may(Permission.PLAN_VIEW),
        debriefs=actor.may(Permission.DEBRIEF_VIEW),
        hazards=actor.may(Permission.PICTURE_VIEW),
        movements=actor.may(Permission.MANIFEST_VIEW),
        devices=actor.may(Permission.UNIT_VIEW),
        drawings=actor.may(Permission.PICTURE_VIEW),
        messages=actor.may(Permission.LOG_VIEW),
    )


def sees(scope: Scope, rule: HandlingRule) -> bool:
    """Whether something handled by ``rule`` is in ``scope``."""
    return may_see(rule, agency=scope.agency, sees_restricted=scope.restricted)
