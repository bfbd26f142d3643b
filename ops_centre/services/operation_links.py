"""What an operation is linked to: only what its actor may see and everybody who sees the operation may see too."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import rule_of
from ops_centre.domain.duty_log import Link, ThingKind, link
from ops_centre.domain.handling import HandlingRule, covers
from ops_centre.errors import Invalid, NotFound
from ops_centre.models import Alert, Enquiry, Handling, LogEntry, Operation, OperationLink, Target, Tasking, Track
from ops_centre.services.deeds import Deed
from ops_centre.services.in_scope import in_scope

K, P = ThingKind, Permission
MOST_CARRIED = 30
NOT_THERE = "There is no such {}, or it is not released to you."
LINKED: dict[ThingKind, tuple[Any, Permission, Any]] = {  # table, permission to know of it, what it is called
    K.TARGET: (Target, P.TARGET_VIEW, lambda row: row.label),
    K.TRACK: (Track, P.PICTURE_VIEW, lambda row: row.flight or row.name or row.callsign or row.key),
    K.ALERT: (Alert, P.ALERT_VIEW, lambda row: row.title),
    K.ENTRY: (LogEntry, P.LOG_VIEW, lambda row: f"entry {row.seq}"),
    K.ENQUIRY: (Enquiry, P.ENQUIRY_VIEW, lambda row: f"enquiry {row.id}"),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Something loaded that may be linked, with its rule; None where all may know of it."""

    link: Link
    row: Any
    rule: HandlingRule | None


def find(session: Session, actor: Actor, kind: str, thing: str) -> Found:
    """What ``kind`` and ``thing`` name, in the actor's scope. Raises Invalid, NotFound."""
    if kind not in {one.value for one in LINKED}:
        raise Invalid(f"An operation is not linked to a {kind[:20]}; to {', '.join(LINKED)}.")
    sort = K(kind)
    model, needs, name = LINKED[sort]
    number = int(thing) if thing.isascii() and thing.isdigit() and len(thing) < 19 else 0
    if not actor.may(needs):
        raise NotFound(NOT_THERE.format(kind))
    if sort is K.TRACK:
        track = session.get(Track, number) if number else None
        if track is None:
            raise NotFound("There is no such track.")
        return Found(link(K.TRACK, track.id, name(track)), track, None)
    row = in_scope(session, actor, model, number, kind)
    return Found(link(sort, number, name(row)), row, rule_of(session.get_one(Handling, row.handling_id)))


def check_covered(rule: HandlingRule, things: Iterable[Found]) -> None:
    """Raise Invalid when somebody who sees what is handled by ``rule`` may not know of one of ``things``."""
    for one in things:
        if one.rule is not None and not covers(rule, one.rule):
            raise Invalid(
                f"{one.link.label} is {one.rule.owner} TLP:{one.rule.marking}. Mark the operation so that nobody reads of it "
                "who may not know of that: AMBER or stricter, released to nobody else, or leave it out."
            )


def rules_of_links(session: Session, operation_id: int) -> list[tuple[str, HandlingRule]]:
    """Label and rule of everything linked to the operation that not everybody may know of."""
    found = []
    for one in links_of(session, operation_id):
        model = LINKED[K(one.kind)][0]
        row = session.get(model, int(one.thing)) if K(one.kind) is not K.TRACK else None
        if row is not None:
            found.append((one.label, rule_of(session.get_one(Handling, row.handling_id))))
    return found


def links_of(session: Session, operation_id: int) -> list[OperationLink]:
    """Stored links, oldest first."""
    query = select(OperationLink).where(OperationLink.operation_id == operation_id).order_by(OperationLink.id)
    return list(session.scalars(query))


def put(deed: Deed, operation: Operation, links: Sequence[Link]) -> list[Link]:
    """Store those that are not there yet, and give those back. The operation moves: it counts its targets."""
    known = {(one.kind, one.thing) for one in links_of(deed.session, operation.id)}
    new = [one for one in dict.fromkeys(links) if (one.kind.value, one.id) not in known]
    for one in new:
        deed.session.add(
            OperationLink(
                operation_id=operation.id, kind=one.kind.value, thing=one.id, label=one.label, linked_at=deed.now,
                linked_by=deed.by,
            )
        )  # fmt: skip
    deed.session.flush()
    deed.touch(operation)
    return new


def carried(session: Session, actor: Actor, trigger: Found) -> list[Found]:
    """What comes with the thing a contingency is opened from, itself first: the subject of an alert, the craft of a target,
    what an entry refers to. What the actor may not know of stays behind."""
    found = {(trigger.link.kind.value, trigger.link.id): trigger}
    waiting = _beside(trigger.link.kind.value, trigger.row)
    while waiting:
        kind, thing = waiting.pop(0)
        if (kind, thing) in found or len(found) >= MOST_CARRIED:
            continue
        if kind == K.TASKING:
            tasking = session.get(Tasking, int(thing)) if thing.isdigit() else None
            waiting += _beside(kind, tasking) if tasking is not None else []
            continue
        try:
            one = find(session, actor, kind, thing)
        except (NotFound, Invalid):
            continue
        found[kind, thing] = one
        if one.link.kind is K.TARGET:
            waiting += _beside(kind, one.row)
    return list(found.values())


def _beside(kind: str, row: Any) -> list[tuple[str, str]]:
    """What a thing itself refers to, as kind and id."""
    if kind == K.ALERT:
        return [(row.subject_kind, row.subject_id)]
    if kind == K.ENTRY:
        return [(kind, thing) for kind, thing, _label in row.links]
    if kind in (K.TARGET, K.TASKING):
        both = ((K.TARGET, row.target_id if kind == K.TASKING else None), (K.TRACK, row.track_id))
        return [(sort.value, str(number)) for sort, number in both if number is not None]
    return []
