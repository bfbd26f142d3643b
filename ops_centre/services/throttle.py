"""Sign-in tries are limited by name and by address, counted in the database so that every process sees the same.

A try is entered before the password is checked, in the transaction that counted: a hundred tries at once get no further
than a hundred in a row. Names are kept as hashes, because people type passwords into the name field.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ops_centre.auth.credentials import digest
from ops_centre.config import Sessions as SessionSettings
from ops_centre.models import SignInAttempt
from ops_centre.services.locks import Lock, hold


@dataclass(frozen=True, slots=True)
class Limit:
    """How many tries one key has."""

    key: str
    tries: int


def limits_of(name: str, address: str, settings: SessionSettings) -> tuple[Limit, Limit]:
    """The limits a try by ``name`` from ``address`` falls under."""
    return (
        Limit(name_key(name), settings.attempts),
        Limit(f"address:{network_of(address)}", settings.attempts_per_address),
    )


def name_key(name: str) -> str:
    """The key under which tries of a name are counted."""
    return f"name:{digest(name)}"


def network_of(address: str) -> str:
    """The address that is counted: IPv6 by its /64, which one subscriber has to itself (RFC 6177)."""
    try:
        parsed: IPv4Address | IPv6Address = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ip_network(f"{parsed}/64", strict=False))
    return str(parsed)


def enter(session: Session, now: datetime, limits: tuple[Limit, ...], window: timedelta) -> datetime | None:
    """Enter one try and return None, or, when a limit is reached, enter nothing and return until when to wait."""
    hold(session, Lock.SIGN_IN)
    session.execute(delete(SignInAttempt).where(SignInAttempt.at <= now - window))
    waits = [until for limit in limits if (until := _wait(session, limit, window))]
    if waits:
        return max(waits)
    session.add_all(SignInAttempt(key=limit.key, at=now) for limit in limits)
    return None


def forgive(session: Session, name: str, address: str, at: datetime) -> None:
    """After a success: the name starts anew; of the address only this try is taken back."""
    forget_name(session, name)
    mine = (
        select(SignInAttempt.id)
        .where(SignInAttempt.key == f"address:{network_of(address)}", SignInAttempt.at == at)
        .limit(1)
    )
    session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(mine)))


def forget_name(session: Session, name: str) -> None:
    """A name starts anew, as after an administrator gave it another password."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.key == name_key(name)))


def _wait(session: Session, limit: Limit, window: timedelta) -> datetime | None:
    """When the next try becomes free: once the oldest of the newest ``tries`` has left the window."""
    newest = select(SignInAttempt.at).where(SignInAttempt.key == limit.key).order_by(SignInAttempt.at.desc())
    tries = session.scalars(newest.limit(limit.tries)).all()
    return tries[-1] + window if len(tries) >= limit.tries else None
