"""Serving tables: results of views by item, in SQLite, for pages and point queries. Derived; never the truth.

    serving.sqlite   one table a view, clustered by the item's dense number in the index
                     position: how many entries of the ledger the results know

Results and position change in one transaction: a reader never sees half of a catch-up.
"""

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import pyarrow as pa

from suyuan.ledger.damage import Damaged
from suyuan.store.failures import derived_damaged, told
from suyuan.store.wording import ITEM_ID, NUMBER

NAME = "serving.sqlite"
SHAPE = 3
"""Raised when the tables change their shape: an older file is then made anew."""

LISTS = frozenset({"entries", "documents", "document_types"})
"""Columns that hold lists; they stand as JSON."""

Row = dict[str, object]


@contextmanager
def _told() -> Iterator[None]:
    """Errors told as what to do; damage here is no loss."""
    try:
        with told(NAME):
            yield
    except Damaged as error:
        raise derived_damaged(
            NAME, error.__cause__ if isinstance(error.__cause__, Exception) else error
        ) from error


def forget(directory: Path) -> None:
    """Remove the file: it is made anew from the ledger."""
    for end in ("", "-wal", "-shm"):
        (directory / f"{NAME}{end}").unlink(missing_ok=True)


def _is_broken(error: sqlite3.DatabaseError) -> bool:
    return any(word in str(error) for word in ("not a database", "malformed"))


def _unwritable(path: Path) -> sqlite3.Connection:
    """Results of a workspace that may only be read."""
    quoted = str(path.absolute()).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return sqlite3.connect(f"file:{quoted}?mode=ro&immutable=1", uri=True, isolation_level=None)


def _clear(connection: sqlite3.Connection) -> None:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in tables:
        connection.execute(f'DROP TABLE "{name}"')
    connection.execute("CREATE TABLE position (entries INTEGER NOT NULL)")
    connection.execute("INSERT INTO position VALUES (0)")
    connection.execute("CREATE TABLE name (id TEXT PRIMARY KEY, name TEXT) WITHOUT ROWID")
    connection.execute(f"PRAGMA user_version = {SHAPE}")


