"""A report as a workbook: a cover, then a sheet a table; codes are texts, figures are numbers, entries stand beside them.

The same report is the same workbook: its date is that of the last entry, not that of the clock.
"""

import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from suyuan.render.report_data import tables
from suyuan.reports.report import Cell, Column, Kind, Report, Table, bare
from suyuan.terms.citation import NOT_VERIFIED
from suyuan.terms.sentence import Lang, Sentence

CELL_MOST, NAME_MOST, WIDTH_MOST, MEASURED = 32_000, 31, 48, 500
COVER = Sentence(zh="说明", en="about")
ENTRIES, LAW, MARK = (
    Sentence(zh="账本条目", en="entries"),
    Sentence(zh="依据", en="row of law"),
    Sentence(zh="核实", en="verified"),
)


def workbook(report: Report, lang: Lang) -> bytes:
    """The workbook's bytes."""
    import xlsxwriter  # every command comes by here, and hardly one writes a workbook

    sink = io.BytesIO()
    book = xlsxwriter.Workbook(
        sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    made = report.made_from.recorded_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.set_properties(
        {
            "title": report.title.show(lang),
            "created": made,
            "comments": report.made_from.sentence().show(lang),
        }
    )
    formats = _Formats(book)
    names: set[str] = set()
    _cover(book.add_worksheet(_name(COVER.show(lang), names)), report, formats, lang)
    for section in report.sections:
        for title, table in tables(section, lang):
            _sheet(book.add_worksheet(_name(title, names)), table, formats, lang)
    book.close()
    return sink.getvalue()


class _Formats:
    def __init__(self, book: Any) -> None:
        self._book = book
        self.head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "text_wrap": True})
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.text = book.add_format({"num_format": "@"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._numbers: dict[int | None, Any] = {}

    def number(self, places: int | None) -> Any:
        """Thousands apart; as many places as the column has."""
        if places not in self._numbers:
            shape = "General" if places is None else "#,##0" + ("." + "0" * places if places else "")
            self._numbers[places] = self._book.add_format({"num_format": shape})
        return self._numbers[places]


def _name(title: str, names: set[str]) -> str:
    """A sheet's name: no sign that a spreadsheet forbids, not longer than it takes, not used before."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip().strip("'") or "-"
    name, at = plain[:NAME_MOST].strip().strip("'"), 1
    while name.lower() in names or name.lower() == "history":
        at += 1
        name = f"{plain[: NAME_MOST - len(str(at)) - 1]}-{at}"
    names.add(name.lower())
    return name


def _cover(page: Any, report: Report, formats: _Formats, lang: Lang) -> None:
    page.set_column(0, 0, 100)
    page.write_string(0, 0, report.title.show(lang), formats.title)
    lines = [report.about, *report.remarks, report.made_from.sentence()]
    lines += [each for section in report.sections for each in (section.title, *section.paragraphs)]
    for at, line in enumerate(lines, 2):
        page.write_string(at, 0, line.show(lang)[:CELL_MOST], formats.wrapped)


def _sheet(page: Any, table: Table, formats: _Formats, lang: Lang) -> None:
    """Columns of the table, then (where any cell has them) entries, rows of law and whether they were looked up."""
    more = [ENTRIES] if table.entries else []
    unread = any(not cell.verified for row in table.rows for cell in row)
    more += [LAW] if table.law else []
    more += [MARK] if unread else []
    for place, heading in enumerate(
        [column.heading(lang) for column in table.columns] + [each.show(lang) for each in more]
    ):
        page.write_string(0, place, heading, formats.head)
    for place, column in enumerate(table.columns):
        page.set_column(place, place, _width(table, place, column, lang))
    for number, row in enumerate(table.rows, 1):
        for place, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _write(page, number, place, cell, column, formats, lang)
        for place, each in enumerate(more, len(table.columns)):
            page.write_string(number, place, _beside(row, each, lang), formats.text)
    if table.rows:
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, len(table.rows), len(table.columns) + len(more) - 1)


def _width(table: Table, place: int, column: Column, lang: Lang) -> int:
    longest = max((len(str(bare(row[place].value, lang))) for row in table.rows[:MEASURED]), default=0)
    return min(max(longest, len(column.heading(lang)) * 2) + 3, WIDTH_MOST)


def _write(
    page: Any, row: int, place: int, cell: Cell, column: Column, formats: _Formats, lang: Lang
) -> None:
    value = cell.value
    if isinstance(value, bool):
        page.write_boolean(row, place, value)
    elif isinstance(value, int | float | Decimal) and column.kind is Kind.NUMBER:
        page.write_number(row, place, value, formats.number(column.places))
    elif isinstance(value, date) and not isinstance(value, datetime):
        page.write_datetime(row, place, value, formats.day)
    elif value is not None:
        page.write_string(row, place, str(bare(value, lang))[:CELL_MOST], formats.text)


def _beside(row: tuple[Cell, ...], what: Sentence, lang: Lang) -> str:
    if what is ENTRIES:
        text = " ".join(map(str, sorted({seq for cell in row for seq in cell.entries})))
        return text if len(text) <= CELL_MOST else text[:CELL_MOST] + " …"
    if what is LAW:
        return "; ".join(sorted({cell.row for cell in row if cell.row}))
    return "" if all(cell.verified for cell in row) else NOT_VERIFIED.show(lang)
