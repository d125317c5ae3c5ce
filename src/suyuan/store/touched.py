"""Which results new entries may change, and which entries tell all that is needed to judge an item.

    news ──▶ touched   what they name, what is in that, whose kilograms a run of theirs passes on, what that was part of
             context   touched, its parts, the runs after it with all that went in and came out, and what these are in
             telling   the entries that speak of the context

Both are looked up in the columns, a level at a time: no more than the neighbourhood of what is asked is ever joined.
"""

from collections.abc import Iterable, Mapping

import duckdb
import pyarrow as pa

from suyuan.views.columns import TABLES

DEPTH = 4
"""As deep as things stand in one another: cell, module, pack, system, vehicle (`views.custody.DEPTH`)."""
RUNS = 5
"""As many runs one after the other as kilograms are followed through (`views.attribution.RUNS`)."""

# Entries from `position` on, and those that they declare wrong.
NEWS = """
CREATE OR REPLACE TEMP TABLE news AS
    SELECT seq, run FROM event WHERE seq >= $position
    UNION SELECT e.seq, e.run FROM event e JOIN event d USING (event_id) WHERE d.declares_error AND d.seq >= $position
"""
NEWS_ITEMS = "SELECT item FROM event_item WHERE seq IN (SELECT seq FROM news)"
NEWS_RUNS = "SELECT run FROM news WHERE run IS NOT NULL"

PARTS_OF = """
SELECT c.item FROM event_item c JOIN (
    SELECT seq FROM event_item WHERE role = 'parent' AND item IN (FROM {of})) p USING (seq) WHERE c.role = 'child'
"""
WHOLES_OF = """
SELECT p.item FROM event_item p JOIN (
    SELECT seq FROM event_item WHERE role = 'child' AND item IN (FROM {of})) c USING (seq) WHERE p.role = 'parent'
"""
RUNS_WITH = """
SELECT e.run FROM event e JOIN event_item i USING (seq)
WHERE e.run IS NOT NULL AND i.role IN ({roles}) AND i.item IN (FROM {of})
"""
ITEMS_OF_RUNS = """
SELECT i.item FROM event_item i JOIN event e USING (seq) WHERE i.role IN ({roles}) AND e.run IN (FROM {of})
"""
TELLING = """
CREATE OR REPLACE TEMP TABLE telling AS
    SELECT seq FROM event_item WHERE item IN (FROM context) UNION SELECT seq FROM event WHERE run IN (FROM run_after)
"""
# A declaration voids by the id alone, whatever it names.
DECLARING = """
INSERT INTO telling SELECT d.seq FROM event d
WHERE d.declares_error AND d.event_id IN (SELECT event_id FROM event WHERE seq IN (FROM telling)) AND d.seq NOT IN (FROM telling)
"""


class Neighbourhood:
    """Sets of items and runs in temporary tables of one engine."""

    def __init__(self, duck: duckdb.DuckDBPyConnection) -> None:
        self._duck = duck

    def touched_since(self, position: int, most: int, *, far: bool = True) -> list[str] | None:
        """Items whose results the entries from `position` on may have changed; None where these are more than `most`.

        `far`: with those whose kilograms run on through the runs touched, from the first feed on.
        """
        self._duck.execute(NEWS, {"position": position})
        self._new("touched", NEWS_ITEMS)
        self._new("run_touched", NEWS_RUNS)
        self._add("touched", self._siblings("touched"))
        self._grow("touched", PARTS_OF, DEPTH)
        self._add("run_touched", RUNS_WITH.format(of="touched", roles="'input', 'output'"))
        self._add("touched", ITEMS_OF_RUNS.format(of="run_touched", roles="'input', 'output'"))
        # what these runs pass on belongs to whatever went into the runs before them
        self._new("run_before", "FROM run_touched")
        self._new("fed", ITEMS_OF_RUNS.format(of="run_before", roles="'input'"))
        for _ in range(RUNS if far else 0):
            found = self._add("run_before", RUNS_WITH.format(of="fed", roles="'output'"))
            if not found or self._size("touched") + self._size("fed") > most:
                break
            self._add("fed", ITEMS_OF_RUNS.format(of="run_before", roles="'input'"))
        if far:
            self._add("touched", "FROM fed")
        self._grow("touched", WHOLES_OF, DEPTH)
        self._add("touched", "FROM run_touched")
        return None if self._size("touched") > most else self._all("touched")

    def telling_of(self, items: Iterable[str], *, far: bool = True) -> Mapping[str, pa.Table]:
        """The rows of all columns that tell about these items, and of all master data; `far`: and of the runs after theirs."""
        self._duck.register("wanted_items", pa.table({"item": pa.array(list(items), pa.string())}))
        self._new("context", "SELECT item FROM wanted_items")
        self._duck.unregister("wanted_items")
        beside = self._siblings("context")
        self._grow("context", PARTS_OF, DEPTH)
        self._new("run_after", "SELECT run FROM event WHERE run IN (FROM context)")
        self._add("run_after", RUNS_WITH.format(of="context", roles="'input', 'output'"))
        for _ in range(RUNS if far else 1):
            self._add("context", ITEMS_OF_RUNS.format(of="run_after", roles="'input', 'output'"))
            if not self._add("run_after", RUNS_WITH.format(of="context", roles="'input'")):
                break
        self._add("context", beside)
        self._grow("context", WHOLES_OF, DEPTH)
        self._duck.execute(TELLING)
        self._duck.execute(DECLARING)
        return {name: self._rows(name) for name in TABLES}

    def _siblings(self, items: str) -> str:
        """What ever was in the same whole: what left it last is what a later part came in place of."""
        self._new("whole", WHOLES_OF.format(of=items))
        self._new("sibling", PARTS_OF.format(of="whole"))
        return "FROM sibling"

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

    def _grow(self, name: str, step: str, depth: int) -> None:
        for _ in range(depth):
            if not self._add(name, step.format(of=name)):
                return

    def _size(self, name: str) -> int:
        row = self._duck.execute(f"SELECT count(*) FROM {name}").fetchone()
        assert row is not None, "a count is one row"
        return int(row[0])

    def _all(self, name: str) -> list[str]:
        return [item for (item,) in self._duck.execute(f"SELECT * FROM {name} ORDER BY ALL").fetchall()]
