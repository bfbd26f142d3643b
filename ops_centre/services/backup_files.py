"""A backup as a file: a zip that names what is in it, how long each part is and its SHA-256, and is checked after writing.

It is written under a name that says it is unfinished and renamed once the disk has all of it, so a file with a backup's name
is a whole one. Whoever holds it holds everything the centre knows: it is made readable by its owner alone.
"""

import json
import lzma
import os
import secrets
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from ops_centre.errors import OpsError

FORMAT = 1
MANIFEST = "manifest.json"
UNFINISHED = ".unfinished"  # ends the name of what is being written
_PIECE = 1 << 20
_LONGEST_MANIFEST = 4 << 20
# What zipfile and its decompressors raise for a file that was cut, altered, encrypted or made by somebody else
_NO_BACKUP = (
    zipfile.BadZipFile, zipfile.LargeZipFile, KeyError, EOFError, zlib.error, lzma.LZMAError, RuntimeError,
    NotImplementedError, ValueError, OverflowError,
)  # fmt: skip


class BackupUnusable(OpsError):
    """A backup that cannot be made, or a file that is none; the text says why."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file inside a backup."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str  # ISO 8601, UTC: the moment the copy shows
    centre: str
    program: str  # version
    schema: str  # migration in force
    database: str  # "sqlite", "postgresql"
    revision: int
    log_entries: int
    log_chain: str  # chain hash of the last entry, hexadecimal
    rows: dict[str, int]  # by table
    keys: list[str]  # public keys that signed the log's checkpoints
    by_schedule: bool = False
    parts: dict[str, Part] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def moment(self) -> datetime:
        """When it was made."""
        return datetime.fromisoformat(self.made_at)


def write(path: Path, manifest: Manifest, files: Mapping[str, Path]) -> Manifest:
    """Write ``files`` (name inside to where it lies) and the manifest to ``path``. Raises BackupUnusable, OSError."""
    if path.exists():
        raise BackupUnusable(f"{path} exists already; a backup never writes over anything.")
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{secrets.token_hex(4)}{UNFINISHED}")  # nobody else's: two may be made at once
    try:
        handle = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w+b") as out:
            parts = _fill(out, manifest, files)
            out.flush()
            os.fsync(out.fileno())
        written = check(unfinished)
        if written.parts != parts:
            raise BackupUnusable("What was written is not what was read.")
        _give_name(unfinished, path)
        _settle(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)
    return written


def _give_name(unfinished: Path, path: Path) -> None:
    """Give a finished file its name, unless somebody else took that meanwhile. Raises BackupUnusable."""
    try:
        os.link(unfinished, path)
    except FileExistsError as taken:
        raise BackupUnusable(f"{path} exists by now; a backup never writes over anything.") from taken
    except OSError:  # a file system without hard links
        if path.exists():
            raise BackupUnusable(f"{path} exists by now; a backup never writes over anything.") from None
        unfinished.rename(path)


def _fill(out: IO[bytes], manifest: Manifest, files: Mapping[str, Path]) -> dict[str, Part]:
    parts: dict[str, Part] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, where in files.items():
            with where.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
                parts[name] = _copied(source, target)
        said = asdict(manifest) | {"parts": {name: asdict(part) for name, part in parts.items()}}
        archive.writestr(MANIFEST, json.dumps(said, ensure_ascii=False, indent=1))
    return parts


def check(path: Path) -> Manifest:
    """Read all of a backup and compare it with what it says of itself. Raises BackupUnusable."""
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(archive)
            for name, part in manifest.parts.items():
                with archive.open(name) as source:
                    if _copied(source, None) != part:
                        raise BackupUnusable(f"{path}: {name} is not what was written into it.")
    except BackupUnusable:
        raise
    except _NO_BACKUP as bad:
        raise BackupUnusable(f"{path} is no whole backup: {bad}") from bad
    return manifest


def extract(path: Path, name: str, target: Path) -> None:
    """Take one part out into ``target``, which must not exist. Raises BackupUnusable, OSError."""
    with zipfile.ZipFile(path) as archive:
        parts = _manifest(archive).parts
        if name not in parts:
            raise BackupUnusable(f"{path} holds no {name}.")
        wanted = parts[name]
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as out, archive.open(name) as source:
            if _copied(source, out) != wanted:
                raise BackupUnusable(f"{path}: {name} is not what was written into it.")
            out.flush()
            os.fsync(out.fileno())


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    if archive.getinfo(MANIFEST).file_size > _LONGEST_MANIFEST:
        raise BackupUnusable(f"Its {MANIFEST} is too long to be one.")
    try:
        said: dict[str, Any] = json.loads(archive.read(MANIFEST))
        if said.get("format") != FORMAT:
            raise BackupUnusable(f"A backup of format {said.get('format')!r}; this program reads format {FORMAT}.")
        manifest = Manifest(**said | {"parts": {name: Part(**part) for name, part in said["parts"].items()}})
        if not (
            isinstance(manifest.log_entries, int) and isinstance(manifest.revision, int) and manifest.moment.tzinfo
        ):
            raise ValueError("its numbers are none, or its time has no zone")
        return replace(manifest, rows={str(name): int(count) for name, count in manifest.rows.items()})
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as bad:
        raise BackupUnusable(f"Its {MANIFEST} cannot be read: {bad}") from bad


def _copied(source: IO[bytes], target: IO[bytes] | None) -> Part:
    total, seal = 0, sha256()
    while piece := source.read(_PIECE):
        total += len(piece)
        seal.update(piece)
        if target is not None:
            target.write(piece)
    return Part(total, seal.hexdigest())


def _settle(folder: Path) -> None:
    """Have the disk know the folder's new name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
