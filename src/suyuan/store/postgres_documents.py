"""Kept documents in the database: in pieces, so that no row is large, under the same transaction as their record.

Bytes come in to a file of this machine, packed; the pieces are cut from it when the document is registered, just
before the commit. Decision note 0021.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from suyuan.store.database import Database, blob
from suyuan.store.documents import Documents, NoSuchDocument, checked
from suyuan.store.failures import told
from suyuan.store.ledger_port import Kept
from suyuan.store.postgres_database import PostgresDatabase

PIECE = 1 << 20


class PostgresDocuments:
    """`suyuan.store.documents.DocumentStore` over one connection, and a directory for what comes in."""

    def __init__(self, database: PostgresDatabase, incoming: Documents) -> None:
        self._database = database
        self._incoming = incoming

    def receive(self, stream: BinaryIO) -> tuple[Kept, Path]:
        """Write a stream to a file of this machine."""
        return self._incoming.receive(stream)

    def scratch(self) -> BinaryIO:
        """An empty file of this machine that is gone when it is closed."""
        return self._incoming.scratch()

    def discard(self, path: Path) -> None:
        """Take away a received file."""
        self._incoming.discard(path)

    def has(self, digest: str) -> bool:
        """Whether it is kept."""
        return _piece(self._database, digest, 0) is not None

    def publish(self, received: Path, digest: str) -> None:
        """Put a received file into the database, to be committed with its record."""
        if not self.has(digest):
            key = bytes.fromhex(digest)
            with told("documents"), received.open("rb") as file:
                rows = ((key, n, data) for n, data in enumerate(_cut(file)))
                self._database.copy("document (digest, n, data)", ("bytea", "int4", "bytea"), rows)
        self._incoming.discard(received)

    def withdraw(self, digest: str) -> None:
        """Nothing: what was put in goes with the transaction."""

    def read(self, digest: str) -> BinaryIO:
        """The document's bytes, piece by piece. Raises NoSuchDocument, Damaged."""
        first = _piece(self._database, digest, 0)
        if first is None:
            raise NoSuchDocument(f"no document {digest} is kept here", f"此处没有文件 {digest}")
        return checked(io.BufferedReader(_Pieces(self._database, digest, first), PIECE), digest)


def _cut(file: BinaryIO) -> Iterator[bytes]:
    while data := file.read(PIECE):
        yield data


def _piece(database: Database, digest: str, n: int) -> bytes | None:
    try:
        key = bytes.fromhex(digest)
    except ValueError:
        return None
    row = database.first("SELECT data FROM document WHERE digest = ? AND n = ?", key, n)
    return None if row is None else blob(row[0])


class _Pieces(io.RawIOBase):
    """The pieces of a document one after the other, each asked for when it is needed."""

    def __init__(self, database: Database, digest: str, first: bytes) -> None:
        self._database = database
        self._digest = digest
        self._n = 0
        self._left = memoryview(first)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview") -> int:  # type: ignore[override]  # any writable buffer, as typeshed says it
        if not self._left:
            self._n += 1
            self._left = memoryview(_piece(self._database, self._digest, self._n) or b"")
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count
