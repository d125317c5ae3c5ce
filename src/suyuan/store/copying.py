"""A record copied, row by row and document by document, from one database to another, whichever engines they are.

What is copied is one moment: writers go on beside it. Every document is read to its end and checked on the way.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

from suyuan.ledger import document
from suyuan.store.database import Database, Row
from suyuan.store.documents import DocumentStore
from suyuan.store.failures import told
from suyuan.store.signed import RESTORED
from suyuan.store.sql_stored import SqlStored

COLUMNS = {
    "bundle": ("n", "count", "marks", "data"),
    "tile": ("level", "n", "hash"),
    "checkpoint": ("n", "size", "note"),
    "register": ("n", "digest", "record"),
    "body": ("digest", "data"),
}
ORDER = {"tile": "level, n", "body": "digest"}
AT_ONCE = 256


def copy(
    source: SqlStored, target: Database, documents: DocumentStore, advance: Callable[[int, int], None]
) -> None:
    """Everything but `meta`, into empty tables; the caller commits. The copy is marked as one."""
    for table, columns in COLUMNS.items():
        names = ", ".join(columns)
        put = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
        rows = source.database.each(f"SELECT {names} FROM {table} ORDER BY {ORDER.get(table, 'n')}")
        for some in _stretches(rows):
            target.run_many(put, some)
    digests = sorted({document.parse_record(record).digest for _, record in source.records()})
    for done, digest in enumerate(digests, 1):
        with source.documents.read(digest) as stream:
            _kept, received = documents.receive(stream)
        documents.publish(received, digest)
        advance(done, len(digests))
    note = target.first("SELECT note FROM checkpoint ORDER BY n DESC LIMIT 1")
    target.run("INSERT INTO meta VALUES (?, ?)", RESTORED, note[0] if note else b"")


def copy_file(found: Path, to: Path) -> None:
    """A database file of SQLite as it is at this moment, whoever writes to it."""
    with told(to.name), closing(sqlite3.connect(found)) as source, closing(sqlite3.connect(to)) as made:
        source.backup(made)


def _stretches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while some := list(islice(rows, AT_ONCE)):
        yield some
