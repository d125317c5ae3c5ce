"""The accounts of a workspace: a small SQLite file of its own beside the ledger. Personal data stand here and nowhere else.

    accounts.sqlite   who may sign in, in which roles; sessions, keys, factors; what waits (mode 0600)
    accounts.key      what secrets of second factors are sealed with (mode 0600): a copy of the file alone gives none away

It is no truth about batteries: entries name opaque account ids only, and prove the same when this file is gone. What is erased
is overwritten (`secure_delete`), and the write-ahead log is emptied.
"""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import RLock

from cryptography.fernet import Fernet

from suyuan.store.failures import told
from suyuan.terms.errors import SuyuanError
from suyuan.terms.instants import parse_instant, show_instant

FILE, KEY = "accounts.sqlite", "accounts.key"
FORMAT = 1
BUSY_SECONDS = 5

_TABLES = """
CREATE TABLE account (
    id TEXT PRIMARY KEY, login TEXT UNIQUE, name TEXT, tenant TEXT NOT NULL, password TEXT, issuer TEXT, subject TEXT,
    totp BLOB, totp_pending BLOB, totp_step INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0,
    locked_until TEXT, made_at TEXT NOT NULL, last_at TEXT, erased_at TEXT, UNIQUE (issuer, subject)
);
CREATE TABLE role (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, role TEXT NOT NULL, tenant TEXT NOT NULL,
    area TEXT NOT NULL, until TEXT, origin TEXT NOT NULL, revoked_at TEXT
);
CREATE INDEX role_by_account ON role (account);
CREATE TABLE tenant_name (name TEXT PRIMARY KEY, tenant TEXT NOT NULL);
CREATE TABLE invitation (hash BLOB PRIMARY KEY, account TEXT NOT NULL, until TEXT NOT NULL);
CREATE TABLE recovery (hash BLOB PRIMARY KEY, account TEXT NOT NULL);
CREATE TABLE session (
    hash BLOB PRIMARY KEY, account TEXT NOT NULL, role INTEGER NOT NULL, needs TEXT NOT NULL, seen_at TEXT NOT NULL,
    until TEXT NOT NULL
);
CREATE TABLE api_key (
    id TEXT PRIMARY KEY, hash BLOB NOT NULL, label TEXT NOT NULL, account TEXT NOT NULL, role INTEGER NOT NULL,
    verbs TEXT NOT NULL, made_at TEXT NOT NULL, until TEXT NOT NULL, last_at TEXT, revoked_at TEXT
);
CREATE TABLE passkey (
    id BLOB PRIMARY KEY, account TEXT NOT NULL, public_key BLOB NOT NULL, uses INTEGER NOT NULL, label TEXT NOT NULL,
    made_at TEXT NOT NULL
);
CREATE TABLE challenge (hash BLOB PRIMARY KEY, account TEXT NOT NULL, value BLOB NOT NULL, until TEXT NOT NULL);
CREATE TABLE provider (issuer TEXT PRIMARY KEY, said TEXT NOT NULL);
CREATE TABLE reading (
    n INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, account TEXT NOT NULL, tenant TEXT NOT NULL,
    verb TEXT NOT NULL, of TEXT NOT NULL, count INTEGER NOT NULL, batch INTEGER
);
CREATE TABLE proposal (
    id TEXT PRIMARY KEY, tenant TEXT NOT NULL, entry INTEGER NOT NULL, event_id TEXT NOT NULL, reason TEXT NOT NULL,
    instead TEXT NOT NULL, proposed_by TEXT NOT NULL, proposed_at TEXT NOT NULL, approved_by TEXT, approved_at TEXT
);
"""

Row = sqlite3.Row


def when(text: str | None) -> datetime | None:
    """An instant of the file."""
    return None if text is None else parse_instant(text)


def at(moment: datetime | None) -> str | None:
    """An instant as it stands in the file; its order as text is its order in time."""
    return None if moment is None else show_instant(moment)


class AccountsFile:
    """The open file. One connection, used by one thread at a time; other processes may have it open too."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._lock = RLock()
        self._open = 0
        with told(FILE):
            path = directory / FILE
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            self._connection = sqlite3.connect(
                path, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False
            )
            self._connection.row_factory = sqlite3.Row
            for setting in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF"):
                self._connection.execute(f"PRAGMA {setting}").fetchall()
        with self.transaction():
            ((found,),) = self.rows("PRAGMA user_version")
            if found == 0:
                for statement in _TABLES.split(";\n"):
                    self.run(statement)
                self.run(f"PRAGMA user_version={FORMAT}")
            elif found != FORMAT:
                raise SuyuanError(
                    f"{FILE} has format {found}; this suyuan reads format {FORMAT}: use a newer suyuan",
                    f"{FILE} 的格式为 {found}，本版本只读格式 {FORMAT}：请使用新版 suyuan",
                )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All that is written in the block, or nothing; nobody else writes meanwhile. Blocks may be nested."""
        with self._lock, told(FILE):
            if not self._open:
                self._connection.execute("BEGIN IMMEDIATE")
            self._open += 1
            try:
                yield
            except BaseException:
                self._open -= 1
                if not self._open and self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            self._open -= 1
            if not self._open:
                self._connection.execute("COMMIT")

    def rows(self, query: str, *values: object) -> list[Row]:
        """What a query answers."""
        with self._lock, told(FILE):
            return self._connection.execute(query, values).fetchall()

    def row(self, query: str, *values: object) -> Row | None:
        """The only row that a query answers, if any."""
        return next(iter(self.rows(query, *values)), None)

    def run(self, statement: str, *values: object) -> int:
        """Do it; returns how many rows it touched."""
        with self._lock, told(FILE):
            return self._connection.execute(statement, values).rowcount

    def run_many(self, statement: str, values: Sequence[Sequence[object]]) -> None:
        """Do it for each row of values."""
        with self._lock, told(FILE):
            self._connection.executemany(statement, values)

    def scrub(self) -> None:
        """Leave nothing of what was deleted in the write-ahead log."""
        with self._lock, told(FILE):
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @cached_property
    def _fernet(self) -> Fernet:
        path = self._directory / KEY
        with told(KEY):
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            except FileExistsError:
                return Fernet(path.read_bytes().strip())
            with os.fdopen(descriptor, "wb") as file:
                key = Fernet.generate_key()
                file.write(key + b"\n")
                file.flush()
                os.fsync(file.fileno())
        return Fernet(key)

    def sealed(self, secret: str) -> bytes:
        """A secret as it may stand in the file."""
        return self._fernet.encrypt(secret.encode())

    def opened(self, sealed: bytes) -> str:
        """A sealed secret in clear."""
        return self._fernet.decrypt(sealed).decode()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()
