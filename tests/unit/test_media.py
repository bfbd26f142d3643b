"""Files are judged by their bytes against their name; nothing that a browser would run is kept."""

import io
import zipfile

import pytest

from ops_centre.domain.media import checked_name, judged
from ops_centre.errors import Invalid

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def archive(**parts: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as writer:
        for name, text in parts.items():
            writer.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return made.getvalue()


def damaged(packing: int) -> bytes:
    """An OpenDocument text whose first part, which says what it is, cannot be unpacked."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packing) as writer:
        writer.writestr("mimetype", "application/vnd.oasis.opendocument.text")
    content = bytearray(made.getvalue())
    begin = content.index(b"mimetype") + len(b"mimetype")
    content[begin : begin + 12] = b"\xff" * 12
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "declared", "content", "media_type"),
    [
        ("a.pdf", "application/pdf", b"%PDF-1.7\n", "application/pdf"),
        ("a.png", "", PNG, "image/png"),
        ("a.jpeg", "image/jpeg", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.txt", "text/plain; charset=utf-8", "Tēnā koutou, 5 < 7.".encode(), "text/plain"),
        ("a.csv", "application/vnd.ms-excel", b"name,flag\nTERN,NZ\n", "text/csv"),
        ("a.geojson", "text/plain", b'{"type": "FeatureCollection"}', "application/json"),
        ("a.docx", "", archive(word__document_dot_xml="x"),
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ],
)  # fmt: skip
def test_what_is_allowed_is_known_by_its_content(name: str, declared: str, content: bytes, media_type: str) -> None:
    assert judged(checked_name(name), declared, content).media_type == media_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"<!DOCTYPE html><p>hello"),
        ("a.txt", b"\xef\xbb\xbf  <svg onload=alert(1)>"),
        ("a.csv", b"name\n<script>alert(1)</script>\n"),
        ("a.json", b'{"a": "<iframe src=x>"}'),
        ("a.txt", b"#!/bin/sh\nrm -rf /\n"),
        ("a.log", b"see javascript:alert(1)"),
        ("a.txt", b"<?xml version='1.0'?><kml/>"),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("a.pdf", PNG),
        ("a.png", b"MZ\x90\x00" + bytes(40)),
        ("a.txt", b"\xff\xfe<\x00h\x00t\x00"),
        ("a.txt", b""),
        ("a.docx", archive(word__document_dot_xml="x", word__vbaProject_dot_bin="x")),
        ("a.docx", archive(evil_dot_exe="x")),
        ("a.odt", damaged(zipfile.ZIP_DEFLATED)),
        ("a.odt", damaged(zipfile.ZIP_LZMA)),
        ("a.odt", damaged(zipfile.ZIP_BZIP2)),
        ("a.docx", b"PK\x03\x04" + bytes(30)),
    ],
)
def test_markup_scripts_and_what_is_not_what_it_is_named_are_refused(name: str, content: bytes) -> None:
    with pytest.raises(Invalid):
        judged(name, "", content)


def test_a_file_sent_as_something_else_is_refused() -> None:
    with pytest.raises(Invalid, match="sent as a PDF document, but its content is a PNG picture"):
        judged("a.png", "application/pdf", PNG)


@pytest.mark.parametrize("name", ["a.html", "a.svg", "a.js", "a.exe", "a.pdf.hta", "pdf", ".pdf", "a.xml", ""])
def test_a_name_that_ends_in_nothing_allowed_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="ends in one of"):
        checked_name(name)


def test_a_name_loses_its_path_its_tricks_and_its_length_but_not_its_letters() -> None:
    assert checked_name("../../etc/Tēnā koutou.PDF") == "Tēnā koutou.pdf"
    assert checked_name("C:\\secret\\a\u202efdp.pdf") == "afdp.pdf"
    assert len(checked_name("x" * 500 + ".csv")) == 120
