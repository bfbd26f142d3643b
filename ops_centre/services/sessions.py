"""Browsers that are signed in, and scripts that hold a token: who they are now, and when they stop being that.

The account is read anew with each look-up, so a disabled account is out at once. Only hashes of session ids and tokens
are stored. Anonymous visitors leave nothing here.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor
from ops_centre.auth.credentials import TOKEN_PREFIX, Credential, CredentialKind, digest, new_session_id
from ops_centre.auth.roles import OPEN_SCREENS, Role
from ops_centre.clock import Clock
from ops_centre.config import Sessions as SessionSettings
from ops_centre.db import Database
from ops_centre.models import ApiToken, SignInSession, User

SEEN_EVERY = timedelta(minutes=1)  # how often use is written down
WATCH_SECONDS = 2.0  # how old the answer to `still_valid` may be

# made once: every request asks one of them
_SESSION = select(SignInSession, User).join(User).where(SignInSession.id_hash == bindparam("digest"))
_TOKEN = select(ApiToken, User).join(User).where(ApiToken.token_hash == bindparam("digest"))


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that holds now."""

    credential: Credential
    actor: Actor
    data: dict[str, Any]
    seen_at: datetime
    expires_at: datetime
    outlives_browser: bool  # an open screen starts again by itself


class Sessions:
    """Sessions and tokens in the database."""

    def __init__(
        self, db: Database, clock: Clock, settings: SessionSettings, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self.db, self.clock, self.settings, self._ticks = db, clock, settings, ticks
        self._watched: dict[Credential, Actor] = {}
        self._watched_at = float("-inf")
        self._watch_lock = Lock()

    def begin(self, session: Session, user: User, address: str) -> str:
        """A new session of ``user`` inside the transaction ``session``: the id for the cookie."""
        now, session_id = self.clock.now(), new_session_id()
        session.execute(delete(SignInSession).where(SignInSession.expires_at <= now))
        session.add(
            SignInSession(
                id_hash=digest(session_id),
                user_id=user.id,
                created_at=now,
                seen_at=now,
                expires_at=now + self._absolute(user.role),
                address=address,
                data={},
            )
        )
        return session_id

    def find(self, session_id: str) -> OpenSession | None:
        """The session of a cookie, or None when there is none, it has ended, or its account may no longer sign in."""
        with self.db.reading() as session:
            row = session.execute(_SESSION, {"digest": digest(session_id)}).one_or_none()
            return self._opened(*row) if row else None

    def find_token(self, token: str) -> tuple[Credential, Actor] | None:
        """Who a bearer token acts for, or None."""
        if not token.startswith(TOKEN_PREFIX):
            return None
        with self.db.reading() as session:
            row = session.execute(_TOKEN, {"digest": digest(token)}).one_or_none()
        actor = self._token_actor(*row) if row else None
        if row is None or actor is None:
            return None
        self._used(row[0])
        return Credential(CredentialKind.TOKEN, row[0].token_hash), actor

    def touch(self, opened: OpenSession) -> None:
        """Write down that a session is in use, at most once a minute."""
        now = self.clock.now()
        if now - opened.seen_at < SEEN_EVERY:
            return
        mine = SignInSession.id_hash == opened.credential.digest
        self._note(update(SignInSession).where(mine, SignInSession.seen_at < now).values(seen_at=now))

    def keep(self, credential: Credential, data: dict[str, Any]) -> None:
        """Store what the web process keeps with a session."""
        with self.db.begin() as session:
            mine = SignInSession.id_hash == credential.digest
            session.execute(update(SignInSession).where(mine).values(data=data))

    def end(self, session: Session, session_id: str) -> int | None:
        """End one session inside a transaction: the id of its account, or None when there was none."""
        ended = delete(SignInSession).where(SignInSession.id_hash == digest(session_id))
        self.forget()
        return session.execute(ended.returning(SignInSession.user_id)).scalar_one_or_none()

    def end_all(self, session: Session, user_id: int) -> None:
        """End every session of an account inside a transaction."""
        session.execute(delete(SignInSession).where(SignInSession.user_id == user_id))
        self.forget()

    def still_valid(self, credential: Credential, actor: Actor) -> bool:
        """Whether a long-lived stream may go on: same account, same role and agency, neither ended nor expired.

        Cheap enough to ask each second for every stream: all share one look at the database in two seconds.
        """
        with self._watch_lock:
            if self._ticks() - self._watched_at >= WATCH_SECONDS:
                self._watched, self._watched_at = self._all_valid(), self._ticks()
            return self._watched.get(credential) == actor

    def forget(self) -> None:
        """Look again at the next `still_valid`: something here has just changed."""
        self._watched_at = float("-inf")

    def _all_valid(self) -> dict[Credential, Actor]:
        with self.db.reading() as session:
            opened = [self._opened(*row) for row in session.execute(select(SignInSession, User).join(User))]
            tokens = session.execute(select(ApiToken, User).join(User).where(ApiToken.revoked_at.is_(None))).all()
        valid = {one.credential: one.actor for one in opened if one}
        for token, user in tokens:
            if actor := self._token_actor(token, user):
                valid[Credential(CredentialKind.TOKEN, token.token_hash)] = actor
        return valid

    def _opened(self, row: SignInSession, user: User) -> OpenSession | None:
        actor = actor_of(user)
        if actor is None or self.clock.now() >= min(row.expires_at, row.seen_at + self._idle(user.role)):
            return None
        credential = Credential(CredentialKind.SESSION, row.id_hash)
        stays = actor.role in OPEN_SCREENS
        return OpenSession(credential, actor, dict(row.data), row.seen_at, row.expires_at, stays)

    def _token_actor(self, token: ApiToken, user: User) -> Actor | None:
        expired = token.expires_at is not None and self.clock.now() >= token.expires_at
        return None if expired or token.revoked_at is not None else actor_of(user)

    def _used(self, token: ApiToken) -> None:
        now = self.clock.now()
        if token.used_at is None or now - token.used_at >= SEEN_EVERY:
            unseen = or_(ApiToken.used_at.is_(None), ApiToken.used_at < now)
            self._note(update(ApiToken).where(ApiToken.id == token.id, unseen).values(used_at=now))

    def _note(self, statement: Any) -> None:
        """A note that may fail: a busy database must not turn a reader away."""
        try:
            with self.db.begin() as session:
                session.execute(statement)
        except OperationalError:
            return

    def _absolute(self, role: str) -> timedelta:
        if role in OPEN_SCREENS:
            return timedelta(days=self.settings.kiosk_days)
        return timedelta(hours=self.settings.absolute_hours)

    def _idle(self, role: str) -> timedelta:
        if role in OPEN_SCREENS:
            return timedelta(days=self.settings.kiosk_days)
        return timedelta(minutes=self.settings.idle_minutes)


def actor_of(user: User) -> Actor | None:
    """The actor an account stands for; None when it is disabled or its role is unknown to this version."""
    if user.disabled_at is not None or user.role not in {role.value for role in Role}:
        return None
    return Actor(user.id, user.name, user.display_name, Role(user.role), user.agency)
