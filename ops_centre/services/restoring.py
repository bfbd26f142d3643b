"""Putting a backup in the place of the database, with the centre stopped.

What was there is never thrown away: SQLite's file is put aside under a name that says when, PostgreSQL's content is backed up
first. The restored database is brought to the schema of this program, nobody in it stays signed in, its revision is beyond
any that a screen has seen, and the duty log says that it was restored, from when, and which entries are not in it.
"""

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import delete, inspect, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from ops_centre.clock import Clock
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.signed_notes import BadNote, Checkpoint, PublicKey, parse_key
from ops_centre.models import Lease, LogEntry, LogHead, PictureClock, SignInSession
from ops_centre.models.log import SEARCH_TABLES
from ops_centre.services import audit, backup_files, duty_log, postgres_programs, schema
from ops_centre.services.audit import COMMAND_LINE, AuditKind
from ops_centre.services.backup_files import BackupUnusable, Manifest
from ops_centre.services.backups import POSTGRES_PART, SQLITE_PART, Backups, check_sqlite, count_rows, sqlite_url
from ops_centre.services.checkpoints import NotWritten
from ops_centre.services.deeds import Deeds
from ops_centre.services.handlings import handling_id

BEYOND = 1000  # revisions skipped, so that no screen takes the restored picture for a continuation of its own
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Present:
    """What stands where the backup is to go."""

    is_there: bool
    log_entries: int = 0
    revision: int = 0
    fault: str | None = None  # why it cannot be read


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
        _keys(manifest)
        return manifest, self._present()

    def restore(self, path: Path) -> Restored:
        """Put the backup at ``path`` in place. Raises BackupUnusable, OSError."""
        manifest, present = self.look(path)
        stamp = self.clock.now().strftime(_STAMP)
        into = self._into_sqlite if self.db.is_sqlite else self._into_postgres
        before, entry = into(path, manifest, present, stamp)
        return Restored(manifest, before, entry, self._settle_checkpoints(manifest, stamp))

    def _make_ready(self, db: Database, manifest: Manifest, present: Present) -> int:
        """Bring what was restored to this program's schema, verify its whole log, and tell of it: the entry's number.

        Raises BackupUnusable.
        """
        try:
            schema.upgrade(db)
            self.backups.check_log(db, _keys(manifest))
            return self._tell(db, manifest, present)
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

    def _into_sqlite(self, path: Path, manifest: Manifest, present: Present, stamp: str) -> tuple[Path | None, int]:
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
                _check_same(copied, manifest)
                entry = self._make_ready(copied, manifest, present)
            finally:
                copied.dispose()
            if not copied.become_single_file():
                raise BackupUnusable(f"{coming} is held open by another program. Nothing was changed.")
            aside = self._put_sqlite_aside(place, stamp) if place.exists() else None
            coming.rename(place)
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
        aside = _unused(place.with_name(f"{place.name}.before-{stamp}"))
        if is_damaged:
            for ending in ("-wal", "-shm"):
                with suppress(FileNotFoundError):
                    place.with_name(place.name + ending).rename(aside.with_name(aside.name + ending))
        place.rename(aside)
        return aside

    def _into_postgres(self, path: Path, manifest: Manifest, present: Present, stamp: str) -> tuple[Path | None, int]:
        """What was loaded is compared before it is committed; where it then does not verify, what was there is put back."""
        self._refuse_while_used()
        before = None
        if present.is_there:
            before = _unused(self.backups.folder / f"before-{stamp}.zip")
            self.backups.make(before)
        try:
            self._load(path, manifest, seen=present.revision)
        except (BackupUnusable, OSError):
            if before is not None and self._is_still(present):
                before.unlink()  # a copy of what stands; one for each try would fill the disk
            raise
        try:
            return before, self._make_ready(self.db, manifest, present)
        except BackupUnusable as unusable:
            raise BackupUnusable(f"{unusable} {self._put_back(before)}") from unusable

    def _is_still(self, present: Present) -> bool:
        try:
            return self._present() == present
        except SQLAlchemyError:  # the server is away: what it holds is not known
            return False

    def _load(self, path: Path, manifest: Manifest, seen: int = 0) -> None:
        self.db.dispose()
        self.backups.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=self.backups.folder) as scratch:
            dumped = Path(scratch) / POSTGRES_PART
            backup_files.extract(path, POSTGRES_PART, dumped)
            end = (manifest.log_entries, manifest.log_chain)
            sound = postgres_programs.expecting(manifest.rows, end, manifest.schema)
            postgres_programs.load(self.db.url, dumped, sound + _settled(max(seen, manifest.revision)))

    def _put_back(self, before: Path | None) -> str:
        """Have the database be again what it was before. What came of it, as a sentence."""
        try:
            if before is None:
                self.db.dispose()
                postgres_programs.empty(self.db.url)
                return "The database is empty again."
            self._load(before, backup_files.check(before))
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

    def _settle_checkpoints(self, manifest: Manifest, stamp: str) -> list[Path]:
        """Files that know of a longer log, or of another one, are put aside: signing goes on from the restored one."""
        aside, keys = [], _keys(manifest)
        for file in self.backups.checkpoints.files:
            known = list(dict.fromkeys([*keys, *file.public_keys()]))
            last = file.last(known)
            if last is not None and not self._holds(last, manifest.log_entries):
                put = _unused(file.path.with_name(f"{file.path.name}.before-{stamp}"))
                file.path.rename(put)
                aside.append(put)
            for key in keys:
                file.list_key(key)
        with suppress(NotWritten):  # the worker names a folder that cannot be written at every turn
            self.backups.checkpoints.refill()
        return aside

    def _holds(self, signed: Checkpoint, entries: int) -> bool:
        """Whether the restored log, of so many entries, is the one that was signed, or has grown from it."""
        with self.db.reading() as session:
            chain = session.scalar(select(LogEntry.chain_hash).where(LogEntry.seq == signed.size))
        return signed.size <= entries and (signed.size == 0 or chain == signed.chain)

    def _tell(self, db: Database, manifest: Manifest, present: Present) -> int:
        now = self.clock.now()
        with Deeds(db, self.clock).begin(COMMAND_LINE, "restore a backup") as deed:
            duty_log.lock_log(deed.session)
            deed.session.execute(delete(SignInSession))
            deed.session.execute(update(Lease).values(expires_at=now))
            deed.session.execute(
                update(PictureClock).values(revision=max(present.revision, manifest.revision) + BEYOND)
            )
            centre = handling_id(deed.session, self.settings.centre.agency, "GREEN")
            detail = {
                "made": manifest.made_at,
                "entries": manifest.log_entries,
                "lost": lost_entries(manifest, present),
            }
            entry = deed.log(EntryKind.RULE, told(manifest, present), handling_id=centre, detail=detail)
            audit.record(deed.session, now, AuditKind.RESTORED, COMMAND_LINE, entry=entry, of=manifest.made_at)
        return entry


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


