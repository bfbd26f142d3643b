"""Checks an export of a duty log (JSON lines with proofs) without the program that made it.

    python verify_log.py EXPORT.jsonl [--key KEY | --fingerprint HEX] [--older-key KEY]... [--checkpoints FILE]...

Needs Python 3.11 or newer and the package `cryptography`, nothing else. Exit status: 0 nothing is wrong, 1 something is,
2 wrong use.

What is checked (docs/duty-log.md has the formats; they are the common ones of RFC 8785, RFC 9162, C2SP signed-note and
tlog-checkpoint):

1. every entry: canonical JSON, SHA-256 with a byte 0 before it, gives its leaf hash;
2. of a whole log: entries follow without a gap, each chain hash from the one before, the tree of all leaf hashes has the root
   that the closing checkpoint states; of a part: each entry's inclusion proof leads to that root;
3. the closing checkpoint and the seal over every byte before it are signed;
4. with --checkpoints: the checkpoints that the centre wrote while the log grew agree with the export. A log rewritten by
   somebody who also has the signing key differs from those that are kept elsewhere. Those that a key signed which the centre
   has put aside since count with --older-key.

The export names the key that signed it. A forger could have signed again with a key of his own: give --key or --fingerprint
as you have it from the centre by another way. Without it this program says whose key it believed.
"""

import argparse
import json
import re
import sys
from base64 import b64decode, b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

DASH = "\u2014 "
MOST_FAULTS = 20
MAX_LINE = 4_000_000
WHOLE_SIGNATURE = 92  # letters: 4 bytes of the key's number and 64 of the signature
Key = tuple[str, bytes]  # name and 32 bytes


class Wrong(Exception):
    """Something does not hold; the text says what."""


# Hashes


