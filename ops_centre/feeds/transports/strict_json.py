"""Read JSON from sources that may be broken or hostile, so that one bad record costs only itself.

A document is an object that holds one list of records (or that list alone). Each record comes with its own bytes
and, when it cannot be trusted, with a fault in words: NaN, Infinity, a number beyond double precision, a name that
stands twice in one object (RFC 8259, section 4, leaves open which one counts, so none does), nesting deeper than
`MAX_DEPTH`, bytes that are not UTF-8, characters that a database cannot hold. Only a document whose *structure*
cannot be followed is refused whole.

Nothing here may recurse without bound or make more objects than the caller allows.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ops_centre.errors import OpsError

MAX_DEPTH = 12
MAX_DIGITS = 25
MAX_RECORDS = 50_000
HOPELESS_DEPTH = 100_000  # so deep nobody means a record; the document is given up

_SPACE = re.compile(r"[ \t\n\r]*")
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class JsonError(OpsError):
    """The document as a whole cannot be followed; the text says where."""


@dataclass(frozen=True, slots=True)
class Record:
    """One element of the list: its bytes as they came, its value, and why it cannot be used (None: it can)."""

    raw: bytes
    value: Any
    fault: str | None


@dataclass(frozen=True, slots=True)
class Document:
    """A list of records and what stood beside it."""

    head: dict[str, Any]
    records: list[Record]


@dataclass(frozen=True, slots=True)
class _Unusable:
    """Stands in a value where something was that cannot be used."""

    why: str


def read_document(raw: bytes, *, list_name: str, max_records: int = MAX_RECORDS) -> Document:
    """The records under ``list_name`` (or of a bare list). Raises JsonError."""
    text = raw.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    return _Reader(text, list_name, max_records).document()


class _Reader:
    """Walks the outer structure by hand and leaves each value to the standard library's scanner."""

    def __init__(self, text: str, list_name: str, max_records: int) -> None:
        self.text = text
        self.at = 0
        self.list_name = list_name
        self.max_records = max_records
        self.decoder = json.JSONDecoder(
            object_pairs_hook=_object, parse_float=_float, parse_int=_int, parse_constant=_constant, strict=False
        )

    def document(self) -> Document:
        opening = self._next()
        if opening == "[":
            document = Document({}, list(self._list()))
        elif opening == "{":
            document = self._envelope()
        else:
            raise JsonError("it is neither a JSON object nor a list")
        if self._next():
            raise JsonError(f"something follows the end of it at character {self.at}")
        return document

    def _envelope(self) -> Document:
        head: dict[str, Any] = {}
        records: list[Record] | None = None
        for name in self._names():
            if name in head or (name == self.list_name and records is not None):
                raise JsonError(f"{name!r} stands twice in it")
            if name == self.list_name and self._next() == "[":
                records = list(self._list())
            else:
                value, _start = self._value()
                if fault := fault_in(value):
                    raise JsonError(f"{name!r} {fault}")
                head[name] = value
        if records is None:
            raise JsonError(f"it holds no list {self.list_name!r}")
        return Document(head, records)

    def _names(self) -> Iterator[str]:
        """The names of the object that begins here; the caller reads the value behind each."""
        self.at += 1
        if self._next() == "}":
            self.at += 1
            return
        while True:
            if self._next() != '"':
                raise JsonError(f"a name is missing at character {self.at}")
            name, _start = self._value()
            self._expect(":")
            self._next()
            yield name
            if self._expect(",", "}") == "}":
                return

    def _list(self) -> Iterator[Record]:
        self.at += 1
        if self._next() == "]":
            self.at += 1
            return
        for count in range(self.max_records + 1):
            if count == self.max_records:
                raise JsonError(f"it holds more than {self.max_records} records")
            self._next()
            value, start = self._value()
            yield Record(self.text[start : self.at].encode("utf-8", "surrogateescape"), value, fault_in(value))
            if self._expect(",", "]") == "]":
                return

    def _value(self) -> tuple[Any, int]:
        """The value that begins here, and where it began."""
        start = self.at
        try:
            value, self.at = self.decoder.raw_decode(self.text, start)
        except json.JSONDecodeError as broken:
            raise JsonError(f"it is no JSON: {broken.msg} at character {broken.pos}") from broken
        except RecursionError:
            value, self.at = _Unusable(f"is nested deeper than {MAX_DEPTH} levels"), self._past_brackets()
        return value, start

    def _past_brackets(self) -> int:
        depth = 0
        for match in _BRACKET.finditer(self.text, self.at):
            mark = match.group()
            depth += (mark in "[{") - (mark in "]}")
            if depth == 0:
                return match.end()
            if depth > HOPELESS_DEPTH:
                break
        raise JsonError("it is nested without end")

    def _next(self) -> str:
        """The next character that is no space, or "" at the end."""
        match = _SPACE.match(self.text, self.at)
        self.at = match.end() if match else self.at
        return self.text[self.at : self.at + 1]

    def _expect(self, *marks: str) -> str:
        mark = self._next()
        if mark not in marks or not mark:
            wanted = " or ".join(repr(m) for m in marks)
            raise JsonError(f"it is no JSON: {wanted} is missing at character {self.at}")
        self.at += 1
        return mark


def fault_in(value: Any, depth: int = 0) -> str | None:
    """Why ``value`` cannot be used, as words that follow its name; None when nothing is wrong."""
    if isinstance(value, str):
        return "holds characters that are not text" if _UNSTORABLE.search(value) else None
    if isinstance(value, _Unusable):
        return value.why
    if isinstance(value, list | dict):
        if depth >= MAX_DEPTH:
            return f"is nested deeper than {MAX_DEPTH} levels"
        inner = value if isinstance(value, list) else [*value.keys(), *value.values()]
        return next((fault for fault in (fault_in(item, depth + 1) for item in inner) if fault), None)
    return None


def _object(pairs: list[tuple[str, Any]]) -> Any:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    twice = next(name for name, _value in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
    return _Unusable(f"says {twice[:40]!r} twice")


def _float(digits: str) -> Any:
    number = float(digits)
    return number if math.isfinite(number) else _Unusable(f"holds the number {digits[:20]}, beyond all bounds")


def _int(digits: str) -> Any:
    return int(digits) if len(digits) <= MAX_DIGITS else _Unusable(f"holds a number of {len(digits)} digits")


def _constant(word: str) -> Any:
    return _Unusable(f"holds {word}, which is no number")
