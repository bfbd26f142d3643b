"""`backup` and `restore`: a copy of everything while the centre runs, and putting one back while it is stopped."""

import argparse
import signal
import sys
from pathlib import Path
from typing import Any

from ops_centre.bootstrap import OpsCentre
from ops_centre.errors import OpsError
from ops_centre.services.backup_files import Manifest
from ops_centre.services.backups import Backups
from ops_centre.services.restore_telling import Present, lost_entries
from ops_centre.services.restoring import Restoring


def register(verbs: Any) -> None:
    """Add the verbs."""
    backup = verbs.add_parser("backup", help="write everything to one file while the centre runs, and check it")
    where = backup.add_mutually_exclusive_group(required=True)
    where.add_argument("path", nargs="?", type=Path, help="file to write; it must not exist")
    where.add_argument(
        "--due", action="store_true", help="into the schedule's folder, if the newest there is old enough"
    )
    backup.set_defaults(run=run_backup)
    restore = verbs.add_parser("restore", help="put a backup in the place of the database (stop the centre first)")
    restore.add_argument("path", type=Path)
    restore.add_argument("--check", action="store_true", help="check the backup and say what would happen, no more")
    restore.add_argument("--yes", action="store_true", help="do not ask")
    restore.set_defaults(run=run_restore)


def _backups(ops: OpsCentre) -> Backups:
    return Backups(ops.db, ops.clock, ops.settings, ops.checkpoints)


def run_backup(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Make a backup."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave by the doors: what is unfinished is cleared away
    if args.due:
        print(_backups(ops).make_due() or "No backup is due.")
        return 0
    made = _backups(ops).make(args.path)
    print(
        f"{args.path} holds {_words(made)}, {args.path.stat().st_size / 1e6:,.1f} MB. It was read again and is whole."
    )
    print("It holds everything the centre knows, but not the private key of the duty log: keep copies of both, apart.")
    return 0


def run_restore(args: argparse.Namespace, ops: OpsCentre) -> int:
    """Restore one, after saying what that replaces."""
    restoring = Restoring(ops.db, ops.clock, ops.settings, _backups(ops))
    manifest, present = restoring.look(args.path)
    print(f"{args.path} holds {_words(manifest)}, made {manifest.moment:%Y-%m-%d %H:%M:%S}Z. It is whole.")
    if manifest.centre != ops.settings.centre.name:
        print(f"It was made by another centre: {manifest.centre}. This one is {ops.settings.centre.name}.")
    print(_replaced(manifest, present))
    if args.check:
        return 0
    if not args.yes and not _agreed():
        print("Nothing was changed.")
        return 1
    done = restoring.restore(args.path)
    print(f"Restored. The duty log says so in entry {done.entry}.")
    if done.before:
        print(f"What was there is kept: {done.before}")
    for path in done.put_aside:
        print(f"Checkpoints of the longer log are kept: {path}")
    print("Everybody has been signed out. Accounts, roles and tokens are as they were then: look through them.")
    return 0


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise OpsError("There is no terminal to ask on; say --yes.")
    return input("Type restore to go on: ").strip() == "restore"


def _words(manifest: Manifest) -> str:
    return f"{manifest.log_entries:,} log entries and {sum(manifest.rows.values()):,} rows at schema {manifest.schema}"


def _replaced(manifest: Manifest, present: Present) -> str:
    if not present.is_there:
        return "There is no database yet: nothing is replaced."
    if present.fault:
        return f"It replaces a database that cannot be read ({present.fault})."
    lost = lost_entries(manifest, present)
    newer = f"; its last {lost:,} are not in the backup" if lost else "; none of them is missing from the backup"
    return f"It replaces a database of {present.log_entries:,} log entries{newer}."
