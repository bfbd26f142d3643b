"""The tree over the duty log (RFC 9162, section 2.1), kept as its right edge so that one more entry costs next to nothing.

Nothing here reads or writes; whoever uses it brings leaf hashes in order. ``place`` counts subtrees of one level from the
left, from 0; the subtree of ``level`` and ``place`` covers the leaves ``place << level`` up to ``(place + 1) << level``.
"""

from collections.abc import Callable, Iterable

from ops_centre.domain.sealing import node_hash, root_hash

KEPT = (
    8  # subtrees of 2**8 = 256 leaves and larger are kept (table log_nodes); smaller ones are cheap to work out again
)
Node = tuple[int, int, bytes]  # level, place, hash
NodeAt = Callable[[int, int], bytes]  # the hash of a full subtree by level and place


class Edge:
    """The right edge of a growing tree: the hashes of its full subtrees, largest first (a compact range)."""

    def __init__(self, size: int = 0, subtrees: Iterable[bytes] = ()) -> None:
        """An edge of ``size`` leaves whose `full_subtrees` have these hashes. Raises ValueError when they do not fit."""
        self.size = size
        self.subtrees = list(subtrees)
        if len(self.subtrees) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} full subtrees, not {len(self.subtrees)}")

    def add(self, leaf: bytes) -> list[Node]:
        """Add a leaf hash; the subtrees of level `KEPT` and above that are full by it."""
        level, node, grown = 0, leaf, []
        while self.size >> level & 1:
            node = node_hash(self.subtrees.pop(), node)
            level += 1
            if level >= KEPT:
                grown.append((level, self.size >> level, node))
        self.subtrees.append(node)
        self.size += 1
        return grown

    def root(self) -> bytes:
        """The root hash."""
        return root_hash(self.subtrees)


def full_subtrees(size: int) -> list[tuple[int, int]]:
    """Level and place of the full subtrees that make up a tree of ``size`` leaves, largest first."""
    return [(level, (size >> level) - 1) for level in range(size.bit_length() - 1, -1, -1) if size >> level & 1]


def proof_places(index: int, size: int) -> list[list[tuple[int, int]]]:
    """What proves that leaf ``index`` (from 0) stands in a tree of ``size`` leaves (RFC 9162, section 2.1.3.1).

    For each step from the leaf up, the full subtrees whose joined hash (`root_hash`) stands beside it.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    steps: list[list[tuple[int, int]]] = []
    first, last = 0, size
    while last - first > 1:
        split = first + (1 << (last - first - 1).bit_length() - 1)
        if index < split:
            steps.append(_cover(split, last))
            last = split
        else:
            steps.append(_cover(first, split))
            first = split
    return steps[::-1]


def _cover(first: int, last: int) -> list[tuple[int, int]]:
    """Full subtrees that make up the leaves ``first`` up to ``last``; ``first`` is a multiple of the largest's width."""
    return [(level, place + (first >> level)) for level, place in full_subtrees(last - first)]


def inclusion_proof(index: int, size: int, node_at: NodeAt) -> list[bytes]:
    """The hashes that prove leaf ``index`` in the tree of ``size`` leaves, lowest first."""
    return [root_hash(node_at(*place) for place in step) for step in proof_places(index, size)]


def root_from_proof(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes:
    """The root that follows from a leaf hash and its proof (RFC 9162, section 2.1.3.2). Raises ValueError when the proof
    is too long or too short for this place."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    place, last, root = index, size - 1, leaf
    for part in proof:
        if last == 0:
            raise ValueError("the proof is too long")
        if place & 1 or place == last:
            root = node_hash(part, root)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, part)
        place, last = place >> 1, last >> 1
    if last:
        raise ValueError("the proof is too short")
    return root
