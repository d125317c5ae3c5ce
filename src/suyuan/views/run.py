"""Running views over data at hand: one family's entries, or a life written out in a test.

What an engine is asked depends on nothing but the moment of the answer, so it is written once (`plan`): writing it takes
longer than answering it for a family.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

import ibis
import pyarrow as pa
from ibis.backends.duckdb import Backend

from suyuan.views.columns import TABLES
from suyuan.views.effective import known
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

    @property
    def ends(self) -> Mapping[str, list[str]]:
        """After which stage which others are read no more, and are no views."""
        ends: dict[str, list[str]] = {}
        for name, _ in self.stages:
            # a column of the same name keeps a stage longer than need be, no more
            readers = [reader for reader, query in self.stages if f'"{name}"' in query]
            if name not in self.views.values():
                ends.setdefault(readers[-1] if readers else name, []).append(name)
        return ends


@cache
def fingerprint() -> str:
    """Changes whenever a plan might: with any source of the views, and with the library that words the queries."""
    digest = sha256(ibis.__version__.encode())
    for source in sorted(files("suyuan.views").iterdir(), key=lambda entry: entry.name):
        if source.name.endswith(".py"):
            digest.update(source.read_bytes())
    return digest.hexdigest()


@cache
def plan() -> Plan:
    """The queries behind `serving.served`, over tables named as in `columns.TABLES`."""
    stages: list[tuple[str, str]] = []

    def keep(name: str, expression: ibis.Table) -> ibis.Table:
        stages.append((name, str(ibis.to_sql(expression, dialect="duckdb", pretty=False))))
        return ibis.table(expression.schema(), name=name)

    views = served(_named(), keep)
    return Plan(tuple(stages), {name: view.get_name() for name, view in views.items()}, fingerprint())


def _named() -> Tables:
    """The tables of `columns.TABLES` by name alone."""
    return Tables.of(
        {name: ibis.table(ibis.Schema.from_pyarrow(schema), name=name) for name, schema in TABLES.items()}
    )


def in_memory(
    arrow: Mapping[str, pa.Table], as_of: AsOf = NOW, planned: Plan | None = None
) -> dict[str, pa.Table]:
    """All served views of the tables that `extract.extract` made, each as an Arrow table.

    `planned` is `plan()`, where it is at hand.
    """
    engine = ibis.duckdb.connect()
    try:
        for name, table in arrow.items():
            engine.con.register(name, table)
        if as_of != NOW:
            _go_back(engine, as_of)
        planned = planned or plan()
        for name, query in planned.stages:
            engine.con.execute(f'CREATE TABLE "{name}" AS {query}')
        return {name: engine.con.table(kept).to_arrow_table() for name, kept in planned.views.items()}
    finally:
        engine.disconnect()


def _go_back(engine: Backend, as_of: AsOf) -> None:
    """Put the tables as they were at a moment in place of the tables of now."""
    then, con = known(_named(), as_of), engine.con
    for name in ("event", "master"):
        rows = con.sql(str(ibis.to_sql(getattr(then, name), dialect="duckdb"))).to_arrow_table()
        con.unregister(name)
        con.register(name, rows)
