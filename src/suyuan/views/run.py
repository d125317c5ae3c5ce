"""Running views over data at hand: one family's entries, or a life written out in a test.

What an engine is asked depends on nothing but the moment of the answer, so it is written once (`plan`): writing it takes
longer than answering it for a family.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files

import ibis
import pyarrow as pa

from suyuan.views.columns import TABLES
from suyuan.views.serving import served
from suyuan.views.tables import NOW, AsOf, Tables

# ibis would write a projection of a projection as one, copying every formula wherever its column is used:
# a megabyte of SQL for these views, which the engine's own optimiser does not need
ibis.options.sql.fuse_selects = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What DuckDB is asked, in order: (name of the table that the answer becomes, query); and which are the views."""

    stages: tuple[tuple[str, str], ...]
    views: Mapping[str, str]
    mark: str = ""


@cache
def fingerprint() -> str:
    """Changes whenever a plan might: with any source of the views, and with the library that words the queries."""
    digest = sha256(ibis.__version__.encode())
    for source in sorted(files("suyuan.views").iterdir(), key=lambda entry: entry.name):
        if source.name.endswith(".py"):
            digest.update(source.read_bytes())
    return digest.hexdigest()


@lru_cache(64)
def plan(as_of: AsOf = NOW) -> Plan:
    """The queries behind `serving.served`, over tables named as in `columns.TABLES`."""
    stages: list[tuple[str, str]] = []

    def keep(name: str, expression: ibis.Table) -> ibis.Table:
        stages.append((name, str(ibis.to_sql(expression, dialect="duckdb", pretty=False))))
        return ibis.table(expression.schema(), name=name)

    tables = Tables.of(
        {name: ibis.table(ibis.Schema.from_pyarrow(schema), name=name) for name, schema in TABLES.items()}
    )
    views = served(tables, as_of, keep)
    return Plan(tuple(stages), {name: view.get_name() for name, view in views.items()}, fingerprint())


def in_memory(
    arrow: Mapping[str, pa.Table], as_of: AsOf = NOW, planned: Plan | None = None
) -> dict[str, pa.Table]:
    """All served views of the tables that `extract.extract` made, each as an Arrow table.

    `planned` is `plan(as_of)`, where it is at hand.
    """
    engine = ibis.duckdb.connect()
    try:
        for name, table in arrow.items():
            engine.con.register(name, table)
        planned = planned or plan(as_of)
        for name, query in planned.stages:
            engine.con.execute(f'CREATE TABLE "{name}" AS {query}')
        return {name: engine.con.table(kept).to_arrow_table() for name, kept in planned.views.items()}
    finally:
        engine.disconnect()
