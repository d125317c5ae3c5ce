"""What the jail hands out: the tables of a workbook, column by column, in bounded chunks.

    ("table", …)  which form, which sheet, where its columns stand
    ("rows", first, {key: [cell, …]})     the cells of known columns; first row counted from 0
    ("remark", …)  what was passed over: totals, notes, merged cells, unknown columns

Runs in the child process; frames are plain tuples, lists, texts and numbers, so that they can be marshalled.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any, BinaryIO

from suyuan.capture.importer import EmptyDocument
from suyuan.capture.workbook.cells import Raw, address, text_of
from suyuan.capture.workbook.headers import SEARCHED, Recognised, plain, recognise
from suyuan.capture.workbook.sheets import Opened, open_sheets
from suyuan.standards.forms import VERSION

CHUNK = 2048
STAMP_SHEET = "_suyuan"
INSTRUCTIONS = "填写说明 Instructions"
SUMMARY = "检查结果 Findings"
"""The sheet that an annotated workbook carries when it comes back."""
STAMP = "suyuan-form "

Frame = tuple[Any, ...]

TOTALS = {"合计", "总计", "小计", "累计", "共计", "total", "totals", "grandtotal", "subtotal", "sum"}
_NOTE = re.compile(
    r"^(注|备注|说明|填表人|制表人|制表|审核|填报单位|填报人|负责人|联系人|note|remark|prepared by)\s*[:：]",
    re.IGNORECASE,
)
_PLAIN_TYPES = {str, int, float, bool, type(None)}


def tables(stream: BinaryIO, name: str) -> Iterator[Frame]:
    """The known tables of a workbook. Raises NotRecognised, EmptyDocument, FormUnclear and the errors of `errors`."""
    sheets = open_sheets(stream, name)
    stamp = _stamp(sheets)
    seen = [sheet for sheet in sheets if sheet.visible and sheet.name not in (INSTRUCTIONS, SUMMARY)]
    heads = [[_row(row) for row in islice(sheet.rows, SEARCHED)] for sheet in seen]
    if not any(cell is not None for head in heads for row in head for cell in row):
        raise EmptyDocument(f"{name} has no filled cell", f"{name} 中没有已填写的单元格")
    found = recognise([(s.name, head) for s, head in zip(seen, heads, strict=True)], name, stamp)
    yield ("form", found[0].form.role, sum(s.height for s in seen if s.height) or None)
    if stamp and not stamp.endswith(VERSION):
        yield _remark(
            "template-version", seen[0].name, "", "模板版本不同", "the template is of another version", stamp
        )
    yield from _left_out(sheets, seen, heads, found)
    for table in found:
        yield from _table(seen[table.place], heads[table.place], table)


def raw(stream: BinaryIO, name: str) -> Iterator[Frame]:
    """Every sheet as it is: ("sheet", name, first row, visible), then ("cells", [row, …])."""
    for sheet in open_sheets(stream, name):
        yield ("sheet", sheet.name, sheet.first_row, sheet.visible)
        rows = iter(sheet.rows)
        while chunk := [[_cell(cell) for cell in row] for row in islice(rows, CHUNK)]:
            yield ("cells", chunk)


def _stamp(sheets: Sequence[Opened]) -> str:
    """What a template says of itself in its hidden sheet."""
    for sheet in sheets:
        if sheet.name == STAMP_SHEET:
            for row in islice(sheet.rows, 1):
                if row and isinstance(row[0], str) and row[0].startswith(STAMP):
                    return row[0]
    return ""


def _left_out(
    sheets: Sequence[Opened],
    seen: Sequence[Opened],
    heads: Sequence[Sequence[Sequence[Raw]]],
    found: Sequence[Recognised],
) -> Iterator[Frame]:
    known = {table.place for table in found}
    for place, (sheet, head) in enumerate(zip(seen, heads, strict=True)):
        # a page of instructions has one or two columns; a table that is not known has more
        if place not in known and any(sum(cell is not None for cell in row) > 2 for row in head):
            yield _remark(
                "sheet-unknown", sheet.name, "", "此表的表头不属于本表单，未读取",
                "the headers of this sheet belong to no sheet of the form; it was passed over",
            )  # fmt: skip
    for sheet in sheets:
        if not sheet.visible and sheet.name != STAMP_SHEET and sheet.height:
            yield _remark(
                "sheet-hidden", sheet.name, "", "隐藏的工作表，未读取", "a hidden sheet; it was passed over"
            )


def _table(sheet: Opened, head: list[list[Raw]], table: Recognised) -> Iterator[Frame]:
    header = sheet.first_row + table.header_row
    yield (
        "table", sheet.name, table.form.role, table.sheet.key, header, dict(table.columns), dict(table.units),
        list(table.missing),
    )  # fmt: skip
    for column, text in table.unknown:
        yield _remark(
            "column-unknown", sheet.name, address(header, column), "此列不属于本表，未读取",
            "this column is not part of the form; it was passed over", text,
        )  # fmt: skip
    for column, text in table.twice:
        yield _remark(
            "column-twice", sheet.name, address(header, column), "同一内容有两列，此列未读取",
            "a second column of the same meaning; it was passed over", text,
        )  # fmt: skip
    if table.missing:
        return
    fill = _fill(sheet, table)
    for (column, top), (bottom, _) in sorted(fill.items()):
        yield _remark(
            "cells-merged", sheet.name, f"{address(top, column)}:{address(bottom, column)}",
            "合并单元格：其值用于所跨各行", "merged cells: the value was taken for every row they span",
        )  # fmt: skip
    rows = chain(head[table.data_row :], map(_row, sheet.rows))
    first = sheet.first_row + table.data_row
    while chunk := list(islice(rows, CHUNK)):
        yield from _chunk(sheet, table, chunk, first, fill)
        first += len(chunk)


_Fill = dict[tuple[int, int], tuple[int, list[Raw]]]


def _fill(sheet: Opened, table: Recognised) -> _Fill:
    """Cells merged downwards in a known column: (column, top) → (bottom, value once read)."""
    wanted = set(table.columns.values())
    data = sheet.first_row + table.data_row
    return {
        (left, top): (bottom, [])
        for top, left, bottom, right in sheet.merged
        if left == right and left in wanted and top >= data and bottom - top < CHUNK
    }


def _chunk(
    sheet: Opened, table: Recognised, chunk: list[list[Raw]], first: int, fill: _Fill
) -> Iterator[Frame]:
    if fill:
        _fill_down(chunk, first, fill)
    dropped = set()
    for offset, row in enumerate(chunk):
        told = _passed_over(row)
        if told:
            dropped.add(offset)
            rule, zh, en, column = told
            yield _remark(rule, sheet.name, address(first + offset, column), zh, en, text_of(row[column]))
    columns: dict[str, list[Raw]] = {}
    for key, place in table.columns.items():
        values = [row[place] if place < len(row) else None for row in chunk]
        if dropped:
            values = [None if offset in dropped else value for offset, value in enumerate(values)]
        columns[key] = values
    yield ("rows", first, len(chunk), columns)


def _fill_down(chunk: list[list[Raw]], first: int, fill: _Fill) -> None:
    for (column, top), (bottom, held) in fill.items():
        if top < first + len(chunk) and bottom >= first:
            if top >= first:
                row = chunk[top - first]
                held[:] = [row[column] if column < len(row) else None]
            for number in range(max(top, first), min(bottom + 1, first + len(chunk))):
                row = chunk[number - first]
                row.extend([None] * (column + 1 - len(row)))
                row[column] = held[0] if held else None


def _passed_over(row: list[Raw]) -> tuple[str, str, str, int] | None:
    """Totals and remarks of whoever filled the sheet in: rule, reasons, column."""
    for column, cell in enumerate(row):
        if cell is None:
            continue
        # the first filled cell says what a row is
        if not isinstance(cell, str) or len(cell) > 200:
            return None
        if plain(cell) in TOTALS:
            return "row-totals", "合计行，未读取", "a totals row; it was passed over", column
        if _NOTE.match(cell):
            return "row-note", "说明行，未读取", "a row of remarks; it was passed over", column
        return None
    return None


def _row(row: Sequence[Any]) -> list[Raw]:
    """Raw cells; '' is an empty one."""
    if {cell.__class__ for cell in row} <= _PLAIN_TYPES:
        return [None if cell == "" or (cell.__class__ is str and cell.isspace()) else cell for cell in row]
    return [_cell(cell) for cell in row]


def _cell(cell: Any) -> Raw:
    if cell == "" or (isinstance(cell, str) and cell.isspace()):
        return None
    if isinstance(cell, datetime):
        text = cell.isoformat(" ", "seconds")
        return (text.removesuffix(" 00:00:00"),)
    if isinstance(cell, date | time):
        return (cell.isoformat(),)
    if cell is None or isinstance(cell, str | int | float):
        return cell
    return str(cell)


def _remark(rule: str, sheet: str, cell: str, zh: str, en: str, found: str | None = None) -> Frame:
    return ("remark", rule, sheet, cell, zh, en, found and found[:200])
