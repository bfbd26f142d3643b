"""The actor: the person or script on whose behalf something is read or done."""

from dataclasses import dataclass

from ops_centre.auth.permissions import Permission
from ops_centre.auth.roles import HOLDS, Role
from ops_centre.errors import NotPermitted


@dataclass(frozen=True, slots=True)
class Actor:
    """Loaded from the database for each request; never built from anything a browser sent."""

    user_id: int
    name: str
    display_name: str
    role: Role
    agency: str

    def may(self, permission: Permission) -> bool:
        """Whether the actor's role holds ``permission``."""
        return permission in HOLDS[self.role]


def authorise(actor: Actor, permission: Permission) -> None:
    """Raise NotPermitted unless the actor holds ``permission``."""
    if not actor.may(permission):
        raise NotPermitted(f"{actor.role.value.capitalize()} may not do this ({permission.value}).")
