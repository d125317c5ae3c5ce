"""The questions that reading and writing put to the ledger's tables, over one connection."""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256

from suyuan.ledger import merkle, tiles
from suyuan.ledger.damage import Damaged
from suyuan.ledger.merkle import Node, leaf_hash
from suyuan.ledger.tiles import WIDTH
from suyuan.store import sealed
from suyuan.store.database import Database, blob, damaged, integer, text
from suyuan.store.ledger_port import NoCheckpoint

BUNDLES_AT_ONCE = 32
BUNDLES_REMEMBERED = 16
BYTES_REMEMBERED = 16 << 20


class Rows:
    """A ledger as rows, unpacked. Bundles that cannot be read raise Damaged."""

    def __init__(self, database: Database) -> None:
        self.database = database
        # entries never change: what was unpacked and hashed once holds as far as it goes
        self._entries = _Memory(self._bundle)
        self._leaves = _Memory(self._hashed)

    def damaged(self, en: str, zh: str) -> Damaged:
        """What is said where a row is not what was written."""
        return damaged(self.database.name, en, zh)

    # -- checkpoints ------------------------------------------------------------------------------

    def last_checkpoint(self) -> tuple[int, int, str]:
        """(n, size, note) of the last checkpoint."""
        row = self.database.first("SELECT n, size, note FROM checkpoint ORDER BY n DESC LIMIT 1")
        if row is None:
            raise self.damaged("no checkpoint is left in it", "其中没有检查点")
        return integer(row[0]), integer(row[1]), text(row[2])

    def note_at(self, size: int) -> str:
        """The last note signed at exactly that size. Raises NoCheckpoint."""
        row = self.database.first("SELECT note FROM checkpoint WHERE size = ? ORDER BY n DESC LIMIT 1", size)
        if row is None:
            raise NoCheckpoint(
                f"no checkpoint was signed at {size} entries; leave the size out for the last one",
                f"没有在 {size} 条处签署的检查点；不写条数即取最后一个",
            )
        return text(row[0])

    # -- entries ----------------------------------------------------------------------------------

    def bundle(self, n: int, width: int = WIDTH) -> list[bytes]:
        """The first `width` entries of bundle `n`. Raises Damaged."""
        entries = self._entries.get(n, width)
        if len(entries) < width:
            raise self.damaged(f"bundle {n} is too short", f"第 {n} 束过短")
        return entries if len(entries) == width else entries[:width]

    def _bundle(self, n: int) -> list[bytes]:
        row = self.database.first("SELECT data FROM bundle WHERE n = ?", n)
        if row is None:
            raise self.damaged(f"bundle {n} is missing", f"缺第 {n} 束")
        return self._unpacked(n, blob(row[0]))

    def _unpacked(self, n: int, data: bytes) -> list[bytes]:
        try:
            return tiles.unpack(sealed.unseal(data))
        except Damaged as wrong:
            raise self.damaged(
                f"bundle {n}: {wrong.sentence.en}", f"第 {n} 束：{wrong.sentence.zh}"
            ) from wrong

    def bundles(self, start: int, stop: int) -> Iterator[tuple[int, list[bytes]]]:
        """Bundles start … stop one after the other; no read transaction stays open in between."""
        for first in range(start, stop, BUNDLES_AT_ONCE):
            last = min(first + BUNDLES_AT_ONCE, stop)
            rows = self.database.all(
                "SELECT n, data FROM bundle WHERE n >= ? AND n < ? ORDER BY n", first, last
            )
            if [row[0] for row in rows] != list(range(first, last)):
                raise self.damaged(f"bundles are missing after {first}", f"第 {first} 束之后有缺失")
            for row in rows:
                n = integer(row[0])
                yield n, self._unpacked(n, blob(row[1]))

    def body(self, digest: str) -> bytes | None:
        """A body that stands beside its entry, checked. Raises Damaged."""
        row = self.database.first("SELECT data FROM body WHERE digest = ?", bytes.fromhex(digest))
        if row is None:
            return None
        body = sealed.unseal(blob(row[0]))
        if sha256(body).hexdigest() != digest:
            raise self.damaged(f"body {digest} is not its own", f"正文 {digest} 与其摘要不符")
        return body

    # -- hashes -----------------------------------------------------------------------------------

    def hashes(self, level: int, start: int, stop: int) -> Sequence[bytes]:
        """Hashes start … stop of a tile level (`suyuan.ledger.tiles.Hashes`)."""
        if level:
            rows = self.database.all(
                "SELECT hash FROM tile WHERE level = ? AND n >= ? AND n < ? ORDER BY n", level, start, stop
            )
            if len(rows) != stop - start:
                raise self.damaged(f"hashes of tile level {level} are missing", f"缺第 {level} 层的哈希")
            return [blob(row[0]) for row in rows]
        n, offset = divmod(start, WIDTH)
        width = stop - n * WIDTH
        assert width <= WIDTH, "leaf hashes are asked for within one bundle"
        leaves = self._leaves.get(n, width)
        if len(leaves) < width:
            raise self.damaged(f"bundle {n} is too short", f"第 {n} 束过短")
        return leaves[offset:width]

    def _hashed(self, n: int) -> list[bytes]:
        return [leaf_hash(data) for data in self._bundle(n)]

    def node(self) -> Node:
        """Any node of the tree."""
        return tiles.nodes(self.hashes)

    def frontier(self, size: int) -> merkle.Frontier:
        """The right edge of the tree at `size`."""
        return merkle.frontier(size, self.node())


class _Memory:
    """What was made of the last bundles, as long as it is short."""

    def __init__(self, make: Callable[[int], list[bytes]]) -> None:
        self._make = make
        self._made: dict[int, list[bytes]] = {}
        self._bytes = 0

    def get(self, n: int, width: int) -> list[bytes]:
        """What is made of bundle `n`, which is to have `width` entries or more."""
        found = self._made.get(n)
        if found is None or len(found) < width:
            found = self._make(n)
            size = sum(map(len, found))
            if len(self._made) >= BUNDLES_REMEMBERED or self._bytes + size > BYTES_REMEMBERED:
                self._made.clear()
                self._bytes = 0
            self._made[n] = found
            self._bytes += size
        return found
