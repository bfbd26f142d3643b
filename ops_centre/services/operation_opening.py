"""Opening a contingency from what happened, and promoting one to a deliberate operation: what is carried along."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import rule_of
from ops_centre.domain.alerting import AlertStep
from ops_centre.domain.duty_log import Link, ThingKind, link
from ops_centre.domain.handling import HandlingRule, Marking, narrowest
from ops_centre.domain.operations import RUNNING, OperationKind
from ops_centre.errors import Conflict, Invalid
from ops_centre.models import Alert, AlertEvent, Handling, Operation, OperationLink
from ops_centre.picture.operation_standing import why_not_promote
from ops_centre.picture.scope import scope_of, sees
from ops_centre.services.deeds import Deed
from ops_centre.services.operation_asked import MOST_NAME, Proposal, Trigger
from ops_centre.services.operation_links import Found, carried, find, links_of

K = ThingKind
TRIGGERS = (K.ALERT, K.TARGET, K.TRACK, K.ENTRY)
_SUBJECTS = {"vessel": "vessel", "aircraft": "flight"}  # kind of track → kind of subject


@dataclass(frozen=True, slots=True)
class Opened:
    """A contingency that can be written."""

    proposal: Proposal
    rule: HandlingRule
    links: Sequence[Link]
    label: str  # of what it was opened from


def open_contingency(session: Session, actor: Actor, trigger: Trigger) -> Opened:
    """What a contingency from ``trigger`` is: name, purpose, links, and a handling as strict as all it tells of.

    Raises Invalid, NotFound, Conflict.
    """
    if trigger.kind not in {kind.value for kind in TRIGGERS}:
        raise Invalid(f"A contingency is opened from {', '.join(TRIGGERS)}, not from a {trigger.kind[:20]}.")
    first = find(session, actor, trigger.kind, trigger.id)
    if not trigger.anyway:
        _check_first(session, actor, first)
    things = carried(session, actor, first)
    open_to_all = HandlingRule(actor.agency, Marking.GREEN)
    rule = narrowest(open_to_all, [one.rule for one in things if one.rule is not None], keeper=actor.agency)
    released = rule.releases | (frozenset(trigger.agencies) - {rule.owner})
    if rule.marking is not Marking.GREEN and released != rule.releases:
        missing = ", ".join(sorted(released - rule.releases))
        raise Invalid(f"What it is about is {rule.owner} TLP:{rule.marking} and not released to {missing}.")
    proposal = Proposal(
        name=(trigger.name or "").strip() or _name(first, things),
        purpose=(trigger.purpose or "").strip() or _purpose(first),
        kind=OperationKind.CONTINGENCY,
        agencies=sorted({actor.agency, *trigger.agencies}),
        subjects=_subjects(things),
        place=next((one.row.place for one in things if one.link.kind is K.TARGET and one.row.place), None),
        next_event=trigger.next_event,
        next_event_at=trigger.next_event_at,
    )
    return Opened(proposal, rule, [one.link for one in things], first.link.label)


def see_alert(deed: Deed, actor: Actor, trigger: Trigger, operation: Operation) -> None:
    """Who opens a contingency from an alert has seen it: it is acknowledged, if they may and nobody has."""
    if trigger.kind != K.ALERT or not actor.may(Permission.ALERT_HANDLE):
        return
    alert = deed.session.get_one(Alert, int(trigger.id))
    if alert.acknowledged_at is not None or alert.cleared_at is not None:
        return
    alert.acknowledged_at, alert.acknowledged_by = deed.now, deed.by
    deed.session.add(
        AlertEvent(
            alert_id=alert.id, at=deed.now, what=AlertStep.ACKNOWLEDGED.value, by=deed.by,
            detail=f"by opening {operation.reference}",
        )
    )  # fmt: skip
    deed.touch(alert)


def _check_first(session: Session, actor: Actor, first: Found) -> None:
    """Raise Conflict when a running contingency, in the actor's scope, is about the same thing."""
    query = (
        select(Operation)
        .join(OperationLink, OperationLink.operation_id == Operation.id)
        .where(OperationLink.kind == first.link.kind.value, OperationLink.thing == first.link.id)
        .where(
            Operation.kind == OperationKind.CONTINGENCY.value, Operation.state.in_([state.value for state in RUNNING])
        )
        .order_by(Operation.id)
    )
    for one in session.scalars(query):
        if sees(scope_of(actor), rule_of(session.get_one(Handling, one.handling_id))):
            raise Conflict(
                f"{one.reference} {one.name} is open about this already, under {one.commander or 'nobody'}. "
                "Work there, or say that another one is meant."
            )


def _name(first: Found, things: Sequence[Found]) -> str:
    subject = next((one.link.label for one in things if one.link.kind in (K.TARGET, K.TRACK)), None)
    name = subject or (first.row.text.strip() if first.link.kind is K.ENTRY else first.link.label)
    return name if len(name) <= MOST_NAME else name[: MOST_NAME - 1] + "…"


def _purpose(first: Found) -> str:
    row, kind = first.row, first.link.kind
    if kind is K.ALERT:
        words = f"Answer the alert “{row.title}”: {row.text}"
    elif kind is K.TARGET:
        words = f"Answer target {row.label}: {row.reason}"
    elif kind is K.ENTRY:
        words = f"Answer log entry {row.seq}: {row.text}"
    else:
        words = f"Answer what happens about {first.link.label}"
    return words if len(words) <= 600 else words[:599] + "…"


def _subjects(things: Sequence[Found]) -> list[str]:
    found = {one.row.subject_kind for one in things if one.link.kind is K.TARGET}
    found |= {_SUBJECTS[one.row.kind] for one in things if one.link.kind is K.TRACK and one.row.kind in _SUBJECTS}
    return sorted(found)


def promote(session: Session, actor: Actor, old: Operation) -> tuple[Proposal, list[Link]]:
    """The deliberate operation that a contingency becomes, and its links. Raises Conflict."""
    if (fault := why_not_promote(actor, old)) is not None:
        raise Conflict(fault)
    known = session.scalar(select(Operation.reference).where(Operation.promoted_from == old.id))
    if known is not None:
        raise Conflict(f"{old.reference} was made {known} already.")
    proposal = Proposal(
        name=old.name,
        purpose=old.purpose,
        kind=OperationKind.DELIBERATE,
        agencies=tuple(old.agencies),
        subjects=tuple(old.subjects),
        place=old.place,
        required=tuple((one["capability"], one["count"]) for one in old.required),
    )
    return proposal, [link(K(one.kind), one.thing, one.label) for one in links_of(session, old.id)]
