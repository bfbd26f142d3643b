"""Read files that others drop into a directory: each once, when it has settled, and none may block the rest.

A file has settled when its size and time are the same at two looks, and its name does not say that it is still
being written. Files are told apart by name, size, time and mode, so a file that is mended is read again. Nothing is
ever deleted; with `done_directory` a file is moved away after its records were stored.
"""

import hashlib
import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from ops_centre.errors import FeedUnavailable, OpsError

UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")
_KEPT_OF_TOO_LARGE = 65536


class UnreadableError(OpsError):
    """A file that cannot be used; `raw` is what could be read of it."""

    def __init__(self, reason: str, raw: bytes) -> None:
        super().__init__(reason)
        self.raw = raw


@dataclass(frozen=True, slots=True)
class Found:
    """A settled file."""

    path: Path
    size: int
    mtime_ns: int
    mark: str  # what it is remembered by


class WatchedDirectory:
    """One directory. `suffixes` (lower case) say which files are meant for the feed."""

    def __init__(
        self, path: Path, *, suffixes: Collection[str], max_bytes: int, max_files: int, done: Path | None = None
    ) -> None:
        self.path = path
        self.done = path / done if done else None
        self.suffixes = tuple(suffixes)
        self.max_bytes = max_bytes
        self.max_files = max_files
        self._seen: set[str] = set()

    def look(self, handled: Collection[str]) -> tuple[list[Found], set[str]]:
        """Settled files not yet ``handled``, oldest first; and those marks of ``handled`` that are still there.

        Handled files are moved to the done directory, if there is one. Raises FeedUnavailable.
        """
        present = list(self._files())
        earlier, self._seen = self._seen, {found.mark for found in present}
        left = {found.mark for found in present if found.mark in handled and not self._moved(found)}
        fresh = [found for found in present if found.mark in earlier and found.mark not in handled]
        return sorted(fresh, key=lambda found: (found.mtime_ns, found.path.name)), left

    def read(self, found: Found) -> bytes:
        """The file's bytes. Raises UnreadableError."""
        try:
            with open(os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
                if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                    raise UnreadableError("it is no ordinary file", b"")
                raw = file.read(self.max_bytes + 1)
        except OSError as refused:
            raise UnreadableError(f"it cannot be read: {refused.strerror or refused}", b"") from refused
        if len(raw) > self.max_bytes:
            raise UnreadableError(f"it is larger than {self.max_bytes:,} bytes", raw[:_KEPT_OF_TOO_LARGE])
        return raw

    def _files(self) -> Iterator[Found]:
        try:
            with os.scandir(self.path) as entries:
                for count, entry in enumerate(entries):
                    if count >= self.max_files:
                        raise FeedUnavailable(
                            f"{self.path} holds more than {self.max_files} entries; move old ones away"
                        )
                    if found := self._found(entry):
                        yield found
        except OSError as gone:
            raise FeedUnavailable(f"{self.path}: {gone.strerror or gone}") from gone

    def _found(self, entry: os.DirEntry[str]) -> Found | None:
        name = entry.name.lower()
        if name.startswith(".") or name.endswith(UNFINISHED) or not name.endswith(self.suffixes):
            return None
        try:
            if not entry.is_file(follow_symlinks=False):
                return None
            status = entry.stat(follow_symlinks=False)
        except OSError:  # taken away while we looked
            return None
        words = f"{entry.name}|{status.st_size}|{status.st_mtime_ns}|{status.st_mode}|{status.st_uid}"
        mark = hashlib.sha256(words.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return Found(Path(entry.path), status.st_size, status.st_mtime_ns, mark)

    def _moved(self, found: Found) -> bool:
        """Whether the file was moved to the done directory; one that cannot be moved stays and is not read again."""
        if self.done is None:
            return False
        goal = self.done / found.path.name
        try:
            self.done.mkdir(exist_ok=True)
            if goal.exists():
                goal = self.done / f"{found.path.stem}.{found.mark}{found.path.suffix}"
            found.path.rename(goal)
        except OSError:
            return False
        return True
