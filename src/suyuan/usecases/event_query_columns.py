"""What the columns of a workspace are asked for a query, and what a caller sees of them."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Literal

import duckdb
import ibis
from ibis import _

from suyuan.events.query import Query
from suyuan.events.query_criteria import Criterion
from suyuan.events.uris import NAMESPACE, item_uri, place_uri
from suyuan.rights.sight import Sight
from suyuan.store.derived import Derived
from suyuan.usecases.workspace import Workspace
from suyuan.views import event_query
from suyuan.views.event_query import Narrowed
from suyuan.views.event_query_master import Told
from suyuan.views.event_query_master import told as told_by_master
from suyuan.views.reading_words import OWN

Kind = Literal["eventTypes", "epcs", "bizSteps", "bizLocations", "readPoints", "dispositions"]
_COLUMNS = {
    "eventTypes": "type",
    "bizSteps": "biz_step",
    "bizLocations": "biz_location",
    "readPoints": "read_point",
    "dispositions": "disposition",
}
_AT_ONCE = 4_096


class Asking:
    """The columns at one moment, as far as a caller sees them."""

    def __init__(self, duck: duckdb.DuckDBPyConnection, size: int, sight: Sight | None) -> None:
        self._duck, self.size = duck, size
        tables = event_query.named()
        numbers = None if sight is None else sight.numbered(tables)
        self._numbers = numbers
        if sight is not None:
            tables = replace(tables, master=tables.master.filter(sight.master(tables.master)))
        self._tables = event_query.with_numbers(tables, numbers)

    def rows_seen(self) -> int:
        """How many entries the caller sees; of who sees everything, how many there are."""
        if self._numbers is None:
            return self.size
        ((count,),) = self._asked(self._numbers.aggregate(count=_.count()))
        return int(count)

    def told(self, criteria: Iterable[Criterion]) -> Told:
        """What master data say for the criteria."""
        return told_by_master(criteria, self._tables.master, self._asked)

    def narrowed(self, query: Query, told: Told) -> Narrowed:
        """The candidates of a query."""
        return event_query.narrowed(query.criteria, query.order, self._tables, told)

    def count(self, narrowed: Narrowed, since: int, upto: int) -> int:
        """How many rows there are."""
        rows = event_query.cut(narrowed.rows, None, None, (since, self.size), upto)
        ((count,),) = self._asked(rows.aggregate(count=_.count()))
        return int(count)

    def rows(
        self,
        narrowed: Narrowed,
        query: Query,
        after: tuple[int, int] | None,
        between: tuple[int, int],
        limit: int,
    ) -> Iterator[tuple[int, int, int, bool]]:
        """(seq, n, at, sure) in their order: from a sequence number on, of the first so many that the caller sees."""
        since, upto = between
        rows = event_query.cut(narrowed.rows, query.order, after, (since, self.size), upto)
        return self._read(rows.limit(limit))

    def seen(self, seqs: Sequence[int]) -> list[int]:
        """Of these entries those that the caller sees."""
        rows = self._tables.event.filter(_.seq.isin(list(seqs))).select("seq")
        return [int(seq) for (seq,) in self._asked(rows)]

    def values(self, kind: Kind, after: str | None, limit: int) -> list[tuple[str, str]]:
        """(as kept, as shown) of distinct values behind `after`."""
        if kind == "epcs":
            rows = self._tables.event_item.filter(~_.listed)
            rows = rows.semi_join(self._tables.event, "seq").select(value="item")
        else:
            rows = self._tables.event.select(value=_COLUMNS[kind])
        rows = rows.filter(_.value.notnull()).distinct()
        if after is not None:
            rows = rows.filter(_.value > after)
        found = self._asked(rows.order_by("value").limit(limit))
        return [(value, _shown(kind, value)) for (value,) in found]

    def _asked(self, question: ibis.Table) -> list[tuple[Any, ...]]:
        return self._duck.execute(_worded(question)).fetchall()

    def _read(self, question: ibis.Table) -> Iterator[tuple[Any, ...]]:
        found = self._duck.execute(_worded(question))
        while rows := found.fetchmany(_AT_ONCE):
            yield from rows


def _worded(question: ibis.Table) -> str:
    return str(ibis.to_sql(question, dialect="duckdb", pretty=False))


def _shown(kind: Kind, value: str) -> str:
    """A value as a client names it again: words bare, everything else as URI."""
    if value.startswith(OWN):
        return NAMESPACE + value[len(OWN) :]
    if ":" in value:
        return value
    if kind == "epcs":
        return item_uri(value)
    return place_uri(*value.split("/", 1)) if kind in ("bizLocations", "readPoints") else value


@contextmanager
def asking(workspace: Workspace, sight: Sight | None) -> Iterator[Asking]:
    """The columns, brought up, for the length of a block. Raises DatabaseBusy."""
    derived = Derived(workspace.directory, workspace.ledger, workspace.index)
    try:
        with derived.reading_columns() as (duck, size):
            yield Asking(duck, size, sight)
    finally:
        derived.close()
