"""Signed notes and checkpoints of the duty log, in the common formats (C2SP signed-note v1 and tlog-checkpoint v1).

A note is lines of text, an empty line, and one line ``— name base64`` for each signature (Ed25519 over the text with its last
newline). A checkpoint's text is origin, size, root hash and two lines more of ours: ``time`` and ``chain``. Other programs
for transparency logs can read and check both.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ops_centre.clock import from_ms, to_ms

ED25519 = b"\x01"  # signature type of the format
DASH = "\u2014 "  # begins a line with a signature
SIGNATURE_BYTES = 68  # at least: four of the key's number and 64 of an Ed25519 signature
_NAME = re.compile(r"[^\s+]+")


class BadNote(Exception):
    """Something is no signed note, or its signature is wrong; the text says which."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A name (the log's origin) and an Ed25519 public key of 32 bytes."""

    name: str
    raw: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that stand in each signature."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.raw).digest()[:4]

    @property
    def text(self) -> str:
        """The key as the format writes it: ``name+id+base64``."""
        return f"{self.name}+{self.id.hex()}+{b64encode(ED25519 + self.raw).decode()}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key in groups of four, to be compared by eye or over the telephone."""
        digest = sha256(self.raw).hexdigest()
        return " ".join(digest[place : place + 4] for place in range(0, 64, 4))


def parse_key(text: str) -> PublicKey:
    """The public key written as ``name+id+base64``. Raises BadNote."""
    name, _, rest = text.strip().partition("+")
    try:
        key = PublicKey(name, b64decode(rest.partition("+")[2], validate=True)[1:])
    except NotBase64 as garbled:
        raise BadNote("this is no public key") from garbled
    if key.text != text.strip() or len(key.raw) != 32 or not _NAME.fullmatch(name):
        raise BadNote("this is no public key")
    return key


def public_key_of(name: str, private: Ed25519PrivateKey) -> PublicKey:
    """The public half of ``private`` under ``name``."""
    return PublicKey(name, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def sign(text: str, name: str, private: Ed25519PrivateKey) -> str:
    """The note: ``text`` (which ends in a newline) with its signature."""
    key = public_key_of(name, private)
    return f"{text}\n{DASH}{name} {b64encode(key.id + private.sign(text.encode())).decode()}\n"


def open_note(note: str, keys: Iterable[PublicKey]) -> tuple[str, PublicKey]:
    """Text of the note and the key that signed it. Raises BadNote unless one of ``keys`` did."""
    text, _, signatures = note.rpartition("\n\n")
    known = {(key.name, key.id): key for key in keys}
    named = []
    for line in signatures.splitlines():
        name, _, signature = line.removeprefix(DASH).partition(" ")
        named.append(name)
        try:
            raw = b64decode(signature, validate=True)
        except NotBase64:
            continue
        key = known.get((name, raw[:4]))
        if key is not None:
            try:
                Ed25519PublicKey.from_public_bytes(key.raw).verify(raw[4:], f"{text}\n".encode())
            except InvalidSignature as wrong:
                raise BadNote("its signature is wrong: it was changed after it was signed") from wrong
            return f"{text}\n", key
    raise BadNote(f"it is signed by {', '.join(named) or 'nobody'}, not with a key of this log")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the log was when it had ``size`` entries."""

    origin: str
    size: int
    root: bytes
    chain: bytes
    at: datetime

    @property
    def text(self) -> str:
        """The lines that are signed."""
        root, chain = b64encode(self.root).decode(), b64encode(self.chain).decode()
        return f"{self.origin}\n{self.size}\n{root}\ntime {to_ms(self.at)}\nchain {chain}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that ``text`` (without signatures) states. Raises BadNote."""
    try:
        origin, size, root, at, chain = text.splitlines()
        made = Checkpoint(
            origin,
            int(size),
            b64decode(root, validate=True),
            b64decode(chain.removeprefix("chain "), validate=True),
            from_ms(int(at.removeprefix("time "))),
        )
    except (ValueError, OverflowError) as garbled:
        raise BadNote("it is no checkpoint of a duty log") from garbled
    if made.text != text:
        raise BadNote("it is no checkpoint of a duty log")
    return made


def split_notes(lines: Iterable[str]) -> Iterator[tuple[int, str, bool]]:
    """Notes among ``lines`` (each with its newline): the number of its first line, its text, and whether it is whole.

    Notes stand one after the other with an empty line after each. What a broken write left is given as not whole.
    """
    begun, held, signed = 1, "", False
    for number, line in enumerate(lines, start=1):
        if signed and not line.startswith(DASH):
            yield begun, held, True
            held, signed = "", False
        if held.endswith("\n\n") and not line.startswith(DASH):  # no signature where one must be: torn
            yield begun, held, False
            held = ""
        if not held and line == "\n":
            continue
        if not held:
            begun = number
        held += line
        signed = _is_signature(line)
    if held:
        yield begun, held, signed


def _is_signature(line: str) -> bool:
    """Whether a line is a signature to its end: a write may have broken off within it."""
    if not (line.startswith(DASH) and line.endswith("\n")):
        return False
    try:
        return len(b64decode(line.rsplit(maxsplit=1)[-1], validate=True)) >= SIGNATURE_BYTES
    except ValueError:
        return False
