"""What must still be done once a restored database stands: the duty log tells of it, and signing goes on from it.

A restore that is killed in between leaves a note in the restored database, written with its content: by it whoever holds the
worker's lease next does the rest, so that no database is ever another one without its log saying so.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select, update

from ops_centre.clock import Clock, to_ms
from ops_centre.config import Settings
from ops_centre.db import Database
from ops_centre.domain.duty_log import EntryKind
from ops_centre.domain.signed_notes import BadNote, Checkpoint, PublicKey, parse_key
from ops_centre.models import JobRun, Lease, LogEntry, PictureClock, SignInSession
from ops_centre.services import audit, duty_log
from ops_centre.services.audit import COMMAND_LINE, AuditKind
from ops_centre.services.backup_files import BackupUnusable, Manifest
from ops_centre.services.backups import Backups
from ops_centre.services.checkpoints import NotWritten
from ops_centre.services.deeds import Deeds
from ops_centre.services.handlings import handling_id

BEYOND = 1000  # revisions skipped, so that no screen takes the restored picture for a continuation of its own
NOTE = "restore"  # name of the note among the job runs
UNTOLD, UNSETTLED = "not told so far", "not settled so far"


@dataclass(frozen=True, slots=True)
class Present:
    """What stands where the backup is to go."""

    is_there: bool
    log_entries: int = 0
    revision: int = 0
    fault: str | None = None  # why it cannot be read


@dataclass(frozen=True, slots=True)
class Note:
    """What was restored over what, and under which stamp things are put aside."""

    manifest: Manifest
    present: Present
    stamp: str

    def text(self) -> str:
        """As it is kept."""
        kept = replace(self.manifest, rows={}, parts={})
        return json.dumps([asdict(kept), asdict(self.present), self.stamp])

    @staticmethod
    def read(text: str) -> "Note":
        """What `text` gave. Raises ValueError, TypeError."""
        manifest, present, stamp = json.loads(text)
        return Note(Manifest(**manifest), Present(**present), stamp)


class Telling:
    """Does what comes after the content."""

    def __init__(self, clock: Clock, settings: Settings, backups: Backups) -> None:
        self.clock = clock
        self.settings = settings
        self.backups = backups

    def tell(self, db: Database, note: Note, deeds: Deeds | None = None) -> int:
        """Say it in the duty log and the audit trail of ``db``, and sign everybody out; the entry's number."""
        now, manifest, present = self.clock.now(), note.manifest, note.present
        with (deeds or Deeds(db, self.clock)).begin(COMMAND_LINE, "restore a backup") as deed:
            duty_log.lock_log(deed.session)
            deed.session.execute(delete(SignInSession))
            if deeds is None:  # nobody works on it yet
                deed.session.execute(update(Lease).values(expires_at=now))
            beyond = max(present.revision, manifest.revision) + BEYOND
            deed.session.execute(update(PictureClock).where(PictureClock.revision < beyond).values(revision=beyond))
            centre = handling_id(deed.session, self.settings.centre.agency, "GREEN")
            detail = {
                "made": manifest.made_at,
                "entries": manifest.log_entries,
                "lost": lost_entries(manifest, present),
            }
            entry = deed.log(EntryKind.RULE, told(manifest, present), handling_id=centre, detail=detail)
            audit.record(deed.session, now, AuditKind.RESTORED, COMMAND_LINE, entry=entry, of=manifest.made_at)
            deed.session.merge(_run(note, now, UNSETTLED))
        return entry

    def settle(self, db: Database, note: Note) -> list[Path]:
        """Put files of checkpoints aside that know of a longer log, or of another one, and sign on from the restored one."""
        aside, keys = [], keys_of(note.manifest)
        for file in self.backups.checkpoints.files:
            known = list(dict.fromkeys([*keys, *file.public_keys()]))
            last = file.last(known)
            if last is not None and not _holds(db, last, note.manifest.log_entries):
                put = unused(file.path.with_name(f"{file.path.name}.before-{note.stamp}"))
                file.path.rename(put)
                aside.append(put)
            for key in keys:
                file.list_key(key)
        with suppress(NotWritten):  # the worker names a folder that cannot be written at every turn
            self.backups.checkpoints.refill()
        with db.begin() as session:
            session.execute(delete(JobRun).where(JobRun.name == NOTE))
        return aside

    def finish(self, deeds: Deeds) -> str | None:
        """Do what a restore that was killed has left to do. What was done. Raises BackupUnusable, OSError."""
        db = self.backups.db
        with db.reading() as session:
            run = session.get(JobRun, NOTE)
        if run is None:
            return None
        note = Note.read(run.detail or "")
        if run.outcome == UNTOLD:
            self.backups.check_log(db, keys_of(note.manifest))
            self.tell(db, note, deeds)
        self.settle(db, note)
        return f"finished a restore of the backup of {note.manifest.moment:%Y-%m-%d %H:%M:%S}Z that was broken off"


def settled(note: Note, now: datetime) -> str:
    """What must hold from the first moment of a restored database, whatever ends this program now: SQL of PostgreSQL."""
    run, text = _run(note, now, UNTOLD), note.text().replace("'", "''")
    return (
        f"{signed_out(max(note.present.revision, note.manifest.revision))}"  # noqa: S608  (numbers, and quoted text)
        f"DELETE FROM public.{JobRun.__tablename__} WHERE name = '{NOTE}';\n"
        f"INSERT INTO public.{JobRun.__tablename__} (name, holder, started_at, outcome, detail) "
        f"VALUES ('{NOTE}', '{run.holder}', {to_ms(now)}, '{UNTOLD}', '{text}');\n"
    )


def signed_out(revision: int) -> str:
    """Nobody is signed in, and the picture's revision is beyond any that was seen: SQL of PostgreSQL."""
    sessions, clock = SignInSession.__tablename__, PictureClock.__tablename__
    return f"DELETE FROM public.{sessions};\nUPDATE public.{clock} SET revision = {int(revision) + BEYOND};\n"  # noqa: S608


def _run(note: Note, now: datetime, outcome: str) -> JobRun:
    return JobRun(
        name=NOTE, holder="restore", started_at=now, ended_at=None, outcome=outcome, detail=note.text()
    )  # fmt: skip


def _holds(db: Database, signed: Checkpoint, entries: int) -> bool:
    """Whether the restored log, of so many entries, is the one that was signed, or has grown from it."""
    with db.reading() as session:
        chain = session.scalar(select(LogEntry.chain_hash).where(LogEntry.seq == signed.size))
    return signed.size <= entries and (signed.size == 0 or chain == signed.chain)


def keys_of(manifest: Manifest) -> Sequence[PublicKey]:
    """The keys it names. Raises BackupUnusable."""
    try:
        return [parse_key(str(key)) for key in manifest.keys]
    except (BadNote, ValueError, TypeError) as bad:
        raise BackupUnusable(f"A public key in its manifest is none: {bad}") from bad


def unused(path: Path) -> Path:
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
