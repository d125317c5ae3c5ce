"""Annotating an xlsx in place, with openpyxl: everything that it knows of the file stays."""

import io
from copy import copy
from pathlib import Path
from typing import Any, BinaryIO

import openpyxl
from openpyxl.comments import Comment  # type: ignore[import-not-found]  # its stubs leave it out
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from suyuan.capture.workbook.headers import ERRORS_COLUMN
from suyuan.capture.workbook.reading import SUMMARY
from suyuan.render.annotated import COLOURS, Notes
from suyuan.terms.finding import Severity

AUTHOR = "suyuan check"
NOTE_MAX = 2000


def write(source: BinaryIO, notes: Notes, target: Path) -> None:
    """Write `source` with its notes to `target`."""
    book = openpyxl.load_workbook(io.BytesIO(source.read()))
    fills = {severity: PatternFill("solid", start_color=colour) for severity, colour in COLOURS.items()}
    if SUMMARY in book.sheetnames:
        del book[SUMMARY]
    for name in book.sheetnames:
        sheet: Any = book[name]
        if hasattr(sheet, "iter_rows"):
            _forget(sheet)
            if name in notes.cells:
                _note(sheet, name, notes, fills)
    _sum_up(book.create_sheet(SUMMARY), notes)
    book.save(target)


def _forget(sheet: Any) -> None:
    """Take off what an earlier check wrote."""
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()
            if cell.value == ERRORS_COLUMN:
                sheet.delete_cols(cell.column)
                return _forget(sheet)
    return None


def _note(sheet: Any, name: str, notes: Notes, fills: dict[Severity, PatternFill]) -> None:
    errors = max(sheet.max_column, 1 + max(column for _, column in notes.cells[name])) + 1
    for (row, column), said in notes.cells[name].items():
        cell = _top_left(sheet, row + 1, column + 1)
        cell.fill = fills[said[0].severity]
        text = notes.note(said)[:NOTE_MAX]
        if cell.comment is not None:
            text = f"{cell.comment.text}\n\n{text}"
        cell.comment = Comment(text, AUTHOR, height=120, width=320)
    header = _header_row(sheet)
    _headed(sheet, header, errors)
    for row, told in notes.rows[name].items():
        if row + 1 > header:
            cell = sheet.cell(row + 1, errors, told)
            cell.alignment = Alignment(wrap_text=False, vertical="top")
    sheet.column_dimensions[get_column_letter(errors)].width = 60
    last = max(sheet.max_row, header + 1)
    sheet.auto_filter.ref = f"A{header}:{get_column_letter(errors)}{last}"


def _headed(sheet: Any, header: int, column: int) -> None:
    """The column's head, in the row on which the filter sits and, where headers have two rows, in the first."""
    before = sheet.cell(1, column - 1)
    cell = sheet.cell(1 if header <= 2 else header, column, ERRORS_COLUMN)
    cell.font = Font(bold=True)
    cell.fill = copy(before.fill)


def _header_row(sheet: Any) -> int:
    """The last row of the header: what stays in sight, else the first row."""
    frozen = sheet.freeze_panes
    return max(sheet[frozen].row - 1, 1) if frozen else 1


def _top_left(sheet: Any, row: int, column: int) -> Any:
    """The cell, or where it is merged the one that holds the value."""
    for merged in sheet.merged_cells.ranges:
        if merged.min_row <= row <= merged.max_row and merged.min_col <= column <= merged.max_col:
            return sheet.cell(merged.min_row, merged.min_col)
    return sheet.cell(row, column)


def _sum_up(sheet: Any, notes: Notes) -> None:
    for number, row in enumerate(notes.summary(), 1):
        for column, text in enumerate(row, 1):
            cell = sheet.cell(number, column, int(text) if column == 3 and number > 1 else text)
            if cell.data_type == "f":  # the name of a sheet may begin like a formula
                cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=column > 3, vertical="top")
            if number == 1:
                cell.font = Font(bold=True)
    for letter, width in zip("ABCDE", (10, 30, 8, 70, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
