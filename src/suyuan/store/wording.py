"""The words in which results of views are served, made by DuckDB: numbers for items, texts for instants, days and lists.

    a view ──joined with──▶ numbers of items ──▶ item_id, nth_row, its columns ──▶ serving.sqlite

`served_query` is what is asked for one view; rows come in the order in which the serving table keeps them.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

KEYS: Mapping[str, str] = {"assembly": "child"}
"""The column that says whom a row is about, where it is not `item`."""

NUMBERED = {"timeline": "n + 1", "custody": "nth", "lifecycle": "1", "holder_now": "1"}
"""Views that number their rows within the item themselves (or have one row an item): nothing need be sorted."""

ITEM_ID, NUMBER = "item_id", "nth_row"
"""The first two columns: the item's dense number in the index; 1, 2, … within the item."""


def key_of(view: str) -> str:
    """The column of a view that names the item."""
    return KEYS.get(view, "item")


def columns_of(duck: duckdb.DuckDBPyConnection, table: str) -> dict[str, str]:
    """Names and types of a table's columns."""
    return {str(row[0]): str(row[1]) for row in duck.execute(f'DESCRIBE "{table}"').fetchall()}


def served_query(view: str, table: str, columns: Mapping[str, str], numbers: str) -> str:
    """The rows of `view`, kept as `table`, in words; of the items that table `numbers` (item, id) knows."""
    key = key_of(view)
    nth = NUMBERED.get(view) or _nth(key, columns)
    worded = ", ".join(f'{_word(name, kind)} AS "{name}"' for name, kind in columns.items())
    return (
        f"SELECT id AS {ITEM_ID}, {NUMBER}, {worded} "
        f'FROM (SELECT CAST({nth} AS BIGINT) AS {NUMBER}, * FROM "{table}") AS v JOIN {numbers} ON {numbers}.item = v."{key}" '
        f"ORDER BY id, {NUMBER}"
    )


def _nth(key: str, columns: Sequence[str] | Mapping[str, str]) -> str:
    """Numbered in an order that depends on nothing but the rows."""
    order = ", ".join(f'"{column}"' for column in columns)
    return f'row_number() OVER (PARTITION BY "{key}" ORDER BY {order})'


def _word(name: str, kind: str) -> str:
    column = f'v."{name}"'
    if kind.startswith("TIMESTAMP"):
        at = f"make_timestamp(epoch_us({column}))"
        whole, parts = (f"strftime({at}, '%Y-%m-%dT%H:%M:%S{fraction}+00:00')" for fraction in ("", ".%f"))
        return f"CASE WHEN epoch_us({column}) % 1000000 = 0 THEN {whole} ELSE {parts} END"
    if kind == "DATE":
        return f"CAST({column} AS VARCHAR)"
    if kind.endswith("[]") or kind.startswith("STRUCT"):
        return f"CAST(to_json({column}) AS VARCHAR)"
    if kind in ("HUGEINT", "BOOLEAN") or kind.startswith(
        "DECIMAL"
    ):  # sums of integers are wider than 64 bits
        return f"CAST({column} AS BIGINT)"
    return column


def tuples(batches: pa.RecordBatchReader) -> Iterator[Iterator[tuple[Any, ...]]]:
    """The rows of each batch as SQLite takes them."""
    for batch in batches:
        yield zip(*map(_values, batch.columns), strict=True)


def _values(column: "pa.Array[Any]") -> list[Any]:
    return [None] * len(column) if column.null_count == len(column) else column.to_pylist()
