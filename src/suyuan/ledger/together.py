"""Proof that many entries are in the log, sharing what their paths share: the roots of every stretch without one of them.

           root                    entries 1 and 2 of 5:
        /        \\                   h0, then h3, then h4, in the order in which a walk from the left meets them
      h0123        h4
     /     \\                       Whoever has the entries walks the same way, hashes them, takes the next hash where
   h01      h23                     a stretch holds none, and must arrive at the signed root with none left over.
   / \\     /  \\
  h0  h1* h2*  h3

>>> from suyuan.ledger.merkle import leaf_hash, nodes_of, root
>>> leaves = [leaf_hash(bytes([n])) for n in range(5)]
>>> shared = together([1, 2], 5, nodes_of(leaves))
>>> len(shared), leads_to({1: leaves[1], 2: leaves[2]}, 5, shared) == root(leaves)
(3, True)
>>> leads_to({1: leaves[1]}, 5, shared) == root(leaves), leads_to({4: leaves[4]}, 5, shared)
(False, None)
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence

from suyuan.ledger.merkle import Node, frontier, node_hash


def together(seqs: Sequence[int], size: int, node: Node) -> list[bytes]:
    """The hashes that prove these entries (ascending) in the tree of `size` entries."""
    assert all(0 <= seq < size for seq in seqs), f"entries beyond a tree of {size}"
    found: list[bytes] = []
    _collect(seqs, 0, size, node, found)
    return found


def _collect(seqs: Sequence[int], start: int, stop: int, node: Node, found: list[bytes]) -> None:
    if bisect_left(seqs, start) == bisect_left(seqs, stop):
        found.append(_stretch(start, stop, node))
    elif stop - start > 1:
        middle = start + _half(stop - start)
        _collect(seqs, start, middle, node, found)
        _collect(seqs, middle, stop, node, found)


def _stretch(start: int, stop: int, node: Node) -> bytes:
    """The root over entries start … stop, as the tree over them has it."""
    # a stretch begins at a multiple of its width rounded up: below it the tree is that of a log of its own
    return frontier(stop - start, lambda level, n: node(level, (start >> level) + n)).root()


def _half(width: int) -> int:
    return 1 << (width - 1).bit_length() - 1


def leads_to(leaves: Mapping[int, bytes], size: int, shared: Sequence[bytes]) -> bytes | None:
    """The root to which these leaves and hashes lead; None where they do not fit together."""
    seqs, left = sorted(leaves), iter(shared)
    if not seqs or not 0 <= seqs[0] <= seqs[-1] < size:
        return None
    try:
        found = _root(leaves, seqs, 0, size, left)
    except StopIteration:
        return None
    return found if next(left, None) is None else None


def _root(
    leaves: Mapping[int, bytes], seqs: Sequence[int], start: int, stop: int, left: Iterator[bytes]
) -> bytes:
    if bisect_left(seqs, start) == bisect_left(seqs, stop):
        return next(left)
    if stop - start == 1:
        return leaves[start]
    middle = start + _half(stop - start)
    before = _root(leaves, seqs, start, middle, left)
    return node_hash(before, _root(leaves, seqs, middle, stop, left))
