"""Files that may be kept with an operation: what a file is, judged by its bytes, against what its name says it is.

A short list is allowed; everything else is refused. Nothing that a browser would run is on it: no HTML, SVG or other XML,
no script, no Office file with macros. What is allowed is still only ever served to be saved, never to be shown.
"""

import codecs
import io
import lzma
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from ops_centre.errors import Invalid

MAX_NAME = 120
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True)
class Medium:
    """An allowed sort of file."""

    media_type: str
    words: str
    endings: tuple[str, ...]


MEDIA: Mapping[str, Medium] = {
    one.media_type: one
    for one in (
        Medium("application/pdf", "PDF document", ("pdf",)),
        Medium("image/png", "PNG picture", ("png",)),
        Medium("image/jpeg", "JPEG picture", ("jpg", "jpeg")),
        Medium("image/gif", "GIF picture", ("gif",)),
        Medium("image/webp", "WebP picture", ("webp",)),
        Medium("text/plain", "text", ("txt", "log", "md")),
        Medium("text/csv", "table (CSV)", ("csv",)),
        Medium("application/json", "JSON", ("json", "geojson")),
        Medium(f"{_OFFICE}wordprocessingml.document", "Word document", ("docx",)),
        Medium(f"{_OFFICE}spreadsheetml.sheet", "Excel sheet", ("xlsx",)),
        Medium(f"{_OFFICE}presentationml.presentation", "PowerPoint slides", ("pptx",)),
        Medium(f"{_OPEN_DOCUMENT}text", "OpenDocument text", ("odt",)),
        Medium(f"{_OPEN_DOCUMENT}spreadsheet", "OpenDocument sheet", ("ods",)),
    )
}
ALLOWED = ", ".join(sorted(ending for one in MEDIA.values() for ending in one.endings))
_BY_ENDING = {ending: one for one in MEDIA.values() for ending in one.endings}
_TEXTS = ("text/plain", "text/csv", "application/json")
_MAGIC = (
    (re.compile(rb"%PDF-\d"), "application/pdf"),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png"),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg"),
    (re.compile(rb"GIF8[79]a"), "image/gif"),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), "image/webp"),
)
_PARTS = {  # of an Office file: what stands in it when it is that
    "word/document.xml": f"{_OFFICE}wordprocessingml.document",
    "xl/workbook.xml": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/presentation.xml": f"{_OFFICE}presentationml.presentation",
}
_MARKUP = re.compile(
    rb"<\s*(!doctype|\?xml|\?php|html|head|body|script|svg|iframe|object|embed|style|link|meta|base|form)\b",
    re.IGNORECASE,
)
_SCRIPT = re.compile(rb"\A(#!|@echo\b|<%|<script)|javascript:|vbscript:", re.IGNORECASE)
_BEGINS_WITH_MARKUP = re.compile(rb"\A\s*<\s*[a-z!?/]", re.IGNORECASE)


def checked_name(name: str) -> str:
    """``name`` without path, control letters and letters that turn the direction of reading. Raises Invalid."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    plain = "".join(one for one in last if unicodedata.category(one)[0] != "C")
    plain = " ".join(plain.split()).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not dot or not stem or ending.lower() not in _BY_ENDING:
        raise Invalid(f"A file's name ends in one of: {ALLOWED}.")
    return f"{stem[: MAX_NAME - len(ending) - 1]}.{ending.lower()}"


def judged(name: str, declared: str, content: bytes) -> Medium:
    """What the file is. ``name`` as `checked_name` gave it; ``declared``: the sender's media type, empty where unknown.

    Raises Invalid when the bytes are not what the name or the sender says, or are nothing that is allowed.
    """
    if not content:
        raise Invalid("The file is empty.")
    expected = _BY_ENDING[name.rpartition(".")[2]]
    found = _sniffed(content)
    if found is None:
        raise Invalid(f"The content is nothing that may be kept here. Allowed: {ALLOWED}.")
    if found == "text/plain" and expected.media_type in _TEXTS:
        _check_text(content)
        found = expected.media_type
    if found != expected.media_type:
        raise Invalid(f"The file is named .{name.rpartition('.')[2]}, but its content is a {MEDIA[found].words}.")
    said = declared.partition(";")[0].strip().lower()
    if said in MEDIA and said != found and not {said, found} <= {*_TEXTS}:
        raise Invalid(f"The file was sent as a {MEDIA[said].words}, but its content is a {MEDIA[found].words}.")
    return expected


def _sniffed(content: bytes) -> str | None:
    for magic, media_type in _MAGIC:
        if magic.match(content):
            return media_type
    if content.startswith(b"PK\x03\x04"):
        return _of_archive(content)
    return "text/plain" if _is_text(content) else None


def _is_text(content: bytes) -> bool:
    try:
        text = codecs.decode(content, "utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(letter < " " and letter not in "\t\n\r\f" for letter in text)


def _check_text(content: bytes) -> None:
    bare = content.removeprefix(codecs.BOM_UTF8)
    if _MARKUP.search(bare) or _SCRIPT.search(bare) or _BEGINS_WITH_MARKUP.match(bare):
        raise Invalid("The text holds HTML, SVG, other markup or a script. Send it as a PDF or a picture.")


def _of_archive(content: bytes) -> str | None:
    """The kind of an Office or OpenDocument file. Raises Invalid for one with macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            head = (
                archive.read("mimetype").decode("ascii", "replace").strip() if _has_small(archive, "mimetype") else ""
            )
    except (  # everything that a damaged or hostile archive makes zipfile and its unpackers raise
        zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, RuntimeError, NotImplementedError, KeyError,
        ValueError, OverflowError, OSError,
    ):  # fmt: skip
        return None
    if any("vbaproject" in one.lower() or one.lower().startswith(("basic/", "scripts/")) for one in names):
        raise Invalid("The file holds macros. Save it without them, or as a PDF.")
    if head in MEDIA:
        return head
    return next((media_type for part, media_type in _PARTS.items() if part in names), None)


def _has_small(archive: zipfile.ZipFile, name: str) -> bool:
    return name in archive.namelist() and archive.getinfo(name).file_size <= 200


def size_words(size: int) -> str:
    """``812 bytes``, ``34 kB``, ``2.1 MB``."""
    if size < 1000:
        return f"{size} bytes"
    return f"{round(size / 1000)} kB" if size < 999_500 else f"{size / 1_000_000:.1f} MB"
