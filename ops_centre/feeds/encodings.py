"""Files that are not UTF-8, as spreadsheets and telegram programs write them. UTF-16 is known by the mark it begins with."""

import io
from collections.abc import Callable
from typing import IO, Any

MARKS = (b"\xff\xfe", b"\xfe\xff")


def in_utf8(raw: bytes) -> bytes:
    """The bytes as UTF-8, where they are marked as UTF-16; what is no letter becomes a mark for that."""
    return raw.decode("utf-16", "replace").encode() if raw.startswith(MARKS) else raw


def line_reader(stream: IO[bytes], encoding: str) -> Callable[[int], bytes]:
    """What reads lines as UTF-8, each up to a length, whatever the stream is written in (``encoding``, unless it is marked)."""
    peek: Any = getattr(stream, "peek", None)
    if peek is not None and peek(2)[:2] in MARKS:
        encoding = "utf-16"
    if encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
        return stream.readline
    text = io.TextIOWrapper(stream, encoding, errors="replace", newline="\n")
    return lambda most: text.readline(most).encode("utf-8", "replace")
