"""What a server has to remember beside the record: `service.sqlite` in the workspace.

    job           documents that were accepted and are on their way into the ledger
    request       Idempotency-Key of a tenant → what was asked under it, and what it came to
    query         named queries
    subscription  who wants to be told of what, and up to which entry they were told

None of it is evidence and none of it follows from the ledger: a copy of the workspace takes it along. WAL with
`synchronous=FULL`: what was answered with 201 or 202 outlives the process.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from suyuan.store.failures import told

FILE = "service.sqlite"
INCOMING = "service-incoming"
"""Accepted documents that are not in the ledger yet, a file a job."""

_TABLES = """
CREATE TABLE IF NOT EXISTS job (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, tenant TEXT NOT NULL, kind TEXT NOT NULL,
    created_at TEXT NOT NULL, finished_at TEXT, running INTEGER NOT NULL, success INTEGER NOT NULL,
    asked TEXT NOT NULL, outcome TEXT
);
CREATE INDEX IF NOT EXISTS job_running ON job (running) WHERE running;
CREATE TABLE IF NOT EXISTS request (
    tenant TEXT NOT NULL, key TEXT NOT NULL, digest BLOB NOT NULL, answer TEXT, PRIMARY KEY (tenant, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS query (
    n INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,
    created_at TEXT NOT NULL, UNIQUE (tenant, name)
);
CREATE TABLE IF NOT EXISTS subscription (
    n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, query INTEGER NOT NULL REFERENCES query (n) ON DELETE CASCADE,
    body TEXT NOT NULL, created_at TEXT NOT NULL, told_up_to INTEGER NOT NULL, notified_at TEXT,
    failures INTEGER NOT NULL DEFAULT 0, next_at TEXT
);
CREATE TABLE IF NOT EXISTS spent_token (token TEXT PRIMARY KEY) WITHOUT ROWID;
"""

Row = sqlite3.Row


class ServiceStore:
    """One connection, used by one thread at a time. Raises DiskFull, ReadOnly, DatabaseBusy."""

    def __init__(self, directory: Path) -> None:
        self.incoming = directory / INCOMING
        self._lock = Lock()
        with told(FILE):
            self.incoming.mkdir(exist_ok=True)
            self._connection = sqlite3.connect(
                directory / FILE, isolation_level=None, timeout=10, check_same_thread=False
            )
            self._connection.row_factory = Row
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "trusted_schema=OFF"):
                self._connection.execute(f"PRAGMA {pragma}")
            self._connection.executescript(_TABLES)

    def all(self, sql: str, *values: object) -> list[Row]:
        """The rows of a question."""
        with self._lock, told(FILE):
            return self._connection.execute(sql, values).fetchall()

    def first(self, sql: str, *values: object) -> Row | None:
        """The first row, if any."""
        rows = self.all(sql, *values)
        return rows[0] if rows else None

    def write(self, sql: str, *values: object) -> int:
        """One change, on disk when this returns; how many rows it touched. Raises sqlite3.IntegrityError for one that is there already."""
        with self._lock, told(FILE):
            return self._connection.execute(sql, values).rowcount

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Several changes, all or none."""
        with self._lock, told(FILE):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def claim(self, requests: Sequence[tuple[str, str, bytes]]) -> list[bytes | None]:
        """Note what is asked under each (tenant, key); for each the digest of what was asked under it before, if anything."""
        if not requests:
            return []
        before: list[bytes | None] = []
        with self.transaction() as connection:
            for tenant, key, digest in requests:
                row = connection.execute(
                    "SELECT digest FROM request WHERE tenant = ? AND key = ?", (tenant, key)
                ).fetchone()
                before.append(bytes(row[0]) if row else None)
                if row is None:
                    connection.execute(
                        "INSERT INTO request (tenant, key, digest) VALUES (?, ?, ?)", (tenant, key, digest)
                    )
        return before

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()
