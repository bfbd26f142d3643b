"""Rows from a foreign database: read only, within a time and a number, and in words that give no secret away.

Every read has a connection and a transaction of its own that ends in a rollback. Where the dialect has it, the
transaction is read only by the database's own word; the time limit is the database's own and, beside it, a watch that
breaks off the statement or, failing that, hangs up.
"""

import os
import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ops_centre.errors import FeedUnavailable

CONNECT_SECONDS = 5
_TIMEOUTS = {"postgresql": {"connect_timeout": CONNECT_SECONDS}, "mysql": {"connect_timeout": CONNECT_SECONDS}}
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Rows:
    """What a query answered. ``whole``: there was no more of it."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    whole: bool


class SqlSource:
    """One database, told by the variable that holds its address."""

    def __init__(self, url_env: str, *, seconds: float) -> None:
        """Opens nothing. ``seconds``: the longest one read may take."""
        self._url_env = url_env
        self._seconds = seconds
        self._engine: Engine | None = None
        self._secret: tuple[str, ...] = ()

    def read(self, query: str, after: Any, limit: int) -> Rows:
        """At most ``limit`` rows of the query with ``:after`` bound. Raises FeedUnavailable."""
        watch = _Watch(self._seconds)
        try:
            with self._connect() as connection, watch.over(connection):
                _read_only(connection, self._seconds)
                answer = connection.execution_options(stream_results=True).execute(text(query), {"after": after})
                columns, rows = tuple(answer.keys()), list[tuple[Any, ...]]()
                while len(rows) <= limit and (part := answer.fetchmany(_CHUNK)):
                    rows += [tuple(row) for row in part]
                answer.close()
        except FeedUnavailable:
            raise
        except Exception as broken:
            if watch.rang:
                raise FeedUnavailable(f"the query did not finish within {self._seconds:g} s") from None
            raise FeedUnavailable(self._in_words(broken)) from None  # the cause may hold the address
        return Rows(columns, rows[:limit], len(rows) <= limit)

    def close(self) -> None:
        """Let go of the engine; connections are closed after each read."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        self._engine = self._engine or self._make_engine()
        connection = self._engine.connect()
        try:
            yield connection
        finally:
            try:
                connection.rollback()
            except SQLAlchemyError:  # it is gone; nothing was written
                connection.invalidate()
            connection.close()

    def _make_engine(self) -> Engine:
        said = os.environ.get(self._url_env, "").strip()
        if not said:
            raise FeedUnavailable(f"the variable {self._url_env} with the database's address is not set")
        try:
            url = make_url(said)
            self._secret = _secrets(said, url)
            if url.get_backend_name() == "sqlite":
                return create_engine("sqlite://", creator=lambda: _open_file(url), poolclass=NullPool)
            if url.drivername == "postgresql":
                url = url.set(drivername="postgresql+psycopg")
            return create_engine(
                url, poolclass=NullPool, connect_args=_TIMEOUTS.get(url.get_backend_name(), {}), hide_parameters=True
            )
        except ArgumentError:
            raise FeedUnavailable(
                f"the variable {self._url_env} holds no address such as postgresql+psycopg://reader:secret@host/base"
            ) from None
        except ImportError as missing:
            raise FeedUnavailable(f"the driver for this database is not installed: {missing.name}") from None

    def _in_words(self, broken: Exception) -> str:
        """The first line of what the driver says, without anything of the address that is secret."""
        said = str(getattr(broken, "orig", None) or broken).strip().splitlines() or [type(broken).__name__]
        words = said[0]
        for secret in self._secret:
            words = words.replace(secret, "***")
        return f"the database: {re.sub(r'://[^@/ ]*@', '://***@', words)[:300]}"


def _secrets(said: str, url: URL) -> tuple[str, ...]:
    """What must stand in no message: the whole address, its password, also as it is written in the address."""
    values = [
        str(value) for values in url.query.values() for value in ((values,) if isinstance(values, str) else values)
    ]
    password = str(url.password or "")
    words = {said, password, quote(password, safe=""), *(value for value in values if len(value) > 5)}
    return tuple(sorted(filter(None, words), key=len, reverse=True))


def _open_file(url: URL) -> sqlite3.Connection:
    path = Path(url.database or "")
    if not path.is_file():
        raise FeedUnavailable("the database: there is no such file")
    return sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=CONNECT_SECONDS, check_same_thread=False
    )


def _read_only(connection: Connection, seconds: float) -> None:
    """Ask the database itself to allow no writing and to keep the time limit."""
    name, limit = connection.dialect.name, int(seconds * 1000)
    if name == "postgresql":
        connection.execute(text("SET TRANSACTION READ ONLY"))
        connection.execute(text(f"SET LOCAL statement_timeout = {limit}"))
    elif name in ("mysql", "mariadb"):
        connection.execute(text("SET SESSION TRANSACTION READ ONLY"))
        connection.rollback()
    elif name == "sqlite":
        connection.execute(text("PRAGMA query_only = ON"))


class _Watch:
    """Breaks off a statement that takes too long."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self.rang = False

    @contextmanager
    def over(self, connection: Connection) -> Iterator[None]:
        driver = connection.connection.driver_connection
        timer = threading.Timer(self._seconds, self._break_off, (driver,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _break_off(self, driver: Any) -> None:
        self.rang = True
        for name in ("interrupt", "cancel", "close"):
            if callable(act := getattr(driver, name, None)):
                try:
                    act()
                except Exception:  # noqa: S112  (the next way is tried)
                    continue
                return
