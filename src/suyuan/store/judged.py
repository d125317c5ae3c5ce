"""What the rules found, in `columns.duckdb`: brought up to the ledger whole, or for what new entries touched.

    columns ──stages──▶ tables that whole-ledger rules read (kept) ──rules──▶ finding
                └─ of the items touched alone: the same stages over their family's entries, in memory

Everything here follows from the ledger, the rows of law, the calendar and the day judged on; it changes with them in one transaction.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from suyuan.store.columns import connected
from suyuan.store.touched import Neighbourhood

Advance = Callable[[int, int], None]
Adjust = Callable[[Callable[[str], pa.Table]], Mapping[str, pa.Table]]
"""Given how to read a table by name, makes tables that no query can (reconciliation)."""

TOUCHED_MAX = 200_000
"""Beyond so many touched items everything is judged anew."""
MEMORY, MEMORY_RESTING = "6GB", "1GB"
IN = "judged"
"""The schema of the tables that are kept."""

FINDING = """
CREATE OR REPLACE TABLE judged.finding (
    rule VARCHAR, subject VARCHAR, party VARCHAR, day DATE, entries BIGINT[], root VARCHAR, row VARCHAR, facts VARCHAR)
"""
STATE = "CREATE TABLE IF NOT EXISTS judged.state (entries BIGINT, day DATE, mark VARCHAR)"
RECKONED = "CREATE TABLE IF NOT EXISTS judged.reckoned (entries BIGINT, day DATE, mark VARCHAR)"
TOLD = """
CREATE OR REPLACE TABLE judged.told AS
WITH seen AS (
    SELECT f.*, m.severity, m.family, m.owner, m.verified AS rule_verified, list_max(f.entries) AS last_entry
    FROM judged.finding f JOIN rule_meta m USING (rule)
), decided AS (SELECT row, bool_and(verified) AS row_verified, min(cites) AS row_cites FROM judged.law GROUP BY row)
SELECT substr(md5(concat_ws('|', rule, subject, s.party, s.day, array_to_string(entries, ','))), 1, 16) AS id,
    substr(md5(concat_ws('|', s.party, root)), 1, 12) AS case_id,
    rule, severity, family, owner, subject, s.party, s.day, entries, root, s.row, d.row_cites, facts,
    rule_verified AND coalesce(d.row_verified, true) AS verified, e.recorded_at AS first_seen
