"""Everything that follows from the ledger and can be made anew from it: columns, and views served by item.

    ledger ──extract──▶ columns.duckdb ──views──▶ serving.sqlite
                              └─ of the items touched, or of all

`catch_up` brings both to the ledger's head, `reading_columns` the columns alone. What new entries change is told by
`store.touched`; the same expressions answer for the few and for all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from suyuan.store import serving
from suyuan.store.index import Index
from suyuan.store.ledger_port import Ledger
from suyuan.store.serving import Row, Serving, Update, as_rows
from suyuan.store.touched import Neighbourhood
from suyuan.store.wording import columns_of, key_of, served_query, tuples

if TYPE_CHECKING:
    from suyuan.rights.sight import Sight
    from suyuan.store.columns import Columns
    from suyuan.views.run import Plan
    from suyuan.views.tables import AsOf

# Ibis and what is built on it are imported where they are needed: they take most of a second, and a point query on
# results that are up to date never needs them.

Advance = Callable[[int, int], None]

AT_ONCE = 20_000
"""Rows that are written down at a time."""
KEYS_AT_ONCE = 200_000
"""Items that the index is asked for at a time."""
TOUCHED_MAX = 50_000
"""Beyond so many touched items all results are made anew: cheaper than telling them apart."""


class Derived:
    """Columns and served views of one workspace."""

    def __init__(self, directory: Path, ledger: Ledger, index: Index) -> None:
        self._directory, self._ledger, self._index = directory, ledger, index
        self._serving = Serving(directory)

    @cached_property
    def columns(self) -> "Columns":
        """The columnar copy; opened when it is needed, as one process at a time may have it open."""
        from suyuan.store.columns import Columns

        return Columns(self._directory)

    @property
    def position(self) -> int:
        """How many entries the served results know."""
        return self._serving.position

    @staticmethod
    def forget(directory: Path) -> None:
        """Remove all files, whatever state they are in: they are made anew from the ledger."""
        from suyuan.store import columns

        serving.forget(directory)
        columns.forget(directory)
        (directory / PLAN).unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the files."""
        self._release_columns()
        self._serving.close()

    def _release_columns(self) -> None:
        if "columns" in self.__dict__:
            self.columns.close()
            del self.columns

    # -- bringing up -----------------------------------------------------------------------------

    def catch_up(self, advance: Advance = lambda done, total: None) -> None:
        """Bring columns and results to the ledger's head. Raises DatabaseBusy where another process does so."""
        from suyuan.store.columns import duck_told

        # results stand under the index's numbers: an entry that it does not know yet waits until it does
        self._index.refresh()
        size = min(self._ledger.size, self._index.position)
        if self.position == size:
            return
        try:
            with duck_told():
                self._bring_up(size, advance)
        finally:
            self._release_columns()  # others may be waiting for them; what is served needs them no more

    def _bring_up(self, size: int, advance: Advance) -> None:
        if max(self.columns.position, self.position) > self._ledger.size:
            self._start_again()
        if self.position >= size:
            return  # another process was at it while we waited for the columns
        self._fill_columns(size, lambda done, total: advance(done, 2 * total))  # the views are the other half
        duck = self.columns.duck
        touched = self._touched(duck)
        if touched is None:
            self._serve_all(duck, size, advance)
        else:
            self._serve(duck, touched, size)

    @contextmanager
    def reading_columns(
        self, advance: Advance = lambda done, total: None
    ) -> Iterator[tuple[duckdb.DuckDBPyConnection, int]]:
        """The columns alone, brought up to the ledger's head, and how many entries they hold; held for the block.

        Raises DatabaseBusy where another process has them open.
        """
        from suyuan.store.columns import duck_told

        self._index.refresh()
        size = min(self._ledger.size, self._index.position)
        try:
            with duck_told():
                if self.columns.position > self._ledger.size:
                    self._start_again()
                self._fill_columns(size, lambda done, total: advance(done, size))
            yield self.columns.duck, size
        finally:
            self._release_columns()

    def _start_again(self) -> None:
        """The ledger was put back from a backup: what its lost entries led to must not be told."""
        self.columns.clear()
        with self._serving.updating(0, anew=True):
            pass

    def _fill_columns(self, size: int, advance: Advance) -> None:
        from suyuan.store.filling import rows_between

        start = self.columns.position
        if start >= size:
            return
        for upto, rows in rows_between(self._directory, self._ledger, start, size):
            self.columns.add(rows, upto)
            advance(upto, size)

    def _touched(self, duck: duckdb.DuckDBPyConnection) -> list[str] | None:
        """The items whose results may have changed; None where all may have."""
        position = self.position
        if position == 0 or _count(duck, "SELECT count(*) FROM master WHERE seq >= $position", position):
            return None  # master data name parties and tie numbers to them, everywhere
        return Neighbourhood(duck).touched_since(position, TOUCHED_MAX)

    def _serve(self, duck: duckdb.DuckDBPyConnection, touched: Sequence[str], size: int) -> None:
        from suyuan.views import run

        arrow = Neighbourhood(duck).telling_of(touched)
        ids = self._index.item_ids(touched).tolist()
        wanted = pa.chunked_array([pa.array(touched, pa.string())])
        with self._serving.updating(size) as update, self._numbers(duck, wanted):
            for name, rows in run.in_memory(arrow, planned=self._plan()).items():
                update.forget(name, ids)
                duck.register("found", rows)
                self._add(update, duck, name, "found")
                duck.unregister("found")

    def _serve_all(self, duck: duckdb.DuckDBPyConnection, size: int, advance: Advance) -> None:
        from suyuan.store.columns import bulk

        planned = self._plan()
        ends = planned.ends
        steps = len(planned.stages) + len(planned.views)
        with self._serving.updating(size, anew=True) as update, bulk(duck):
            update.name(duck.execute(NAMES).fetchall())
            for done, (name, query) in enumerate(planned.stages, 1):
                duck.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')
                for unused in ends.get(name, ()):
                    duck.execute(f'DROP TABLE temp."{unused}"')
                advance(size + size * done // steps, 2 * size)
            keys = " UNION ".join(
                f'SELECT "{key_of(name)}" FROM "{kept}"' for name, kept in planned.views.items()
            )
            with self._numbers(duck, duck.sql(keys).to_arrow_table().column(0)):
                for done, (name, kept) in enumerate(planned.views.items(), len(planned.stages) + 1):
                    self._add(update, duck, name, kept)
                    advance(size + size * done // steps, 2 * size)
            for kept in planned.views.values():
                duck.execute(f'DROP TABLE temp."{kept}"')

    @contextmanager
    def _numbers(
        self, duck: duckdb.DuckDBPyConnection, items: "pa.ChunkedArray[pa.StringScalar]"
    ) -> Iterator[None]:
        """A table `numbers` (item, id) of these items, as far as the index knows them, for the length of a block."""
        ids = [
            self._index.item_ids([str(item) for item in items.slice(at, KEYS_AT_ONCE).to_pylist()])
            for at in range(0, len(items), KEYS_AT_ONCE)
        ]
        found = np.concatenate(ids or [np.zeros(0, np.int64)])
        duck.register("numbers", pa.table({"item": items, "id": found}).filter(found >= 0))
        try:
            yield
        finally:
            duck.unregister("numbers")

    @staticmethod
    def _add(update: Update, duck: duckdb.DuckDBPyConnection, view: str, table: str) -> None:
        """Put the rows of a view under their items' numbers, in the order of the tables' keys."""
        query = served_query(view, table, columns_of(duck, table), "numbers")
        with duck.sql(query).to_arrow_reader(AT_ONCE) as found:
            update.add(view, found.schema.names, tuples(found))

    def _plan(self) -> "Plan":
        """What the engine is asked; kept in a file, as putting it into words takes longer than answering it."""
        from suyuan.views import run

        kept = self._directory / PLAN
        mark = run.fingerprint()
        try:
            planned = msgspec.json.decode(kept.read_bytes(), type=run.Plan)
            if planned.mark == mark:
                return planned
        except (OSError, msgspec.MsgspecError):
            pass  # none yet, or one that an older suyuan wrote: made anew
        planned = run.plan()
        with suppress(OSError):  # a workspace that may only be read is asked all the same
            kept.write_bytes(msgspec.json.encode(planned))
        return planned

    # -- answers ---------------------------------------------------------------------------------

    def results(self, items: Sequence[int]) -> dict[str, list[Row]]:
        """The rows of every view for these items (dense numbers), as of now."""
        return defaultdict(list, {name: self._serving.rows(name, items) for name in self._serving.views()})

    def results_as_of(
        self, keys: Sequence[str], as_of: "AsOf", sight: "Sight | None" = None
    ) -> dict[str, list[Row]]:
        """The same for another moment, from the entries that tell about these items; of these those of `sight` alone.

        With a sight, `seq` counts what may be seen.
        """
        from suyuan.store.columns import duck_told
        from suyuan.views import run

        wanted = pa.array(list(keys), pa.string())
        with duck_told():
            self._fill_columns(self._ledger.size, lambda done, total: None)
            telling = Neighbourhood(self.columns.duck).telling_of(keys)
            if sight is not None:
                from suyuan.store.seen import seen_of

                telling = seen_of(self.columns.duck, telling, sight)
                if not telling["event"].num_rows:
                    return defaultdict(list)
            views = run.in_memory(telling, as_of, self._plan())
        return {
            name: as_rows(rows.filter(pc.is_in(rows.column(key_of(name)), value_set=wanted)))
            for name, rows in views.items()
        }

    def busiest(self, kind: str, state: str) -> str | None:
        """The item of that kind and state with the most moments on record."""
        return self._serving.busiest(kind, state)

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Names of parties, places and models, as master data give them."""
        return self._serving.names(ids)

    def dump(self) -> Iterable[tuple[str, tuple[object, ...]]]:
        """Every served row: for comparing two workspaces."""
        return self._serving.dump()


PLAN = "plan.json"

NAMES = """
SELECT id, arg_max(value, (coalesce(valid_from, DATE '0001-01-01'), seq)) FROM master
WHERE attribute = 'name' AND id IS NOT NULL GROUP BY id ORDER BY id
"""


def _count(duck: duckdb.DuckDBPyConnection, query: str, position: int | None = None) -> int:
    row = duck.execute(query, None if position is None else {"position": position}).fetchone()
    assert row is not None
    return int(row[0])