def _shape(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _make(connection: sqlite3.Connection) -> None:
    """Empty tables; of several processes that open a new workspace at once, the first makes them."""
    connection.execute("BEGIN IMMEDIATE")
    if _shape(connection) != SHAPE:
        _clear(connection)
    connection.execute("COMMIT")


class Serving:
    """The results of views, looked up by item."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / NAME
        with _told():
            try:
                self._connection = self._opened()
            except sqlite3.DatabaseError as error:
                if self._path.exists() and not os.access(self._path, os.W_OK):
                    self._connection = _unwritable(self._path)
                elif _is_broken(error):  # what follows from the ledger is made anew
                    forget(directory)
                    self._connection = self._opened()
                else:
                    raise

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None)
        try:
            # derived: a crash may lose the last catch-up, never mix two (WAL keeps transactions whole)
            for pragma in ("journal_mode=WAL", "synchronous=OFF", "temp_store=MEMORY"):
                connection.execute(f"PRAGMA {pragma}")
            if _shape(connection) != SHAPE:
                _make(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @property
    def position(self) -> int:
        """How many entries the results know."""
        return int(self._connection.execute("SELECT entries FROM position").fetchone()[0])

    @contextmanager
    def updating(self, position: int, *, anew: bool = False) -> Iterator["Update"]:
        """Replace results up to `position`, all of them or none; `anew` forgets everything before."""
        with _told():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                if anew:
                    _clear(self._connection)
                yield Update(self._connection)
                self._connection.execute("UPDATE position SET entries = ?", (position,))
                self._connection.execute("COMMIT")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise

    def views(self) -> list[str]:
        """The views that have rows."""
        found = self._connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('position', 'name') ORDER BY name"
        )
        return [name for (name,) in found]

    def rows(self, view: str, items: Sequence[int]) -> list[Row]:
        """The rows of `view` for items (dense numbers), in the order in which the view gave them."""
        with _told():
            cursor = self._connection.execute(
                f'SELECT * FROM "{view}" WHERE item_id IN (SELECT value FROM json_each(?)) ORDER BY item_id, {NUMBER}',
                (json.dumps([int(item) for item in items]),),
            )
            names = [column[0] for column in cursor.description[2:]]
            return [_row(names, row[2:]) for row in cursor]

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Names of parties, places and models that have one."""
        with _told():
            return dict(
                self._connection.execute(
                    "SELECT id, name FROM name WHERE id IN (SELECT value FROM json_each(?))",
                    (json.dumps(list(ids)),),
                )
            )

    def busiest(self, kind: str, state: str) -> str | None:
        """The item of that kind and state with the most rows in the timeline; the first by name among equals."""
        found = self._connection.execute(
            "SELECT l.item FROM lifecycle l JOIN timeline t USING (item_id) WHERE l.kind = ? AND l.state = ? "
            "GROUP BY l.item ORDER BY count(*) DESC, l.item LIMIT 1",
            (kind, state),
        ).fetchone()
        return None if found is None else str(found[0])

    def dump(self) -> Iterator[tuple[str, tuple[object, ...]]]:
        """Every row of every view in order: for comparing two workspaces."""
        for view in self.views():
            for row in self._connection.execute(f'SELECT * FROM "{view}" ORDER BY item_id, {NUMBER}'):
                yield view, row

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class Update:
    """One change of the results."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def name(self, named: Iterable[tuple[str, str]]) -> None:
        """Put names in place of all names known."""
        self._connection.execute("DELETE FROM name")
        self._connection.executemany("INSERT INTO name VALUES (?, ?)", named)

    def forget(self, view: str, items: Sequence[int]) -> None:
        """Drop the rows of these items."""
        if self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (view,)).fetchone():
            self._connection.executemany(
                f'DELETE FROM "{view}" WHERE item_id = ?', ((int(i),) for i in items)
            )

    def add(self, view: str, columns: Sequence[str], rows: Iterable[Iterable[Sequence[object]]]) -> None:
        """Add rows of `view`, in stretches; `columns` begin with those of `wording.served_query`, which is their order."""
        assert tuple(columns[:2]) == (ITEM_ID, NUMBER), "rows come numbered, under the number of their item"
        names = ", ".join(f'"{name}"' for name in columns[1:])
        self._connection.execute(
            f'CREATE TABLE IF NOT EXISTS "{view}" ({ITEM_ID} INTEGER, {names}, PRIMARY KEY ({ITEM_ID}, {NUMBER})) WITHOUT ROWID'
        )
        insert = f'INSERT INTO "{view}" VALUES ({", ".join("?" * len(columns))})'
        for stretch in rows:
            self._connection.executemany(insert, stretch)


def _plain(column: "pa.ChunkedArray[Any] | pa.Array[Any]") -> list[object]:
    """Values as `wording` puts them: instants and days as ISO text, lists as JSON."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        return [None if v is None else v.astimezone(UTC).isoformat() for v in column.to_pylist()]
    if pa.types.is_date(kind):
        return [None if v is None else v.isoformat() for v in column.to_pylist()]
    if pa.types.is_nested(kind):
        return [
            None if v is None else json.dumps(v, ensure_ascii=False, default=str) for v in column.to_pylist()
        ]
    if pa.types.is_decimal(kind):  # DuckDB's sums of integers are wider than 64 bits
        return [None if v is None else int(v) for v in column.to_pylist()]
    if pa.types.is_boolean(kind):
        return [None if v is None else int(v) for v in column.to_pylist()]
    return list(column.to_pylist())


def as_rows(table: pa.Table) -> list[Row]:
    """Rows of an Arrow table written as `Serving.rows` gives them back."""
    columns: Mapping[str, list[object]] = {name: _plain(table.column(name)) for name in table.schema.names}
    return [_row(columns, values) for values in zip(*columns.values(), strict=True)]


def _row(names: Iterable[str], values: Iterable[object]) -> Row:
    return {
        name: json.loads(str(value)) if name in LISTS and value is not None else value
        for name, value in zip(names, values, strict=True)
    }
