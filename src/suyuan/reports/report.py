"""A report as a value: what it is called, sections with tables and drawings, and what it was made from.

    Report ─┬─ title, about, made_from, remarks
            └─ Section ─┬─ title, paragraphs
                        ├─ Table: Column…, rows of Cell
                        └─ chart: values to be drawn (`reports.charts`), or a finished SVG

`render` writes the same value as a page, a workbook, a PDF, JSON, CSV and Parquet. A figure carries the sequence numbers of the
entries behind it, the row of law that decided it, and whether somebody has looked that row up.

>>> codes = Column("code", Sentence("编码", "code"), Kind.CODE)
>>> masses = Column("mass", Sentence("质量", "mass"), Kind.NUMBER, unit="kg", places=1)
>>> made = table([codes, masses], [("9B1PE050000001G510000001", Cell(412.4, entries=(7, 9), verified=False))])
>>> [shown(cell, column, "en") for cell, column in zip(made.rows[0], made.columns)]
['9B1PE050000001G510000001', '412.4 (not verified)']
>>> made.entries
(7, 9)
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from suyuan.reports.charts import Chart, entries_of
from suyuan.terms.citation import NOT_VERIFIED
from suyuan.terms.instants import show_instant
from suyuan.terms.sentence import Lang, Sentence

Value = Sentence | str | bool | int | float | Decimal | date | datetime | None


class Kind(StrEnum):
    """What the values of a column are; says how they are aligned, written and typed."""

    TEXT = "text"
    CODE = "code"
    """A code of digits and letters: never a number, never broken by a thousands sign."""
    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key for programs, its heading, what it holds; `places` after the point (None: as it is)."""

    key: str
    title: Sentence
    kind: Kind = Kind.TEXT
    unit: str = ""
    places: int | None = None

    def heading(self, lang: Lang) -> str:
        """The heading with its unit, `质量（kg）`, `mass (kg)`."""
        if not self.unit:
            return self.title.show(lang)
        return f"{self.title.zh}（{self.unit}）" if lang == "zh" else f"{self.title.en} ({self.unit})"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value, the entries it was made of, and the row of law that decided it (`table/key/since`); None is not known."""

    value: Value
    entries: tuple[int, ...] = ()
    row: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under columns; every row has a cell for every column."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.columns) for row in self.rows), "a row has a cell for every column"

    @property
    def entries(self) -> tuple[int, ...]:
        """Every entry behind a cell, in the order of the ledger, once."""
        return tuple(sorted({seq for row in self.rows for cell in row for seq in cell.entries}))

    @property
    def law(self) -> tuple[str, ...]:
        """Every row of law that decided a cell, once, in order of their names."""
        return tuple(sorted({cell.row for row in self.rows for cell in row if cell.row}))


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell | Value]]) -> Table:
    """A table of cells and bare values."""
    cells = (tuple(each if isinstance(each, Cell) else Cell(each) for each in row) for row in rows)
    return Table(tuple(columns), tuple(cells))


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, what is said below it, a table, a drawing; `chart` may be a finished SVG in both languages."""

    title: Sentence
    paragraphs: tuple[Sentence, ...] = ()
    table: Table | None = None
    chart: Chart | Sentence | None = None


@dataclass(frozen=True, slots=True)
class MadeFrom:
    """What a report was made from: the ledger at one checkpoint, judged on one day.

    `recorded_at`: when the last of those entries was recorded. It dates the report: the same answer is the same document.
    """

    origin: str
    entries: int
    root: str
    recorded_at: datetime
    day: date

    def sentence(self) -> Sentence:
        """`made from 12 entries of …`."""
        at = show_instant(self.recorded_at)
        return Sentence(
            zh=f"依据账本 {self.origin} 的前 {self.entries:,} 条（{at}，根 {self.root}），按 {self.day} 有效的规则",
            en=f"made from the first {self.entries:,} entries of ledger {self.origin} ({at}, root {self.root}), by the rules in force on {self.day}",
        )


@dataclass(frozen=True, slots=True)
class Report:
    """A document: title, what it is about, sections, remarks (what a reader must know before trusting it), what it was made from."""

    title: Sentence
    about: Sentence
    sections: tuple[Section, ...]
    made_from: MadeFrom
    remarks: tuple[Sentence, ...] = ()

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables of all sections."""
        return tuple(section.table for section in self.sections if section.table is not None)

    @property
    def entries(self) -> tuple[int, ...]:
        """Every entry that a figure or a drawing opens to, in the order of the ledger, once."""
        found = {seq for each in self.tables for seq in each.entries}
        for section in self.sections:
            if section.chart is not None and not isinstance(section.chart, Sentence):
                found |= entries_of(section.chart)
        return tuple(sorted(found))

    @property
    def law(self) -> tuple[str, ...]:
        """Every row of law that decided a figure."""
        return tuple(sorted({row for each in self.tables for row in each.law}))


def bare(value: Value, lang: Lang) -> str | bool | int | float | Decimal | None:
    """A value for programs: days and instants as ISO text, sentences in `lang`."""
    if isinstance(value, Sentence):
        return value.show(lang)
    if isinstance(value, datetime):
        return show_instant(value)
    return value.isoformat() if isinstance(value, date) else value


def shown(cell: Cell, column: Column, lang: Lang) -> str:
    """A cell as people read it; what nobody has looked up is marked."""
    text = _text(cell.value, column, lang)
    if cell.verified:
        return text
    return f"{text}（{NOT_VERIFIED.zh}）" if lang == "zh" else f"{text} ({NOT_VERIFIED.en})".lstrip()


def _text(value: Value, column: Column, lang: Lang) -> str:
    if isinstance(value, bool):
        return {"zh": "是" if value else "否", "en": "yes" if value else "no"}[lang]
    if isinstance(value, int | float | Decimal) and column.kind is Kind.NUMBER:
        places = column.places
        return f"{value:,}" if places is None else f"{value:,.{places}f}"
    if isinstance(value, datetime):
        return show_instant(value).replace("T", " ")
    told = bare(value, lang)
    return "" if told is None else str(told)
