"""The key that signs checkpoints: made on first need, in a folder of its own, never in the database.

The file holds one line, ``PRIVATE+KEY+name+id+base64`` (as the note tools of transparency logs write it); its name is the
origin of the log and tells this log from any other. Public keys stand beside the checkpoints, one a line, oldest first.
"""

import os
import re
import secrets
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ops_centre.config import Settings
from ops_centre.domain.signed_notes import ED25519, BadNote, PublicKey, parse_key, public_key_of
from ops_centre.errors import OpsError

KEY_FILE = "duty-log.key"
_MARK = "PRIVATE+KEY+"


class KeyUnusable(OpsError):
    """The signing key is missing, unreadable or another log's; the text says what to do."""


class SigningKey:
    """A private key with the name of the log."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self.name = name
        self.private = private
        self.public: PublicKey = public_key_of(name, private)

    @property
    def text(self) -> str:
        """As it stands in the file."""
        seed = b64encode(ED25519 + self.private.private_bytes_raw()).decode()
        return f"{_MARK}{self.name}+{self.public.id.hex()}+{seed}\n"


def folder(settings: Settings, named: str, default: str) -> Path:
    """A folder of the settings; a relative path counts from the data folder."""
    return settings.data_dir / (named or default)


class LogKeys:
    """Finds, makes and replaces the signing key."""

    def __init__(self, settings: Settings) -> None:
        self.path = folder(settings, settings.log.key_dir, "keys") / KEY_FILE
        self._centre = settings.centre.name
        self._held: SigningKey | None = None

    def present(self) -> SigningKey | None:
        """The key, or None when there is none. Raises KeyUnusable when the file holds no key."""
        if self._held is None:
            try:
                self._held = _read(self.path)
            except FileNotFoundError:
                return None
            except (OSError, ValueError) as wrong:
                raise KeyUnusable(f"The signing key {self.path} cannot be used: {wrong}") from wrong
        return self._held

    def make(self) -> SigningKey:
        """A new key, unless another process was faster: then its key. Raises KeyUnusable."""
        slug = re.sub(r"[^a-z0-9]+", "-", self._centre.lower()).strip("-") or "centre"
        made = SigningKey(f"{slug}-{secrets.token_hex(4)}/duty-log", Ed25519PrivateKey.generate())
        try:
            _put(self.path, made.text)
        except OSError as wrong:
            raise KeyUnusable(f"No signing key can be made at {self.path}: {wrong.strerror or wrong}") from wrong
        self._held = None
        held = self.present()
        if held is None:
            raise KeyUnusable(f"The signing key {self.path} has gone.")
        return held

    def retire(self) -> Path | None:
        """Put the present key aside under a name that says so; where it now is."""
        if not self.path.exists():
            return None
        aside = self.path.with_name(f"{KEY_FILE}.retired-{secrets.token_hex(4)}")
        self.path.rename(aside)
        self._held = None
        return aside


def _read(path: Path) -> SigningKey:
    text = path.read_text("ascii").strip()
    name, _, rest = text.removeprefix(_MARK).partition("+")
    seed = b64decode(rest.partition("+")[2], validate=True)
    key = SigningKey(name, Ed25519PrivateKey.from_private_bytes(seed[1:]))
    if key.text.strip() != text:
        raise ValueError("it holds no key of a duty log")
    return key


def _put(path: Path, text: str) -> None:
    """Write a file that only its owner may read; what is there already stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)  # fails when another process has made one meanwhile
        except FileExistsError:
            return
    finally:
        unfinished.unlink()


def read_public_keys(path: Path) -> list[PublicKey]:
    """Keys listed in a file, oldest first; of a file that is not there, none. Raises KeyUnusable."""
    try:
        return [parse_key(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    except FileNotFoundError:
        return []
    except (OSError, BadNote, ValueError) as wrong:
        raise KeyUnusable(f"The list of public keys {path} cannot be used: {wrong}") from wrong
