"""How a log entry is sealed: canonical bytes, a salted leaf hash, the chain, the tree (docs/duty-log.md).

Leaf and node hashes are those of RFC 9162, section 2.1.1 (SHA-256, prefixes 0x00 and 0x01), so that tree heads and
inclusion proofs are the ordinary ones. The chain hash is SHA-256 of 0x02, the hash before and the leaf hash: an entry that a
reader may not see is told by its leaf hash alone, and the salt keeps its text from being guessed. This file must never
change how an old version (`FORMAT`) is sealed: entries in the field would no longer verify.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from ops_centre.clock import to_ms

FORMAT = 1
GENESIS = bytes(32)  # the chain hash before the first entry

_PLAIN = (str, bool, int, type(None))


def canonical(content: dict[str, Any]) -> bytes:
    """``content`` as the one sequence of bytes that stands for it.

    JSON after RFC 8785 for what is allowed here: texts, whole numbers, true, false, null, lists, objects whose names are
    letters of the basic plane (so that every way of sorting agrees). Raises ValueError for anything else, floating-point
    numbers among it (write them as texts).
    """
    _check(content)
    return canonical_of_stored(content)


def canonical_of_stored(content: dict[str, Any]) -> bytes:
    """As `canonical` for what was sealed before, five times faster: nothing is refused that could not have been sealed.

    Raises ValueError for what is no JSON at all.
    """
    try:
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    except TypeError as odd:
        raise ValueError(str(odd)) from odd


def _check(value: Any) -> None:
    if isinstance(value, dict):
        for key, part in value.items():
            if not isinstance(key, str) or (not key.isascii() and max(key) > "\uffff"):
                raise ValueError(f"{key!r} cannot be a name in sealed content")
            _check(part)
    elif isinstance(value, list | tuple):
        for part in value:
            _check(part)
    elif not isinstance(value, _PLAIN) or (isinstance(value, int) and abs(value) > 2**53):
        raise ValueError(f"{value!r} cannot be sealed; write it as a text")


def sealable(value: Any) -> Any:
    """``value`` (plain JSON values, times, floating-point numbers) as something that can be sealed: numbers with a point
    (or too many digits) become texts, times become milliseconds since 1970, tuples lists."""
    if isinstance(value, dict):
        return {_name(key): sealable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [sealable(part) for part in value]
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    if isinstance(value, datetime):
        return to_ms(value)
    if isinstance(value, int) and abs(value) > 2**53:
        return str(value)
    return plain_text(value) if isinstance(value, str) else value


def _name(key: Any) -> str:
    return "".join(letter if letter <= "\uffff" else "?" for letter in plain_text(key))


def plain_text(words: str) -> str:
    """``words`` without what no database takes and no canonical form has: NUL and lone surrogates; an enum's text."""
    return str(words).replace("\0", " ").encode("utf-8", "replace").decode()


def content_of(
    *,
    seq: int,
    recorded_at: datetime,
    occurred_at: datetime,
    kind: str,
    by_system: bool,
    author: str,
    author_name: str,
    author_role: str,
    agency: str,
    decider: str | None,
    text: str,
    owner: str,
    marking: str,
    releases: Sequence[str],
    corrects: int | None,
    links: Sequence[Sequence[str]],
    detail: dict[str, Any],
    salt: str,
) -> dict[str, Any]:
    """What is sealed of an entry, in format 1."""
    return {
        "format": FORMAT,
        "seq": seq,
        "recorded_at": to_ms(recorded_at),
        "occurred_at": to_ms(occurred_at),
        "kind": kind,
        "by_system": by_system,
        "author": author,
        "author_name": author_name,
        "author_role": author_role,
        "agency": agency,
        "decider": decider,
        "text": text,
        "owner": owner,
        "marking": marking,
        "releases": list(releases),
        "corrects": corrects,
        "links": [list(one) for one in links],
        "detail": detail,
        "salt": salt,
    }


def leaf_hash(content: bytes) -> bytes:
    """Hash of an entry's canonical bytes as a leaf of the tree."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees, the earlier first."""
    return sha256(b"\x01" + left + right).digest()


def chain_hash(before: bytes, leaf: bytes) -> bytes:
    """The chain's hash after one more entry."""
    return sha256(b"\x02" + before + leaf).digest()


def root_hash(subtrees: Iterable[bytes]) -> bytes:
    """Root of the tree whose full subtrees, largest (earliest) first, have these hashes; of no leaves: SHA-256 of nothing."""
    parts = list(subtrees)
    if not parts:
        return sha256(b"").digest()
    root = parts[-1]
    for left in reversed(parts[:-1]):
        root = node_hash(left, root)
    return root
