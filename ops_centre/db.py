"""The database: one write engine, one read engine, revisions, and how a change wakes the readers.

SQLite writes take their lock at BEGIN (``BEGIN IMMEDIATE``), so two writers queue instead of failing; reads are deferred
and never wait for a writer. Nothing else in the centre may create an engine or issue a PRAGMA. Engines belong to one
process: call `Database.dispose` after a fork.

A writing transaction has one moment, when it began by the centre's clock. SQL knows it as ``ops_now()``: the triggers that
keep the history (migration 0005) stamp their versions with it, so that no service can forget to.
"""

import json
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from ops_centre.clock import Clock, SystemClock, to_ms
from ops_centre.errors import ConfigError

SAFE_SQLITE = (3, 51, 3)  # older versions can lose commits in WAL mode (WAL-reset bug)
CHANNEL = "picture"  # PostgreSQL NOTIFY channel


def sqlite_module() -> ModuleType:
    """A DB-API module whose SQLite is safe in WAL mode: pysqlite3's own, or the standard library's if new enough."""
    try:
        import pysqlite3  # noqa: PLC0415  (absent where there is no wheel)
    except ImportError:
        if sqlite3.sqlite_version_info < SAFE_SQLITE:
            raise ConfigError(
                [f"SQLite {sqlite3.sqlite_version} can lose commits; install pysqlite3 or use PostgreSQL"]
            ) from None
        return sqlite3
    module: ModuleType = pysqlite3.dbapi2
    return module


class CommitUnknown(OperationalError):
    """The server went away while it was asked to commit: all of it is there, or nothing. Only reading tells which."""


