"""Of the entries at hand those that a principal may see, numbered as it counts them. No view knows that there are others."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import duckdb
import ibis
import pyarrow as pa

from suyuan.rights.sight import Sight
from suyuan.store.columns import connected
from suyuan.views.columns import TABLES
from suyuan.views.tables import Tables

_REMEMBERED = 512


def seen_of(
    duck: duckdb.DuckDBPyConnection, telling: Mapping[str, pa.Table], sight: Sight
) -> dict[str, pa.Table]:
    """The tables of `telling` (a part of what `duck` holds) with what may be seen of them, `seq` counting only that."""
    # who it is and until when decides nothing here: those who see the same share the wording
    numbering, queries = _worded(replace(sight, principal=replace(sight.principal, account="", until=None)))
    # numbers count over the whole ledger: those of a family alone would tell which entries led to it
    numbers = duck.sql(numbering).to_arrow_table()
    engine = connected()
    try:
        for name, table in telling.items():
            engine.register(name, table)
        engine.register("numbers", numbers)
        return {
            name: engine.sql(query).to_arrow_table().cast(TABLES[name]) for name, query in queries.items()
        }
    finally:
        engine.close()


@lru_cache(_REMEMBERED)
def _worded(sight: Sight) -> tuple[str, Mapping[str, str]]:
    """In the engine's words: (seq, n) over the whole ledger; each table over a part of it and `numbers`."""
    ledger = Tables.of(
        {name: ibis.table(ibis.Schema.from_pyarrow(schema), name=name) for name, schema in TABLES.items()}
    )
    seen = sight.renumbered(ledger, ibis.table({"seq": "int64", "n": "int64"}, name="numbers"))
    return _sql(sight.numbered(ledger)), {name: _sql(getattr(seen, name)) for name in TABLES}


def _sql(expression: ibis.Table) -> str:
    return str(ibis.to_sql(expression, dialect="duckdb", pretty=False))
