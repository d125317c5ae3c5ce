"""The ledger on SQLite: one file with bundles, hashes, checkpoints and the register (`suyuan.store.sqlite_schema`).

The writer's lock is a file of its own (`ledger.lock`), so that a second writer is told at once instead of
waiting, and one that was killed is known by what it left.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from suyuan.ledger.note import Signer, Verifier
from suyuan.store import sqlite_schema
from suyuan.store.database import Database
from suyuan.store.documents import Documents
from suyuan.store.failures import told
from suyuan.store.keys import PRIVATE
from suyuan.store.lock import exclusive
from suyuan.store.sql_ledger import OtherKey, SqlLedger, digest_of, first_checkpoint
from suyuan.store.sqlite_database import SqliteDatabase
from suyuan.terms.instants import Clock

__all__ = ["OtherKey", "SqliteLedger"]

LOCK = "ledger.lock"
DOCUMENTS = "documents"


class SqliteLedger(SqlLedger):
    """The port `suyuan.store.ledger_port.Ledger`, embedded."""

    def __init__(
        self, directory: Path, key: Signer | Verifier, clock: Clock, *, extensions: Sequence[str] = ()
    ) -> None:
        super().__init__(_InDirectory(directory), key, clock, extensions=extensions)

    @classmethod
    def create(
        cls, directory: Path, signer: Signer, clock: Clock, *, extensions: Sequence[str] = ()
    ) -> "SqliteLedger":
        """A new, empty ledger with its first checkpoint. Raises LedgerExists."""
        database = SqliteDatabase(sqlite_schema.create(directory, signer.verifier().show()))
        try:
            first_checkpoint(database, signer, clock, extensions)
            database.commit()
        finally:
            database.close()
        return cls(directory, signer, clock, extensions=extensions)


class _InDirectory:
    """The ledger's file and documents in a workspace (`suyuan.store.sql_ledger.Engine`)."""

    address = ""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._documents = Documents(directory / DOCUMENTS)
        self.key_path = directory / PRIVATE

    def reader(self) -> SqliteDatabase:
        """A connection for reading."""
        return SqliteDatabase(sqlite_schema.connect(self._directory))

    def snapshot(self) -> SqliteDatabase:
        """A connection that sees this moment: writers go on beside it."""
        database = SqliteDatabase(sqlite_schema.connect(self._directory), doubted=True)
        database.run("BEGIN")
        database.first("SELECT n FROM checkpoint LIMIT 1")
        return database

    @contextmanager
    def writer(self) -> Iterator[SqliteDatabase]:
        """The only writer's connection, its transaction begun."""
        with ExitStack() as held:
            with told(LOCK):
                was_killed = held.enter_context(exclusive(self._directory / LOCK))
            database = self.reader()
            held.callback(database.close)
            if was_killed:
                self._sweep(database)
            database.run("BEGIN IMMEDIATE")
            yield database

    def _sweep(self, database: Database) -> None:
        def is_recorded(name: str) -> bool:
            digest = digest_of(name)
            sql = "SELECT 1 FROM register WHERE digest = ?"
            return digest is not None and database.first(sql, digest) is not None

        with told(DOCUMENTS):
            self._documents.sweep(is_recorded)

    def documents(self, database: Database) -> Documents:
        """The directory of kept documents."""
        return self._documents

    def was_committed(self, n: int, note: bytes) -> bool:
        """Never asked: SQLite answers every commit."""
        raise AssertionError("a commit of SQLite is answered")

    def close(self) -> None:
        """Nothing is kept open."""
