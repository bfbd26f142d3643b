"""A PostgreSQL cluster of the tests' own: in a temporary folder, on a Unix socket, gone afterwards.

It never touches a server that is already there, and it gives up durability for speed: a test that kills a server must
start one with ``durable=True``.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.support.scratch import in_memory

COPIES_BY_CHOICE = 150000  # the first version that asks how; older ones always copy the files
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
HASTE = (
    "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum=off",
    "max_wal_size=128MB",
)  # fmt: skip


class PostgresMissingError(RuntimeError):
    """No server programs are installed here."""


def find_programs() -> Path:
    """The folder that holds initdb, postgres and pg_ctl; the newest version found. Raises PostgresMissingError."""
    named = os.environ.get("OPS_POSTGRES_BIN")
    on_path = shutil.which("initdb")
    folders = [Path(named)] if named else []
    folders += sorted((f for place in PLACES for f in Path("/").glob(place.lstrip("/"))), key=_version, reverse=True)
    folders += [Path(on_path).resolve().parent] if on_path else []
    for folder in folders:
        if all((folder / program).exists() for program in ("initdb", "postgres", "pg_ctl")):
            return folder
    raise PostgresMissingError(
        "no PostgreSQL server found; `make setup-tests` installs one, OPS_POSTGRES_BIN names its folder"
    )


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in folder.parent.name.replace("-", "@").split("@") if part.isdigit())


class Cluster:
    """A running server. Superuser "ops", trusted on its socket, no network port."""

    def __init__(self, *, durable: bool = False) -> None:
        """Make the cluster and start it; returns when it answers."""
        self._programs = find_programs()
        self.folder = Path(tempfile.mkdtemp(prefix="ops-pg-", dir=None if durable else in_memory()))
        self._identity = self._unprivileged()
        self._run("initdb", "-D", str(self.data), "-U", "ops", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = ["listen_addresses=''", "max_connections=200", "shared_buffers=64MB", *(() if durable else HASTE)]
        self._options = f"-k {self.folder} " + " ".join(f"-c {option}" for option in options)
        self.start()

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy URL of one database of the cluster."""
        return f"postgresql+psycopg://ops@/{database}?host={self.folder}"

    def start(self) -> None:
        """Start the server and wait until it answers."""
        log = str(self.folder / "server.log")
        self._run("pg_ctl", "-D", str(self.data), "-w", "-l", log, "-o", self._options, "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server: "immediate" as a crash would, "fast" in order."""
        self._run("pg_ctl", "-D", str(self.data), "-w", "-m", mode, "stop")

    def remove(self) -> None:
        """Stop the server and delete the cluster."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, database: str, template: str = "template1") -> str:
        """Make a database, a copy of ``template``; its URL. Its files are copied: logging every page costs thrice as much."""
        copying = " STRATEGY file_copy" if self.version >= COPIES_BY_CHOICE else ""
        self._command(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}" + copying).format(
                sql.Identifier(database), sql.Identifier(template)
            )
        )
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._command(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))

    @cached_property
    def version(self) -> int:
        """Of the server, as 150004."""
        with self._connect() as connection:
            return connection.info.server_version

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(host=str(self.folder), user="ops", dbname="postgres", autocommit=True)

    def _command(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _unprivileged(self) -> dict[str, object]:
        """The server refuses to run as root: then it runs as "postgres" or, where there is none, "nobody"."""
        if os.geteuid() != 0:
            return {}
        for name in ("postgres", "nobody"):
            try:
                account = pwd.getpwnam(name)
            except KeyError:
                continue
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        raise PostgresMissingError("PostgreSQL refuses to run as root, and there is no other account to run it as")

    def _run(self, program: str, *arguments: str) -> None:
        said = self.folder / f"{program}.out"
        with said.open("wb") as output:
            done = subprocess.run(  # type: ignore[call-overload]
                [str(self._programs / program), *arguments],
                cwd=self.folder,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=60,
                check=False,
                **self._identity,
            )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {said.read_text('utf-8', 'replace')}")
