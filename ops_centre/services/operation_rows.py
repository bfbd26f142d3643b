"""What all acts on operations share: loading, references, handling, steps and log entries. Runs inside a deed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.operation_rights import may_work
from ops_centre.auth.permissions import Permission
from ops_centre.auth.policy import rule_of
from ops_centre.auth.roles import HOLDS, Role
from ops_centre.domain.duty_log import EntryKind, Link, ThingKind, link
from ops_centre.domain.handling import HandlingRule, Marking, may_see
from ops_centre.domain.operations import LETTER, OperationKind, OperationState, reference
from ops_centre.errors import Conflict, Invalid, NotPermitted
from ops_centre.models import Handling, LogEntry, LogLink, Operation, OperationStep, User
from ops_centre.picture.operation_standing import why_not_edit
from ops_centre.services.deeds import Deed
from ops_centre.services.duty_log import lock_log
from ops_centre.services.handlings import handling_id
from ops_centre.services.in_scope import in_scope

K = OperationKind


def load(deed: Deed, actor: Actor, operation_id: int) -> Operation:
    """The operation as it stands, with the end of the log locked. Raises NotFound."""
    lock_log(deed.session)
    operation = in_scope(deed.session, actor, Operation, operation_id, "operation")
    deed.subject = f"operation {operation.id}"
    return operation


def load_to_edit(deed: Deed, actor: Actor, operation_id: int, version: int | None = None) -> Operation:
    """One that the actor may change and that has not ended. ``version``: what they saw. Raises also NotPermitted, Conflict."""
    operation = load(deed, actor, operation_id)
    if not may_work(actor, operation.kind, operation.commander):
        raise NotPermitted(
            f"The commander of {operation.reference} does this, or whoever may lead {operation.kind} operations."
        )
    if (ended := why_not_edit(actor, operation)) is not None:
        raise Conflict(ended)
    if version is not None and version != operation.version:
        who = _changed_by(deed.session, operation)
        raise Conflict(f"{operation.reference} was changed meanwhile{who}. Look at it as it is now, then change it.")
    return operation


def _changed_by(session: Session, operation: Operation) -> str:
    """`` by Dana Aro at 12:03 UTC``: from the newest entry that tells of the present version."""
    query = (
        select(LogEntry)
        .join(LogLink, LogLink.seq == LogEntry.seq)
        .where(LogLink.kind == ThingKind.OPERATION.value, LogLink.thing == str(operation.id))
        .where(LogEntry.kind == EntryKind.OPERATION.value)
        .order_by(LogEntry.seq.desc())
        .limit(50)
    )
    found = (one for one in session.scalars(query) if one.detail.get("version") == operation.version)
    last = next(found, None)
    return f" by {last.author_name} at {last.recorded_at:%H:%M} UTC" if last is not None else ""


def next_reference(session: Session, kind: OperationKind, year: int) -> str:
    """The next free one of the year. Call with the end of the log locked. Gaps are not filled."""
    begin = f"{LETTER[kind]}{year % 100:02d}-"
    same = select(Operation.reference).where(Operation.reference.startswith(begin))
    numbers = [int(one.removeprefix(begin)) for one in session.scalars(same)]
    return reference(kind, year, max(numbers, default=0) + 1)


def rule_for(owner: str, marking: str, agencies: Iterable[str]) -> HandlingRule:
    """The handling of an operation: those who take part know of it. Raises Invalid for no TLP marking."""
    try:
        return HandlingRule(owner, Marking(marking), frozenset(agencies) - {owner})
    except ValueError as unknown:
        raise Invalid(f"{marking[:20]!r} is no TLP marking; one of {', '.join(Marking)}.") from unknown


def stored(session: Session, rule: HandlingRule) -> int:
    """The id of ``rule``, made when there is none."""
    return handling_id(session, rule.owner, rule.marking.value, rule.releases)


def rule_of_operation(session: Session, operation: Operation) -> HandlingRule:
    """How it is handled now."""
    return rule_of(session.get_one(Handling, operation.handling_id))


def check_commander(session: Session, name: str, kind: OperationKind, rule: HandlingRule) -> User:
    """The account that is to command. Raises Invalid when there is none, or it may not run or not know of the operation."""
    user = session.scalars(select(User).where(func.lower(User.name) == name.strip().lower())).first()
    if user is None or user.disabled_at is not None:
        raise Invalid(f"Nobody signs in as {name[:40]!r}.")
    needs = Permission.CONTINGENCY_RUN if kind is K.CONTINGENCY else Permission.OPERATION_RUN
    if needs not in HOLDS[Role(user.role)]:
        raise Invalid(f"{user.display_name} is {user.role}: they cannot command a {kind.value} operation.")
    if not may_see(rule, agency=user.agency, sees_restricted=True):
        raise Invalid(f"{user.display_name} is of {user.agency}, and the operation is not released to {user.agency}.")
    return user


def plain_required(required: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """As it is stored."""
    return [{"capability": name.strip().lower(), "count": count} for name, count in required]


def own_link(operation: Operation) -> Link:
    """The link to an operation."""
    return link(ThingKind.OPERATION, operation.id, operation.reference)


def log(
    deed: Deed,
    operation: Operation,
    words: str,
    *,
    links: Sequence[Link] = (),
    detail: Mapping[str, Any] | None = None,
    typed: bool = False,
) -> int:
    """An entry about the operation, handled as it is."""
    both = list({(one.kind, one.id): one for one in (own_link(operation), *links)}.values())
    return deed.log(
        EntryKind.OPERATION,
        words,
        handling_id=operation.handling_id,
        links=both,
        detail=dict(detail or {}),
        typed=typed,
    )


def step(deed: Deed, operation: Operation, state: OperationState, reason: str | None, seq: int) -> None:
    """The operation goes to ``state``, as entry ``seq`` tells."""
    operation.state, operation.state_at = state.value, deed.now
    deed.session.add(
        OperationStep(operation_id=operation.id, state=state.value, at=deed.now, by=deed.by, reason=reason, log_seq=seq)
    )
    deed.touch(operation)


def said_time(moment: Any) -> str:
    """A time in an entry."""
    return f"{moment:%d %b %H:%M} UTC" if moment is not None else "open"
