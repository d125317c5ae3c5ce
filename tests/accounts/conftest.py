"""Accounts over lives written out: what was said, as in `tests.rules.conftest`, and the figures that come of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import ibis
import pyarrow as pa
from tests.rules.conftest import Event, Said, entries_of

from suyuan.accounts.balance import checked_streams
from suyuan.accounts.movements import balances, movements, stocks
from suyuan.accounts.reconciling import reconciled
from suyuan.rules import judging
from suyuan.rules.calendar import calendar
from suyuan.rules.facts import ASKED, BESIDES
from suyuan.rules.law import law
from suyuan.rules.reckoning import figures_of
from suyuan.standards.tables import TABLES as LAW_TABLES
from suyuan.standards.tables import table
from suyuan.views.columns import TABLES
from suyuan.views.extract import extract
from suyuan.views.tables import Tables

Row = dict[str, Any]


@dataclass(frozen=True)
class Accounts:
    """What the accounts say; `figures` and `entries` by the names of their columns."""

    tables: Mapping[str, list[Row]]

    def rows(self, name: str, **where: Any) -> list[Row]:
        return [
            row for row in self.tables[name] if all(row[column] == value for column, value in where.items())
        ]

    def figure(self, **where: Any) -> Row:
        (row,) = self.rows("figure", **where)
        return row

    def entries(self, figure: Row) -> list[int]:
        """The entries behind a figure."""
        name = {column: figure[column] for column in ("account", "party", "period", "area", "measure", "key")}
        return sorted(row["seq"] for row in self.rows("entry", **name))


@cache
def _planned() -> tuple[list[tuple[str, str]], dict[str, str]]:
    stages: list[tuple[str, str]] = []
    known = judging.shared(
        Tables.of(judging.named(TABLES)), judging.named(BESIDES), judging.worded_to(stages)
    )
    account = figures_of(known)
    wanted = {
        "figure": account.figure, "entry": account.entry, "movement": movements(known), "balances": balances(known),
        "stocks": stocks(known), "streams": checked_streams(known), "piece": known.keep("balance_piece", known.asked),
    }  # fmt: skip
    return stages, {name: judging.sql(query) for name, query in wanted.items()}


@cache
def law_rows() -> pa.Table:
    return law({name: table(name) for name in LAW_TABLES})


def accounted(
    *told: Said, parties: Sequence[Event] = (), day: str = "2026-06-30", law_table: pa.Table | None = None
) -> Accounts:
    """The accounts on a day."""
    arrow = dict(extract((entry.seq, entry) for entry in entries_of(told, parties)))
    return accounts_of(arrow, day, law_table)


def accounts_of(
    arrow: Mapping[str, pa.Table],
    day: str,
    law_table: pa.Table | None = None,
    only: Iterable[str] | None = None,
) -> Accounts:
    """The accounts of extracted tables."""
    stages, wanted = _planned()
    engine = ibis.duckdb.connect()
    try:
        asked = {"day": pa.array([date.fromisoformat(day)], pa.date32()), "operator": pa.array([""])}
        beside = {
            "law": law_rows() if law_table is None else law_table,
            "calendar": calendar(),
            "asked": pa.table(asked, schema=ASKED),
        }
        for name, rows in {**arrow, **beside}.items():
            engine.con.register(name, rows)
        for name, query in stages:
            engine.con.execute(f'CREATE TABLE "{name}" AS {query}')
        found = {
            name: engine.con.sql(query).to_arrow_table()
            for name, query in wanted.items()
            if only is None or name in only
        }
        if "streams" in found:
            found["adjusted"] = reconciled(found["streams"])
        return Accounts({name: rows.to_pylist() for name, rows in found.items()})
    finally:
        engine.disconnect()
