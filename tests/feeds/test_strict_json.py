"""JSON from strangers: a bad record costs itself, a broken structure the document, nothing the process."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_centre.feeds.transports.strict_json import JsonError, read_document


def read(raw: bytes) -> list[tuple[bytes, str | None]]:
    return [(record.raw, record.fault) for record in read_document(raw, list_name="records").records]


def test_an_envelope_gives_its_head_and_each_record_with_its_own_bytes() -> None:
    document = read_document(
        b'{"schema":"x/1.0", "records": [ {"a": 1} , {"b":"\xc3\xa9"}],"next_cursor":null}', list_name="records"
    )
    assert document.head == {"schema": "x/1.0", "next_cursor": None}
    assert [record.raw for record in document.records] == [b'{"a": 1}', b'{"b":"\xc3\xa9"}']
    assert [record.value for record in document.records] == [{"a": 1}, {"b": "é"}]


@pytest.mark.parametrize("raw", [b"[]", b'{"records":[]}', b' \n{ "records" : [ ] } ', b"\xef\xbb\xbf[]"])
def test_an_empty_list_is_no_fault(raw: bytes) -> None:
    assert read(raw) == []


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b'{"lat":NaN}', "holds NaN"),
        (b'{"lat":-Infinity}', "holds -Infinity"),
        (b'{"lat":1e999}', "beyond all bounds"),
        (b'{"n":' + b"9" * 30 + b"}", "30 digits"),
        (b'{"n":' + b"9" * 5000 + b"}", "5000 digits"),
        (b'{"a":1,"a":2}', "'a' twice"),
        (b'{"x":{"a":1,"b":3,"a":2}}', "'a' twice"),
        (b'{"a":' + b"[" * 13 + b"]" * 13 + b"}", "nested deeper"),
        (b"[" * 50_000 + b'"]}"' + b"]" * 50_000, "nested deeper"),
        (b'{"name":"\xe9t\xe9"}', "not text"),
        (b'{"name":"\\ud800"}', "not text"),
        (b'{"name":"a\\u0000b"}', "not text"),
        (b'{"na\\u0000me":"x"}', "not text"),
    ],
)
def test_a_bad_record_among_good_ones_is_the_only_one_with_a_fault(bad: bytes, why: str) -> None:
    before, found, after = read(b'{"records":[{"ref":1},' + bad + b',{"ref":2}]}')
    assert (before[1], after[1]) == (None, None)
    assert found[0] == bad
    assert why in (found[1] or "")


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"  ", b"null", b'"records"', b"<html></html>", b"{", b"[", b"[1,", b"[1 2]", b'{"records":[{}]', b"[1]x",
        b'{"records":1}', b'{"other":[]}', b'{"records":[],"records":[]}', b'{"a":1,"a":2,"records":[]}',
        b'{"records":[],"next_cursor":NaN}', b'{"records":[{"ref":1},{"ref":]}', b"{1:2}", b'{"a"}', b'{"a":1,}',
        '[{"ref":1}]'.encode("utf-16"), b"[" * 200_000, b'{"records":' * 300_000, b"[1],[2]", b"\xff\xfe",
    ],
)  # fmt: skip
def test_a_document_whose_structure_cannot_be_followed_is_refused_whole(raw: bytes) -> None:
    with pytest.raises(JsonError):
        read(raw)


def test_more_records_than_allowed_are_refused_before_they_fill_the_memory() -> None:
    with pytest.raises(JsonError, match="more than 50000 records"):
        read(b"[" + b"1," * 2_000_000 + b"1]")


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_but_read_or_be_refused(raw: bytes) -> None:
    with contextlib.suppress(JsonError):
        read(raw)


@given(
    st.lists(st.dictionaries(st.text(max_size=5), st.integers(-9, 9) | st.text(max_size=5), max_size=3), max_size=4),
    st.data(),
)
def test_a_cut_document_is_never_read_as_a_shorter_one(records: list[dict[str, object]], data: st.DataObject) -> None:
    raw = json.dumps({"records": records}).encode()
    cut = data.draw(st.integers(0, len(raw) - 1))
    with pytest.raises(JsonError):
        read(raw[:cut])
