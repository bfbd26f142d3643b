"""Accounts in named situations."""

from dataclasses import replace

from ops_centre.auth.actor import Actor
from ops_centre.auth.roles import Role
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.models import AuditEvent
from ops_centre.services.accounts import Accounts
from ops_centre.services.audit import SYSTEM

PASSWORD = "a tall fence in the wind"
HERE = "192.0.2.7"


def make_accounts(db: Database, clock: Clock, settings: Settings) -> Accounts:
    """The service on one database."""
    return Accounts(db, clock, settings)


def add(accounts: Accounts, name: str = "duty", role: Role = Role.DUTY_OFFICER, agency: str = "OPS") -> Actor:
    """An account whose password is `PASSWORD`."""
    return accounts.add_user(SYSTEM, name, f"{name.title()} X", role, agency, PASSWORD)


def add_admin(accounts: Accounts, name: str = "admin") -> Actor:
    """An administrator."""
    return add(accounts, name, Role.ADMINISTRATOR)


def with_role(actor: Actor, role: Role) -> Actor:
    """The same person, had they another role."""
    return replace(actor, role=role)


def trail(db: Database) -> list[tuple[str, str, str | None]]:
    """Kind, actor and subject of every audit event, oldest first."""
    with db.reading() as session:
        rows = session.query(AuditEvent).order_by(AuditEvent.id).all()
    return [(row.kind, row.actor, row.subject) for row in rows]
