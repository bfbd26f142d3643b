"""Backups of the whole centre while it runs: one consistent moment of the database, checked after it was written.

SQLite is copied by itself (VACUUM INTO), PostgreSQL by pg_dump under an exported snapshot; what the log's proofs need beside
the database (the public keys) goes with it, the private key never does. A copy that does not verify is no backup: nothing
is left under its name.
"""

import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import URL, Connection, func, inspect, select, table, text

from ops_centre import __version__
from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.signed_notes import PublicKey
from ops_centre.models import LogHead, PictureClock
from ops_centre.models.log import SEARCH_TABLES
from ops_centre.services import backup_files, log_verifying, postgres_programs
from ops_centre.services.backup_files import UNFINISHED, BackupUnusable, Manifest
from ops_centre.services.checkpoints import Checkpoints

SQLITE_PART, POSTGRES_PART = "database.sqlite", "database.pgdump"
PREFIX = "ops-centre-"  # of the files that the schedule writes
SCRATCH, RESTORING = ".backup-", ".restore-"  # of the folders a copy is made in, and a dump is taken out into
ABANDONED = timedelta(hours=1)  # what was left unfinished and untouched for so long is nobody's
AHEAD = timedelta(hours=1)  # a backup named after a later time was made while the clock was wrong
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup in the folder of the schedule."""

    path: Path
    made_at: datetime
    bytes: int


class Backups:
    """Makes, checks and thins out backups."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, checkpoints: Checkpoints) -> None:
        self.db = db
        self.clock = clock
        self.settings = settings
        self.checkpoints = checkpoints

    @property
    def folder(self) -> Path:
        """Where the schedule writes."""
        return self.settings.data_dir / (self.settings.backup.folder or "backups")

    def make(self, path: Path, *, by_schedule: bool = False) -> Manifest:
        """Write a backup of this moment to ``path``. Raises BackupUnusable, OSError."""
        if path.exists():
            raise BackupUnusable(f"{path} exists already; a backup never writes over anything.")
        path.parent.mkdir(parents=True, exist_ok=True)
        self._sweep(path.parent)
        self._check_room(path.parent)
        with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=path.parent) as scratch:
            copy = Path(scratch) / (SQLITE_PART if self.db.is_sqlite else POSTGRES_PART)
            manifest = self._copy_sqlite(copy) if self.db.is_sqlite else self._dump_postgres(copy)
            return backup_files.write(path, replace(manifest, by_schedule=by_schedule), {copy.name: copy})

    def is_due(self) -> bool:
        """Whether the schedule wants one now: the newest of its backups is old enough, or was made in the future."""
        every, kept = self.settings.backup.every_hours, self.kept()
        newest = kept[0].made_at if kept else None
        return bool(every) and (newest is None or abs((self.clock.now() - newest).total_seconds()) >= every * 3600)

    def make_due(self) -> str | None:
        """One for the schedule, if it is due; more than it keeps are dropped. What was done."""
        if not self.is_due():
            return None
        path = self.folder / f"{PREFIX}{self.clock.now():{_STAMP}}.zip"
        made = self.make(path, by_schedule=True)
        dropped = self._thin(path)
        return f"wrote {path.name}: {made.log_entries} log entries" + (f"; dropped {dropped}" if dropped else "")

    def kept(self) -> list[Kept]:
        """Backups of the schedule, newest first: by the name that only a whole one has.

        Those that a wrong clock named after a time that has yet to come are last, and so the first to be dropped: counted as
        the newest they would have every new one dropped as soon as it is made.
        """
        found, latest = [], self.clock.now() + AHEAD
        for path in self.folder.glob(f"{PREFIX}*.zip"):
            try:
                made_at = datetime.strptime(path.stem.removeprefix(PREFIX), _STAMP).replace(tzinfo=UTC)
                found.append(Kept(path, made_at, path.stat().st_size))
            except (ValueError, OSError):
                continue  # somebody else's file, or gone meanwhile
        return sorted(found, key=lambda one: (one.made_at <= latest, one.made_at), reverse=True)

    def _sweep(self, folder: Path) -> None:
        """Remove what a backup or a restore left that was killed on its way, but nothing somebody may be writing just now."""
        before = time.time() - ABANDONED.total_seconds()  # as the file system's own clock has it
        for left in (*folder.glob(f"{SCRATCH}*"), *folder.glob(f"{RESTORING}*")):
            if _touched(left) < before:
                shutil.rmtree(left, ignore_errors=True)
        for unfinished in folder.glob(f".*{UNFINISHED}"):
            if _touched(unfinished) < before:
                unfinished.unlink(missing_ok=True)

    def _thin(self, made: Path) -> int:
        """Drop what is more than is to be kept, never what was ``made`` just now."""
        surplus = [one for one in self.kept() if one.path != made][self.settings.backup.keep - 1 :]
        for one in surplus:
            one.path.unlink(missing_ok=True)
        return len(surplus)

    def _check_room(self, folder: Path) -> None:
        """The copy and the archive of it stand beside each other for a while. Raises BackupUnusable."""
        needed, free = 2 * self._bytes(), shutil.disk_usage(folder).free
        if free < needed:
            raise BackupUnusable(
                f"{folder} has {free / 1e6:,.0f} MB free; a backup needs up to {needed / 1e6:,.0f} MB while it is written."
            )

    def _bytes(self) -> int:
        if self.db.is_sqlite:
            return Path(self.db.url.database or "").stat().st_size
        with self.db.read.connect() as connection:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())

    def _copy_sqlite(self, copy: Path) -> Manifest:
        self.db.copy_to(copy)
        made = Database(sqlite_url(copy), self.clock)
        try:
            check_sqlite(made)
            with made.read.connect() as connection:
                manifest = self._manifest(connection)
            self.check_log(made)
        finally:
            made.dispose()
        if not made.become_single_file():
            raise BackupUnusable(f"{copy} is held open by another program.")
        return manifest

    def _dump_postgres(self, copy: Path) -> Manifest:
        with self.db.read.connect() as connection:
            snapshot = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar_one())
            manifest = self._manifest(connection)
            postgres_programs.dump(self.db.url, snapshot, copy)
        self.check_log(self.db)
        dumped = postgres_programs.rows_in(copy)
        wrong = [name for name in {*manifest.rows, *dumped} if manifest.rows.get(name, 0) != dumped.get(name, 0)]
        if wrong:
            raise BackupUnusable(f"The dump does not hold all rows of {', '.join(sorted(wrong))}.")
        return manifest

    def check_log(self, db: Database, others: Sequence[PublicKey] = ()) -> None:
        """The duty log verifies, by what the database itself holds of its proofs. Raises BackupUnusable.

        ``others``: keys beside those known here whose signatures count.
        """
        proofs = Checkpoints(db, self.clock, self.settings)
        proofs.files = []  # what was signed since stands outside, and is right to be longer
        verdict = log_verifying.verify(proofs, list(dict.fromkeys([*self.checkpoints.public_keys(), *others])))
        if verdict.faults:
            raise BackupUnusable(f"The duty log is not sound, so this is no good backup. {verdict.faults[0]}")

    def _manifest(self, connection: Connection) -> Manifest:
        head = connection.execute(select(LogHead.seq, LogHead.chain_hash)).one()
        return Manifest(
            made_at=self.clock.now().isoformat(), centre=self.settings.centre.name, program=__version__,
            schema=str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()),
            database="sqlite" if self.db.is_sqlite else "postgresql",
            revision=connection.execute(select(PictureClock.revision)).scalar_one(),
            log_entries=head.seq, log_chain=bytes(head.chain_hash).hex(), rows=count_rows(connection),
            keys=[key.text for key in self.checkpoints.public_keys()],
        )  # fmt: skip


