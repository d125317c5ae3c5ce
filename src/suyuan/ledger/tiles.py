"""The log as tiles: stretches of 256 hashes or entries that any reader may fetch and keep for ever.

    tile/0/x001/234        hashes of leaves 315904 … 316159
    tile/1/007.p/12        the first 12 hashes of full level-0 tiles 1792 …
    tile/entries/x001/234  the entries themselves, each behind its length in two bytes

Source: C2SP tlog-tiles (c2sp.org/tlog-tiles).

>>> Tile(0, 1234).path(), Tile(None, 7, 12).path()
('tile/0/x001/234', 'tile/entries/007.p/12')
>>> unpack(pack([b"a", b"bc"]))
[b'a', b'bc']
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from suyuan.ledger.damage import Damaged
from suyuan.ledger.merkle import Node, root
from suyuan.terms.errors import SuyuanError

WIDTH = 256
HEIGHT = 8  # 2^8 = 256

Hashes = Callable[[int, int, int], Sequence[bytes]]
"""(level, start, stop) → hashes start … stop of a tile level (each over 256^level leaves)."""


class NoSuchTile(SuyuanError):
    """A path that names no tile."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: level (None for entries), number, and how many of its 256 places are taken."""

    level: int | None
    n: int
    width: int = WIDTH

    def path(self) -> str:
        """Where a reader asks for it."""
        groups = [f"{self.n % 1000:03}"]
        above = self.n // 1000
        while above:
            groups.insert(0, f"x{above % 1000:03}")
            above //= 1000
        level = "entries" if self.level is None else str(self.level)
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(groups)}{partial}"


_PATH = re.compile(r"tile/(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([0-9]{1,3}))?")


def tile_at(path: str) -> Tile:
    """The tile that `path` names. Raises NoSuchTile."""
    found = _PATH.fullmatch(path)
    if found:
        level = None if found[1] == "entries" else int(found[1])
        tile = Tile(level, int(found[2].replace("x", "").replace("/", "")), int(found[3] or WIDTH))
        if tile.path() == path and tile.width > 0 and (level is None or level < HEIGHT):
            return tile
    raise NoSuchTile(f"{path!r} names no tile of a log", f"{path!r} 不是账本的切片路径")


def pack(entries: Sequence[bytes]) -> bytes:
    """A bundle: every entry behind its length (16 bits, big-endian)."""
    parts: list[bytes] = []
    for entry in entries:
        parts.append(len(entry).to_bytes(2, "big"))
        parts.append(entry)
    return b"".join(parts)


def unpack(bundle: bytes) -> list[bytes]:
    """The entries of a bundle. Raises Damaged if it ends within one."""
    entries, at, end = [], 0, len(bundle)
    while at < end:
        start = at + 2
        at = start + int.from_bytes(bundle[at:start], "big")
        entries.append(bundle[start:at])
    if at != end or (end and start > end):
        raise Damaged("a bundle ends in the middle of an entry", "条目束在条目中间中断")
    return entries


def nodes(hashes: Hashes) -> Node:
    """Any node of the tree from the hashes that tiles keep (every eighth level)."""

    def node(level: int, n: int) -> bytes:
        tile_level, rise = divmod(level, HEIGHT)
        return root(hashes(tile_level, n << rise, (n + 1) << rise))

    return node
