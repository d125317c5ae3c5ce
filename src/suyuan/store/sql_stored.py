"""What `suyuan.ledger.verify` reads: the ledger file and the documents as they were found, at one moment.

Nothing is mended and nothing is believed: a row that cannot be read is told as one, and the container (the
B-trees and indexes of SQLite) is checked at the end.
"""

from collections.abc import Iterator

from suyuan.ledger import document, tiles
from suyuan.ledger.damage import Damaged
from suyuan.ledger.verify import StoredBundle
from suyuan.store import sealed
from suyuan.store.database import Database, blob, integer, text
from suyuan.store.documents import DocumentStore, NoSuchDocument
from suyuan.store.failures import told
from suyuan.store.rows import Rows
from suyuan.terms.sentence import Sentence

CHUNK = 1 << 20


class SqlStored:
    """A snapshot of the ledger (`suyuan.ledger.verify.Stored`): a connection that sees one moment, and doubts."""

    def __init__(self, snapshot: Database, documents: DocumentStore) -> None:
        self.database = snapshot
        self.documents = documents
        self._rows = Rows(snapshot)

    def close(self) -> None:
        """Let the snapshot go."""
        self.database.close()

    def key_text(self) -> str:
        """The public key that the log names as its own."""
        row = self.database.first("SELECT value FROM meta WHERE name = 'key'")
        return text(row[0]) if row else ""

    def bundles(self) -> Iterator[StoredBundle]:
        """All bundles; one that cannot be read has no entries and says why."""
        for n in self._keys("bundle"):
            yield self._bundle(n)

    def _bundle(self, n: int) -> StoredBundle:
        count, marks = self.database.first("SELECT count, marks FROM bundle WHERE n = ?", n) or (None, None)
        stored = StoredBundle(n, integer(count), blob(marks), None)
        try:
            row = self.database.first("SELECT data FROM bundle WHERE n = ?", n)
            data = blob(row[0]) if row else b""
            entries = tiles.unpack(sealed.unpack(data))
        except Damaged as wrong:
            return _with_fault(
                stored, None, f"bundle {n}: {wrong.sentence.en}", f"第 {n} 束：{wrong.sentence.zh}"
            )
        if not sealed.intact(data):
            return _with_fault(
                stored, entries, f"bundle {n} differs from its checksum", f"第 {n} 束与校验和不符"
            )
        return StoredBundle(n, stored.count, stored.marks, entries)

    def tile_hashes(self, level: int) -> Iterator[tuple[int, bytes]]:
        """(n, hash) below a tile level."""
        rows = self.database.each("SELECT n, hash FROM tile WHERE level = ? ORDER BY n", level)
        return ((integer(n), blob(value)) for n, value in rows)

    def tile_levels(self) -> int:
        """The highest level that keeps hashes."""
        row = self.database.first("SELECT max(level) FROM tile")
        return max(integer(row[0]), 0) if row else 0

    def checkpoint_notes(self) -> Iterator[tuple[int, int, str]]:
        """(n, size, note) of all checkpoints."""
        rows = self.database.each("SELECT n, size, note FROM checkpoint ORDER BY n")
        return ((integer(n), integer(size), text(note)) for n, size, note in rows)

    def records(self) -> Iterator[tuple[int, bytes]]:
        """(n, record) of the register; a record that is filed under another digest counts as broken."""
        for n, digest, record in self.database.each("SELECT n, digest, record FROM register ORDER BY n"):
            yield integer(n), blob(record) if _files(blob(digest), blob(record)) else b""

    def body_aside(self, digest: str) -> bytes | None:
        """A body beside its entry. Raises Damaged."""
        return self._rows.body(digest)

    def bodies_aside(self) -> Iterator[str]:
        """Digests of all bodies."""
        return (
            blob(digest).hex() for (digest,) in self.database.each("SELECT digest FROM body ORDER BY digest")
        )

    def check_document(self, digest: str) -> int:
        """Read a kept document to its end; its size. Raises Damaged."""
        size = 0
        try:
            with told(digest), self.documents.read(digest) as stream:
                while part := stream.read(CHUNK):
                    size += len(part)
        except NoSuchDocument as missing:
            raise Damaged(missing.sentence.en, missing.sentence.zh) from missing
        return size

    def check_container(self) -> None:
        """What the engine itself finds wrong. Raises Damaged."""
        self.database.check_container()

    def _keys(self, table: str) -> Iterator[int]:
        """The row numbers of a table, asked one by one: one page that cannot be read spoils no other."""
        n = -(1 << 62)
        while True:
            row = self.database.first(f"SELECT n FROM {table} WHERE n > ? ORDER BY n LIMIT 1", n)
            if row is None:
                return
            n = integer(row[0])
            yield n


def _with_fault(stored: StoredBundle, entries: list[bytes] | None, en: str, zh: str) -> StoredBundle:
    return StoredBundle(stored.n, stored.count, stored.marks, entries, Sentence(zh=zh, en=en))


def _files(digest: bytes, record: bytes) -> bool:
    try:
        return document.parse_record(record).digest == digest.hex()
    except Damaged:
        return True  # told by whoever reads the record
