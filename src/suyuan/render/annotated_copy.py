"""A new xlsx with the sheets and values of a workbook of any format and size, annotated; written row by row."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import xlsxwriter

from suyuan.capture.workbook.cells import Raw
from suyuan.capture.workbook.headers import ERRORS_COLUMN
from suyuan.capture.workbook.jail import frames
from suyuan.capture.workbook.reading import SUMMARY
from suyuan.render.annotated import COLOURS, Notes
from suyuan.terms.finding import Finding, Severity

NOTE_MAX = 2000
TEXT_MAX = 32_767
_TEXT, _DAY, _MOMENT, _GENERAL = "@", "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss", "General"


def write(source: BinaryIO, name: str, notes: Notes, target: Path) -> None:
    """Write a copy of `source` with its notes to `target`."""
    widths = _widths(source, name)
    source.seek(0)
    book = xlsxwriter.Workbook(str(target), {"constant_memory": True, "strings_to_formulas": False})
    try:
        copier = _Copier(book, notes)
        page: _Page | None = None
        for kind, *rest in frames("raw", source, name):
            if kind == "sheet":
                if page is not None:
                    page.end()
                sheet, first, visible = rest
                page = copier.page(sheet, first, visible, widths.get(sheet, 0))
            else:
                assert page is not None, "cells before their sheet"
                page.rows(rest[0])
        if page is not None:
            page.end()
        copier.sum_up()
    finally:
        book.close()


def _widths(source: BinaryIO, name: str) -> dict[str, int]:
    """How many columns each sheet has: the column of errors stands behind the last."""
    widths: dict[str, int] = {}
    sheet = ""
    for kind, *rest in frames("raw", source, name):
        if kind == "sheet":
            sheet = rest[0]
        else:
            widths[sheet] = max(widths.get(sheet, 0), max(map(len, rest[0]), default=0))
    return widths


class _Copier:
    def __init__(self, book: Any, notes: Notes) -> None:
        self.book, self.notes = book, notes
        self._styles: dict[tuple[str, Severity | None], Any] = {}

    def style(self, number_format: str, severity: Severity | None = None) -> Any:
        """A cell style; made once."""
        key = number_format, severity
        if key not in self._styles:
            properties = {"num_format": number_format}
            if severity is not None:
                properties["bg_color"] = f"#{COLOURS[severity]}"
            self._styles[key] = self.book.add_format(properties)
        return self._styles[key]

    def page(self, sheet: str, first: int, visible: bool, width: int) -> "_Page":
        """A sheet of the copy."""
        page = self.book.add_worksheet(sheet)
        if not visible:
            page.hide()
        cells = self.notes.cells.get(sheet, {})
        width = max(width, 1 + max((column for _, column in cells), default=0))
        return _Page(self, page, first, width, cells, self.notes.rows.get(sheet, {}))

    def sum_up(self) -> None:
        """The sheet that sums up."""
        page = self.book.add_worksheet(SUMMARY)
        wrap, bold = (
            self.book.add_format({"text_wrap": True, "valign": "top"}),
            self.book.add_format({"bold": True}),
        )
        for column, width in enumerate((10, 30, 8, 70, 60)):
            page.set_column(column, column, width)
        for number, row in enumerate(self.notes.summary()):
            for column, text in enumerate(row):
                if column == 2 and number:
                    page.write_number(number, column, int(text))
                else:
                    page.write_string(number, column, text, wrap if number else bold)
        page.freeze_panes(1, 0)


class _Page:
    """One sheet under way."""

    def __init__(
        self,
        copier: _Copier,
        page: Any,
        first: int,
        width: int,
        cells: Mapping[tuple[int, int], list[Finding]],
        errors: Mapping[int, str],
    ) -> None:
        self._copier, self._page, self._row, self._width = copier, page, first, width
        self._cells, self._errors = cells, errors
        self._by_row: dict[int, list[int]] = {}
        for row, column in cells:
            self._by_row.setdefault(row, []).append(column)
        self._headed = not errors
        page.set_column(0, max(width - 1, 0), 18)
        if errors:
            page.set_column(width, width, 60)

    def rows(self, rows: Sequence[Sequence[Raw]]) -> None:
        """Write some rows."""
        for cells in rows:
            self._write(cells)
            self._row += 1

    def _write(self, cells: Sequence[Raw]) -> None:
        faulty = {column: self._cells[self._row, column] for column in self._by_row.get(self._row, ())}
        for column, raw in enumerate(cells):
            if raw is not None and raw != ERRORS_COLUMN:
                self._cell(column, raw, faulty[column][0].severity if column in faulty else None)
        for column, said in faulty.items():
            if column >= len(cells) or cells[column] is None:
                self._page.write_blank(self._row, column, None, self._copier.style(_TEXT, said[0].severity))
            note = self._copier.notes.note(said)[:NOTE_MAX]
            self._page.write_comment(self._row, column, note, {"x_scale": 2.2, "y_scale": 1.6})
        if not self._headed and any(cell is not None for cell in cells):
            self._page.write_string(self._row, self._width, ERRORS_COLUMN)
            self._headed = True
        elif self._row in self._errors:
            self._page.write_string(self._row, self._width, self._errors[self._row][:TEXT_MAX])

    def _cell(self, column: int, raw: Raw, severity: Severity | None) -> None:
        if isinstance(raw, bool):
            self._page.write_boolean(self._row, column, raw, self._copier.style(_GENERAL, severity))
        elif isinstance(raw, str):
            self._page.write_string(self._row, column, raw[:TEXT_MAX], self._copier.style(_TEXT, severity))
        elif isinstance(raw, tuple):
            self._moment(column, raw[0], severity)
        elif raw is not None:
            self._page.write_number(self._row, column, raw, self._copier.style(_GENERAL, severity))

    def _moment(self, column: int, text: str, severity: Severity | None) -> None:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:  # a time of day
            self._page.write_string(self._row, column, text, self._copier.style(_TEXT, severity))
            return
        style = self._copier.style(_DAY if len(text) == 10 else _MOMENT, severity)
        self._page.write_datetime(self._row, column, moment, style)

    def end(self) -> None:
        """The filter over what was written."""
        if self._errors and self._row > 1:
            self._page.autofilter(0, 0, self._row - 1, self._width)
