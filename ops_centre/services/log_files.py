"""Checkpoints outside the database: one file in each folder that only grows, written through to the disk.

Notes stand one after the other in the order they were signed, an empty line after each. Beside them, `duty-log.keys` lists
the public keys. A write that broke off leaves a torn note; the next write begins on a line of its own.
"""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from ops_centre.config import Settings
from ops_centre.domain.signed_notes import BadNote, Checkpoint, PublicKey, open_note, parse_checkpoint, split_notes
from ops_centre.services.log_keys import folder, read_public_keys

NOTES, KEYS = "duty-log.checkpoints", "duty-log.keys"
_TAIL = 16_384  # bytes that surely hold the last note


class NoteFile:
    """The checkpoints in one folder."""

    def __init__(self, where: Path, *, make: bool = True) -> None:
        """``make`` the folder where it is missing: not one that somebody named, whose disk may only not be mounted."""
        self.folder = where
        self.path = where / NOTES
        self._make = make

    def append(self, notes: Sequence[str]) -> None:
        """Add notes and wait until the disk has them. Raises OSError."""
        self._prepare()
        tail = self._tail()
        mend = "\n" * (2 if tail and not tail.endswith(b"\n") else 1 if tail and not tail.endswith(b"\n\n") else 0)
        _write_through(self.path, mend + "".join(f"{note}\n" for note in notes))

    def last(self, keys: Sequence[PublicKey]) -> Checkpoint | None:
        """The last checkpoint that is whole and rightly signed, of those at the end of the file. Raises OSError."""
        lines = self._tail().decode("utf-8", "replace").splitlines(keepends=True)
        for _line, note, whole in reversed(list(split_notes(lines))):
            try:
                if whole:
                    return parse_checkpoint(open_note(note, keys)[0])
            except BadNote:
                continue
        return None

    def all(self) -> Iterator[tuple[int, str, bool]]:
        """Line number, note and whether it is whole, of everything in the file. Raises OSError."""
        with self.path.open(encoding="utf-8", errors="replace", newline="\n") as lines:
            yield from split_notes(lines)

    def public_keys(self) -> list[PublicKey]:
        """Keys listed beside the checkpoints. Raises KeyUnusable."""
        return read_public_keys(self.folder / KEYS)

    def list_key(self, key: PublicKey) -> None:
        """Have ``key`` among the public keys. Raises OSError."""
        if key not in self.public_keys():
            self._prepare()
            _write_through(self.folder / KEYS, f"{key.text}\n")

    def _prepare(self) -> None:
        if self._make:
            self.folder.mkdir(parents=True, exist_ok=True)

    def _tail(self) -> bytes:
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
                return file.read()
        except FileNotFoundError:
            return b""


def note_files(settings: Settings) -> list[NoteFile]:
    """One for each folder of the settings."""
    log = settings.log
    files = [NoteFile(folder(settings, log.checkpoint_dir, "checkpoints"), make=not log.checkpoint_dir)]
    if log.second_checkpoint_dir:
        files.append(NoteFile(folder(settings, log.second_checkpoint_dir, ""), make=False))
    return files


def _write_through(path: Path, text: str) -> None:
    is_new = not path.exists()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        data = text.encode()
        while data:
            data = data[os.write(handle, data) :]
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        place = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(place)
        finally:
            os.close(place)
