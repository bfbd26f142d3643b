"""The handling a scoped row points to. Rows are only ever added, so an id once given stays true."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ops_centre.domain.handling import Marking, release_text
from ops_centre.models import Handling


def handling_id(session: Session, owner: str, marking: str, releases: Iterable[str] = ()) -> int:
    """Id of the handling with this owner, marking and releases; made when there is none, whoever else makes it.

    Raises ValueError when the marking is no TLP label.
    """
    values = {"owner": owner, "marking": Marking(marking).value, "releases": release_text(set(releases) - {owner})}
    wanted = select(Handling.id).filter_by(**values)
    known = session.scalar(wanted)
    if known is not None:
        return known
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(Handling).values(**values).on_conflict_do_nothing())
    return session.scalars(wanted).one()


class Handlings:
    """The same, remembered for one unit of work."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ids: dict[tuple[str, str, frozenset[str]], int] = {}

    def id(self, owner: str, marking: str, releases: Iterable[str]) -> int:
        """As `handling_id`."""
        key = (owner, marking, frozenset(releases))
        if key not in self._ids:
            self._ids[key] = handling_id(self._session, *key)
        return self._ids[key]
