"""The scripts and the styles of the screens, each served as one file: a browser that opens the wall asks for two files instead
of ninety, and asks for the picture before Dash itself has loaded.

They are read once, when the process starts: what a process serves fits the code that it runs.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response

SCRIPTS, STYLES = "/assets/screens.js", "/assets/screens.css"
TYPES = {".js": "text/javascript", ".css": "text/css"}


@dataclass(frozen=True, slots=True)
class Bundle:
    """Files joined in the order of their names."""

    path: str
    body: bytes

    @property
    def address(self) -> str:
        """Where a page finds it; another body has another address, so it may be kept for ever."""
        return f"{self.path}?m={hashlib.sha256(self.body).hexdigest()[:16]}"


def bundle(folder: Path, path: str, ignore: str) -> Bundle:
    """All files of ``folder`` with the suffix of ``path`` whose names do not match ``ignore``."""
    suffix = Path(path).suffix
    files = sorted(file for file in folder.glob(f"*{suffix}") if not re.search(ignore, file.name))
    return Bundle(path, "".join(_part(file) for file in files).encode())


def serve(server: Flask, *bundles: Bundle) -> None:
    """Let ``server`` answer for each of them."""
    for one in bundles:
        server.add_url_rule(one.path, endpoint=one.path, view_func=_answer(one))


def _part(file: Path) -> str:
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".css":
        return f"/* {file.name} */\n{text}\n"
    # A script that fails when it is loaded is reported and leaves the others alone, as it would in a file of its own.
    return f"/* {file.name} */\ntry {{\n{text}\n}} catch (failed) {{ reportError(failed); }}\n"


def _answer(one: Bundle) -> Callable[[], Response]:
    mimetype, etag = TYPES[Path(one.path).suffix], one.address.partition("=")[2]

    def answer() -> Response:
        response = Response(one.body, mimetype=mimetype)
        response.set_etag(etag)
        return response

    return answer
