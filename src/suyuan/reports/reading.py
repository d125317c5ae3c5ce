"""What reports read: tables that judging keeps, asked set-wise; only the rows that are shown become Python.

    reading["moment"]            an expression over a kept table
    reading.rows(expression)     its rows
    reading.firm(uscc)           name and credit code of a party, as a value of a cell

Figures carry the sequence numbers behind them: `seqs` collects them in the engine, `figure` makes the cell.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import pyarrow as pa

from suyuan.identifiers.area import is_valid
from suyuan.identifiers.area import name as area_name
from suyuan.reports.report import Cell, Column, Kind, MadeFrom, Value
from suyuan.rules.judging import sql
from suyuan.standards.shapes import Word
from suyuan.standards.tables import table
from suyuan.terms.errors import SuyuanError
from suyuan.terms.sentence import Sentence

Row = Mapping[str, Any]
KEPT = "judged"
"""The schema in which judging keeps its tables."""


class UnknownParty(SuyuanError):
    """A party of which nothing is on record."""


@dataclass(frozen=True)
class Reading:
    """The tables that judging keeps, on an open connection; judged on `day`."""

    schemas: Mapping[str, pa.Schema]
    answer: Callable[[str], pa.Table]
    names: Mapping[str, str]
    day: date
    made_from: MadeFrom

    def __getitem__(self, name: str) -> ibis.Table:
        return ibis.table(ibis.Schema.from_pyarrow(self.schemas[name]), name=name, database=KEPT)

    def rows(self, expression: ibis.Table) -> list[dict[str, Any]]:
        """The rows of an answer."""
        found: list[dict[str, Any]] = self.answer(sql(expression)).to_pylist()
        return found

    def name(self, party: str | None) -> str:
        """The name of a party; empty where none is on record."""
        return self.names.get(party or "", "")

    def known(self, party: str) -> None:
        """Raises UnknownParty where nothing on record names the party."""
        if party in self.names:
            return
        moment, told = self["moment"], self["party_role"]
        named = moment.filter(
            (moment.actor == party) | (moment.giver == party) | (moment.taker == party) | (moment.submitter == party)
        )  # fmt: skip
        both = named.select(party=ibis.literal(party)).limit(1).union(told.filter(told.party == party).select("party").limit(1))  # fmt: skip
        if not self.rows(both):
            raise UnknownParty(
                f"nothing on this ledger names the party {party}",
                f"账本中没有主体 {party} 的任何记录",
            )


def seqs(entry: ibis.Value | ibis.Deferred, where: ibis.Value | ibis.Deferred | None = None) -> Any:
    """The sequence numbers of a group, each once, in order; an empty list where there is none."""
    return entry.collect(distinct=True, where=where).sort()


def lists(entries: ibis.Value | ibis.Deferred) -> Any:
    """Lists of sequence numbers of a group as one, each number once, in order."""
    return entries.collect().flatten().unique().sort()


def figure(value: Value, entries: Iterable[int] | None, *, row: str | None = None, verified: bool = True) -> Cell:  # fmt: skip
    """A cell with what is behind it."""
    behind = tuple(sorted({seq for seq in entries or () if seq is not None}))
    return Cell(value, behind, row or "", verified)


def text(key: str, zh: str, en: str) -> Column:
    """A column of words."""
    return Column(key, Sentence(zh=zh, en=en))


def code(key: str, zh: str, en: str) -> Column:
    """A column of codes."""
    return Column(key, Sentence(zh=zh, en=en), Kind.CODE)


def day(key: str, zh: str, en: str) -> Column:
    """A column of days."""
    return Column(key, Sentence(zh=zh, en=en), Kind.DAY)


def number(key: str, zh: str, en: str, unit: str = "", places: int | None = None) -> Column:
    """A column of figures."""
    return Column(key, Sentence(zh=zh, en=en), Kind.NUMBER, unit, places)


def count(key: str, zh: str, en: str) -> Column:
    """A column of whole numbers."""
    return number(key, zh, en, places=0)


def place(area: str | None) -> Sentence | str:
    """The name of an area; the code where it has none, empty where none is known."""
    if not area:
        return ""
    return area_name(area) if is_valid(area) else area


def role_name(role: str | None) -> Sentence | str:
    """The name of a role, as the table `party-role` has it."""
    row = table("party-role", Word).newest.get(role or "")
    return row.name if row else role or ""


def joined(parts: Iterable[Sentence], empty: Sentence | None = None) -> Sentence:
    """Several whole statements in one cell."""
    told = list(parts) or ([empty] if empty else [])
    return Sentence(zh="；".join(each.zh for each in told), en="; ".join(each.en for each in told))
