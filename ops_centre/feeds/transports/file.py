"""A file that grows: read to its end, then followed, through rotation and truncation, and from where it was left.

The cursor is ``inode:offset`` of the next line. Only whole lines are handed out while the file is followed.
"""

import os
from pathlib import Path
from threading import Event
from typing import BinaryIO

from ops_centre.errors import FeedUnavailable
from ops_centre.feeds.transports.tcp import why

READ_BYTES = 262_144  # about 5,000 AIS lines
LOOK_AGAIN_SECONDS = 0.1


class FileTail:
    """Reads one path. ``follow=False`` reads to the end once and hands out the last line even if it lacks its end."""

    def __init__(self, path: Path, *, follow: bool = True) -> None:
        self._path = path
        self._follow = follow
        self._file: BinaryIO | None = None
        self._inode = 0
        self._offset = 0
        self._closed = Event()
        self.ended = False  # nothing more will come: read to the end and not followed

    @property
    def cursor(self) -> str | None:
        """Where to go on; None before the first read."""
        return f"{self._inode}:{self._offset}" if self._inode else None

    def read(self, cursor: str | None, seconds: float) -> list[bytes]:
        """Lines that follow ``cursor``; waits up to ``seconds`` for more at the end. Raises FeedUnavailable."""
        if self._file is None:
            self._closed.clear()  # resumed after a pause: a read waits again, and spins for nobody
        self._go_to(cursor)
        lines = self._some()
        waited = 0.0
        while not lines and waited < seconds and not self._closed.wait(LOOK_AGAIN_SECONDS):
            waited += LOOK_AGAIN_SECONDS
            lines = self._some() if self._follow else []
        return lines

    def close(self) -> None:
        """Let go of the file; a read that waits returns."""
        self._closed.set()
        self._let_go()

    def _let_go(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _go_to(self, cursor: str | None) -> None:
        if self._file is not None and cursor in (None, self.cursor):
            return
        self._open()
        inode, _, offset = (cursor or "").partition(":")
        if inode == str(self._inode) and offset.isdecimal() and int(offset) <= self._size():
            self._offset = int(offset)

    def _open(self) -> None:
        self._let_go()
        try:
            self._file = self._path.open("rb")
            self._inode, self._offset = os.fstat(self._file.fileno()).st_ino, 0
        except OSError as failed:
            raise FeedUnavailable(f"cannot read {self._path}: {why(failed)}") from failed

    def _size(self) -> int:
        return os.fstat(self._file.fileno()).st_size if self._file is not None else 0

    def _some(self) -> list[bytes]:
        if self._file is None:
            self._open()
        assert self._file is not None  # noqa: S101 - for the type checker: _open() has set it
        try:
            if self._offset > self._size():
                self._offset = 0  # truncated: it starts anew
            self._file.seek(self._offset)
            data = self._file.read(READ_BYTES)
            ended = len(data) < READ_BYTES and (not self._follow or self._was_replaced())
        except OSError as failed:
            self._let_go()
            raise FeedUnavailable(f"cannot read {self._path}: {why(failed)}") from failed
        endless = len(data) == READ_BYTES and b"\n" not in data
        whole = len(data) if ended or endless else data.rfind(b"\n") + 1
        self._offset += whole
        self.ended = ended and not self._follow
        if ended and self._follow:
            self._open()
        return data[:whole].splitlines(keepends=True)

    def _was_replaced(self) -> bool:
        """Whether the path names another file by now (log rotation). While it names none, the old one may grow."""
        try:
            return os.stat(self._path).st_ino != self._inode
        except FileNotFoundError:
            return False
