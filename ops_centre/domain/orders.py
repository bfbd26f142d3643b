"""Orders under the SMEAC heads: what one must say before it is issued, what is sealed of it, what changed between two.

The heads are those of the handover brief (`domain.watches.Head`): situation, mission, execution, administration and
logistics, command and signals.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import sha256
from typing import Any, Literal

from ops_centre.clock import to_ms
from ops_centre.domain.handling import HandlingRule
from ops_centre.domain.sealing import canonical, plain_text
from ops_centre.domain.watches import Head

DRAFT, ISSUED = "draft", "issued"
NEEDED = (Head.MISSION, Head.EXECUTION)  # without which nobody can carry it out
MAX_HEAD = 8000  # letters
MOST_PAIRS = 40_000  # parts before times parts after that are compared in full
_WORDS = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that stayed, came or went."""

    kind: Literal["same", "came", "went"]
    text: str


def written(heads: Mapping[str, str]) -> dict[str, str]:
    """Every head with its text as it is stored: no NUL, no blank ends, line ends as ``\\n``."""
    return {head.value: tidy(heads.get(head.value, "")) for head in Head}


def tidy(text: str) -> str:
    """``text`` as it is stored."""
    return plain_text(text).replace("\r\n", "\n").replace("\r", "\n").strip()[:MAX_HEAD]


def missing(heads: Mapping[str, str]) -> list[str]:
    """Heads that an order must have and this one has not."""
    return [head.value for head in NEEDED if not heads.get(head.value)]


def changed(old: Mapping[str, str], new: Mapping[str, str]) -> list[str]:
    """Names of the heads whose text differs."""
    return [head.value for head in Head if old.get(head.value, "") != new.get(head.value, "")]


@lru_cache(maxsize=512)
def differences(old: str, new: str) -> tuple[Piece, ...]:
    """What became of ``old``: line by line, then word by word where lines changed.

    "same" and "went" together are ``old``, "same" and "came" are ``new``.
    """
    pieces: list[Piece] = []
    for before, after in _blocks(old.splitlines(keepends=True), new.splitlines(keepends=True)):
        if before == after:
            pieces.append(Piece("same", "".join(before)))
            continue
        for gone, come in _blocks(_WORDS.findall("".join(before)), _WORDS.findall("".join(after))):
            if gone == come:
                pieces.append(Piece("same", "".join(gone)))
                continue
            pieces += [Piece("went", "".join(gone))] if gone else []
            pieces += [Piece("came", "".join(come))] if come else []
    return tuple(pieces)


def _blocks(before: list[str], after: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Runs that stayed (equal on both sides) and runs that changed, in order.

    Where there is much to compare the commonest parts are no anchors: a text of one word, many times over, would take minutes.
    """
    much = len(before) * len(after) > MOST_PAIRS
    for _tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=much).get_opcodes():
        yield before[a:b], after[c:d]


def sealed_order(reference: str, version: int, heads: Mapping[str, str], by: str, at: datetime) -> dict[str, Any]:
    """What is sealed of an issued order. Its handling is the operation's, which the log tells of."""
    return {
        "kind": "order",
        "operation": reference,
        "version": version,
        "heads": dict(heads),
        "issued_by": by,
        "issued_at": to_ms(at),
    }


def handled(rule: HandlingRule) -> dict[str, Any]:
    """A handling as it is sealed."""
    return {"owner": rule.owner, "marking": rule.marking.value, "releases": sorted(rule.releases)}


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical bytes of ``content``, in hexadecimal digits. Raises ValueError for what cannot be sealed."""
    return sha256(canonical(content)).hexdigest()
