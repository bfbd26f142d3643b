"""Many rows in one statement, alike on SQLite and PostgreSQL.

One statement for hundreds of rows costs about two thirds of as many executions of one for a single row, and lets go of the
interpreter while the database works, so that a feed can be parsed meanwhile. Values are always bound, never written into
the text; the casts in the first row tell PostgreSQL the types.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql

ROWS = 400  # of one statement; SQLite binds 32,766 values, PostgreSQL 65,535
_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Bulk:
    """A statement around a list of rows: ``head (?, …), (?, …) tail``."""

    head: str
    types: tuple[str, ...]
    tail: str

    def run(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> int:
        """Run for all ``rows``; how many rows of the table were touched."""
        mark = "%s" if connection.dialect.name == "postgresql" else "?"
        touched = 0
        for start in range(0, len(rows), ROWS):
            part = rows[start : start + ROWS]
            values = tuple(chain.from_iterable(part))
            touched += connection.exec_driver_sql(_text(self, mark, len(part)), values).rowcount
        return touched


@lru_cache(maxsize=64)
def _text(bulk: Bulk, mark: str, rows: int) -> str:
    first = ", ".join(f"CAST({mark} AS {kind})" for kind in bulk.types)
    other = ", ".join(mark for _kind in bulk.types)
    return f"{bulk.head} ({first}){f', ({other})' * (rows - 1)}{bulk.tail}"


def types_of(table: Table, columns: Sequence[str]) -> tuple[str, ...]:
    """SQL types of columns, in words both databases take."""
    return tuple(table.c[name].type.compile(_DIALECT) for name in columns)


def insert(table: Table, columns: Sequence[str]) -> Bulk:
    """Insert rows; those that are there already are passed over."""
    head = f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES"
    return Bulk(head, types_of(table, columns), " ON CONFLICT DO NOTHING")


def update(table: Table, columns: Sequence[str], sets: str, where: str) -> Bulk:
    """Update by ``id``, which must be the last of ``columns``; in ``sets`` and ``where``, ``{name}`` is a row's value.

    A row that stands twice in one list would be written in no certain order: do not pass one.
    """
    names = {name: f"v.column{place}" for place, name in enumerate(columns, start=1)}
    head = f"UPDATE {table.name} SET {sets.format(**names)} FROM (VALUES"  # noqa: S608  (names of our own columns)
    tail = f") AS v WHERE {table.name}.id = {names['id']} AND {where.format(**names)}"
    return Bulk(head, types_of(table, columns), tail)
