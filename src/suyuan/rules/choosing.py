"""What rules share in choosing rows: the threshold in force, the first row of an item, the entries that prove something."""

import ibis
from ibis import _

from suyuan.rules.facts import Facts

SECOND = 2**31
"""A moment as one number: seconds since 1970 times this, plus its entry; the least of an item is its first."""


def threshold(facts: Facts, table: ibis.Table, name: str, day: str = "day") -> ibis.Table:
    """`table` with `limit` and `row` of a threshold of ours in force on its column `day`."""
    named = table.mutate(_named=ibis.literal(name))
    return facts.in_force(named, "threshold", day=day, key="_named").drop("_named")


def first_of(table: ibis.Table, *by: str) -> ibis.Table:
    """The first row, by when it happened, of each item (or of each of `by`)."""
    order = ibis.window(group_by=by or ("item",), order_by=["occurred_at", "seq"])
    return table.mutate(_nth=ibis.row_number().over(order)).filter(_._nth == 0).drop("_nth")


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
