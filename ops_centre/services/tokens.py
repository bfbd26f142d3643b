"""Bearer tokens: made, listed and ended. A token is returned once and never again; only its hash is stored."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from ops_centre.auth.actor import Actor
from ops_centre.auth.credentials import digest, new_token
from ops_centre.clock import Clock
from ops_centre.db import Database
from ops_centre.errors import Conflict, Invalid, NotFound
from ops_centre.models import ApiToken, User
from ops_centre.services import audit
from ops_centre.services.account_rules import find_user, may_change_accounts, may_read_accounts
from ops_centre.services.audit import AuditKind
from ops_centre.services.sessions import Sessions

MOST_DAYS = 3660
LONGEST_LABEL = 80


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One bearer token as administrators see it; the token itself is nowhere."""

    id: int
    user: str
    label: str
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


class Tokens:
    """The tokens of all accounts."""

    def __init__(self, db: Database, clock: Clock, sessions: Sessions) -> None:
        self.db, self.clock, self.sessions = db, clock, sessions

    def create(self, by: Actor | str, user: str, label: str, days: int | None) -> str:
        """See `Accounts.create_token`."""
        label = label.strip() or "token"
        if len(label) > LONGEST_LABEL:
            raise Invalid(f"A label has at most {LONGEST_LABEL} characters.")
        if days is not None and not 1 <= days <= MOST_DAYS:
            raise Invalid(f"A token is good for 1 to {MOST_DAYS} days.")
        token, now = new_token(), self.clock.now()
        with self.db.begin() as session:
            may_change_accounts(session, by)
            owner = find_user(session, user)
            if owner.disabled_at is not None:
                raise Conflict(f"{owner.name} is disabled.")
            ends = now + timedelta(days=days) if days is not None else None
            row = ApiToken(user_id=owner.id, label=label, token_hash=digest(token), created_at=now, expires_at=ends)
            session.add(row)
            session.flush()
            audit.record(session, now, AuditKind.TOKEN_CREATED, by, subject=owner.name, token=row.id, label=label)
        return token

    def revoke(self, by: Actor | str, token_id: int) -> None:
        """See `Accounts.revoke_token`."""
        now = self.clock.now()
        with self.db.begin() as session:
            may_change_accounts(session, by)
            row = session.get(ApiToken, token_id)
            if row is None:
                raise NotFound(f"There is no token {token_id}.")
            if row.revoked_at is not None:
                return
            row.revoked_at = now
            owner = session.get_one(User, row.user_id)
            self.sessions.forget()
            audit.record(session, now, AuditKind.TOKEN_REVOKED, by, subject=owner.name, token=row.id, label=row.label)

    def all(self, by: Actor | str) -> list[TokenRow]:
        """See `Accounts.tokens`."""
        may_read_accounts(by)
        with self.db.reading() as session:
            wanted = select(ApiToken, User.name).join(User).order_by(ApiToken.id.desc())
            return [_row(token, name) for token, name in session.execute(wanted)]


def _row(token: ApiToken, user: str) -> TokenRow:
    return TokenRow(token.id, user, token.label, token.created_at, token.expires_at, token.used_at, token.revoked_at)
