"""The Merkle tree over the entries: hashes, roots, proofs that an entry is in and that the log only grew.

            root
          /      \\
        h01       h23        node = SHA-256(1 ‖ left ‖ right)
       /   \\     /   \\
      h0   h1   h2   h3      leaf = SHA-256(0 ‖ bytes of the entry)

Source: RFC 6962, 2.1 (tree, proofs); RFC 9162, 2.1.3.2 and 2.1.4.2 (their verification).

>>> leaves = [leaf_hash(entry) for entry in (b"a", b"b", b"c")]
>>> path = inclusion(1, 3, nodes_of(leaves))
>>> includes(leaves[1], 1, 3, path, root(leaves))
True
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

Node = Callable[[int, int], bytes]
"""(level, n) → hash of the perfect subtree over leaves n·2^level … (n+1)·2^level."""

EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of an entry's bytes as a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two neighbours."""
    return sha256(b"\x01" + left + right).digest()


def _parents(hashes: Sequence[bytes]) -> list[bytes]:
    pairs = zip(hashes[::2], hashes[1::2], strict=False)
    above = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    if len(hashes) % 2:
        above.append(hashes[-1])
    return above


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes (or over hashes of equal perfect subtrees).

    Joining neighbours and letting an odd last one rise gives RFC 6962's tree: the left part is
    always the largest power of two.
    """
    if not hashes:
        return EMPTY_ROOT
    while len(hashes) > 1:
        hashes = _parents(hashes)
    return hashes[0]


class Frontier:
    """The right edge of a growing tree: the roots of its perfect subtrees, the largest first.

    >>> edge = Frontier()
    >>> edge.extend([leaf_hash(b"a"), leaf_hash(b"b"), leaf_hash(b"c")])
    >>> edge.size, len(edge.peaks), edge.root() == root([leaf_hash(e) for e in (b"a", b"b", b"c")])
    (3, 2, True)
    """

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        assert size.bit_count() == len(peaks), "one peak for each bit of the size"
        self.size = size
        self.peaks = list(peaks)

    def append(self, subtree: bytes, level: int = 0) -> None:
        """Add a perfect subtree of 2^level leaves directly behind the others."""
        width = 1 << level
        assert self.size % width == 0, "a subtree stands at a multiple of its width"
        self.size += width
        joins = self.size >> level
        while joins % 2 == 0:
            subtree = node_hash(self.peaks.pop(), subtree)
            joins >>= 1
        self.peaks.append(subtree)

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Add leaf hashes."""
        for leaf in leaves:
            self.append(leaf)

    def copy(self) -> "Frontier":
        """A second one to go on with, leaving this as it is."""
        return Frontier(self.size, self.peaks)

    def root(self) -> bytes:
        """The root over everything added."""
        if not self.peaks:
            return EMPTY_ROOT
        above = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            above = node_hash(peak, above)
        return above


def nodes_of(leaves: Sequence[bytes]) -> Node:
    """Nodes of a small tree whose leaf hashes are all at hand."""
    return lambda level, n: root(leaves[n << level : (n + 1) << level])


def frontier(size: int, node: Node) -> Frontier:
    """The right edge of the tree at `size`."""
    return Frontier(size, _peaks(0, size, node))


def _peaks(start: int, stop: int, node: Node) -> list[bytes]:
    """Perfect subtrees over [start, stop), the largest first; `start` is a multiple of the largest."""
    peaks = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        assert start % (1 << level) == 0, "a range that is not a subtree"
        peaks.append(node(level, start >> level))
        start += 1 << level
    return peaks


def _root_over(start: int, stop: int, node: Node) -> bytes:
    peaks = _peaks(start, stop, node)
    above = peaks.pop()
    while peaks:
        above = node_hash(peaks.pop(), above)
    return above


def _split(width: int) -> int:
    """The largest power of two smaller than `width`."""
    return 1 << (width - 1).bit_length() - 1


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The path that proves leaf `index` in the tree of `size` leaves, lowest first (RFC 6962, 2.1.1)."""
    assert 0 <= index < size, f"no leaf {index} in a tree of {size}"
    path, start, stop = [], 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(_root_over(middle, stop, node))
            stop = middle
        else:
            path.append(_root_over(start, middle, node))
            start = middle
    return path[::-1]


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """The nodes that prove the tree of `new` leaves to begin with that of `old` (RFC 6962, 2.1.2)."""
    assert 0 <= old <= new, f"a tree of {new} cannot begin with one of {old}"
    if old in (0, new):
        return []
    path, start, stop = [], 0, new
    while old != stop:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(_root_over(middle, stop, node))
            stop = middle
        else:
            path.append(_root_over(start, middle, node))
            start = middle
    if start:  # the old tree is not itself a subtree that the verifier knows
        path.append(_root_over(start, stop, node))
    return path[::-1]


def includes(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` leads from `leaf` at `index` to the `root` of `size` leaves (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, above = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place % 2 or place == last:
            above = node_hash(sibling, above)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            above = node_hash(above, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and above == root


def extends(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the tree of `new` leaves begins with that of `old` (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == 0:
        return not path and old_root == EMPTY_ROOT
    if old == new:
        return not path and old_root == new_root
    steps = list(path)
    if old.bit_count() == 1:
        steps.insert(0, old_root)
    if not steps:
        return False
    place, last = old - 1, new - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root
