"""What an actor sees of the picture: kinds of thing by permission, things by handling."""

from dataclasses import dataclass

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission


@dataclass(frozen=True, slots=True)
class Scope:
    """Everything that decides what is visible. Actors with an equal scope share encoded bytes."""

    agency: str
    restricted: bool
    tracks: bool
    targets: bool
    units: bool
    feeds: bool


def scope_of(actor: Actor) -> Scope:
    """The scope of an actor."""
    return Scope(
        agency=actor.agency,
        restricted=actor.may(Permission.RESTRICTED_VIEW),
        tracks=actor.may(Permission.PICTURE_VIEW),
        targets=actor.may(Permission.TARGET_VIEW),
        units=actor.may(Permission.UNIT_VIEW),
        feeds=actor.may(Permission.FEED_VIEW),
    )
