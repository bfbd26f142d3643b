"""The tree over the log against the definition of RFC 9162, section 2.1, written down word by word."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops_centre.domain.log_tree import (
    KEPT,
    Edge,
    full_subtrees,
    inclusion_proof,
    proof_places,
    root_from_proof,
)

SIZES = st.integers(1, 1100)


def leaf(number: int) -> bytes:
    return sha256(f"leaf {number}".encode()).digest()


def naive_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, over leaf hashes."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\x01" + naive_root(leaves[:half]) + naive_root(leaves[half:])).digest()


def naive_proof(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 9162."""
    if len(leaves) == 1:
        return []
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    if index < half:
        return [*naive_proof(index, leaves[:half]), naive_root(leaves[half:])]
    return [*naive_proof(index - half, leaves[half:]), naive_root(leaves[:half])]


LEAVES = [leaf(number) for number in range(1100)]


def node_at(level: int, place: int) -> bytes:
    return naive_root(LEAVES[place << level : (place + 1) << level])


@given(SIZES)
def test_an_edge_that_grew_leaf_by_leaf_has_the_root_of_the_definition(size: int) -> None:
    edge = Edge()
    for one in LEAVES[:size]:
        edge.add(one)
    assert edge.root() == naive_root(LEAVES[:size])


@given(SIZES)
def test_an_edge_taken_up_again_has_the_root_of_the_definition(size: int) -> None:
    assert Edge(size, (node_at(*place) for place in full_subtrees(size))).root() == naive_root(LEAVES[:size])


def test_an_edge_names_each_full_subtree_worth_keeping_once() -> None:
    edge, grown = Edge(), []
    for one in LEAVES:
        grown += edge.add(one)
    wanted = [(level, place) for level in range(KEPT, 11) for place in range(len(LEAVES) >> level)]
    assert sorted((level, place) for level, place, _hash in grown) == wanted
    assert all(node == node_at(level, place) for level, place, node in grown)


@given(SIZES.flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size))))
def test_a_proof_is_that_of_the_definition_and_leads_to_the_root(case: tuple[int, int]) -> None:
    index, size = case
    proof = inclusion_proof(index, size, node_at)
    assert proof == naive_proof(index, LEAVES[:size])
    assert root_from_proof(index, size, LEAVES[index], proof) == naive_root(LEAVES[:size])


@given(SIZES.flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.integers(0, size - 1), st.just(size))))
def test_a_proof_of_one_place_proves_no_other(case: tuple[int, int, int]) -> None:
    index, other, size = case
    proof = inclusion_proof(index, size, node_at)
    try:
        root = root_from_proof(other, size, LEAVES[index], proof)
    except ValueError:
        return
    assert (root == naive_root(LEAVES[:size])) == (index == other)


def test_a_proof_too_long_or_too_short_is_refused() -> None:
    proof = inclusion_proof(5, 100, node_at)
    for wrong in (proof[:-1], [*proof, proof[-1]]):
        with pytest.raises(ValueError, match="too"):
            root_from_proof(5, 100, LEAVES[5], wrong)


@pytest.mark.parametrize(("index", "size"), [(3, 3), (-1, 3), (0, 0)])
def test_what_is_not_in_the_tree_has_no_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in a tree"):
        proof_places(index, size)
    with pytest.raises(ValueError, match="not in a tree"):
        root_from_proof(index, size, LEAVES[0], [])


def test_an_edge_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="full subtrees"):
        Edge(3, [LEAVES[0]])
