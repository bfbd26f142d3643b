"""Export as JSON lines with proofs: a header, a line for each entry, a closing line with signatures (docs/duty-log.md)."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from ops_centre.clock import to_ms
from ops_centre.domain.signed_notes import Checkpoint, sign
from ops_centre.services.duty_log import content
from ops_centre.services.log_keys import SigningKey
from ops_centre.services.log_rows import Handlings

FORMAT = 1
_BYTES = 65_536  # sent at a time


@dataclass(frozen=True, slots=True)
class Header:
    """What an export says of itself."""

    centre: str
    exercise: bool
    at: datetime
    by: str
    whole: bool
    wanted: dict[str, str] | None  # the filter, of a part


@dataclass(frozen=True, slots=True)
class Exported:
    """One entry on its way out. ``content`` is what was sealed; empty when it is withheld."""

    seq: int
    content: dict[str, Any]
    leaf: bytes
    chain: bytes
    proof: Sequence[bytes] | None = None
    corrected_by: tuple[int, ...] = ()

    @property
    def line(self) -> dict[str, Any]:
        """As it stands in the export."""
        made: dict[str, Any] = {"entry": self.content} if self.content else {"seq": self.seq, "withheld": True}
        made["leaf_hash"] = self.leaf.hex()
        if self.proof is None:
            made["chain_hash"] = self.chain.hex()
        else:
            made["proof"] = [b64encode(step).decode() for step in self.proof]
        return made


def exported(row: Any, known: Handlings, *, withheld: bool = False, **more: Any) -> Exported:
    """A row of the log on its way out."""
    words = {} if withheld else content(row, known[row.handling_id])
    return Exported(row.seq, words, bytes(row.leaf_hash), bytes(row.chain_hash), **more)


def parts(
    header: Header, closing: Checkpoint, note: str, key: SigningKey, entries: Iterable[Exported]
) -> Iterator[bytes]:
    """The export, a piece at a time. It ends with ``note`` (of the checkpoint ``closing``) and a seal over all bytes before:
    what has no closing line was cut."""
    digest, count = sha256(), 0
    held = _line(_first(header, closing, key))
    for entry in entries:
        held += _line(entry.line)
        count += 1
        if len(held) >= _BYTES:
            digest.update(held)
            yield held
            held = b""
    digest.update(held)
    text = f"{closing.origin}\nexport of {count} entries\n{b64encode(digest.digest()).decode()}\n"
    yield held + _line({"checkpoint": note, "seal": sign(text, key.name, key.private)})


def _first(header: Header, closing: Checkpoint, key: SigningKey) -> dict[str, Any]:
    return {
        "duty_log_export": FORMAT,
        "origin": closing.origin,
        "key": key.public.text,
        "fingerprint": key.public.fingerprint.replace(" ", ""),
        "centre": header.centre,
        "exercise": header.exercise,
        "exported_at": to_ms(header.at),
        "exported_by": header.by,
        "whole": header.whole,
        "filter": header.wanted,
        "size": closing.size,
        "root": closing.root.hex(),
    }


def _line(made: dict[str, Any]) -> bytes:
    return orjson.dumps(made) + b"\n"
