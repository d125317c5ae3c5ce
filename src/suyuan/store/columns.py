"""The entries as columns in DuckDB: what every set-wise view, rule and account reads. Derived; never the truth.

    columns.duckdb   the tables of `suyuan.views.columns`, appended in the order of the ledger
                     position: how many entries they hold

Rows come in as Arrow tables, many entries at a time (row-wise inserts would be a thousand times slower).
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa

from suyuan.store.failures import DatabaseBusy, told
from suyuan.views.columns import TABLES

NAME = "columns.duckdb"
SHAPE = 1
MEMORY = "1GB"
"""A bound for DuckDB: beyond, it spills into a directory beside the file."""


class Columns:
    """The columnar copy. One process has it open at a time; raises DatabaseBusy where another has."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / NAME
        try:
            self._ibis = ibis.duckdb.connect(
                self._path, memory_limit=MEMORY, temp_directory=str(directory / "spill")
            )
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise DatabaseBusy(
                    f"{NAME} is in use by another process; wait until it is done, then try again",
                    f"{NAME} 正被其他进程使用；请等它结束后重试",
                ) from error
            raise
        self.duck: duckdb.DuckDBPyConnection = self._ibis.con
        self.duck.execute("CREATE TABLE IF NOT EXISTS position (entries BIGINT, shape INTEGER)")
        # fetched to the end: DuckDB refuses other work on a connection with a result half read
        rows = self.duck.execute("SELECT entries, shape FROM position").fetchall()
        if not rows or rows[0][1] != SHAPE:
            self.clear()

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
        self.duck.execute("DELETE FROM position")
        self.duck.execute("INSERT INTO position VALUES (0, ?)", [SHAPE])

    def add(self, tables: Mapping[str, pa.Table], position: int) -> None:
        """Append rows; they and the position reached become visible together."""
        with told(NAME):
            self.duck.begin()
            try:
                for name, rows in tables.items():
                    if rows.num_rows:
                        self.duck.register("incoming", rows)
                        self.duck.execute(f'INSERT INTO "{name}" SELECT * FROM incoming')
                        self.duck.unregister("incoming")
                self.duck.execute("UPDATE position SET entries = ?", [position])
                self.duck.commit()
            except BaseException:
                self.duck.rollback()
                raise

    def tables(self) -> dict[str, ibis.Table]:
        """The tables as Ibis expressions."""
        return {name: self._ibis.table(name) for name in TABLES}

    def batches(self, expression: ibis.Expr, rows: int = 100_000) -> pa.RecordBatchReader:
        """The result of an expression, streaming."""
        reader: pa.RecordBatchReader = self._ibis.to_pyarrow_batches(expression, chunk_size=rows)
        return reader

    def close(self) -> None:
        """Let go of the file."""
        self._ibis.disconnect()