FROM seen s LEFT JOIN decided d ON s.row = d.row LEFT JOIN event e ON e.seq = s.last_entry
"""


class Planned(Protocol):
    """What is asked (`rules.judging.Judging`)."""

    @property
    def stages(self) -> Sequence[tuple[str, str]]:
        """Stages in order: name and query."""

    @property
    def rules(self) -> Mapping[str, str]:
        """The query of each rule."""

    @property
    def scopes(self) -> Mapping[str, str]:
        """What the findings of each rule are told from (`rules.rule.Scope`)."""

    @property
    def parties(self) -> Mapping[str, Sequence[str]]:
        """Columns of kept stages that name the parties whose findings change with a row; `run`: who took part in that run."""

    @property
    def parted(self) -> Mapping[str, str]:
        """Stages of which a party's findings need that party's rows alone, and the column that names it."""

    @property
    def kept(self) -> Mapping[str, str | None]:
        """Stages that are kept: the column by which new entries change them (`seq`, `item`, …); None: master data alone do."""

    @property
    def outputs(self) -> Sequence[str]:
        """Kept stages that reports read, whether a rule does or not."""

    @property
    def after(self) -> Sequence[tuple[str, str]]:
        """What follows from the findings: name and query."""

    @property
    def mark(self) -> str:
        """Changes whenever the plan might."""

    @property
    def before_adjusting(self) -> Sequence[str]:
        """Stages that adjusting reads."""


@dataclass(frozen=True, slots=True)
class Besides:
    """What judging reads beside the ledger: tables by name, the day judged on, and a mark that changes with any of them or the code."""

    tables: Mapping[str, pa.Table]
    meta: pa.Table
    day: date
    mark: str
    adjust: Adjust


AMONG = {"seq": "news", "run": "run_touched"}
"""What the news may have changed, by the column by which a kept stage changes; of all other columns it is the items touched."""
PARTIES_MAX = 300
"""Beyond so many parties all of them are judged again: a query that names each takes longer."""
CHANGED = """
CREATE OR REPLACE TEMP TABLE changed AS (FROM was EXCEPT ALL FROM is_now) UNION ALL (FROM is_now EXCEPT ALL FROM was)
"""

READS = re.compile(r'(?:FROM|JOIN)\s+"([^"]+)"\s+AS')


def _among(column: str, parties: frozenset[str] | None) -> str:
    """The condition that a column names one of these; None: any. In words, so that the engine reads no more than their rows."""
    if parties is None:
        return "true"
    named = ", ".join(_text(party) for party in sorted(parties))
    return f'"{column}" IN ({named})'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _of(query: str, column: str, parties: frozenset[str] | None) -> str:
    return query if parties is None else f"SELECT * FROM ({query}) WHERE {_among(column, parties)}"


def _all_of(sets: Iterable[frozenset[str] | None]) -> frozenset[str] | None:
    found: frozenset[str] = frozenset()
    for one in sets:
        if one is None:
            return None
        found |= one
    return found


def reading(name: str) -> str:
    """What a query that reads a stage says."""
    return f'FROM "{name}" AS'


class Judged:
    """Findings and the tables behind them, on an open connection to the columns."""

    def __init__(self, duck: duckdb.DuckDBPyConnection) -> None:
        self._duck = duck
        duck.execute(f"CREATE SCHEMA IF NOT EXISTS {IN}")
        duck.execute(STATE)

    @property
    def state(self) -> tuple[int, date | None, str]:
        """Entries judged, the day judged on, the mark; (0, None, '') before the first judging."""
        rows = self._duck.execute(f"SELECT entries, day, mark FROM {IN}.state").fetchall()
        return rows[0] if rows else (0, None, "")

    def judge(
        self, planned: Planned, besides: Besides, size: int, advance: Advance = lambda done, total: None
    ) -> str:
        """Bring the findings up to the columns' head; returns how: `nothing`, `touched` or `all`."""
        entries, day, mark = self.state
        if (entries, day, mark) == (size, besides.day, besides.mark):
            return "nothing"
        near, touched = Neighbourhood(self._duck), None
        if (day, mark) == (besides.day, besides.mark) and 0 < entries < size and not self._masters(entries):
            touched = near.touched_since(entries, TOUCHED_MAX, far=False)
        with self._working(everything=touched is None):
            if touched is None:
                self._all(planned, besides, advance)
            else:
                self._some(planned, besides, touched, near.telling_of(touched, far=False))
            self._tell(planned, besides)
            self._duck.execute(f"DELETE FROM {IN}.state")
            self._duck.execute(f"INSERT INTO {IN}.state VALUES (?, ?, ?)", [size, besides.day, besides.mark])
        return "all" if touched is None else "touched"

    def _masters(self, position: int) -> bool:
        """Whether there is news of master data, which name parties and tie numbers to them everywhere."""
        return self._duck.execute("SELECT count(*) FROM master WHERE seq >= ?", [position]).fetchall() != [
            (0,)
        ]

    @contextmanager
    def _working(self, *, everything: bool) -> Any:
        duck = self._duck
        if everything:
            duck.execute(f"SET memory_limit = '{MEMORY}'")
        duck.execute("SET preserve_insertion_order = false")
        duck.begin()
        try:
            yield
            duck.commit()
        except BaseException:
            duck.rollback()
            raise
        finally:
            duck.execute("SET preserve_insertion_order = true")
            if everything:  # pages are let go of, which takes a moment
                duck.execute(f"SET memory_limit = '{MEMORY_RESTING}'")

    # -- everything ------------------------------------------------------------------------------

    def _all(self, planned: Planned, besides: Besides, advance: Advance) -> None:
        duck = self._duck
        self._put(besides.tables)
        duck.execute(FINDING)
        graph = Graph(planned)
        kept = graph.to_keep()
        wanted = graph.needed([*planned.rules.values(), *map(reading, [*kept, *planned.before_adjusting])])
        steps, done = len(wanted) + len(planned.rules), 0
        ends = graph.last_use(wanted, keep=kept, until_the_end=[*planned.rules.values()])
        waiting = set(planned.before_adjusting) or {""}
        for name in wanted:
            self._make(name, graph.query(name), kept=name in kept)
            waiting.discard(name)
            if not waiting:
                self._adjusted(besides)
                waiting = {""}
            for gone in ends.get(name, ()):
                duck.execute(f'DROP TABLE temp."{gone}"')
            done += 1
            advance(done, steps)
        if not planned.before_adjusting:
            self._adjusted(besides)
        for query in planned.rules.values():
            duck.execute(f"INSERT INTO {IN}.finding BY NAME {query}")
            done += 1
            advance(done, steps)
        self._drop(name for name in wanted if name not in kept)

    def _make(self, name: str, query: str, *, kept: bool) -> None:
        if not kept:
            self._duck.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')
            return
        self._duck.execute(f'CREATE OR REPLACE TABLE {IN}."{name}" AS {query}')
        self._duck.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT * FROM {IN}."{name}"')

    def _drop(self, names: Iterable[str]) -> None:
        for name in names:
            self._duck.execute(f'DROP TABLE IF EXISTS temp."{name}"')

    def _put(self, tables: Mapping[str, pa.Table]) -> None:
        for name, rows in tables.items():
            self._duck.register("incoming", rows)
            self._duck.execute(f'CREATE OR REPLACE TABLE {IN}."{name}" AS SELECT * FROM incoming')
            self._duck.unregister("incoming")
            self._duck.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT * FROM {IN}."{name}"')

    def _adjusted(self, besides: Besides) -> None:
        def read(name: str) -> pa.Table:
            found: pa.Table = self._duck.sql(f'SELECT * FROM "{name}"').to_arrow_table()
            return found

        self._put(besides.adjust(read))

    # -- what new entries touched ----------------------------------------------------------------

    def _some(
        self, planned: Planned, besides: Besides, touched: Sequence[str], telling: Mapping[str, pa.Table]
    ) -> None:
        graph = Graph(planned)
        kept = graph.to_keep()
        single = {name: query for name, query in planned.rules.items() if planned.scopes[name] == "item"}
        keyed = {name: key for name, key in kept.items() if key is not None}
        for name in (*kept, *besides.tables):
            self._duck.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT * FROM {IN}."{name}"')
        # the neighbourhood has an engine of its own, which works while the rest is brought up
        with closing(_Near(graph, telling, besides)) as near, ThreadPoolExecutor(1) as beside:
            tables = {name: beside.submit(near.stage, name) for name in keyed}
            found = beside.submit(near.findings, single)
            self._duck.register("touched_items", pa.table({"item": pa.array(list(touched), pa.string())}))
            changed = {
                name: told
                for name, key in keyed.items()
                if (told := self._replace(name, key, tables[name].result(), planned.parties.get(name)))
                is not None
            }
            self._more(planned, besides, graph, kept, changed)
            self._found(list(single), found.result())
        self._duck.unregister("touched_items")

    def _replace(
        self, name: str, key: str, rows: pa.Table, parties: Sequence[str] | None
    ) -> frozenset[str] | None:
        """Put the rows of a kept table that the news changed in place of those that it has; the parties that they name, None for no change."""
        duck, kept = self._duck, f'{IN}."{name}"'
        of = f"(FROM {AMONG[key]})" if key in AMONG else "(SELECT item FROM touched_items)"
        duck.register("incoming", rows)
        # the key alone is looked through, other columns are read of the rows found
        places = f'SELECT rowid FROM {kept} WHERE "{key}" IN {of}'
        duck.execute(f"CREATE OR REPLACE TEMP TABLE was AS SELECT * FROM {kept} WHERE rowid IN ({places})")
        duck.execute(f'CREATE OR REPLACE TEMP TABLE is_now AS SELECT * FROM incoming WHERE "{key}" IN {of}')
        duck.unregister("incoming")
        duck.execute(CHANGED)
        if duck.execute("SELECT count(*) FROM changed").fetchall() == [(0,)]:
            return None
        changed = f'"{key}" IN (SELECT "{key}" FROM changed)'
        if duck.execute(f"SELECT count(*) FROM was WHERE {changed}").fetchall() != [(0,)]:
            duck.execute(f"DELETE FROM {kept} WHERE {changed}")
        duck.execute(f"INSERT INTO {kept} SELECT * FROM is_now WHERE {changed}")
        return self._parties(parties or ())

    def _parties(self, columns: Sequence[str]) -> frozenset[str]:
        """The parties that the changed rows name."""
        queries = [
            "SELECT actor FROM effective_event WHERE run IN (FROM run_touched)" if column == "run" else f'SELECT "{column}" FROM changed'
            for column in columns
        ]  # fmt: skip
        found = self._duck.execute(" UNION ".join(queries)).fetchall() if queries else []
        return frozenset(party for (party,) in found if party is not None)

    def _found(self, rules: Sequence[str], findings: pa.Table) -> None:
        """Put what these rules find of the touched items in place of what they found before."""
        duck = self._duck
        duck.register("single_rules", pa.table({"rule": pa.array(list(rules), pa.string())}))
        duck.register("incoming", findings)
        touched = "subject IN (SELECT item FROM touched_items)"
        duck.execute(f"DELETE FROM {IN}.finding WHERE rule IN (SELECT rule FROM single_rules) AND {touched}")
        duck.execute(f"INSERT INTO {IN}.finding BY NAME SELECT * FROM incoming WHERE {touched}")
        duck.unregister("incoming")
        duck.unregister("single_rules")

    def _more(
        self, planned: Planned, besides: Besides, graph: "Graph", kept: Mapping[str, str | None],
        changed: Mapping[str, frozenset[str]],
    ) -> None:  # fmt: skip
        """The rules that read more than a neighbourhood, over the tables that are kept: those that read what changed."""
        duck = self._duck
        again = self._again(planned, graph, kept, changed)
        balanced = any("adjusted" in planned.rules[name] for name in again)
        asked = [
            *(planned.rules[name] for name in again),
            *map(reading, planned.before_adjusting if balanced else ()),
        ]
        fresh = [name for name in graph.needed(asked, cut=set(kept)) if name not in kept]
        for name in fresh:
            users = [rule for rule in again if name in graph.needed([planned.rules[rule]], cut=set(kept))]
            column = planned.parted.get(name) if name not in planned.before_adjusting else None
            parties = _all_of(again[rule] for rule in users) if column else None
            self._make(name, _of(graph.query(name), column or "", parties), kept=False)
        if balanced:
            self._adjusted(besides)
        for name, among in again.items():
            duck.execute(f"DELETE FROM {IN}.finding WHERE rule = ? AND {_among('party', among)}", [name])
            duck.execute(f"INSERT INTO {IN}.finding BY NAME {_of(planned.rules[name], 'party', among)}")
        self._drop(fresh)

    def _again(
        self, planned: Planned, graph: "Graph", kept: Mapping[str, str | None], changed: Mapping[str, frozenset[str]]
    ) -> Mapping[str, frozenset[str] | None]:  # fmt: skip
        """The rules to be judged again, and of which parties alone; None: of all."""
        runs = self._duck.execute("SELECT count(*) FROM run_touched").fetchall() != [(0,)]
        found: dict[str, frozenset[str] | None] = {}
        for name, scope in planned.scopes.items():
            reads = set(graph.needed([planned.rules[name]], cut=set(kept))) & set(changed)
            if scope == "item" or not reads or (scope == "runs" and not runs):
                continue
            parties = frozenset[str]().union(*(changed[read] for read in reads))
            by_party = scope == "party" and len(parties) <= PARTIES_MAX
            if not by_party or parties:
                found[name] = parties if by_party else None
        return found

    def _tell(self, planned: Planned, besides: Besides) -> None:
        """The findings with what people are told beside (weight, clause, when first seen), and what follows from them."""
        self._duck.register("rule_meta", besides.meta)
        self._duck.execute(TOLD)
        self._duck.unregister("rule_meta")
        self._duck.execute(f"CREATE OR REPLACE TEMP VIEW told AS SELECT * FROM {IN}.told")
        for name, query in planned.after:
            self._duck.execute(f'CREATE OR REPLACE TABLE {IN}."{name}" AS {query}')

    # -- what reports reckon -----------------------------------------------------------------------

    def reckon(self, planned: Planned) -> None:
        """Make a table of each of these queries (`planned.rules`), of kept tables and further stages; once a state."""
        mark = f"{planned.mark} {self.state[2]}"
        self._duck.execute(RECKONED)
        if self._duck.execute(f"SELECT * FROM {IN}.reckoned").fetchall() == [(*self.state[:2], mark)]:
            return
        graph, kept = Graph(planned), {*planned.kept, *planned.outputs} & {*self.schemas()}
        with self._working(everything=True):
            for name in sorted(kept):
                self._duck.execute(f'CREATE OR REPLACE TEMP VIEW "{name}" AS SELECT * FROM {IN}."{name}"')
            fresh = [name for name in graph.needed(planned.rules.values(), cut=kept) if name not in kept]
            for name in fresh:
                self._make(name, graph.query(name), kept=False)
            for name, query in planned.rules.items():
                self._duck.execute(f'CREATE OR REPLACE TABLE {IN}."{name}" AS {query}')
            self._drop(fresh)
            self._duck.execute(f"DELETE FROM {IN}.reckoned")
            self._duck.execute(f"INSERT INTO {IN}.reckoned VALUES (?, ?, ?)", [*self.state[:2], mark])

    def schemas(self) -> dict[str, pa.Schema]:
        """The columns of every table that is kept."""
        names = self._duck.execute(
            "SELECT table_name FROM duckdb_tables() WHERE schema_name = ? AND NOT internal", [IN]
        ).fetchall()
        return {name: self._duck.sql(f'SELECT * FROM {IN}."{name}" LIMIT 0').to_arrow_table().schema for (name,) in names}  # fmt: skip

    # -- answers ---------------------------------------------------------------------------------

    def findings(
        self,
        *,
        party: str | None = None,
        subject: str | None = None,
        rule: str | None = None,
        case: str | None = None,
        severities: Sequence[str] = (),
    ) -> list[dict[str, Any]]:
        """Findings as rows of `told`, the most serious first, then by day; whatever is None or empty is not asked for."""
        wanted = {"party": party, "subject": subject, "rule": rule, "case_id": case}
        where = [f"{name} = ?" for name, value in wanted.items() if value is not None]
        given: list[Any] = [value for value in wanted.values() if value is not None]
        if severities:
            where.append("list_contains(?, severity)")
            given.append(list(severities))
        condition = f"WHERE {' AND '.join(where)}" if where else ""
        weight = "CASE severity WHEN 'serious' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END"
        query = f"SELECT * FROM {IN}.told {condition} ORDER BY {weight}, day, rule, subject, id"
        found: pa.Table = self._duck.sql(query, params=given).to_arrow_table()
        return found.to_pylist()

    def names(self) -> dict[str, str]:
        """Names of parties by credit code."""
        rows = self._duck.execute(f"SELECT party, name FROM {IN}.party WHERE name IS NOT NULL").fetchall()
        return dict(rows)

    def latest_day(self) -> date | None:
        """The last day on which something on record happened."""
        ((day,),) = self._duck.execute("SELECT max(local_day) FROM event").fetchall()
        return day if day is None or isinstance(day, date) else None

    def answer(self, query: str) -> pa.Table:
        """The answer to a query in the engine's words over kept tables (`judged.…`), as `rules.judging.sql` words it."""
        found: pa.Table = self._duck.sql(query).to_arrow_table()
        return found

    def table(self, name: str) -> pa.Table:
        """A kept table, or `told`: the findings."""
        found: pa.Table = self._duck.sql(f'SELECT * FROM {IN}."{name}"').to_arrow_table()
        return found


