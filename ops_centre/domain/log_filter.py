"""What somebody asks of the duty log, and how the words of a search are read.

Words are compared without case, macrons and other marks: "whanau" finds "Whānau". What stands in quotes must stand together;
the last word may be the beginning of one.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

MAX_WORDS = 16  # of one search; more would narrow nothing
_PARTS = re.compile(r'"([^"]*)"?|([^\s"]+)')


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which entries. What is None or empty does not narrow; all that is given must hold."""

    text: str = ""
    since: datetime | None = None  # not before
    until: datetime | None = None  # not after
    clock: Literal["occurred", "recorded"] = "occurred"  # which time since and until speak of
    kinds: tuple[str, ...] = ()
    author: str | None = None  # sign-in name
    unit_id: int | None = None  # entries that refer to this unit
    operation: str | None = None  # the word after "#", with or without it
    agency: str | None = None  # of the author
    thing: tuple[str, str] | None = None  # kind and id of something that entries refer to
    by: Literal["people", "centre"] | None = None

    @property
    def things(self) -> tuple[tuple[str, str], ...]:
        """Everything that entries must refer to, as kind and id."""
        found = [self.thing] if self.thing else []
        if self.unit_id is not None:
            found.append(("unit", str(self.unit_id)))
        if self.operation:
            found.append(("operation", operation_id(self.operation)))
        return tuple(found)

    @property
    def narrows_words(self) -> bool:
        """Whether anything but a time is asked for."""
        return bool(self.text.strip() or self.kinds or self.author or self.agency or self.by or self.things)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand together. ``open``: the last of them may be the beginning of a word."""

    words: tuple[str, ...]
    open: bool = False


def phrases_of(text: str) -> list[Phrase]:
    """What a search asks for. Nothing in it is syntax but the quote; a search of signs alone asks for nothing."""
    found: list[Phrase] = []
    total = 0
    for match in _PARTS.finditer(text):
        quoted, bare = match.groups()
        words = words_of(quoted if quoted is not None else bare)[: MAX_WORDS - total]
        total += len(words)
        if words:
            found.append(Phrase(tuple(words), open=quoted is None and match.end() == len(text.rstrip())))
    return found


def words_of(text: str) -> list[str]:
    """The words of ``text`` as they are compared: letters and digits, small, without marks."""
    return re.findall(r"[^\W_]+", folded(text))


def folded(text: str) -> str:
    """``text`` small and without macrons and other marks above or below letters."""
    bare = "".join(part for part in unicodedata.normalize("NFKD", text) if not unicodedata.combining(part))
    return bare.lower()


def operation_id(word: str) -> str:
    """The id that a word behind ``#`` goes by in links where no operation has it as its reference: the word, small.

    A number is told apart from the number of an operation, by which entries refer to those there are.
    """
    tag = folded(word).lstrip("#")[:60]
    return f"tag-{tag}" if tag.isdigit() else tag
