"""The ledger on a database that speaks SQL: what is the same whichever it is.

A `writing()` block is one transaction: entries, register and signed checkpoint are durable together when it
ends, or none of them is. What a database has to give for that is `Engine`.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from suyuan.ledger import checkpoint, document, entry, merkle
from suyuan.ledger.checkpoint import Checkpoint
from suyuan.ledger.document import NO_DOCUMENTS, Document
from suyuan.ledger.entry import Entry
from suyuan.ledger.note import Signer, Verifier
from suyuan.ledger.receipt import Receipt
from suyuan.ledger.tiles import HEIGHT, WIDTH, NoSuchTile, Tile, pack
from suyuan.store.database import Database, blob, text
from suyuan.store.documents import DocumentStore
from suyuan.store.failures import ServerGone
from suyuan.store.keys import no_key
from suyuan.store.ledger_port import NoCheckpoint, NoSuchEntry
from suyuan.store.rows import Rows
from suyuan.store.signed import Signed
from suyuan.store.sql_stored import SqlStored
from suyuan.store.sql_writing import SqlWriting
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import Clock, parse_instant, show_instant


class OtherKey(SuyuanError):
    """The signing key is not the one that the ledger names."""


class Engine(Protocol):
    """Where a ledger stands: how its tables and documents are reached."""

    @property
    def address(self) -> str:
        """Where it stands, for whoever opens it in another process; '' for the workspace's own directory."""

    @property
    def key_path(self) -> Path:
        """Where the signing key should be."""

    def reader(self) -> Database:
        """A connection for reading, for as long as the ledger is open."""

    def snapshot(self) -> Database:
        """A connection that sees the ledger as it is now, whoever writes beside it."""

    def writer(self) -> AbstractContextManager[Database]:
        """The only writer's connection, its transaction begun. Raises WriterBusy, ReadOnly, DiskFull."""

    def documents(self, database: Database) -> DocumentStore:
        """The kept documents, over that connection."""

    def was_committed(self, n: int, note: bytes) -> bool:
        """Whether checkpoint `n` stands after all, where a commit was not answered. Raises OutcomeUnknown."""

    def close(self) -> None:
        """Let go of what is kept for the next writer."""


class SqlLedger:
    """The port `suyuan.store.ledger_port.Ledger`. With a public key alone it is read, and never written."""

    def __init__(
        self, engine: Engine, key: Signer | Verifier, clock: Clock, *, extensions: Sequence[str] = ()
    ) -> None:
        self._engine = engine
        self._signer = key if isinstance(key, Signer) else None
        self._verifier = key.verifier() if isinstance(key, Signer) else key
        self._clock = clock
        self._extensions = tuple(extensions)
        self._rows = Rows(engine.reader())
        self._documents = engine.documents(self._rows.database)
        self._snapshots: list[SqlStored] = []
        self._signed = Signed(engine.key_path.parent)
        self._covered = 0

    @property
    def address(self) -> str:
        """Where it stands, for whoever opens it in another process; '' for the workspace's own directory."""
        return self._engine.address

    def close(self) -> None:
        """Let go of the database."""
        for snapshot in self._snapshots:
            snapshot.close()
        self._rows.database.close()
        self._engine.close()

    # -- writing ----------------------------------------------------------------------------------

    @contextmanager
    def writing(self) -> Iterator[SqlWriting]:
        """One transaction of the only writer; see `Ledger.writing`."""
        signer = self._signer
        if signer is None:
            raise no_key(self._engine.key_path)
        with self._engine.writer() as database:
            self._check_key(database)
            yield from self._transact(database, signer)

    def _transact(self, database: Database, signer: Signer) -> Iterator[SqlWriting]:
        n, _, signed = Rows(database).last_checkpoint()
        writing = None
        try:
            head = checkpoint.opened(signed, self._verifier)
            self._signed.check(database, head, signed)
            writing = SqlWriting(database, self._engine.documents(database), head)
            yield writing
            if writing.is_empty:
                database.rollback()
                return
            at = self._clock()
            lines = (*_behind(head, show_instant(at)), *self._extensions)
            note = writing.sign(n + 1, at, signer, lines)
            # the names before the commit: a document on record is always there
            writing.publish()
            self._commit(database, n + 1, note)
            self._signed.remember(note.decode())
        except BaseException:
            database.rollback()
            if writing is not None:
                writing.withdraw()
            raise
        finally:
            if writing is not None:
                writing.discard()

    def _commit(self, database: Database, n: int, note: bytes) -> None:
        try:
            database.commit()
        except ServerGone:
            # whether it is on record is asked, not guessed: who hears "not recorded" would submit it again
            if not self._engine.was_committed(n, note):
                raise

    def _check_key(self, database: Database) -> None:
        row = database.first("SELECT value FROM meta WHERE name = 'key'")
        named, ours = text(row[0]) if row else "", self._verifier.show()
        if named != ours:
            raise OtherKey(
                f"the ledger names the key {named}, the signing key here is {ours}; restore the right ledger.key",
                f"账本所载公钥为 {named}，此处签名密钥为 {ours}；请恢复正确的 ledger.key",
            )

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
            raise self._rows.damaged(f"body {digest} is missing", f"缺正文 {digest}")
        return body

    # -- documents --------------------------------------------------------------------------------

    def document(self, digest: str) -> Document | None:
        """The last registration of the document with that sha-256."""
        found = self.registrations(digest)
        return found[-1] if found else None

    def registrations(self, digest: str) -> list[Document]:
        """All registrations of the document with that sha-256, in order."""
        key = digest_of(digest)
        rows = (
            self._rows.database.all("SELECT record FROM register WHERE digest = ? ORDER BY n", key)
            if key
            else []
        )
        return [document.parse_record(blob(row[0])) for row in rows]

    def documents(self) -> Iterator[Document]:
        """The register, in order."""
        sql = "SELECT n, record FROM register WHERE n > ? ORDER BY n LIMIT 256"
        rows = self._rows.database.all(sql, -1)
        while rows:
            for _, record in rows:
                yield document.parse_record(blob(record))
            rows = self._rows.database.all(sql, rows[-1][0])

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

    def stored(self) -> SqlStored:
        """What `suyuan.ledger.verify.verify` reads: a snapshot of this moment."""
        snapshot = self._engine.snapshot()
        stored = SqlStored(snapshot, self._engine.documents(snapshot))
        self._snapshots.append(stored)
        return stored


def first_checkpoint(database: Database, signer: Signer, clock: Clock, extensions: Sequence[str]) -> None:
    """Sign the checkpoint of an empty ledger."""
    said = (f"recorded_at {show_instant(clock())}", document.extension(0, NO_DOCUMENTS), *extensions)
    head = Checkpoint(signer.name, 0, merkle.EMPTY_ROOT, said)
    database.run("INSERT INTO checkpoint VALUES (?, ?, ?)", 0, 0, head.sign(signer).show().encode())


def _behind(head: Checkpoint, at: str) -> tuple[str, ...]:
    """A line that says so where the clock stands before the last checkpoint: never silently."""
    before = head.extension("recorded_at")
    if before is None or parse_instant(before) <= parse_instant(at):
        return ()
    return (f"behind {before}",)


def digest_of(name: str) -> bytes | None:
    """The digest that hex digits write down, if they do."""
    try:
        return bytes.fromhex(name)
    except ValueError:
        return None
