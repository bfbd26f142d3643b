"""Scope: which handlings an actor may see. The one filter used by screens, stream, searches, counts and exports."""

from collections.abc import Iterable

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.domain.handling import HandlingRule, Marking, may_see
from ops_centre.models import Handling

Audience = frozenset[int]


def rule_of(handling: Handling) -> HandlingRule:
    """The rule a stored handling stands for."""
    releases = frozenset(code for code in handling.releases.split(",") if code)
    return HandlingRule(handling.owner, Marking(handling.marking), releases)


def audience_of(actor: Actor, handlings: Iterable[Handling]) -> Audience:
    """Ids of the handlings the actor may see. Rows of scoped tables are filtered by ``handling_id IN audience``."""
    restricted = actor.may(Permission.RESTRICTED_VIEW)
    return frozenset(
        handling.id
        for handling in handlings
        if may_see(rule_of(handling), agency=actor.agency, sees_restricted=restricted)
    )
