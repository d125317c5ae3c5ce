"""The rows of the tables of law as one table that rules can join: one row for every column of a row that decides.

>>> rows = law({"battery-month": table("battery-month")})
>>> rows.filter(pc.equal(rows["key"], "C"))["value"].to_pylist()
[12.0]
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from suyuan.rules.facts import LAW
from suyuan.standards.loader import Table
from suyuan.standards.shapes import Row
from suyuan.standards.tables import table

__all__ = ["law", "pc", "row_id", "table"]

_EVIDENCE = frozenset(Row.__struct_fields__)


def law(tables: Mapping[str, Table[Any]], replaced: frozenset[str] = frozenset()) -> pa.Table:
    """All rows of these tables, in the columns of `facts.LAW`; `replaced` are the ids of rows that a user put in place."""
    rows = [told for name, of in tables.items() for row in of.rows for told in _told(name, row, replaced)]
    columns = zip(*rows, strict=True) if rows else [()] * len(LAW)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, LAW, strict=True)]
    return pa.Table.from_arrays(arrays, schema=LAW)


def row_id(name: str, row: Row) -> str:
    """How a row is named: `storage-limit/collecting@2019-11-07`."""
    return f"{name}/{row.key}@{row.since}"


def _told(name: str, row: Row, replaced: frozenset[str]) -> Iterator[tuple[Any, ...]]:
    """In the order of `facts.LAW`."""
    named = row_id(name, row)
    head = (name, row.key, row.since, row.until)
    tail = (row.unit, named + ("!" if named in replaced else ""), row.cites, row.verified)
    for field in _deciding(type(row)):
        value = getattr(row, field)
        if isinstance(value, (bool, int, float, Decimal)):
            yield (*head, float(value), field, None, *tail)
        elif isinstance(value, str):
            yield (*head, None, field, value, *tail)


@cache
def _deciding(shape: type[Row]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(shape) if field.name not in _EVIDENCE)
