"""Putting a backup in the place of the database, with the centre stopped.

What was there is never thrown away: SQLite's file is put aside under a name that says when, PostgreSQL's content is backed up
first. The restored database is brought to the schema of this program, nobody in it stays signed in, its revision is beyond
any that a screen has seen, and the duty log says that it was restored, from when, and which entries are not in it.
"""

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import SQLAlchemyError

from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.models import LogHead, PictureClock
from ops_centre.models.log import SEARCH_TABLES
from ops_centre.services import backup_files, postgres_programs, schema
from ops_centre.services.backup_files import BackupUnusable, Manifest
from ops_centre.services.backups import (
    POSTGRES_PART,
    RESTORING,
    SQLITE_PART,
    Backups,
    check_sqlite,
    count_rows,
    sqlite_url,
)
from ops_centre.services.restore_telling import Note, Present, Telling, keys_of, settled, signed_out, unused

_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done."""

    manifest: Manifest
    before: Path | None  # where what was there is now
    entry: int  # of the duty log that tells of it
    put_aside: list[Path]  # files of checkpoints that knew of a longer log


class Restoring:
    """Restores into the database of the settings."""

    def __init__(self, db: Database, clock: Clock, settings: Settings, backups: Backups) -> None:
        self.db = db
        self.clock = clock
        self.settings = settings
        self.backups = backups
        self.telling = Telling(clock, settings, backups)

    def look(self, path: Path) -> tuple[Manifest, Present]:
        """Check a backup whole and say what it would replace. Raises BackupUnusable."""
        manifest = backup_files.check(path)
        if manifest.database != ("sqlite" if self.db.is_sqlite else "postgresql"):
            raise BackupUnusable(f"{path} was made of {manifest.database}; database.url names another kind.")
        known = {
            revision.revision for revision in ScriptDirectory.from_config(schema.alembic_config()).walk_revisions()
        }
        if manifest.schema not in known:
            raise BackupUnusable(f"{path} is at schema {manifest.schema}, newer than this program. Update the program.")
        keys_of(manifest)
        return manifest, self._present()

    def restore(self, path: Path) -> Restored:
        """Put the backup at ``path`` in place. Raises BackupUnusable, OSError."""
        manifest, present = self.look(path)
        note = Note(manifest, present, self.clock.now().strftime(_STAMP))
        into = self._into_sqlite if self.db.is_sqlite else self._into_postgres
        before, entry = into(path, note)
        return Restored(manifest, before, entry, self.telling.settle(self.db, note))

    def _make_ready(self, db: Database, note: Note) -> int:
        """Bring what was restored to this program's schema, verify its whole log, and tell of it: the entry's number.

        Raises BackupUnusable.
        """
        try:
            schema.upgrade(db)
            self.backups.check_log(db, keys_of(note.manifest))
            return self.telling.tell(db, note)
        except SQLAlchemyError as failed:
            raise BackupUnusable(f"What it holds could not be made ready: {_first_line(failed)}") from failed

    def _present(self) -> Present:
        if self.db.is_sqlite and not Path(self.db.url.database or "").exists():
            return Present(is_there=False)
        try:
            with self.db.read.connect() as connection:
                if not inspect(connection).has_table("log_head"):
                    return Present(is_there=False)
                head = connection.execute(select(LogHead.seq)).scalar_one()
                return Present(True, head, connection.execute(select(PictureClock.revision)).scalar_one())
        except SQLAlchemyError as unreadable:
            if not self.db.is_sqlite:
                raise
            return Present(is_there=True, fault=_first_line(unreadable))

    def _into_sqlite(self, path: Path, note: Note) -> tuple[Path | None, int]:
        """Everything is done to a copy beside the database; what breaks off leaves the database as it is."""
        place = Path(self.db.url.database or "")
        coming = place.with_name(f".{place.name}.restoring")
        place.parent.mkdir(parents=True, exist_ok=True)
        _remove(coming)
        try:
            backup_files.extract(path, SQLITE_PART, coming)
            copied = Database(sqlite_url(coming), self.clock)
            try:
                check_sqlite(copied)
                _check_same(copied, note.manifest)
                entry = self._make_ready(copied, note)
            finally:
                copied.dispose()
            if not copied.become_single_file():
                raise BackupUnusable(f"{coming} is held open by another program. Nothing was changed.")
            aside = self._put_sqlite_aside(place, note.stamp) if place.exists() else None
            coming.replace(place)
        finally:
            _remove(coming)
        return aside, entry

    def _put_sqlite_aside(self, place: Path, stamp: str) -> Path:
        is_damaged = False
        try:
            is_free = self.db.become_single_file()
        except Exception:  # damaged: pysqlite3 and the standard library each have their own DatabaseError
            is_free = is_damaged = True
        if not is_free:
            raise BackupUnusable(f"{place} is in use. Stop the centre (web and worker) first, then restore.")
        aside = unused(place.with_name(f"{place.name}.before-{stamp}"))
        if is_damaged:
            for ending in ("-wal", "-shm"):
                with suppress(FileNotFoundError):
                    place.with_name(place.name + ending).rename(aside.with_name(aside.name + ending))
        try:
            aside.hardlink_to(
                place
            )  # the other takes its name in one step: whatever ends this program, there is a database
        except OSError:  # a file system without links
            place.rename(aside)
        return aside

    def _into_postgres(self, path: Path, note: Note) -> tuple[Path | None, int]:
        """What was loaded is compared before it is committed; where it then does not verify, what was there is put back."""
        self._refuse_while_used()
        before = None
        if note.present.is_there:
            before = unused(self.backups.folder / f"before-{note.stamp}.zip")
            self.backups.make(before)
        try:
            self._load(path, note.manifest, settled(note, self.clock.now()))
        except (BackupUnusable, OSError):
            if before is not None and self._is_still(note.present):
                before.unlink()  # a copy of what stands; one for each try would fill the disk
            raise
        try:
            return before, self._make_ready(self.db, note)
        except BackupUnusable as unusable:
            raise BackupUnusable(f"{unusable} {self._put_back(before)}") from unusable

    def _is_still(self, present: Present) -> bool:
        try:
            return self._present() == present
        except SQLAlchemyError:  # the server is away: what it holds is not known
            return False

    def _load(self, path: Path, manifest: Manifest, settling: str) -> None:
        self.db.dispose()
        self.backups.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=RESTORING, dir=self.backups.folder) as scratch:
            dumped = Path(scratch) / POSTGRES_PART
            backup_files.extract(path, POSTGRES_PART, dumped)
            end = (manifest.log_entries, manifest.log_chain)
            sound = postgres_programs.expecting(manifest.rows, end, manifest.schema)
            postgres_programs.load(self.db.url, dumped, sound + settling)

    def _put_back(self, before: Path | None) -> str:
        """Have the database be again what it was before. What came of it, as a sentence."""
        try:
            if before is None:
                self.db.dispose()
                postgres_programs.empty(self.db.url)
                return "The database is empty again."
            was = backup_files.check(before)
            self._load(before, was, signed_out(was.revision))
        except (BackupUnusable, OSError) as failed:
            return f"What was there could not be put back ({failed}); restore {before} by hand."
        return "What was there was put back."

    def _refuse_while_used(self) -> None:
        """Raises BackupUnusable while anybody else is connected."""
        self.db.dispose()
        others = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        with self.db.read.connect() as connection:
            count = connection.execute(others).scalar_one()
        if count:
            raise BackupUnusable(
                f"The database is in use ({count} other connections). Stop the centre (web and worker) first, then restore."
            )


def _check_same(copied: Database, manifest: Manifest) -> None:
    """The database is the one that the manifest tells of. Raises BackupUnusable."""
    try:
        with copied.read.connect() as connection:
            schema_in = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            head = connection.execute(select(LogHead.seq, LogHead.chain_hash)).one()
            rows = count_rows(connection)
    except SQLAlchemyError as foreign:
        raise BackupUnusable(f"What it holds is no database of a centre: {_first_line(foreign)}") from foreign
    own = SEARCH_TABLES["sqlite"]
    wrong = [name for name, count in manifest.rows.items() if name not in own and rows.get(name) != count]
    if wrong or (schema_in, head.seq, bytes(head.chain_hash).hex()) != (
        manifest.schema,
        manifest.log_entries,
        manifest.log_chain,
    ):
        raise BackupUnusable("What it holds is not the database that its manifest tells of. Nothing was changed.")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _remove(database: Path) -> None:
    """Leave nothing of a copy of a database."""
    for ending in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
