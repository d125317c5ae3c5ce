"""Which driver keeps the record of a workspace: SQLite in its directory, or PostgreSQL at an address.

The driver of PostgreSQL is imported where there is an address: most workspaces have none.
"""

from collections.abc import Sequence
from pathlib import Path

from suyuan.ledger.note import Signer, Verifier
from suyuan.store import sqlite_schema
from suyuan.store.database import Database
from suyuan.store.documents import Documents, DocumentStore
from suyuan.store.sql_ledger import SqlLedger
from suyuan.store.sqlite_database import SqliteDatabase
from suyuan.store.sqlite_ledger import DOCUMENTS, SqliteLedger
from suyuan.store.sqlite_schema import FORMAT
from suyuan.terms.instants import Clock


def check_address(address: str) -> None:
    """Raises NotAnAddress; SecretInAddress for one that must not be written down."""
    from suyuan.store.postgres_address import parse

    parse(address)


def migrate(address: str) -> tuple[str | None, str]:
    """Bring a record of an earlier suyuan up to this one; where it stood, where it stands. Raises NoLedger, OldLedger."""
    if not address:
        return FORMAT, FORMAT  # one format of SQLite's file so far
    from suyuan.store import migrations
    from suyuan.store.postgres_address import parse
    from suyuan.store.postgres_schema import stands_at

    place = parse(address)
    stands_at(place)
    return migrations.migrate(place)


def create_empty(directory: Path, address: str, key: str) -> tuple[Database, DocumentStore]:
    """Empty tables for a copy of a record under that public key, in a transaction that the caller commits. Raises LedgerExists."""
    incoming = Documents(directory / DOCUMENTS)
    if not address:
        return SqliteDatabase(sqlite_schema.create(directory, key)), incoming
    from suyuan.store import postgres_schema
    from suyuan.store.postgres_address import parse
    from suyuan.store.postgres_documents import PostgresDocuments

    database = postgres_schema.create(parse(address), key)
    return database, PostgresDocuments(database, incoming)


def create(
    directory: Path, address: str, signer: Signer, clock: Clock, *, extensions: Sequence[str] = ()
) -> SqlLedger:
    """A new ledger: at the address, or in the directory where that is ''. Raises LedgerExists."""
    if not address:
        return SqliteLedger.create(directory, signer, clock, extensions=extensions)
    from suyuan.store.postgres_ledger import PostgresLedger

    return PostgresLedger.create(address, directory, signer, clock, extensions=extensions)


def opened(
    directory: Path, address: str, key: Signer | Verifier, clock: Clock, *, extensions: Sequence[str] = ()
) -> SqlLedger:
    """The ledger at the address, or in the directory where that is ''. Raises NoLedger."""
    if not address:
        return SqliteLedger(directory, key, clock, extensions=extensions)
    from suyuan.store.postgres_ledger import PostgresLedger

    return PostgresLedger(address, directory, key, clock, extensions=extensions)
