"""Which results new entries may change, and which entries tell all that is needed to judge an item.

    news ──▶ touched   what they name, what is in that, whose kilograms a run of theirs passes on, what that was part of
             context   touched, its parts, the runs after it with all that went in and came out, and what these are in
             telling   the entries that speak of the context

Both are walks from thing to thing over the entries that name both. Entries are fetched from the columns a step at a time, those of
the things that are new in a step, and stay at hand: a scan of the columns is what takes the time.
"""

from collections.abc import Iterable, Mapping

import duckdb
import pyarrow as pa

from suyuan.views.columns import TABLES

DEPTH = 4
"""As deep as things stand in one another: cell, module, pack, system, vehicle (`views.custody.DEPTH`)."""
RUNS = 5
"""As many runs one after the other as kilograms are followed through (`views.attribution.RUNS`)."""

# Entries from `position` on, and those told under the same id or in the same words: a declaration voids by the id alone. Their
# hashes are compared, a tenth of the bytes: where two that differ have the same, an entry too many is looked at.
NEWS = """
CREATE OR REPLACE TEMP TABLE news AS
    WITH fresh AS MATERIALIZED (SELECT * FROM mark WHERE seq >= $position)
    SELECT seq FROM fresh
    UNION SELECT seq FROM mark WHERE id IN (SELECT id FROM fresh)
    UNION SELECT seq FROM mark WHERE words IN (SELECT words FROM fresh)
"""
NEWS_ITEMS = "SELECT item FROM near WHERE seq IN (FROM news) AND item IS NOT NULL"
NEWS_RUNS = "SELECT run FROM near WHERE seq IN (FROM news) AND run IS NOT NULL"
# Things that the news put into others or took out of them: all of a whole's where they name none.
NEWS_BOUND = """
SELECT item FROM near WHERE role = 'child' AND seq IN (FROM news)
UNION SELECT item FROM near WHERE role = 'parent' AND seq IN (FROM news) AND seq NOT IN (SELECT seq FROM near WHERE role = 'child')
"""
# An entry may name no item.
FETCHED = """
INSERT INTO near SELECT e.seq, e.run, i.item, i.role FROM event e LEFT JOIN event_item i USING (seq)
WHERE e.seq IN ({seqs}) AND e.seq NOT IN (SELECT seq FROM near)
"""
PARTS_OF = """
SELECT c.item FROM near c JOIN (SELECT seq FROM near WHERE role = 'parent' AND item IN (FROM {of})) p USING (seq) WHERE c.role = 'child'
"""
WHOLES_OF = """
SELECT p.item FROM near p JOIN (SELECT seq FROM near WHERE role = 'child' AND item IN (FROM {of})) c USING (seq) WHERE p.role = 'parent'
"""
RUNS_WITH = "SELECT run FROM near WHERE run IS NOT NULL AND role IN ({roles}) AND item IN (FROM {of})"
ITEMS_OF_RUNS = "SELECT item FROM near WHERE role IN ({roles}) AND run IN (FROM {of})"
FED_OR_MADE = "'input', 'output'"
TELLING = """
CREATE OR REPLACE TEMP TABLE telling AS
    SELECT DISTINCT seq FROM near WHERE item IN (FROM context) OR run IN (FROM run_after)
"""
# Under the same id or in the same words, whatever they name: see `NEWS`.
ALIKE = """
INSERT INTO telling
    WITH told AS MATERIALIZED (SELECT * FROM mark WHERE seq IN (FROM telling)),
    alike AS (
        SELECT seq FROM mark WHERE id IN (SELECT id FROM told) UNION SELECT seq FROM mark WHERE words IN (SELECT words FROM told))
    FROM alike EXCEPT FROM telling
"""


