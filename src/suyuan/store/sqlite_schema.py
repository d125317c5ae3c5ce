"""The tables of `ledger.sqlite`, and how it is opened.

    meta        format; the ledger's public key
    bundle      256 entries a row (the last one fewer), sealed; two bytes of every leaf hash (marks)
    tile        hashes over full bundles (level 1), over 256 of those (level 2), …
    checkpoint  signed notes, in order
    register    records of the documents, in order; found by digest
    body        bodies too long for a bundle, by digest, sealed

WAL with `synchronous=FULL`: a commit is on disk when it returns, and readers go on beside the writer.
"""

import sqlite3
from pathlib import Path

from suyuan.store.failures import told
from suyuan.terms.errors import SuyuanError

FILE = "ledger.sqlite"
FORMAT = "1"
BUSY_SECONDS = 5

# Bundles are a few kilobytes to some tens; small pages waste less at their ends (1.21 against 1.27 × zstd with 4096).
PAGE_SIZE = 1024

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE bundle (n INTEGER PRIMARY KEY, count INTEGER NOT NULL, marks BLOB NOT NULL, data BLOB NOT NULL);
CREATE TABLE tile (level INTEGER, n INTEGER, hash BLOB NOT NULL, PRIMARY KEY (level, n)) WITHOUT ROWID;
CREATE TABLE checkpoint (n INTEGER PRIMARY KEY, size INTEGER NOT NULL, note BLOB NOT NULL);
CREATE INDEX checkpoint_by_size ON checkpoint (size);
CREATE TABLE register (n INTEGER PRIMARY KEY, digest BLOB NOT NULL, record BLOB NOT NULL);
CREATE INDEX register_by_digest ON register (digest);
CREATE TABLE body (digest BLOB PRIMARY KEY, data BLOB NOT NULL);
"""


class NoLedger(SuyuanError):
    """The workspace has no ledger file, or one of another format."""


class LedgerExists(SuyuanError):
    """A ledger is never made over another."""


def create(directory: Path, key: str) -> sqlite3.Connection:
    """A new ledger file with empty tables, in a transaction that the caller commits. Raises LedgerExists."""
    path = directory / FILE
    if path.exists():
        raise LedgerExists(
            f"{path} exists already; a ledger is never overwritten: choose a new directory",
            f"{path} 已存在；账本不会被覆盖：请选择新目录",
        )
    with told(FILE):
        connection = _connect(f"file:{_quoted(path)}?mode=rwc")
        connection.execute(f"PRAGMA page_size={PAGE_SIZE}")
        _configure(connection)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("BEGIN IMMEDIATE")
        for statement in _TABLES.split(";\n"):
            connection.execute(statement)
        rows = [("format", FORMAT.encode()), ("key", key.encode())]
        connection.executemany("INSERT INTO meta VALUES (?, ?)", rows)
    return connection


def connect(directory: Path) -> sqlite3.Connection:
    """An open connection to an existing ledger. Raises NoLedger, Damaged, DatabaseBusy, ReadOnly."""
    path = directory / FILE
    with told(FILE):
        if not path.is_file():
            raise NoLedger(
                f"{path} is missing; restore it from the backup of the workspace",
                f"缺少 {path}；请从工作区备份恢复",
            )
        connection = _open(path)
        try:
            _check_format(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _open(path: Path) -> sqlite3.Connection:
    connection = _connect(f"file:{_quoted(path)}?mode=rw")
    try:
        _configure(connection)
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise
        # a medium that cannot be written and has no write-ahead log beside it does not change either
        connection = _connect(f"file:{_quoted(path)}?mode=ro&immutable=1")
    except BaseException:
        connection.close()
        raise
    return connection


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)


def _configure(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    connection.execute("PRAGMA journal_size_limit=16777216")


def _check_format(connection: sqlite3.Connection) -> None:
    found = connection.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
    if found is None or found[0] != FORMAT.encode():
        raise NoLedger(
            f"{FILE} is not a ledger of format {FORMAT}; it was written by another suyuan, or is damaged",
            f"{FILE} 不是格式 {FORMAT} 的账本；可能由其他版本写入，或已损坏",
        )


def _quoted(path: Path) -> str:
    return str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
