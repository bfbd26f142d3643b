"""Who may work on what belongs to an operation: order, objectives, situation reports, attachments."""

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.domain.operations import OperationKind

_CONTINGENCY = frozenset({Permission.CONTINGENCY_RUN})
_OTHERS = frozenset({Permission.OPERATION_PLAN, Permission.OPERATION_RUN})


def may_work(actor: Actor, kind: str, commander: str | None) -> bool:
    """Whether ``actor`` is the commander or holds what an operation of this kind takes. Scope is asked elsewhere."""
    if not actor.may(Permission.RESTRICTED_VIEW):  # an open screen, whoever was named
        return False
    held = _CONTINGENCY if kind == OperationKind.CONTINGENCY else _OTHERS
    return actor.name == commander or any(actor.may(one) for one in held)
