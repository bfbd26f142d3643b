"""Cuts a stream of Cursor on Target XML into events. One event follows the other, with or without a declaration between.

Whatever is no event is handed on as a piece of its own, so that it is refused with its bytes and the next event is read.
"""

import re

LONGEST = 65_536  # bytes of one event
_START = re.compile(rb"<event[\s/>]")
_END = re.compile(rb"</event\s*>")
_WITHOUT_CONTENT = re.compile(rb"<event\s[^<>]*/>")
_BETWEEN = re.compile(rb"(?:\s|<\?xml[^<>]*\?>)*")
_TAIL = 200  # bytes kept of what is no event: a start or a declaration may be cut in two


class EventSplitter:
    """Pieces of a stream, split wherever it was cut. Never keeps more than `LONGEST` bytes and what came last."""

    def __init__(self) -> None:
        self._rest = b""
        self._skipping = False  # what is left of an event that was too long, already told of

    @property
    def rest(self) -> bytes:
        """What came of a piece that has not ended."""
        return self._rest

    def feed(self, data: bytes) -> list[bytes]:
        """The pieces that ``data`` completes. An event that is too long comes once, one byte longer than allowed."""
        self._rest += data
        pieces: list[bytes] = []
        while (start := _START.search(self._rest)) is not None:
            self._leave(self._rest[: start.start()], pieces)
            self._rest = self._rest[start.start() :]
            if not self._take_event(pieces):
                return pieces
        self._trim(pieces)
        return pieces

    def finish(self) -> list[bytes]:
        """The stream has ended: what is left is its last piece."""
        pieces: list[bytes] = []
        self._leave(self._rest, pieces)
        self._rest = b""
        return pieces

    def _take_event(self, pieces: list[bytes]) -> bool:
        """Take the event that the rest begins with; False while its end has not come."""
        end = _WITHOUT_CONTENT.match(self._rest) or _END.search(self._rest)
        following = _START.search(self._rest, 1)
        if following is not None and (end is None or following.start() < end.start()):
            cut_at = following.start()  # this one was cut off, another begins
        elif end is not None:
            cut_at = end.end()
        elif len(self._rest) > LONGEST:
            cut_at, self._skipping = len(self._rest), True
        else:
            return False
        pieces.append(self._rest[:cut_at][: LONGEST + 1])
        self._rest = self._rest[cut_at:]
        return True

    def _leave(self, between: bytes, pieces: list[bytes]) -> None:
        """Hand on what stands between events, unless it belongs there or was told of."""
        if not self._skipping and not _BETWEEN.fullmatch(between):
            pieces.append(between[: LONGEST + 1])
        self._skipping = False

    def _trim(self, pieces: list[bytes]) -> None:
        """No event begins in the rest: keep its last bytes, tell of the others once they are many."""
        if len(self._rest) <= LONGEST and not self._skipping:
            return
        gone, self._rest = self._rest[:-_TAIL], self._rest[-_TAIL:]
        if not self._skipping and not _BETWEEN.fullmatch(gone):
            pieces.append(gone[: LONGEST + 1])
            self._skipping = True
