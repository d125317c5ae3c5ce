"""The entries as columns in DuckDB: what every set-wise view, rule and account reads. Derived; never the truth.

    columns.duckdb   the tables of `suyuan.views.columns`, appended in the order of the ledger
                     mark             what entries told alike have in common: hashes of an event's id and of its words, in the order of the ledger
                     position: how many entries they hold

Rows come in as Arrow tables, many entries at a time (row-wise inserts would be a thousand times slower).
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from suyuan.store.failures import DatabaseBusy, derived_damaged, disk_full, read_only
from suyuan.views.columns import TABLES

NAME = "columns.duckdb"
SHAPE = 4
MARKS = "INSERT INTO mark SELECT seq, hash(event_id), hash(statement) FROM incoming"
BUSY_SECONDS = 10
MEMORY = "1GB"
"""A bound for DuckDB: beyond, it spills into a directory beside the file."""
MEMORY_BULK = 5 << 30
"""Bytes that a question to everything may take at most; the process itself comes to about one gigabyte more."""


@contextmanager
def bulk(duck: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """More memory for the length of a block, for a question to everything; less is kept in it for the sake of order."""
    duck.execute(f"SET memory_limit = '{_bulk_memory() >> 20}MiB'")
    duck.execute("SET preserve_insertion_order = false")
    try:
        yield
    finally:
        duck.execute("RESET preserve_insertion_order")
        duck.execute(f"SET memory_limit = '{MEMORY}'")


def _bulk_memory() -> int:
    """Bytes for such a question: half of what the machine has, at least what is always taken, at most `MEMORY_BULK`."""
    try:
        there = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):  # not told on every platform
        there = 0
    return min(max(there // 2, 1 << 30), MEMORY_BULK)


@contextmanager
def duck_told() -> Iterator[None]:
    """Errors of DuckDB's file told as what to do; a fault in a query is ours and stays what it is."""
    try:
        yield
    except (duckdb.IOException, duckdb.FatalException, duckdb.SerializationException) as error:
        text = str(error).lower()
        if "lock" in text:
            raise DatabaseBusy(
                f"{NAME} is in use by another process; wait until it is done, then try again",
                f"{NAME} 正被其他进程使用；请等它结束后重试",
            ) from error
        if any(word in text for word in ("no space", "too large", "quota")):
            raise disk_full(NAME) from error
        if any(word in text for word in ("permission", "read-only", "read only")):
            raise read_only(NAME) from error
        raise derived_damaged(NAME, error) from error


def _is_of_the_place(error: duckdb.Error) -> bool:
    """Is it the lock, the disk or a permission, and not the file's contents?"""
    text = str(error).lower()
    return any(
        word in text
        for word in ("lock", "no space", "too large", "quota", "permission", "read-only", "read only")
    )


def forget(directory: Path) -> None:
    """Remove the file: it is made anew from the ledger."""
    for end in ("", ".wal"):
        (directory / f"{NAME}{end}").unlink(missing_ok=True)


def connected(database: Path | str = ":memory:", **config: str) -> duckdb.DuckDBPyConnection:
    """A connection that reads instants in UTC, wherever the machine stands: days are counted from them."""
    duck = duckdb.connect(str(database), config=dict(config))
    duck.execute("SET TimeZone = 'UTC'")
    return duck


class Columns:
    """The columnar copy. One process has it open at a time; raises DatabaseBusy where another has."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / NAME
        with duck_told():
            try:
                self.duck = self._when_free(directory)
            except duckdb.Error as error:
                if not self._path.exists() or _is_of_the_place(error):
                    raise
                forget(directory)  # broken, or of another DuckDB: what follows from the ledger is made anew
                self.duck = self._opened(directory)
        self.duck.execute("CREATE TABLE IF NOT EXISTS position (entries BIGINT, shape INTEGER)")
        # fetched to the end: DuckDB refuses other work on a connection with a result half read
        rows = self.duck.execute("SELECT entries, shape FROM position").fetchall()
        if not rows or rows[0][1] != SHAPE:
            self.clear()

    def _when_free(self, directory: Path) -> duckdb.DuckDBPyConnection:
        """Who brings results up is mostly done in a moment: waiting for that beats refusing an answer."""
        until = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                return self._opened(directory)
            except duckdb.IOException as error:
                if "lock" not in str(error).lower() or time.monotonic() > until:
                    raise
            time.sleep(0.05)

    def _opened(self, directory: Path) -> duckdb.DuckDBPyConnection:
        return connected(self._path, memory_limit=MEMORY, temp_directory=str(directory / "spill"))

    @property
    def position(self) -> int:
        """How many entries the columns hold."""
        ((entries,),) = self.duck.execute("SELECT entries FROM position").fetchall()
        return int(entries)

    def clear(self) -> None:
        """Forget everything."""
        for name in TABLES:
            self.duck.execute(f'DROP TABLE IF EXISTS "{name}"')
            self.duck.register("incoming", TABLES[name].empty_table())
            self.duck.execute(f'CREATE TABLE "{name}" AS SELECT * FROM incoming')
            self.duck.unregister("incoming")
        self.duck.execute("CREATE OR REPLACE TABLE mark (seq BIGINT, id UBIGINT, words UBIGINT)")
        self.duck.execute("DELETE FROM position")
        self.duck.execute("INSERT INTO position VALUES (0, ?)", [SHAPE])

    def add(self, tables: Mapping[str, pa.Table], position: int) -> None:
        """Append rows; they and the position reached become visible together."""
        with duck_told():
            self.duck.begin()
            try:
                for name, rows in tables.items():
                    if rows.num_rows:
                        self.duck.register("incoming", rows)
                        self.duck.execute(f'INSERT INTO "{name}" SELECT * FROM incoming')
                        if name == "event":
                            self.duck.execute(MARKS)
                        self.duck.unregister("incoming")
                self.duck.execute("UPDATE position SET entries = ?", [position])
                self.duck.commit()
            except BaseException:
                self.duck.rollback()
                raise

    def close(self) -> None:
        """Let go of the file."""
        self.duck.close()