class Turns:
    """Gives the threads of one process the write lock in the order they asked for it.

    SQLite lets waiting writers race, so a feed that floods would keep all others from writing.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._owner: int | None = None

    def __enter__(self) -> None:
        me = threading.get_ident()
        with self._guard:
            if self._owner == me:
                raise RuntimeError("a writing unit of work was begun inside another one")
            if self._owner is None:
                self._owner = me
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()  # until it is handed over
        self._owner = me

    def __exit__(self, *_error: object) -> None:
        with self._guard:
            if self._waiting:
                self._owner = 0  # nobody's, but taken
                self._waiting.popleft().release()
            else:
                self._owner = None


class Database:
    """Both engines of one database."""

    def __init__(self, url: str | URL | Path, clock: Clock | None = None) -> None:
        """Open ``url`` (any SQLAlchemy URL of SQLite or PostgreSQL, or an SQLite file). Creates nothing but the folder."""
        clock = clock or SystemClock()
        self.url = URL.create("sqlite", database=str(url)) if isinstance(url, Path) else make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.on_fault: Callable[[BaseException], None] = lambda _error: None  # told of each write that failed
        self._turns: AbstractContextManager[None] = Turns() if self.is_sqlite else nullcontext()
        if self.is_sqlite:
            if self.url.database:
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            self.write = _sqlite_engine(self.url, "BEGIN IMMEDIATE", clock)
            self.read = _sqlite_engine(self.url, "BEGIN", clock)
        elif self.url.get_backend_name() == "postgresql":
            psycopg_url = self.url.set(drivername="postgresql+psycopg")
            self.write = _postgres_engine(psycopg_url)
            _tell_moment(self.write, clock)
            self.read = _postgres_engine(psycopg_url, isolation_level="REPEATABLE READ")  # one read, one moment
        else:
            raise ConfigError([f"database.url: {self.url.get_backend_name()} is neither sqlite nor postgresql"])

    @contextmanager
    def begin(self) -> Iterator[Session]:
        """A writing unit of work: committed on leaving, rolled back on an error. Raises CommitUnknown."""
        is_committing = False
        try:
            with self._turns, Session(self.write, expire_on_commit=False) as session, session.begin():
                yield session
                session.flush()
                is_committing = True
        except SQLAlchemyError as failed:
            self.on_fault(failed)
            if is_committing and isinstance(failed, DBAPIError) and failed.connection_invalidated and failed.orig:
                raise CommitUnknown(
                    failed.statement, failed.params, failed.orig, connection_invalidated=True
                ) from failed
            raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent read; nothing may be written in it."""
        with Session(self.read, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def connect_writing(self) -> Iterator[Connection]:
        """A writing transaction without the ORM, for bulk work."""
        try:
            with self._turns, self.write.begin() as connection:
                yield connection
        except SQLAlchemyError as failed:
            self.on_fault(failed)
            raise

    def copy_to(self, path: Path) -> None:
        """Write a consistent, compact copy of an SQLite database to ``path``, which must not exist; writers go on meanwhile."""
        connection = self.read.raw_connection()
        try:
            connection.cursor().execute("VACUUM INTO ?", (str(path),))
        finally:
            connection.close()

    def become_single_file(self) -> bool:
        """Fold an SQLite database's log back into its one file, so that the file can be put aside.

        False while anybody else has it open: nothing is done then. Reopening it brings the write-ahead log back.
        """
        self.dispose()
        connection = sqlite_module().connect(self.url.database or "", timeout=0.5)
        try:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
        except sqlite_module().OperationalError:
            return False
        finally:
            connection.close()
        return bool(mode) and mode[0] == "delete"

    def dispose(self) -> None:
        """Close all connections."""
        self.write.dispose()
        self.read.dispose()


def next_revision(bind: Session | Connection) -> int:
    """Take the next revision and hold the clock's row until commit. Call once in a transaction, as late as possible.

    On PostgreSQL it also queues the notification that wakes the web processes when the transaction commits.
    """
    revision = int(
        bind.execute(
            text("UPDATE picture_clock SET revision = revision + 1 WHERE id = 1 RETURNING revision")
        ).scalar_one()
    )
    if bind.get_bind().dialect.name == "postgresql" if isinstance(bind, Session) else bind.dialect.name == "postgresql":
        bind.execute(text("SELECT pg_notify(:channel, :revision)"), {"channel": CHANNEL, "revision": str(revision)})
    return revision


def _json(value: Any) -> str:
    """JSON as it is stored: letters as they are, since searches look for them in it."""
    return json.dumps(value, ensure_ascii=False)


def _postgres_engine(url: URL, **more: Any) -> Engine:
    bounds = {"connect_timeout": 5, "tcp_user_timeout": 15_000, "options": "-c statement_timeout=60000"}
    return create_engine(
        url, pool_size=8, max_overflow=24, pool_pre_ping=True, json_serializer=_json, connect_args=bounds, **more
    )


def _tell_moment(engine: Engine, clock: Clock) -> None:
    """Begin each transaction by saying when that is: ``ops_now()`` reads it (PostgreSQL)."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("SELECT set_config('ops.now', %s, true)", (str(to_ms(clock.now())),))


def _file_number(path: str | None) -> int | None:
    """What tells the file at ``path`` from another of that name; None when there is none."""
    try:
        return Path(path).stat().st_ino if path else None
    except OSError:
        return None


def _sqlite_engine(url: URL, begin: str, clock: Clock) -> Engine:
    engine = create_engine(
        url,
        module=sqlite_module(),
        connect_args={"timeout": 30, "check_same_thread": False},
        json_serializer=_json,
    )

    known: set[str] = set()  # that the file was there

    @event.listens_for(engine, "do_connect")
    def _not_anew(*_how: Any) -> None:
        """A file that went away is not begun anew, empty: that would also overwrite the write-ahead log of the true one."""
        path = engine.url.database
        if path in known and not Path(str(path)).exists():
            raise sqlite_module().OperationalError("unable to open database file: it is gone")

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        known.update({engine.url.database} if engine.url.database else ())
        connection.isolation_level = None  # we send BEGIN ourselves
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=30000",
            "cache_size=-32768",
            "wal_autocheckpoint=8000",
        ):
            connection.execute(f"PRAGMA {pragma}")
        record.info["file"] = _file_number(engine.url.database)
        record.info["moment"] = to_ms(clock.now())
        connection.create_function("ops_now", 0, lambda: record.info["moment"])

    @event.listens_for(engine, "checkout")
    def _same_file(_connection: Any, record: Any, _proxy: Any) -> None:
        """A file that was deleted or put back would be written on unseen, and all of that lost at the next start."""
        if record.info.get("file") != _file_number(engine.url.database):
            raise DisconnectionError("the database file is another one")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)
        connection.info["moment"] = to_ms(clock.now())  # the lock is held: nobody writes at an earlier one

    return engine
