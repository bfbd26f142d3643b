"""The audit trail: who signed in, who was refused, what was changed. It only grows; triggers refuse anything else.

An event is recorded in the transaction of the act it tells of, so neither exists without the other. It never holds a
password, a token, a session id, or text that somebody typed as an unknown name (people type passwords there).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.db import Database
from ops_centre.models import AuditEvent

# who acts when no account does
SYSTEM = "system"
COMMAND_LINE = "command line"
ANONYMOUS = "anonymous"
MOST_ROWS = 500


class AuditKind(StrEnum):
    """What happened."""

    SIGNED_IN = "sign-in"
    SIGN_IN_FAILED = "sign-in failed"
    SIGN_IN_THROTTLED = "sign-in throttled"
    SIGNED_OUT = "sign-out"
    REFUSED = "refused"
    ACCOUNT_ADDED = "account added"
    ROLE_CHANGED = "role changed"
    ACCOUNT_DISABLED = "account disabled"
    ACCOUNT_ENABLED = "account enabled"
    PASSWORD_CHANGED = "password changed"  # noqa: S105
    TOKEN_CREATED = "token created"  # noqa: S105
    TOKEN_REVOKED = "token revoked"  # noqa: S105
    CREW_ASSIGNED = "crew assigned"
    CREW_RELIEVED = "crew relieved"
    VIEW_SAVED = "view saved"
    VIEW_REMOVED = "view removed"
    LOG_EXPORTED = "log exported"
    PAST_EXPORTED = "past exported"
    FILE_SAVED = "file saved"  # an attachment or a print of an operation left the centre
    LOG_KEY_RENEWED = "log key renewed"
    RESTORED = "backup restored"
    REFUSED_RECORD_SEEN = "refused record seen"  # somebody read the bytes of a record that a feed could not use
    MANIFEST_SEEN = "manifest seen"  # somebody read who or what is on a flight or ship
    ACT = "act"  # a deed; the duty log holds what was done


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One event as it is read."""

    id: int
    at: datetime
    kind: str
    actor: str
    address: str | None
    subject: str | None
    detail: dict[str, Any]


def record(
    session: Session,
    now: datetime,
    kind: AuditKind,
    actor: Actor | str,
    *,
    address: str | None = None,
    subject: str | None = None,
    **detail: Any,
) -> None:
    """Add one event to the transaction of ``session``. ``detail`` holds plain JSON values."""
    name, user_id = (actor.name, actor.user_id) if isinstance(actor, Actor) else (actor, None)
    session.add(
        AuditEvent(
            at=now,
            kind=kind.value,
            actor=name,
            actor_id=user_id,
            address=address,
            subject=subject,
            detail=detail,
        )
    )


def recent(
    db: Database, actor: Actor, *, limit: int = 100, kind: AuditKind | None = None, before: int | None = None
) -> list[AuditRow]:
    """The newest events first, at most ``limit``; ``before`` is the id of the last row already shown.

    Raises NotPermitted without audit:view.
    """
    authorise(actor, Permission.AUDIT_VIEW)
    wanted = select(AuditEvent).order_by(AuditEvent.id.desc()).limit(max(1, min(limit, MOST_ROWS)))
    if kind is not None:
        wanted = wanted.where(AuditEvent.kind == kind.value)
    if before is not None:
        wanted = wanted.where(AuditEvent.id < before)
    with db.reading() as session:
        return [_row(event) for event in session.scalars(wanted)]


def _row(event: AuditEvent) -> AuditRow:
    return AuditRow(event.id, event.at, event.kind, event.actor, event.address, event.subject, event.detail)
