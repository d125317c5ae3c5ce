"""Judging by a few rules alone: only the stages that they read are run, which is what makes many scenarios cheap."""

import json
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any

import ibis
import pyarrow as pa
from tests.rules.conftest import Event, Judged, Said, entries_of

from suyuan.rules import judging
from suyuan.rules.calendar import calendar
from suyuan.rules.catalogue import RULES
from suyuan.rules.facts import ASKED
from suyuan.rules.law import law
from suyuan.rules.rule import Rule
from suyuan.standards.tables import TABLES, table
from suyuan.store.judged import Graph
from suyuan.views.extract import extract


@cache
def _planned(subject: str) -> judging.Judging:
    return judging.plan([rule for rule in RULES.values() if _subject(rule) == subject])


def _subject(rule: Rule) -> str:
    """What modules share: `recycling` of `recycling_lots`."""
    return rule.expression.__module__.rpartition(".")[2].partition("_")[0]


@cache
def law_rows() -> pa.Table:
    """The law in force, as rules read it."""
    return law({name: table(name) for name in TABLES})


def judged_by(
    names: Sequence[str],
    *told: Said,
    on: str = "2026-06-30",
    parties: Sequence[Event] = (),
    law: pa.Table | None = None,
) -> Judged:
    """The findings of these rules, all of one subject, on that day."""
    planned, engine = _planned(_subject(RULES[names[0]])), ibis.duckdb.connect()
    try:
        engine.con.execute("SET threads = 1")
        tables: dict[str, Any] = dict(extract((entry.seq, entry) for entry in entries_of(told, parties)))
        asked = {"day": pa.array([date.fromisoformat(on)], pa.date32()), "operator": pa.array([""])}
        tables |= {
            "law": law_rows() if law is None else law,
            "calendar": calendar(),
            "asked": pa.table(asked, schema=ASKED),
        }
        for name, rows in tables.items():
            engine.con.register(name, rows)
        graph = Graph(planned)
        for name in graph.needed(planned.rules.values()):
            engine.con.execute(f'CREATE TABLE "{name}" AS {graph.query(name)}')
        found = [
            row
            for query in planned.rules.values()
            for row in engine.con.sql(query).to_arrow_table().to_pylist()
        ]
        return Judged(tuple({**row, "facts": json.loads(row["facts"])} for row in found))
    finally:
        engine.disconnect()
