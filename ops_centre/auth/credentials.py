"""What a browser or script shows to be known: random session ids and bearer tokens.

Only their SHA-256 is ever stored. They carry 256 random bits, so a plain hash is enough and cannot be searched.
"""

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum

TOKEN_PREFIX = "ops_"  # noqa: S105  (a mark by which leaked tokens are recognised, no secret)


class CredentialKind(StrEnum):
    """How somebody is known."""

    SESSION = "session"
    TOKEN = "token"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Credential:
    """A session or token by its hash. Safe to keep while a stream is open; useless to a thief."""

    kind: CredentialKind
    digest: str


def new_session_id() -> str:
    """A random session id for a cookie."""
    return secrets.token_urlsafe(32)


def new_token() -> str:
    """A random bearer token."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """The hash under which a session id or token is stored, in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()
