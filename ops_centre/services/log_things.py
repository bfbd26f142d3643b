"""What an entry refers to, as its author may know of it, and the marking that follows from that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import rule_of
from ops_centre.domain.duty_log import Link, ThingKind, link
from ops_centre.domain.handling import HandlingRule, Marking
from ops_centre.domain.log_filter import operation_id
from ops_centre.errors import Invalid, NotFound, NotPermitted
from ops_centre.models import (
    Alert,
    Decision,
    Enquiry,
    Handling,
    LogEntry,
    Operation,
    Outcome,
    Target,
    Tasking,
    Track,
    Unit,
)
from ops_centre.services.handlings import handling_id
from ops_centre.services.in_scope import in_scope, sees_handling

MARKINGS = tuple(Marking)  # from open to closed
_OPEN = (Marking.CLEAR, Marking.GREEN)

# What it is stored in, the permission to know of it, what it is called
_SCOPED: dict[ThingKind, tuple[Any, Permission, Any]] = {
    ThingKind.TARGET: (Target, Permission.TARGET_VIEW, lambda row: row.label),
    ThingKind.UNIT: (Unit, Permission.UNIT_VIEW, lambda row: row.callsign),
    ThingKind.ALERT: (Alert, Permission.ALERT_VIEW, lambda row: row.title),
    ThingKind.TASKING: (Tasking, Permission.TASKING_VIEW, lambda row: f"tasking {row.id}"),
    ThingKind.DECISION: (Decision, Permission.TASKING_VIEW, lambda row: f"decision {row.id}"),
    ThingKind.OUTCOME: (Outcome, Permission.TASKING_VIEW, lambda row: f"outcome {row.id}"),
    ThingKind.ENQUIRY: (Enquiry, Permission.ENQUIRY_VIEW, lambda row: f"enquiry {row.id}"),
    ThingKind.ENTRY: (LogEntry, Permission.LOG_VIEW, lambda row: f"entry {row.seq}"),
}


@dataclass(frozen=True, slots=True)
class Thing:
    """A link with its name of today, and the rule of what it leads to; None where all may know of it."""

    link: Link
    rule: HandlingRule | None = None


def resolved(session: Session, actor: Actor, wanted: Sequence[tuple[str, str]]) -> list[Thing]:
    """The things of these kinds and ids. Raises NotFound for one that is not there or not the actor's to know of,
    Invalid for a kind that an entry cannot be linked to by hand."""
    return [_thing(session, actor, kind, thing) for kind, thing in wanted]


def _thing(session: Session, actor: Actor, kind: str, thing: str) -> Thing:
    if kind == ThingKind.OPERATION:
        return _operation(session, actor, thing)
    if kind == ThingKind.TRACK and actor.may(Permission.PICTURE_VIEW):
        track = session.get(Track, _number(thing))
        if track is None:
            raise NotFound("There is no such track.")
        return Thing(link(ThingKind.TRACK, track.id, track.flight or track.name or track.callsign or track.key))
    if kind not in _SCOPED:
        raise Invalid(f"An entry cannot be linked to a {kind}.")
    model, needs, name = _SCOPED[ThingKind(kind)]
    if not actor.may(needs):
        raise NotFound(f"There is no such {kind}, or it is not released to you.")
    row = in_scope(session, actor, model, _number(thing), kind)
    return Thing(link(ThingKind(kind), thing, name(row)), rule_of(session.get_one(Handling, row.handling_id)))


def _operation(session: Session, actor: Actor, thing: str) -> Thing:
    """The operation of this number, or of this word behind ``#``; any other word is a tag that means itself.

    A reference of an operation that the actor may not know of is such a word too: nothing tells that there is one.
    """
    if not thing.startswith("#") and _number(thing):
        return _known(session, in_scope(session, actor, Operation, _number(thing), "operation"))
    word = thing.lstrip("#")[:60]
    found = session.scalars(select(Operation).where(Operation.reference == word.upper())).first()
    if found is None or not _may_know(session, actor, found):
        return Thing(link(ThingKind.OPERATION, operation_id(word), word))
    return _known(session, found)


def _known(session: Session, operation: Operation) -> Thing:
    rule = rule_of(session.get_one(Handling, operation.handling_id))
    return Thing(link(ThingKind.OPERATION, operation.id, operation.reference), rule)


def _may_know(session: Session, actor: Actor, operation: Operation) -> bool:
    return actor.may(Permission.OPERATION_VIEW) and sees_handling(session, actor, operation.handling_id)


def _number(thing: str) -> int:
    return int(thing) if thing.isascii() and thing.isdigit() and len(thing) < 19 else 0


def marked(
    session: Session, actor: Actor, things: Sequence[Thing], given: str | None, centre_agency: str
) -> tuple[int, str | None]:
    """The handling of an entry about ``things``, and what it was lowered from, if it was. ``given``: the marking asked for.

    Raises Invalid for no TLP label, NotPermitted for a lower one than the things have, but for a shift lead of their owner.
    """
    rule = strictest([thing.rule for thing in things if thing.rule], actor.agency, centre_agency)
    wanted = _marking(given) if given else rule.marking
    if wanted == rule.marking:
        return handling_id(session, rule.owner, rule.marking, rule.releases), None
    if MARKINGS.index(wanted) > MARKINGS.index(rule.marking):
        was_open = rule.marking in _OPEN
        owner = actor.agency if was_open else rule.owner
        return handling_id(session, owner, wanted, () if was_open else rule.releases), None
    if rule.marking not in _OPEN and not (actor.may(Permission.WATCH_LEAD) and actor.agency == rule.owner):
        raise NotPermitted(
            f"What the entry refers to is marked {rule.owner} TLP:{rule.marking}. "
            f"Only a shift lead of {rule.owner} may mark the entry lower."
        )
    return handling_id(session, rule.owner, wanted, rule.releases), f"{rule.owner} TLP:{rule.marking}"


def strictest(rules: Sequence[HandlingRule], agency: str, centre_agency: str) -> HandlingRule:
    """The rule under which only those who may know of all things know of the entry; GREEN of the centre for open things.

    ``agency``: the author's. They know of all things, so that where owners differ the entry is theirs.
    """
    closed = [rule for rule in rules if rule.marking not in _OPEN]
    if not closed:
        return HandlingRule(centre_agency, Marking.GREEN)
    marking = max((rule.marking for rule in closed), key=MARKINGS.index)
    allowed = frozenset.intersection(*(rule.releases | {rule.owner} for rule in closed))
    owners = [rule.owner for rule in closed if rule.marking == marking and rule.owner in allowed]
    owner = owners[0] if owners else agency
    return HandlingRule(owner, marking, allowed - {owner})


def check_covered(session: Session, entry_handling_id: int, things: Sequence[Thing]) -> None:
    """Raise Invalid when somebody who may read an entry handled so may not know of one of ``things``."""
    entry = rule_of(session.get_one(Handling, entry_handling_id))
    readers = entry.releases | {entry.owner}
    for thing in things:
        rule = thing.rule
        if rule is None or rule.marking in _OPEN:
            continue
        if entry.marking in _OPEN or not readers <= rule.releases | {rule.owner}:
            raise Invalid(
                f"{thing.link.label} is marked {rule.owner} TLP:{rule.marking}, closer than this entry. "
                "Write an entry of its own about it."
            )


def _marking(given: str) -> Marking:
    try:
        return Marking(given)
    except ValueError as unknown:
        raise Invalid(f"{given[:20]!r} is no marking; one of {', '.join(MARKINGS)}.") from unknown
