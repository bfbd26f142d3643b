"""What seals an entry: one sequence of bytes for one content, and hashes that anybody can work out again."""

import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_centre.domain import sealing

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NAMES = st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFF))
WHOLE = st.integers(-(2**53), 2**53)
VALUES = st.recursive(
    TEXTS | WHOLE | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


def by_hand(content: dict[str, Any]) -> bytes:
    """As the stand-alone verifier does it, with the standard library alone."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_the_canonical_bytes_are_those_of_the_standard_library(content: dict[str, Any]) -> None:
    assert sealing.canonical(content) == by_hand(content)
    assert json.loads(sealing.canonical(content)) == content


@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_content_that_went_through_a_database_seals_to_the_same_bytes(content: dict[str, Any]) -> None:
    assert sealing.canonical_of_stored(json.loads(json.dumps(content, ensure_ascii=False))) == by_hand(content)


@pytest.mark.parametrize(
    "odd", [1.5, float("nan"), 2**53 + 1, b"x", {1: 2}, {"𝔸": 1}, datetime(2026, 1, 1, tzinfo=UTC)]
)
def test_what_has_no_one_form_is_refused(odd: Any) -> None:
    with pytest.raises(ValueError, match="seal"):
        sealing.canonical({"detail": odd})


@given(st.dictionaries(st.text() | st.integers(), st.floats() | st.text() | st.datetimes(timezones=st.just(UTC))))
def test_whatever_a_deed_tells_can_be_made_sealable(detail: dict[Any, Any]) -> None:
    assert sealing.canonical(sealing.sealable(detail))


def test_the_hashes_are_the_documented_ones() -> None:
    content = {"text": "Kōrero"}
    leaf = sealing.leaf_hash(sealing.canonical(content))
    assert leaf == sha256(b'\x00{"text":"K\xc5\x8drero"}').digest()
    assert sealing.chain_hash(sealing.GENESIS, leaf) == sha256(b"\x02" + bytes(32) + leaf).digest()
    assert sealing.root_hash([leaf, leaf]) == sealing.node_hash(leaf, leaf) == sha256(b"\x01" + leaf + leaf).digest()
    assert sealing.root_hash([]) == sha256(b"").digest()
