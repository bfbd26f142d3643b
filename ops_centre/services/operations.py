"""Operations: proposed, changed, moved along their board, linked, led. Every act is logged and handled as the operation is.

What a move asks for is a rule of the domain (`domain.operation_moves`); everything that is not met is told at once.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.domain.duty_log import Link
from ops_centre.domain.operation_moves import Standing, needs_reason
from ops_centre.domain.operations import OperationKind, OperationState
from ops_centre.domain.places import Gazetteer
from ops_centre.errors import Conflict, Invalid, NotPermitted
from ops_centre.models import Operation
from ops_centre.picture.operation_standing import move_permission, standings, why_not
from ops_centre.services import operation_links, operation_rows
from ops_centre.services.deeds import Deed, Deeds
from ops_centre.services.duty_log import lock_log
from ops_centre.services.in_scope import next_id
from ops_centre.services.operation_asked import Changes, Checks, Proposal, Trigger, event_faults
from ops_centre.services.operation_changes import apply_changes
from ops_centre.services.operation_opening import open_contingency, promote, see_alert

S = OperationState

__all__ = ["Changes", "Operations", "Proposal", "Trigger"]


class Operations:
    """Acts on operations. Each answers ``said`` and, where there is one, ``operation`` (its number) and ``href``."""

    def __init__(
        self,
        clock: Clock,
        settings: Settings,
        gazetteer: Gazetteer,
        deeds: Deeds,
    ) -> None:
        self.clock, self.settings, self.deeds = clock, settings, deeds
        self.zone = ZoneInfo(settings.centre.time_zone)
        self.checks = Checks(settings, gazetteer)

    def propose(self, actor: Actor, asked: Proposal, request_id: str | None = None) -> dict[str, Any]:
        """Propose a deliberate operation or an overwatch. Raises NotPermitted, Invalid, NotFound (of a link)."""
        authorise(actor, Permission.OPERATION_PLAN)
        with self.deeds.begin(actor, "propose operation", request_id) as deed:
            lock_log(deed.session)
            self.checks.proposal(asked, deed.now)
            agencies = sorted({actor.agency, *asked.agencies})
            rule = operation_rows.rule_for(actor.agency, asked.marking, {*agencies, *asked.releases})
            things = [operation_links.find(deed.session, actor, *one) for one in dict.fromkeys(asked.things)]
            operation_links.check_covered(rule, things)
            operation = self._new(deed, replace(asked, agencies=agencies), operation_rows.stored(deed.session, rule))
            self._write_new(deed, operation, [one.link for one in things], _proposed(operation))
        return deed.answer

    def edit(
        self, actor: Actor, operation_id: int, version: int, changes: Changes, request_id: str | None = None
    ) -> dict[str, Any]:
        """Change the head as ``version`` of it was seen.

        Raises NotPermitted, NotFound, Invalid, and Conflict when somebody else changed it, it has ended or is approved.
        """
        authorise(actor, Permission.OPERATION_VIEW)
        with self.deeds.begin(actor, "edit operation", request_id) as deed:
            operation = operation_rows.load_to_edit(deed, actor, operation_id, version)
            words = apply_changes(deed, actor, operation, changes, self.checks)
            deed.answer = {"said": words, "operation": operation.id, "version": operation.version}
        return deed.answer

    def move(
        self,
        actor: Actor,
        operation_id: int,
        to: OperationState,
        reason: str | None = None,
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """Bring it to another state. Raises NotFound, NotPermitted, Invalid without a reason that is asked for, and
        Conflict with everything that is not met."""
        authorise(actor, Permission.OPERATION_VIEW)
        with self.deeds.begin(actor, f"move operation to {to.value}", request_id) as deed:
            operation = operation_rows.load(deed, actor, operation_id)
            standing = standings(deed.session, [operation])[operation.id]
            _check_move(actor, standing, to, deed.now)
            given = (reason or "").strip() or None
            if needs_reason(standing.kind, standing.state, to) and given is None:
                raise Invalid("Say how it ended." if to is S.CLOSED else "Say why.")
            said = _moved(actor, operation, standing, to, given)
            seq = operation_rows.log(
                deed, operation, said, typed=given is not None,
                detail={"from": operation.state, "to": to.value, "reason": given},
            )  # fmt: skip
            _stamp(deed, operation, standing.state, to, given)
            operation_rows.step(deed, operation, to, given, seq)
            deed.answer = _answer(operation, said)
        return deed.answer

    def open_contingency(self, actor: Actor, trigger: Trigger, request_id: str | None = None) -> dict[str, Any]:
        """Open a contingency from an alert, a target, a track or a log entry, with what hangs on it; the opener commands.

        Raises NotPermitted, NotFound, Invalid, and Conflict when one is open about the same thing already.
        """
        authorise(actor, Permission.CONTINGENCY_RUN)
        with self.deeds.begin(actor, "open contingency", request_id) as deed:
            lock_log(deed.session)
            self.checks.trigger(trigger, deed.now)
            opened = open_contingency(deed.session, actor, trigger)
            operation = self._new(deed, opened.proposal, operation_rows.stored(deed.session, opened.rule))
            operation.commander = actor.name
            said = f"{operation.reference} {operation.name}: contingency opened from {opened.label}."
            self._write_new(deed, operation, opened.links, said, detail={"from": [trigger.kind, trigger.id]})
            see_alert(deed, actor, trigger, operation)
            deed.answer["carried"] = len(opened.links)
        return deed.answer

    def promote(self, actor: Actor, operation_id: int, request_id: str | None = None) -> dict[str, Any]:
        """Propose a deliberate operation out of a contingency, with its links, area and agencies; the contingency stays.

        Raises NotPermitted, NotFound, Conflict.
        """
        authorise(actor, Permission.OPERATION_PLAN)
        with self.deeds.begin(actor, "promote contingency", request_id) as deed:
            old = operation_rows.load(deed, actor, operation_id)
            proposal, links = promote(deed.session, actor, old)
            operation = self._new(deed, proposal, old.handling_id)
            operation.area, operation.promoted_from = list(old.area), old.id
            said = f"{operation.reference} {operation.name}: proposed out of contingency {old.reference}."
            self._write_new(deed, operation, [*links, operation_rows.own_link(old)], said, stored=links)
            deed.touch(old)
        return deed.answer

    def link(
        self, actor: Actor, operation_id: int, things: Sequence[tuple[str, str]], request_id: str | None = None
    ) -> dict[str, Any]:
        """Link things (kind, id) to it. Raises NotPermitted, NotFound, Invalid, Conflict."""
        authorise(actor, Permission.OPERATION_VIEW)
        with self.deeds.begin(actor, "link to operation", request_id) as deed:
            operation = operation_rows.load_to_edit(deed, actor, operation_id)
            found = [operation_links.find(deed.session, actor, *one) for one in dict.fromkeys(things)]
            operation_links.check_covered(operation_rows.rule_of_operation(deed.session, operation), found)
            new = operation_links.put(deed, operation, [one.link for one in found])
            if not new:
                raise Conflict("That is linked to it already." if found else "Nothing was named.")
            said = f"{operation.reference}: linked to {_listed([one.label for one in new])}."
            operation_rows.log(deed, operation, said, links=new)
            deed.answer = _answer(operation, said)
        return deed.answer

    def unlink(
        self, actor: Actor, operation_id: int, kind: str, thing: str, reason: str, request_id: str | None = None
    ) -> dict[str, Any]:
        """Take a link away, with a reason. Raises NotPermitted, Invalid, Conflict when there is no such link."""
        authorise(actor, Permission.OPERATION_VIEW)
        if not reason.strip():
            raise Invalid("Say why it no longer belongs to it.")
        with self.deeds.begin(actor, "unlink from operation", request_id) as deed:
            operation = operation_rows.load_to_edit(deed, actor, operation_id)
            stored = operation_links.links_of(deed.session, operation.id)
            gone = next((one for one in stored if (one.kind, one.thing) == (kind, thing)), None)
            if gone is None:
                raise Conflict("It is not linked to it any more.")
            deed.session.delete(gone)
            deed.touch(operation)
            said = f"{operation.reference}: {gone.label} is no longer linked. Reason: {reason.strip()}"
            operation_rows.log(deed, operation, said, typed=True, detail={"unlinked": [kind, thing]})
            deed.answer = _answer(operation, said)
        return deed.answer

    def set_next_event(
        self,
        actor: Actor,
        operation_id: int,
        words: str | None,
        at: datetime | None,
        version: int | None = None,
        request_id: str | None = None,
    ) -> dict[str, Any]:
        """Say what is decided or happens next, and when; no words: nothing. Raises NotPermitted, NotFound, Invalid."""
        authorise(actor, Permission.OPERATION_VIEW)
        event_faults(words, at, self.clock.now())
        with self.deeds.begin(actor, "set next event", request_id) as deed:
            operation = operation_rows.load_to_edit(deed, actor, operation_id, version)
            operation.next_event, operation.next_event_at = (words or "").strip() or None, at
            deed.touch(operation)
            when = f" by {operation_rows.said_time(at)}" if at is not None else ""
            next_is = f"next: {operation.next_event}{when}" if operation.next_event else "nothing is set as next"
            said = f"{operation.reference}: {next_is}."
            operation_rows.log(deed, operation, said, typed=True)
            deed.answer = _answer(operation, said)
        return deed.answer

    def set_commander(
        self, actor: Actor, operation_id: int, name: str, version: int | None = None, request_id: str | None = None
    ) -> dict[str, Any]:
        """Give the command to somebody. Raises NotPermitted, NotFound, Conflict, Invalid."""
        authorise(actor, Permission.OPERATION_VIEW)
        with self.deeds.begin(actor, "set commander", request_id) as deed:
            operation = operation_rows.load_to_edit(deed, actor, operation_id, version)
            rule = operation_rows.rule_of_operation(deed.session, operation)
            user = operation_rows.check_commander(deed.session, name, OperationKind(operation.kind), rule)
            if operation.commander == user.name:
                raise Conflict(f"{user.display_name} commands it already.")
            was = f", in place of {operation.commander}" if operation.commander else ""
            operation.commander = user.name
            operation.version += 1
            deed.touch(operation)
            said = f"{operation.reference}: {user.display_name} commands{was}."
            operation_rows.log(deed, operation, said, detail={"commander": user.name, "version": operation.version})
            deed.answer = _answer(operation, said)
        return deed.answer

    # Parts

    def _new(self, deed: Deed, asked: Proposal, handling: int) -> Operation:
        """A new row under the next reference of its level; not yet stored."""
        year = deed.now.astimezone(self.zone).year
        state = S.TRIGGERED if asked.kind is OperationKind.CONTINGENCY else S.PROPOSED
        operation = Operation(
            id=next_id(deed.session, Operation),
            reference=operation_rows.next_reference(deed.session, asked.kind, year),
            name=asked.name.strip(), kind=asked.kind.value, state=state.value, state_at=deed.now,
            is_exercise=asked.is_exercise, purpose=asked.purpose.strip(), commander=None,
            agencies=list(asked.agencies), subjects=sorted(set(asked.subjects)), place=self._place(asked.place),
            starts_at=asked.starts_at, ends_at=asked.ends_at, required=operation_rows.plain_required(asked.required),
            area=[], next_event=(asked.next_event or "").strip() or None, next_event_at=asked.next_event_at,
            proposed_by=deed.by, proposed_at=deed.now, version=1, handling_id=handling,
        )  # fmt: skip
        if asked.commander:
            rule = operation_rows.rule_of_operation(deed.session, operation)
            operation.commander = operation_rows.check_commander(deed.session, asked.commander, asked.kind, rule).name
        return operation

    def _place(self, code: str | None) -> str | None:
        place = self.checks.gazetteer.get(code)
        return place.code if place is not None else None

    def _write_new(
        self,
        deed: Deed,
        operation: Operation,
        links: Sequence[Link],
        said: str,
        *,
        stored: Sequence[Link] | None = None,
        detail: dict[str, Any] | None = None,
    ) -> None:
        """Store a new operation with its first step, entry and links. ``stored``: those kept as links; None: all."""
        deed.session.add(operation)
        deed.session.flush()
        told = {"version": 1, "to": operation.state, "purpose": operation.purpose, **(detail or {})}
        seq = operation_rows.log(deed, operation, said, links=links, detail=told, typed=True)
        operation_rows.step(deed, operation, S(operation.state), None, seq)
        operation_links.put(deed, operation, links if stored is None else stored)
        deed.subject = f"operation {operation.id}"
        deed.answer = _answer(operation, said) | {"reference": operation.reference}


def _check_move(actor: Actor, standing: Standing, to: OperationState, now: datetime) -> None:
    """Raise NotPermitted or Conflict for what stands against it."""
    faults = why_not(actor, standing, to, now)
    if not faults:
        return
    if not actor.may(move_permission(standing.kind, to)):
        raise NotPermitted(" ".join(faults))
    raise Conflict(f"{standing.reference} cannot be moved to {to.value}. {' '.join(faults)}")


def _stamp(deed: Deed, operation: Operation, was: OperationState, to: OperationState, reason: str | None) -> None:
    """What a move writes on the head beside the state."""
    if to is S.APPROVED:
        operation.approved_by, operation.approved_at = deed.by, deed.now
    elif was is S.APPROVED and to is S.PLANNED:
        operation.approved_by = operation.approved_at = None
    if to in (S.ACTIVE, S.RESPONDING, S.WATCHING) and operation.started_at is None:
        operation.started_at = deed.now
    if to in (S.CLOSED, S.CANCELLED):
        operation.closed_at, operation.close_reason = deed.now, reason
        operation.next_event = operation.next_event_at = None


def _moved(actor: Actor, operation: Operation, standing: Standing, to: OperationState, reason: str | None) -> str:
    head = f"{operation.reference} {operation.name}"
    verbs = {S.APPROVED: f"plan approved by {actor.display_name}", S.CLOSED: "closed", S.CANCELLED: "cancelled"}
    words = verbs.get(to, f"{standing.state.value} → {to.value}")
    if standing.state is S.APPROVED and to is S.PLANNED:
        words = f"approval taken back by {actor.display_name}"
    because = f" {'How it ended' if to is S.CLOSED else 'Reason'}: {reason}" if reason else ""
    return f"{head}: {words}.{because}"


def _proposed(operation: Operation) -> str:
    what = "exercise" if operation.is_exercise else f"{operation.kind} operation"
    if operation.kind == OperationKind.OVERWATCH:
        what = "overwatch"
    return f"{operation.reference} {operation.name}: {what} proposed. {operation.purpose}"


def _answer(operation: Operation, said: str) -> dict[str, Any]:
    return {
        "said": said if len(said) <= 200 else said[:199] + "…",
        "operation": operation.id,
        "href": f"/operations/{operation.id}",
        "version": operation.version,
    }


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