def leaf_hash(content: dict[str, Any]) -> bytes:
    """Hash of an entry."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return sha256(b"\x00" + text.encode()).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree that grows leaf by leaf; only its right edge is held."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        size, node = self.size, leaf
        while size & 1:
            node, size = node_hash(self._edge.pop(), node), size >> 1
        self._edge.append(node)
        self.size += 1

    def root(self) -> bytes:
        """The root hash (RFC 9162, section 2.1.1)."""
        if not self._edge:
            return sha256(b"").digest()
        root = self._edge[-1]
        for left in reversed(self._edge[:-1]):
            root = node_hash(left, root)
        return root


def root_from_proof(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes:
    """The root that follows from an inclusion proof (RFC 9162, section 2.1.3.2)."""
    place, last, root = index, size - 1, leaf
    for part in proof:
        if last == 0:
            raise Wrong("its proof is too long")
        if place & 1 or place == last:
            root = node_hash(part, root)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, part)
        place, last = place >> 1, last >> 1
    if last:
        raise Wrong("its proof is too short")
    return root


# Keys and signed notes


def key_id(key: Key) -> bytes:
    """Four bytes that stand in each signature."""
    return sha256(key[0].encode() + b"\n\x01" + key[1]).digest()[:4]


def parse_key(text: str) -> Key:
    """A key written as name+id+base64."""
    name, _, rest = text.strip().partition("+")
    try:
        raw = b64decode(rest.partition("+")[2], validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 33 or raw[:1] != b"\x01" or rest.partition("+")[0] != key_id((name, raw[1:])).hex():
        raise Wrong(f"{text.strip()[:80]!r} is no public key")
    return name, raw[1:]


def fingerprint(key: Key) -> str:
    """SHA-256 of the public key."""
    return sha256(key[1]).hexdigest()


def open_note(note: str, keys: list[Key]) -> str:
    """The text of a note that one of ``keys`` signed."""
    text, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        name, _, signature = line.removeprefix(DASH).partition(" ")
        try:
            raw = b64decode(signature, validate=True)
        except ValueError:
            continue
        for key in keys:
            if (name, raw[:4]) == (key[0], key_id(key)):
                try:
                    Ed25519PublicKey.from_public_bytes(key[1]).verify(raw[4:], f"{text}\n".encode())
                except InvalidSignature:
                    raise Wrong("its signature is wrong") from None
                return f"{text}\n"
    raise Wrong("it is not signed with a key that is believed")


def parse_checkpoint(text: str) -> tuple[int, bytes, bytes]:
    """Size, root hash and chain hash of a checkpoint."""
    lines = text.splitlines()
    try:
        size, root = int(lines[1]), b64decode(lines[2], validate=True)
        chain = b64decode(next(line for line in lines[3:] if line.startswith("chain "))[6:], validate=True)
    except (IndexError, ValueError, StopIteration):
        raise Wrong("it is no checkpoint of a duty log") from None
    return size, root, chain


def signed_at(text: str) -> int:
    """When a checkpoint was signed, in milliseconds since 1970."""
    try:
        return int(next(line for line in text.splitlines() if line.startswith("time "))[5:])
    except (ValueError, StopIteration):
        raise Wrong("it does not say when it was signed") from None


def notes_in(path: Path) -> Iterator[str]:
    """The notes of a file of checkpoints; a torn one is passed over, since it counts for nothing."""
    for found in re.finditer(r"(?:[^\n]+\n)+\n(?:\u2014 [^\n]+\n)+", path.read_text("utf-8", "replace")):
        if len(found[0].split()[-1]) >= WHOLE_SIGNATURE:
            yield found[0]


# The export


def strict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object in which no name stands twice."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Wrong("a name stands twice in it")
    return made


def refuse(word: str) -> Any:
    """NaN and infinities are no JSON."""
    raise Wrong(f"{word} stands in it")


def parse(line: bytes) -> dict[str, Any]:
    """One line."""
    try:
        made = json.loads(line, object_pairs_hook=strict, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise Wrong("it is no JSON") from None
    if not isinstance(made, dict):
        raise Wrong("it is no JSON object")
    return made


class Check:
    """One export under examination."""

    def __init__(self, expected: Key | None, wanted_print: str | None, files: list[Path], older: list[Key]) -> None:
        self.faults: list[str] = []
        self.keys: list[Key] = []
        self.older = older
        self.expected, self.wanted_print, self.files = expected, wanted_print, files
        self.whole = True
        self.header: dict[str, Any] = {}
        self.entries = self.withheld = self.outside = 0
        self.tree, self.chain = Tree(), bytes(32)
        self.last = 0  # number of the entry before
        self.closing: tuple[int, bytes, bytes] | None = None
        self.closed_at = 0
        self.kept: set[tuple[int, int]] = set()  # size and time of each checkpoint that was kept
        self.signed: dict[int, list[tuple[bytes, bytes, str]]] = {}

    def blame(self, fault: str) -> None:
        """Note a fault."""
        self.faults.append(fault)

    def run(self, path: Path) -> None:
        """Examine the file."""
        digest, number, ended = sha256(), 0, False
        with path.open("rb") as lines:
            while line := lines.readline(MAX_LINE):
                number += 1
                if ended:
                    self.blame(f"Line {number}: something stands after the end of the export.")
                    break
                try:
                    made = parse(line)
                    if number == 1:
                        self.begin(made)
                    elif "checkpoint" in made:
                        ended = True
                        self.end(made, digest.digest())
                    else:
                        self.line(made, number)
                except Wrong as wrong:
                    self.blame(f"Line {number}: {wrong}.")
                    if number == 1:
                        return
                except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
                    self.blame(f"Line {number}: it is not as an export is written.")
                    if number == 1:
                        return
                digest.update(line)
        if not ended:
            self.blame("The tail was cut: the closing checkpoint is missing.")
        self.finish()

    def begin(self, header: dict[str, Any]) -> None:
        """The first line: what the export says it is, and whose key it names."""
        if header.get("duty_log_export") != 1:
            raise Wrong("this is no export of a duty log that this program knows")
        self.header, self.whole = header, header["whole"] is True
        named = parse_key(header["key"])
        if self.expected is not None and named != self.expected:
            self.blame("The export is signed with another key than the one that was expected.")
        if self.wanted_print is not None and fingerprint(named) != self.wanted_print:
            self.blame("The export is signed with another key: its fingerprint is not the one that was expected.")
        self.keys = [self.expected or named]
        for path in self.files:
            self.read_checkpoints(path)

    def read_checkpoints(self, path: Path) -> None:
        """The checkpoints of one file."""
        for note in notes_in(path):
            try:
                text = open_note(note, [*self.keys, *self.older])
                size, root, chain = parse_checkpoint(text)
                self.kept.add((size, signed_at(text)))
            except Wrong as wrong:
                self.blame(f"{path}: a checkpoint ({note.splitlines()[1][:20]} entries) cannot be trusted: {wrong}.")
                continue
            self.signed.setdefault(size, []).append((root, chain, str(path)))

    def line(self, made: dict[str, Any], number: int) -> None:
        """An entry, or the place of one that is withheld."""
        if "entry" in made:
            seq, leaf = made["entry"]["seq"], leaf_hash(made["entry"])
            if leaf.hex() != made["leaf_hash"]:
                self.blame(f"Entry {seq} (line {number}) was changed: it is not what was sealed.")
            self.entries += 1
        elif made.get("withheld") is True and self.whole:
            seq, leaf = made["seq"], bytes.fromhex(made["leaf_hash"])
            self.withheld += 1
        else:
            raise Wrong("it is not as an export is written")
        if type(seq) is not int:
            raise Wrong("its number is no number")
        if self.whole:
            self.follow(seq, bytes.fromhex(made["leaf_hash"]), made["chain_hash"], number)
        else:
            self.part(seq, leaf, [b64decode(step, validate=True) for step in made["proof"]], number)

    def follow(self, seq: int, leaf: bytes, chain: str, number: int) -> None:
        """An entry of a whole log must follow from the one before."""
        if seq != self.last + 1:
            self.blame(f"Line {number}: entry {seq} follows entry {self.last}: {self.disorder(seq)}.")
        self.last = seq
        self.tree.add(leaf)
        self.chain = sha256(b"\x02" + self.chain + leaf).digest()
        if self.chain.hex() != chain:
            self.blame(f"Entry {seq} (line {number}) does not follow from the entry before it.")
            self.chain = bytes.fromhex(chain)
        for root, end, where in self.signed.pop(self.tree.size, ()):
            if (root, end) != (self.tree.root(), self.chain):
                self.blame(f"Up to entry {seq} the export is not the log that was signed for ({where}).")
            else:
                self.outside += 1

    def disorder(self, seq: int) -> str:
        """What a number that does not follow means."""
        return "it stands twice or in another place" if seq <= self.last else "something was taken out"

    def part(self, seq: int, leaf: bytes, proof: list[bytes], number: int) -> None:
        """An entry of a part must be in the tree of the closing checkpoint, and later than the one before."""
        if seq <= self.last:
            self.blame(f"Line {number}: entry {seq} follows entry {self.last}: {self.disorder(seq)}.")
        self.last = max(self.last, seq)
        size = self.header["size"]
        if not 0 < seq <= size:
            raise Wrong(f"entry {seq} cannot be in a log of {size} entries")
        root = root_from_proof(seq - 1, size, leaf, proof)
        if root.hex() != self.header["root"]:
            self.blame(f"Entry {seq} (line {number}) is not in the log: its proof leads to another root.")

    def end(self, made: dict[str, Any], digest: bytes) -> None:
        """The last line: the closing checkpoint and the seal over all before."""
        try:
            text = open_note(made["checkpoint"], self.keys)
            self.closing, self.closed_at = parse_checkpoint(text), signed_at(text)
        except Wrong as wrong:
            self.blame(f"The closing checkpoint cannot be trusted: {wrong}.")
        seal = (
            f"{self.header['origin']}\nexport of {self.entries + self.withheld} entries\n{b64encode(digest).decode()}\n"
        )
        try:
            if open_note(made["seal"], self.keys) != seal:
                self.blame("The seal over the export does not fit: something in it was changed, put in or taken out.")
        except Wrong as wrong:
            self.blame(f"The seal over the export cannot be trusted: {wrong}.")

    def finish(self) -> None:
        """What can be said only at the end."""
        if self.closing is None:
            return
        size, root, chain = self.closing
        if self.whole and (size, root, chain) != (self.last, self.tree.root(), self.chain):
            self.blame(
                f"The closing checkpoint speaks of {size} entries; the {self.tree.size} in the export are not those."
            )
        if not self.whole and (size, root.hex()) != (self.header.get("size"), self.header.get("root")):
            self.blame("The closing checkpoint is not the one that the entries' proofs lead to.")
        for found, one, _where in self.signed.get(size, ()) if not self.whole else ():
            self.outside += 1
            if (found, one) != (root, chain):
                self.blame(f"The checkpoint of {size} entries that was kept differs from that of the export.")
        self.look_for_a_longer_log(size)

    def look_for_a_longer_log(self, size: int) -> None:
        """A log only grows: whoever kept a checkpoint of more entries, signed before the export was made, has seen what is
        cut from it. An export whose own closing checkpoint was kept too is only older (or a clock was set back)."""
        longer = [(kept, at) for kept, at in self.kept if kept > size and at <= self.closed_at]
        if longer and (size, self.closed_at) not in self.kept:
            self.blame(
                f"The tail was cut: the log had {max(longer)[0]} entries before this export was made of {size} "
                "(by checkpoints that were kept)."
            )


def report(check: Check) -> int:
    """Say what was found; the exit status."""
    for fault in check.faults[:MOST_FAULTS]:
        print(f"WRONG  {fault}")
    if len(check.faults) > MOST_FAULTS:
        print(f"WRONG  … and {len(check.faults) - MOST_FAULTS} further faults.")
    if check.header.get("exercise"):
        print("This is the log of an EXERCISE.")
    if check.faults:
        print("The export is NOT sound.")
        return 1
    kind = "whole log" if check.whole else "part of the log"
    print(f"Sound: {kind}, {check.entries} entries and {check.withheld} withheld, of a log of {check.closing[0]}.")  # type: ignore[index]
    if check.files:
        print(f"{check.outside} checkpoints that were kept elsewhere agree.")
    print(f"Signed as {check.keys[0][0]}, fingerprint {fingerprint(check.keys[0])}.")
    if check.expected is None and check.wanted_print is None:
        print(
            "ATTENTION: that key is the one the export itself names. Anybody can make a key: compare the fingerprint with the"
            " one you have from the centre, or give --fingerprint."
        )
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description="Checks an export of a duty log.")
    parser.add_argument("export", type=Path, help="the JSON lines file")
    parser.add_argument("--key", help="the public key that is expected: name+id+base64")
    parser.add_argument("--fingerprint", help="SHA-256 of the public key that is expected, hexadecimal")
    parser.add_argument(
        "--checkpoints", type=Path, action="append", default=[], help="a file of checkpoints kept elsewhere"
    )
    parser.add_argument("--older-key", action="append", default=[], help="a public key that signed earlier checkpoints")
    args = parser.parse_args(arguments)
    wanted = re.sub(r"[^0-9a-f]", "", args.fingerprint.lower()) if args.fingerprint else None
    try:
        older = [parse_key(one) for one in args.older_key]
        check = Check(parse_key(args.key) if args.key else None, wanted, args.checkpoints, older)
        check.run(args.export)
    except Wrong as wrong:
        parser.error(str(wrong))
    except OSError as error:
        parser.error(f"{error.filename}: {error.strerror}")
    return report(check)


if __name__ == "__main__":
    sys.exit(main())
