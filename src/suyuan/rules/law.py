"""The rows of the tables of law as one table that rules can join: one row for every column of a row that decides.

>>> rows = law({"battery-month": table("battery-month")})
>>> rows.filter(pc.equal(rows["key"], "C"))["value"].to_pylist()
[12.0]
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
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
    return pa.Table.from_pylist(rows, schema=LAW)


def row_id(name: str, row: Row) -> str:
    """How a row is named: `storage-limit/collecting@2019-11-07`."""
    return f"{name}/{row.key}@{row.since}"


def _told(name: str, row: Row, replaced: frozenset[str]) -> Iterator[dict[str, Any]]:
    named = row_id(name, row)
    head = {
        "table": name, "key": row.key, "since": row.since, "until": row.until, "unit": row.unit,
        "row": named + ("!" if named in replaced else ""), "cites": row.cites, "verified": row.verified,
    }  # fmt: skip
    for field in msgspec.structs.fields(row):
        value = getattr(row, field.name)
        if field.name in _EVIDENCE:
            continue
        if isinstance(value, (bool, int, float, Decimal)):
            yield {**head, "field": field.name, "value": float(value), "text": None}
        elif isinstance(value, str):
            yield {**head, "field": field.name, "value": None, "text": value}