class Graph:
    """Which stage reads which."""

    def __init__(self, planned: Planned) -> None:
        self._planned = planned
        self._queries = dict(planned.stages)
        self._order = {name: n for n, (name, _query) in enumerate(planned.stages)}
        self._reads = {name: self._read(query) for name, query in planned.stages}

    def query(self, name: str) -> str:
        """The query of a stage."""
        return self._queries[name]

    def _read(self, query: str) -> set[str]:
        return {name for name in READS.findall(query) if name in self._order}

    def needed(self, queries: Iterable[str], cut: frozenset[str] | set[str] = frozenset()) -> list[str]:
        """The stages that these queries need, in order; what is behind a stage of `cut` is not."""
        found: set[str] = set()
        waiting = {name for query in queries for name in self._read(query)}
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            if name not in cut:
                waiting |= self._reads[name]
        return sorted(found, key=self._order.__getitem__)

    def last_use(
        self, wanted: Sequence[str], *, keep: Iterable[str], until_the_end: Iterable[str]
    ) -> Mapping[str, list[str]]:
        """After which stage others are read no more; stages of `keep`, and what the queries `until_the_end` read, stay."""
        stay = {*keep, *(name for query in until_the_end for name in self._read(query))}
        last: dict[str, str] = {}
        for name in wanted:
            last.setdefault(name, name)
            for read in self._reads[name]:
                last[read] = name
        ends: dict[str, list[str]] = {}
        for read, name in last.items():
            if read not in stay:
                ends.setdefault(name, []).append(read)
        return ends

    def to_keep(self) -> Mapping[str, str | None]:
        """The stages to keep: those of `Planned.kept` that whole-ledger rules, adjusting or reports read."""
        planned = self._planned
        asked = [query for name, query in planned.rules.items() if planned.scopes[name] != "item"]
        asked += map(reading, [*planned.before_adjusting, *planned.outputs])
        found = self.needed(asked, cut=set(planned.kept))
        return {name: planned.kept[name] for name in found if name in planned.kept}


class _Near:
    """The stages and rules over the entries that tell of a few items, in an engine of its own."""

    def __init__(self, graph: Graph, tables: Mapping[str, pa.Table], besides: Besides) -> None:
        self._graph = graph
        self._made: set[str] = set()
        self._engine = connected(threads="1")
        for name, rows in {**tables, **besides.tables}.items():
            self._engine.register(name, rows)

    def _make(self, queries: Iterable[str]) -> None:
        for name in self._graph.needed(queries):
            if name not in self._made:
                self._engine.execute(f'CREATE TABLE "{name}" AS {self._graph.query(name)}')
                self._made.add(name)

    def stage(self, name: str) -> pa.Table:
        """The rows of a stage."""
        self._make([reading(name)])
        found: pa.Table = self._engine.table(name).to_arrow_table()
        return found

    def findings(self, rules: Mapping[str, str]) -> pa.Table:
        """What these rules find."""
        self._make(rules.values())
        self._engine.execute(FINDING.replace(f"{IN}.", ""))
        for query in rules.values():
            self._engine.execute(f"INSERT INTO finding BY NAME {query}")
        found: pa.Table = self._engine.table("finding").to_arrow_table()
        return found

    def close(self) -> None:
        """Let go of the engine."""
        self._engine.close()
