"""Duty logs in named situations, and a hand that tampers with what is sealed."""

import json
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from ops_centre.config import ROOT
from ops_centre.domain import sealing
from ops_centre.domain.duty_log import EntryKind, ThingKind, link
from ops_centre.domain.signed_notes import Checkpoint, PublicKey, public_key_of, sign
from ops_centre.services import duty_log
from tests.factories import make_handling
from tests.support.clock import START

VERIFIER = ROOT / "tools" / "verify_log.py"


def write_log(db: Any, entries: int = 20) -> None:
    """So many entries; every fifth is AMBER of customs, every third links to a target."""
    with db.begin() as session:
        green, amber = make_handling(session, "OPS"), make_handling(session, "CUS", "AMBER")
        duty_log.append(
            session,
            START,
            duty_log.SYSTEM,
            [
                duty_log.Entry(
                    EntryKind.CALL,
                    f"Entry {number}: Whāngārei → Ōpua, 42°.",
                    (amber if number % 5 == 0 else green).id,
                    [link(ThingKind.TARGET, number, f"TARGET {number}")] if number % 3 == 0 else [],
                    {"number": number},
                )
                for number in range(1, entries + 1)
            ],
        )


def verify_export(path: Path, *arguments: str | Path) -> tuple[int, str]:
    """Exit status and words of the stand-alone verifier, run without anything of ours on its path."""
    done = subprocess.run(
        [sys.executable, "-I", str(VERIFIER), str(path), *map(str, arguments)],
        cwd=path.parent, env={}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


Lines = list[dict[str, Any]]


class Forger:
    """Rewrites an export. With a key of their own they can also sign it again, as somebody would who knows how it is made."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: Lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        self.key = Ed25519PrivateKey.generate()

    def save(self) -> None:
        """Write the file."""
        self.path.write_bytes(b"".join(self.dumped(line) for line in self.lines))

    @staticmethod
    def dumped(line: dict[str, Any]) -> bytes:
        """One line as an export writes it."""
        return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    def hash_again(self) -> None:
        """Give every entry hashes that fit what stands in it now."""
        chain = bytes(32)
        for number, line in enumerate(self.lines[1:-1], start=1):
            if "entry" in line:
                line["entry"]["seq"] = number
                line["leaf_hash"] = sealing.leaf_hash(sealing.canonical(line["entry"])).hex()
            else:
                line["seq"] = number
            chain = sealing.chain_hash(chain, bytes.fromhex(line["leaf_hash"]))
            line["chain_hash"] = chain.hex()

    def sign_again(self, name: str | None = None) -> PublicKey:
        """Close the export with a checkpoint and a seal of the forger's own; the key."""
        name = name or self.lines[0]["origin"]
        leaves = [bytes.fromhex(line["leaf_hash"]) for line in self.lines[1:-1]]
        root, chain = naive_root(leaves), bytes.fromhex(self.lines[-2]["chain_hash"])
        public = public_key_of(name, self.key)
        self.lines[0] |= {"origin": name, "key": public.text, "size": len(leaves), "root": root.hex()}
        digest = sha256(b"".join(self.dumped(line) for line in self.lines[:-1])).digest()
        closing = Checkpoint(name, len(leaves), root, chain, START).text
        seal = f"{name}\nexport of {len(leaves)} entries\n{b64encode(digest).decode()}\n"
        self.lines[-1] = {"checkpoint": sign(closing, name, self.key), "seal": sign(seal, name, self.key)}
        return public


def naive_root(leaves: list[bytes]) -> bytes:
    """Root of a tree after the definition."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"").digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sealing.node_hash(naive_root(leaves[:half]), naive_root(leaves[half:]))


def corrupt(word: str) -> str:
    """Base64 of other bytes."""
    raw = bytearray(b64decode(word))
    raw[-1] ^= 1
    return b64encode(bytes(raw)).decode()


def without_triggers(db: Any, change: Callable[[Any], None]) -> None:
    """Change the log's tables as somebody would who owns the database."""
    with db.connect_writing() as connection:
        if db.is_sqlite:
            found = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'log_%'")
            )
            for (name,) in found.all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        change(connection)