class Neighbourhood:
    """Sets of items and runs in temporary tables of one engine."""

    def __init__(self, duck: duckdb.DuckDBPyConnection) -> None:
        self._duck = duck
        duck.execute(
            "CREATE OR REPLACE TEMP TABLE near (seq BIGINT, run VARCHAR, item VARCHAR, role VARCHAR)"
        )
        duck.execute("CREATE OR REPLACE TEMP TABLE near_item (item VARCHAR)")
        duck.execute("CREATE OR REPLACE TEMP TABLE near_run (run VARCHAR)")

    def touched_since(self, position: int, most: int, *, far: bool = True) -> list[str] | None:
        """Items whose results the entries from `position` on may have changed; None where these are more than `most`.

        `far`: with those whose kilograms run on through the runs touched, from the first feed on. Else a run is touched where the
        news tell of it, of what it was fed or gave, or of what that was part of: a run's figures follow from these alone.
        """
        self._duck.execute(NEWS, {"position": position})
        self._duck.execute(FETCHED.format(seqs="FROM news"))
        self._new("touched", NEWS_ITEMS)
        self._new("run_touched", NEWS_RUNS)
        self._new("of_runs", NEWS_BOUND)
        self._grow("of_runs", PARTS_OF, DEPTH)
        self._add("of_runs", NEWS_ITEMS)
        self._add("touched", self._siblings("touched"))
        self._grow("touched", PARTS_OF, DEPTH)
        self._runs_with("run_touched", "touched" if far else "of_runs", FED_OR_MADE)
        self._items_of("touched", "run_touched", FED_OR_MADE)
        # what these runs pass on belongs to whatever went into the runs before them
        self._new("run_before", "FROM run_touched")
        self._new("fed", ITEMS_OF_RUNS.format(of="run_before", roles="'input'"))
        for _ in range(RUNS if far else 0):
            found = self._runs_with("run_before", "fed", "'output'")
            if not found or self._size("touched") + self._size("fed") > most:
                break
            self._items_of("fed", "run_before", "'input'")
        if far:
            self._add("touched", "FROM fed")
        self._grow("touched", WHOLES_OF, DEPTH)
        self._add("touched", "FROM run_touched")
        return None if self._size("touched") > most else self._all("touched")

    def telling_of(self, items: Iterable[str], *, far: bool = True) -> Mapping[str, pa.Table]:
        """The rows of all columns that tell about these items, and of all master data.

        `far`: and about all that went into the runs after theirs, and came out; else of those runs' own events alone.
        """
        self._duck.register("wanted_items", pa.table({"item": pa.array(list(items), pa.string())}))
        self._new("context", "SELECT item FROM wanted_items")
        self._duck.unregister("wanted_items")
        beside = self._siblings("context")
        self._grow("context", PARTS_OF, DEPTH)
        self._fetch_runs("context")
        self._new("run_after", "SELECT run FROM near WHERE run IN (FROM context)")
        self._runs_with("run_after", "context", FED_OR_MADE)
        for _ in range(RUNS if far else 0):
            self._items_of("context", "run_after", FED_OR_MADE)
            if not self._runs_with("run_after", "context", "'input'"):
                break
        self._add("context", beside)
        self._grow("context", WHOLES_OF, DEPTH)
        self._fetch("context")
        self._fetch_runs("run_after")
        self._duck.execute(TELLING)
        self._duck.execute(ALIKE)
        return {name: self._rows(name) for name in TABLES}

    # -- entries at hand ---------------------------------------------------------------------------

    def _fetch(self, items: str) -> None:
        """Have all entries that name these items at hand."""
        # with what is known to have been in them or around them: it is asked for next, and one scan serves for all
        around = "SELECT item FROM near WHERE role IN ('parent', 'child')"
        self._fetched(
            "near_item", "item", items, "SELECT seq FROM event_item WHERE item IN (FROM lacking)", around
        )

    def _fetch_runs(self, runs: str) -> None:
        """Have all entries of these runs at hand."""
        self._fetched("near_run", "run", runs, "SELECT seq FROM event WHERE run IN (FROM lacking)")

    def _fetched(self, at_hand: str, column: str, wanted: str, seqs: str, around: str = "") -> None:
        self._new("lacking", f"SELECT * FROM {wanted} EXCEPT FROM {at_hand}")
        if self._size("lacking"):
            if around:
                self._add("lacking", f"{around} EXCEPT FROM {at_hand}")
            self._duck.execute(FETCHED.format(seqs=seqs))
            self._duck.execute(f"INSERT INTO {at_hand} ({column}) FROM lacking")

    # -- steps from thing to thing -------------------------------------------------------------------

    def _siblings(self, items: str) -> str:
        """What ever was in the same whole: what left it last is what a later part came in place of."""
        self._fetch(items)
        self._new("whole", WHOLES_OF.format(of=items))
        self._fetch("whole")
        self._new("sibling", PARTS_OF.format(of="whole"))
        return "FROM sibling"

    def _grow(self, name: str, step: str, depth: int) -> None:
        for _ in range(depth):
            self._fetch(name)
            if not self._add(name, step.format(of=name)):
                return

    def _runs_with(self, runs: str, items: str, roles: str) -> int:
        self._fetch(items)
        return self._add(runs, RUNS_WITH.format(of=items, roles=roles))

    def _items_of(self, items: str, runs: str, roles: str) -> int:
        self._fetch_runs(runs)
        return self._add(items, ITEMS_OF_RUNS.format(of=runs, roles=roles))

    def _rows(self, table: str) -> pa.Table:
        chosen = "" if table == "master" else " WHERE seq IN (FROM telling)"
        found: pa.Table = self._duck.sql(f'SELECT * FROM "{table}"{chosen}').to_arrow_table()
        return found

    def _new(self, name: str, query: str) -> None:
        self._duck.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT DISTINCT * FROM ({query})")

    def _add(self, name: str, query: str) -> int:
        """Put what `query` finds into the set; returns how many of it were new."""
        row = self._duck.execute(f"INSERT INTO {name} SELECT * FROM ({query}) EXCEPT FROM {name}").fetchone()
        assert row is not None, "an insert tells its count"
        return int(row[0])

    def _size(self, name: str) -> int:
        row = self._duck.execute(f"SELECT count(*) FROM {name}").fetchone()
        assert row is not None, "a count is one row"
        return int(row[0])

    def _all(self, name: str) -> list[str]:
        return [item for (item,) in self._duck.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall()]
