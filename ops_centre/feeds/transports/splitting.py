"""Cuts a stream of bytes into lines. A stream without line ends never grows memory: what is too long is cut off."""


class LineSplitter:
    """Lines end with LF, CR LF or CR. Bytes of a line beyond ``longest`` are dropped up to its end."""

    def __init__(self, longest: int = 4096) -> None:
        self._longest = longest
        self._rest = b""
        self._skipping = False

    @property
    def rest(self) -> bytes:
        """What came of a line that has not ended."""
        return self._rest

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that ``data`` completes. One that is too long comes once, one byte longer than allowed."""
        if self._skipping:
            data = self._after_the_long_line(data)
        if self._rest:
            if self._rest.endswith(b"\r") and not data.startswith(b"\n"):
                self._rest = self._rest[:-1] + b"\n"
            data = self._rest + data
        if not data:
            return []
        lines = data.splitlines(keepends=True)
        self._rest = b"" if lines[-1].endswith(b"\n") else lines.pop()
        if len(self._rest) > self._longest:
            lines.append(self._rest[: self._longest + 1])
            self._rest, self._skipping = b"", True
        return lines

    def finish(self) -> list[bytes]:
        """The stream has ended: what is left is its last line."""
        rest, self._rest, self._skipping = self._rest, b"", False
        return [rest] if rest else []

    def _after_the_long_line(self, data: bytes) -> bytes:
        ends = [end for end in (data.find(b"\n"), data.find(b"\r")) if end >= 0]
        if not ends:
            return b""
        self._skipping = False
        return data[min(ends) + 1 :]
