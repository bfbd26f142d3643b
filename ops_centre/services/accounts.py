"""Accounts: who may sign in, as what, and how they prove it.

Every change is authorised against the account as it is in the database at that moment, audited and committed as one,
and ends the sessions it affects. The last enabled administrator can be neither disabled nor given another role, however
many people try at once. Accounts are disabled, never deleted: the log refers to them.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ops_centre.auth import passwords
from ops_centre.auth.actor import Actor
from ops_centre.auth.credentials import Credential
from ops_centre.auth.permissions import Permission
from ops_centre.auth.roles import Role, roles_holding
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.errors import Conflict, Invalid
from ops_centre.models import SignInSession, User
from ops_centre.services import audit, throttle
from ops_centre.services.account_rules import (
    find_user,
    good_name,
    good_role,
    may_change_accounts,
    may_read_accounts,
    tidy_name,
)
from ops_centre.services.audit import AuditKind
from ops_centre.services.locks import Lock, hold
from ops_centre.services.sessions import Sessions
from ops_centre.services.sign_ins import SignIns
from ops_centre.services.tokens import TokenRow, Tokens

LONGEST_DISPLAY_NAME = 80
_ADMINISTRATORS = {role.value for role in roles_holding(Permission.ACCOUNT_ADMIN)}

EXERCISE_ACCOUNTS: tuple[tuple[str, Role, str], ...] = (  # name, role, agency ("" is the centre's own)
    ("duty", Role.DUTY_OFFICER, ""),
    ("commander", Role.OPERATION_COMMANDER, ""),
    ("lead", Role.SHIFT_LEAD, ""),
    ("lead2", Role.SHIFT_LEAD, ""),  # a watch is accepted by somebody else than the one who offers it
    ("targeter", Role.TARGETER, ""),
    ("liaison", Role.AGENCY_LIAISON, "CUS"),
    ("field", Role.FIELD_UNIT, "MAR"),
    ("wall", Role.WALL, ""),
    ("admin", Role.ADMINISTRATOR, ""),
)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account as administrators see it."""

    id: int
    name: str
    display_name: str
    role: str
    agency: str
    created_at: datetime
    disabled_at: datetime | None
    last_seen_at: datetime | None  # of its open sessions
    sessions: int


@dataclass(frozen=True, slots=True)
class ExerciseAccount:
    """An account made for an exercise, with the password that is shown once."""

    name: str
    role: Role
    agency: str
    password: str


