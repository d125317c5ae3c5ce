"""Figures of accounts, every one of which opens to the entries behind it.

    figure   account  party  period  area  measure  key  unit  value  uncertainty  least  row  verified  estimate
    entry    account  party  period  area  measure  key  seq

A figure is named by its first six columns; units of one figure share its entries (packs placed on the market as codes, kWh and kg).
Both tables are expressions over whole ledgers; `entries_of` picks the entries of one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import ibis
from ibis import _

NAME = ("account", "party", "period", "area", "measure", "key")
"""What names a figure: which account, whose, when (a year or a month), where (empty: everywhere), what, of what."""
FIGURE = (*NAME, "unit", "value", "uncertainty", "least", "row", "verified", "estimate")
ENTRY = (*NAME, "seq")


@dataclass(frozen=True, slots=True)
class Account:
    """Figures and the entries behind them."""

    figure: ibis.Table
    entry: ibis.Table

    def entries_of(self, **name: str) -> ibis.Table:
        """The sequence numbers behind the figures of that name (any of the columns of `NAME`)."""
        wanted = [self.entry[column] == value for column, value in name.items()]
        return self.entry.filter(wanted).select("seq").distinct().order_by("seq")


def together(accounts: Sequence[Account]) -> Account:
    """Several accounts as one."""
    return Account(
        reduce(lambda one, other: one.union(other), [each.figure for each in accounts]),
        reduce(lambda one, other: one.union(other), [each.entry for each in accounts]),
    )


def figures(table: ibis.Table, **told: ibis.Value | str) -> ibis.Table:
    """`table` in the columns of `FIGURE`; what it has not, and `told` does not say, is empty or null."""
    return table.select(**_columns(table, FIGURE, told))


def opened(table: ibis.Table, **told: ibis.Value | str) -> ibis.Table:
    """`table` with a column `entries`, in the columns of `ENTRY`: each entry of a figure once."""
    named = table.select("entries", **_columns(table, NAME, told))
    return named.unnest("entries").select(*NAME, seq=_.entries).filter(_.seq.notnull()).distinct()


DEFAULTS: Mapping[str, ibis.Value] = {
    "area": ibis.literal(""), "key": ibis.literal(""), "unit": ibis.literal(""), "value": ibis.null("float64"),
    "uncertainty": ibis.null("float64"), "least": ibis.null("float64"), "row": ibis.null("string"), "verified": ibis.literal(True),
    "estimate": ibis.literal(False),
}  # fmt: skip
"""Of columns that a table has not."""
NUMBERS = ("value", "uncertainty", "least")


def _columns(
    table: ibis.Table, names: Sequence[str], told: Mapping[str, ibis.Value | str]
) -> dict[str, ibis.Value]:
    found: dict[str, ibis.Value] = {}
    for name in names:
        if name in told:
            given = told[name]
            found[name] = ibis.literal(given) if isinstance(given, str) else given
        else:
            found[name] = table[name] if name in table.columns else DEFAULTS[name]
        if name in NUMBERS:
            found[name] = found[name].cast("float64")
        elif name in NAME:
            found[name] = found[name].fill_null("")
    return found


def by_unit(table: ibis.Table, units: Mapping[str, str]) -> ibis.Table:
    """One row a unit: `units` names the column that holds the value in each unit; nulls are left out."""
    each = [
        table.mutate(value=table[column].cast("float64"), unit=ibis.literal(unit)).drop(*units.values())
        for unit, column in units.items()
    ]
    return reduce(lambda one, other: one.union(other), each).filter(_.value.notnull())
