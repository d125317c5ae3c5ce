"""One transaction of the only writer: bodies in, bundles, hashes, register and a signed checkpoint out.

    bodies ──envelope──▶ entries ──256──▶ bundle row, tile hash(es)
                                  rest ──▶ the last, partial bundle     ──▶ root ──▶ checkpoint

Memory does not grow with a document: bundles go to the database as they fill (SQLite spills its pages into the
write-ahead log); nobody sees them before the commit.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from suyuan.ledger import document, entry, tiles
from suyuan.ledger.checkpoint import Checkpoint
from suyuan.ledger.document import Document
from suyuan.ledger.entry import LENGTH_MAX, Body, Envelope
from suyuan.ledger.merkle import Frontier, leaf_hash, root
from suyuan.ledger.note import Signer, decode_base64
from suyuan.ledger.tiles import HEIGHT, WIDTH
from suyuan.ledger.verify import MARK
from suyuan.store.database import Database
from suyuan.store.documents import DocumentStore, read_file
from suyuan.store.ledger_port import Kept, Submission
from suyuan.store.rows import Rows
from suyuan.store.sealed import Sealer
from suyuan.terms.instants import show_instant

ROWS_AT_ONCE = 64

# the last bundle was partial before
BUNDLE = (
    "INSERT INTO bundle VALUES (?, ?, ?, ?) "
    "ON CONFLICT (n) DO UPDATE SET count = excluded.count, marks = excluded.marks, data = excluded.data"
)


class SqlWriting:
    """Appends behind the last checkpoint; see `suyuan.store.ledger_port.Writing`."""

    def __init__(self, database: Database, documents: DocumentStore, head: Checkpoint) -> None:
        rows = Rows(database)
        self._rows = rows
        self._documents = documents
        self._received: dict[str, Path] = {}
        self._registered: list[str] = []
        self._fresh: list[str] = []
        self._log = _Growing(rows, head)
        self._first_seq = head.size
        self._count, self._chain = _register_head(rows, head)

    # -- documents --------------------------------------------------------------------------------

    def keep(self, stream: BinaryIO) -> Kept:
        """Take in the bytes of a document, streaming; they stay only if the transaction is committed."""
        kept, path = self._documents.receive(stream)
        if kept.digest in self._received:
            self._documents.discard(path)
        else:
            self._received[kept.digest] = path
        return kept

    def kept(self, digest: str) -> BinaryIO:
        """Read the bytes of a document that is kept or was taken in by this transaction. Raises NoSuchDocument."""
        received = self._received.get(digest)
        return read_file(received, digest) if received else self._documents.read(digest)

    def scratch(self) -> BinaryIO:
        """An empty file beside the documents that is gone when it is closed, however the process ends."""
        return self._documents.scratch()

    def publish(self) -> None:
        """Keep received documents under their names, just before the commit: one on record is always there."""
        for digest in dict.fromkeys(self._registered):
            if received := self._received.get(digest):
                if not self._documents.has(digest):
                    self._fresh.append(digest)
                self._documents.publish(received, digest)
                del self._received[digest]

    def withdraw(self) -> None:
        """Take back what was published and was not there before: the transaction failed."""
        for digest in self._fresh:
            self._documents.withdraw(digest)

    def discard(self) -> None:
        """Take away what was received and is not on record."""
        for path in self._received.values():
            self._documents.discard(path)
        self._received.clear()

    # -- entries ----------------------------------------------------------------------------------

    def append(self, envelope: Envelope, bodies: Iterable[Body]) -> range:
        """Add entries behind the last one, streaming; returns their sequence numbers."""
        start = self._log.size
        self._log.append(envelope, bodies)
        return range(start, self._log.size)

    def register(self, submission: Submission) -> Document:
        """Close a document: what was appended since the last one is its entries."""
        closed = Document(
            digest=submission.digest,
            name=submission.name,
            media_type=submission.media_type,
            size=submission.size,
            party=submission.party,
            recorded_at=submission.recorded_at,
            first_seq=self._first_seq,
            entries=self._log.size - self._first_seq,
            refused=submission.refused,
            complete=submission.complete,
        )
        record = closed.record()
        self._rows.database.run(
            "INSERT INTO register VALUES (?, ?, ?)", self._count, bytes.fromhex(closed.digest), record
        )
        self._chain = document.chain(self._chain, record)
        self._count += 1
        self._first_seq = self._log.size
        self._registered.append(closed.digest)
        return closed

    @property
    def is_empty(self) -> bool:
        """Nothing was written."""
        return not self._registered and self._first_seq == self._log.size

    def sign(self, n: int, at: datetime, signer: Signer, extensions: Sequence[str]) -> bytes:
        """Write what is left over, and checkpoint `n` over everything; its note."""
        assert self._first_seq == self._log.size, (
            "entries were appended and their document was not registered"
        )
        over = self._log.finish()
        told_at = (f"recorded_at {show_instant(at)}", document.extension(self._count, self._chain))
        head = Checkpoint(signer.name, self._log.size, over, (*told_at, *extensions))
        note = head.sign(signer).show().encode()
        self._rows.database.run("INSERT INTO checkpoint VALUES (?, ?, ?)", n, head.size, note)
        return note


def _register_head(rows: Rows, head: Checkpoint) -> tuple[int, bytes]:
    said = (head.extension("documents") or "").split()
    chain = decode_base64(said[1]) if len(said) == 2 else None
    if chain is None:
        raise rows.damaged("the last checkpoint names no register", "最后的检查点未载登记簿")
    return int(said[0]), chain


class _Growing:
    """The tree and its rows while entries come in."""

    def __init__(self, rows: Rows, head: Checkpoint) -> None:
        self._rows = rows
        self._seal = Sealer()
        full, rest = divmod(head.size, WIDTH)
        self._edge = rows.frontier(full * WIDTH)
        self._entries = list(rows.bundle(full, rest)) if rest else []
        self._leaves = [leaf_hash(data) for data in self._entries]
        self._bundles: list[tuple[int, int, bytes, bytes]] = []
        self._tiles: list[tuple[int, int, bytes]] = []
        if self._root() != head.root:
            raise rows.damaged("its entries are not those of the last checkpoint", "条目与最后的检查点不符")

    @property
    def size(self) -> int:
        """Entries so far."""
        return self._edge.size + len(self._entries)

    def append(self, envelope: Envelope, bodies: Iterable[Body]) -> None:
        encode = entry.encoder(envelope)
        entries, leaves = self._entries, self._leaves
        for submitted in bodies:
            body = submitted.body
            data = encode(submitted.kind, body, submitted.place)
            if len(data) < len(body):
                self._put_aside(body, data)
            entries.append(data)
            leaves.append(sha256(b"\x00" + data).digest())
            if len(leaves) == WIDTH:
                self._close_bundle()

    def _put_aside(self, body: bytes, data: bytes) -> None:
        assert len(data) <= LENGTH_MAX, "an entry whose place or party is as long as a document"
        self._rows.database.run(
            "INSERT INTO body VALUES (?, ?) ON CONFLICT DO NOTHING", sha256(body).digest(), self._seal(body)
        )

    def _close_bundle(self) -> None:
        n = self._edge.size // WIDTH
        self._add_bundle(n)
        over = root(self._leaves)
        self._edge.append(over, HEIGHT)
        self._tiles.append((1, n, over))
        self._entries.clear()
        self._leaves.clear()
        if len(self._bundles) >= ROWS_AT_ONCE or (n + 1) % WIDTH == 0:
            self._flush()
            self._raise_tiles(1, n + 1)

    def _add_bundle(self, n: int) -> None:
        marks = b"".join([leaf[:MARK] for leaf in self._leaves])
        self._bundles.append((n, len(self._leaves), marks, self._seal(tiles.pack(self._entries))))

    def _raise_tiles(self, level: int, count: int) -> None:
        """Where `count` hashes of a level fill a tile, write the hash over it on the next level."""
        while count % WIDTH == 0:
            over = root(self._rows.hashes(level, count - WIDTH, count))
            level, count = level + 1, count // WIDTH
            self._tiles.append((level, count - 1, over))
            self._flush()

    def _flush(self) -> None:
        write = self._rows.database.run_many
        write(BUNDLE, self._bundles)
        write("INSERT INTO tile VALUES (?, ?, ?)", self._tiles)
        self._bundles.clear()
        self._tiles.clear()

    def finish(self) -> bytes:
        """Write the last, partial bundle; the root over everything."""
        if self._entries:
            self._add_bundle(self._edge.size // WIDTH)
        self._flush()
        return self._root()

    def _root(self) -> bytes:
        edge: Frontier = self._edge.copy()
        edge.extend(self._leaves)
        return edge.root()