class Accounts:
    """All that is done with accounts. ``by`` is an Actor, or `audit.COMMAND_LINE` / `audit.SYSTEM`."""

    def __init__(self, db: Database, clock: Clock, settings: Settings) -> None:
        self.db, self.clock, self.settings = db, clock, settings
        self.sessions = Sessions(db, clock, settings.sessions)
        self._sign_ins = SignIns(db, clock, settings, self.sessions)
        self._tokens = Tokens(db, clock, self.sessions)

    def sign_in(self, name: str, password: str, address: str, *, previous: str | None = None) -> tuple[str, Actor]:
        """Check name and password: the new session id for the cookie, and who it is. ``previous`` is ended.

        Raises Throttled when there were too many failed tries, SignInRefused when name or password is wrong or the
        account is disabled.
        """
        return self._sign_ins.sign_in(name, password, address, previous)

    def sign_out(self, session_id: str, address: str | None = None) -> None:
        """End the session of a cookie. A session that is no more is no error."""
        self._sign_ins.sign_out(session_id, address)

    def change_own_password(self, actor: Actor, present: str, new: str, address: str) -> None:
        """Change one's own password, proving the present one. Tries count like sign-in tries; all sessions end."""
        self._sign_ins.change_own_password(actor, present, new, address)

    def actor_of_session(self, session_id: str) -> Actor | None:
        """Who a session id belongs to now, or None."""
        opened = self.sessions.find(session_id)
        return opened.actor if opened else None

    def actor_of_token(self, bearer: str) -> Actor | None:
        """Who a bearer token acts for now, or None."""
        found = self.sessions.find_token(bearer)
        return found[1] if found else None

    def still_valid(self, credential: Credential, actor: Actor) -> bool:
        """Whether a long-lived stream of ``actor`` may go on. Cheap; see `Sessions.still_valid`."""
        return self.sessions.still_valid(credential, actor)

    def create_token(self, by: Actor | str, user: str, label: str = "", days: int | None = None) -> str:
        """A bearer token that acts as ``user``, without end or for ``days``. It is returned this once."""
        return self._tokens.create(by, user, label, days)

    def revoke_token(self, by: Actor | str, token_id: int) -> None:
        """End a token for good."""
        self._tokens.revoke(by, token_id)

    def tokens(self, by: Actor | str) -> list[TokenRow]:
        """All tokens, newest first."""
        return self._tokens.all(by)

    def refused(self, actor: Actor, reason: str, *, address: str, subject: str) -> None:
        """Audit that an act was refused to somebody who is signed in."""
        now = self.clock.now()
        with self.db.begin() as session:
            audit.record(session, now, AuditKind.REFUSED, actor, address=address, subject=subject, reason=reason)

    def add_user(
        self, by: Actor | str, name: str, display_name: str, role: Role | str, agency: str, password: str
    ) -> Actor:
        """Add an account. Raises Invalid or Conflict with what is wrong."""
        name, display_name, role = good_name(name), display_name.strip() or name.strip(), good_role(role)
        if len(display_name) > LONGEST_DISPLAY_NAME:
            raise Invalid(f"A display name has at most {LONGEST_DISPLAY_NAME} characters.")
        self._good_agency(agency)
        passwords.judge(password, name=name, display_name=display_name)
        hashed = passwords.hash_password(password)
        with self.db.begin() as session:
            may_change_accounts(session, by)
            if session.scalars(select(User).where(User.name == name)).one_or_none():
                raise Conflict(f"There is already an account named {name}.")
            return self._insert(session, by, name, display_name, role, agency, hashed)

    def set_role(self, by: Actor | str, name: str, role: Role | str) -> None:
        """Give an account another role; it has to sign in again."""
        role = good_role(role)
        with self.db.begin() as session:
            may_change_accounts(session, by)
            user = find_user(session, name)
            if user.role == role.value:
                return
            if role.value not in _ADMINISTRATORS:
                _not_the_last(session, user)
            was, user.role = user.role, role.value
            self._changed(session, by, AuditKind.ROLE_CHANGED, user, was=was, role=role.value)

    def disable(self, by: Actor | str, name: str) -> None:
        """Let an account sign in no more; its sessions and tokens are dead at once."""
        with self.db.begin() as session:
            may_change_accounts(session, by)
            user = find_user(session, name)
            if user.disabled_at is not None:
                return
            _not_the_last(session, user)
            user.disabled_at = self.clock.now()
            self._changed(session, by, AuditKind.ACCOUNT_DISABLED, user)

    def enable(self, by: Actor | str, name: str) -> None:
        """Let a disabled account sign in again."""
        with self.db.begin() as session:
            may_change_accounts(session, by)
            user = find_user(session, name)
            if user.disabled_at is None:
                return
            user.disabled_at = None
            self._changed(session, by, AuditKind.ACCOUNT_ENABLED, user)

    def set_password(self, by: Actor | str, name: str, password: str) -> None:
        """Give an account another password; it has to sign in again everywhere, and its failed tries are forgiven."""
        passwords.judge(password, name=tidy_name(name))
        hashed = passwords.hash_password(password)
        with self.db.begin() as session:
            may_change_accounts(session, by)
            user = find_user(session, name)
            passwords.judge(password, name=user.name, display_name=user.display_name)
            user.password_hash = hashed
            throttle.forget_name(session, user.name)
            self._changed(session, by, AuditKind.PASSWORD_CHANGED, user)

    def users(self, by: Actor | str) -> list[AccountRow]:
        """All accounts, by name."""
        may_read_accounts(by)
        seen = (
            select(SignInSession.user_id, func.max(SignInSession.seen_at).label("at"), func.count().label("n"))
            .where(SignInSession.expires_at > self.clock.now())
            .group_by(SignInSession.user_id)
            .subquery()
        )
        wanted = select(User, seen.c.at, seen.c.n).outerjoin(seen, seen.c.user_id == User.id).order_by(User.name)
        with self.db.reading() as session:
            return [_row(user, at, n or 0) for user, at, n in session.execute(wanted)]

    def has_accounts(self) -> bool:
        """Whether anybody could sign in at all."""
        with self.db.reading() as session:
            return session.scalars(select(User.id).limit(1)).first() is not None

    def ensure_exercise_accounts(self) -> list[ExerciseAccount]:
        """In an exercise without any account: one for each role, with a generated password. Otherwise nothing.

        Safe when several processes start at once: only one of them gets the list.
        """
        if not self.settings.is_exercise or self.has_accounts():
            return []
        made = [
            ExerciseAccount(name, role, self._agency_or_centre(agency), passwords.generate_password())
            for name, role, agency in EXERCISE_ACCOUNTS
        ]
        hashes = [passwords.hash_password(account.password) for account in made]
        with self.db.begin() as session:
            hold(session, Lock.ACCOUNTS)
            if session.scalars(select(User.id).limit(1)).first() is not None:
                return []
            for account, hashed in zip(made, hashes, strict=True):
                shown = account.role.value.capitalize() + (" 2" if account.name.endswith("2") else "")
                self._insert(session, audit.SYSTEM, account.name, shown, account.role, account.agency, hashed)
        return made

    def _changed(self, session: Session, by: Actor | str, kind: AuditKind, user: User, **detail: str) -> None:
        self.sessions.end_all(session, user.id)
        audit.record(session, self.clock.now(), kind, by, subject=user.name, **detail)

    def _insert(
        self, session: Session, by: Actor | str, name: str, display_name: str, role: Role, agency: str, hashed: str
    ) -> Actor:
        now = self.clock.now()
        user = User(
            name=name, display_name=display_name, password_hash=hashed, role=role.value, agency=agency, created_at=now
        )
        session.add(user)
        session.flush()
        audit.record(session, now, AuditKind.ACCOUNT_ADDED, by, subject=name, role=role.value, agency=agency)
        return Actor(user.id, name, display_name, role, agency)

    def _good_agency(self, agency: str) -> None:
        codes = [one.code for one in self.settings.agencies]
        if agency not in codes:
            raise Invalid(f"{agency!r} is no agency of this centre. There are {', '.join(codes)}.")

    def _agency_or_centre(self, agency: str) -> str:
        return agency if agency in {one.code for one in self.settings.agencies} else self.settings.centre.agency


def _not_the_last(session: Session, user: User) -> None:
    """Raise Conflict if ``user`` is the only enabled administrator."""
    if user.role not in _ADMINISTRATORS or user.disabled_at is not None:
        return
    others = select(func.count()).where(User.role.in_(_ADMINISTRATORS), User.disabled_at.is_(None), User.id != user.id)
    if session.scalar(others) == 0:
        raise Conflict(f"{user.name} is the last administrator. Make another administrator first.")


def _row(user: User, seen_at: datetime | None, sessions: int) -> AccountRow:
    return AccountRow(
        user.id,
        user.name,
        user.display_name,
        user.role,
        user.agency,
        user.created_at,
        user.disabled_at,
        seen_at,
        sessions,
    )
