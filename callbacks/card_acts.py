"""Gathers what a card offers beside facts, as far as its reader may see and do it. Wiring only: no callback is bound here."""

from layouts.card_acts import CardActs
from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import OpsError
from ops_centre.picture.dispatch_views import ChainView, TaskingView


def acts_on(ops: OpsCentre, actor: Actor, kind: str, thing: int) -> CardActs:
    """Around the target, track or unit of that number."""
    about_target = kind == "target" and actor.may(Permission.TASKING_VIEW)
    return CardActs(
        taskings=_taskings(ops, actor, kind, thing),
        outcomes=ops.dispatch_reads.outcomes(actor, target_id=thing, limit=3) if about_target else (),
        chain=_chain(ops, actor, thing) if about_target else None,
        alert_to_claim=_alert_to_claim(ops, actor, kind, thing),
        may_decide=actor.may(Permission.TASKING_DECIDE),
        opens=actor.may(Permission.CONTINGENCY_RUN),
    )


def _taskings(ops: OpsCentre, actor: Actor, kind: str, thing: int) -> tuple[TaskingView, ...]:
    if not actor.may(Permission.TASKING_VIEW):
        return ()
    open_ones = [row for row in ops.picture.taskings(actor) if row.ended_at is None]
    about = {"target": "target_id", "track": "track_id", "unit": "unit_id"}[kind]
    return tuple(ops.dispatch_reads.tasking(actor, row.id) for row in open_ones if getattr(row, about) == thing)


def _chain(ops: OpsCentre, actor: Actor, target_id: int) -> ChainView | None:
    try:
        return ops.chain.of(actor, "target", target_id)
    except OpsError:
        return None  # the card itself says that it is gone


def _alert_to_claim(ops: OpsCentre, actor: Actor, kind: str, thing: int) -> int | None:
    if not (actor.may(Permission.ALERT_HANDLE) and actor.may(Permission.ALERT_VIEW)):
        return None
    own = (row for row in ops.picture.alerts(actor) if row.subject_kind == kind and row.subject_id == str(thing))
    return next((row.id for row in own if row.assigned_to is None), None)