def sqlite_url(path: Path) -> URL:
    """The URL of a file, whatever characters its name has."""
    return URL.create("sqlite", database=str(path))


def _touched(path: Path) -> float:
    """When something in or at ``path`` changed last, Unix time; now when it is gone."""
    try:
        inside = list(path.iterdir()) if path.is_dir() else []
        return max(one.stat().st_mtime for one in (path, *inside))
    except OSError:
        return time.time()


def check_sqlite(db: Database) -> None:
    """SQLite's own checks of pages, indexes and foreign keys. Raises BackupUnusable."""
    with db.read.connect() as connection:
        said = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(3)")]
        if said != ["ok"]:
            raise BackupUnusable(f"The database is damaged: {'; '.join(said)}")
        loose = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if loose is not None:
            raise BackupUnusable(
                f"The database is damaged: a row of {loose[0]} refers to a row of {loose[2]} that is gone."
            )


def count_rows(connection: Connection) -> dict[str, int]:
    """Rows of every table; SQLite's own tables of the search, which it makes of others, are left out."""
    own = SEARCH_TABLES["sqlite"] if connection.dialect.name == "sqlite" else frozenset()
    names = [name for name in inspect(connection).get_table_names() if name not in own]
    return {name: connection.execute(select(func.count()).select_from(table(name))).scalar_one() for name in names}
