"""`ledger.sqlite` as a `suyuan.store.database.Database`."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TypeVar

from suyuan.store.database import Row
from suyuan.store.failures import damaged, told
from suyuan.store.sqlite_schema import FILE

T = TypeVar("T")


class SqliteDatabase:
    """One connection to the ledger file.

    With `doubted` whatever SQLite cannot answer is damage: the questions are right.
    """

    def __init__(self, connection: sqlite3.Connection, *, doubted: bool = False) -> None:
        self._connection = connection
        self._doubted = doubted

    @property
    def name(self) -> str:
        """The file's name."""
        return FILE

    def first(self, sql: str, *values: object) -> Row | None:
        """The first row of an answer."""
        row: Row | None = self._told(lambda: self._connection.execute(sql, values).fetchone())
        return row

    def all(self, sql: str, *values: object) -> list[Row]:
        """All rows of a short answer."""
        return self._told(lambda: self._connection.execute(sql, values).fetchall())

    def each(self, sql: str, *values: object) -> Iterator[Row]:
        """The rows of an answer, as they are found."""
        cursor = self._told(lambda: self._connection.execute(sql, values))
        while row := self._told(cursor.fetchone):
            yield row

    def run(self, sql: str, *values: object) -> None:
        """Change something."""
        self._told(lambda: self._connection.execute(sql, values))

    def run_many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """The same change with each of these rows."""
        self._told(lambda: self._connection.executemany(sql, rows))

    def commit(self) -> None:
        """End the transaction: it is on disk when this returns."""
        self.run("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction, if there is one."""
        # an error of SQLite may have rolled back already; a full disk gets the log's room back
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._connection.execute("PRAGMA busy_timeout=0")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def check_container(self) -> None:
        """What SQLite itself finds wrong with its file. Raises Damaged."""
        found = self.all("PRAGMA integrity_check(1)")
        if found != [("ok",)]:
            raise damaged(FILE, sqlite3.DatabaseError(str(found[0][0])))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _told(self, ask: Callable[[], T]) -> T:
        try:
            with told(FILE):
                return ask()
        except sqlite3.Error as error:
            if self._doubted:
                raise damaged(FILE, error) from error
            raise
