"""One page of a query's answer: from rows in their order to events and the token of the next page.

few entries ──text──▶ sorted here ──┐
columns ──in order──▶ sure ─────────┴▶ page
               └─▶ doubtful ──text──┘
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from msgspec.json import decode

from suyuan.events.query import Query, QueryTooComplexException, QueryTooLargeException
from suyuan.events.query_criteria import Criterion
from suyuan.events.query_matching import Facts, Known, matches
from suyuan.events.query_order import Place, behind, place_of
from suyuan.ledger.entry import Entry
from suyuan.store.ledger_port import Ledger
from suyuan.terms.instants import show_instant
from suyuan.usecases import event_query_token as tokens
from suyuan.usecases.event_query_columns import Asking
from suyuan.usecases.event_query_entries import entries_of
from suyuan.views.event_query import Narrowed

Event = dict[str, Any]

EXAMINED_MAX = 200_000
"""Events of which one page may look at the text."""
ROWS_MAX = 2 * EXAMINED_MAX
"""Rows that one page may go through."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some events in the order asked for, their sequence numbers, and how to ask for the next ones (None: no more).

    `reached`: entries before this number were looked at; a subscription goes on from there (`since`).
    """

    seqs: tuple[int, ...]
    events: tuple[Event, ...]
    next_token: str | None
    reached: int


@dataclass(frozen=True, slots=True)
class _Row:
    """An event that is asked for, and its place in the order; `facts` where its text was looked at."""

    seq: int
    place: Place
    facts: Facts | None


class Paging:
    """One page: from rows in their order to events and a token."""

    def __init__(
        self, ledger: Ledger, query: Query, cursor: tokens.Cursor | None, since: int, size: int, upto: int
    ) -> None:
        """`since` … `size`: the entries looked at; `upto`: how many of them that the caller sees count."""
        self._ledger, self._query, self._cursor = ledger, query, cursor
        self._since, self._size, self._upto = since, size, upto
        self._given = 0 if cursor is None else cursor.given
        self._by_text = query.order is not None and query.order.by not in ("eventTime", "recordTime")
        self._stopped: Place | None = None
        """Behind which row the work became too much."""

    # -- ways to the rows -------------------------------------------------------------------------

    def of_few(self, seqs: list[int]) -> Page:
        """The page from entries that are all looked at."""
        wanted = [seq for seq in seqs if self._since <= seq < min(self._upto, self._size)]
        found = self._examine(((seq, seq) for seq in wanted), self._query.criteria, {})
        return self._page(self._in_order(found))

    def of_columns(self, columns: Asking) -> Page:
        """The page from the columns; where these are not sure, from the text."""
        query, cursor = self._query, self._cursor
        told = columns.told(query.criteria)
        after = None if cursor is None or self._by_text else tokens.numbers(cursor)
        narrowed = columns.narrowed(query, told)
        if query.max_event_count is not None and cursor is None and not narrowed.rest:
            self._not_more_than(columns.count(narrowed, self._since, self._upto))
        rows = columns.rows(narrowed, query, after, (self._since, self._upto), self._limit(narrowed))
        found = self._decided(rows, narrowed.rest, told)
        return self._page(self._in_order(self._whole(found)) if self._by_text else found)

    def _limit(self, narrowed: Narrowed) -> int:
        """How many rows a page can need."""
        return ROWS_MAX if narrowed.rest or self._by_text else self._query.per_page + 1

    def _in_order(self, found: Iterable[_Row]) -> Iterator[_Row]:
        """The rows sorted here, and only those behind the last page."""
        order, cursor = self._query.order, self._cursor
        rows = sorted(found, key=lambda row: row.place.key(order))
        last = None if cursor is None else Place(tokens.at_of(cursor), cursor.n)
        return (row for row in rows if last is None or behind(row.place, last, order))

    def _examine(
        self, rows: Iterable[tuple[int, int]], criteria: Iterable[Criterion], known: Known
    ) -> Iterator[_Row]:
        """Of rows (seq, n) those whose event meets the criteria."""
        pairs = list(rows)
        numbers = dict(pairs)
        for seq, entry in entries_of(self._ledger, [seq for seq, _ in pairs]):
            facts = Facts(decode(entry.body), entry.recorded_at)
            if matches(criteria, facts, known):
                yield _Row(seq, place_of(facts, numbers[seq], self._query.order), facts)

    def _decided(
        self, rows: Iterator[tuple[int, int, int, bool]], rest: Iterable[Criterion], known: Known
    ) -> Iterator[_Row]:
        """Rows in their order: the sure ones as they are, of the others those that the text confirms."""
        size, seen, examined = 64, 0, 0
        while batch := list(islice(rows, size)):
            size = min(size * 2, 4_096)
            asked = [(seq, n) for seq, n, _, sure in batch if self._by_text or not sure]
            examined, seen = examined + len(asked), seen + len(batch)
            found = {row.seq: row for row in self._examine(asked, rest, known)}
            for seq, n, at, sure in batch:
                if seq in found:
                    yield found[seq] if self._by_text else replace(found[seq], place=Place(at, n))
                elif sure and not self._by_text:
                    yield _Row(seq, Place(at, n), None)
            if examined > EXAMINED_MAX or seen >= ROWS_MAX:
                _, n, at, _ = batch[-1]
                self._stopped = Place(at, n)
                return

    def _whole(self, found: Iterator[_Row]) -> list[_Row]:
        """All rows, where that is not too much work."""
        rows = list(found)
        if self._stopped is not None:
            raise too_complex()
        return rows

    def _not_more_than(self, count: int) -> None:
        most = self._query.max_event_count
        if most is not None and count > most:
            raise QueryTooLargeException(
                f"more than {most} events match, which is what maxEventCount allows; narrow the query down, or raise it",
                f"符合条件的事件超过 maxEventCount 所限的 {most} 条；请缩小查询范围或提高上限",
            )

    # -- the page ---------------------------------------------------------------------------------

    def _page(self, found: Iterator[_Row]) -> Page:
        query = self._query
        left = query.per_page
        if query.event_count_limit is not None:
            left = min(left, max(query.event_count_limit - self._given, 0))
        rows = list(islice(found, left + 1))
        if query.max_event_count is not None and self._cursor is None:
            self._not_more_than(len(rows) + sum(1 for _ in islice(found, query.max_event_count + 1)))
            if self._stopped is not None:
                raise too_complex()
        last = rows[left - 1].place if len(rows) > left else self._stopped
        rows = rows[:left]
        if not rows and self._stopped is not None:
            raise too_complex()
        return Page(
            tuple(row.seq for row in rows), self._bodies(rows), self._token(last, len(rows)), self._size
        )

    def _token(self, place: Place | None, count: int) -> str | None:
        if place is None or self._given + count == self._query.event_count_limit:
            return None
        return tokens.Cursor(
            self._query.digest, self._upto, self._given + count, tokens.written(place.at), place.n
        ).text()

    def _bodies(self, rows: list[_Row]) -> tuple[Event, ...]:
        unread = [row.seq for row in rows if row.facts is None]
        read = dict(entries_of(self._ledger, unread))
        return tuple(
            as_recorded(read[row.seq]) if row.facts is None else _recorded(row.facts) for row in rows
        )


def as_recorded(entry: Entry) -> Event:
    """The event of an entry, with the moment at which it was recorded here."""
    return _recorded(Facts(decode(entry.body), entry.recorded_at))


def _recorded(facts: Facts) -> Event:
    return {**facts.body, "recordTime": show_instant(facts.recorded_at)}


def too_complex() -> QueryTooComplexException:
    """What is told of a query that would read too much."""
    return QueryTooComplexException(
        f"the text of more than {EXAMINED_MAX} events would have to be read; add GE_eventTime, LT_eventTime, eventType, EQ_bizStep "
        "or MATCH_anyEPC",
        f"需读取超过 {EXAMINED_MAX} 条事件的正文；请加上 GE_eventTime、LT_eventTime、eventType、EQ_bizStep 或 MATCH_anyEPC 等条件",
    )
