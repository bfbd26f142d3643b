"""Changing the head of an operation: what changes, in words, and whether it may now."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from ops_centre.auth.actor import Actor
from ops_centre.auth.policy import rule_of
from ops_centre.domain.handling import HandlingRule, covers, narrowest, released_further
from ops_centre.domain.operations import RUNNING, OperationKind, OperationState
from ops_centre.errors import Conflict, Invalid, NotPermitted
from ops_centre.models import Assignment, Handling, Operation, Tasking, Unit
from ops_centre.picture.scope import scope_of, sees
from ops_centre.services.debrief_handling import narrow_debriefs, no_more_open
from ops_centre.services.deeds import Deed
from ops_centre.services.in_scope import sees_handling
from ops_centre.services.lesson_steps import lost_to_owners
from ops_centre.services.operation_asked import Changes, Checks
from ops_centre.services.operation_links import rules_of_links
from ops_centre.services.operation_parts import plan_changed
from ops_centre.services.operation_rows import (
    check_commander,
    log,
    plain_required,
    rule_for,
    rule_of_operation,
    said_time,
    stored,
)

PLAIN = ("name", "purpose", "starts_at", "ends_at")
APPROVED_PARTS = frozenset(
    {"purpose", "agencies", "starts_at", "ends_at", "required"}
)  # what a second person agreed to
_CALLED = {
    "name": "name", "purpose": "purpose", "agencies": "agencies", "subjects": "subjects", "place": "place",
    "starts_at": "beginning", "ends_at": "end", "required": "units required", "handling": "handling",
}  # fmt: skip


def apply_changes(deed: Deed, actor: Actor, operation: Operation, changes: Changes, checks: Checks) -> str:
    """Change ``operation``; in words what changed and what a stricter marking leaves behind.

    Raises Invalid, Conflict, NotPermitted.
    """
    before = _snapshot(operation)
    _change(operation, changes, checks)
    checks.changed(operation, changes)
    changed = [name for name, value in _snapshot(operation).items() if value != before[name]]
    reason = (changes.reason or "").strip()
    _check_state(operation, changed, reason)
    rule, left = _rehandle(deed, actor, operation, changes)
    changed += ["handling"] if rule is not None else []
    if not changed:
        raise Conflict("Nothing is different from what it is now.")
    operation.version += 1
    deed.touch(operation)
    told = "; ".join(_told(name, before, operation, rule) for name in changed)
    said = f"{operation.reference} changed: {told}." + (f" Reason: {reason}" if reason else "")
    detail = {name: {"from": before[name], "to": _snapshot(operation)[name]} for name in changed if name in before}
    told_in = {"version": operation.version, "changed": detail, "reason": reason}
    seq = log(deed, operation, said, typed=True, detail=told_in)
    if agreed := [_CALLED[name] for name in changed if name in APPROVED_PARTS]:
        plan_changed(deed, operation, ", ".join(agreed), seq)
    return " ".join([said, *left])


def _snapshot(operation: Operation) -> dict[str, Any]:
    names = (*PLAIN, "agencies", "subjects", "place", "required")
    return {name: getattr(operation, name) for name in names}


def _change(operation: Operation, changes: Changes, checks: Checks) -> None:
    for name in PLAIN:
        value = getattr(changes, name)
        if value is not None:
            setattr(operation, name, value.strip() if isinstance(value, str) else value)
    if changes.agencies is not None:
        operation.agencies = sorted(set(changes.agencies))
    if changes.subjects is not None:
        operation.subjects = sorted(set(changes.subjects))
    if changes.place is not None:
        place = checks.gazetteer.get(changes.place)
        operation.place = place.code if place is not None else changes.place  # the check names one that is unknown
    if changes.required is not None:
        operation.required = plain_required(changes.required)
    for name in changes.emptied:
        if hasattr(operation, name):
            setattr(operation, name, None)


def _check_state(operation: Operation, changed: Sequence[str], reason: str) -> None:
    agreed = [_CALLED[name] for name in changed if name in APPROVED_PARTS]
    if operation.state == OperationState.APPROVED and agreed:
        raise Conflict(
            f"{operation.reference} is approved: take the approval back before its {' and '.join(agreed)} "
            f"{'change' if len(agreed) > 1 else 'changes'}, so that a second person sees it again."
        )
    if operation.state in RUNNING and operation.approved_at is not None and agreed and not reason:
        raise Invalid(f"{operation.reference} is {operation.state}: say why its {' and '.join(agreed)} changes.")


def _rehandle(
    deed: Deed, actor: Actor, operation: Operation, changes: Changes
) -> tuple[HandlingRule | None, list[str]]:
    """The new rule where it changes, and in words what does not follow it.

    Who takes part knows of it; releases once given are only withdrawn by name. Everything that is linked to it must stay
    known to all who know of it.
    """
    now = rule_of_operation(deed.session, operation)
    releases = now.releases if changes.releases is None else frozenset(changes.releases)
    rule = rule_for(now.owner, changes.marking or now.marking.value, {*releases, *operation.agencies})
    if rule == now:
        return None, []
    other_marking = changes.marking is not None and changes.marking != now.marking.value
    other_releases = changes.releases is not None and frozenset(changes.releases) - {now.owner} != now.releases
    if actor.agency != now.owner and (other_marking or other_releases):
        raise NotPermitted(f"{operation.reference} is {now.owner}'s: only {now.owner} changes how it is handled.")
    for label, its in rules_of_links(deed.session, operation.id):
        if not covers(rule, its):
            raise Invalid(
                f"{label} is linked to it and is {its.owner} TLP:{its.marking}: not all of them may know of it."
            )
    if operation.commander is not None:
        check_commander(deed.session, operation.commander, OperationKind(operation.kind), rule)
    operation.handling_id = stored(deed.session, rule)
    _rehandle_assignments(deed, actor, operation, rule)
    lessons = narrow_debriefs(deed, actor, operation, rule)
    known = [one for one in lessons if sees_handling(deed.session, actor, one.handling_id)]
    lost = lost_to_owners(deed.session, known)
    return rule, [*_taskings_more_open(deed, actor, operation, rule), *lost]


def _taskings_more_open(deed: Deed, actor: Actor, operation: Operation, rule: HandlingRule) -> list[str]:
    """Taskings were handed to crews as they are handled and stay so; whoever makes their operation stricter is told."""
    wanted = (
        select(Unit.callsign, Handling)
        .join(Tasking, Tasking.unit_id == Unit.id)
        .join(Handling, Handling.id == Tasking.handling_id)
        .where(Tasking.operation_id == operation.id)
        .order_by(Unit.callsign)
    )
    found = [(callsign, rule_of(its)) for callsign, its in deed.session.execute(wanted)]
    open_to_more = [
        f"{callsign} ({its.owner} TLP:{its.marking})"
        for callsign, its in found
        if not no_more_open(its, rule) and sees(scope_of(actor), its)
    ]
    if not open_to_more:
        return []
    return [f"Taskings in it keep the handling they were sent with: {', '.join(dict.fromkeys(open_to_more))}."]


def _rehandle_assignments(deed: Deed, actor: Actor, operation: Operation, rule: HandlingRule) -> None:
    """Its assignments follow: who may know of the operation and of the unit, and the unit's own agency, as when made."""
    wanted = (
        select(Assignment, Unit.agency, Handling)
        .join(Unit, Unit.id == Assignment.unit_id)
        .join(Handling, Handling.id == Unit.handling_id)
        .where(Assignment.operation_id == operation.id)
    )
    for assignment, agency, handling in deed.session.execute(wanted).all():
        both = narrowest(rule, [rule_of(handling)], keeper=actor.agency)
        assignment.handling_id = stored(deed.session, released_further(both, [agency]))
        deed.touch(assignment)


def _told(name: str, before: dict[str, Any], operation: Operation, rule: HandlingRule | None) -> str:
    if name == "handling" and rule is not None:
        released = f", released to {', '.join(sorted(rule.releases))}" if rule.releases else ""
        return f"handling {rule.owner} TLP:{rule.marking}{released}"
    if name == "purpose":
        return f"purpose: {operation.purpose}"
    return f"{_CALLED[name]} {_word(before[name])} → {_word(getattr(operation, name))}"


def _word(value: Any) -> str:
    if isinstance(value, list):
        words = [f"{one['count']} × {one['capability']}" if isinstance(one, dict) else str(one) for one in value]
        return ", ".join(words) or "none"
    if value is None or isinstance(value, str):
        return value or "none"
    return said_time(value)