def _keys(manifest: Manifest) -> list[PublicKey]:
    """The keys it names. Raises BackupUnusable."""
    try:
        return [parse_key(str(key)) for key in manifest.keys]
    except (BadNote, ValueError, TypeError) as bad:
        raise BackupUnusable(f"A public key in its manifest is none: {bad}") from bad


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _remove(database: Path) -> None:
    """Leave nothing of a copy of a database."""
    for ending in ("", "-wal", "-shm", "-journal"):
        database.with_name(database.name + ending).unlink(missing_ok=True)


def _settled(revision: int) -> str:
    """What must hold from the first moment of a restored database, whatever ends this program now: SQL of PostgreSQL."""
    sessions, clock = SignInSession.__tablename__, PictureClock.__tablename__
    return f"DELETE FROM public.{sessions};\nUPDATE public.{clock} SET revision = {int(revision) + BEYOND};\n"  # noqa: S608


def _unused(path: Path) -> Path:
    """``path``, or with a number behind it where that is taken: nothing put aside is ever written over."""
    tried, number = path, 1
    while tried.exists():
        number += 1
        tried = path.with_name(f"{path.name}-{number}")
    return tried


def lost_entries(manifest: Manifest, present: Present) -> int:
    """How many log entries of the present database are not in the backup."""
    return max(0, present.log_entries - manifest.log_entries)


def told(manifest: Manifest, present: Present) -> str:
    """The sentence of the duty log."""
    made: datetime = manifest.moment
    lost = lost_entries(manifest, present)
    said = (
        f"The database was restored from the backup of {made:%Y-%m-%d %H:%M:%S}Z ({manifest.log_entries} log entries)."
    )
    if present.fault:
        return f"{said} The one before it could not be read."
    if not lost:
        return said
    first = manifest.log_entries + 1
    which = f"Entry {first}" if lost == 1 else f"Entries {first} to {present.log_entries}"
    return f"{said} {which} of the database before it {'is' if lost == 1 else 'are'} not in it; that was put aside."
