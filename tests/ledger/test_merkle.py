"""The tree against its definition in RFC 6962, written down word for word."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.ledger import merkle
from suyuan.ledger.merkle import EMPTY_ROOT, Frontier, extends, includes, leaf_hash, nodes_of, root

# -- RFC 6962, 2.1: MTH, PATH, PROOF ------------------------------------------------------------------


def split(n: int) -> int:
    """k: the largest power of two smaller than n."""
    k = 1
    while 2 * k < n:
        k *= 2
    return k


def mth(entries: Sequence[bytes]) -> bytes:
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + mth(entries[:k]) + mth(entries[k:])).digest()


def path(m: int, entries: Sequence[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k]), mth(entries[k:])]
    return [*path(m - k, entries[k:]), mth(entries[:k])]


def proof(m: int, entries: Sequence[bytes]) -> list[bytes]:
    return subproof(m, entries, True)


def subproof(m: int, entries: Sequence[bytes], known: bool) -> list[bytes]:
    n = len(entries)
    if m == n:
        return [] if known else [mth(entries)]
    k = split(n)
    if m <= k:
        return [*subproof(m, entries[:k], known), mth(entries[k:])]
    return [*subproof(m - k, entries[k:], False), mth(entries[:k])]


# -----------------------------------------------------------------------------------------------------

SIZE_MAX = 70
ENTRIES = [b"entry %d" % n for n in range(SIZE_MAX)]
LEAVES = [leaf_hash(entry) for entry in ENTRIES]

SIZES = st.integers(0, SIZE_MAX)
HASHES = st.binary(min_size=32, max_size=32)

# the test vectors of the first logs of Certificate Transparency
VECTORS = [
    ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
    ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
    ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
    ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
    ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
    ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
    ("5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
    ("606162636465666768696a6b6c6d6e6f", "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
]


def test_published_vectors() -> None:
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry, _ in VECTORS]
    roots = [root(leaves[: n + 1]).hex() for n in range(len(leaves))]
    assert roots == [expected for _, expected in VECTORS]
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(SIZE_MAX + 1))
def test_the_root_of_every_size_is_that_of_the_definition(size: int) -> None:
    expected = mth(ENTRIES[:size])
    assert root(LEAVES[:size]) == expected
    edge = Frontier()
    edge.extend(LEAVES[:size])
    assert (edge.size, edge.root()) == (size, expected)
    assert merkle.frontier(size, nodes_of(LEAVES)).root() == expected


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 33, 64, 70])
def test_every_leaf_is_proven_with_the_path_of_the_definition(size: int) -> None:
    for index in range(size):
        made = merkle.inclusion(index, size, nodes_of(LEAVES[:size]))
        assert made == path(index, ENTRIES[:size])
        assert includes(LEAVES[index], index, size, made, root(LEAVES[:size]))


@pytest.mark.parametrize("new", [1, 2, 3, 7, 8, 9, 31, 33, 64, 70])
def test_growth_is_proven_with_the_proof_of_the_definition(new: int) -> None:
    for old in range(1, new + 1):
        made = merkle.consistency(old, new, nodes_of(LEAVES[:new]))
        assert made == proof(old, ENTRIES[:new])
        assert extends(old, new, root(LEAVES[:old]), root(LEAVES[:new]), made)


def test_every_log_begins_with_the_empty_one() -> None:
    assert merkle.consistency(0, 9, nodes_of(LEAVES)) == []
    assert extends(0, 9, EMPTY_ROOT, root(LEAVES[:9]), [])
    assert not extends(0, 9, root(LEAVES[:1]), root(LEAVES[:9]), [])
    assert not extends(0, 9, EMPTY_ROOT, root(LEAVES[:9]), [LEAVES[0]])


@given(st.data())
def test_a_path_proves_no_other_place_leaf_size_or_root(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, SIZE_MAX))
    index = data.draw(st.integers(0, size - 1))
    proven = path(index, ENTRIES[:size])
    whole = root(LEAVES[:size])
    other = data.draw(st.integers(-2, SIZE_MAX).filter(lambda n: n != index))
    assert not includes(LEAVES[index], other, size, proven, whole)
    assert not includes(data.draw(HASHES), index, size, proven, whole)
    assert not includes(LEAVES[index], index, size, proven, data.draw(HASHES))
    assert not includes(LEAVES[index], index, size, [*proven, data.draw(HASHES)], whole)
    if proven:
        place = data.draw(st.integers(0, len(proven) - 1))
        changed = [*proven[:place], data.draw(HASHES), *proven[place + 1 :]]
        assert not includes(LEAVES[index], index, size, changed, whole)
        assert not includes(LEAVES[index], index, size, proven[:-1], whole)


@given(st.data())
def test_a_proof_of_growth_proves_nothing_else(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, SIZE_MAX))
    old = data.draw(st.integers(1, new - 1))
    proven = proof(old, ENTRIES[:new])
    before, after = root(LEAVES[:old]), root(LEAVES[:new])
    assert not extends(old, new, data.draw(HASHES), after, proven)
    assert not extends(old, new, before, data.draw(HASHES), proven)
    assert not extends(new, old, after, before, proven)
    assert not extends(old, new, before, after, [*proven, data.draw(HASHES)])
    assert not extends(old, new, before, after, proven[:-1])
    place = data.draw(st.integers(0, len(proven) - 1))
    changed = [*proven[:place], data.draw(HASHES), *proven[place + 1 :]]
    assert not extends(old, new, before, after, changed)


@given(SIZES, st.lists(st.integers(0, 4), max_size=8))
def test_a_frontier_grows_by_perfect_subtrees_as_by_leaves(start: int, levels: list[int]) -> None:
    edge = Frontier()
    edge.extend(LEAVES[:start])
    copy = edge.copy()
    for level in levels:
        width = 1 << level
        if edge.size % width == 0 and edge.size + width <= SIZE_MAX:
            edge.append(root(LEAVES[edge.size : edge.size + width]), level)
            assert edge.root() == root(LEAVES[: edge.size])
    assert copy.root() == root(LEAVES[:start]), "a copy goes its own way"


def test_a_leaf_is_never_taken_for_a_node() -> None:
    assert leaf_hash(LEAVES[0] + LEAVES[1]) != root(LEAVES[:2])
