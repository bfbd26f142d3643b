"""What accounts, sign-in and tokens have in common: names, and who may change an account.

``by`` is everywhere an Actor, or `audit.COMMAND_LINE` / `audit.SYSTEM` for whoever is on the machine itself.
"""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from ops_centre.auth.actor import Actor, authorise
from ops_centre.auth.permissions import Permission
from ops_centre.auth.roles import Role
from ops_centre.errors import Invalid, NotFound, NotPermitted
from ops_centre.models import User
from ops_centre.services import audit
from ops_centre.services.locks import Lock, hold
from ops_centre.services.sessions import actor_of

NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{1,39}")


def tidy_name(name: str) -> str:
    """A sign-in name as it is stored: without blanks around it, in lower case, never longer than can be stored."""
    return name.strip().lower()[:64]


def good_name(name: str) -> str:
    """A name a new account may have. Raises Invalid."""
    tidy = tidy_name(name)
    if not NAME.fullmatch(tidy):
        raise Invalid("A sign-in name has 2 to 40 small letters, digits or . _ @ - and starts with a letter or digit.")
    return tidy


def good_role(role: Role | str) -> Role:
    """The role of that name; "shift-lead" and "shift lead" are the same. Raises Invalid with those there are."""
    wanted = role.strip().lower().replace("-", " ").replace("_", " ")
    if wanted not in {one.value for one in Role}:
        raise Invalid(f"{str(role)!r} is no role. There are {', '.join(one.value for one in Role)}.")
    return Role(wanted)


def find_user(session: Session, name: str) -> User:
    """The account of that name. Raises NotFound."""
    user = session.scalars(select(User).where(User.name == tidy_name(name))).one_or_none()
    if user is None:
        raise NotFound(f"There is no account named {tidy_name(name)!r}.")
    return user


def may_read_accounts(by: Actor | str) -> None:
    """Raise NotPermitted unless ``by`` may look at accounts."""
    if isinstance(by, Actor):
        authorise(by, Permission.ACCOUNT_ADMIN)
    elif by not in (audit.COMMAND_LINE, audit.SYSTEM):
        raise NotPermitted("Only an administrator may do this.")


def may_change_accounts(session: Session, by: Actor | str) -> None:
    """Hold all account changes until commit, and check ``by`` as the database knows them then. Raises NotPermitted."""
    hold(session, Lock.ACCOUNTS)
    may_read_accounts(by)
    if isinstance(by, Actor):
        present = actor_of(session.get_one(User, by.user_id))
        if present is None:
            raise NotPermitted("Your account has been disabled.")
        authorise(present, Permission.ACCOUNT_ADMIN)
