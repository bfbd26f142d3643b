"""Who may plan which units."""

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission


def may_plan_all(actor: Actor) -> bool:
    """Whether the actor may plan units of every agency."""
    return actor.may(Permission.PLAN_EDIT) and actor.may(Permission.OPERATION_PLAN)


def may_plan(actor: Actor, agency: str) -> bool:
    """Whether the actor may plan units of this agency: any with operation:plan, else their own agency's."""
    return actor.may(Permission.PLAN_EDIT) and (may_plan_all(actor) or actor.agency == agency)
