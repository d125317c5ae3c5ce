"""The ledger on SQLite: one file with bundles, hashes, checkpoints and the register (`suyuan.store.sqlite_schema`).

A `writing()` block is one transaction: entries, register and signed checkpoint are durable together when it
ends, or none of them is. The writer's lock is a file of its own (`ledger.lock`), so that a second writer is
told at once instead of waiting, and one that was killed is known by what it left.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from suyuan.ledger import checkpoint, document, entry, merkle
from suyuan.ledger.checkpoint import Checkpoint
from suyuan.ledger.document import NO_DOCUMENTS, Document
from suyuan.ledger.entry import Entry
from suyuan.ledger.note import Signer, Verifier
from suyuan.ledger.receipt import Receipt
from suyuan.ledger.tiles import HEIGHT, WIDTH, NoSuchTile, Tile, pack
from suyuan.store import sqlite_schema
from suyuan.store.documents import Documents
from suyuan.store.failures import told
from suyuan.store.keys import PRIVATE, no_key
from suyuan.store.ledger_port import NoCheckpoint, NoSuchEntry
from suyuan.store.lock import exclusive
from suyuan.store.sqlite_rows import Rows, blob, damaged, text
from suyuan.store.sqlite_schema import FILE
from suyuan.store.sqlite_stored import SqliteStored
from suyuan.store.sqlite_writing import SqliteWriting
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import Clock, parse_instant, show_instant

LOCK = "ledger.lock"
DOCUMENTS = "documents"


class OtherKey(SuyuanError):
    """The signing key is not the one that the ledger names."""


class SqliteLedger:
    """The port `suyuan.store.ledger_port.Ledger`, embedded. With a public key alone it is read, and never written."""

    def __init__(
        self, directory: Path, key: Signer | Verifier, clock: Clock, *, extensions: Sequence[str] = ()
    ) -> None:
        self._directory = directory
        self._signer = key if isinstance(key, Signer) else None
        self._verifier = key.verifier() if isinstance(key, Signer) else key
        self._clock = clock
        self._extensions = tuple(extensions)
        self._documents = Documents(directory / DOCUMENTS)
        self._rows = Rows(sqlite_schema.connect(directory))
        self._snapshots: list[SqliteStored] = []
        self._covered = 0

    @classmethod
    def create(
        cls, directory: Path, signer: Signer, clock: Clock, *, extensions: Sequence[str] = ()
    ) -> "SqliteLedger":
        """A new, empty ledger with its first checkpoint. Raises LedgerExists."""
        connection = sqlite_schema.create(directory, signer.verifier().show())
        try:
            said = (f"recorded_at {show_instant(clock())}", document.extension(0, NO_DOCUMENTS), *extensions)
            head = Checkpoint(signer.name, 0, merkle.EMPTY_ROOT, said)
            with told(FILE):
                row = (0, 0, head.sign(signer).show().encode())
                connection.execute("INSERT INTO checkpoint VALUES (?, ?, ?)", row)
                connection.execute("COMMIT")
        finally:
            connection.close()
        return cls(directory, signer, clock, extensions=extensions)

    def close(self) -> None:
        """Let go of the database."""
        for snapshot in self._snapshots:
            snapshot.close()
        self._rows.connection.close()

    # -- writing ----------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[SqliteWriting]:
        """One transaction of the only writer; see `Ledger.writing`."""
        signer = self._signer
        if signer is None:
            raise no_key(self._directory / PRIVATE)
        with ExitStack() as held:
            with told(LOCK):
                was_killed = held.enter_context(exclusive(self._directory / LOCK))
            self._check_key()
            connection = sqlite_schema.connect(self._directory)
            held.callback(connection.close)
            if was_killed:
                self._sweep(Rows(connection))
            with told(FILE):
                connection.execute("BEGIN IMMEDIATE")
            yield from self._transact(connection, signer)

    def _transact(self, connection: sqlite3.Connection, signer: Signer) -> Iterator[SqliteWriting]:
        n, _, signed = Rows(connection).last_checkpoint()
        fresh: list[str] = []
        writing = None
        try:
            head = checkpoint.opened(signed, self._verifier)
            writing = SqliteWriting(connection, self._documents, head)
            yield writing
            if writing.is_empty:
                _undo(connection)
                return
            at = self._clock()
            writing.sign(n + 1, at, signer, (*_behind(head, show_instant(at)), *self._extensions))
            # the names before the commit: a document on record is always there
            fresh = writing.publish()
            with told(FILE):
                connection.execute("COMMIT")
        except BaseException:
            _undo(connection)
            for digest in fresh:
                self._documents.discard(self._documents.path(digest))
            raise
        finally:
            if writing is not None:
                writing.discard()

    def _check_key(self) -> None:
        row = self._rows.first("SELECT value FROM meta WHERE name = 'key'")
        named, ours = text(row[0]) if row else "", self._verifier.show()
        if named != ours:
            raise OtherKey(
                f"the ledger names the key {named}, the signing key here is {ours}; restore the right ledger.key",
                f"账本所载公钥为 {named}，此处签名密钥为 {ours}；请恢复正确的 ledger.key",
            )

    def _sweep(self, rows: Rows) -> None:
        def is_recorded(name: str) -> bool:
            digest = _digest(name)
            return (
                digest is not None
                and rows.first("SELECT 1 FROM register WHERE digest = ?", digest) is not None
            )

        with told(DOCUMENTS):
            self._documents.sweep(is_recorded)

    # -- checkpoints ------------------------------------------------------------------------------

    @property
    def size(self) -> int:
        """How many entries the last checkpoint covers."""
        return self._rows.last_checkpoint()[1]

    def checkpoint(self) -> Checkpoint:
        """The last checkpoint, signature checked."""
        return checkpoint.opened(self._rows.last_checkpoint()[2], self._verifier)

    def checkpoint_note(self, size: int | None = None) -> str:
        """The last checkpoint as signed, or the last one at exactly `size`. Raises NoCheckpoint."""
        return self._rows.last_checkpoint()[2] if size is None else self._rows.note_at(size)

    # -- entries ----------------------------------------------------------------------------------

    def entry(self, seq: int) -> Entry:
        """One entry, its body in place. Raises NoSuchEntry."""
        if seq >= self._covered:  # what a checkpoint covered once it always covers
            self._covered = self.size
        return self._decoded(seq, self._data(seq, self._covered))

    def entries(self, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
        """Entries start … stop in order, their bodies in place."""
        for first, bundle in self._stretches(start, stop):
            for seq, data in enumerate(bundle, first):
                yield self._decoded(seq, data)

    def bundle_lines(self, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, list[bytes]]]:
        """Entries start … stop as bytes, bodies in place, bundle by bundle with the first seq."""
        for first, bundle in self._stretches(start, stop):
            yield first, [self._whole(data) for data in bundle]

    def _stretches(self, start: int, stop: int | None) -> Iterator[tuple[int, list[bytes]]]:
        end = self.size if stop is None else min(stop, self.size)
        if start >= end:
            return
        for n, bundle in self._rows.bundles(start // WIDTH, -(-end // WIDTH)):
            first = max(start, n * WIDTH)
            yield first, bundle[first - n * WIDTH : end - n * WIDTH]

    def _data(self, seq: int, size: int) -> bytes:
        if not 0 <= seq < size:
            raise NoSuchEntry(
                f"no entry {seq}: the log has {size} entries, numbered from 0",
                f"没有第 {seq} 条：账本有 {size} 条，自 0 编号",
            )
        n, offset = divmod(seq, WIDTH)
        return self._rows.bundle(n, min(WIDTH, size - n * WIDTH))[offset]

    def _decoded(self, seq: int, data: bytes) -> Entry:
        return entry.decode(seq, self._whole(data))

    def _whole(self, data: bytes) -> bytes:
        digest = entry.body_aside(data)
        return data if digest is None else entry.put_back(data, self._body(digest))

    def _body(self, digest: str) -> bytes:
        body = self._rows.body(digest)
        if body is None:
            raise damaged(f"body {digest} is missing", f"缺正文 {digest}")
        return body

    # -- documents --------------------------------------------------------------------------------

    def document(self, digest: str) -> Document | None:
        """The last registration of the document with that sha-256."""
        found = self.registrations(digest)
        return found[-1] if found else None

    def registrations(self, digest: str) -> list[Document]:
        """All registrations of the document with that sha-256, in order."""
        key = _digest(digest)
        rows = self._rows.all("SELECT record FROM register WHERE digest = ? ORDER BY n", key) if key else []
        return [document.parse_record(blob(row[0])) for row in rows]

    def documents(self) -> Iterator[Document]:
        """The register, in order."""
        sql = "SELECT n, record FROM register WHERE n > ? ORDER BY n LIMIT 256"
        rows = self._rows.all(sql, -1)
        while rows:
            for _, record in rows:
                yield document.parse_record(blob(record))
            rows = self._rows.all(sql, rows[-1][0])

    def read_document(self, digest: str) -> BinaryIO:
        """The bytes of a document as they were submitted. Raises NoSuchDocument, Damaged."""
        return self._documents.read(digest)

    # -- proofs -----------------------------------------------------------------------------------

    def tile(self, tile: Tile) -> bytes:
        """A hash tile or a bundle of entries (C2SP tlog-tiles). Raises NoSuchTile."""
        above = self.size >> HEIGHT * (tile.level or 0)
        if not 0 <= tile.n * WIDTH < tile.n * WIDTH + tile.width <= above:
            raise NoSuchTile(f"the log does not reach {tile.path()} yet", f"账本尚未达到 {tile.path()}")
        if tile.level is None:
            return pack(self._rows.bundle(tile.n, tile.width))
        start = tile.n * WIDTH
        return b"".join(self._rows.hashes(tile.level, start, start + tile.width))

    def inclusion(self, seq: int, size: int | None = None) -> list[bytes]:
        """The path that proves entry `seq` in the tree of `size` entries. Raises NoSuchEntry."""
        at = self._within(size)
        self._data(seq, at)
        return merkle.inclusion(seq, at, self._rows.node())

    def consistency(self, old: int, new: int | None = None) -> list[bytes]:
        """The nodes that prove that the tree of `new` entries begins with that of `old`."""
        at = self._within(new)
        if not 0 <= old <= at:
            raise NoCheckpoint(
                f"a log of {at} entries does not begin with one of {old}",
                f"{at} 条的账本不可能以 {old} 条的账本开头",
            )
        return merkle.consistency(old, at, self._rows.node())

    def _within(self, size: int | None) -> int:
        now = self.size
        if size is not None and not 0 <= size <= now:
            raise NoCheckpoint(f"the log has {now} entries, not {size}", f"账本有 {now} 条，没有 {size} 条")
        return now if size is None else size

    def receipt(self, seq: int) -> Receipt:
        """Proof of entry `seq` under the last checkpoint. Raises NoSuchEntry."""
        _, size, signed = self._rows.last_checkpoint()
        data = self._data(seq, size)
        return Receipt(seq, data, tuple(merkle.inclusion(seq, size, self._rows.node())), signed)

    def stored(self) -> SqliteStored:
        """What `suyuan.ledger.verify.verify` reads: a snapshot of this moment."""
        snapshot = SqliteStored(self._directory, self._documents)
        self._snapshots.append(snapshot)
        return snapshot


def _behind(head: Checkpoint, at: str) -> tuple[str, ...]:
    """A line that says so where the clock stands before the last checkpoint: never silently."""
    before = head.extension("recorded_at")
    if before is None or parse_instant(before) <= parse_instant(at):
        return ()
    return (f"behind {before}",)


def _undo(connection: sqlite3.Connection) -> None:
    # an error of SQLite may have rolled back already; a full disk gets the log's room back
    with suppress(sqlite3.Error):
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute("PRAGMA busy_timeout=0")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _digest(name: str) -> bytes | None:
    try:
        return bytes.fromhex(name)
    except ValueError:
        return None
