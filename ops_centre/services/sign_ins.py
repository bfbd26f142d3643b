"""Signing in and out: the proof, the limit on tries, and the trail of both.

The password is checked outside any transaction, since that takes 30 ms on purpose; the account is looked at again
before it is admitted. Wrong names and wrong passwords get the same answer in the same time.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth import passwords
from ops_centre.auth.actor import Actor
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.errors import Conflict, NotPermitted, TooManyTries
from ops_centre.models import AuditEvent, User
from ops_centre.services import audit, throttle
from ops_centre.services.account_rules import find_user, tidy_name
from ops_centre.services.audit import AuditKind
from ops_centre.services.locks import Lock, hold
from ops_centre.services.sessions import Sessions, actor_of

WRONG = "Name or password is wrong."


class SignInRefused(NotPermitted):
    """Name or password is wrong, or the account is disabled."""

    status = 401


class Throttled(TooManyTries):
    """Too many failed tries; ``until`` says when the next one counts."""

    def __init__(self, text: str, until: datetime) -> None:
        super().__init__(text)
        self.until = until


class SignIns:
    """The door."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, sessions: Sessions) -> None:
        self.db, self.clock, self.settings, self.sessions = db, clock, settings, sessions
        self._window = timedelta(minutes=settings.sessions.attempts_minutes)

    def sign_in(self, name: str, password: str, address: str, previous: str | None = None) -> tuple[str, Actor]:
        """See `Accounts.sign_in`."""
        name, now = tidy_name(name), self.clock.now()
        self._enter_try(name, address, now)
        with self.db.reading() as session:
            user = session.scalars(select(User).where(User.name == name)).one_or_none()
        stored = user.password_hash if user else None
        if not passwords.verify_password(stored, password) or user is None or stored is None:
            self._note_failure(user, address, "unknown name" if user is None else "wrong password")
            raise SignInRefused(WRONG)
        if user.disabled_at is not None:
            self._note_failure(user, address, "disabled")
            raise SignInRefused("This account is disabled. An administrator can enable it.")
        better = passwords.hash_password(password) if passwords.is_outdated(stored) else stored
        with self.db.begin() as session:
            hold(session, Lock.ACCOUNTS)
            user = find_user(session, name)
            actor = actor_of(user)
            # while the password was being checked it may have changed, perhaps only to a better hash of itself
            changed = user.password_hash != stored
            if actor is None or (changed and not passwords.verify_password(user.password_hash, password)):
                raise SignInRefused(WRONG)
            if not changed:
                user.password_hash = better
            throttle.forgive(session, name, address, now)
            if previous:
                self.sessions.end(session, previous)
            session_id = self.sessions.begin(session, user, address)
            audit.record(session, self.clock.now(), AuditKind.SIGNED_IN, actor, address=address)
        return session_id, actor

    def sign_out(self, session_id: str, address: str | None = None) -> None:
        """See `Accounts.sign_out`."""
        with self.db.begin() as session:
            user_id = self.sessions.end(session, session_id)
            user = session.get(User, user_id) if user_id is not None else None
            if user is not None:
                who = actor_of(user) or user.name
                audit.record(session, self.clock.now(), AuditKind.SIGNED_OUT, who, address=address)

    def change_own_password(self, actor: Actor, present: str, new: str, address: str) -> None:
        """See `Accounts.change_own_password`."""
        now = self.clock.now()
        passwords.judge(new, name=actor.name, display_name=actor.display_name)
        self._enter_try(actor.name, address, now)
        with self.db.reading() as session:
            user = find_user(session, actor.name)
        stored = user.password_hash
        if not passwords.verify_password(stored, present):
            self._note_failure(user, address, "wrong present password")
            raise SignInRefused("The present password is wrong.")
        hashed = passwords.hash_password(new)
        with self.db.begin() as session:
            hold(session, Lock.ACCOUNTS)
            user = find_user(session, actor.name)
            if user.password_hash != stored or user.disabled_at is not None:
                raise Conflict("This account was changed by someone else. Sign in again.")
            user.password_hash = hashed
            throttle.forgive(session, user.name, address, now)
            self.sessions.end_all(session, user.id)
            audit.record(session, now, AuditKind.PASSWORD_CHANGED, actor, address=address, subject=user.name)

    def _enter_try(self, name: str, address: str, now: datetime) -> None:
        """Count a try, or raise Throttled. One throttle makes one audit event, however often somebody knocks."""
        limits = throttle.limits_of(name, address, self.settings.sessions)
        with self.db.begin() as session:
            until = throttle.enter(session, now, limits, self._window)
            if until is not None:
                self._note_throttle(session, name, address, now, since=until - self._window)
        if until is not None:
            raise Throttled(f"Too many failed tries. Try again after {self._wait_text(now, until)}.", until)

    def _note_throttle(self, session: Session, name: str, address: str, now: datetime, *, since: datetime) -> None:
        known = session.scalars(select(User.name).where(User.name == name)).one_or_none()
        noted = select(AuditEvent.id).where(
            AuditEvent.kind == AuditKind.SIGN_IN_THROTTLED.value,
            AuditEvent.at >= since,
            AuditEvent.address == address,
            AuditEvent.subject.is_not_distinct_from(known),
        )
        if session.scalars(noted.limit(1)).first() is None:
            audit.record(session, now, AuditKind.SIGN_IN_THROTTLED, audit.ANONYMOUS, address=address, subject=known)

    def _note_failure(self, user: User | None, address: str, reason: str) -> None:
        """The name goes into the trail only when it is an account's: people type passwords into the name field."""
        name, now = user.name if user else None, self.clock.now()
        with self.db.begin() as session:
            audit.record(
                session, now, AuditKind.SIGN_IN_FAILED, audit.ANONYMOUS, address=address, subject=name, reason=reason
            )

    def _wait_text(self, now: datetime, until: datetime) -> str:
        local = until.astimezone(ZoneInfo(self.settings.centre.time_zone))
        seconds = -((now - until) // timedelta(seconds=1))
        wait = f"{seconds} s" if seconds < 60 else f"{seconds // 60} min {seconds % 60:02d} s"
        return f"{local:%H:%M:%S} ({wait})"
