"""Passwords: how they are hashed, checked, judged and generated.

A password is never stored, logged or shown again. A check takes the same time whether or not the account exists, so
nobody can learn names by timing.
"""

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from ops_centre.errors import Invalid

MIN_LENGTH = 12
MAX_LENGTH = 200
_READABLE = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0/o, 1/i/l: they are read aloud and typed from paper
_AT_ONCE = threading.BoundedSemaphore(4)  # each check takes 19 MiB; a flood of tries must not take all memory

# OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """The Argon2id hash to store."""
    with _AT_ONCE:
        return _HASHER.hash(password)


def verify_password(stored: str | None, password: str) -> bool:
    """Whether ``password`` belongs to the ``stored`` hash; as slow for no account (None) as for a wrong password."""
    with _AT_ONCE:
        try:
            _HASHER.verify(stored or _nobody(), password[:MAX_LENGTH])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None and len(password) <= MAX_LENGTH


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's and should be made anew."""
    return _HASHER.check_needs_rehash(stored)


def judge(password: str, *, name: str, display_name: str = "") -> None:
    """Raise Invalid, with what would be right, unless the password is long enough and not built from the name.

    NIST SP 800-63B section 5.1.1.2: length counts, composition rules do not.
    """
    plain = password.casefold()
    if len(password) < MIN_LENGTH:
        raise Invalid(f"A password needs at least {MIN_LENGTH} characters.")
    if len(password) > MAX_LENGTH:
        raise Invalid(f"A password has at most {MAX_LENGTH} characters.")
    if any(len(part) >= 3 and part in plain for part in (name.casefold(), *display_name.casefold().split())):
        raise Invalid("A password must not contain the name of its account.")
    if len(set(plain)) < 5:
        raise Invalid("A password needs at least five different characters.")


def generate_password() -> str:
    """A random password of four groups (79 bits) that can be read aloud."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))


@cache
def _nobody() -> str:
    return _HASHER.hash(secrets.token_hex(16))
