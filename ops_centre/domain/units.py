"""Words of units: availability and the working status below it."""

from enum import StrEnum


class Availability(StrEnum):
    """Whether a unit can be sent."""

    AVAILABLE = "available"
    ASSIGNED = "assigned"
    OUT_OF_SERVICE = "out of service"


class OutOfService(StrEnum):
    """Why a unit cannot be sent."""

    MECHANICAL = "mechanical"
    PERSONNEL = "personnel"
    REST = "rest"


class WorkingStatus(StrEnum):
    """What a unit is doing."""

    DISPATCHED = "dispatched"
    EN_ROUTE = "en route"
    ON_SCENE = "on scene"
    STAGING = "staging"
    RETURNING = "returning"
    ON_PATROL = "on patrol"
    STANDBY = "standby"


class UnitType(StrEnum):
    """What a unit is."""

    TEAM = "team"
    VESSEL = "vessel"
    AIRCRAFT = "aircraft"
    DOG_TEAM = "dog team"
    VEHICLE = "vehicle"
