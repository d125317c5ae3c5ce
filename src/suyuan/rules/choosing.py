"""What rules share in choosing rows: the threshold in force, the first row of an item, the entries that prove something."""

from collections.abc import Sequence
from typing import Any

import ibis
from ibis import _

from suyuan.rules.facts import Facts

SECOND = 2**31
"""A moment as one number: seconds since 1970 times this, plus its entry; the least of an item is its first."""


def threshold(facts: Facts, table: ibis.Table, *, day: str = "", **names: str) -> ibis.Table:
    """`table` with thresholds of ours as columns, `threshold(facts, moves, day="day", far="travel-km", fast="travel-kmh")`.

    In force on its column `day`, or on the day judged on. `row` is the row of the last one: the one that decides.
    """
    for column, name in names.items():
        table = facts.in_force(table, "threshold", day=day, of=name, as_=column)
    return table


def settled(facts: Facts, table: ibis.Table, name: str, *, day: str = "day") -> ibis.Table:
    """The rows whose `day` lies at least so many days before the day judged on: what is missing then is missing."""
    known = facts.in_force(table, "threshold", of=name, day=day, as_="wait_days", row="").cross_join(
        facts.day()
    )
    waited = known.asked_day.delta(known[day], unit="day") >= known.wait_days
    return known.filter(waited).drop("wait_days", "asked_day")


def first_of(table: ibis.Table, *by: Any, order: Sequence[Any] = ("occurred_at", "seq")) -> ibis.Table:
    """The first row of each item (or of each of `by`), by when it happened, or in another order."""
    rows = ibis.window(group_by=by or ("item",), order_by=list(order))
    return table.mutate(_nth=ibis.row_number().over(rows)).filter(_._nth == 0).drop("_nth")


def entries(*seqs: ibis.Value) -> ibis.Value:
    """These entries, without those that are not on record and without doubles."""
    return ibis.array(list(seqs)).filter(lambda seq: seq.notnull()).unique()


def moment_key(moment: ibis.Table) -> ibis.Value:
    """When it happened and which entry says so, as one number (see `SECOND`)."""
    return moment.occurred_at.epoch_seconds().cast("int64") * SECOND + moment.seq


def key_seq(key: ibis.Value) -> ibis.Value:
    """The entry of a moment's number."""
    return key % SECOND


def key_day(key: ibis.Value) -> ibis.Value:
    """The day in Shanghai (no summer time since 1991) of a moment's number."""
    return ((key // SECOND + 8 * 3600).as_interval("s") + ibis.timestamp("1970-01-01 00:00:00")).date()
