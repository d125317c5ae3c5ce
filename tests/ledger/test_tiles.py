"""Tiles: paths as C2SP tlog-tiles writes them, bundles, and nodes from the hashes that tiles keep."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suyuan.ledger import merkle, tiles
from suyuan.ledger.damage import Damaged
from suyuan.ledger.merkle import leaf_hash, root
from suyuan.ledger.tiles import WIDTH, NoSuchTile, Tile, pack, tile_at, unpack

TILES = st.builds(Tile, st.one_of(st.none(), st.integers(0, 7)), st.integers(0, 2**40), st.integers(1, WIDTH))


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 1_234_067), "tile/0/x001/x234/067"),
        (Tile(1, 273, 112), "tile/1/273.p/112"),
        (Tile(None, 999), "tile/entries/999"),
        (Tile(None, 1000, 1), "tile/entries/x001/000.p/1"),
    ],
)
def test_paths_are_those_of_the_specification(tile: Tile, path: str) -> None:
    assert tile.path() == path
    assert tile_at(path) == tile


@given(TILES)
def test_a_path_names_its_tile(tile: Tile) -> None:
    assert tile_at(tile.path()) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/1234",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/00/000",
        "tile/8/000",
        "tile/-1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/007",
        "tile/0/000.p",
        "tile/0/000\n",
        "tile/entries/../000",
        "/tile/0/000",
    ],
)
def test_another_spelling_names_no_tile(path: str) -> None:
    with pytest.raises(NoSuchTile):
        tile_at(path)


@given(st.lists(st.one_of(st.binary(max_size=40), st.just(b"x" * 65_535)), max_size=9))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    assert unpack(pack(entries)) == entries


@given(st.lists(st.binary(min_size=1, max_size=20), min_size=1, max_size=5), st.data())
def test_a_bundle_cut_within_an_entry_is_damaged(entries: list[bytes], data: st.DataObject) -> None:
    bundle = pack(entries)
    cut = data.draw(st.integers(1, len(entries[-1]) + 1))
    with pytest.raises(Damaged):
        unpack(bundle[:-cut])


@given(st.integers(1, 1500), st.data())
def test_every_node_comes_from_the_hashes_that_tiles_keep(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(b"%d" % n) for n in range(size)]
    asked = []

    def hashes(level: int, start: int, stop: int) -> list[bytes]:
        asked.append((level, start, stop))
        width = WIDTH**level
        return [root(leaves[n * width : (n + 1) * width]) for n in range(start, stop)]

    node = tiles.nodes(hashes)
    index = data.draw(st.integers(0, size - 1))
    assert merkle.inclusion(index, size, node) == merkle.inclusion(index, size, merkle.nodes_of(leaves))
    assert merkle.frontier(size, node).root() == root(leaves)
    assert all(start // WIDTH == (stop - 1) // WIDTH for _, start, stop in asked), "one tile at a time"
    assert all((stop << 8 * level) <= size for level, _, stop in asked), "only full tiles have a hash above"
